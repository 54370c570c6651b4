"""The picture of a title as a film would have it, for editors: drawn on the spot and not kept."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from video_foundry.core.profile import OutputProfile
from video_foundry.core.titles import TextItem
from video_foundry.ports.titles import TitleStep
from video_foundry.services.context import Context


async def title_picture(ctx: Context, item: TextItem, profile: OutputProfile) -> bytes:
    """A PNG of the profile's size, clear where nothing of the title is.

    Raises CompositionFailed for a text that does not fit into the frame.
    """
    with TemporaryDirectory(dir=ctx.scratch, prefix="title-") as folder:
        target = Path(folder) / "title.png"
        step = TitleStep(spec=item.spec, profile=profile, label="the text")
        await ctx.titler.title(step, target)
        return await asyncio.to_thread(target.read_bytes)
