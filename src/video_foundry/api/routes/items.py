"""Texts, captions, images and sounds beside a project's segments; the catalogues they are made
from."""

from typing import Any, get_args

from fastapi import APIRouter, Response
from pydantic import ValidationError

from video_foundry.api.deps import BasedOn, Ctx, Id
from video_foundry.api.problems import documented, field_problems
from video_foundry.api.schemas.base import Out
from video_foundry.api.schemas.item import Item, ItemOrder, ItemUpdate, NewItem
from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.easing import EASINGS
from video_foundry.core.output_presets import SIZES
from video_foundry.core.outputs import (
    FASTEST_ANIMATED,
    LONGEST_ANIMATED,
    MOST_OUTPUTS,
    MOST_PICTURES,
    WIDEST_ANIMATED,
)
from video_foundry.core.profile import FORMATS, POSSIBLE_ENCODERS, Encoder, Quality, VideoCodec
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.transitions import CATALOGUE
from video_foundry.errors import BadInput
from video_foundry.services import items

router = APIRouter(prefix="/api", tags=["items"], responses=documented(400, 404, 413, 422, 503))


@router.post("/projects/{project_id}/items", status_code=201, responses=documented(409))
async def add_item(
    ctx: Ctx, project_id: Id, body: NewItem, revision: BasedOn, response: Response
) -> Item:
    """Put a text, captions, an image or a sound on the timeline, above the others."""
    row = await items.add_item(ctx, str(project_id), body.content(), based_on=revision)
    response.headers["Location"] = f"/api/items/{row.id}"
    return Item.of(row)


@router.get("/projects/{project_id}/items")
async def list_items(ctx: Ctx, project_id: Id) -> list[Item]:
    """A project's items, from the lowest to the topmost."""
    return [Item.of(row) for row in await items.list_items(ctx, str(project_id))]


@router.post("/projects/{project_id}/items/reorder", responses=documented(409))
async def reorder_items(ctx: Ctx, project_id: Id, body: ItemOrder, revision: BasedOn) -> list[Item]:
    """Put the items into another order; name each exactly once."""
    ids = [str(i) for i in body.item_ids]
    ordered = await items.reorder_items(ctx, str(project_id), ids, based_on=revision)
    return [Item.of(row) for row in ordered]


@router.get("/items/{item_id}")
async def get_item(ctx: Ctx, item_id: Id) -> Item:
    """One item."""
    return Item.of(await items.get_item(ctx, str(item_id)))


@router.patch("/items/{item_id}", responses=documented(409))
async def patch_item(ctx: Ctx, item_id: Id, body: ItemUpdate, revision: BasedOn) -> Item:
    """Change the fields that are sent."""
    try:
        data, tied = body.change()
    except ValidationError as error:
        raise _wrong_fields(error) from error
    row = await items.update_item(
        ctx,
        str(item_id),
        body.kind,
        data,
        tied=tied,
        unset=body.unset,
        based_on=revision,
    )
    return Item.of(row)


def _wrong_fields(error: ValidationError) -> BadInput:
    found = error.errors(include_url=False, include_input=False)
    problems = field_problems([{**one, "loc": ("fields", *one["loc"])} for one in found])
    return BadInput(f"{problems[0].field}: {problems[0].message}", problems=problems)


@router.delete("/items/{item_id}", status_code=204, responses=documented(409))
async def delete_item(ctx: Ctx, item_id: Id, revision: BasedOn) -> None:
    """Take an item off the timeline."""
    await items.delete_item(ctx, str(item_id), based_on=revision)


class TransitionEntry(Out):
    """A kind of transition. duration: seconds, where a segment says nothing."""

    name: str
    label: str
    family: str
    description: str
    duration: float
    easing: str


class PresetEntry(Out):
    """A look of a text."""

    name: str
    label: str
    use: str
    sample: str


class SizeEntry(Out):
    """A usual size of a film. use: where it is usual."""

    name: str
    label: str
    width: int
    height: int
    ratio: str
    use: str


class CodecEntry(Out):
    """A way to encode a film, and what can encode it where a machine has that. container: extension
    of the file."""

    name: VideoCodec
    label: str
    container: str
    content_type: str
    encoders: list[Encoder]


class AnimatedLimits(Out):
    """The most that an animated picture may have. fps: pictures a second; pictures: in all."""

    width: int
    fps: int
    seconds: float
    pictures: int


class Vocabulary(Out):
    """What can be named on a timeline and of outputs. outputs: how many a project may have beside
    its main film."""

    transitions: list[TransitionEntry]
    easings: list[str]
    presets: list[PresetEntry]
    animations: dict[str, str]
    sizes: list[SizeEntry]
    codecs: list[CodecEntry]
    qualities: list[Quality]
    animated: AnimatedLimits
    outputs: int


@router.get("/vocabulary")
async def vocabulary() -> Vocabulary:
    """Transitions, easings, presets of texts and animations, with their labels; sizes, codecs and
    limits of outputs."""
    told: dict[str, Any] = {
        "transitions": [
            TransitionEntry(
                name=one.name,
                label=one.label,
                family=one.family,
                description=one.description,
                duration=float(one.seconds),
                easing=one.easing,
            )
            for one in CATALOGUE
        ],
        "easings": list(EASINGS),
        "presets": [
            PresetEntry(name=one.name, label=one.label, use=one.use, sample=one.sample)
            for one in PRESETS.values()
        ],
        "animations": dict(ANIMATIONS),
    }
    return Vocabulary(**told, **_of_outputs())


def _of_outputs() -> dict[str, Any]:
    return {
        "sizes": [SizeEntry.model_validate(one) for one in SIZES],
        "codecs": [
            CodecEntry(
                name=name,
                label=made.title,
                container=made.container,
                content_type=made.content_type,
                encoders=list(POSSIBLE_ENCODERS[name]),
            )
            for name, made in FORMATS.items()
        ],
        "qualities": list(get_args(Quality)),
        "animated": AnimatedLimits(
            width=WIDEST_ANIMATED,
            fps=FASTEST_ANIMATED,
            seconds=float(LONGEST_ANIMATED),
            pictures=MOST_PICTURES,
        ),
        "outputs": MOST_OUTPUTS,
    }
