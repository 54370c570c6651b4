"""Text and images over a film: values with their limits, an exact JSON form, and the identity of
the pictures that are made of them. Drawing is somebody else's.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from video_foundry.core.canonical import fingerprint
from video_foundry.core.fonts import LANGUAGES
from video_foundry.core.item_animation import (
    ItemAnimation,
    animation_from_json,
    animation_to_json,
)
from video_foundry.core.placement import (
    Placement,
    placement_from_json,
    placement_to_json,
    spot_of,
)
from video_foundry.core.timebase import LONGEST_FILM
from video_foundry.core.title_presets import DEFAULT_PRESET, PRESETS, Preset
from video_foundry.core.title_style import (
    TitleStyle,
    canonical_style,
    checked_overrides,
    style_to_json,
    styled,
)
from video_foundry.core.wording import decimal, mapping, one_of, shown, within
from video_foundry.core.writing import MOST_CHARACTERS, MOST_LINES
from video_foundry.errors import BadInput

TITLE_VERSION = 1
"""Raise when a title or a placed image may come out with other pixels."""

MOST_OVERLAYS = 10_000
"""Texts, captions and images of one film together."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ZERO, _ONE = Fraction(0), Fraction(1)
_SMALLEST_IMAGE = Fraction(1, 100)


@dataclass(frozen=True, kw_only=True)
class TitleSpec:
    """All that decides the picture of a title, but for the size of the frame."""

    text: str
    style: TitleStyle
    placement: Placement
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """All that decides the picture of a placed image, but for the size of the frame.

    digest: of the stored PNG, JPEG or WebP. scale: it is fitted, whole, into a box of so much of
    the frame's width and height.
    """

    digest: str
    placement: Placement
    scale: Fraction


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When an item is shown: seconds from the beginning of the film, or of `segment` where one is
    named, so that it moves along with it. end None: to the end of the film or segment."""

    start: Fraction = _ZERO
    end: Fraction | None = None
    segment: str | None = None


@dataclass(frozen=True, kw_only=True)
class TextItem:
    """A text over the film.

    overrides: fields of the preset's style that were changed. placement, animate_in, animate_out:
    as they are, those of the preset already filled in.
    """

    text: str
    timing: Timing = field(default_factory=Timing)
    preset: str = DEFAULT_PRESET
    overrides: Mapping[str, Any] = field(default_factory=dict)
    placement: Placement = PRESETS[DEFAULT_PRESET].placement
    animate_in: ItemAnimation | None = None
    animate_out: ItemAnimation | None = None
    language: str | None = None

    @property
    def style(self) -> TitleStyle:
        """The look, complete."""
        return styled(PRESETS[self.preset].style, self.overrides)

    @property
    def spec(self) -> TitleSpec:
        """What its picture is made of."""
        return TitleSpec(
            text=self.text, style=self.style, placement=self.placement, language=self.language
        )


@dataclass(frozen=True, kw_only=True)
class ImageItem:
    """An image over the film, such as a logo or a watermark. opacity: while it is shown."""

    digest: str
    timing: Timing = field(default_factory=Timing)
    placement: Placement = field(default_factory=lambda: Placement(anchor="top-right"))
    scale: Fraction = Fraction(18, 100)
    opacity: Fraction = _ONE
    animate_in: ItemAnimation | None = None
    animate_out: ItemAnimation | None = None

    @property
    def spec(self) -> ImageSpec:
        """What its picture is made of."""
        return ImageSpec(digest=self.digest, placement=self.placement, scale=self.scale)


# Identity


def title_fingerprint(spec: TitleSpec, width: int, height: int, fonts: Sequence[str]) -> str:
    """Identity of a title's picture in a frame of this size.

    fonts: digests of the font files that it is set from, in the order in which glyphs are sought.
    """
    value = {
        "text": spec.text,
        "style": canonical_style(spec.style),
        "language": spec.language,
        "fonts": list(fonts),
        **_place(spec.placement, width, height),
    }
    return fingerprint("title", TITLE_VERSION, value)


def image_fingerprint(spec: ImageSpec, width: int, height: int) -> str:
    """Identity of a placed image's picture in a frame of this size."""
    value = {
        "digest": spec.digest,
        "scale": spec.scale,
        **_place(spec.placement, width, height),
    }
    return fingerprint("image", TITLE_VERSION, value)


