"""Veo over Google Cloud's Vertex AI; no SDK, since a create must be sent only once."""
