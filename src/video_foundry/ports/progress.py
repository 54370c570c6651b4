"""How long work tells how far it is."""

from collections.abc import Awaitable, Callable

Progress = Callable[[float], Awaitable[None]]
"""Called now and then with the fraction done, 0..1."""
