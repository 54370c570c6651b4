"""What the HTTP providers share: sending once, asking again, and reading foreign answers."""
