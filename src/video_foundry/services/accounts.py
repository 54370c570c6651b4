"""Accounts at providers: storing their keys, putting them in order, trying them, and letting one go
on that stood still. A key goes in here and never comes out again, not even to who brought it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from video_foundry.db import accounts as rows
from video_foundry.db.store import Tx, retried
from video_foundry.db.tables import AccountRow
from video_foundry.errors import BadInput, Conflict
from video_foundry.ports.accounts import DEFAULT, AccountCheck, Provider
from video_foundry.ports.repeating import repeat
from video_foundry.services._accounts import (
    AccountsView,
    AccountView,
    account_views,
    get_account,
    key_end,
    sentence,
    unknown,
    view_of,
)
from video_foundry.services._halts import tell_who_waits
from video_foundry.services.context import Context
from video_foundry.telemetry import clean

FOLLOW_SECONDS = 5.0
"""How soon the other servers and workers hear of a new key; what is sent always looks itself."""

CHECK_SECONDS = 60.0
"""How long trying a key may take: somebody waits for it."""


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """An account to be stored. key: as the provider gave it."""

    provider: str
    name: str
    key: str
    base_url: str | None = None
    settings: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class AccountChange:
    """What is to become of a stored account; None leaves a thing as it is. base_url "": the
    provider's usual address."""

    name: str | None = None
    key: str | None = None
    base_url: str | None = None
    settings: Mapping[str, str] | None = None
    position: int | None = None


# --- looking -----------------------------------------------------------------------------------


async def list_accounts(ctx: Context) -> AccountsView:
    """All of them; nobody is asked anything."""
    async with ctx.store.read() as session:
        found = await account_views(ctx, session)
    vault, problem = None, None
    try:
        vault = ctx.vault.describe()
    except BadInput as error:
        problem = sentence(error)
    return AccountsView(
        accounts=tuple(found),
        providers=tuple(ctx.models.providers()),
        vault=vault,
        vault_problem=problem,
    )


# --- changing ----------------------------------------------------------------------------------


@retried
async def add_account(ctx: Context, new: NewAccount) -> AccountView:
    """Store an account, after the others of its provider. Raises BadInput for a provider that
    takes none and for a key that cannot be one, Conflict for a name that is taken."""
    provider = _storing(ctx, new.provider)
    key = _checked_key(new.key)
    async with ctx.store.write(durable=True) as tx:
        await rows.hold_accounts(tx.session)
        others = await rows.account_rows(tx.session, provider.id)
        _refuse_name(others, new.name)
        row = AccountRow(
            id=str(uuid4()),
            provider=provider.id,
            name=new.name.strip(),
            sealed_key=ctx.vault.seal(key),
            key_end=key_end(key),
            base_url=_checked_address(new.base_url),
            settings=dict(new.settings or {}),
            position=max((other.position for other in others), default=-1) + 1,
            created_at=tx.now,
            updated_at=tx.now,
        )
        await rows.add_account(tx, row)
        tx.wakes.add("generate")
        return await view_of(ctx, tx, row.id)


@retried
async def change_account(ctx: Context, account_id: str, change: AccountChange) -> AccountView:
    """Rename it, move it, or give it a new key, with which it goes on if it stood still. Where the
    key is sent to changes only together with it. Raises NotFound, BadInput and Conflict."""
    async with ctx.store.write(durable=True) as tx:
        await rows.hold_accounts(tx.session)
        row = await _row(tx, account_id)
        others = await rows.account_rows(tx.session, row.provider)
        if change.name is not None:
            _refuse_name(others, change.name, but=row.id)
            row.name = change.name.strip()
        _refuse_new_place(row, change)
        if change.key is not None:
            await _new_key(ctx, tx, row, _checked_key(change.key))
        if change.base_url is not None:
            row.base_url = _checked_address(change.base_url)
        if change.settings is not None:
            row.settings = dict(change.settings)
        if change.position is not None:
            _move(others, row, change.position)
        row.updated_at = tx.now
        await tx.session.flush()
        tx.wakes.add("generate")
        return await view_of(ctx, tx, row.id)


