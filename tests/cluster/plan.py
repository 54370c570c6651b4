"""What a run is to be, and what it has found. Nothing here runs."""

from dataclasses import dataclass, field
from typing import Any

from tests.cluster.cluster import Shape


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run. jobs: different requests at least. kills: of our own processes. seconds: an end to
    the killing and to new work, reached or not. pause: between two strikes."""

    seed: int
    jobs: int = 300
    kills: int = 100
    seconds: float = 240.0
    people: int = 10
    faults: float = 0.6
    pause: tuple[float, float] = (0.5, 3.5)
    shape: Shape = field(default_factory=Shape)


@dataclass(kw_only=True)
class Outcome:
    """What a run found. problems: every promise that did not hold, in words."""

    counts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
