"""Composing measured against what users would pick instead; `suites` says what, `measure` how. No
product code imports it."""
