"""`video-foundry keys`: accounts at providers, stored encrypted. A key is read from standard input
or asked for without an echo; it is never an argument, which everybody on the machine could read."""

import getpass
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from video_foundry.api.schemas.account import Account, Accounts
from video_foundry.bootstrap import fresh_secret, running_context
from video_foundry.errors import BadInput, NotFound
from video_foundry.services import accounts
from video_foundry.services.accounts import NewAccount
from video_foundry.services.context import Context
from video_foundry.settings import load_settings
from video_foundry.telemetry import configure_logs

LONGEST_KEY = 10_000


async def list_keys(*, as_json: bool) -> int:
    """Every account in the order of use; nobody is asked anything."""
    async with _opened() as ctx:
        told = Accounts.of(await accounts.list_accounts(ctx))
    if as_json:
        print(told.model_dump_json())
        return 0
    _show(told)
    return 0


async def add(provider: str, name: str, *, base_url: str | None, settings: Sequence[str]) -> int:
    """Store a key, which is read now."""
    given = dict(_setting(one) for one in settings)
    async with _opened() as ctx:
        new = NewAccount(
            provider=provider, name=name, key=_read_key(), base_url=base_url, settings=given
        )
        added = await accounts.add_account(ctx, new)
    ending = f", which ends in {added.key_end}" if added.key_end else ""
    print(f"stored the key of {_called(Account.of(added))}{ending}")
    return 0


async def try_keys(account: str | None, *, as_json: bool) -> int:
    """Try one key or all of them, for free; 1 when one does not work."""
    async with _opened() as ctx:
        listed = (await accounts.list_accounts(ctx)).accounts
        wanted = [_find([Account.of(one) for one in listed], account)] if account else listed
        tried = [Account.of(await accounts.try_account(ctx, one.id)) for one in wanted]
    if as_json:
        print(json.dumps({"accounts": [one.model_dump(mode="json") for one in tried]}))
    else:
        for one in tried:
            print(f"{_called(one)}: {one.last_test.message if one.last_test else 'not tried'}")
        if not tried:
            print("there are no keys: see `video-foundry keys add --help`")
    fine = ("good", "untestable")
    return 0 if all(one.last_test and one.last_test.outcome in fine for one in tried) else 1


async def remove(account: str) -> int:
    """Forget an account and its key."""
    async with _opened() as ctx:
        found = await _named(ctx, account)
        await accounts.remove_account(ctx, found.id)
    print(f"forgot {_called(found)}")
    return 0


async def resume(account: str) -> int:
    """Let an account go on that stood still."""
    async with _opened() as ctx:
        found = await _named(ctx, account)
        await accounts.resume_account(ctx, found.id)
    print(f"{_called(found)} goes on")
    return 0


async def rotate() -> int:
    """Seal every stored key anew: with a new secret where it lies in a file, else with the first
    one of the setting."""
    async with _opened() as ctx:
        ctx.vault.begin_rotation()
        count = await accounts.reseal_accounts(ctx)
        ctx.vault.end_rotation()
        print(f"{count} stored keys are sealed anew ({ctx.vault.describe()})")
    return 0


def new_secret() -> int:
    """Print a fresh secret."""
    print(fresh_secret())
    return 0


@asynccontextmanager
async def _opened() -> AsyncIterator[Context]:
    settings = load_settings()
    configure_logs(level="ERROR", as_json=False, environment=os.environ)
    async with running_context(settings) as ctx:
        yield ctx


def _read_key() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Key: ")
    return sys.stdin.readline(LONGEST_KEY)


def _setting(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name.strip():
        raise BadInput(
            "a setting is written NAME=VALUE", field="--setting", fix="such as project=my-project"
        )
    return name.strip().lower(), value.strip()


async def _named(ctx: Context, account: str) -> Account:
    listed = (await accounts.list_accounts(ctx)).accounts
    return _find([Account.of(one) for one in listed], account)


def _find(listed: Sequence[Account], account: str) -> Account:
    for one in listed:
        if account in (one.id, _called(one)):
            return one
    names = ", ".join(_called(one) for one in listed) or "none yet"
    raise NotFound(
        f"there is no account {account}", field="ACCOUNT", fix=f"name one of these: {names}"
    )


def _called(account: Account) -> str:
    return f"{account.provider}/{account.name}"


def _show(told: Accounts) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False)
    for heading in ("Account", "Key", "From", "Tested", "State"):
        table.add_column(heading, no_wrap=heading == "Account")
    for one in told.accounts:
        table.add_row(*(escape(cell) for cell in _row(one)))
    if told.accounts:
        console.print(table)
    else:
        names = ", ".join(provider.id for provider in told.providers)
        console.print(f"no keys yet; they can be stored for {names}", soft_wrap=True)
    secret = told.secret_problem or told.secret
    console.print(f"secret that stored keys are sealed with: {secret}", soft_wrap=True)


def _row(account: Account) -> tuple[str, ...]:
    tried = account.last_test
    when = f"{tried.at:%Y-%m-%d %H:%M} {tried.outcome}" if tried else "never"
    state = "can be used"
    if account.problem is not None:
        state = account.problem
    elif account.halt is not None:
        state = f"stands still: {account.halt.message}"
    key = f"...{account.key_end}" if account.key_end else "set"
    return _called(account), key, account.variable or "stored", when, state
