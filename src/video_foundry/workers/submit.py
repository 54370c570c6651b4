"""Sending a generation, exactly once, and what follows when it is not clear whether it was sent.
The rules of spending are here and in core.jobs: nothing that may have been accepted is ever sent
again blindly."""

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.core.foreign import fit_id
from video_foundry.core.jobs import (
    RATE_LIMITED_ATTEMPTS,
    Doubt,
    GiveUp,
    JobState,
    Retry,
    after_doubt,
    after_submit_error,
    backoff,
)
from video_foundry.core.request import requests_named
from video_foundry.core.webhooks import webhook_url
from video_foundry.db.generations import digests_of
from video_foundry.db.tables import JobRow
from video_foundry.errors import Ambiguous, FoundryError, NoCredit, PartUnavailable
from video_foundry.jobs import queue
from video_foundry.jobs.calling_off import call_off
from video_foundry.jobs.filing import conclude_generation, tell_segments
from video_foundry.jobs.locks import job_write
from video_foundry.ports.metrics import SUBMISSIONS
from video_foundry.ports.video_model import Submission
from video_foundry.workers.accounts import (
    HALT_REST_SECONDS,
    account_for,
    adapter_of,
    may_use,
    rate_name,
    stop_account,
    told_of,
    wait_for_slot,
)
from video_foundry.workers.answered import keep_answer
from video_foundry.workers.answers import of_submit, wait_of
from video_foundry.workers.run import Run, jitter, patiently

STATUS_TIMEOUT = 60.0
DOUBT_TRIES = RATE_LIMITED_ATTEMPTS
"""Times a doubt is asked about before a person is: asking, or sending the same key, is free."""
SETTLE_FACTOR = 2.0
"""A look-up waits this many submit time-outs, so that a slow accept has shown up by then."""
DOUBT_SECONDS = 30.0
"""Longest rest before the same key is sent again: that is free, and a person may be waiting."""
NOT_SENT_SECONDS = 1.0
"""How long a job rests that was not sent because its lease may have run out."""

logger = structlog.get_logger(__name__)


async def submit(run: Run, entry: ModelEntry) -> None:
    """From claimed: check once more that it is needed, then send it, exactly once."""
    if await _already_answered(run):
        return
    if (run.hand.is_cancelled or run.job.cancel_requested) and await run.call_off():
        return
    account = await account_for(run, entry)
    if account is None:
        return
    if entry.requests_per_minute:
        name = rate_name(entry, account)
        await run.ctx.rate.acquire(name, per_minute=entry.requests_per_minute)
    if run.hand.is_stopping:
        await run.wait_aside(JobState.QUEUED, 0.0)
        return
    await send(run, entry, account, key=str(uuid4()))


async def _already_answered(run: Run) -> bool:
    """The request may have been answered between enqueuing and claiming."""
    async with run.ctx.store.read() as session:
        if not await queue.has_result(session, run.job.fingerprint):
            return False

    async def write() -> JobRow:
        async with job_write(run.ctx.store, run.job.id) as tx:
            done = await queue.move(tx, run.job, JobState.SUCCEEDED)
            await conclude_generation(tx, done)
        return done

    await run.persist(JobState.SUCCEEDED, write)
    return True


async def send(run: Run, entry: ModelEntry, account: str, *, key: str) -> None:
    """Commit the intent, POST once, commit the answer. Not cut off by a stop.

    A key that the row has already was sent before: until an answer comes, doubt remains.
    """
    run.hand.is_safe = False
    try:
        await asyncio.shield(asyncio.ensure_future(_send(run, entry, account, key)))
    finally:
        run.hand.is_safe = True
        run.hand.moved_on()


async def _send(run: Run, entry: ModelEntry, account: str, key: str) -> None:
    was_sent = key == run.job.submit_key
    async with contextlib.AsyncExitStack() as lent:
        try:
            submission = await _submission(run, entry, key, lent)
        except PartUnavailable:
            raise
        except FoundryError as error:  # a picture has gone, say: nothing was sent now
            await _after_error(run, entry, error, was_sent=was_sent)
            return
        # Not before all is here that it is made from: bringing it may take as long as it likes.
        state = await _intend(run, entry, account, key)
        if state == JobState.CLAIMED:
            await wait_for_slot(run, entry)
        if state == JobState.SUBMITTING:
            await _post(run, entry, submission, was_sent=was_sent)


async def _post(run: Run, entry: ModelEntry, submission: Submission, *, was_sent: bool) -> None:
    """Send it, unless we have overslept; nothing is waited for between that look and the call."""
    if run.hand.is_stale:
        await _not_sent(run, entry, was_sent=was_sent)
        return
    try:
        adapter = adapter_of(run, entry)
        async with asyncio.timeout(entry.submit_timeout):
            told = await adapter.submit(submission)
        provider_job_id = await keep_answer(run, adapter, _id_of(told))
    except Exception as error:
        await _after_error(run, entry, of_submit(error), was_sent=was_sent)
        return
    SUBMISSIONS.labels(entry.provider, "accepted").inc()
    await _accepted(run, entry, submission.key, provider_job_id)


