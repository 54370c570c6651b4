"""Kling's video models, over its API 2.0. Nothing of its older interface with signed tokens."""
