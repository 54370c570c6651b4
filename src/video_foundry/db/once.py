"""Rows that are written once and never changed: whoever comes second finds them there."""

from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.tables import Base


async def insert_once(session: AsyncSession, row: Base) -> bool:
    """Add a row unless one with its key is there; whether it was added. Waits for another
    transaction that is adding the same. What was changed must be flushed before."""
    table = cast(Table, type(row).__table__)
    values: dict[str, Any] = {
        column.key: getattr(row, column.key)
        for column in type(row).__mapper__.column_attrs
        if column.key in row.__dict__
    }
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(values).on_conflict_do_nothing()
    done = await session.execute(statement.returning(*table.primary_key.columns))
    return done.first() is not None
