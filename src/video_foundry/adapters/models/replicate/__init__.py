"""Models that Replicate runs, over its public API; no SDK: a create must be sent only once."""
