"""Stability AI's pictures, which can be first frames for others. It sells no video."""
