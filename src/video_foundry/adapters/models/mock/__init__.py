"""The `mock-ai` models: a simulated provider inside this process, for tests."""
