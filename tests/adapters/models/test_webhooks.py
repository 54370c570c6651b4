"""Providers call the address that a submission gives away, each signing in its own way; and what
somebody else signs, changes or sends again later is told apart."""

import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.fal.adapter import FalModel
from video_foundry.adapters.models.kling.adapter import KlingModel
from video_foundry.adapters.models.openrouter.adapter import OpenRouterModel
from video_foundry.adapters.models.replicate.adapter import ReplicateModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.core.catalogue import effective_params
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.fal import FalEmulator
from video_foundry.emulators.kling import KlingEmulator
from video_foundry.emulators.openrouter import OpenRouterEmulator
from video_foundry.emulators.replicate import ReplicateEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.errors import Unavailable
from video_foundry.ports.video_model import Submission, Webhook
from video_foundry.testing.provider_contract import KEY, PATIENT, read_catalogue

SECRET = "whsec_b3VyIG93biBzZWNyZXQ="
PATIENCE = 60.0


@dataclass(frozen=True)
class Case:
    """A model of a provider that calls back."""

    model: str
    adapter: type[HttpModel[Any]]
    emulator: type[Emulator]
    signs: bool = True


CASES = {
    "fal": Case("fal-pika-2.2", FalModel, FalEmulator),
    "kling": Case("kling-3.0-turbo", KlingModel, KlingEmulator, signs=False),
    "openrouter": Case("openrouter-veo-3.1", OpenRouterModel, OpenRouterEmulator),
    "replicate": Case("replicate-veo-3.1", ReplicateModel, ReplicateEmulator),
}
SIGNING = [name for name, case in CASES.items() if case.signs]


class Receiver(ThreadingHTTPServer):
    """What stands at the public address: keeps what comes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[Webhook] = []

    @property
    def url(self) -> str:
        """An address for one generation."""
        return f"http://127.0.0.1:{self.server_port}/a-token"

    def await_call(self) -> Webhook:
        """The first call."""
        latest = time.monotonic() + PATIENCE
        while not self.calls:
            assert time.monotonic() < latest, "nobody called"
            time.sleep(0.01)
        return self.calls[0]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        assert isinstance(self.server, Receiver)
        self.server.calls.append(Webhook(headers=headers, body=body, received_at=datetime.now(UTC)))
        self.send_response(202)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """One for all; every test begins with no calls."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@asynccontextmanager
async def adapter_at(name: str, served: Running, **more: str) -> AsyncIterator[HttpModel[Any]]:
    """A provider's adapter with its emulator's address; more: settings of the account."""
    entry = next(e for e in read_catalogue(name) if e.id == CASES[name].model)
    account = account_of(entry.provider, entry.env_key)
    told = {"base_url": served.url, "store_url": served.url, **more}
    variables = {f"{account.prefix}_{key.upper()}": value for key, value in told.items()}
    environment = {str(entry.env_key): KEY, **variables}
    adapter = CASES[name].adapter(
        entry, replace(account, environment=environment), timeouts=PATIENT
    )
    yield adapter
    await adapter.aclose()


def submission(adapter: HttpModel[Any], folder: Path, url: str | None) -> Submission:
    return Submission(
        model=adapter.entry.id,
        prompt="A lighthouse at dusk",
        params=effective_params(adapter.entry, {}),
        references={},
        key="11111111-2222-4333-8444-555555555555",
        scratch=folder,
        webhook_url=url,
    )


@asynccontextmanager
async def called_back(
    name: str, receiver: Receiver, folder: Path
) -> AsyncIterator[tuple[HttpModel[Any], Webhook]]:
    """A provider that has called back for a generation."""
    receiver.calls.clear()
    settings = Settings(key=KEY, seconds=0.05, webhook_secret=SECRET)
    with running(CASES[name].emulator(settings)) as served:
        secret = {"webhook_secret": SECRET} if name == "openrouter" else {}
        async with adapter_at(name, served, **secret) as adapter:
            await adapter.submit(submission(adapter, folder, receiver.url))
            yield adapter, receiver.await_call()


@pytest.mark.parametrize("name", CASES)
async def test_a_provider_calls_once_and_is_recognised(
    name: str, receiver: Receiver, tmp_path: Path
) -> None:
    async with called_back(name, receiver, tmp_path) as (adapter, webhook):
        assert await adapter.is_genuine_webhook(webhook)
        assert len(receiver.calls) == 1


@pytest.mark.parametrize("name", SIGNING)
async def test_what_was_changed_or_kept_for_later_is_told_apart(
    name: str, receiver: Receiver, tmp_path: Path
) -> None:
    async with called_back(name, receiver, tmp_path) as (adapter, webhook):
        another = replace(webhook, body=webhook.body + b" ")
        unsigned = replace(webhook, headers={})
        late = replace(webhook, received_at=webhook.received_at + timedelta(minutes=6))
        early = replace(webhook, received_at=webhook.received_at - timedelta(minutes=6))
        for wrong in (another, unsigned, late, early):
            assert not await adapter.is_genuine_webhook(wrong)
        assert await adapter.is_genuine_webhook(webhook)


@pytest.mark.parametrize("name", CASES)
async def test_without_an_address_nobody_is_called(
    name: str, receiver: Receiver, tmp_path: Path
) -> None:
    with running(CASES[name].emulator(Settings(key=KEY))) as served:
        async with adapter_at(name, served, webhook_secret=SECRET) as adapter:
            await adapter.submit(submission(adapter, tmp_path, None))
        (call,) = served.emulator.ledger.entries("create")
    assert "webhook" not in call.path
    assert not {"webhook", "webhook_events_filter", "callback_url"} & set(call.body)
    assert "callback_url" not in call.body.get("options", {})


@pytest.mark.parametrize(("name", "settings"), [("openrouter", {}), ("fal", {"store_url": ""})])
async def test_where_no_signature_could_be_checked_no_address_is_given_away(
    name: str, settings: dict[str, str], receiver: Receiver, tmp_path: Path
) -> None:
    with running(CASES[name].emulator(Settings(key=KEY))) as served:
        async with adapter_at(name, served, **settings) as adapter:
            await adapter.submit(submission(adapter, tmp_path, receiver.url))
        (call,) = served.emulator.ledger.entries("create")
    assert receiver.url not in str(call.body)
    assert "fal_webhook" not in call.path


async def test_fals_keys_are_fetched_once_and_not_again_for_every_forgery(
    receiver: Receiver, tmp_path: Path
) -> None:
    async with called_back("fal", receiver, tmp_path) as (adapter, webhook):
        forged = replace(webhook, body=b"{}")
        for _ in range(20):
            assert not await adapter.is_genuine_webhook(forged)
        assert await adapter.is_genuine_webhook(webhook)


@pytest.mark.parametrize("name", SIGNING)
async def test_keys_that_cannot_be_had_vouch_for_nobody(
    name: str, receiver: Receiver, tmp_path: Path
) -> None:
    async with called_back(name, receiver, tmp_path) as (_, webhook):
        pass
    gone = Running(CASES[name].emulator(), "http://127.0.0.1:9")
    async with adapter_at(name, gone) as adapter:
        try:
            is_genuine = await adapter.is_genuine_webhook(webhook)
        except Unavailable:
            is_genuine = False
    assert not is_genuine