@retried
async def remove_account(ctx: Context, account_id: str) -> None:
    """Forget an account and its key. Raises NotFound, and Conflict while generations are under way
    that only it can be asked about."""
    async with ctx.store.write(durable=True) as tx:
        await rows.hold_accounts(tx.session)
        row = await _row(tx, account_id)
        if busy := await rows.jobs_under_way(tx.session, row.id):
            raise Conflict(
                f"{busy} generation{'s are' if busy > 1 else ' is'} under way at this account, "
                "which nobody else can ask about",
                field="account_id",
                fix="wait for the end, or cancel first",
                code="account_in_use",
            )
        await rows.drop_account(tx, row)
        ctx.models.know(await rows.stored_accounts(tx.session))


async def try_account(ctx: Context, account_id: str) -> AccountView:
    """Try its key without spending anything; one that works goes on if it stood still."""
    view = await get_account(ctx, account_id)
    tried = await _write_check(ctx, view, _account(view), await _checked(ctx, view))
    if view.halt is not None and tried.halt is None:
        await tell_who_waits(ctx, view.provider.id)
    return tried


async def check_account(ctx: Context, account_id: str) -> AccountView:
    """The same for who only looks: nothing is written down, and what stands still goes on doing so.
    What came of it is in the answer alone."""
    view = await get_account(ctx, account_id)
    return replace(view, check=await _checked(ctx, view), checked_at=ctx.clock.now())


async def _checked(ctx: Context, view: AccountView) -> AccountCheck:
    if view.problem is not None:
        return AccountCheck(outcome="refused", message=view.problem)
    return await _asked(ctx, view.provider, _account(view))


async def _asked(ctx: Context, provider: Provider, account: str) -> AccountCheck:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            check = await ctx.models.check_account(provider.id, account)
    except TimeoutError:
        words = f"{provider.title} did not answer within {CHECK_SECONDS:g} seconds"
        check = AccountCheck(outcome="unavailable", message=words)
    except BadInput as error:
        check = AccountCheck(outcome="refused", message=sentence(error))
    except Exception as error:  # a plug-in may raise anything
        check = AccountCheck(outcome="unavailable", message=f"{provider.title}: {error!r}")
    words = check.message
    if account != DEFAULT:  # adapters name the variable that their usual key stands in
        words = words.replace(provider.env_key, "this account")
    return AccountCheck(outcome=check.outcome, message=clean(words))


@retried
async def _write_check(
    ctx: Context, view: AccountView, account: str, check: AccountCheck
) -> AccountView:
    async with ctx.store.write() as tx:
        await rows.write_check(tx, view.provider.id, account, check)
        if check.outcome == "good":
            await rows.write_halt(tx, view.provider.id, account, None)
            tx.wakes.add("generate")
        return await view_of(ctx, tx, view.id)


async def resume_account(ctx: Context, account_id: str) -> AccountView:
    """Let an account go on that stood still: somebody has seen to the money."""
    view = await _resume(ctx, await get_account(ctx, account_id))
    await tell_who_waits(ctx, view.provider.id)
    return view


@retried
async def _resume(ctx: Context, view: AccountView) -> AccountView:
    async with ctx.store.write() as tx:
        await rows.write_halt(tx, view.provider.id, _account(view), None)
        tx.wakes.add("generate")
        return await view_of(ctx, tx, view.id)


@retried
async def reseal_accounts(ctx: Context) -> int:
    """Seal every stored key anew, with the first key of the vault; returns how many. Raises
    BadInput, and changes nothing, when one cannot be read."""
    async with ctx.store.write(durable=True) as tx:
        await rows.hold_accounts(tx.session)
        found = await rows.account_rows(tx.session)
        for row in found:
            row.sealed_key = ctx.vault.seal(ctx.vault.unseal(row.sealed_key))
        await tx.session.flush()
        ctx.models.know(await rows.stored_accounts(tx.session))
        return len(found)


# --- hearing of changes elsewhere --------------------------------------------------------------


