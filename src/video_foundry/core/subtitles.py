"""Captions as a track of the film that players can show or not: lines of text, one at a time, in
whole milliseconds. Burning them into the picture is `captions`' matter, writing the track the
compositor's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from video_foundry.core.caption_reading import Cue
from video_foundry.core.captions import stretches
from video_foundry.core.wording import shown
from video_foundry.errors import BadInput

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
"""As BCP 47 writes languages: en, pt-BR, zh-Hant-TW."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """Text from `start` to before `end`, in milliseconds of the film."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Subtitles:
    """One track. lines: in order, none over another. language: as BCP 47 has it, None: not said."""

    lines: tuple[Line, ...]
    language: str | None = None

    def within(self, seconds: Fraction) -> "Subtitles":
        """The same as far as it lies in a film of that length."""
        length = _milliseconds(seconds)
        kept = (
            Line(start=one.start, end=min(one.end, length), text=one.text)
            for one in self.lines
            if one.start < length
        )
        return Subtitles(lines=tuple(kept), language=self.language)

    def plain(self) -> dict[str, Any]:
        """As JSON: text, whole numbers and lists alone."""
        lines = [[one.start, one.end, one.text] for one in self.lines]
        return {"language": self.language, "lines": lines}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Subtitles":
        """From `plain`."""
        lines = tuple(Line(start=s, end=e, text=text) for s, e, text in value["lines"])
        return cls(lines=lines, language=value["language"])


def subtitles_of(cues: Sequence[Cue], *, language: str | None, field: str) -> Subtitles:
    """Cues as a track; where some overlap they are shown together, the earlier ones above.

    Raises BadInput naming the line for too many at one moment.
    """
    return Subtitles(lines=tuple(_lines(cues, field)), language=language)


def language_of_track(value: object, *, field: str) -> str | None:
    """The language that players name a track by. Raises BadInput for what is none."""
    if value is None or (isinstance(value, str) and _LANGUAGE.fullmatch(value)):
        return value
    raise BadInput(
        f"{shown(value)} is not a language",
        field=field,
        fix="write it as en, pt-BR or zh-Hant, or leave it out",
    )


def _lines(cues: Sequence[Cue], field: str) -> Iterator[Line]:
    for begins, ends, together in stretches(cues, field):
        start, end = _milliseconds(begins), _milliseconds(ends)
        if start < end:
            yield Line(start=start, end=end, text="\n".join(cue.text for cue in together))


def _milliseconds(seconds: Fraction) -> int:
    return int(seconds * 1000 + Fraction(1, 2))
