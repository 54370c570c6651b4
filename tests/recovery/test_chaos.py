"""The whole application, killed again and again at random moments, pays once and loses nothing.

A longer run: python -m tests.recovery.chaos --seed 7 --kills 200, or this test with
VIDEO_FOUNDRY_CHAOS_SEED and VIDEO_FOUNDRY_CHAOS_SECONDS set.
"""

import os
from pathlib import Path

from tests.recovery.chaos import Outcome, Plan, prepared

SEED = int(os.environ.get("VIDEO_FOUNDRY_CHAOS_SEED", "7"))
SECONDS = os.environ.get("VIDEO_FOUNDRY_CHAOS_SECONDS")


def the_plan() -> Plan:
    """Ten kills, or as many as fit into the time that was asked for."""
    if SECONDS is None:
        return Plan(seed=SEED, kills=10)
    return Plan(seed=SEED, kills=100_000, seconds=float(SECONDS))


def test_every_promise_holds_however_often_the_server_is_killed(tmp_path: Path) -> None:
    with prepared(the_plan(), tmp_path) as run:
        outcome = run.go()
    assert outcome.problems == []
    _check_that_it_was_hard_enough(outcome)


def _check_that_it_was_hard_enough(outcome: Outcome) -> None:
    counts = outcome.counts["at the end"]
    assert outcome.kills >= 10
    assert counts["requests"] >= 30
    assert counts["faulty"] >= 0.4 * counts["submits"]
    assert counts["answered again by key"] > 0
    assert counts["finished projects"] >= counts["projects"] / 2
    assert counts["listener connections"] > outcome.kills
