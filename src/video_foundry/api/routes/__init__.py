"""Routes: parse, call one use case, answer. No logic."""
