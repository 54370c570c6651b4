"""The guarded way to the open network."""
