"""What crosses the wire, in the API's words; project files use the same words."""
