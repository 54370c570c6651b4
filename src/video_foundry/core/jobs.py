"""The job machine: states, which moves are legal, and what to do after an error. Decisions only.

waiting ─► queued   (what it is made from is there; failed with what it is made from)
queued ─► claimed ─► submitting ─► submitted ─► fetching ─► succeeded
             │            │  └──► queued (refused for certain, to be tried again)
             │            └─────► unknown ─► submitted | submitting (same key) | needs_attention
             └─► succeeded (compose steps, or a result that was there already)
needs_attention ─► queued | submitted | failed   (a person decided)
every open state ─► failed; all but unknown ─► cancelled too
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from video_foundry.errors import (
    Ambiguous,
    FoundryError,
    GenerationFailed,
    ModelError,
    Moderated,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
    Unavailable,
)


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    QUEUED = "queued"
    CLAIMED = "claimed"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    NEEDS_ATTENTION = "needs_attention"
    FETCHING = "fetching"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = JobState
MOVES: dict[JobState, frozenset[JobState]] = {
    S.WAITING: frozenset({S.QUEUED, S.CANCELLED, S.FAILED}),
    S.QUEUED: frozenset({S.CLAIMED, S.CANCELLED, S.FAILED}),
    S.CLAIMED: frozenset({S.SUBMITTING, S.QUEUED, S.SUCCEEDED, S.FAILED, S.CANCELLED}),
    S.SUBMITTING: frozenset({S.SUBMITTED, S.QUEUED, S.UNKNOWN, S.FAILED, S.CANCELLED}),
    S.SUBMITTED: frozenset({S.FETCHING, S.QUEUED, S.FAILED, S.CANCELLED, S.NEEDS_ATTENTION}),
    S.UNKNOWN: frozenset({S.SUBMITTING, S.SUBMITTED, S.NEEDS_ATTENTION, S.FAILED}),
    S.NEEDS_ATTENTION: frozenset({S.QUEUED, S.SUBMITTED, S.FAILED, S.CANCELLED}),
    S.FETCHING: frozenset(
        {S.SUCCEEDED, S.SUBMITTED, S.QUEUED, S.FAILED, S.CANCELLED, S.NEEDS_ATTENTION}
    ),
    S.SUCCEEDED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""state -> the states it may move to."""

TERMINAL = frozenset({S.SUCCEEDED, S.FAILED, S.CANCELLED})
OPEN = frozenset(set(JobState) - TERMINAL)
CLAIMABLE = frozenset(OPEN - {S.NEEDS_ATTENTION, S.WAITING})
"""States a worker may take a job in: fresh, or left behind by a worker that died. Everything but
what waits for a person, or for another job."""
NOBODYS = frozenset({S.WAITING, S.QUEUED})
"""States in which nobody works on a job and nothing of it was sent."""
MAYBE_PAID = frozenset({S.SUBMITTING, S.UNKNOWN, S.SUBMITTED, S.FETCHING, S.NEEDS_ATTENTION})
"""States in which the provider may have accepted the job: cancelling cannot be assumed free."""
SLOT_HOLDING = frozenset({S.SUBMITTING, S.UNKNOWN, S.SUBMITTED, S.FETCHING})
"""States that occupy one of the provider's concurrency slots."""


def may_move(old: JobState, new: JobState) -> bool:
    """Whether the machine allows this move."""
    return new in MOVES[old]


MAX_DEATHS = 20
"""Workers that may die with one job in hand before it is taken for poison and failed. Where
workers are killed again and again for reasons of their own, an innocent job may see ten."""
MAX_ATTEMPTS = 6
BACKOFF_BASE_SECONDS = 1.0
BACKOFF_CAP_SECONDS = 120.0
RATE_LIMITED_ATTEMPTS = 30
"""Being asked to wait is no failure; give up only after very many times."""


NO_FALLBACK = frozenset(
    (
        "abandoned",
        "submit_unclear",
        "generation_lost",
        "data_removed",
        "timed_out",
        "worker_killed",
        "bad_media",
        "fetch_refused",
    )
)
"""Reasons of failures after which it may have been made, or paid for, all the same."""


def may_stand_in(state: str, error_code: str | None) -> bool:
    """Whether another request may be sent in place of a job that has ended like this: only where it
    was refused or has failed for certain, never after a doubt."""
    return state == JobState.FAILED and error_code not in NO_FALLBACK


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Queue again after `seconds`."""

    seconds: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    """End as failed."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """It may have been accepted: the job becomes `unknown` and is never sent again blindly."""

    message: str


Decision = Retry | GiveUp | Doubt


def backoff(attempt: int, jitter: float) -> float:
    """Seconds before try number `attempt`+1: doubling to a cap, times `jitter` (0.5..1.5)."""
    exponent = min(max(attempt - 1, 0), 16)
    return float(min(BACKOFF_CAP_SECONDS, BACKOFF_BASE_SECONDS * 2.0**exponent) * jitter)


def after_submit_error(error: Exception, attempt: int, jitter: float) -> Decision:
    """What to do when a submit raised. `attempt` counts from 1.

    Only errors that say "certainly not accepted" lead to another try; whatever is not understood
    counts as doubt, because the money may be gone.
    """
    match error:
        case RateLimited():
            wait = error.retry_after if error.retry_after is not None else backoff(attempt, jitter)
            return _again(error, attempt, wait, RATE_LIMITED_ATTEMPTS)
        case Unavailable():
            return _again(error, attempt, backoff(attempt, jitter), MAX_ATTEMPTS)
        case Moderated() | NoCredit() | NotAuthorised() | Rejected() | GenerationFailed():
            return GiveUp(code=error.code, message=error.message)
        case Ambiguous() | ModelError():
            return Doubt(message=error.message)
        case FoundryError():
            return GiveUp(code=error.code, message=error.message)
        case _:
            return Doubt(message=f"{type(error).__name__}: the submit ended unclearly")


def _again(error: ModelError, attempt: int, wait: float, limit: int) -> Decision:
    if attempt >= limit:
        return GiveUp(code=error.code, message=f"{error.message} (gave up after {attempt} tries)")
    return Retry(seconds=wait, reason=error.message)


UnknownAction = Literal["resubmit_same_key", "look_up", "ask_person"]


def after_doubt(idempotency: str) -> UnknownAction:
    """What to do with a submit of unclear outcome, by what the model promises."""
    match idempotency:
        case "key":
            return "resubmit_same_key"
        case "lookup":
            return "look_up"
        case _:
            return "ask_person"
