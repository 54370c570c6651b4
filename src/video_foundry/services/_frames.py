"""One frame of what a segment shows, as the film's own timing says which it is, written to a file.
What becomes of the file is the caller's matter."""

from dataclasses import dataclass
from pathlib import Path

from video_foundry.core.effects import Retime
from video_foundry.core.film import Edge, FilmClip, use_of
from video_foundry.core.timebase import FrameRate
from video_foundry.db.facts import profile_from_json, source_of, trim_from_json
from video_foundry.db.films import picture_from_json
from video_foundry.db.segments import place_of
from video_foundry.errors import Conflict
from video_foundry.services._edit import project_of, segment_of
from video_foundry.services.context import Context
from video_foundry.services.views import SegmentView, view_segments


@dataclass(frozen=True, kw_only=True)
class ShownFrame:
    """One frame of a segment's clip. name: what a file of it is called. digest: the clip's. frame:
    of the clip as `retime` makes it, on the film's grid of `rate`."""

    name: str
    digest: str
    frame: int
    retime: Retime
    rate: FrameRate


async def shown_frame(ctx: Context, segment_id: str, edge: Edge) -> ShownFrame:
    """The first or last frame that the cut shows of a segment. Raises NotFound, and Conflict
    `no_clip` while there is no clip."""
    async with ctx.store.read() as session:
        row = await segment_of(session, segment_id)
        project = await project_of(session, row.project_id)
        place = await place_of(session, row)
        view = (await view_segments(ctx, session, [row]))[0]
    clip = _clip(view, place, edge)
    rate = profile_from_json(project.settings).fps
    return ShownFrame(
        name=f"Segment {place + 1} {edge} frame.png",
        digest=clip.source.digest,
        frame=use_of(clip, rate).at(edge),
        retime=clip.effects.retime,
        rate=rate,
    )


def _clip(view: SegmentView, place: int, edge: Edge) -> FilmClip:
    if view.artifact is None:
        raise Conflict(
            f"segment {place + 1} has no clip yet, so there is no {edge} frame of it",
            field="segment_id",
            fix=f"generate segment {place + 1} first, or use another picture",
            code="no_clip",
        )
    return FilmClip(
        segment_id=view.row.id,
        index=place,
        source=source_of(view.artifact, view.asked_seconds),
        trim=trim_from_json(view.row.trim),
        effects=picture_from_json(view.row.effects),
    )


async def write_frame(ctx: Context, shown: ShownFrame, target: Path) -> None:
    """Write it as a PNG, as large as the clip is and without its framing and look. Raises
    MediaError."""
    async with ctx.blobs.local_path(shown.digest) as source:
        await ctx.compositor.still(
            source, target, frame=shown.frame, retime=shown.retime, rate=shown.rate
        )