def _id_of(told: object) -> str:
    """The provider's id. Raises Ambiguous for one that cannot be kept: it has accepted something,
    and nobody can ask for it."""
    provider_job_id = fit_id(told)
    if provider_job_id is None:
        raise Ambiguous("it was accepted, but under no id that can be asked for")
    return provider_job_id


async def _accepted(run: Run, entry: ModelEntry, key: str, provider_job_id: str) -> None:
    """Write the provider's id down; if the job has gone to somebody else, tell them."""
    known = _known_as(run, entry, provider_job_id)

    async def hand_over() -> bool:
        async with job_write(run.ctx.store, run.job.id, durable=True) as tx:
            deadline = known["deadline"]
            told = await queue.adopt(tx, run.job.id, key, provider_job_id, deadline=deadline)
            if told is not None:
                await tell_segments(tx, told)
        return told is not None

    try:
        await run.move(JobState.SUBMITTED, **known)
    except queue.LeaseLost:
        adopted = await patiently(hand_over)
        logger.warning("sent, but the lease was lost", job_id=run.job.id, adopted=adopted)
        raise


def _known_as(run: Run, entry: ModelEntry, provider_job_id: str) -> dict[str, Any]:
    return {
        "provider_job_id": provider_job_id,
        "deadline": queue.later(run.ctx.store.now(), entry.generation_timeout),
        "error_code": None,
        "error_message": None,
    }


async def _not_sent(run: Run, entry: ModelEntry, *, was_sent: bool) -> None:
    """Our lease may have run out between intent and sending: somebody else may be at it by now."""
    logger.warning("not sent, the lease may have run out", job_id=run.job.id)
    again: dict[str, Any] = {"attempt": run.job.attempt - 1}
    if was_sent:
        again |= _settle(run, entry)
        await run.wait_aside(JobState.UNKNOWN, NOT_SENT_SECONDS, **again)
    else:
        await run.wait_aside(JobState.QUEUED, NOT_SENT_SECONDS, submit_key=None, **again)


async def _intend(run: Run, entry: ModelEntry, account: str, key: str) -> str:
    """Write down that we are about to send, and with which account; returns in which state it is
    then. What was called off meanwhile ends; it stays as it is where the account's last slot has
    gone, or the account was made to stand still."""

    async def write() -> JobRow:
        async with job_write(run.ctx.store, run.job.id, slots_of=entry.id, durable=True) as tx:
            if run.job.state == JobState.CLAIMED:
                if (ended := await call_off(tx, run.job)) is not None:
                    return ended
                if not await may_use(run.ctx, tx.session, entry, account):
                    return run.job
            intended = await queue.move(
                tx,
                run.job,
                JobState.SUBMITTING,
                submit_key=key,
                account=account,
                attempt=run.job.attempt + 1,
                submit_started_at=tx.now,
            )
            await tell_segments(tx, intended)
        return intended

    await run.persist(JobState.SUBMITTING, write)
    return run.job.state


async def _references(run: Run) -> dict[str, str]:
    """Media parameter -> digest; a picture that was made for this clip by what it has come to."""
    request = run.request
    named = requests_named(request)
    if not named:
        return dict(request.references)
    async with run.ctx.store.read() as session:
        made = await digests_of(session, set(named.values()))
    return {**request.references, **{name: made[mark] for name, mark in named.items()}}


async def _submission(
    run: Run, entry: ModelEntry, key: str, lent: contextlib.AsyncExitStack
) -> Submission:
    """All that is sent, its files brought here for as long as `lent` is open."""
    shutil.rmtree(run.scratch, ignore_errors=True)
    run.scratch.mkdir(parents=True)
    references: dict[str, Path] = {}
    for name, digest in (await _references(run)).items():
        references[name] = await lent.enter_async_context(run.ctx.blobs.local_path(digest))
    request = run.request
    return Submission(
        model=request.model,
        prompt=request.prompt,
        params=request.submit_params(entry),
        references=references,
        key=key,
        scratch=run.scratch,
        webhook_url=_webhook_url(run, entry, key),
    )


def _webhook_url(run: Run, entry: ModelEntry, key: str) -> str | None:
    public_url = run.ctx.public_url
    return webhook_url(public_url, entry.provider, key) if public_url else None


