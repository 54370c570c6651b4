"""One folder a provider: catalogue.toml, client, mapping (pure), adapter. Providers do not know
each other; all of them, built-in or not, come in by the same door (registry)."""
