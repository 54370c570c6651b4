"""Texts that have no room in their places, found by setting those that are in doubt. Draws and
changes nothing."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice

from video_foundry.core.outputs import Output, films
from video_foundry.core.overlays import Overlay
from video_foundry.core.plan import PlanProblem
from video_foundry.core.profile import OutputProfile
from video_foundry.core.title_room import surely_fits
from video_foundry.core.titles import TextItem
from video_foundry.errors import CompositionFailed, PartUnavailable
from video_foundry.ports.titles import TitleStep
from video_foundry.services.context import Context

MOST_MEASURED = 50
"""Texts of one plan that are set to see whether they fit; few are ever in doubt."""


async def texts_without_room(
    ctx: Context, overlays: Sequence[Overlay], outputs: Sequence[Output]
) -> tuple[PlanProblem, ...]:
    """A problem for each text that is in doubt and does not fit. Takes a moment: hold no lock."""
    in_doubt = islice(_in_doubt(overlays, outputs), MOST_MEASURED)
    measured = [
        await _problem(ctx, where, item, profile)
        for where, item, profile in await asyncio.to_thread(list, in_doubt)
    ]
    return tuple(problem for problem in measured if problem is not None)


def _in_doubt(
    overlays: Sequence[Overlay], outputs: Sequence[Output]
) -> Iterator[tuple[str, TextItem, OutputProfile]]:
    """Each text, with the field that names it, in each size of film in which it does not surely
    fit."""
    sizes = {one.size: one.profile for one in films(outputs)}
    for (width, height), profile in sizes.items():
        for one in overlays:
            if isinstance(one.item, TextItem) and not surely_fits(one.item, width, height):
                yield one.where, one.item, profile


async def _problem(
    ctx: Context, where: str, item: TextItem, profile: OutputProfile
) -> PlanProblem | None:
    step = TitleStep(spec=item.spec, profile=profile, label=f"{item.text[:20]!r}")
    try:
        await ctx.titler.measure(step)
    except PartUnavailable:  # what is missing says so when it is needed
        return None
    except CompositionFailed as refusal:
        return PlanProblem(
            segment_id=None,
            field=f"{where}.text",
            message=f"{refusal.message} (in {profile.width} x {profile.height})",
            fix="shorten it, show it in parts, or give it smaller letters or more room "
            "(size, max_width, max_height)",
        )
    return None
