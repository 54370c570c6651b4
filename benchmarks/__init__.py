"""Benchmarks: counts, and ratios against what a user would pick instead in the same run. Nothing
here is asserted; `python -m benchmarks` prints a table and keeps it with the machine's facts."""
