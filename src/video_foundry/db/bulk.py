"""Writing many rows of one table at once: a statement for a thousand of them, however they differ.
Which rows are written, and why, is decided by the callers."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from video_foundry.db.tables import Base

Row = TypeVar("Row", bound=Base)


async def write_columns(session: AsyncSession, rows: Sequence[Base], *names: str) -> None:
    """Write these columns of stored rows as the rows have them now.

    A flush would send a statement for each set of columns that happen to differ, and as many as
    there are rows where these sets come in turn.
    """
    if not rows:
        return
    table = type(rows[0]).__table__
    keys = [column.key for column in table.primary_key]
    statement = (
        update(type(rows[0]).__mapper__.local_table)  # type: ignore[arg-type]  # a Table, always
        .where(*(table.c[key] == bindparam(f"key_{key}") for key in keys))
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
    )
    bound = {f"key_{key}": key for key in keys} | {f"new_{name}": name for name in names}
    values = [{bind: getattr(row, name) for bind, name in bound.items()} for row in rows]
    await (await session.connection()).execute(statement, values)
    for row in rows:
        for name in names:
            set_committed_value(row, name, getattr(row, name))


async def add_rows(session: AsyncSession, rows: Sequence[Base]) -> None:
    """Insert rows, in their order."""
    session.add_all(rows)
    await session.flush()


async def add_unless_there(
    session: AsyncSession, table: type[Row], values: Sequence[Mapping[str, Any]]
) -> Sequence[Row]:
    """Insert rows, in their order, but for those that clash with others; returns what was added.
    Waits for other transactions that are adding the same."""
    if not values:
        return []
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing().returning(table)
    # Columns without a value are named all the same: a statement for each set of them otherwise.
    found = await session.scalars(statement, values, execution_options={"render_nulls": True})
    return found.all()
