"""For commands that only look at what is there: they leave the database as it is, so they want one
of the schema that this version knows, and say what to do about any other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from video_foundry.bootstrap import looking_context
from video_foundry.errors import BadInput
from video_foundry.services.context import Context
from video_foundry.services.health import Schema, look_at_schema
from video_foundry.settings import Settings


@dataclass(frozen=True, kw_only=True)
class OtherSchema:
    """Why this version cannot work with the tables that are there, and what to do."""

    message: str
    fix: str
    is_newer: bool = False


def other_schema(schema: Schema) -> OtherSchema | None:
    """None where this version can."""
    present, ours = schema.present, schema.ours
    if present is None:
        return OtherSchema(
            message="there are no tables yet",
            fix="run `video-foundry migrate`; the first start does it, too",
        )
    if present < ours:
        return OtherSchema(
            message=f"schema {present} is older than {ours}, which this version works with",
            fix="make a backup, then run `video-foundry migrate`; the next start does it, too",
        )
    if present > ours:
        return OtherSchema(
            message=f"schema {present} is newer than {ours}, the last this one knows",
            fix="install the version that made it, or a later one",
            is_newer=True,
        )
    return None


@asynccontextmanager
async def looking_at_rows(settings: Settings) -> AsyncIterator[Context]:
    """What a use case needs that only reads. Raises BadInput naming DATABASE_URL."""
    async with looking_context(settings) as ctx:
        other = other_schema(await look_at_schema(ctx))
        if other is not None:
            raise BadInput(
                f"the database is left as it is: {other.message}",
                field="DATABASE_URL",
                fix=other.fix,
            )
        yield ctx
