"""Every field of every true answer of every provider, replaced by nonsense: what an adapter makes
of it is one of its few words, never a crash, a price without end or an address that is none."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.comfyui.adapter import ComfyUIModel
from video_foundry.adapters.models.fal.adapter import FalModel
from video_foundry.adapters.models.gemini.adapter import GeminiModel
from video_foundry.adapters.models.kling.adapter import KlingModel
from video_foundry.adapters.models.luma.adapter import LumaModel
from video_foundry.adapters.models.minimax.adapter import MiniMaxModel
from video_foundry.adapters.models.openrouter.adapter import OpenRouterModel
from video_foundry.adapters.models.replicate.adapter import ReplicateModel
from video_foundry.adapters.models.runway.adapter import RunwayModel
from video_foundry.adapters.models.stability.adapter import StabilityModel
from video_foundry.adapters.models.vertex.adapter import VertexModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.core.catalogue import effective_params
from video_foundry.core.money import Money
from video_foundry.emulators.comfyui import ComfyUIEmulator
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.fal import FalEmulator
from video_foundry.emulators.gemini import GeminiEmulator
from video_foundry.emulators.kling import KlingEmulator
from video_foundry.emulators.luma import LumaEmulator
from video_foundry.emulators.minimax import MiniMaxEmulator
from video_foundry.emulators.openrouter import OpenRouterEmulator
from video_foundry.emulators.replicate import ReplicateEmulator
from video_foundry.emulators.runway import RunwayEmulator
from video_foundry.emulators.server import running
from video_foundry.emulators.stability import StabilityEmulator
from video_foundry.emulators.vertex import VertexEmulator
from video_foundry.errors import ModelError
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission
from video_foundry.testing.provider_contract import KEY, read_catalogue

Place = tuple[str | int, ...]
"""Where a field stands in an answer."""

NONSENSE: tuple[Any, ...] = (None, True, -1, "", "javascript:alert(1)", [[]], {"a": []})
ENDLESS = 10**400
"""A whole number that no float holds."""
MOST_FIELDS = 14


@dataclass
class Twist:
    """What is done to the provider's answers. place: the field that becomes `value`, None for none.
    told: every answer as it would have been."""

    place: Place | None = None
    value: Any = None
    told: list[Any] = field(default_factory=list)

    def of(self, content: bytes) -> bytes:
        """An answer as it goes out."""
        try:
            answer = json.loads(content)
        except ValueError:
            return content
        self.told.append(json.loads(content))
        if self.place is None:
            return content
        return json.dumps(_changed(answer, self.place, self.value)).encode()


def _changed(answer: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(answer, dict) and step in answer:
        return {**answer, step: _changed(answer[step], rest, value)}
    if isinstance(answer, list) and isinstance(step, int) and step < len(answer):
        return [_changed(one, rest, value) if n == step else one for n, one in enumerate(answer)]
    return answer


def places_in(answer: Any) -> Iterator[Place]:
    """The answer as a whole, and every field in it."""
    yield ()
    steps: list[tuple[str | int, Any]] = []
    if isinstance(answer, dict):
        steps = list(answer.items())
    elif isinstance(answer, list):
        steps = list(enumerate(answer))
    for step, inner in steps:
        yield from ((step, *place) for place in places_in(inner))


class Twisting:
    """Changes bodies on their way out."""

    def __init__(self, app: ASGIApp, twist: Twist) -> None:
        self._app = app
        self._twist = twist

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call, answered whole."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: list[Message] = []
        body = bytearray()

        async def held(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                told = self._twist.of(bytes(body))
                headers = [h for h in start[0]["headers"] if h[0] != b"content-length"]
                headers.append((b"content-length", str(len(told)).encode()))
                await send({**start[0], "headers": headers})
                await send({"type": "http.response.body", "body": told})

        await self._app(scope, receive, held)


def twisted(emulator: type[Emulator], twist: Twist) -> Emulator:
    """An emulator whose answers are changed."""

    class Twisted(emulator):  # type: ignore[valid-type, misc]  # of whichever provider
        def app(self) -> Starlette:
            app: Starlette = super().app()
            app.add_middleware(Twisting, twist=twist)
            return app

    made: Emulator = Twisted(Settings(key=KEY, short_side=64))
    return made


@dataclass(frozen=True)
class Provider:
    """One model, at an emulator. more: variables of its account beside key and address."""

    model: str
    adapter: type[HttpModel[Any]]
    emulator: type[Emulator]
    params: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def house(self, folder: Path) -> AsyncIterator["House"]:
        """The model with its provider, until the block ends."""
        twist = Twist()
        with running(twisted(self.emulator, twist)) as served:
            entry = next(e for e in read_catalogue(served.emulator.name) if e.id == self.model)
            account = account_of(entry.provider, entry.env_key)
            variables = {f"{account.prefix}_BASE_URL": served.url, str(entry.env_key): KEY}
            account = replace(account, environment={**variables, **self.more})
            model = self.adapter(entry, account)
            asked = Submission(
                model=entry.id,
                prompt="A lighthouse",
                params=effective_params(entry, self.params),
                references={},
                key="11111111-2222-4333-8444-555555555555",
                scratch=folder,
            )
            try:
                yield House(model=model, emulator=served.emulator, twist=twist, asked=asked)
            finally:
                await model.aclose()


@dataclass(frozen=True)
class House:
    """A model, its provider, and what is done to the answers."""

    model: HttpModel[Any]
    emulator: Emulator
    twist: Twist
    asked: Submission
    count: list[int] = field(default_factory=list)

    async def submit(self) -> str | None:
        """One more generation; None where it was no success."""
        self.count.append(1)
        key = f"11111111-2222-4333-8444-{len(self.count):012d}"
        try:
            told = await self.model.submit(replace(self.asked, key=key))
        except ModelError as error:
            assert str(error)
            return None
        assert isinstance(told, str)
        assert told
        return told

    async def look(self, job_id: str) -> None:
        """How it stands, and its result."""
        try:
            report = await self.model.get_status(job_id)
            assert isinstance(report, StatusReport)
            assert report.progress is None or 0 <= report.progress <= 1
            check_cost(report.cost)
        except ModelError as error:
            assert str(error)
        try:
            result = await self.model.get_result(job_id)
        except ModelError as error:
            assert str(error)
            return
        assert isinstance(result, GenerationResult)
        check_cost(result.cost)
        assert sum(part is not None for part in (result.url, result.path, result.content)) == 1
        assert result.url is None or result.url.startswith(("http://", "https://"))

    async def act(self, job_id: str) -> None:
        """Look for a lost submit, and cancel."""
        try:
            found = await self.model.find_generation(self.asked.key)
            assert found is None or (isinstance(found, str) and found)
        except ModelError as error:
            assert str(error)
        try:
            assert await self.model.cancel_generation(job_id) in (True, False)
        except ModelError as error:
            assert str(error)

    def twists(self) -> Iterator[tuple[Place, Any]]:
        """Every change of what was told so far."""
        places = dict.fromkeys(place for told in self.twist.told for place in places_in(told))
        self.twist.told.clear()
        for n, place in enumerate(list(places)[:MOST_FIELDS]):
            # One kind of nonsense more for each field; neighbours have others.
            yield place, ENDLESS
            yield place, NONSENSE[n % len(NONSENSE)]


def check_cost(cost: Money | None) -> None:
    """An amount that a database takes."""
    assert cost is None or 0 <= cost.amount < Decimal(10) ** 9


WORKFLOWS = Path(__file__).parents[3] / "examples" / "comfyui"
WORKFLOW = {
    "workflow": "wan-text-to-video",
    "workflow_sha256": sha256((WORKFLOWS / "wan-text-to-video.json").read_bytes()).hexdigest(),
}

PROVIDERS = [
    Provider(
        "comfyui",
        ComfyUIModel,
        ComfyUIEmulator,
        {**WORKFLOW, "duration": 1.0625},
        {"COMFYUI_WORKFLOWS": str(WORKFLOWS)},
    ),
    Provider("fal-kling-2.5-turbo-pro", FalModel, FalEmulator),
    Provider("gemini-omni-1.2-flash", GeminiModel, GeminiEmulator),
    Provider("kling-3.0", KlingModel, KlingEmulator),
    Provider("luma-ray-3.2", LumaModel, LumaEmulator),
    Provider("minimax-h3", MiniMaxModel, MiniMaxEmulator),
    Provider("minimax-hailuo-2.3", MiniMaxModel, MiniMaxEmulator),
    Provider("openrouter-veo-3.1", OpenRouterModel, OpenRouterEmulator, {"duration": 4}),
    Provider("replicate-kling-v2.6", ReplicateModel, ReplicateEmulator),
    Provider("runway-gen4.5", RunwayModel, RunwayEmulator),
    Provider("stability-core", StabilityModel, StabilityEmulator),
    Provider("vertex-veo-3.1", VertexModel, VertexEmulator, more={"VERTEX_PROJECT": "p"}),
]


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.model)
async def test_nonsense_in_any_field_is_no_crash(provider: Provider, tmp_path: Path) -> None:
    async with provider.house(tmp_path) as house:
        assert await house.submit()
        changes = list(house.twists())
        assert changes
        for place, value in changes:
            house.twist.place, house.twist.value = place, value
            await house.submit()
        for fault, ask in (("", house.look), ("never", house.look), ("never", house.act)):
            house.twist.place = None
            if fault:
                house.emulator.script.put(fault)
            job_id = await house.submit()
            assert job_id is not None
            house.emulator.jobs.all()[-1].looks = 9  # as if it had been asked about since
            house.twist.told.clear()
            await ask(job_id)
            for place, value in list(house.twists()):
                house.twist.place, house.twist.value = place, value
                await ask(job_id)


@pytest.mark.parametrize("amount", [10**400, "1e999999", "-0.1", "NaN", float("1e300")])
async def test_a_price_without_end_is_a_price_that_is_not_known(
    amount: Any, tmp_path: Path
) -> None:
    provider = next(p for p in PROVIDERS if p.model == "openrouter-veo-3.1")
    async with provider.house(tmp_path) as house:
        job_id = await house.submit()
        assert job_id is not None
        house.twist.place, house.twist.value = ("usage", "cost"), amount
        for _ in range(5):
            report = await house.model.get_status(job_id)
        assert isinstance(report, StatusReport)
        assert (report.status, report.cost) == ("succeeded", None)
