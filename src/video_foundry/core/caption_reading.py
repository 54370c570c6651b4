"""Reading SRT and WebVTT: bytes to characters, characters to cues, errors with the line.

Strict wherever a guess would put wrong words on the film or words at the wrong time.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from video_foundry.errors import BadInput

LARGEST_FILE = 8 * 1024**2
"""Bytes of a caption file; a long film's has some hundred thousand."""

MOST_CUES = 50_000

ENCODINGS = (
    "utf-8",
    "utf-16",
    "windows-1252",
    "windows-1251",
    "windows-1250",
    "iso-8859-15",
    "shift_jis",
    "gb18030",
    "big5",
    "euc-kr",
)
"""Encodings that may be named; a file without a mark at its beginning is UTF-8."""

_CLOCK = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-+>\s*{_CLOCK}(?:\s+(\S.*))?\s*")
_ARROW = re.compile(r"-+>")
_RUBY = re.compile(r"<rt\b[^>]*>.*?</rt>", re.DOTALL)
_TAG = re.compile(r"</?(?:[biuscvq]|font|ruby|rt|lang|\d+:[\d:.]+)\b[^<>\n]*>", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^{}\n]*\}")
_PLACED = re.compile(r"\{\\an?(\d+)\}")
_ITALIC = re.compile(r"\s*(?:\{\\i1\}|<i>)(.*?)(?:\{\\i0\}|</i>)?\s*", re.DOTALL | re.IGNORECASE)
_ENTITIES = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "nbsp": "\u00a0",
    "lrm": "\u200e",
    "rlm": "\u200f",
}
_ENTITY = re.compile(f"&({'|'.join(_ENTITIES)});")
_UPPER = ("7", "8", "9")  # of the keys of a number pad, which name the places
_BLANK_HEADS = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words and when they are said, in seconds. line: where they stand in the file, from 1."""

    start: Fraction
    end: Fraction
    text: str
    is_italic: bool = False
    is_on_top: bool = False
    line: int = 0


def decoded(data: bytes, *, encoding: str | None = None, field: str) -> str:
    """The characters of a caption file. field: of the captions, by whose `file` and `encoding`
    errors are named. Raises BadInput naming the line that cannot be read."""
    if len(data) > LARGEST_FILE:
        raise BadInput(
            f"the caption file has {len(data):,} bytes but may have {LARGEST_FILE:,}",
            field=f"{field}.file",
            fix="check that it is an SRT or WebVTT file",
        )
    name = _encoding(data, encoding, field)
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"line {line} of the caption file cannot be read as {encoding or 'UTF-8'}",
            field=f"{field}.{'encoding' if encoding else 'file'}",
            fix=f"save it as UTF-8, or name its `encoding`, one of {', '.join(ENCODINGS)}",
        ) from error


def read_cues(text: str, *, field: str) -> tuple[Cue, ...]:
    """The cues of an SRT or WebVTT file, in the order of their start.

    Raises BadInput naming the first line that is wrong.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_vtt = lines[0].startswith("WEBVTT") and lines[0][6:7] in ("", " ", "\t")
    cues = tuple(_Reader(lines, is_vtt=is_vtt, field=field).cues())
    if not cues:
        raise _wrong(1, "there are no captions in the file", field)
    return tuple(sorted(cues, key=lambda cue: (cue.start, cue.end)))


