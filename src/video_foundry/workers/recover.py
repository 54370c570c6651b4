"""Fetching the result of a paid generation once more, long after its job has ended, because our own
copy was lost. Nothing is ever sent to a provider that could cost money."""

import asyncio
from pathlib import Path

from video_foundry.errors import (
    FoundryError,
    GenerationFailed,
    GenerationLost,
    MediaError,
    ModelError,
)
from video_foundry.ports.accounts import DEFAULT
from video_foundry.ports.video_model import VideoModelInterface
from video_foundry.services.context import Context
from video_foundry.services.findings import Paid
from video_foundry.workers.answers import as_result
from video_foundry.workers.follow import RESULT_TIMEOUT
from video_foundry.workers.results import bring


async def fetch_again(ctx: Context, paid: Paid, folder: Path) -> Path:
    """The clip as a local file. Raises FoundryError with the reason when it is not to be had."""
    entry = ctx.models.catalogue.entries.get(paid.model)
    if entry is None:
        raise ModelError(f"the model {paid.model} is no longer installed, so it cannot be asked")
    if paid.provider_job_id is None:
        raise ModelError(f"{paid.provider} gave no job id, so it cannot be asked")
    why = ctx.models.unavailable(entry)
    if why is not None:
        raise ModelError(why)
    try:
        adapter = ctx.models.adapter(paid.model, paid.account or DEFAULT)
        return await _download(ctx, adapter, paid.provider_job_id, folder)
    except (GenerationLost, GenerationFailed) as error:
        raise ModelError(f"{paid.provider} no longer has it: {error.message}") from error
    except FoundryError as error:
        raise ModelError(f"{paid.provider} did not give it now: {error.message}") from error
    except Exception as error:  # a plug-in may raise anything
        raise ModelError(f"{paid.provider} could not be asked: {error!r}") from error


async def _download(
    ctx: Context, adapter: VideoModelInterface, provider_job_id: str, folder: Path
) -> Path:
    async with asyncio.timeout(RESULT_TIMEOUT):
        result = as_result(await adapter.get_result(provider_job_id))
    if result.path is not None and not result.path.is_file():
        raise MediaError("the file that it made has gone")
    return await bring(ctx.fetcher, result, folder / "result")
