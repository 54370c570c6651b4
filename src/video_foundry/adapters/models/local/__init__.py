"""Models that run on this machine through Hugging Face diffusers; the extra `local` brings it."""
