"""The fonts folder: which faces a text is set from, and what these files are.

Digests and coverage are read from the files themselves, once each, so a changed font cannot go
unnoticed.
"""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from video_foundry.adapters.titles.coverage import Coverage, FontUnreadable, coverage_of
from video_foundry.core.fonts import (
    FAMILIES,
    FONT_FILES,
    Face,
    FontFamily,
    chain,
    emoji_first,
)
from video_foundry.core.title_style import TitleStyle
from video_foundry.core.titles import TitleSpec
from video_foundry.core.writing import language_of, needs_glyph, stretches
from video_foundry.errors import PartUnavailable


@dataclass(frozen=True, kw_only=True)
class Run:
    """Characters in a row, and the faces in which they are looked for."""

    text: str
    faces: tuple[Face, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line as it was written, before wrapping. is_first: set in the title's main look."""

    runs: tuple[Run, ...]
    text: str
    is_first: bool


class FontLibrary:
    """The bundled fonts in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._coverage: dict[tuple[str, int], Coverage] = {}
        self._digests: dict[str, tuple[tuple[int, int], str]] = {}
        self._lock = threading.Lock()

    def path(self, file: str) -> Path:
        """Where a file lies. Raises PartUnavailable when it does not."""
        path = self.folder / file
        if not path.is_file():
            raise PartUnavailable(
                "fonts", f"the font {file} is missing; `make setup` installs it", is_refusal=True
            )
        return path

    def families(self) -> tuple[FontFamily, ...]:
        """All that can be asked for. Raises PartUnavailable when a file is missing."""
        for file in FONT_FILES:
            self.path(file)
        return tuple(FAMILIES.values())

    def lines(self, spec: TitleSpec) -> tuple[Line, ...]:
        """The text's lines, each cut into runs with the faces that could matter to them."""
        language = spec.language or language_of(spec.text)
        return tuple(
            Line(
                runs=tuple(self._runs(text, _faces(spec.style, language, is_first=not number))),
                text=text,
                is_first=not number,
            )
            for number, text in enumerate(spec.text.split("\n"))
        )

    def digests(self, spec: TitleSpec) -> tuple[str, ...]:
        """SHA-256 of the files that can decide its look, in the order of the search for glyphs."""
        files = [f.file for line in self.lines(spec) for run in line.runs for f in run.faces]
        return tuple(self.digest(file) for file in dict.fromkeys(files))

    def missing(self, text: str) -> str:
        """The characters that no font has, each once."""
        faces = chain("Noto Sans", weight=400, italic=False, language=language_of(text))
        wanted = dict.fromkeys(c for c in text if needs_glyph(c))
        return "".join(c for c in wanted if not any(self._has(face, c) for face in faces))

    def digest(self, file: str) -> str:
        """SHA-256 of a file, worked out anew when it has changed."""
        path = self.path(file)
        status = path.stat()
        mark = status.st_size, status.st_mtime_ns
        with self._lock:
            known = self._digests.get(file)
            if known is None or known[0] != mark:
                known = mark, hashlib.sha256(path.read_bytes()).hexdigest()
                self._digests[file] = known
        return known[1]

    def _runs(self, text: str, faces: Sequence[Face]) -> Iterable[Run]:
        for part in stretches(text):
            order = emoji_first(faces) if part.is_emoji else tuple(faces)
            yield Run(text=part.text, faces=order[: self._reach(part.text, order)])

    def _reach(self, text: str, faces: Sequence[Face]) -> int:
        """How many faces may be asked before each character has a glyph: those behind them cannot
        matter. All of them, when one has none."""
        reach = 1
        for character in {c for c in text if needs_glyph(c)}:
            found = (n for n, face in enumerate(faces, 1) if self._has(face, character))
            reach = max(reach, next(found, len(faces)))
        return reach

    def _has(self, face: Face, character: str) -> bool:
        key = face.file, face.index
        coverage = self._coverage.get(key)
        if coverage is None:
            path = self.path(face.file)
            try:
                coverage = coverage_of(path, face.index)
            except FontUnreadable as error:
                raise PartUnavailable("fonts", f"the fonts: {error}", is_refusal=True) from error
            self._coverage[key] = coverage
        return ord(character) in coverage


def _faces(style: TitleStyle, language: str, *, is_first: bool) -> tuple[Face, ...]:
    weight = style.weight if is_first or style.rest_weight is None else style.rest_weight
    return chain(style.font, weight=weight, italic=style.italic, language=language)
