"""The whole application, killed again and again at random moments, pays once and loses nothing.

A longer run: python -m tests.recovery.chaos --seed 7 --kills 200, or this test with
VIDEO_FOUNDRY_CHAOS_SEED and VIDEO_FOUNDRY_CHAOS_SECONDS set.
"""

import os

import pytest
from tests.recovery.chaos import Outcome, Plan, prepared

SEED = int(os.environ.get("VIDEO_FOUNDRY_CHAOS_SEED", "7"))
SECONDS = os.environ.get("VIDEO_FOUNDRY_CHAOS_SECONDS")


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Fifteen kills, or as many as fit into the time that was asked for."""
    if SECONDS is None:
        return Plan(seed=SEED, kills=15)
    return Plan(seed=SEED, kills=100_000, seconds=float(SECONDS))


@pytest.fixture(scope="module")
def outcome(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What one run found."""
    with prepared(plan, tmp_path_factory.mktemp("chaos")) as run:
        return run.go()


def test_every_promise_holds_however_often_the_server_is_killed(outcome: Outcome) -> None:
    assert outcome.problems == []


def test_the_run_was_hard_enough_to_mean_something(outcome: Outcome, plan: Plan) -> None:
    counts = outcome.counts["at the end"]
    assert outcome.kills >= min(15, plan.kills)
    assert counts["requests"] >= 30
    assert counts["faulty"] >= 0.4 * counts["submits"]
    assert counts["answered again by key"] > 0
    assert counts["finished projects"] >= counts["projects"] / 2
    assert counts["listener connections"] > outcome.kills
