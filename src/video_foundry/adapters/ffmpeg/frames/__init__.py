"""Draws frames with numpy and Pillow in a child process; the server imports nothing of this."""
