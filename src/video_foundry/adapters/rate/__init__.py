"""Ways to spread requests to a provider over time."""
