"""ComfyUI: workflows with marked inputs, on a server of the user's own."""
