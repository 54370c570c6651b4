"""The shared way to providers, against servers that say odd things: what a submit's answer means
for money, and what of it is ever repeated. What each provider means is tested with its adapter."""

import gzip
from collections.abc import AsyncIterator

import pytest

from video_foundry.adapters.models.accounts import EnvironmentAccount
from video_foundry.adapters.models.runway.client import DIALECT
from video_foundry.adapters.models.wire.http import MAX_ANSWER, Wire
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.errors import Ambiguous, Rejected, Unavailable
from video_foundry.testing.fetch_contract import ScriptedServer, redirect, reply

KEY = "key/of+the=house:4711"


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def wire(server: ScriptedServer) -> AsyncIterator[Wire]:
    """To that server, as if it were Runway's."""
    environment = {"RUNWAY_API_KEY": KEY, "RUNWAY_BASE_URL": server.base}
    account = EnvironmentAccount(
        title="Runway", prefix="RUNWAY", env_key="RUNWAY_API_KEY", environment=environment
    )
    wire = Wire(DIALECT, account)
    yield wire
    await wire.aclose()


def id_of(answer: Answer) -> str | None:
    return answer.body.get("id")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_of_a_submit_is_not_followed(
    server: ScriptedServer, wire: Wire, status: int
) -> None:
    server.answers["/create"] = redirect(f"{server.base}/elsewhere", status)
    with pytest.raises(Rejected, match="RUNWAY_BASE_URL"):
        await wire.create("/create", id_of=id_of)
    assert [hit.target for hit in server.hits] == ["/create"]


async def test_see_other_says_that_something_was_done(server: ScriptedServer, wire: Wire) -> None:
    server.answers["/create"] = redirect(f"{server.base}/done", 303)
    with pytest.raises(Ambiguous):
        await wire.create("/create", id_of=id_of)
    assert [hit.target for hit in server.hits] == ["/create"]


async def test_an_answer_that_unpacks_without_end_is_a_doubt(
    server: ScriptedServer, wire: Wire
) -> None:
    bomb = gzip.compress(bytes(64 * MAX_ANSWER))
    server.answers["/create"] = reply(200, bomb, content_encoding="gzip")
    with pytest.raises(Ambiguous, match="far too long"):
        await wire.create("/create", id_of=id_of)
    server.answers["/look"] = server.answers["/create"]
    with pytest.raises(Unavailable, match="far too long"):
        await wire.look("/look")


@pytest.mark.parametrize(
    "written", [KEY, KEY.replace("/", "\\/"), "key%2Fof%2Bthe%3Dhouse%3A4711"], ids=str
)
async def test_a_key_that_is_repeated_is_not_passed_on(
    server: ScriptedServer, wire: Wire, written: str
) -> None:
    server.answers["/create"] = reply(400, f'{{"error": "not {written}"}}'.encode())
    with pytest.raises(Rejected) as refusal:
        await wire.create("/create", id_of=id_of)
    assert "not [key]" in refusal.value.message
    assert "4711" not in refusal.value.message
