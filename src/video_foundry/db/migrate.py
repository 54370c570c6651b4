"""Bringing a database to the present schema with Alembic, from code, without an ini file."""

import asyncio
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from video_foundry.db.store import Store
from video_foundry.errors import BadInput, FoundryError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x76665F6D
"""The number of the advisory lock that a migrating process holds in PostgreSQL."""


def alembic_config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, bound to `connection` when given."""
    from alembic.config import Config  # noqa: PLC0415 - slow to import, seldom needed

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The newest migration: they are numbered, and their files begin with the number."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def present_revision(connection: Connection) -> str | None:
    """The revision a database is at; None for one that was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return found


def _upgrade(connection: Connection) -> None:
    # Asking first keeps a start with nothing to do quick: Alembic itself is slow to load.
    present = present_revision(connection)
    if present == newest_revision():
        return
    if present is not None and present > newest_revision():
        raise BadInput(
            f"the database was made by a newer version (schema {present}; this one knows "
            f"{newest_revision()})",
            field="DATABASE_URL",
            fix="install that version or a later one; nothing was changed",
            code="database_too_new",
        )
    from alembic import command  # noqa: PLC0415 - see above

    command.upgrade(alembic_config(connection), "head")


logger = structlog.get_logger(__name__)

START_SECONDS = 30.0
"""How long a database that is still starting is waited for."""
_REFUSED = {
    "28P01": ("the password is wrong", "put the right user and password into the address"),
    "28000": ("it does not let this user in", "put the right user into the address"),
    "3D000": ("it has no such database", "make it with createdb, or name one that exists"),
    "42501": ("this user may not make tables", "grant CREATE on the database and its schema"),
}
"""SQLSTATE -> what is wrong with the address, and how to put it right."""


async def prepare(store: Store) -> None:
    """Have a database with the newest schema; one that is still starting is waited for.

    Raises BadInput naming DATABASE_URL and what to do about it.
    """
    until = time.monotonic() + START_SECONDS
    for attempt in count(1):
        try:
            async with store.unhurried() as engine:
                await migrate(engine)
            return
        except (OSError, TimeoutError, SQLAlchemyError) as error:
            if not store.is_sqlite:
                _refuse_for_good(error)
            if store.is_sqlite or time.monotonic() > until:
                raise _unusable(store, str(getattr(error, "orig", error))) from error
        if attempt == 1:
            logger.warning("waiting for the database", seconds=START_SECONDS)
        await asyncio.sleep(1.0)


async def look_at_schema(store: Store) -> str | None:
    """The schema that the database has, None for one without tables, or a file that is not there
    yet. Nothing is made, and nothing is waited for. Raises BadInput naming DATABASE_URL."""
    if _is_unmade(store):
        return None
    try:
        async with store.engine.connect() as connection:
            return await connection.run_sync(present_revision)
    except (OSError, TimeoutError, SQLAlchemyError) as error:
        if not store.is_sqlite:
            _refuse_for_good(error)
        raise _unusable(store, str(getattr(error, "orig", error))) from error


def _is_unmade(store: Store) -> bool:
    return store.is_sqlite and not Path(store.url.database or "").is_file()


def _refuse_for_good(error: Exception) -> None:
    code = getattr(getattr(error, "orig", error), "sqlstate", None) or ""
    reason, fix = _REFUSED.get(code, ("", ""))
    if reason:
        message = f"the database cannot be used: {reason}"
        raise BadInput(message, field="DATABASE_URL", fix=fix) from error


def _unusable(store: Store, reason: str) -> BadInput:
    where = store.url.render_as_string(hide_password=True)
    why = reason.partition("\n")[0] or "no answer"
    return BadInput(
        f"the database at {where} cannot be used: {why}",
        field="DATABASE_URL",
        fix="start it, or correct its address",
    )


async def migrate(engine: AsyncEngine) -> None:
    """Upgrade to the newest schema; does nothing when it is there already.

    Processes that start together take turns: the second finds everything done.
    """
    async with engine.execution_options(vf_write=True).connect() as connection:
        if connection.dialect.name == "postgresql":
            await _migrate_postgres(connection)
        else:
            await _migrate_sqlite(connection)


async def _migrate_postgres(connection: AsyncConnection) -> None:
    async with connection.begin():
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.execute(text("SET LOCAL lock_timeout = 0"))
        # Alembic is loaded and reads its scripts within: a slow machine is silent for a while.
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '60s'"))
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        await connection.run_sync(_upgrade)


async def _migrate_sqlite(connection: AsyncConnection) -> None:
    """SQLite changes a column by making its table anew, and would not drop the old one while rows
    point to it. That they all point to something again is checked before anything is kept."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None  # noqa: S101 - it was just opened
    await driver.execute("PRAGMA foreign_keys=OFF")  # heard outside of transactions alone
    try:
        async with connection.begin():
            if await connection.run_sync(present_revision) == newest_revision():
                return
            before = await _loose_ends(connection)
            await connection.run_sync(_upgrade)
            made = await _loose_ends(connection) - before  # older ones are for `doctor --integrity`
            if made:
                table = min(made)[0]
                raise FoundryError(f"the migration would leave a loose end in table {table}")
    finally:
        await driver.execute("PRAGMA foreign_keys=ON")


async def _loose_ends(connection: AsyncConnection) -> set[tuple[str, int]]:
    """(table, row) of everything that points to a row that is not there."""
    found = await connection.execute(text("PRAGMA foreign_key_check"))
    return {(table, row) for table, row, *_ in found}
