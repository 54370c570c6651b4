"""Which frames of a stored clip can stand in a film as they are, without being encoded: how the
clip is coded, held against the film's profile, and nothing else. Reads no file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from video_foundry.core.effects import Framing, Look, PictureEffects, Retime
from video_foundry.core.levels import level_number
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate

VERSION = 1
"""Of what is known of a clip's coding; what an older version found is not believed."""

LARGEST_REORDER = 2
"""Places by which a frame may be decoded later than it is shown: as in pieces of our own."""

LONGEST_GROUP = 300
"""Frames from one key frame to the next; a player that seeks decodes all of them."""

MOST_LENGTHS = 2_000
"""Stretches of groups of equal length that are remembered of a clip."""

HD_HEIGHT = 720
"""From so many rows on, untold colour means BT.709; below, BT.601. Players guess the same."""

BT709, UNTOLD = (1, 1, 1), (2, 2, 2)
"""Primaries, transfer and matrix, by the numbers of ITU-T H.273."""

PROFILES: Mapping[int, str] = {66: "Constrained Baseline", 77: "Main", 100: "High"}


@dataclass(frozen=True, kw_only=True)
class Coding:
    """How the picture of a clip is coded, as far as copying its frames depends on it.

    profile, level: the numbers of H.264. width, height: pixels, once the margins are cut off.
    colour: as BT709. rate: None where frames are not evenly spaced. groups: (frames, how many such
    groups follow one another), in order: each begins with a key frame that decoders can begin at,
    and refers to nothing beyond itself. ends: the same of the distances between places at which it
    can be left, since all that was decoded has been shown there; empty: at groups' ends alone.
    reorder: places by which a frame is decoded later than it
    is shown, at most. repeats_sets: parameter sets stand before every key frame, not in the index.
    faults: whatever else keeps it from being copied, in words.
    """

    codec: str
    profile: int = 0
    level: int = 0
    pixels: str = ""
    width: int = 0
    height: int = 0
    colour: tuple[int, int, int] = UNTOLD
    is_full_range: bool = False
    rate: FrameRate | None = None
    groups: tuple[tuple[int, int], ...] = ()
    ends: tuple[tuple[int, int], ...] = ()
    reorder: int = 0
    repeats_sets: bool = False
    faults: tuple[str, ...] = ()

    @cached_property
    def edges(self) -> tuple[int, ...]:
        """The frames at which groups begin, and the one after the last."""
        return _places(self.groups)

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """The frames before which it can be left."""
        return _places(self.ends or self.groups)


def _places(distances: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    found = [0]
    for frames, times in distances:
        found += [found[-1] + frames * n for n in range(1, times + 1)]
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Frames of a stored clip that can be copied: from one of `begins`, at which groups begin, up
    to one of `ends`, before which the clip can be left."""

    digest: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]


def lengths(edges: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """`Coding.groups` of these edges."""
    found: list[tuple[int, int]] = []
    for begin, end in pairwise(edges):
        frames = end - begin
        if found and found[-1][0] == frames:
            found[-1] = (frames, found[-1][1] + 1)
        else:
            found.append((frames, 1))
    return tuple(found)


def why_encoded(coding: Coding, profile: OutputProfile) -> str | None:
    """Why the frames of a clip cannot stand in such a film as they are; None when they can."""
    longest = max((frames for frames, _ in coding.groups), default=0)
    size, wanted = (coding.width, coding.height), (profile.width, profile.height)
    checks = [
        (profile.codec != "h264", f"the film is {profile.codec}"),
        (profile.encoder != "software", f"the film is encoded by {profile.encoder} alone"),
        (coding.codec != "h264", f"it is {coding.codec}, and the film is {profile.codec}"),
        *((True, fault) for fault in coding.faults),
        (coding.profile not in PROFILES, f"it has another profile than {_listed()}"),
        (coding.level > level_number(profile), "its level is above the film's"),
        (coding.pixels != "yuv420p", f"its pixels are {coding.pixels}, in place of yuv420p"),
        (size != wanted, "it is {} x {}, and the film {} x {}".format(*size, *wanted)),
        (not _has_colour(coding), "its colour is not BT.709"),
        (coding.is_full_range, "its colour has the full range"),
        (coding.rate is None, "its frames are not evenly spaced"),
        (coding.rate != profile.fps, f"it has {coding.rate} frames a second, not {profile.fps}"),
        (not longest, "it has no groups of pictures"),
        (longest > LONGEST_GROUP, f"it has no key frame for {longest} frames"),
        (len(coding.groups) > MOST_LENGTHS, "its key frames stand at too many distances"),
        (coding.reorder > LARGEST_REORDER, "its frames are decoded too far out of order"),
    ]
    return next((why for is_so, why in checks if is_so), None)


def _listed() -> str:
    return ", ".join(PROFILES.values())


def _has_colour(coding: Coding) -> bool:
    untold = coding.colour == UNTOLD and coding.height >= HD_HEIGHT
    return coding.colour == BT709 or untold


def leaves_as_is(effects: PictureEffects) -> bool:
    """Whether a clip of the film's own size comes out of it as it went in."""
    framing = replace(effects.framing, fit="fit", background="black")
    return (effects.retime, framing, effects.look) == (Retime(), Framing(), Look())


# --- as JSON --------------------------------------------------------------------------------------


def coding_to_json(coding: Coding) -> dict[str, Any]:
    """All of it, with the version of what was looked for."""
    return {
        "version": VERSION,
        "codec": coding.codec,
        "profile": coding.profile,
        "level": coding.level,
        "pixels": coding.pixels,
        "width": coding.width,
        "height": coding.height,
        "colour": list(coding.colour),
        "is_full_range": coding.is_full_range,
        "rate": None if coding.rate is None else str(coding.rate),
        "groups": [list(pair) for pair in coding.groups],
        "ends": [list(pair) for pair in coding.ends],
        "reorder": coding.reorder,
        "repeats_sets": coding.repeats_sets,
        "faults": list(coding.faults),
    }


def coding_from_json(told: Mapping[str, Any] | None) -> Coding | None:
    """What `coding_to_json` wrote; None for nothing, and for another version's."""
    if not told or told.get("version") != VERSION:
        return None
    first, second, third = told["colour"]
    return Coding(
        codec=told["codec"],
        profile=told["profile"],
        level=told["level"],
        pixels=told["pixels"],
        width=told["width"],
        height=told["height"],
        colour=(first, second, third),
        is_full_range=told["is_full_range"],
        rate=FrameRate.parse(told["rate"]) if told["rate"] else None,
        groups=tuple((frames, times) for frames, times in told["groups"]),
        ends=tuple((frames, times) for frames, times in told["ends"]),
        reorder=told["reorder"],
        repeats_sets=told["repeats_sets"],
        faults=tuple(told["faults"]),
    )
