"""What composing takes does not grow with the film: no step sees more than its own part of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.composing.house import House

MOST = 300
"""Megabytes of the process and all that it starts, together at any moment."""

GROWTH = 1.2

FEW = 20 if "VIDEO_FOUNDRY_PROOF" in os.environ else 12
"""Segments of the short film, which still is longer than a window of sound."""


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="this system does not tell"
)
def test_a_film_of_ten_times_as_many_segments_takes_the_same_memory(house: House) -> None:
    # A look now and then may miss the worst moment of a short run.
    few = max((_composed(FEW) for _ in range(2)), key=lambda one: one["most"])
    many = _composed(10 * FEW)
    house.tally.notes[f"Memory for {FEW} segments"] = f"{few['most']:.0f} MB"
    house.tally.notes[f"Memory for {10 * FEW} segments"] = f"{many['most']:.0f} MB"
    assert many["frames"] > 9 * few["frames"]
    assert many["most"] <= GROWTH * few["most"]
    assert many["most"] <= MOST


def _composed(count: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.composing.many", str(count)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    return found
