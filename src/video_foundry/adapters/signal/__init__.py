"""Ways to carry live signals to whoever listens. No fact travels this way."""
