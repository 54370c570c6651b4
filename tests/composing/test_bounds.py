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

IS_PROOF = "VIDEO_FOUNDRY_PROOF" in os.environ

FEW, MANY = (20, 1_000) if IS_PROOF else (12, 120)
"""Segments of the short film, which still is longer than a window of sound, and of the long one."""

GROWTH = 24
"""Megabytes by which the long film may take more. Of a segment there remain its value, its steps
and where its pieces lie, some 7 KB: 5 MB lay between 200 and 1,000 segments. The rest is what runs
of one film differ by, since helpers come and go and a look may miss the worst moment."""


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="this system does not tell"
)
def test_a_film_of_many_more_segments_takes_the_same_memory(house: House) -> None:
    # A look now and then may miss the worst moment of a short run.
    few = max((_composed(FEW) for _ in range(2)), key=lambda one: one["most"])
    many = _composed(MANY)
    house.tally.notes[f"Memory for {FEW:,} segments"] = f"{few['most']:.0f} MB"
    house.tally.notes[f"Memory for {MANY:,} segments"] = (
        f"{many['most']:.0f} MB (at most {GROWTH} MB more are allowed)"
    )
    assert many["frames"] * FEW > 0.9 * few["frames"] * MANY
    assert many["most"] <= few["most"] + GROWTH
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
