"""How accounts at providers look to people, and what may be said of one: never its key. No use
case lives here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from video_foundry.core.accounts import Halt
from video_foundry.db import accounts as rows
from video_foundry.db.store import Session, Tx
from video_foundry.db.tables import AccountRow, AccountStateRow
from video_foundry.errors import BadInput, ModelError, NotFound
from video_foundry.ports.accounts import DEFAULT, AccountCheck, Provider
from video_foundry.services.context import Context

SHOWN = 4
"""Characters of a key that are shown, the last ones, so that it can be recognised."""
LEAST_SHOWN = 16
"""A shorter key shows none."""


@dataclass(frozen=True, kw_only=True)
class AccountView:
    """One account as people see it: never its key.

    id: a UUID, or `PROVIDER:default` for that of the environment. variable: the environment's,
    None for a stored one. position: from 0 among the stored ones of its provider. halt: why nothing
    is sent with it now. checked_at, check: when its key was tried, and what came of it. problem:
    why it cannot be used at all.
    """

    id: str
    provider: Provider
    name: str
    variable: str | None
    position: int | None
    key_end: str
    base_url: str | None
    settings: Mapping[str, str]
    halt: Halt | None
    checked_at: datetime | None
    check: AccountCheck | None
    problem: str | None
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AccountsView:
    """Every account in the order of use, who could have one, and whether keys can be stored.
    vault: where the secret is that they are sealed with; vault_problem: why it cannot be used."""

    accounts: tuple[AccountView, ...]
    providers: tuple[Provider, ...]
    vault: str | None
    vault_problem: str | None


async def get_account(ctx: Context, account_id: str) -> AccountView:
    """One of them. Raises NotFound."""
    async with ctx.store.read() as session:
        found = await account_views(ctx, session)
    for view in found:
        if view.id == account_id:
            return view
    raise unknown(account_id)


async def account_views(ctx: Context, session: Session) -> list[AccountView]:
    """All of them, in the order of use; nobody is asked anything."""
    stored = await rows.account_rows(session)
    ctx.models.know(await rows.stored_accounts(session))
    known = await rows.states(session)
    found = []
    for provider in ctx.models.providers():
        if _key(ctx, provider.id, DEFAULT)[0]:
            state = known.get((provider.id, DEFAULT))
            found.append(_of_environment(ctx, provider, state))
        mine = [row for row in stored if row.provider == provider.id]
        found += [
            _of_row(ctx, provider, place, row, known.get((provider.id, row.id)))
            for place, row in enumerate(mine)
        ]
    return found


def _of_environment(ctx: Context, provider: Provider, state: AccountStateRow | None) -> AccountView:
    key, _ = _key(ctx, provider.id, DEFAULT)
    return AccountView(
        id=f"{provider.id}:{DEFAULT}",
        provider=provider,
        name=DEFAULT,
        variable=provider.env_key,
        position=None,
        key_end=key_end(key),
        base_url=None,
        settings={},
        halt=_halt(ctx, state, key),
        checked_at=state.tested_at if state else None,
        check=_check(state),
        problem=None,
        created_at=None,
    )


def _of_row(
    ctx: Context, provider: Provider, place: int, row: AccountRow, state: AccountStateRow | None
) -> AccountView:
    key, problem = _key(ctx, provider.id, row.id)
    if not provider.can_store:
        problem = f"{provider.title} takes its key from {provider.env_key} alone"
    return AccountView(
        id=row.id,
        provider=provider,
        name=row.name,
        variable=None,
        position=place,
        key_end=row.key_end,
        base_url=row.base_url,
        settings=row.settings,
        halt=_halt(ctx, state, key),
        checked_at=state.tested_at if state else None,
        check=_check(state),
        problem=problem,
        created_at=row.created_at,
    )


def _key(ctx: Context, provider: str, account: str) -> tuple[str, str | None]:
    """The key, or why it cannot be read."""
    try:
        return ctx.models.key_of(provider, account), None
    except BadInput as error:
        return "", sentence(error)
    except ModelError as error:  # removed this moment
        return "", error.message


def _halt(ctx: Context, state: AccountStateRow | None, key: str) -> Halt | None:
    halt = rows.halt_of(state)
    return halt if halt and halt.holds(ctx.store.now(), rows.key_mark(key)) else None


def _check(state: AccountStateRow | None) -> AccountCheck | None:
    if state is None or state.test_outcome is None:
        return None
    outcome: Any = state.test_outcome
    return AccountCheck(outcome=outcome, message=state.test_message or "")


async def view_of(ctx: Context, tx: Tx, account_id: str) -> AccountView:
    """An account as it is in the middle of a transaction."""
    found = await account_views(ctx, tx.session)
    return next(view for view in found if view.id == account_id)


def key_end(key: str) -> str:
    """What is shown of a key."""
    return key[-SHOWN:] if len(key) >= LEAST_SHOWN else ""


def sentence(error: BadInput) -> str:
    """An error with what to do about it."""
    fix = next((problem.fix for problem in error.problems if problem.fix), None)
    return f"{error.message}: {fix}" if fix else error.message


def unknown(account_id: str) -> NotFound:
    """There is no such account."""
    return NotFound(f"there is no account {account_id}", field="account_id")
