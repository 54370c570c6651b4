"""Everything that can be swapped; adapters see only ports, core and errors."""
