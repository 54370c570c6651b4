"""The judgement over who wrote what about a job finds every kind of write that must not be."""

from dataclasses import replace

import pytest
from tests.cluster.audit import (
    Result,
    Write,
    hints,
    loose_results,
    orphans,
    stale_writes,
    take_overs,
)

INSERTED = Write(
    at=0.0,
    actor="api_1",
    tx="1",
    job_id="job",
    kind="generate",
    old_owner=None,
    new_owner=None,
    old_epoch=None,
    new_epoch=0,
    old_state=None,
    new_state="queued",
    old_until=None,
)
CLAIMED = replace(
    INSERTED,
    at=1.0,
    actor="worker_1",
    tx="2",
    new_owner="first",
    old_epoch=0,
    new_epoch=1,
    old_state="queued",
    new_state="claimed",
)
SENT = replace(
    CLAIMED, at=2.0, tx="3", old_owner="first", old_epoch=1, old_state="claimed",
    new_state="submitting", old_until=11.0,
)  # fmt: skip
TAKEN = replace(
    SENT, at=12.0, actor="worker_2", tx="4", new_owner="second", new_epoch=2,
    old_state="submitting", new_state="submitting",
)  # fmt: skip
DONE = replace(
    TAKEN, at=13.0, tx="5", old_owner="second", new_owner=None, old_epoch=2,
    new_state="unknown", old_until=22.0,
)  # fmt: skip
STORY = [INSERTED, CLAIMED, SENT, TAKEN, DONE]


def test_an_orderly_story_is_fine() -> None:
    assert stale_writes(STORY) == []


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(replace(TAKEN, at=5.0), id="taken before the lease ran out"),
        pytest.param(replace(DONE, actor="worker_1"), id="written by the owner of before"),
        pytest.param(
            replace(
                DONE, actor="worker_1", new_owner="second", new_state="submitting", worked=True
            ),
            id="renewed for somebody else",
        ),
        pytest.param(replace(DONE, new_epoch=1), id="an older epoch"),
        pytest.param(replace(TAKEN, new_epoch=1), id="claimed without a new epoch"),
        pytest.param(replace(DONE, new_state="succeeded"), id="a move that is not allowed"),
        pytest.param(replace(DONE, new_state=None), id="removed"),
    ],
)
def test_a_bad_write_is_found(bad: Write) -> None:
    story = [bad if w.tx == bad.tx else w for w in STORY]
    assert len(stale_writes(story)) == 1


def test_a_wish_to_cancel_may_come_from_anybody() -> None:
    wish = replace(SENT, at=3.0, actor="api_2", tx="6", old_state="submitting")
    assert stale_writes([INSERTED, CLAIMED, SENT, wish, TAKEN, DONE]) == []


HINT = replace(SENT, at=4.0, actor="api_1", tx="7", old_state="submitted", new_state="submitted",
               rescheduled=True)  # fmt: skip


def test_a_hint_may_come_from_anybody_while_the_provider_works() -> None:
    followed = replace(SENT, at=3.0, tx="6", old_state="submitting", new_state="submitted")
    assert stale_writes([INSERTED, CLAIMED, SENT, followed, HINT]) == []
    assert hints([followed, HINT]) == 1
    early = replace(HINT, old_state="submitting", new_state="submitting")
    assert len(stale_writes([INSERTED, CLAIMED, SENT, early])) == 1
    assert len(stale_writes([INSERTED, CLAIMED, SENT, followed, replace(HINT, worked=True)])) == 1


def test_a_result_belongs_to_the_transaction_that_ended_its_job() -> None:
    won = replace(DONE, old_state="fetching", new_state="succeeded")
    mine = Result(tx=won.tx, actor=won.actor, fingerprint="a")
    stale = Result(tx="9", actor="worker_1", fingerprint="b")
    assert loose_results([mine, stale], [*STORY, won]) == [
        "worker_1 recorded b without holding its job"
    ]


def test_a_job_waits_from_the_end_of_its_lease_until_it_is_taken() -> None:
    (found,) = orphans(STORY)
    assert (found.job_id, found.since, found.until) == ("job", 11.0, 12.0)


def test_the_time_without_an_owner_runs_from_the_kill() -> None:
    (found,) = take_overs(STORY, [("worker_1", 4.0), ("worker_2", 14.0)])
    assert (found.job_id, found.seconds) == ("job", 8.0)
