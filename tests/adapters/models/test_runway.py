"""The Runway adapter against an emulator on loopback that keeps a ledger of what it accepted."""

import asyncio
import json
import tomllib
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import pytest

import video_foundry.adapters.models as models_room
from video_foundry.adapters.models.runway.adapter import DATA_URI_LIMIT, RunwayModel
from video_foundry.adapters.models.wire.refusals import CAP_WAIT
from video_foundry.core.catalogue import (
    Catalogue,
    ModelEntry,
    effective_params,
    parse_provider,
    price_of,
)
from video_foundry.core.money import Money
from video_foundry.errors import (
    Ambiguous,
    BadInput,
    GenerationFailed,
    GenerationLost,
    ModelError,
    Moderated,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import (
    LONGEST_PAUSE,
    LONGEST_WAIT,
    GenerationStatus,
    Submission,
    VideoModelInterface,
)
from video_foundry.testing.model_contract import ModelContract
from video_foundry.testing.provider_contract import IMPATIENCE, PATIENT

KEY = "key_canary0123456789"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 10
LIFE = ("PENDING", "RUNNING", "SUCCEEDED")

Fault = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Emulator:
    """Runway as far as this adapter uses it. A task moves on by one state at each look.

    accepted: the create bodies that started (and would bill) a generation.
    create_answer: what a create gets instead of being accepted; create_fault: what happens to the
    connection after it was accepted. holds_connections: offers to keep them open, but then never
    reads from them again.
    """

    calls: list[Call] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    create_answer: bytes | None = None
    create_fault: Fault | None = None
    task_answer: bytes | None = None
    upload_answer: bytes | None = None
    store_status: int = 204
    holds_connections: bool = False
    connections: int = 0
    stored: list[Call] = field(default_factory=list)
    base: str = ""
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                call = await read_call(reader)
                self.calls.append(call)
                answer = await self._answer(call, writer)
                if answer is not None and self.holds_connections:
                    writer.write(answer.replace(b"connection: close\r\n", b""))
                    await asyncio.sleep(5)
                elif answer is not None:
                    writer.write(answer)
                    await writer.drain()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, call: Call, writer: asyncio.StreamWriter) -> bytes | None:
        if call.path == "/store":
            self.stored.append(call)
            return reply(self.store_status)
        if call.headers.get("authorization") != f"Bearer {KEY}":
            return reply(401, {"error": f"Invalid token {call.headers.get('authorization')}"})
        if call.headers.get("x-runway-version") != "2024-11-06":
            return reply(400, {"error": "X-Runway-Version header is missing"})
        if call.path == "/v1/uploads":
            return self.upload_answer or self._slot()
        if call.path.startswith("/v1/tasks/"):
            return self._task(call)
        return await self._create(call, writer)

    async def _create(self, call: Call, writer: asyncio.StreamWriter) -> bytes | None:
        if self.create_answer is not None:
            return self.create_answer
        self.accepted.append({"path": call.path, **call.json})
        task_id = f"0000-{len(self.accepted)}"
        self.tasks[task_id] = [self.state(task_id, status) for status in LIFE]
        if self.create_fault is not None:
            await self.create_fault(writer)
            return None
        return reply(200, {"id": task_id, "estimatedCost": {"credits": 60}})

    def state(self, task_id: str, status: str) -> dict[str, Any]:
        more: dict[str, Any] = {"estimatedCost": {"credits": 60}}
        if status == "RUNNING":
            more["progress"] = 0.4
        if status == "SUCCEEDED":
            more = {"output": [f"{self.base}/out.mp4?sig=s"], "cost": {"credits": 60}}
        return {"id": task_id, "createdAt": "2026-11-22T10:00:00Z", "status": status, **more}

    def _task(self, call: Call) -> bytes:
        task_id = call.path.removeprefix("/v1/tasks/")
        if self.task_answer is not None:
            return self.task_answer
        states = self.tasks.get(task_id)
        if states is None:
            return reply(404, {"error": "Not found"})
        if call.method == "DELETE":
            del self.tasks[task_id]
            return reply(204)
        return reply(200, states.pop(0) if len(states) > 1 else states[0])

    def _slot(self) -> bytes:
        fields = {"key": "uploads/1", "policy": "p"}
        return reply(
            200,
            {"uploadUrl": f"{self.base}/store", "fields": fields, "runwayUri": "runway://one"},
        )

    def put_task(self, **state: Any) -> str:
        """A task that stays in one state."""
        self.tasks["fixed"] = [{"id": "fixed", "createdAt": "2026-11-22T10:00:00Z", **state}]
        return "fixed"


