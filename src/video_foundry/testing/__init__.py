"""Fakes, factories and one contract suite a port, shipped for authors of plug-ins. Production
code never imports this room."""
