"""Brings what an adapter calls a result into a file. What is made of it then, and what a failure
means for money, is not known here."""

import asyncio
from pathlib import Path

from video_foundry.ports.fetcher import Fetcher
from video_foundry.ports.video_model import GenerationResult


async def bring(fetcher: Fetcher, result: GenerationResult, target: Path) -> Path:
    """The file of a result: its own where it is one, else `target`, written from its bytes or
    downloaded. Raises what the fetcher raises, and OSError."""
    if result.path is not None:
        return result.path
    if result.content is not None:
        await asyncio.to_thread(target.write_bytes, result.content)
    else:
        await fetcher.download(result.url or "", target, headers=result.headers)
    return target
