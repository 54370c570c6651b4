"""The `storyboard` model: a moving, drawn animatic of a prompt, made on this machine for free."""
