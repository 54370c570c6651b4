"""Titles as pictures: what the editor lays over its preview is what films are given."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from video_foundry.api.deps import Ctx
from video_foundry.api.problems import documented
from video_foundry.core.profile import OutputProfile
from video_foundry.core.titles import text_from_json
from video_foundry.errors import BadInput, CompositionFailed
from video_foundry.services import title_pictures

router = APIRouter(prefix="/api", tags=["previews"], responses=documented(400, 422, 503))

LONGEST = 16_000
"""Characters of a title's description."""

Side = Annotated[int, Query(ge=16, le=8192, multiple_of=2)]

_PNG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {}}, "description": "As large as the frame, with alpha."}
}


@router.get("/title-picture", response_class=Response, responses=_PNG)
async def get_title_picture(
    ctx: Ctx,
    title: Annotated[
        str, Query(max_length=LONGEST, description="The fields of a text, such as `text`, as JSON.")
    ],
    width: Side,
    height: Side,
) -> Response:
    """A text as a film of this size shows it, apart from how it comes and goes."""
    item = text_from_json(_told(title), field="title")
    profile = OutputProfile(width=width, height=height)
    try:
        picture = await title_pictures.title_picture(ctx, item, profile)
    except CompositionFailed as error:
        raise BadInput(str(error), field="title.text", fix="make it shorter or smaller") from error
    # The same question has the same answer until other fonts are installed.
    headers = {"Cache-Control": "private, max-age=86400"}
    return Response(picture, media_type="image/png", headers=headers)


def _told(title: str) -> Any:
    try:
        return json.loads(title)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            "the title is no JSON", field="title", fix='write {"text": "Coming soon"}, say'
        ) from error
