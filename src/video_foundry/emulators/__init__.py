"""Local servers that answer as providers do, for tests and for trying things out without a key.

Each keeps a ledger of what it accepted and can fail on demand. Nothing of the product uses them.
"""
