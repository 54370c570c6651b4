"""One module a kind of scene; each builds its layers from a Stage, far to near."""
