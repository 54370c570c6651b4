"""What `make` runs: setting up, checking and locking. Never imported by the product.

These modules use the standard library alone: they run before anything is installed.
"""
