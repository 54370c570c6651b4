"""Alembic's entry: runs the migrations on the connection that db.migrate hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from video_foundry.db.tables import Base


def _render_our_types(type_: str, value: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our column types by name, with their import."""
    if type_ == "type" and type(value).__module__ == "video_foundry.db.tables":
        name = type(value).__name__
        autogen.imports.add(f"from video_foundry.db.tables import {name}")
        return f"{name}()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=_render_our_types,
)
with context.begin_transaction():
    context.run_migrations()
