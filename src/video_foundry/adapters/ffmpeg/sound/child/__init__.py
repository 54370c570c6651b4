"""The child process that works on sound; the server starts this folder, and imports none."""
