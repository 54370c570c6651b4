"""Which account a generation is sent with, and having one stand still when its provider speaks of
money. The rule is in core.accounts; what is known stands in rows, so that every worker keeps to it.
"""

from typing import Any

import structlog

from video_foundry.core.accounts import Full, Halt, Stopped, Use, next_account
from video_foundry.core.catalogue import ModelEntry
from video_foundry.core.foreign import LONGEST_REASON, fit_text
from video_foundry.core.jobs import JobState
from video_foundry.db.accounts import stored_accounts, write_halt
from video_foundry.db.store import Session
from video_foundry.errors import ModelError, NoCredit, RateLimited
from video_foundry.jobs import queue
from video_foundry.jobs.waiting import Room
from video_foundry.ports.accounts import DEFAULT
from video_foundry.ports.video_model import VideoModelInterface
from video_foundry.services._halts import Standstill, halts_at, mark_of, tell_who_waits, words_of
from video_foundry.services.context import Context
from video_foundry.telemetry import clean
from video_foundry.workers.run import Run, jitter, patiently

CAP_SECONDS = 900.0
"""A wait of at least so many seconds is no matter of a moment's rate: the account is used up for
now, and another one may have the job."""

HALT_REST_SECONDS = 0.5
"""How long a job rests that met a halt. Those behind it are not claimed at all meanwhile."""

logger = structlog.get_logger(__name__)


def adapter_of(run: Run, entry: ModelEntry) -> VideoModelInterface:
    """The adapter of the account that a job was sent with: nobody else knows of it."""
    return run.ctx.models.adapter(entry.id, run.hand.brief.account)


async def account_for(run: Run, entry: ModelEntry) -> str | None:
    """The account to send a job with now. None when it waits for a place or for money, or has
    failed because every account stands still and another model stands in."""
    async with run.ctx.store.read() as session:
        found = await _next(run.ctx, session, entry)
    match found:
        case Use():
            return found.account
        case Full():
            await wait_for_slot(run, entry)
        case Stopped(halt=halt) if run.job.has_stand_in:
            await run.fail(halt.code, words_of(halt))
        case Stopped(halt=halt):
            await wait_for_money(run, halt.code, words_of(halt))
    return None


async def wait_for_money(run: Run, code: str, message: str, **values: Any) -> None:
    """Give the job back with the reason. It is claimed again when an account goes on."""
    told = {"error_code": code, "error_message": message, **values}
    await run.wait_aside(JobState.QUEUED, HALT_REST_SECONDS, **told)


async def room_for(ctx: Context, session: Session, still: Standstill) -> Room:
    """How many queued jobs of each model its accounts have places for, without those that stand
    still."""
    used = await queue.in_flight(session)
    places = {}
    for entry in ctx.models.catalogue.entries.values():
        taken, stopped = used.get(entry.id, {}), still.accounts.get(entry.id, {})
        going = [one for one in ctx.models.accounts(entry) if one not in stopped]
        free = sum(max(0, entry.concurrency - taken.get(one, 0)) for one in going)
        places[entry.id] = free - taken.get(queue.UNDECIDED, 0)
    return Room(places=places, halted=still.models)


async def wait_for_slot(run: Run, entry: ModelEntry) -> None:
    """Give the job back until another may have ended."""
    await run.wait_aside(JobState.QUEUED, entry.poll_seconds * jitter())


async def may_use(ctx: Context, session: Session, entry: ModelEntry, account: str) -> bool:
    """Whether an account still has a place and does not stand still. Asked where slots are held."""
    taken = await queue.slots_taken(session, entry.id)
    if taken.get(account, 0) >= entry.concurrency:
        return False
    return account not in await halts_at(ctx, session, entry, (account,))


async def stop_account(run: Run, entry: ModelEntry, error: NoCredit) -> bool:
    """Have the account that a job was sent with stand still, for the reason that its provider gave;
    returns whether there is another that does not."""
    account = run.hand.brief.account
    if entry.env_key is None:
        return False

    async def write() -> bool:
        async with run.ctx.store.write(durable=True) as tx:
            halt = Halt(
                code=error.code,
                message=fit_text(clean(error.message), LONGEST_REASON),
                since=tx.now,
                until=error.until,
                key_mark=mark_of(run.ctx.models, entry.provider, account),
            )
            await write_halt(tx, entry.provider, account, halt)
            return not isinstance(await _next(run.ctx, tx.session, entry), Stopped)

    has_another = await patiently(write)
    await tell_who_waits(run.ctx, entry.provider)
    logger.warning(
        "an account stands still",
        provider=entry.provider,
        account=account,
        reason=error.message,
        has_another=has_another,
    )
    return has_another


def told_of(run: Run, entry: ModelEntry, error: Exception) -> Exception:
    """A refusal as it is to be understood and told: being asked to wait very long means a cap, and
    a stored key does not lie in the variable that providers' words are given."""
    if entry.env_key is None or not isinstance(error, ModelError):
        return error
    if run.hand.brief.account != DEFAULT:
        error.message = error.message.replace(entry.env_key, "the stored account")
    if not isinstance(error, RateLimited) or (error.retry_after or 0.0) < CAP_SECONDS:
        return error
    until = queue.later(run.ctx.store.now(), error.retry_after or 0.0)
    return NoCredit(error.message, code="daily_cap", until=until)


def rate_name(entry: ModelEntry, account: str) -> str:
    """Under what name the requests to an account are counted."""
    return entry.provider if account == DEFAULT else f"{entry.provider}/{account}"


async def _next(ctx: Context, session: Session, entry: ModelEntry) -> Use | Full | Stopped:
    if entry.env_key is not None:  # whoever has just stored a key wants it used
        ctx.models.know(await stored_accounts(session))
    order = ctx.models.accounts(entry)
    stopped = await halts_at(ctx, session, entry, order)
    taken = await queue.slots_taken(session, entry.id)
    return next_account(order, stopped, taken, entry.concurrency)
