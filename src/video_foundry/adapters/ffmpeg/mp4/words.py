"""Captions as samples of a text track. They are so few and small that they are written into a file
of their own first, from which a film's writer copies them like everything else."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from video_foundry.core.subtitles import Subtitles

TICKS = 1000
"""A second of a text track."""

_LONGEST = 0xFFFF
"""Bytes of a caption: MP4 says their number in 16 bits."""

_LANGUAGES = {
    "ar": "ara", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu",
    "el": "ell", "en": "eng", "es": "spa", "et": "est", "eu": "eus", "fa": "fas", "fi": "fin",
    "fr": "fra", "gl": "glg", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "hy": "hye",
    "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "ka": "kat", "kk": "kaz", "ko": "kor",
    "lt": "lit", "lv": "lav", "mk": "mkd", "ml": "mal", "mr": "mar", "ms": "msa", "nb": "nob",
    "nl": "nld", "no": "nor", "pa": "pan", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus",
    "sk": "slk", "sl": "slv", "sq": "sqi", "sr": "srp", "sv": "swe", "sw": "swa", "ta": "tam",
    "te": "tel", "th": "tha", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie", "zh": "zho",
}  # fmt: skip
"""ISO 639-1 to 639-2/T, which the headers of both containers want."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """One sample: `size` bytes at `offset`, shown for `duration` ticks from `start` on."""

    start: int
    duration: int
    offset: int
    size: int


@dataclass(frozen=True, kw_only=True)
class TextTrack:
    """words: in order, in the file at `path`. language: as BCP 47 has it."""

    path: Path
    words: Sequence[Word]
    language: str | None

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        last = self.words[-1]
        return Fraction(last.start + last.duration, TICKS)

    @property
    def count(self) -> int:
        """Samples."""
        return len(self.words)

    @property
    def code(self) -> str:
        """Its language in three letters; "und" for one that is not said, or has none here."""
        main = (self.language or "").split("-")[0].lower()
        return _LANGUAGES.get(main, main if len(main) == 3 else "und")


def timed_text(track: Subtitles, seconds: Fraction, path: Path) -> TextTrack:
    """Write the samples of an MP4's track (3GPP TS 26.245), which leaves no time without a sample:
    where nothing is said there is an empty one."""
    length = int(seconds * TICKS)
    pieces: list[tuple[int, int, str]] = []
    at = 0
    for line in track.lines:
        end = min(line.end, length)
        if at < min(line.start, length):
            pieces.append((at, min(line.start, length), ""))
        if line.start < end:
            pieces.append((line.start, end, line.text))
            at = end
    if at < length or not pieces:
        pieces.append((at, max(length, at + 1), ""))
    return _written(pieces, track.language, path, _counted)


def web_text(track: Subtitles, path: Path) -> TextTrack:
    """Write the blocks of a WebM's track: an empty name, no settings, and the words."""
    pieces = [(line.start, line.end, line.text) for line in track.lines]
    return _written(pieces, track.language, path, lambda text: b"\n\n" + _escaped(text).encode())


def _counted(text: str) -> bytes:
    words = text.encode()[:_LONGEST].decode(errors="ignore").encode()
    return struct.pack(">H", len(words)) + words


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _written(
    pieces: Sequence[tuple[int, int, str]],
    language: str | None,
    path: Path,
    encode: Callable[[str], bytes],
) -> TextTrack:
    words, offset = [], 0
    with path.open("wb") as file:
        for start, end, text in pieces:
            size = file.write(encode(text))
            words.append(Word(start=start, duration=end - start, offset=offset, size=size))
            offset += size
    return TextTrack(path=path, words=words, language=language)
