"""A whole cluster, its processes killed and frozen and its components killed again and again, pays
once, loses nothing, and says so in three ledgers.

A longer run: make chaos, or python -m tests.cluster.chaos --seed 7 --jobs 10000 --kills 2000.
"""

import os
from pathlib import Path

from tests.cluster.chaos import prepared, tell
from tests.cluster.plan import Outcome, Plan

SEED = int(os.environ.get("VIDEO_FOUNDRY_CHAOS_SEED", "7"))


def test_every_promise_holds_whatever_dies(components: None, tmp_path: Path) -> None:
    plan = Plan(seed=SEED, jobs=300, kills=100, seconds=900.0)
    with prepared(plan, tmp_path, tell) as run:
        outcome = run.go()
    assert outcome.problems == []
    _check_that_it_was_hard_enough(outcome)


def _check_that_it_was_hard_enough(outcome: Outcome) -> None:
    counts = outcome.counts
    end = counts["at the end"]
    assert counts["kills"] >= 100
    assert min(counts["kills by process"].values()) > 0
    assert counts["freezes"] > 0
    assert all(counts["components killed"].values())
    assert end["generation jobs"] >= 300
    assert end["faulty"] >= 0.4 * end["submits"]
    assert counts["faulty questions"] > 0
    assert end["answered again by key"] > 0
    assert counts["lease back"]["jobs of killed workers"] > 0
    assert counts["listener connections"] > counts["kills"]