async def look_at_accounts(ctx: Context) -> None:
    """Know the accounts as they are stored now."""
    async with ctx.store.read() as session:
        ctx.models.know(await rows.stored_accounts(session))


@contextlib.asynccontextmanager
async def following_accounts(ctx: Context) -> AsyncIterator[None]:
    """Know the accounts from now on, whoever changes them. What is known stays good while they
    cannot be looked at."""
    await look_at_accounts(ctx)
    looking = repeat(lambda: look_at_accounts(ctx), FOLLOW_SECONDS, name="accounts")
    task = asyncio.create_task(looking, name="accounts")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# --- the parts ---------------------------------------------------------------------------------


async def _row(tx: Tx, account_id: str) -> AccountRow:
    found = await rows.account_row(tx.session, account_id)
    if found is not None:
        return found
    if account_id.endswith(f":{DEFAULT}"):
        raise BadInput(
            "this account stands in the environment, not here",
            field="account_id",
            fix="change the variable, and start the server anew",
            code="environment_account",
        )
    raise unknown(account_id)


async def _new_key(ctx: Context, tx: Tx, row: AccountRow, key: str) -> None:
    row.sealed_key, row.key_end = ctx.vault.seal(key), key_end(key)
    await rows.write_halt(tx, row.provider, row.id, None)
    await rows.write_check(tx, row.provider, row.id, None)


def _refuse_new_place(row: AccountRow, change: AccountChange) -> None:
    """A key is never sent anywhere else than where it was meant for when it was given."""
    moves = change.base_url is not None and (change.base_url or None) != row.base_url
    changes = change.settings is not None and dict(change.settings) != row.settings
    if (moves or changes) and change.key is None:
        raise BadInput(
            "where a key is sent to can be changed only together with the key",
            field="key",
            fix="give the key again",
            code="key_needed",
        )


def _move(others: Sequence[AccountRow], row: AccountRow, position: int) -> None:
    order = [other for other in others if other.id != row.id]
    order.insert(min(position, len(order)), row)
    for place, one in enumerate(order):
        one.position = place


def _storing(ctx: Context, provider_id: str) -> Provider:
    known = [provider for provider in ctx.models.providers() if provider.can_store]
    for provider in known:
        if provider.id == provider_id:
            return provider
    names = ", ".join(provider.id for provider in known)
    raise BadInput(
        f"no keys can be stored for {provider_id!r}", field="provider", fix=f"choose one of {names}"
    )


def _refuse_name(others: Sequence[AccountRow], name: str, *, but: str | None = None) -> None:
    if name.strip().lower() == DEFAULT:
        raise BadInput(
            f"{DEFAULT} is what the environment's account is called",
            field="name",
            fix="choose another name",
        )
    if rows.names_taken(others, name.strip(), but=but):
        raise Conflict(
            f"there is an account {name.strip()!r} at this provider already",
            field="name",
            fix="choose another name, or give that one the new key",
            code="name_taken",
        )


def _checked_key(key: str) -> str:
    """Raises BadInput, without repeating it, for what cannot be a key."""
    key = key.strip()
    if not key:
        raise BadInput("the key is empty", field="key", fix="give the key as the provider shows it")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BadInput(
            "the key holds characters that no key has",
            field="key",
            fix="give the key alone, as the provider shows it",
        )
    return key


def _checked_address(address: str | None) -> str | None:
    """Keys travel encrypted, except within this machine. Raises BadInput."""
    address = (address or "").strip().rstrip("/")
    if not address:
        return None
    scheme, _, rest = address.partition("://")
    host = rest.partition("/")[0]
    name = host.rpartition(":")[0] or host
    is_here = scheme == "http" and name in ("127.0.0.1", "localhost", "[::1]")
    if "@" in host or not name or not (scheme == "https" or is_here):
        raise BadInput(
            "an address begins with https://, or with http://127.0.0.1 on this machine",
            field="base_url",
            fix="write it as the provider or gateway does, or leave it out",
        )
    return address


def _account(view: AccountView) -> str:
    return DEFAULT if view.variable is not None else view.id