def _encoding(data: bytes, named: str | None, field: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if named is None:
        return "utf-8"
    if named.lower() not in ENCODINGS:
        raise BadInput(
            f"{named[:40]!r} is not an encoding that can be read",
            field=f"{field}.encoding",
            fix=f"name one of {', '.join(ENCODINGS)}",
        )
    return named.lower()


def _wrong(line: int, what: str, field: str, fix: str | None = None) -> BadInput:
    usual = "a caption is a line such as 00:00:01,000 --> 00:00:03,500, and then its words"
    return BadInput(f"line {line}: {what}", field=f"{field}.line {line}", fix=fix or usual)


class _Reader:
    """Goes through the blocks of a file, which blank lines part."""

    def __init__(self, lines: Sequence[str], *, is_vtt: bool, field: str) -> None:
        self.lines, self.is_vtt, self.field = lines, is_vtt, field

    def cues(self) -> Iterator[Cue]:
        """Every cue that shows something, in the order of the file."""
        count = 0
        for number, block in self._blocks():
            if self._is_aside(number, block):
                continue
            count += 1
            if count > MOST_CUES:
                raise _wrong(
                    number,
                    f"there are more than {MOST_CUES:,} captions",
                    self.field,
                    "split the file",
                )
            cue = self._cue(number, block)
            if cue is not None:
                yield cue

    def _blocks(self) -> Iterator[tuple[int, list[str]]]:
        """(number of its first line, its lines)."""
        start, block = 0, list[str]()
        for number, line in enumerate(self.lines, 1):
            if not line.strip():
                if block:
                    yield start, block
                block = []
                continue
            if not block:
                start = number
            block.append(line)
        if block:
            yield start, block

    def _is_aside(self, number: int, block: Sequence[str]) -> bool:
        """The header of a WebVTT file, its notes and its style sheets."""
        if not self.is_vtt:
            return False
        head = block[0].split(maxsplit=1)[0]
        return (number == 1 and not _ARROW.search(block[-1])) or (
            head in _BLANK_HEADS and not _ARROW.search(block[0])
        )

    def _cue(self, number: int, block: Sequence[str]) -> Cue | None:
        """One block as a cue; None when it has no words."""
        at = next((i for i, line in enumerate(block[:3]) if _ARROW.search(line)), None)
        if at is None:
            raise _wrong(
                number,
                f"{block[0].strip()[:40]!r} belongs to no caption",
                self.field,
                "begin it with its times, and leave no blank line within a caption",
            )
        number += at
        found = _TIMES.fullmatch(block[at])
        if found is None:
            raise _wrong(number, f"{block[at].strip()[:60]!r} is not a pair of times", self.field)
        start, end = _seconds(found, 1), _seconds(found, 5)
        if end <= start:
            raise _wrong(
                number,
                f"the caption ends at {float(end):.3f} s but begins at {float(start):.3f} s",
                self.field,
                "give it an end after its start",
            )
        words = block[at + 1 :]
        stray = next((i for i, line in enumerate(words) if _TIMES.fullmatch(line)), None)
        if stray is not None:
            raise _wrong(
                number + 1 + stray,
                "there is no blank line between two captions",
                self.field,
                "put a blank line before each caption",
            )
        return _shown(words, start, end, found[9] or "", number, is_vtt=self.is_vtt)


def _shown(
    words: Sequence[str], start: Fraction, end: Fraction, settings: str, line: int, *, is_vtt: bool
) -> Cue | None:
    raw = "\n".join(words)
    plain = _OVERRIDE.sub("", _TAG.sub("", _RUBY.sub("", raw))).replace("\\N", "\n")
    if is_vtt:
        plain = _ENTITY.sub(lambda found: _ENTITIES[found[1]], plain)
    text = "\n".join(part.strip() for part in plain.split("\n")).strip()
    if not text:
        return None
    placed = _PLACED.search(raw)
    italic = _ITALIC.fullmatch(_PLACED.sub("", raw))
    inner = italic[1].lower() if italic else ""
    return Cue(
        start=start,
        end=end,
        text=text,
        is_italic=italic is not None and "</i>" not in inner and "{\\i0}" not in inner,
        is_on_top=(placed is not None and placed[1] in _UPPER) or _is_high(settings),
        line=line,
    )


def _is_high(settings: str) -> bool:
    """Whether a WebVTT cue asks for a line in the upper half: `line:0`, `line:10%`."""
    place = next((s[5:] for s in settings.split() if s.startswith("line:")), "")
    value = re.match(r"(\d+)(?:\.\d+)?(%?)", place)
    if value is None:
        return False
    return int(value[1]) < (50 if value[2] else 5)


def _seconds(found: re.Match[str], first: int) -> Fraction:
    hours, minutes, seconds, part = (found[first + i] for i in range(4))
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + Fraction(int(part), 10 ** len(part))
