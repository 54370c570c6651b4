"""Texts, captions, images and sounds beside a project's segments: queries, and what they are as
values of the core."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.captions import Cue, read_cues, to_items
from video_foundry.core.fonts import LANGUAGES
from video_foundry.core.overlays import Overlay
from video_foundry.core.placement import placement_from_json
from video_foundry.core.sound import SoundItem
from video_foundry.core.sound_json import item_from_json
from video_foundry.core.subtitles import Subtitles, language_of_track, subtitles_of
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.titles import (
    TextItem,
    image_from_json,
    text_from_json,
)
from video_foundry.core.wording import mapping, one_of
from video_foundry.db.facts import seconds_of
from video_foundry.db.tables import ArtifactRow, ItemRow, MediaRow
from video_foundry.errors import BadInput

Media = Mapping[str, tuple[MediaRow, ArtifactRow]]

LISTS: Mapping[str, str] = {
    "text": "text",
    "caption": "captions",
    "image": "images",
    "audio": "audio",
}
"""kind of an item -> the list of a project that holds it, by which errors name it too."""

_CAPTION = ("captions", "show", "preset", "style", "placement", "language")

BURNT, TRACK = "burnt", "track"
SHOW = (BURNT, TRACK, "both")
"""Ways of showing captions: in the picture, as a track that players can show, or both."""


@dataclass(frozen=True, kw_only=True)
class Items:
    """All that lies beside a project's segments, as values."""

    overlays: tuple[Overlay, ...]
    sounds: tuple[SoundItem, ...]
    subtitles: tuple[Subtitles, ...]


async def items_of(session: AsyncSession, project_id: str) -> Sequence[ItemRow]:
    """A project's items, from the lowest to the topmost."""
    query = select(ItemRow).where(ItemRow.project_id == project_id).order_by(ItemRow.position)
    return (await session.scalars(query)).all()


async def item_by_id(session: AsyncSession, item_id: str, *, fresh: bool = False) -> ItemRow | None:
    """The item of this id, if there is one. fresh: as it is now, whatever was read before."""
    return await session.get(ItemRow, item_id, populate_existing=fresh)


async def count_items(session: AsyncSession, project_id: str) -> int:
    """How many items a project has."""
    counted = select(func.count()).where(ItemRow.project_id == project_id)
    return (await session.execute(counted)).scalar_one()


async def next_position(session: AsyncSession, project_id: str) -> int:
    """The position above all items of a project."""
    newest = select(func.max(ItemRow.position)).where(ItemRow.project_id == project_id)
    last = (await session.execute(newest)).scalar_one_or_none()
    return 0 if last is None else last + 1


def values_of(rows: Sequence[ItemRow], media: Media) -> Items:
    """Items as values. Raises BadInput naming the item for one that cannot be."""
    overlays: list[Overlay] = []
    sounds: list[SoundItem] = []
    subtitles: list[Subtitles] = []
    places: Counter[str] = Counter()
    for row in rows:
        where = f"{LISTS[row.kind]}.{places[row.kind]}"
        places[row.kind] += 1
        if row.kind == "audio":
            sounds.append(_sound(row, media, where))
        elif row.kind == "caption":
            captions = captions_from_json(row.data, field=where)
            overlays += [
                Overlay(item=item, where=where, is_caption=True) for item in captions.burnt
            ]
            subtitles += captions.tracks
        else:
            overlays += _overlays(row, media, where)
    return Items(overlays=tuple(overlays), sounds=tuple(sounds), subtitles=tuple(subtitles))


def _overlays(row: ItemRow, media: Media, where: str) -> Iterator[Overlay]:
    match row.kind:
        case "text":
            yield Overlay(item=text_from_json(_tied(row), field=where), where=where)
        case _:
            found = _media(row, media, where)
            if found.facts.get("kind") != "image":
                raise BadInput(
                    f"the file is a {found.facts.get('kind')} and no image",
                    field=f"{where}.media",
                    fix="give a PNG, a JPEG or a still WebP",
                )
            told = {**_tied(row), "media": found.digest}
            yield Overlay(item=image_from_json(told, field=where), where=where)


@dataclass(frozen=True, kw_only=True)
class Captions:
    """What one file of captions comes to: texts on the picture, a track beside it, or both."""

    burnt: Sequence[TextItem]
    tracks: Sequence[Subtitles]


def captions_from_json(value: object, *, field: str) -> Captions:
    """Captions as users write them: the text of an SRT or WebVTT file, how they are shown and how
    they look.

    Raises BadInput naming the line that cannot be read.
    """
    told = mapping(value, _CAPTION, field=field)
    text = told.get("captions")
    if not isinstance(text, str):
        raise BadInput(
            "there are no captions",
            field=f"{field}.captions",
            fix="give the text of an SRT or WebVTT file",
        )
    cues = read_cues(text, field=f"{field}.captions")
    show = one_of(told.get("show") or BURNT, SHOW, field=f"{field}.show", what="a way to show them")
    language = language_of_track(told.get("language"), field=f"{field}.language")
    track = subtitles_of(cues, language=language, field=f"{field}.captions")
    return Captions(
        burnt=[] if show == TRACK else _burnt(told, cues, field),
        tracks=[] if show == BURNT else [track],
    )


def _burnt(told: Mapping[str, Any], cues: Sequence[Cue], field: str) -> Sequence[TextItem]:
    preset = one_of(
        told.get("preset") or "caption", PRESETS, field=f"{field}.preset", what="a preset"
    )
    look = {"style": told["style"]} if told.get("style") else {}
    if told.get("language") in LANGUAGES:  # others have no forms of their own in writing
        look["language"] = told["language"]
    sample = text_from_json({"text": "-", "preset": preset, **look}, field=field)
    place = told.get("placement") or {}
    return to_items(
        cues,
        preset=preset,
        overrides=sample.overrides,
        placement=placement_from_json(place, sample.placement, field=f"{field}.placement"),
        language=sample.language,
        field=field,
    )


def _sound(row: ItemRow, media: Media, where: str) -> SoundItem:
    found = _media(row, media, where)
    if not found.facts.get("has_audio"):
        raise BadInput(
            "the file has no sound", field=f"{where}.media", fix="give a file with sound in it"
        )
    seconds = seconds_of(found)
    item = item_from_json(_tied(row), field=where, digest=found.digest, seconds=seconds)
    return replace(item, segment=row.segment_id)


def _media(row: ItemRow, media: Media, where: str) -> ArtifactRow:
    found = media.get(row.media_id or "")
    if found is None:
        raise BadInput(
            "it names media that does not exist",
            field=f"{where}.media",
            fix="upload the file first (POST /api/media) and use the id it gets",
        )
    return found[1]


def _tied(row: ItemRow) -> dict[str, Any]:
    return {**row.data, "segment": row.segment_id}


async def remove_items(session: AsyncSession, project_id: str) -> None:
    """Take all items off a project's timeline."""
    await session.execute(
        delete(ItemRow)
        .where(ItemRow.project_id == project_id)
        .execution_options(synchronize_session=False)
    )
