"""fal's HTTP interfaces, one method a call: the queue, the store for pictures and the price list.
What an answer means is for `mapping`; how a call is made, and never twice, is for the shared wire.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from video_foundry.adapters.models.fal import mapping
from video_foundry.adapters.models.fal.mapping import Ticket
from video_foundry.adapters.models.fal.webhooks import KEYS_PATH, is_from_fal
from video_foundry.adapters.models.wire.http import Client, Dialect, Wire
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import Webhook

QUEUE = "https://queue.fal.run"
STORE = "https://rest.fal.ai"
PLATFORM = "https://api.fal.ai"
KEYS_KEPT = 24 * 3600.0
"""Seconds for which fal lets its public keys be kept."""
KEYS_FETCHED_EVERY = 60.0
"""Seconds between two fetches at the least, however many signatures do not fit."""


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Key {key}"}


def _dialect(base_url: str) -> Dialect:
    return Dialect(title="fal", base_url=base_url, headers=_headers, refusal=mapping.refusal)


DIALECT = _dialect(QUEUE)


@dataclass(frozen=True)
class Beside:
    """The same account at another of fal's hosts, whose address has a setting of its own."""

    account: Account
    variable: str

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name

    def key(self) -> str:
        """The account's key."""
        return self.account.key()

    def setting(self, name: str) -> str:
        """A setting of the account."""
        return self.account.setting(name)

    def base_url(self, default: str) -> str:
        """The address that the setting names; "" when it names none and the queue was moved:
        whoever stands there was given the key, and nobody else."""
        if told := self.account.setting(self.variable).rstrip("/"):
            return told
        return default if self.account.base_url(QUEUE) == QUEUE else ""


class FalClient(Client):
    """The calls, over one wire for each host."""

    def __init__(self, queue: Wire) -> None:
        super().__init__(queue)
        self._queue = queue
        self._store = _wire(queue, STORE, "store_url")
        self._platform = _wire(queue, PLATFORM, "platform_url")
        self._keys = PublicKeys(self._store)

    @property
    def has_store(self) -> bool:
        """Whether pictures can be uploaded."""
        return bool(self._store.base_url)

    async def create(
        self, app: str, body: Mapping[str, Any], *, key: str, webhook_url: str | None = None
    ) -> str:
        """Put one request into the queue, once, and return our job id for it.

        webhook_url: where fal may call at its end, unless the account names an address of its own,
        to which our key is added.
        """
        account = self._queue.account
        if own := account.setting("webhook_url"):
            path = mapping.create_path(app, webhook=own, key=key)
        else:
            # Without the host that has the public keys nobody's signature could be checked.
            path = mapping.create_path(app, webhook=webhook_url or "" if self.has_store else "")
        return await self._queue.create(
            path,
            json=body,
            headers=mapping.lifecycle(account.setting("result_seconds")),
            id_of=lambda answer: mapping.accepted(app, answer),
        )

    async def status(self, ticket: Ticket) -> dict[str, Any]:
        """How a request stands. Raises GenerationLost for one that fal does not know."""
        return (await self._queue.look(f"{ticket.path}/status")).body

    async def result(self, ticket: Ticket) -> Answer:
        """What a request that is over came to, or why it failed."""
        return await self._queue.ask(ticket.path)

    async def cancel(self, ticket: Ticket) -> Answer:
        """Ask for a request to be stopped."""
        return await self._queue.ask(f"{ticket.path}/cancel", method="PUT")

    async def prices(self, app: str) -> Answer | None:
        """The price list's row of an app; None where the list cannot be reached."""
        if not self._platform.base_url:
            return None
        return await self._platform.ask("/v1/models/pricing", params={"endpoint_id": app})

    async def upload(self, picture: Picture) -> str:
        """Put a picture into fal's store; its address opens it to whoever knows it."""
        name = f"{picture.parameter}.{picture.suffix}"
        slot = await self._store.prepare(
            "/storage/upload/initiate?storage_type=gcs",
            json={"content_type": picture.kind, "file_name": name},
            headers=mapping.lifecycle(self._queue.account.setting("result_seconds")),
        )
        place, url = mapping.upload_slot(slot)
        await self._store.store(
            place, method="PUT", content=picture.content, headers={"Content-Type": picture.kind}
        )
        return url

    async def has_signed(self, webhook: Webhook) -> bool:
        """Whether a webhook is fal's own. Raises Unavailable when its keys cannot be had."""
        return self.has_store and await self._keys.have_signed(webhook)

    async def aclose(self) -> None:
        """Release the connections to the hosts beside the queue."""
        await self._store.aclose()
        await self._platform.aclose()


class PublicKeys:
    """The keys that fal signs with, fetched when they are first needed, and once more when they may
    have changed."""

    def __init__(self, store: Wire) -> None:
        self._store = store
        self._known: Mapping[str, Any] = {}
        self._fetched_at = -math.inf

    async def have_signed(self, webhook: Webhook) -> bool:
        """Whether one of them signed it, not long ago."""
        age = time.monotonic() - self._fetched_at
        if age < KEYS_KEPT and self._fits(webhook):
            return True
        # A forged one must not make us fetch again and again.
        if age < KEYS_FETCHED_EVERY:
            return False
        self._fetched_at = time.monotonic()
        self._known = (await self._store.look(KEYS_PATH)).body
        return self._fits(webhook)

    def _fits(self, webhook: Webhook) -> bool:
        return is_from_fal(webhook.headers, webhook.body, self._known, webhook.received_at)


def _wire(queue: Wire, base_url: str, variable: str) -> Wire:
    account = Beside(queue.account, variable)
    return Wire(_dialect(base_url), account, timeouts=queue.timeouts)
