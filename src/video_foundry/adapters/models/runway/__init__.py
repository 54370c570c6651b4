"""Runway's own video models over its public API; no SDK, since a create must be sent only once."""
