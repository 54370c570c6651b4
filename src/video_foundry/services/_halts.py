"""Which accounts and models stand still for want of money, by what the rows say and the keys of
now, and telling those who wait. No use case lives here."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from video_foundry.core.accounts import Halt, Stopped, next_account
from video_foundry.core.catalogue import ModelEntry
from video_foundry.db.accounts import (
    halts,
    has_halts,
    key_mark,
    projects_waiting,
    stored_accounts,
)
from video_foundry.db.store import Session, retried
from video_foundry.errors import BadInput, ModelError, PartUnavailable
from video_foundry.events import log
from video_foundry.events.log import NewEvent
from video_foundry.jobs.locks import holding
from video_foundry.ports.models import ModelDirectory
from video_foundry.services.context import Context


@dataclass(frozen=True, kw_only=True)
class Standstill:
    """What stands still. accounts: model -> account -> why, where there are any. models: model ->
    why nothing can be sent for it, where none of its accounts goes on."""

    accounts: Mapping[str, Mapping[str, Halt]] = field(default_factory=dict)
    models: Mapping[str, Halt] = field(default_factory=dict)


async def standstill(ctx: Context, session: Session) -> Standstill:
    """How it is now. One small look where nothing stands still, a few more for each provider where
    something does."""
    providers = await has_halts(session)
    if not providers:
        return Standstill()
    ctx.models.know(await stored_accounts(session))  # one that was just stored may have money
    found: dict[str, Mapping[str, Halt]] = {}
    for provider in sorted(providers):
        found |= await _at_provider(ctx, session, provider)
    entries = ctx.models.catalogue.entries
    stopped = {
        model: next_account(ctx.models.accounts(entries[model]), halts, {}, 1)
        for model, halts in found.items()
    }
    models = {m: one.halt for m, one in stopped.items() if isinstance(one, Stopped)}
    return Standstill(accounts=found, models=models)


async def _at_provider(
    ctx: Context, session: Session, provider: str
) -> dict[str, Mapping[str, Halt]]:
    entries = ctx.models.catalogue.entries.values()
    orders = {e.id: ctx.models.accounts(e) for e in entries if e.provider == provider and e.env_key}
    accounts = {one for order in orders.values() for one in order}
    marks = {one: mark_of(ctx.models, provider, one) for one in accounts}
    halted = await halts(session, provider, marks, ctx.store.now())
    found = {m: {a: halted[a] for a in order if a in halted} for m, order in orders.items()}
    return {model: mine for model, mine in found.items() if mine}


async def tell_who_waits(ctx: Context, provider: str) -> None:
    """Tell the projects whose generations wait for this provider that an account of its stands
    still, or goes on. Only news: what it is now is looked up by whoever hears it."""
    with contextlib.suppress(PartUnavailable):
        await _tell_who_waits(ctx, provider)


@retried
async def _tell_who_waits(ctx: Context, provider: str) -> None:
    models = [e.id for e in ctx.models.catalogue.entries.values() if e.provider == provider]

    async def waiting(session: Session) -> set[str]:
        return await projects_waiting(session, models)

    async with ctx.store.read() as session:
        if not await waiting(session):
            return
    async with holding(ctx.store, waiting) as tx:
        data = {"provider": provider}
        found = sorted(await waiting(tx.session))
        told = [NewEvent(project_id=one, type="account.changed", data=data) for one in found]
        await log.append(tx, told)


async def halts_at(
    ctx: Context, session: Session, entry: ModelEntry, accounts: Sequence[str]
) -> Mapping[str, Halt]:
    """Account -> its halt, of those of these that stand still."""
    if entry.env_key is None:  # what takes no key has no account that could be out of money
        return {}
    marks = {account: mark_of(ctx.models, entry.provider, account) for account in accounts}
    return await halts(session, entry.provider, marks, ctx.store.now())


def mark_of(models: ModelDirectory, provider: str, account: str) -> str:
    """By what the key of an account is known again."""
    try:
        return key_mark(models.key_of(provider, account))
    except (BadInput, ModelError):  # a key that cannot be read: the adapter says so when it is used
        return ""


def words_of(halt: Halt) -> str:
    """Why a generation waits, with what to do about it."""
    ends = f"; that ends at {halt.until:%Y-%m-%d %H:%M} UTC" if halt.until else ""
    return (
        f"{halt.message} (nothing was sent: the account has stood still since "
        f"{halt.since:%Y-%m-%d %H:%M} UTC{ends}; test it or resume it under Keys)"
    )
