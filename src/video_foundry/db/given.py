"""Many values as one parameter. A list of a new length would be a new statement each time, and
statements are kept: by SQLAlchemy, by the driver and by the server. Nor has a list any length at
which a database refuses it."""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import (
    JSON,
    BindParameter,
    Select,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession


def given(session: AsyncSession, values: Iterable[str]) -> Select[str]:
    """The values as rows, for `column.in_(...)`."""
    text = _parameter(json.dumps(sorted(values)))
    if _is_postgres(session):
        rows = func.json_array_elements_text(cast(text, JSON)).table_valued("value")
    else:
        rows = func.json_each(text).table_valued("value")
    return select(rows.c.value)


def given_numbers(session: AsyncSession, numbers: Mapping[str, float]) -> TableValuedAlias:
    """The numbers as rows of `key` and `value` (to be cast), to be joined."""
    text = _parameter(json.dumps(dict(sorted(numbers.items()))))
    if _is_postgres(session):
        return func.json_each_text(cast(text, JSON)).table_valued("key", "value")
    return func.json_each(text).table_valued("key", "value")


def _parameter(text: str) -> BindParameter[str]:
    return bindparam(None, text, type_=Text)


def _is_postgres(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"
