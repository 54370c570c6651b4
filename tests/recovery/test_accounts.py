"""A server killed while it sends with the second account: whoever comes after asks that account
what became of it, and nobody else; it is paid once."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.operate.conftest import Json, Process, until

from video_foundry.adapters.vault import new_secret
from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.kling import KlingEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.testing.stack.base import free_port

PLUGIN = '''
"""Kling's model with other clocks, usable with stored keys."""

from dataclasses import replace

from video_foundry import VideoModelFactory
from video_foundry.adapters.models.kling.adapter import KlingModel
from video_foundry.testing.provider_contract import read_catalogue

found = next(e for e in read_catalogue("kling") if e.makes == "video" and e.retired is None)
names = {"id": "kling-in-a-hurry", "aliases": (), "alias_notes": {}, "successor": None}
entry = replace(found, **names, poll_seconds=0.2, submit_timeout=4.0)


class AtAccount:
    def __call__(self):
        return KlingModel(entry)

    def at(self, account):
        return KlingModel(entry, account)


VideoModelFactory.register(entry.id, AtAccount(), entry=entry)
'''
FIRST, SECOND = "key_of_the_first_account_1111", "key_of_the_second_account_2222"


@pytest.fixture
def places() -> Iterator[tuple[Running, Running]]:
    """A provider twice, each with a key of its own."""
    with (
        running(KlingEmulator(Settings(key=FIRST))) as first,
        running(KlingEmulator(Settings(key=SECOND))) as second,
    ):
        yield first, second


@pytest.fixture
def environment(tmp_path: Path, places: tuple[Running, Running]) -> dict[str, str]:
    """The settings of the server, before its death and after."""
    (tmp_path / "hurried_kling.py").write_text(PLUGIN)
    return {
        "PYTHONPATH": str(tmp_path),
        "VIDEO_FOUNDRY_PLUGINS": "hurried_kling",
        "VIDEO_FOUNDRY_SECRET_KEY": new_secret(),
        "VIDEO_FOUNDRY_EXAMPLE_PROJECT": "false",
        "VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS": "127.0.0.1,localhost",
        "KLING_API_KEY": FIRST,
        "KLING_BASE_URL": places[0].url,
    }


def test_a_killed_submit_is_looked_up_at_the_account_that_it_was_sent_with(
    tmp_path: Path, places: tuple[Running, Running], environment: dict[str, str]
) -> None:
    first, second = places
    first.emulator.script.put("no_credit")
    second.emulator.script.put("stall")
    words = ["serve", "--port", str(free_port())]
    killed = Process(tmp_path / "work", words, environment)
    try:
        until("the server", lambda: _answers(killed))
        segment = _begin(killed.url, second.url)
        until("it is accepted", lambda: second.emulator.ledger.accepted)
    finally:
        killed.close()
    after = Process(tmp_path / "work", words, environment)
    try:
        until("the server again", lambda: _answers(after))
        until("its end", lambda: _status(after, segment) not in ("pending", "generating"))
        assert _status(after, segment) == "completed", after.get(segment).text
    finally:
        after.close()
    assert len(second.emulator.ledger.entries("create")) == 1, "it was sent again"
    assert [entry.kind for entry in first.emulator.ledger.entries()] == ["create"]


def _begin(server: str, second: str) -> str:
    """Store the second account and begin a render; returns where its segment is."""
    with httpx2.Client(base_url=server, timeout=60, trust_env=False) as http:
        account = {"provider": "kling", "name": "second", "key": SECOND, "base_url": second}
        assert http.post("/api/accounts", json=account).status_code == 201
        project: Json = http.post("/api/projects/", json={"name": "a"}).json()
        path = f"/api/projects/{project['id']}"
        segment = {"prompt": "a kite", "model_params": {"model": "kling-in-a-hurry"}}
        made: Json = http.post(f"{path}/segments", json=segment).json()
        assert http.post(f"{path}/render", json={}).status_code == 201
    return f"/api/segments/{made['id']}"


def _answers(server: Process) -> bool:
    try:
        return server.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def _status(server: Process, segment: str) -> str:
    status: str = server.get(segment).json()["status"]
    return status
