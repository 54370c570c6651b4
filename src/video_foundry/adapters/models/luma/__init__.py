"""Luma's models over its Agents API; no SDK, since a create must be sent only once."""