def _place(placement: Placement, width: int, height: int) -> dict[str, Any]:
    spot = spot_of(placement, width, height)
    return {
        "width": width,
        "height": height,
        "spot": [spot.x, spot.y, spot.across, spot.down],
    }


# JSON

_TIMES = ("start", "end", "segment")
_MOVES = ("animate_in", "animate_out")
_TEXT_FIELDS = ("text", *_TIMES, "preset", "style", "placement", *_MOVES, "language")
_IMAGE_FIELDS = ("media", *_TIMES, "placement", "scale", "opacity", *_MOVES)


def text_from_json(value: object, *, field: str) -> TextItem:
    """A text as users write it. Raises BadInput naming the field, its limits and the fix."""
    told = mapping(value, _TEXT_FIELDS, field=field)
    name = told.get("preset") or DEFAULT_PRESET
    preset = PRESETS[one_of(name, PRESETS, field=f"{field}.preset", what="a preset")]
    placement = told.get("placement") or {}
    return TextItem(
        text=check_text(told.get("text"), field=f"{field}.text"),
        timing=_timing(told, field),
        preset=preset.name,
        overrides=checked_overrides(told.get("style") or {}, field=f"{field}.style"),
        placement=placement_from_json(placement, preset.placement, field=f"{field}.placement"),
        language=_language(told.get("language"), f"{field}.language"),
        **_moves(told, preset, field),
    )


def text_to_json(item: TextItem) -> dict[str, Any]:
    """All of it, for `text_from_json`."""
    return {
        "text": item.text,
        **_times_to_json(item.timing),
        "preset": item.preset,
        "style": style_to_json(item.overrides),
        "placement": placement_to_json(item.placement),
        "language": item.language,
        "animate_in": animation_to_json(item.animate_in),
        "animate_out": animation_to_json(item.animate_out),
    }


def image_from_json(value: object, *, field: str) -> ImageItem:
    """An image as users write it, `media` its digest. Raises BadInput."""
    told = mapping(value, _IMAGE_FIELDS, field=field)
    base = ImageItem(digest="")
    placement, scale = told.get("placement") or {}, told.get("scale", base.scale)
    opacity = told.get("opacity", 1)
    return ImageItem(
        digest=_digest(told.get("media"), f"{field}.media"),
        timing=_timing(told, field),
        placement=placement_from_json(placement, base.placement, field=f"{field}.placement"),
        scale=within(scale, _SMALLEST_IMAGE, _ONE, field=f"{field}.scale"),
        opacity=within(opacity, _ZERO, _ONE, field=f"{field}.opacity"),
        **_moves(told, None, field),
    )


def image_to_json(item: ImageItem) -> dict[str, Any]:
    """All of it, for `image_from_json`."""
    return {
        "media": item.digest,
        **_times_to_json(item.timing),
        "placement": placement_to_json(item.placement),
        "scale": str(item.scale),
        "opacity": str(item.opacity),
        "animate_in": animation_to_json(item.animate_in),
        "animate_out": animation_to_json(item.animate_out),
    }


def _times_to_json(timing: Timing) -> dict[str, Any]:
    return {
        "start": str(timing.start),
        "end": None if timing.end is None else str(timing.end),
        "segment": timing.segment,
    }


def title_spec_to_json(spec: TitleSpec) -> dict[str, Any]:
    """For the step that draws it: the style complete, whatever becomes of the preset."""
    return {
        "text": spec.text,
        "style": style_to_json(
            {k: getattr(spec.style, k) for k in TitleStyle.__dataclass_fields__}
        ),
        "placement": placement_to_json(spec.placement),
        "language": spec.language,
    }


def title_spec_from_json(value: object) -> TitleSpec:
    """What `title_spec_to_json` gave. Raises BadInput."""
    told = mapping(value, ("text", "style", "placement", "language"), field="title")
    return TitleSpec(
        text=check_text(told.get("text"), field="title.text"),
        style=styled(TitleStyle(), checked_overrides(told.get("style"), field="title.style")),
        placement=placement_from_json(told.get("placement"), Placement(), field="title.placement"),
        language=_language(told.get("language"), "title.language"),
    )


