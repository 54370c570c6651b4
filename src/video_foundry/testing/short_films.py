"""Films of local files with nothing done to them, so many frames of each, one after the other. For
tests and benchmarks of composing; what is done to clips is said elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from video_foundry.core.composition import Source, Trim
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.profile import OutputProfile
from video_foundry.testing.cutting_room import CuttingRoom


@dataclass(frozen=True, kw_only=True)
class Part:
    """Frames of the film that show one clip or image, from `start` seconds of it on. may_be_copied:
    as it is stored, where it conforms; otherwise it is encoded whatever it is."""

    path: Path
    frames: int
    start: Fraction = Fraction(0)
    may_be_copied: bool = False


async def cut_together(room: CuttingRoom, parts: Sequence[Part], profile: OutputProfile) -> Film:
    """The film of these parts, whose files are stored. Raises MediaError for what is no clip."""
    clips = [await _clip(room, index, part, profile) for index, part in enumerate(parts)]
    return Film(profile=profile, clips=tuple(clips))


async def _clip(room: CuttingRoom, index: int, part: Part, profile: OutputProfile) -> FilmClip:
    facts = await room.tools.compositor.verify(part.path)
    source = Source(
        digest=await room.add(part.path),
        seconds=facts.duration,
        is_image=facts.kind == "image",
        has_sound=facts.has_audio,
        coding=facts.coding if part.may_be_copied else None,
    )
    end = part.start + profile.fps.seconds_of(part.frames)
    trim = Trim(start=part.start, end=end)
    return FilmClip(segment_id=f"segment-{index}", index=index, source=source, trim=trim)
