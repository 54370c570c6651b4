"""The port to whatever joins finished pieces of picture and windows of sound into one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from video_foundry.core.profile import OutputProfile
from video_foundry.core.subtitles import Subtitles
from video_foundry.ports.progress import Progress


@dataclass(frozen=True, kw_only=True)
class FilmCut:
    """Frames [first, first + frames) of a piece; decoding can begin at the first of them, and a
    key frame or the piece's end follows the last.

    is_clip: `piece` is a stored clip that conforms to the film (see `core.conforming`); then they
    may end wherever all that was decoded by then has been shown.
    """

    piece: Path
    first: int
    frames: int
    is_clip: bool = False


@dataclass(frozen=True, kw_only=True)
class FilmStep:
    """The film: its picture in order, all its windows of sound in order (none: silent film), and
    tracks of captions that lie within it."""

    cuts: Sequence[FilmCut]
    sound: Sequence[Path]
    profile: OutputProfile
    subtitles: Sequence[Subtitles] = ()

    @property
    def frames(self) -> int:
        """Length of the film."""
        return sum(cut.frames for cut in self.cuts)


class FilmMaker(Protocol):
    """Joins without decoding or encoding anything."""

    async def film(self, step: FilmStep, target: Path, progress: Progress | None) -> None:
        """Write the finished file, as `profile.format.container` has it, its index first.

        Sound windows are in `profile.format.sound`, all of one film. Raises CompositionFailed;
        where some pieces or windows were made by another build of an encoder, PiecesDiffer with
        the files that are to be made anew.
        """
