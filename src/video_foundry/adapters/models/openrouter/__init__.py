"""Video models of many makers through OpenRouter; no SDK: its create is repeated for an hour."""
