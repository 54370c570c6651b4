"""Adapters for the stand-in provider of `testing.ledger`, written as a plug-in's author would: name
this module in VIDEO_FOUNDRY_PLUGINS and the provider's address in LEDGER_BASE_URL.

They can stop at a named point of a submit, so that a test may kill the server exactly there: the
parameter `pause` says where. A file of that name and the key appears in LEDGER_PAUSE_FOLDER, and
the submit goes on when that folder holds `go`. Without the variable nothing stops.
"""

import asyncio
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote
from uuid import uuid4

import httpx2

from video_foundry import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelFactory,
    VideoModelInterface,
)
from video_foundry.core.catalogue import Idempotency, ModelEntry, PriceRow
from video_foundry.core.money import Money
from video_foundry.errors import GenerationLost, Unavailable
from video_foundry.ports.video_model import Webhook
from video_foundry.testing.ledger import PRICE

BASE_URL = "LEDGER_BASE_URL"
PAUSE_FOLDER = "LEDGER_PAUSE_FOLDER"

_PARAMETERS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "duration": {"type": "number", "minimum": 0.5, "maximum": 10, "default": 0.5},
        "script": {
            "type": "string",
            "title": "Faults",
            "description": "What the first submits of this request meet, with commas between.",
        },
        "pause": {
            "type": "string",
            "title": "Pause",
            "description": "Where a submit stops until it is told to go on.",
            "enum": ["before_send", "after_answer"],
        },
    },
}


class LedgerKey(VideoModelInterface):
    """The account that honours keys."""

    idempotency: ClassVar[Idempotency] = "key"

    def __init__(self) -> None:
        self._http: httpx2.AsyncClient | None = None

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create request under a key of its own."""
        return await self._create(prompt, params, str(uuid4()))

    async def submit(self, submission: Submission) -> str:
        """Send one create request under the submission's key."""
        params = dict(submission.params)
        return await self._create(submission.prompt, params, submission.key, submission.webhook_url)

    async def _create(
        self, prompt: str, params: dict[str, Any], key: str, webhook: str | None = None
    ) -> str:
        await _pause("before_send", params, key)
        headers = {"Idempotency-Key": key} if self.idempotency == "key" else {}
        body = {"prompt": prompt, "reference": key, "script": params.get("script", "")}
        body |= {"webhook": webhook} if webhook else {}
        answer = await self._client().post(
            f"{_base_url()}/{self.idempotency}/generations", json=body, headers=headers
        )
        answer.raise_for_status()  # what each status means for money is known to the workers
        await _pause("after_answer", params, key)
        return str(answer.json()["id"])

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how it stands."""
        told = await self._ask(f"/generations/{quote(job_id, safe='')}")
        return StatusReport(
            status=GenerationStatus(told["status"]),
            progress=told["progress"],
            cost=Money(amount=Decimal(told["cost"]), currency="USD"),
        )

    async def get_result(self, job_id: str) -> GenerationResult:
        """Where the clip is."""
        return GenerationResult(url=f"{_base_url()}/generations/{quote(job_id, safe='')}/video")

    async def is_genuine_webhook(self, webhook: Webhook) -> bool:
        """Nothing is signed: the address alone says who calls."""
        return True

    async def _ask(self, path: str) -> dict[str, Any]:
        answer = await self._client().get(_base_url() + path)
        if answer.status_code == 404:
            raise GenerationLost("the provider does not know this generation")
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def _client(self) -> httpx2.AsyncClient:
        if self._http is None:
            # No connection is used twice: one just closed would make a submit doubtful.
            limits = httpx2.Limits(max_keepalive_connections=0)
            self._http = httpx2.AsyncClient(limits=limits, timeout=30.0, trust_env=False)
        return self._http

    async def aclose(self) -> None:
        """Release connections."""
        if self._http is not None:
            await self._http.aclose()


class LedgerLookup(LedgerKey):
    """The account that can be searched by our reference."""

    idempotency: ClassVar[Idempotency] = "lookup"

    async def find_generation(self, key: str) -> str | None:
        """The generation accepted under our key."""
        found = await self._ask(f"/lookup/generations?reference={quote(key, safe='')}")
        return str(found["id"]) if found["id"] else None


class LedgerNone(LedgerKey):
    """The account that offers neither."""

    idempotency: ClassVar[Idempotency] = "none"


def _base_url() -> str:
    base = os.environ.get(BASE_URL, "")
    if not base:
        raise Unavailable(f"there is no provider: set {BASE_URL}")
    return base


async def _pause(point: str, params: Mapping[str, Any], key: str) -> None:
    if params.get("pause") != point or PAUSE_FOLDER not in os.environ:
        return
    folder = Path(os.environ[PAUSE_FOLDER])
    await asyncio.to_thread((folder / f"{point}.{key}").touch)
    go = folder / "go"
    while not await asyncio.to_thread(go.exists):  # noqa: ASYNC110 - told by another process
        await asyncio.sleep(0.02)


def entry_of(adapter: type[LedgerKey]) -> ModelEntry:
    """The catalogue entry of an account, with what the environment says about waits and slots."""
    return ModelEntry(
        id=f"ledger-{adapter.idempotency}",
        provider="ledger",
        title=f"Ledger ({adapter.idempotency})",
        summary=(adapter.__doc__ or "").strip(),
        parameters=_PARAMETERS,
        prices=(PriceRow(amount=PRICE),),
        idempotency=adapter.idempotency,
        poll_seconds=float(os.environ.get("LEDGER_POLL_SECONDS", "0.2")),
        submit_timeout=float(os.environ.get("LEDGER_SUBMIT_TIMEOUT", "2")),
        concurrency=int(os.environ.get("LEDGER_CONCURRENCY", "64")),
    )


for account in (LedgerKey, LedgerLookup, LedgerNone):
    entry = entry_of(account)
    VideoModelFactory.register(entry.id, account, entry=entry)
