"""MiniMax's video models, over both of its interfaces: v2 for MiniMax-H3, v1 for Hailuo."""
