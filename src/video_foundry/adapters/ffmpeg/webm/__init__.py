"""Films as WebM, written by hand: cues stand before the clusters, and every time is computed."""
