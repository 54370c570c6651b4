"""Titles and images drawn by Skia and Pillow, in a child process; others use `titler.SkiaTitler`
alone. Nothing is imported here: the child, which must start quickly, belongs to this package."""
