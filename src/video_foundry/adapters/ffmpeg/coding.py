"""How a stored clip's picture is coded, for planning: its boxes and its units, read in the child.

Says what it found and what it did not expect; whether a film may copy frames is the core's matter.
Decodes nothing: that the picture decodes clean, evenly and whole, is for `verify` to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed
from video_foundry.adapters.ffmpeg.mp4.clips import Clip, read_clip, samples
from video_foundry.adapters.ffmpeg.mp4.sets import (
    DELIMITER,
    FILLER,
    IDR,
    PPS,
    SEI,
    SLICE,
    SPS,
    Sequence264,
    kind_of,
    messages_of,
    read_sequence,
    units_of,
)
from video_foundry.core.conforming import (
    MOST_LENGTHS,
    Coding,
    coding_to_json,
    lengths,
    why_encoded,
)
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate

_USUAL = frozenset((SLICE, IDR, SEI, SPS, PPS, DELIMITER, FILLER))
_HARMLESS_MESSAGES = frozenset((0, 1, 5, 6))
"""Buffering, timing, an encoder's note on itself, and where decoding can begin. Others turn the
picture, caption it or colour it anew."""

_BASELINE, _CONSTRAINED = 66, 0x40


def coding_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """The child's answer: `core.conforming.Coding` as JSON. request: `path`."""
    try:
        clip = read_clip(Path(request["path"]))
        return coding_to_json(_coding(clip))
    except Malformed as reason:
        return coding_to_json(Coding(codec="h264", faults=(str(reason),)))


def why_not_copied(clip: Clip, profile: OutputProfile) -> str | None:
    """Why a clip that was planned to be copied cannot be: what its index and its parameter sets
    say, without looking at its samples again. Raises Malformed."""
    found = _Found(edges=sorted(clip.index.keys), ends=[], strange=[])
    return why_encoded(_told(clip, found), profile)


def _coding(clip: Clip) -> Coding:
    return _told(clip, _groups(clip))


@dataclass(frozen=True, kw_only=True)
class _Found:
    """edges: frames at which groups begin. ends: those before which the clip can be left. strange:
    what is not as it should be, in words."""

    edges: Sequence[int]
    ends: Sequence[int]
    strange: Sequence[str]


def _told(clip: Clip, found: _Found) -> Coding:
    told = read_sequence(clip.sets.sequence)
    groups = lengths([*found.edges, clip.index.samples])
    ends = lengths([0, *found.ends])
    too_many = ["its key frames stand at too many distances"] if len(groups) > MOST_LENGTHS else []
    return Coding(
        codec="h264",
        profile=told.profile,
        level=told.level,
        pixels="yuv420p" if told.is_yuv420p else "other than yuv420p",
        width=told.size[0],
        height=told.size[1],
        colour=told.colour,
        is_full_range=told.is_full_range,
        rate=FrameRate(num=clip.rate.numerator, den=clip.rate.denominator),
        groups=groups[:MOST_LENGTHS],
        ends=ends if len(ends) <= MOST_LENGTHS else (),
        reorder=_reorder(clip, told),
        repeats_sets=clip.repeats_sets,
        faults=tuple(
            dict.fromkeys([*clip.faults, *_faults(clip, told), *found.strange, *too_many])
        ),
    )


def _reorder(clip: Clip, told: Sequence264) -> int:
    return max(clip.index.delay, told.reorder or 0)


def _faults(clip: Clip, told: Sequence264) -> list[str]:
    """What its parameter sets say against copying."""
    checks = [
        (not told.is_progressive, "it may be interlaced"),
        (not told.is_square, "its pixels are not square"),
        (told.size != clip.index.description.size, "its boxes and its pictures differ in size"),
        (
            told.profile == _BASELINE and not told.constraints & _CONSTRAINED,
            "it may use what only the Baseline profile has",
        ),
        (
            told.reorder is None and clip.index.delay > 0,
            "it does not say how far its frames are decoded out of order",
        ),
        (told.reorder is not None and told.reorder < clip.index.delay, "it is reordered too far"),
    ]
    return [fault for is_so, fault in checks if is_so]


def _groups(clip: Clip) -> _Found:
    """Where groups begin, where the clip can be left, and what is strange in its samples."""
    index, strange = clip.index, list[str]()
    edges: list[int] = []
    ends: list[int] = []
    highest = -1
    for number, sample in enumerate(samples(index, range(index.samples))):
        units = list(units_of(sample))
        strange += _strange(units, number in index.keys, clip)
        if number in index.keys:
            if index.ranks[number] != number or highest != number - 1:
                strange.append("its groups of pictures are open")
            edges.append(number)
        highest = max(highest, index.ranks[number])
        if highest == number:
            ends.append(number + 1)
    if not edges or edges[0]:
        strange.append("it does not begin with a key frame")
    return _Found(edges=edges, ends=ends, strange=list(dict.fromkeys(strange)))


def _strange(units: Sequence[bytes], is_key: bool, clip: Clip) -> list[str]:
    """What of a sample's units is not as in pieces of our own."""
    kinds = [kind_of(unit) for unit in units]
    pictures = [unit for unit in units if kind_of(unit) in (SLICE, IDR)]
    starts = sum(1 for unit in pictures if len(unit) > 1 and unit[1] & 0x80)
    messages = {m for unit in units if kind_of(unit) == SEI for m in messages_of(unit)}
    all_idr = bool(pictures) and all(kind_of(unit) == IDR for unit in pictures)
    checks = [
        (not set(kinds) <= _USUAL, "it holds more than one plain picture"),
        (starts != 1, "a sample of it is not one picture"),
        (is_key and not all_idr, "its groups of pictures are open"),
        (not is_key and IDR in kinds, "its index does not name all key frames"),
        (not is_key and {SPS, PPS} & set(kinds), "its parameter sets stand within groups"),
        (not messages <= _HARMLESS_MESSAGES, "it says more than how it is decoded"),
        (
            is_key and DELIMITER in kinds and not clip.repeats_sets,
            "its pictures are marked off, and its parameter sets are not among them",
        ),
    ]
    return [fault for is_so, fault in checks if is_so]
