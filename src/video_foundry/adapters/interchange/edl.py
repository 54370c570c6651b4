"""A cut list as a CMX 3600 EDL: one track of picture, whose dissolves begin at the cut. Clips are
named by their files, by which programs find them; what else is known of them stands in comments."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import opentimelineio as otio

from video_foundry.adapters.interchange.timelines import Builder, Json
from video_foundry.core.interchange import CutList, Note, Part, Shot, one_line


def write_edl(cut: CutList) -> str:
    """The film as an .edl file."""
    rate = float(cut.rate.fraction)
    return str(otio.adapters.write_to_string(_Edl(cut).timeline(), "cmx_3600", rate=rate))


class _Edl(Builder):
    """One event a shot."""

    def tracks(self) -> Iterator[Any]:
        yield self.shots("Shots", otio.schema.TrackKind.Video)

    def before_cut(self, overlap: int) -> int:
        return 0

    def name_of(self, shot: Shot) -> str:
        return shot.media.path.rpartition("/")[2] if shot.media else shot.title

    def start_of(self, shot: Shot, part: Part) -> Fraction | int:
        return floor(part.source * self.rate.fraction)

    def effects_of(self, shot: Shot, part: Part, kind: str) -> list[Any]:
        # The library's EDLs take another length from the source for a speed than is shown of it.
        return [otio.schema.FreezeFrame()] if part.is_held else []

    def metadata_of(self, shot: Shot, part: Part, kind: str) -> Json:
        told = self.origin_of(shot, part, kind)
        words = {name: told[name] for name in _COMMENTS if name in told}
        if shot.pace != 1:
            words["speed"] = f"{float(shot.pace):g}"
        if shot.transition is not None:
            words["transition"] = shot.transition.kind
        # Of a clip that dissolves into the next they are written twice, so each says whose it is.
        whose = f"SHOT {shot.index + 1}"
        comments = [f"{whose} {name.upper()}: {one_line(str(one))}" for name, one in words.items()]
        return {"cmx_3600": {"reel": _reel(shot), "comments": comments}}

    def add_notes(self, timeline: Any) -> None:
        """As locators of the clip under which they begin, at their place on the film; of the next
        one that dissolves into no other, for all that is said of such a clip is written twice."""
        track = timeline.tracks[0]
        once = [
            one
            for one, following in pairwise([*track, None])
            if isinstance(one, otio.schema.Clip)
            and not isinstance(following, otio.schema.Transition)
        ]
        ends = [one.range_in_parent().end_time_exclusive().value for one in once]
        for note in self.cut.notes:
            at = bisect_right(ends, note.start)
            once[min(at, len(once) - 1)].markers.append(self._locator(note))

    def _locator(self, note: Note) -> Any:
        return otio.schema.Marker(
            name=note.text,
            marked_range=self.span(note.start, note.frames),
            color=otio.schema.MarkerColor.RED,
        )


_COMMENTS = ("segment", "take", "model", "seed", "request", "prompt")


def _reel(shot: Shot) -> str:
    """Eight letters and digits by which a file is told from the others."""
    if shot.media is None:
        return "OFFLINE"
    return re.sub(r"[^a-z0-9]", "", shot.media.path.rpartition("/")[2])[:8]
