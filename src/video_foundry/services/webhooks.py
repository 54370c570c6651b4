"""What a call to a webhook address comes to: at most one question to the provider a little earlier.
Nothing is believed of what it says; how the generation stands is asked, as ever, by a worker."""

import asyncio
from typing import Literal

import structlog

from video_foundry.core.catalogue import ModelEntry
from video_foundry.db.tables import JobRow
from video_foundry.jobs.hints import hint, job_by_token
from video_foundry.ports.accounts import DEFAULT
from video_foundry.ports.metrics import WEBHOOKS
from video_foundry.ports.video_model import Webhook
from video_foundry.services.context import Context

CHECK_SECONDS = 10.0
"""How long checking a signature may take: a provider's keys may have to be fetched for it."""

Heard = Literal["hinted", "idle", "unknown", "forged"]
"""hinted: its worker will ask now. idle: genuine, and nothing is waiting for it, or it came again.
unknown: no generation under way has this address. forged: it is not from the provider."""

logger = structlog.get_logger(__name__)


async def hear(ctx: Context, provider: str, token: str, webhook: Webhook) -> Heard:
    """Take a call to the address of one generation."""
    heard = await _heard(ctx, provider, token, webhook)
    is_known = any(e.provider == provider for e in ctx.models.catalogue.entries.values())
    WEBHOOKS.labels(provider if is_known else "unknown", heard).inc()
    return heard


async def _heard(ctx: Context, provider: str, token: str, webhook: Webhook) -> Heard:
    async with ctx.store.read() as session:
        job = await job_by_token(session, token)
    entry = ctx.models.catalogue.entries.get(job.model or "") if job is not None else None
    if job is None or entry is None or entry.provider != provider:
        return "unknown"
    if not await _is_genuine(ctx, entry, job, webhook):
        logger.warning("a webhook that is not the provider's", provider=provider, job_id=job.id)
        return "forged"
    async with ctx.store.write() as tx:
        return "hinted" if await hint(tx, job.id) else "idle"


async def _is_genuine(ctx: Context, entry: ModelEntry, job: JobRow, webhook: Webhook) -> bool:
    """By the provider's own way of signing. What cannot be checked is not believed."""
    try:
        adapter = ctx.models.adapter(entry.id, job.account or DEFAULT)
        async with asyncio.timeout(CHECK_SECONDS):
            return await adapter.is_genuine_webhook(webhook)
    except Exception as error:  # a plug-in may raise anything
        logger.warning("a webhook could not be checked", job_id=job.id, error=repr(error))
        return False
