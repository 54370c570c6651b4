"""Accounts at providers in the database, and how they stand. Keys are sealed before they come here;
who may be used when is decided in core."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.accounts import Halt
from video_foundry.core.jobs import MAYBE_PAID, JobState
from video_foundry.db.given import given
from video_foundry.db.locks import has_locks
from video_foundry.db.once import insert_once
from video_foundry.db.store import Tx
from video_foundry.db.tables import AccountRow, AccountStateRow, JobRow
from video_foundry.ports.accounts import AccountCheck, StoredAccount

HELD_ACCOUNTS = 0x616363
"""The number of the advisory lock under which accounts are changed."""


async def hold_accounts(session: AsyncSession) -> None:
    """Be the only one who changes which accounts there are, or their order, or their seals."""
    if has_locks(session):
        await session.execute(select(func.pg_advisory_xact_lock(HELD_ACCOUNTS)))


async def account_rows(session: AsyncSession, provider: str | None = None) -> Sequence[AccountRow]:
    """Stored accounts in their order, of one provider or all."""
    query = select(AccountRow).order_by(
        AccountRow.provider, AccountRow.position, AccountRow.created_at, AccountRow.id
    )
    if provider is not None:
        query = query.where(AccountRow.provider == provider)
    return (await session.scalars(query)).all()


async def account_row(session: AsyncSession, account: str) -> AccountRow | None:
    """One of them, as it is now."""
    return await session.get(AccountRow, account, populate_existing=True)


async def add_account(tx: Tx, row: AccountRow) -> None:
    """One more."""
    tx.session.add(row)
    await tx.session.flush()


async def stored_accounts(session: AsyncSession) -> list[StoredAccount]:
    """The same as values."""
    return [
        StoredAccount(
            id=row.id,
            provider=row.provider,
            name=row.name,
            sealed_key=row.sealed_key,
            base_url=row.base_url,
            settings=row.settings,
        )
        for row in await account_rows(session)
    ]


async def states(
    session: AsyncSession, provider: str | None = None
) -> Mapping[tuple[str, str], AccountStateRow]:
    """(provider, account) -> how it stands; accounts that nothing is known of are not there."""
    query = select(AccountStateRow).execution_options(populate_existing=True)
    if provider is not None:
        query = query.where(AccountStateRow.provider == provider)
    return {(row.provider, row.account): row for row in await session.scalars(query)}


async def has_halts(session: AsyncSession) -> set[str]:
    """Providers at which an account was made to stand still; whether that holds must be seen."""
    query = select(AccountStateRow.provider).where(AccountStateRow.halt_code.is_not(None))
    return set(await session.scalars(query))


def halt_of(row: AccountStateRow | None) -> Halt | None:
    """Why an account stands still, should the halt still hold."""
    if row is None or row.halt_code is None or row.halted_at is None:
        return None
    return Halt(
        code=row.halt_code,
        message=row.halt_message or "",
        since=row.halted_at,
        until=row.halted_until,
        key_mark=row.halted_key or "",
    )


def key_mark(key: str) -> str:
    """By what a key is known again without being kept: a few bits of its digest."""
    return hashlib.sha256(f"account key {key}".encode()).hexdigest()[:16]


async def write_halt(tx: Tx, provider: str, account: str, halt: Halt | None) -> None:
    """Have an account stand still, or go on again."""
    row = await _state(tx, provider, account)
    row.halt_code = halt.code[:60] if halt else None
    row.halt_message = halt.message if halt else None
    row.halted_at = halt.since if halt else None
    row.halted_until = halt.until if halt else None
    row.halted_key = halt.key_mark if halt else None
    await tx.session.flush()


async def write_check(tx: Tx, provider: str, account: str, check: AccountCheck | None) -> None:
    """Remember what trying an account's key said; None for a key that was not tried yet."""
    row = await _state(tx, provider, account)
    row.tested_at = tx.now if check else None
    row.test_outcome = check.outcome if check else None
    row.test_message = check.message if check else None
    await tx.session.flush()


async def _state(tx: Tx, provider: str, account: str) -> AccountStateRow:
    new = AccountStateRow(provider=provider, account=account)
    await insert_once(tx.session, new)
    query = (
        select(AccountStateRow)
        .where(AccountStateRow.provider == provider, AccountStateRow.account == account)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await tx.session.scalars(query)).one()


async def drop_account(tx: Tx, row: AccountRow) -> None:
    """Forget an account and how it stood."""
    await tx.session.execute(delete(AccountStateRow).where(AccountStateRow.account == row.id))
    await tx.session.execute(delete(AccountRow).where(AccountRow.id == row.id))


async def jobs_under_way(session: AsyncSession, account: str) -> int:
    """Generations that only this account can be asked about."""
    query = (
        select(func.count())
        .select_from(JobRow)
        .where(JobRow.account == account, JobRow.state.in_(sorted(MAYBE_PAID)))
    )
    return (await session.execute(query)).scalar_one()


async def projects_waiting(session: AsyncSession, models: Collection[str]) -> set[str]:
    """Projects with a generation in the queue of one of these models."""
    query = select(JobRow.project_id).where(
        JobRow.kind == "generate",
        JobRow.state == JobState.QUEUED,
        JobRow.model.in_(given(session, models)),
    )
    return {one for one in await session.scalars(query.distinct()) if one is not None}


async def halts(
    session: AsyncSession, provider: str, keys: Mapping[str, str], now: datetime
) -> dict[str, Halt]:
    """account -> its halt, of those that hold now. keys: the mark of each account's key."""
    found = {
        account: halt_of(row) for (_, account), row in (await states(session, provider)).items()
    }
    return {
        account: halt
        for account, halt in found.items()
        if halt is not None and account in keys and halt.holds(now, keys[account])
    }


def names_taken(rows: Collection[AccountRow], name: str, *, but: str | None = None) -> bool:
    """Whether one of these accounts, other than `but`, has this name."""
    return any(row.name.lower() == name.lower() and row.id != but for row in rows)
