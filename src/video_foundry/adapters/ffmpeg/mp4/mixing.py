"""One track of H.264 out of pieces of our own and of clips that somebody else has encoded: where
their parameter sets differ, each key frame brings its own along."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed, find
from video_foundry.adapters.ffmpeg.mp4.clips import Clip
from video_foundry.adapters.ffmpeg.mp4.describing import Description, require_alike
from video_foundry.adapters.ffmpeg.mp4.sets import Sets, read_configuration, written_configuration
from video_foundry.adapters.ffmpeg.mp4.tracks import Head, PictureTrack, Slice

CODING = b"avc3"
"""A track whose parameter sets may stand in its samples (ISO/IEC 14496-15, 5.4.2)."""


def mixed(track: PictureTrack, clips: Mapping[Path, Clip], note: Path) -> PictureTrack:
    """The track as it can be written: as it is where everything has the same parameter sets.

    clips: those that slices were taken from, by their files; other slices are pieces of our own,
    which must all be alike. note: the file that parameter sets are written to, for copying.
    Raises Malformed, Unlike for the latter.
    """
    own = [one.index for one in track.slices if one.index.path not in clips]
    require_alike({one.path: one.description for one in own})
    described = {one.index.description for one in track.slices}
    if len(described) == 1 and not any(clip.repeats_sets for clip in clips.values()):
        return track
    sets = {one: _sets_of(one) for one in described}
    heads = _written(sets, note)
    repeating = {path for path, clip in clips.items() if clip.repeats_sets}
    return replace(
        track,
        slices=[
            one if one.index.path in repeating else replace(one, head=heads[one.index.description])
            for one in track.slices
        ],
        mixed=_description(track.slices, sets),
    )


def _sets_of(description: Description) -> Sets:
    told = find(description.configuration, b"avcC")
    length, sets = read_configuration(description.configuration[told.start : told.end])
    if length != 4 or sets is None:
        raise Malformed("a piece does not say how it is to be decoded")
    return sets


def _written(sets: Mapping[Description, Sets], note: Path) -> dict[Description, Head]:
    heads: dict[Description, Head] = {}
    offset = 0
    with note.open("wb") as file:
        for description, one in sets.items():
            size = file.write(one.in_samples)
            heads[description] = Head(path=note, offset=offset, size=size)
            offset += size
    return heads


def _description(slices: Sequence[Slice], sets: Mapping[Description, Sets]) -> Description:
    """It names the sets of what needs the most of a decoder before a frame can be shown, so that a
    decoder that is set up with it need not change its mind."""
    deepest = max(slices, key=lambda one: one.index.delay).index.description
    others = [one for description, one in sets.items() if description != deepest]
    return Description(
        coding=CODING,
        configuration=written_configuration(sets[deepest], others),
        size=deepest.size,
    )
