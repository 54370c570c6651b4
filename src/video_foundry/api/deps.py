"""What routes are given: the context of the process, and the revision an edit was based on."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query
from starlette.requests import HTTPConnection

from video_foundry.errors import BadInput
from video_foundry.services.context import Context


def context(connection: HTTPConnection) -> Context:
    """The ports and database of this process."""
    found: Context = connection.app.state.context
    return found


def based_on(
    if_match: Annotated[
        str | None, Header(description='The project revision the edit was based on, such as "12".')
    ] = None,
) -> int | None:
    """The revision in If-Match; None when the edit does not say. Raises BadInput."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadInput(
            "If-Match must be a project revision",
            field="If-Match",
            fix='send the revision of the project you read, such as "12"',
        )
    return int(text)


Ctx = Annotated[Context, Depends(context)]
BasedOn = Annotated[int | None, Depends(based_on)]
Id = UUID
Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