async def read_call(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(method, path, headers, body)


def reply(status: int, body: Any = None, **headers: str) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"content-length: {len(content)}", "connection: close", "", ""]
    return "\r\n".join([f"HTTP/1.1 {status} Emulated", *lines]).encode() + content


async def stall(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Closes without a word."""


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def half_an_answer(writer: asyncio.StreamWriter) -> None:
    writer.write(reply(200, {"id": "0000-1"})[:-5])
    await writer.drain()


async def noise(writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\x01 this is no HTTP\r\n\r\n")
    await writer.drain()


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(200):
        writer.write(b" " * 65536)
        await writer.drain()


@pytest.fixture
async def runway(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        monkeypatch.setenv("RUNWAY_BASE_URL", emulator.base + "/")
        monkeypatch.setenv("RUNWAY_API_KEY", KEY)
        yield emulator


@pytest.fixture
async def model(runway: Emulator, entry: ModelEntry) -> AsyncIterator[RunwayModel]:
    adapter = RunwayModel(entry, timeouts=PATIENT)
    yield adapter
    await adapter.aclose()


@pytest.fixture
def entry() -> ModelEntry:
    return read_catalogue("runway")[0]


def read_catalogue(provider: str) -> list[ModelEntry]:
    folder = Path(next(iter(models_room.__path__))) / provider
    return parse_provider(tomllib.loads((folder / "catalogue.toml").read_text("utf-8")))


def submission_in(folder: Path, frame: Path | None = None, **params: Any) -> Submission:
    return Submission(
        model="runway-gen4.5",
        prompt="A lighthouse at dusk",
        params={"duration": 5, "aspect_ratio": "16:9", **params},
        references={} if frame is None else {"first_frame": frame},
        key="our-key-1",
        scratch=folder,
    )


def frame_of(folder: Path, content: bytes) -> Path:
    path = folder / "frame"
    path.write_bytes(content)
    return path


class TestRunwayContract(ModelContract):
    @pytest.fixture
    def adapter(self, runway: Emulator, entry: ModelEntry) -> VideoModelInterface:
        return RunwayModel(entry)

    @pytest.fixture
    def submission(self, tmp_path: Path) -> Submission:
        return submission_in(tmp_path)


async def test_text_to_video_on_the_wire(
    runway: Emulator, model: RunwayModel, tmp_path: Path
) -> None:
    submission = submission_in(tmp_path, aspect_ratio="9:16", duration=7, seed=0)
    job_id = await model.submit(submission)
    (call,) = runway.calls
    assert (call.method, call.path) == ("POST", "/v1/text_to_video")
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.headers["x-runway-version"] == "2024-11-06"
    assert call.headers["content-type"] == "application/json"
    assert call.json == {
        "model": "gen4.5",
        "promptText": "A lighthouse at dusk",
        "ratio": "720:1280",
        "duration": 7,
        "seed": 0,
    }
    assert job_id == "0000-1"


async def test_without_a_seed_none_is_sent(runway: Emulator, model: RunwayModel) -> None:
    await model.initiate_generation("A boat", {"duration": 5.0, "aspect_ratio": "16:9"})
    assert runway.calls[0].json == {
        "model": "gen4.5",
        "promptText": "A boat",
        "ratio": "1280:720",
        "duration": 5,
    }
    assert isinstance(runway.calls[0].json["duration"], int)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("16:9", "1280:720"),
        ("9:16", "720:1280"),
        ("1:1", "960:960"),
        ("4:3", "1104:832"),
        ("3:4", "832:1104"),
        ("21:9", "1584:672"),
    ],
)
async def test_a_first_frame_travels_with_the_request(
    runway: Emulator, model: RunwayModel, tmp_path: Path, ours: str, theirs: str
) -> None:
    await model.submit(submission_in(tmp_path, frame_of(tmp_path, PNG), aspect_ratio=ours))
    (call,) = runway.calls
    assert call.path == "/v1/image_to_video"
    assert call.json["ratio"] == theirs
    head, _, data = call.json["promptImage"].partition(",")
    assert (head, b64decode(data)) == ("data:image/png;base64", PNG)


async def test_a_large_first_frame_is_uploaded_first(
    runway: Emulator, model: RunwayModel, tmp_path: Path
) -> None:
    content = b"\xff\xd8\xff" + bytes(DATA_URI_LIMIT * 3 // 4)
    await model.submit(submission_in(tmp_path, frame_of(tmp_path, content)))
    assert [c.path for c in runway.calls] == ["/v1/uploads", "/store", "/v1/image_to_video"]
    assert runway.calls[0].json == {"filename": "first-frame.jpeg", "type": "ephemeral"}
    (stored,) = runway.stored
    assert "authorization" not in stored.headers
    assert content in stored.body
    for part in (b'name="key"\r\n\r\nuploads/1', b'name="policy"', b'filename="first-frame.jpeg"'):
        assert part in stored.body
    assert runway.calls[2].json["promptImage"] == "runway://one"


async def test_trouble_with_an_upload_starts_nothing(
    runway: Emulator, model: RunwayModel, tmp_path: Path
) -> None:
    big = submission_in(tmp_path, frame_of(tmp_path, PNG + bytes(DATA_URI_LIMIT)))
    runway.store_status = 503
    with pytest.raises(Unavailable):
        await model.submit(big)
    for answer in (
        reply(500),
        reply(200, {}),
        reply(200, {"uploadUrl": "file:///etc", "runwayUri": "runway://x", "fields": {}}),
    ):
        runway.upload_answer = answer
        with pytest.raises(Unavailable):
            await model.submit(big)
    runway.upload_answer = reply(400, {"error": "Validation of body failed"})
    with pytest.raises(Rejected):
        await model.submit(big)
    assert runway.accepted == []


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"GIF89a", "first_frame_type"), (PNG + bytes(17 * 1024 * 1024), "first_frame_size")],
)
async def test_an_unfit_first_frame_is_refused_here(
    runway: Emulator, model: RunwayModel, tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(Rejected) as caught:
        await model.submit(submission_in(tmp_path, frame_of(tmp_path, content)))
    assert caught.value.code == code
    assert runway.calls == []


@pytest.mark.parametrize("prompt", ["", "x" * 1001, "\U0001f600" * 501])
async def test_prompts_are_counted_as_runway_counts(
    runway: Emulator, model: RunwayModel, prompt: str
) -> None:
    with pytest.raises(Rejected, match="1 to 1000"):
        await model.initiate_generation(prompt, {})
    assert runway.calls == []
    await model.initiate_generation("\U0001f600" * 500, {})


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            reply(
                400,
                {
                    "error": "Validation of body failed",
                    "issues": [{"path": ["ratio"], "message": "Invalid value"}],
                },
            ),
            Rejected,
            "Validation of body failed; ratio: Invalid value",
        ),
        (
            reply(400, {"error": "You do not have enough credits to run this task."}),
            NoCredit,
            "credits",
        ),
        (reply(402, {"error": "Payment required"}), NoCredit, "Payment required"),
        (reply(400, {"error": "x", "failureCode": "SAFETY.INPUT.TEXT"}), Moderated, "x"),
        (reply(403, {"error": "Blocked by content moderation"}), Moderated, "Blocked"),
        (reply(401, {"error": "Invalid token"}), NotAuthorised, "Invalid token"),
        (reply(403), NotAuthorised, "403 Forbidden"),
        (reply(404), Rejected, "404 Not Found"),
        (reply(405), Rejected, "405"),
        (reply(422, ["not", "an", "object"]), Rejected, "422"),
        (reply(302, location="https://elsewhere.example/"), Rejected, "RUNWAY_BASE_URL"),
    ],
)
async def test_a_clear_no_is_told_apart(
    runway: Emulator, model: RunwayModel, answer: bytes, kind: type[ModelError], words: str
) -> None:
    runway.create_answer = answer
    with pytest.raises(kind) as caught:
        await model.initiate_generation("A boat", {})
    assert type(caught.value) is kind
    assert words in caught.value.message
    assert len(runway.calls) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-3"}, None),
    ],
)
async def test_too_many_requests_come_back_later(
    runway: Emulator, model: RunwayModel, header: dict[str, str], seconds: float | None
) -> None:
    runway.create_answer = reply(429, {"error": "Too many requests"}, **header)
    with pytest.raises(RateLimited) as caught:
        await model.initiate_generation("A boat", {})
    assert caught.value.retry_after == seconds
    assert len(runway.calls) == 1


@pytest.mark.parametrize(
    ("words", "header", "seconds"),
    [
        ("You have reached the daily limit of this model.", {}, CAP_WAIT),
        ("50 generations per day are allowed", {}, CAP_WAIT),
        ("You have reached the daily limit of this model.", {"retry_after": "7"}, 7.0),
        ("The birthday of this model is over", {}, None),
    ],
)
async def test_a_cap_of_the_day_is_no_matter_of_moments(
    runway: Emulator, model: RunwayModel, words: str, header: dict[str, str], seconds: float | None
) -> None:
    runway.create_answer = reply(429, {"error": words}, **header)
    with pytest.raises(RateLimited, match=words) as caught:
        await model.initiate_generation("A boat", {})
    assert caught.value.retry_after == seconds


async def test_a_question_is_not_put_off_by_a_cap_on_creates(
    runway: Emulator, model: RunwayModel
) -> None:
    runway.task_answer = reply(429, {"error": "You have reached the daily limit"})
    with pytest.raises(RateLimited) as caught:
        await model.get_status("any")
    assert caught.value.retry_after is None, "its result may not be there in an hour"


async def test_no_wait_is_without_end(runway: Emulator, model: RunwayModel) -> None:
    endless = reply(429, {"error": "Too many requests"}, retry_after="999999999")
    runway.task_answer = runway.create_answer = endless
    with pytest.raises(RateLimited) as question:
        await model.get_status("any")
    with pytest.raises(RateLimited) as create:
        await model.initiate_generation("A boat", {})
    assert (question.value.retry_after, create.value.retry_after) == (LONGEST_PAUSE, LONGEST_WAIT)


async def test_an_answer_that_never_comes_is_doubtful_and_asked_for_once(
    runway: Emulator, entry: ModelEntry
) -> None:
    runway.create_fault = stall
    for seconds in IMPATIENCE:
        adapter = RunwayModel(entry, timeouts=replace(PATIENT, create=seconds))
        with pytest.raises(Ambiguous):
            await adapter.initiate_generation("A boat", {})
        await adapter.aclose()
        await asyncio.sleep(0.05)  # on a busy machine it may only arrive now
        if runway.calls:
            break
    assert len(runway.accepted) == 1


@pytest.mark.parametrize("fault", [hang_up, reset, half_an_answer, noise, endless])
async def test_a_lost_answer_is_doubtful_and_asked_for_once(
    runway: Emulator, model: RunwayModel, fault: Fault
) -> None:
    runway.create_fault = fault
    with pytest.raises(Ambiguous):
        await model.initiate_generation("A boat", {})
    assert len(runway.accepted) == 1


@pytest.mark.parametrize(
    "answer",
    [
        *(reply(500), reply(502), reply(503, retry_after="1"), reply(504), reply(408)),
        *(reply(200), reply(200, {"id": ""}), reply(200, {"id": 5}), reply(202, [])),
    ],
)
async def test_an_unclear_answer_is_doubtful_and_asked_for_once(
    runway: Emulator, model: RunwayModel, answer: bytes
) -> None:
    runway.create_answer = answer
    with pytest.raises(Ambiguous):
        await model.initiate_generation("A boat", {})
    assert len(runway.calls) == 1


async def test_nobody_there_is_no_doubt(model: RunwayModel, runway: Emulator) -> None:
    await runway.__aexit__()
    with pytest.raises(Unavailable):
        await model.initiate_generation("A boat", {})


async def test_no_submit_travels_on_a_used_connection(runway: Emulator, model: RunwayModel) -> None:
    """One that the server has just closed would make the submit doubtful for nothing."""
    runway.holds_connections = True
    with pytest.raises(GenerationLost):
        await model.get_status("any")
    await model.initiate_generation("A boat", {})
    assert runway.connections == 2


@pytest.mark.parametrize("base", ["ftp://x", "runway", "http://", "http://[::1"])
async def test_a_bad_base_url_is_named(
    model: RunwayModel, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    monkeypatch.setenv("RUNWAY_BASE_URL", base)
    with pytest.raises(Rejected, match="RUNWAY_BASE_URL"):
        await model.initiate_generation("A boat", {})


async def test_the_key_is_read_when_used_and_never_shown(
    runway: Emulator,
    model: RunwayModel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    monkeypatch.delenv("RUNWAY_API_KEY")
    with pytest.raises(NotAuthorised, match="set RUNWAY_API_KEY"):
        await model.initiate_generation("A boat", {})
    for wrong in ("key_wrong", "key wrong", "key\nwrong", "k\xe9y_wrong"):
        monkeypatch.setenv("RUNWAY_API_KEY", wrong)
        with pytest.raises(NotAuthorised) as caught:
            await model.initiate_generation("A boat", {})
        assert wrong not in str(caught.value)
        assert wrong not in caplog.text
    monkeypatch.setenv("RUNWAY_API_KEY", f" {KEY}\n")
    await model.initiate_generation("A boat", {})
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PENDING", GenerationStatus.QUEUED),
        ("THROTTLED", GenerationStatus.QUEUED),
        ("RUNNING", GenerationStatus.RUNNING),
        ("SUCCEEDED", GenerationStatus.SUCCEEDED),
        ("FAILED", GenerationStatus.FAILED),
        ("CANCELLED", GenerationStatus.CANCELLED),
        ("DREAMING", GenerationStatus.RUNNING),
        (None, GenerationStatus.RUNNING),
    ],
)
async def test_status_words(
    runway: Emulator, model: RunwayModel, word: str | None, status: GenerationStatus
) -> None:
    assert (await model.get_status(runway.put_task(status=word))).status is status


@pytest.mark.parametrize(
    ("told", "progress"),
    [(0.4, 0.4), (7, 1.0), (-1, 0.0), ("half", None), (True, None), (None, None)],
)
async def test_progress(
    runway: Emulator, model: RunwayModel, told: object, progress: float | None
) -> None:
    job_id = runway.put_task(status="RUNNING", progress=told)
    assert (await model.get_status(job_id)).progress == progress


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("SAFETY.INPUT.TEXT", "moderated"),
        ("SAFETY.OUTPUT.VIDEO", "moderated"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "moderated"),
        ("INTERNAL.BAD_OUTPUT.CODE01", "INTERNAL.BAD_OUTPUT.CODE01"),
        ("ASSET.INVALID", "ASSET.INVALID"),
        ("UNSAFETY", "UNSAFETY"),
        (None, "provider_error"),
        (5, "provider_error"),
    ],
)
async def test_failures_say_why(
    runway: Emulator, model: RunwayModel, told: object, code: str
) -> None:
    job_id = runway.put_task(
        status="FAILED", failure="It did not\nwork", failureCode=told, cost={"credits": 12.5}
    )
    report = await model.get_status(job_id)
    assert (report.error_code, report.error_message) == (code, "It did not work")
    assert report.cost == Money.of("0.125")
    with pytest.raises(GenerationFailed, match="It did not work") as caught:
        await model.get_result(job_id)
    assert caught.value.code == code


async def test_the_cost_is_known_at_the_end(runway: Emulator, model: RunwayModel) -> None:
    running = runway.put_task(status="RUNNING", estimatedCost={"credits": 60})
    assert (await model.get_status(running)).cost is None
    done = runway.put_task(status="SUCCEEDED", output=["https://x.example/v"], cost={"credits": 60})
    assert (await model.get_status(done)).cost == Money.of("0.6")
    assert (await model.get_result(done)).cost == Money.of("0.6")
    odd = runway.put_task(status="SUCCEEDED", cost={"credits": -4})
    assert (await model.get_status(odd)).cost is None


async def test_the_result_is_a_fresh_url_without_the_key(
    runway: Emulator, model: RunwayModel
) -> None:
    job_id = runway.put_task(status="SUCCEEDED", output=["https://cdn.example/v.mp4?sig=1"])
    result = await model.get_result(job_id)
    assert (result.url, dict(result.headers)) == ("https://cdn.example/v.mp4?sig=1", {})


@pytest.mark.parametrize("output", [None, [], "https://x", [5], ["file:///etc/passwd"], [""]])
async def test_a_success_without_a_video_is_a_failure(
    runway: Emulator, model: RunwayModel, output: object
) -> None:
    with pytest.raises(GenerationFailed) as caught:
        await model.get_result(runway.put_task(status="SUCCEEDED", output=output))
    assert caught.value.code == "no_output"


async def test_no_result_before_the_end(runway: Emulator, model: RunwayModel) -> None:
    with pytest.raises(Unavailable):
        await model.get_result(runway.put_task(status="RUNNING"))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(404), GenerationLost),
        (reply(500), Unavailable),
        (reply(503), Unavailable),
        (reply(400, {"error": "Unsupported version"}), Unavailable),
        (reply(429, retry_after="3"), RateLimited),
        (reply(401), NotAuthorised),
        (b"", Unavailable),
        (reply(302), Unavailable),
    ],
)
async def test_a_failed_question_is_no_failed_generation(
    runway: Emulator, model: RunwayModel, answer: bytes, kind: type[ModelError]
) -> None:
    runway.task_answer = answer
    with pytest.raises(ModelError) as caught:
        await model.get_status("any")
    assert type(caught.value) is kind


async def test_a_nonsense_answer_leaves_it_running(runway: Emulator, model: RunwayModel) -> None:
    bodies: list[Any] = [[], "text", {"status": {"deep": 1}}]
    for body in bodies:
        runway.task_answer = reply(200, body)
        assert (await model.get_status("any")).status is GenerationStatus.RUNNING


async def test_an_odd_id_stays_in_its_place(runway: Emulator, model: RunwayModel) -> None:
    with pytest.raises(GenerationLost):
        await model.get_status("../organization?x=1#y")
    assert runway.calls[0].path == "/v1/tasks/..%2Forganization%3Fx%3D1%23y"


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "FAILED"])
async def test_only_what_has_not_begun_is_cancelled(
    runway: Emulator, model: RunwayModel, status: str
) -> None:
    """A running task is billed anyway, and a DELETE would throw a finished video away."""
    job_id = runway.put_task(status=status)
    assert await model.cancel_generation(job_id) is False
    assert [call.method for call in runway.calls] == ["GET"]
    waiting = runway.put_task(status="THROTTLED")
    assert await model.cancel_generation(waiting) is True
    assert runway.tasks == {}


def test_the_catalogue_entry(entry: ModelEntry) -> None:
    assert (entry.id, entry.env_key, entry.idempotency) == (
        "runway-gen4.5",
        "RUNWAY_API_KEY",
        RunwayModel.idempotency,
    )
    assert entry.media_parameters == ("first_frame",)
    assert effective_params(entry, {}) == {"duration": 5, "aspect_ratio": "16:9"}
    price = price_of(entry, {"duration": 5})
    assert (price.low, price.high, price.is_known) == (Decimal("0.60"), Decimal("0.60"), True)


def test_the_announced_name_leads_here_and_says_why(entry: ModelEntry) -> None:
    for name in ("runway-gen3", "runway"):
        resolved = Catalogue([entry]).resolve(name)
        assert resolved.entry is entry
        assert "runway-gen4.5" in (resolved.note or "")
    assert "retired" in (Catalogue([entry]).resolve("runway-gen3").note or "")


@pytest.mark.parametrize(
    "params",
    [
        {"duration": 1},
        {"duration": 11},
        {"duration": 2.5},
        {"seed": -1},
        {"seed": 2**32},
        {"aspect_ratio": "1:1"},
        {"aspect_ratio": "4:5", "first_frame": "m"},
        {"fps": 24},
    ],
)
def test_what_runway_would_refuse_is_refused_before(
    entry: ModelEntry, params: dict[str, Any]
) -> None:
    with pytest.raises(BadInput) as caught:
        effective_params(entry, params)
    assert caught.value.problems[0].field.startswith("model_params.")
    assert caught.value.problems[0].fix


def test_a_first_frame_opens_the_other_shapes(entry: ModelEntry) -> None:
    assert (
        effective_params(entry, {"aspect_ratio": "1:1", "first_frame": "m"})["aspect_ratio"]
        == "1:1"
    )


def test_stability_says_that_it_has_no_video() -> None:
    stability = next(e for e in read_catalogue("stability") if e.id == "stability-ai")
    assert stability.id == "stability-ai"
    assert "no video" in (stability.retired or "")
    assert "storyboard" in (stability.retired or "")
