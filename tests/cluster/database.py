"""The database of a cluster seen from outside: a login for each process, SQL over a connection of
our own, and the books for the checker. Nothing here changes what the product has written."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import asyncpg
from tests.recovery.checker import Books
from tests.recovery.director import Json

from video_foundry.testing.stack.postgres import Postgres

NAME = "chaos"
PASSWORD = "canary-of-the-database"
"""Nobody asks for it, and nobody may write it anywhere."""
PATIENCE = 90.0
COMMAND_SECONDS = 60.0
"""A server that was killed or frozen in the middle of an answer ends no connection by itself."""


def address(postgres: Postgres, role: str) -> str:
    """The database's address for one role, with a password that must not be seen again."""
    return postgres.url_of(NAME).replace("postgresql://vf@", f"postgresql://{role}:{PASSWORD}@")


def ask(url: str, query: str, *values: Any, patience: float = PATIENCE) -> list[Json]:
    """The rows of a query, tried again while the database is down. Raises OSError after that."""
    until = time.monotonic() + patience
    while True:
        try:
            return asyncio.run(_ask(url, query, values))
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


async def _ask(url: str, query: str, values: Sequence[Any]) -> list[Json]:
    connection = await asyncpg.connect(url, timeout=20, command_timeout=COMMAND_SECONDS)
    try:
        return [dict(row) for row in await connection.fetch(query, *values)]
    finally:
        await connection.close(timeout=5)


def run(url: str, script: str) -> None:
    """Carry out several statements."""

    async def go() -> None:
        connection = await asyncpg.connect(url, timeout=20, command_timeout=COMMAND_SECONDS)
        try:
            await connection.execute(script)
        finally:
            await connection.close(timeout=5)

    asyncio.run(go())


def make_roles(url: str, names: Sequence[str]) -> None:
    """A login for each process, with every right of the owner, so that writes can be told apart."""
    run(url, ";".join(f"CREATE ROLE {name} LOGIN IN ROLE vf" for name in names))


def read_books(url: str) -> Books:
    """What stands in the database now."""
    return Books(
        jobs=ask(url, "SELECT *, payload->'request'->>'prompt' AS prompt FROM jobs"),
        generations=ask(url, "SELECT *, request->>'prompt' AS prompt FROM generations"),
        renders=ask(url, "SELECT * FROM render_jobs"),
        events=ask(url, "SELECT project_id, seq FROM events ORDER BY project_id, seq"),
        integrity="ok",
    )
