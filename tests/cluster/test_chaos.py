"""A whole cluster, its processes killed and frozen and its components killed again and again, pays
once, loses nothing, and says so in three ledgers.

A longer run: make chaos, or python -m tests.cluster.chaos --seed 7 --jobs 10000 --kills 2000.
"""

import gc
import os
import warnings
from pathlib import Path

from tests.cluster.chaos import prepared, tell
from tests.cluster.plan import Outcome, Plan

LATE = "a lease came back after"
"""How the run tells of one that took longer than the 15 seconds that are promised, in which
somebody could have taken it. `make chaos` allows none; how soon a takeover comes depends on the
machine too, and here others use it at the same time: so a few may, and none of them by far."""
FEW = 0.05
USUAL_SECONDS, LONGEST_SECONDS = 12, 45
"""Of the usual takeover and of any; a lease lasts 8."""
SEED = int(os.environ.get("VIDEO_FOUNDRY_CHAOS_SEED", "7"))


def test_every_promise_holds_whatever_dies(components: None, tmp_path: Path) -> None:
    plan = Plan(seed=SEED, jobs=300, kills=100, seconds=900.0, pause=(0.3, 2.2))
    with warnings.catch_warnings():
        # Connections to processes that were killed are left to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        outcome = _play(plan, tmp_path)
        gc.collect()
    assert [p for p in outcome.problems if not p.startswith(LATE)] == []
    back = outcome.counts["lease back"]
    late = [p for p in outcome.problems if p.startswith(LATE)]
    assert len(late) <= FEW * back["jobs of killed workers"], late
    assert back["p50 seconds"] <= USUAL_SECONDS
    assert back["max seconds while somebody could"] <= LONGEST_SECONDS, late
    _check_that_it_was_hard_enough(outcome)


def _play(plan: Plan, folder: Path) -> Outcome:
    with prepared(plan, folder, tell) as run:
        return run.go()


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
    assert counts["webhooks"] > counts["lost webhooks"] >= 0.4 * counts["webhooks"]
    assert counts["webhooks nobody took"] > 0
    assert counts["webhooks heeded"] > 0
    assert end["answered again by key"] > 0
    assert counts["lease back"]["jobs of killed workers"] > 0
    assert counts["listener connections"] > counts["kills"]
