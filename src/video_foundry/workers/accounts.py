"""Which account a generation is sent with, and having one stand still when its provider speaks of
money. The rule is in core.accounts; what is known stands in rows, so that every worker keeps to it.
"""

from collections.abc import Sequence

import structlog

from video_foundry.core.accounts import Full, Halt, Stopped, Use, next_account
from video_foundry.core.catalogue import ModelEntry
from video_foundry.core.jobs import JobState
from video_foundry.db.accounts import halts, key_mark, stored_accounts, write_halt
from video_foundry.db.store import Session
from video_foundry.errors import BadInput, ModelError, NoCredit, RateLimited
from video_foundry.jobs import queue
from video_foundry.ports.accounts import DEFAULT
from video_foundry.ports.models import ModelDirectory
from video_foundry.ports.video_model import VideoModelInterface
from video_foundry.services.context import Context
from video_foundry.telemetry import clean
from video_foundry.workers.run import Run, jitter, patiently

CAP_SECONDS = 900.0
"""A wait of at least so many seconds is no matter of a moment's rate: the account is used up for
now, and another one may have the job."""

logger = structlog.get_logger(__name__)


def adapter_of(run: Run, entry: ModelEntry) -> VideoModelInterface:
    """The adapter of the account that a job was sent with: nobody else knows of it."""
    return run.ctx.models.adapter(entry.id, run.hand.brief.account)


async def account_for(run: Run, entry: ModelEntry) -> str | None:
    """The account to send a job with now. None when it waits for a place, or has failed because
    every account stands still."""
    async with run.ctx.store.read() as session:
        found = await _next(run.ctx, session, entry)
    match found:
        case Use():
            return found.account
        case Full():
            await wait_for_slot(run, entry)
        case Stopped():
            await run.fail(found.halt.code, _words(found.halt))
    return None


async def wait_for_slot(run: Run, entry: ModelEntry) -> None:
    """Give the job back until another may have ended."""
    await run.wait_aside(JobState.QUEUED, entry.poll_seconds * jitter())


async def may_use(ctx: Context, session: Session, entry: ModelEntry, account: str) -> bool:
    """Whether an account still has a place and does not stand still. Asked where slots are held."""
    taken = await queue.slots_taken(session, entry.id)
    if taken.get(account, 0) >= entry.concurrency:
        return False
    return account not in await _halts(ctx, session, entry, (account,))


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
                message=clean(error.message),
                since=tx.now,
                until=error.until,
                key_mark=_mark(run.ctx.models, entry, account),
            )
            await write_halt(tx, entry.provider, account, halt)
            return not isinstance(await _next(run.ctx, tx.session, entry), Stopped)

    has_another = await patiently(write)
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
    stopped = await _halts(ctx, session, entry, order)
    taken = await queue.slots_taken(session, entry.id)
    return next_account(order, stopped, taken, entry.concurrency)


async def _halts(
    ctx: Context, session: Session, entry: ModelEntry, accounts: Sequence[str]
) -> dict[str, Halt]:
    if entry.env_key is None:  # what takes no key has no account that could be out of money
        return {}
    marks = {account: _mark(ctx.models, entry, account) for account in accounts}
    return await halts(session, entry.provider, marks, ctx.store.now())


def _mark(models: ModelDirectory, entry: ModelEntry, account: str) -> str:
    try:
        return key_mark(models.key_of(entry.provider, account))
    except (BadInput, ModelError):  # a key that cannot be read: the adapter says so when it is used
        return ""


def _words(halt: Halt) -> str:
    ends = f"; that ends at {halt.until:%Y-%m-%d %H:%M} UTC" if halt.until else ""
    return (
        f"{halt.message} (nothing was sent: the account has stood still since "
        f"{halt.since:%Y-%m-%d %H:%M} UTC{ends}; test it or resume it under Keys)"
    )
