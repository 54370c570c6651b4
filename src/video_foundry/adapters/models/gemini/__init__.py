"""Gemini Omni over the Gemini API; no SDK, since a create must be sent only once."""
