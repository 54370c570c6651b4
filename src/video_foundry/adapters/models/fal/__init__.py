"""fal: many makers' models behind one queue."""
