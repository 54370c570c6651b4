"""Captions as values: what is shown when, as overlays or in the normal form of a subtitle track.

Reading caption files is `caption_reading`; how they are put into a film is somebody else's.
"""

import html
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from video_foundry.core.caption_reading import Cue, decoded, read_cues
from video_foundry.core.placement import Placement
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.titles import TextItem, Timing, check_count, check_text
from video_foundry.errors import BadInput

__all__ = [
    "Cue",
    "decoded",
    "read_cues",
    "stretches",
    "to_items",
    "to_srt",
    "to_vtt",
]

MOST_AT_ONCE = 6
"""Captions that may be said at the same moment."""


def to_items(
    cues: Sequence[Cue],
    *,
    preset: str = "caption",
    overrides: Mapping[str, Any] | None = None,
    placement: Placement | None = None,
    language: str | None = None,
    field: str,
) -> tuple[TextItem, ...]:
    """One overlay for each stretch of time in which the same words are shown.

    Where captions overlap in time they are shown together, the earlier one above, as players do.
    Raises BadInput for too many, at one moment or in all, and for a caption that is too long.
    """
    below = placement or PRESETS[preset].placement
    above = Placement(anchor="top", margin_x=below.margin_x)
    found: list[TextItem] = []
    for is_on_top, place in ((False, below), (True, above)):
        part = [cue for cue in cues if cue.is_on_top == is_on_top]
        for start, end, together in stretches(part, field):
            check_count(len(found) + 1, field=field)
            look = dict(overrides or {})
            if all(cue.is_italic for cue in together):
                look["italic"] = True
            words = "\n".join(cue.text for cue in together)
            found.append(
                TextItem(
                    text=check_text(words, field=f"{field}.line {together[0].line}"),
                    timing=Timing(start=start, end=end),
                    preset=preset,
                    overrides=look,
                    placement=place,
                    language=language,
                )
            )
    return tuple(sorted(found, key=lambda item: (item.timing.start, item.placement.anchor)))


def stretches(
    cues: Sequence[Cue], field: str
) -> Iterator[tuple[Fraction, Fraction, tuple[Cue, ...]]]:
    """(start, end, cues in their order) of the times between which the same cues are shown. Raises
    BadInput naming the line for too many at one moment."""
    active: list[Cue] = []
    start = Fraction(0)
    for moment, cue in [*_beginnings(cues), (None, None)]:
        while active and (moment is None or min(one.end for one in active) <= moment):
            end = min(one.end for one in active)
            if end > start:
                yield start, end, tuple(active)
            start, active = end, [one for one in active if one.end > end]
        if moment is None or cue is None:
            return
        if active and moment > start:
            yield start, moment, tuple(active)
        start = moment
        active.append(cue)
        if len(active) > MOST_AT_ONCE:
            raise BadInput(
                f"line {cue.line}: more than {MOST_AT_ONCE} captions are shown at once",
                field=f"{field}.line {cue.line}",
                fix="check the times, or leave some out",
            )


def _beginnings(cues: Sequence[Cue]) -> list[tuple[Fraction | None, Cue | None]]:
    ordered = sorted(cues, key=lambda cue: (cue.start, cue.end))
    return [(cue.start, cue) for cue in ordered]


def to_srt(cues: Sequence[Cue]) -> str:
    """The normal form as SRT: numbered, CRLF-free, times to the millisecond."""
    return "".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{_srt_words(cue)}\n\n"
        for number, cue in enumerate(cues, 1)
    )


def to_vtt(cues: Sequence[Cue]) -> str:
    """The normal form as WebVTT."""
    blocks = (
        f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}{' line:0' if cue.is_on_top else ''}\n"
        f"{_vtt_words(cue)}\n\n"
        for cue in cues
    )
    return "WEBVTT\n\n" + "".join(blocks)


def _srt_words(cue: Cue) -> str:
    words = f"<i>{cue.text}</i>" if cue.is_italic else cue.text
    return f"{{\\an8}}{words}" if cue.is_on_top else words


def _vtt_words(cue: Cue) -> str:
    words = html.escape(cue.text, quote=False)
    return f"<i>{words}</i>" if cue.is_italic else words


def _clock(seconds: Fraction, point: str) -> str:
    """HH:MM:SS.mmm, rounded to the nearest millisecond."""
    total = int(seconds * 1000 + Fraction(1, 2))
    whole, part = divmod(total, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{part:03}"