async def _after_error(run: Run, entry: ModelEntry, error: Exception, *, was_sent: bool) -> None:
    error = told_of(run, entry, error)
    decision = after_submit_error(error, run.job.attempt, jitter())
    again: dict[str, Any] = {}
    if isinstance(error, NoCredit):
        without = await _without_money(run, entry, error)
        decision = decision if was_sent else without or decision
        again = {"attempt": run.job.attempt - 1}  # want of money is no fault of the request
    logger.info("submit did not succeed", job_id=run.job.id, decision=decision)
    SUBMISSIONS.labels(entry.provider, _OUTCOMES[type(decision)]).inc()
    match decision:
        # That this sending was not accepted says nothing about the one before it.
        case Retry() if was_sent:
            await _doubt(run, entry, decision.reason, wait=decision.seconds)
        case GiveUp() if was_sent:
            await run.move(JobState.UNKNOWN, **_settle(run, entry))
            await run.park("submit_unclear", f"it may be accepted already: {decision.message}")
        case Retry():
            await run.wait_aside(
                JobState.QUEUED,
                decision.seconds,
                submit_key=None,
                deaths=0,  # it was answered, so it is not what kills workers
                error_code=getattr(error, "code", None),
                error_message=decision.reason,
                **again,
            )
        case GiveUp():
            await run.fail(decision.code, decision.message)
        case Doubt():
            await _doubt(run, entry, decision.message)


async def _without_money(run: Run, entry: ModelEntry, error: NoCredit) -> Retry | None:
    """Have the account stand still; the job goes to the next one, or waits for money. None where it
    fails: another model stands in, or there is no account that could be seen to."""
    has_another = await stop_account(run, entry, error)
    if has_another:
        return Retry(seconds=0.0, reason=error.message)
    if run.job.has_stand_in or entry.env_key is None:
        return None
    return Retry(seconds=HALT_REST_SECONDS, reason=error.message)


_OUTCOMES = {Retry: "retry", GiveUp: "refused", Doubt: "unknown"}


async def _doubt(run: Run, entry: ModelEntry, message: str, *, wait: float = 0.0) -> None:
    values = _settle(run, entry) | {"error_code": "ambiguous", "error_message": message}
    rest = wait or min(DOUBT_SECONDS, backoff(run.job.attempt, jitter()))
    waits = {"key": rest, "none": 0.0}
    seconds = waits.get(_promise(run, entry), entry.submit_timeout * SETTLE_FACTOR)
    await run.wait_aside(JobState.UNKNOWN, seconds, **values)


def _promise(run: Run, entry: ModelEntry) -> Idempotency:
    """What the catalogue and the adapter both say of keys. Where they differ, as those of a plug-in
    may, nothing is relied on: the key might never reach the provider."""
    try:
        is_agreed = adapter_of(run, entry).idempotency == entry.idempotency
    except Exception as error:  # it is not to be had any more: only a person can know
        logger.warning("the adapter cannot be made", job_id=run.job.id, error=repr(error))
        return "none"
    return entry.idempotency if is_agreed else "none"


def _settle(run: Run, entry: ModelEntry) -> dict[str, Any]:
    started = run.job.submit_started_at or run.ctx.store.now()
    return {"settle_until": queue.later(started, entry.submit_timeout * SETTLE_FACTOR)}


async def was_interrupted(run: Run, entry: ModelEntry) -> None:
    """A worker before us died, or was frozen, while it was sending."""
    await run.move(JobState.UNKNOWN, **_settle(run, entry))
    await clear_doubt(run, entry)


async def clear_doubt(run: Run, entry: ModelEntry) -> None:
    """A submit of unclear outcome: ask the account that it was sent with, in the way the model
    promises, else ask a person."""
    match after_doubt(_promise(run, entry)):
        case "resubmit_same_key" if run.job.attempt < DOUBT_TRIES and run.job.submit_key:
            await send(run, entry, run.hand.brief.account, key=run.job.submit_key)
        case "look_up" if run.job.submit_key:
            await _look_up(run, entry, run.job.submit_key)
        case _:
            await run.park(
                "submit_unclear",
                run.job.error_message
                or "the server stopped while this was being sent; it may have been accepted",
            )


async def _look_up(run: Run, entry: ModelEntry, key: str) -> None:
    remaining = _seconds_to_settle(run)
    if remaining > 0:
        await run.wait_aside(JobState.UNKNOWN, remaining)
        return
    try:
        async with asyncio.timeout(STATUS_TIMEOUT):
            found = await adapter_of(run, entry).find_generation(key)
    except PartUnavailable:
        raise
    except Exception as error:
        logger.warning("look-up failed", job_id=run.job.id, error=repr(error))
        await _look_up_later(run, at_least=wait_of(error))
        return
    if found is None or fit_id(found) is None:
        await run.park("submit_unclear", "the provider does not find it, yet it may still appear")
        return
    await run.move(JobState.SUBMITTED, **_known_as(run, entry, str(found)))


async def _look_up_later(run: Run, *, at_least: float) -> None:
    if run.job.attempt >= DOUBT_TRIES:
        await run.park("submit_unclear", "the provider could not be asked whether it has it")
        return
    attempt = run.job.attempt + 1
    seconds = max(at_least, backoff(attempt, jitter()))
    await run.wait_aside(JobState.UNKNOWN, seconds, attempt=attempt)


def _seconds_to_settle(run: Run) -> float:
    if run.job.settle_until is None:
        return 0.0
    return (run.job.settle_until - run.ctx.store.now()).total_seconds()
