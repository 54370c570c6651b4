"""Ways to tell workers that there may be work. No job travels this way."""
