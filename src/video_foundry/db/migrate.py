"""Bringing a database to the present schema with Alembic, from code, without an ini file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, bound to `connection` when given."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    # Asking first keeps a start with nothing to do quick: Alembic's command machinery is slow.
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if MigrationContext.configure(connection).get_current_revision() != head:
        command.upgrade(alembic_config(connection), "head")


async def migrate(engine: AsyncEngine) -> None:
    """Upgrade to the newest schema; does nothing when it is there already."""
    async with engine.execution_options(vf_write=True).begin() as connection:
        await connection.run_sync(_upgrade)
