"""What the commands do. They call bootstrap and use cases, and print; no rule lives here."""