def image_spec_to_json(spec: ImageSpec) -> dict[str, Any]:
    """For the step that places it."""
    return {
        "digest": spec.digest,
        "placement": placement_to_json(spec.placement),
        "scale": str(spec.scale),
    }


def image_spec_from_json(value: object) -> ImageSpec:
    """What `image_spec_to_json` gave. Raises BadInput."""
    told = mapping(value, ("digest", "placement", "scale"), field="image")
    return ImageSpec(
        digest=_digest(told.get("digest"), "image.digest"),
        placement=placement_from_json(told.get("placement"), Placement(), field="image.placement"),
        scale=within(told.get("scale"), _SMALLEST_IMAGE, _ONE, field="image.scale"),
    )


# Checks


def check_text(value: object, *, field: str) -> str:
    """The text with plain line ends and without blank ends. Raises BadInput: empty, too long."""
    if not isinstance(value, str) or not value.strip():
        raise BadInput("the text is empty", field=field, fix="write what is to be shown")
    if len(value) > MOST_CHARACTERS:
        raise BadInput(
            f"the text has {len(value):,} characters but may have {MOST_CHARACTERS:,}",
            field=field,
            fix="shorten it, or show it in parts one after the other",
        )
    lines = re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", value.replace("\t", "    "))
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    wrong = next((c for c in text if unicodedata.category(c) in {"Cc", "Cs"} and c != "\n"), None)
    if wrong is not None:
        raise BadInput(
            f"the text holds {shown(wrong)}, which is no character that can be shown",
            field=field,
            fix="remove it",
        )
    if text.count("\n") >= MOST_LINES:
        raise BadInput(
            f"the text has {text.count(chr(10)) + 1} lines but may have {MOST_LINES}",
            field=field,
            fix="shorten it, or show it in parts one after the other",
        )
    return text


def shown_between(timing: Timing, length: Fraction, *, field: str) -> tuple[Fraction, Fraction]:
    """The seconds from and to which an item is shown in a film (or segment) of `length` seconds.

    An end past the film's is the film's. Raises BadInput where nothing of the item can be seen.
    """
    whole = "the film" if timing.segment is None else "its segment"
    if timing.start >= length:
        raise BadInput(
            f"it begins at {decimal(timing.start)} s, but {whole} ends at {decimal(length)} s",
            field=f"{field}.start",
            fix=f"choose a start from 0 and below {decimal(length)} s",
        )
    return timing.start, length if timing.end is None else min(timing.end, length)


def check_count(overlays: int, *, field: str) -> None:
    """Raises BadInput for more overlays than a film may have."""
    if overlays > MOST_OVERLAYS:
        raise BadInput(
            f"there are {overlays:,} texts, captions and images but may be {MOST_OVERLAYS:,}",
            field=field,
            fix="show captions as a subtitle track, which has no such limit, or leave some out",
        )


def _timing(told: Mapping[str, Any], field: str) -> Timing:
    start = within(told.get("start", 0), _ZERO, LONGEST_FILM, field=f"{field}.start", unit=" s")
    segment = told.get("segment")
    if told.get("end") is None:
        return Timing(start=start, segment=None if segment is None else str(segment)[:100])
    end = within(told["end"], _ZERO, LONGEST_FILM, field=f"{field}.end", unit=" s")
    if end <= start:
        raise BadInput(
            f"it ends at {decimal(end)} s but begins at {decimal(start)} s",
            field=f"{field}.end",
            fix="choose an end after the start",
        )
    return Timing(start=start, end=end, segment=None if segment is None else str(segment)[:100])


def _moves(
    told: Mapping[str, Any], preset: Preset | None, field: str
) -> dict[str, ItemAnimation | None]:
    """Both animations; those of the preset where nothing is said."""
    return {
        name: animation_from_json(told[name], field=f"{field}.{name}")
        if name in told
        else getattr(preset, name, None)
        for name in _MOVES
    }


def _digest(value: object, field: str) -> str:
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return value
    raise BadInput(
        f"{shown(value)} is not the digest of a stored image",
        field=field,
        fix="upload the image and name it by its digest, 64 hex digits",
    )


def _language(value: object, field: str) -> str | None:
    if value is None:
        return None
    return one_of(value, LANGUAGES, field=field, what="a language with forms of its own")
