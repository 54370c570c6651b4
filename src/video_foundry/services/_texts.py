"""Texts that have no room in their places, found by setting all that are in doubt. Draws and
changes nothing."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from video_foundry.core.outputs import Output, films
from video_foundry.core.overlays import Overlay
from video_foundry.core.plan import PlanProblem
from video_foundry.core.profile import OutputProfile
from video_foundry.core.refusals import MOST_TOLD
from video_foundry.core.title_room import surely_fits
from video_foundry.core.titles import TextItem, title_fingerprint
from video_foundry.core.wording import item_label
from video_foundry.errors import CompositionFailed, PartUnavailable
from video_foundry.ports.titles import TitleStep
from video_foundry.services.context import Context

MEASURING_SECONDS = 15.0
"""For which the texts of one plan are set to see whether they fit: thousands of them, and few are
ever in doubt. What fits stays known, so that who asks again gets further."""


@dataclass(frozen=True, kw_only=True)
class _Doubt:
    """A text in a size of film in which it does not surely fit. where: the field that names it.
    mark: identity of what would be drawn."""

    where: str
    item: TextItem
    profile: OutputProfile
    mark: str


async def texts_without_room(
    ctx: Context, overlays: Sequence[Overlay], outputs: Sequence[Output]
) -> tuple[PlanProblem, ...]:
    """A problem for each text that is in doubt and does not fit, up to as many as are told at once;
    and one for all that could not be set in time. Takes a moment: hold no lock."""
    in_doubt = await asyncio.to_thread(list, _in_doubt(ctx, overlays, outputs))
    ends, problems = time.monotonic() + MEASURING_SECONDS, list[PlanProblem]()
    for place, doubt in enumerate(in_doubt):
        if doubt.mark in ctx.fitting:
            continue
        try:
            async with asyncio.timeout(ends - time.monotonic()):
                problem = await _problem(ctx, doubt)
        except TimeoutError:
            return (*problems, _out_of_time(in_doubt[place:]))
        if problem is not None:
            problems.append(problem)
        if len(problems) == MOST_TOLD:
            break
    return tuple(problems)


def _in_doubt(
    ctx: Context, overlays: Sequence[Overlay], outputs: Sequence[Output]
) -> Iterator[_Doubt]:
    """Each text in each size of film in which it does not surely fit."""
    sizes = {one.size: one.profile for one in films(outputs)}
    for size, profile in sizes.items():
        for one in overlays:
            if isinstance(one.item, TextItem) and not surely_fits(one.item, *size):
                mark = title_fingerprint(one.item.spec, *size, [ctx.fonts])
                yield _Doubt(where=one.where, item=one.item, profile=profile, mark=mark)


async def _problem(ctx: Context, doubt: _Doubt) -> PlanProblem | None:
    item, profile = doubt.item, doubt.profile
    step = TitleStep(spec=item.spec, profile=profile, label=f"{item.text[:20]!r}")
    try:
        await ctx.titler.measure(step)
    except PartUnavailable:  # what is missing says so when it is needed
        return None
    except CompositionFailed as refusal:
        return PlanProblem(
            segment_id=None,
            field=f"{doubt.where}.text",
            message=f"{refusal.message} (in {profile.width} x {profile.height})",
            fix="shorten it, show it in parts, or give it smaller letters or more room "
            "(size, max_width, max_height)",
        )
    ctx.fitting.add(doubt.mark)
    return None


def _out_of_time(left: Sequence[_Doubt]) -> PlanProblem:
    first = left[0].where
    count = "a text" if len(left) == 1 else f"{len(left):,} texts"
    return PlanProblem(
        segment_id=None,
        field=f"{first}.text",
        message=f"whether {count}, from {item_label(first)} on, have room could not be found out "
        f"in {MEASURING_SECONDS:g} s",
        fix="ask again, which goes on from there; or use shorter texts or larger places, whose "
        "room is plain to see",
    )
