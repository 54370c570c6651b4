"""The job machine: every open state has a way out, ended ones have none, doubt is never resent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry import errors
from video_foundry.core.jobs import (
    BACKOFF_CAP_SECONDS,
    CLAIMABLE,
    MAX_ATTEMPTS,
    MAYBE_PAID,
    MOVES,
    NOBODYS,
    OPEN,
    RATE_LIMITED_ATTEMPTS,
    SLOT_HOLDING,
    TERMINAL,
    Doubt,
    GiveUp,
    JobState,
    Retry,
    after_doubt,
    after_submit_error,
    backoff,
    may_move,
)

CERTAIN = [
    errors.Rejected("no"),
    errors.Moderated("the policy says no"),
    errors.NoCredit("no money"),
    errors.NotAuthorised("no key"),
    errors.GenerationFailed("it broke"),
]
UNCLEAR = [
    errors.Ambiguous("no answer"),
    errors.GenerationLost("who?"),
    errors.ModelError("something"),
    TimeoutError(),
    ConnectionResetError("reset"),
    ValueError("an adapter's own mistake"),
    KeyError("id"),
    RuntimeError(),
]


def reachable(start: JobState) -> set[JobState]:
    """Every state that can follow."""
    seen: set[JobState] = set()
    waiting = [start]
    while waiting:
        for following in MOVES[waiting.pop()] - seen:
            seen.add(following)
            waiting.append(following)
    return seen


def test_every_state_is_in_the_machine_and_open_or_ended() -> None:
    assert set(MOVES) == set(JobState) == OPEN | TERMINAL
    assert not OPEN & TERMINAL


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_an_ended_job_moves_nowhere(state: JobState) -> None:
    assert MOVES[state] == frozenset()
    assert not any(may_move(state, other) for other in JobState)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_can_end_well_and_can_fail_at_once(state: JobState) -> None:
    assert JobState.SUCCEEDED in reachable(state)
    assert may_move(state, JobState.FAILED)


@pytest.mark.parametrize("state", sorted(OPEN - NOBODYS))
def test_every_state_is_reached_from_the_queue(state: JobState) -> None:
    assert state in reachable(JobState.QUEUED)


def test_nothing_is_submitted_but_through_the_committed_intent() -> None:
    """Only a look-up or a person may find a job submitted without having sent it just now."""
    into = {state for state, moves in MOVES.items() if JobState.SUBMITTED in moves}
    assert into == {
        JobState.SUBMITTING,
        JobState.UNKNOWN,
        JobState.NEEDS_ATTENTION,
        JobState.FETCHING,
    }
    sending = {state for state, moves in MOVES.items() if JobState.SUBMITTING in moves}
    assert sending == {JobState.CLAIMED, JobState.UNKNOWN}


def test_doubt_goes_back_to_the_queue_only_by_a_person() -> None:
    assert not may_move(JobState.UNKNOWN, JobState.QUEUED)
    assert not may_move(JobState.UNKNOWN, JobState.CLAIMED)
    assert may_move(JobState.NEEDS_ATTENTION, JobState.QUEUED)


def test_a_result_being_fetched_can_still_turn_out_lost_or_cancelled() -> None:
    """After a restart the provider is asked anew, and may say anything."""
    assert may_move(JobState.FETCHING, JobState.NEEDS_ATTENTION)
    assert may_move(JobState.FETCHING, JobState.CANCELLED)


def test_what_waits_for_another_job_can_only_be_queued_or_end() -> None:
    """Nothing leads back to waiting: a job that was once let go on lacks nothing any more."""
    assert MOVES[JobState.WAITING] == {JobState.QUEUED, JobState.FAILED, JobState.CANCELLED}
    assert not any(may_move(state, JobState.WAITING) for state in JobState)


def test_the_named_groups_of_states_agree() -> None:
    assert OPEN - {JobState.NEEDS_ATTENTION, JobState.WAITING} == CLAIMABLE
    assert SLOT_HOLDING < MAYBE_PAID <= OPEN
    assert {*NOBODYS, JobState.CLAIMED}.isdisjoint(MAYBE_PAID)


@law
@given(st.sampled_from(CERTAIN), st.integers(1, 100), st.floats(0.5, 1.5))
def test_a_certain_refusal_is_never_tried_again(
    error: errors.ModelError, attempt: int, jitter: float
) -> None:
    decision = after_submit_error(error, attempt, jitter)
    assert decision == GiveUp(code=error.code, message=error.message)


@law
@given(st.sampled_from(UNCLEAR), st.integers(1, 100), st.floats(0.5, 1.5))
def test_what_is_not_understood_is_doubt(error: Exception, attempt: int, jitter: float) -> None:
    assert isinstance(after_submit_error(error, attempt, jitter), Doubt)


@pytest.mark.parametrize("kind", [errors.ModelError, errors.GenerationLost, RuntimeError])
def test_an_error_of_tomorrow_is_doubt_too(kind: type[Exception]) -> None:
    tomorrow = type("Tomorrow", (kind,), {})
    assert isinstance(after_submit_error(tomorrow("new"), 1, 1.0), Doubt)


@law
@given(st.integers(1, RATE_LIMITED_ATTEMPTS - 1), st.floats(0, 3600))
def test_a_provider_that_names_a_wait_gets_it(attempt: int, wait: float) -> None:
    error = errors.RateLimited("slow down", retry_after=wait)
    assert after_submit_error(error, attempt, 1.0) == Retry(seconds=wait, reason="slow down")


def test_tries_have_an_end_and_the_last_one_says_how_many_there_were() -> None:
    for error, limit in (
        (errors.Unavailable("nobody there"), MAX_ATTEMPTS),
        (errors.RateLimited("slow down"), RATE_LIMITED_ATTEMPTS),
    ):
        assert isinstance(after_submit_error(error, limit - 1, 1.0), Retry)
        last = after_submit_error(error, limit, 1.0)
        assert isinstance(last, GiveUp)
        assert last.code == error.code
        assert f"gave up after {limit} tries" in last.message


@law
@given(st.integers(-5, 10_000), st.floats(0.5, 1.5))
def test_backoff_grows_and_is_bounded(attempt: int, jitter: float) -> None:
    wait = backoff(attempt, jitter)
    assert 0 < wait <= BACKOFF_CAP_SECONDS * jitter
    assert backoff(attempt + 1, jitter) >= wait


@pytest.mark.parametrize(
    ("promise", "action"),
    [
        ("key", "resubmit_same_key"),
        ("lookup", "look_up"),
        ("none", "ask_person"),
        ("something new", "ask_person"),
    ],
)
def test_doubt_is_cleared_in_the_way_the_model_promises(promise: str, action: str) -> None:
    assert after_doubt(promise) == action
