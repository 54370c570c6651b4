"""Video Foundry: long videos from AI-generated segments; plan before spend, never pay twice."""

__version__ = "0.1.0"
