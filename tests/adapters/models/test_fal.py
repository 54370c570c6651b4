"""fal: the traps of the trade, what goes over the wire for each model, and the catalogue."""

import asyncio
import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.responses import JSONResponse, Response

from video_foundry.adapters.models.accounts import EnvironmentAccount, account_of
from video_foundry.adapters.models.fal import mapping
from video_foundry.adapters.models.fal.adapter import DATA_URI_LIMIT, FalModel
from video_foundry.adapters.models.fal.webhooks import is_from_fal
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, ModelEntry, effective_params, price_of
from video_foundry.core.money import Money
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.fal import FalEmulator
from video_foundry.emulators.fal_apps import APPS
from video_foundry.emulators.jobs import Job
from video_foundry.emulators.server import Running, running
from video_foundry.errors import (
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
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import (
    KEY,
    PATIENT,
    PROMPT,
    ProviderContract,
    read_catalogue,
    reported,
    settled,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 10
PNG_URI = f"data:image/png;base64,{b64encode(PNG).decode()}"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class FalContract(ProviderContract):
    provider = "fal"
    adapter_class: ClassVar[type[HttpModel[Any]]] = FalModel
    emulator_class: ClassVar[type[Emulator]] = FalEmulator
    cancels = True


class TestText(FalContract):
    model = "fal-kling-3-pro"


class TestPicture(FalContract):
    model = "fal-stable-video"
    params: ClassVar[Mapping[str, Any]] = {"first_frame": "media-1"}

    def references(self, folder: Path) -> Mapping[str, Path]:
        return {"first_frame": frame_in(folder)}


class TestImage(FalContract):
    model = "fal-flux-schnell"


# --- parts ----------------------------------------------------------------------------------------


def frame_in(folder: Path, content: bytes = PNG, name: str = "frame") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def entry_of(model: str) -> ModelEntry:
    return Catalogue(read_catalogue("fal")).entries[model]


Heard = tuple[str, dict[str, str], bytes]
"""The first line of a call, its headers by names in lower case, and its body."""


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[int, asyncio.Queue[Heard]]]:
    """A port of this machine, and the calls that arrive there."""
    calls: asyncio.Queue[Heard] = asyncio.Queue()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (text.partition(":") for text in rest if text)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()
        calls.put_nowait((line, headers, body))

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], calls


@pytest.fixture
def fal() -> Iterator[Running]:
    with running(FalEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
def account(fal: Running) -> EnvironmentAccount:
    variables = {"FAL_KEY": KEY, "FAL_BASE_URL": fal.url}
    beside = {"FAL_PLATFORM_URL": fal.url, "FAL_STORE_URL": fal.url}
    return replace(account_of("fal", "FAL_KEY"), environment={**variables, **beside})


@pytest.fixture
async def kling(account: EnvironmentAccount) -> AsyncIterator[FalModel]:
    adapter = FalModel(entry_of("fal-kling-2.5-turbo-pro"), account, timeouts=PATIENT)
    yield adapter
    await adapter.aclose()


def submission_of(entry: ModelEntry, folder: Path, **given: Any) -> Submission:
    frames = [name for name in ("first_frame", "last_frame") if name in given]
    params = effective_params(entry, given)
    return Submission(
        model=entry.id,
        prompt=PROMPT,
        params={k: v for k, v in params.items() if k not in frames},
        references={name: frame_in(folder, name=name) for name in frames},
        key="our-key-1",
        scratch=folder,
    )


async def sent(fal: Running, account: EnvironmentAccount, submission: Submission) -> Any:
    """What reached fal, after it was made sure that the app takes it."""
    adapter = FalModel(entry_of(submission.model), account, timeouts=PATIENT)
    job_id = await adapter.submit(submission)
    report = await settled(adapter, job_id)
    await adapter.aclose()
    assert report.status is GenerationStatus.SUCCEEDED, report
    (call,) = fal.emulator.ledger.entries("create")
    return call.path, call.body


def answer(status: int, body: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, json.dumps(body).encode())


def told(status: int, body: Any, **headers: str) -> JSONResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse(body, status, headers=named)


FRAME = {"first_frame": "m1"}
FRAMES = {"first_frame": "m1", "last_frame": "m2"}
Row = tuple[str, dict[str, Any], str, dict[str, Any]]
"""A model, what it is given, the app that is called and the whole body."""
ON_THE_WIRE: list[Row] = [
    (
        "fal-kling-3-pro",
        {"duration": 7, "audio": False, "negative_prompt": "fog", "cfg_scale": 0.7},
        "fal-ai/kling-video/v3/pro/text-to-video",
        {
            "prompt": PROMPT,
            "duration": "7",
            "aspect_ratio": "16:9",
            "generate_audio": False,
            "negative_prompt": "fog",
            "cfg_scale": 0.7,
        },
    ),
    (
        "fal-kling-3-pro",
        {**FRAMES, "duration": 15.0},
        "fal-ai/kling-video/v3/pro/image-to-video",
        {
            "prompt": PROMPT,
            "duration": "15",
            "generate_audio": True,
            "start_image_url": PNG_URI,
            "end_image_url": PNG_URI,
        },
    ),
    (
        "fal-kling-2.5-turbo-pro",
        {"aspect_ratio": "1:1"},
        "fal-ai/kling-video/v2.5-turbo/pro/text-to-video",
        {"prompt": PROMPT, "duration": "5", "aspect_ratio": "1:1"},
    ),
    (
        "fal-kling-2.5-turbo-pro",
        {**FRAMES, "duration": 10},
        "fal-ai/kling-video/v2.5-turbo/pro/image-to-video",
        {
            "prompt": PROMPT,
            "duration": "10",
            "image_url": PNG_URI,
            "tail_image_url": PNG_URI,
        },
    ),
    (
        "fal-pika-2.2",
        {"seed": 0, "aspect_ratio": "4:5", "resolution": "1080p"},
        "fal-ai/pika/v2.2/text-to-video",
        {
            "prompt": PROMPT,
            "duration": 5,
            "aspect_ratio": "4:5",
            "resolution": "1080p",
            "seed": 0,
        },
    ),
    (
        "fal-pika-2.2",
        {**FRAME, "duration": 10.0},
        "fal-ai/pika/v2.2/image-to-video",
        {"prompt": PROMPT, "duration": 10, "resolution": "720p", "image_url": PNG_URI},
    ),
    (
        "fal-hailuo-02",
        {"duration": 10, "prompt_optimizer": False},
        "fal-ai/minimax/hailuo-02/standard/text-to-video",
        {"prompt": PROMPT, "duration": "10", "prompt_optimizer": False},
    ),
    (
        "fal-hailuo-02",
        {**FRAMES, "resolution": "512p"},
        "fal-ai/minimax/hailuo-02/standard/image-to-video",
        {
            "prompt": PROMPT,
            "duration": "6",
            "resolution": "512P",
            "image_url": PNG_URI,
            "end_image_url": PNG_URI,
        },
    ),
    (
        "fal-ltx-2.3",
        {"resolution": "1440p", "fps": 50},
        "fal-ai/ltx-2.3/text-to-video",
        {
            "prompt": PROMPT,
            "duration": 6,
            "aspect_ratio": "16:9",
            "resolution": "1440p",
            "fps": 50,
            "generate_audio": True,
        },
    ),
    (
        "fal-ltx-2.3",
        {**FRAME, "audio": False, "aspect_ratio": "9:16"},
        "fal-ai/ltx-2.3/image-to-video",
        {
            "prompt": PROMPT,
            "duration": 6,
            "aspect_ratio": "9:16",
            "resolution": "1080p",
            "fps": 25,
            "generate_audio": False,
            "image_url": PNG_URI,
        },
    ),
    (
        "fal-wan-2.7",
        {"duration": 2, "seed": 9, "enable_prompt_expansion": False},
        "fal-ai/wan/v2.7/text-to-video",
        {
            "prompt": PROMPT,
            "duration": 2,
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "seed": 9,
            "enable_prompt_expansion": False,
        },
    ),
    (
        "fal-wan-2.7",
        FRAMES,
        "fal-ai/wan/v2.7/image-to-video",
        {
            "prompt": PROMPT,
            "duration": 5,
            "resolution": "720p",
            "image_url": PNG_URI,
            "end_image_url": PNG_URI,
        },
    ),
    (
        "fal-veo-3.1",
        {"resolution": "2160p", "safety_tolerance": "2", "auto_fix": False},
        "fal-ai/veo3.1",
        {
            "prompt": PROMPT,
            "duration": "8s",
            "aspect_ratio": "16:9",
            "resolution": "4k",
            "generate_audio": True,
            "safety_tolerance": "2",
            "auto_fix": False,
        },
    ),
    (
        "fal-veo-3.1",
        {**FRAME, "duration": 4, "negative_prompt": "fog"},
        "fal-ai/veo3.1/image-to-video",
        {
            "prompt": PROMPT,
            "duration": "4s",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "generate_audio": True,
            "negative_prompt": "fog",
            "image_url": PNG_URI,
        },
    ),
    (
        "fal-veo-3.1-fast",
        {**FRAMES, "duration": 6.0},
        "fal-ai/veo3.1/fast/first-last-frame-to-video",
        {
            "prompt": PROMPT,
            "duration": "6s",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "generate_audio": True,
            "first_frame_url": PNG_URI,
            "last_frame_url": PNG_URI,
        },
    ),
    (
        "fal-animatediff",
        {"motions": ["zoom-in"], "aspect_ratio": "3:4"},
        "fal-ai/fast-animatediff/text-to-video",
        {
            "prompt": PROMPT,
            "video_size": "portrait_4_3",
            "fps": 8,
            "num_frames": 16,
            "motions": ["zoom-in"],
        },
    ),
    (
        "fal-stable-video",
        {**FRAME, "cond_aug": 0.1},
        "fal-ai/stable-video",
        {"image_url": PNG_URI, "fps": 25, "motion_bucket_id": 127, "cond_aug": 0.1},
    ),
    (
        "fal-flux-dev",
        {"aspect_ratio": "21:9", "seed": 4, "guidance_scale": 3.5},
        "fal-ai/flux/dev",
        {
            "prompt": PROMPT,
            "image_size": {"width": 1536, "height": 640},
            "seed": 4,
            "num_inference_steps": 28,
            "guidance_scale": 3.5,
            "num_images": 1,
            "output_format": "png",
        },
    ),
    (
        "fal-app",
        {
            **FRAME,
            "app": "acme/dreams/v2/make",
            "arguments": {"seconds": 4, "look": {"grain": 0.5}},
            "prompt_argument": "text",
            "first_frame_argument": "start",
        },
        "acme/dreams/v2/make",
        {"seconds": 4, "look": {"grain": 0.5}, "text": PROMPT, "start": PNG_URI},
    ),
    (
        "fal-app",
        {"app": "acme/still", "prompt_argument": ""},
        "acme/still",
        {},
    ),
]


# --- what goes over the wire ----------------------------------------------------------------------


@pytest.mark.parametrize("row", ON_THE_WIRE, ids=lambda row: row[2])
async def test_on_the_wire(
    fal: Running, account: EnvironmentAccount, tmp_path: Path, row: Row
) -> None:
    model, given, app, body = row
    path, arrived = await sent(fal, account, submission_of(entry_of(model), tmp_path, **given))
    assert path == f"/{app}"
    assert arrived == body
    # Equal is not the same: to fal 5 is not 5.0, and true is not 1.
    assert json.dumps(arrived, sort_keys=True) == json.dumps(body, sort_keys=True)


def test_every_app_of_the_catalogue_is_known_to_the_emulator_and_tried_here() -> None:
    ways = [
        way["app"]
        for entry in read_catalogue("fal")
        for way in (entry.wire.get(kind) for kind in ("text", "image", "first_last"))
        if way
    ]
    assert sorted(ways) == sorted(set(ways))
    assert set(ways) == set(APPS)
    tried = {app for _, _, app, _ in ON_THE_WIRE}
    twins = {app.replace("/fast", "") for app in ways if "veo3.1/fast" in app}
    assert {a for a in ways if a not in tried} <= {
        "fal-ai/flux/schnell",
        "fal-ai/veo3.1/first-last-frame-to-video",
        "fal-ai/veo3.1/fast",
        "fal-ai/veo3.1/fast/image-to-video",
    }
    assert twins <= set(ways)


def test_every_parameter_of_a_model_reaches_one_of_its_apps() -> None:
    for entry in read_catalogue("fal"):
        ways = [entry.wire[k] for k in ("text", "image", "first_last") if k in entry.wire]
        taken = {name for way in ways for name in way["takes"]}
        if not entry.wire.get("free") and entry.retired is None:
            assert taken == set(entry.properties), entry.id


async def test_the_key_is_announced_as_fal_wants_it(
    fal: Running, kling: FalModel, tmp_path: Path
) -> None:
    await kling.submit(submission_of(kling.entry, tmp_path))
    (call,) = fal.emulator.ledger.entries("create")
    assert call.headers["authorization"] == f"…{KEY[-4:]}"
    assert "fal_webhook" not in call.path
    assert "x-fal-object-lifecycle-preference" not in call.headers


async def test_a_webhook_names_the_generation_by_our_key(
    fal: Running, account: EnvironmentAccount, tmp_path: Path
) -> None:
    variables = {
        **account.environment,
        "FAL_WEBHOOK_URL": "http://127.0.0.1:9/hook?a=1",
        "FAL_RESULT_SECONDS": "86400",
    }
    adapter = FalModel(
        entry_of("fal-pika-2.2"), replace(account, environment=variables), timeouts=PATIENT
    )
    await adapter.submit(submission_of(adapter.entry, tmp_path))
    await adapter.aclose()
    (call,) = fal.emulator.ledger.entries("create")
    hook = "http%3A%2F%2F127.0.0.1%3A9%2Fhook%3Fa%3D1%26key%3Dour-key-1"
    assert call.path == f"/fal-ai/pika/v2.2/text-to-video?fal_webhook={hook}"
    told = json.loads(call.headers["x-fal-object-lifecycle-preference"])
    assert told == {"expiration_duration_seconds": 86400}


async def test_a_large_picture_is_uploaded_first_and_the_store_never_sees_the_key(
    fal: Running, kling: FalModel, tmp_path: Path
) -> None:
    content = b"\xff\xd8\xff" + bytes(DATA_URI_LIMIT * 3 // 4)
    submission = submission_of(kling.entry, tmp_path, first_frame="m1")
    frame_in(tmp_path, content, "first_frame")
    await kling.submit(submission)
    slot, stored = fal.emulator.ledger.entries("other")
    assert slot.path == "/storage/upload/initiate?storage_type=gcs"
    assert slot.body == {"content_type": "image/jpeg", "file_name": "first_frame.jpeg"}
    assert "authorization" not in stored.headers
    assert stored.headers["content-type"] == "image/jpeg"
    assert isinstance(fal.emulator, FalEmulator)
    assert list(fal.emulator.stored.values()) == [content]
    (call,) = fal.emulator.ledger.entries("create")
    assert call.body["image_url"].endswith("-first_frame.jpeg")


async def test_where_the_queue_was_moved_nothing_goes_to_fals_own_hosts(
    fal: Running, account: EnvironmentAccount, tmp_path: Path
) -> None:
    variables = {"FAL_KEY": KEY, "FAL_BASE_URL": fal.url}
    adapter = FalModel(
        entry_of("fal-kling-2.5-turbo-pro"),
        replace(account, environment=variables),
        timeouts=PATIENT,
    )
    submission = submission_of(adapter.entry, tmp_path, first_frame="m1")
    frame_in(tmp_path, b"\xff\xd8\xff" + bytes(DATA_URI_LIMIT * 3 // 4), "first_frame")
    job_id = await adapter.submit(submission)
    await settled(adapter, job_id)
    result = await adapter.get_result(job_id)
    await adapter.aclose()
    assert fal.emulator.ledger.entries("other") == []
    (call,) = fal.emulator.ledger.entries("create")
    assert call.body["image_url"].startswith("data:image/jpeg;base64,")
    assert result.cost is None


@pytest.mark.parametrize("content", [b"GIF89a" + bytes(20), b""])
async def test_a_wrong_picture_is_refused_before_anything_is_sent(
    fal: Running, kling: FalModel, tmp_path: Path, content: bytes
) -> None:
    submission = submission_of(kling.entry, tmp_path, first_frame="m1")
    frame_in(tmp_path, content, "first_frame")
    with pytest.raises(Rejected, match="JPEG, PNG or WebP"):
        await kling.submit(submission)
    assert fal.emulator.ledger.entries() == []


async def test_an_empty_prompt_is_refused_before_an_upload(
    fal: Running, kling: FalModel, tmp_path: Path
) -> None:
    submission = submission_of(kling.entry, tmp_path, first_frame="m1")
    with pytest.raises(Rejected, match="prompt"):
        await kling.submit(replace(submission, prompt=" \n"))
    assert fal.emulator.ledger.entries() == []


@pytest.mark.parametrize("app", ["nothing", "a/../b", "a/b?x=1", "a/b\n", "//a", "", 7])
def test_an_app_that_is_no_path_is_refused(app: object) -> None:
    with pytest.raises(Rejected, match="app"):
        mapping.request({"free": True}, PROMPT, {"app": app}, {})


# --- ids ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "told", "root"),
    [
        ("fal-ai/veo3.1/fast", "https://queue.fal.run/fal-ai/veo3.1/requests/r-1", "fal-ai/veo3.1"),
        ("fal-ai/veo3.1/fast", None, "fal-ai/veo3.1"),
        (
            "fal-ai/stable-video",
            "https://queue.fal.run/elsewhere/now/requests/r-1",
            "elsewhere/now",
        ),
        ("workflows/me/my-flow/go", None, "workflows/me/my-flow"),
        ("a/b/c", "https://evil.example/x/../y/requests/r-1", "a/b"),
        ("a/b/c", "https://evil.example/", "a/b"),
    ],
)
def test_the_job_id_holds_what_a_restart_needs(app: str, told: str | None, root: str) -> None:
    job_id = mapping.accepted(app, answer(200, {"request_id": "r-1", "response_url": told}))
    assert job_id == f"{root}:r-1:{app}"
    ticket = mapping.ticket_of(job_id)
    assert (ticket.path, ticket.app) == (f"/{root}/requests/r-1", app)


@pytest.mark.parametrize("body", [{}, [], {"request_id": 7}, {"request_id": "../x"}, "no"])
def test_an_answer_without_an_id_is_no_acceptance(body: object) -> None:
    assert mapping.accepted("a/b", answer(200, body)) is None


@pytest.mark.parametrize("job_id", ["", "r-1", "a/b", "a/b:r-1", "a/b:r/1:a/b", "../x:r-1:a/b"])
async def test_an_id_that_is_not_ours_is_lost(kling: FalModel, job_id: str) -> None:
    with pytest.raises(GenerationLost):
        await kling.get_status(job_id)


async def test_a_restart_finds_its_generation(
    account: EnvironmentAccount, kling: FalModel, tmp_path: Path
) -> None:
    job_id = await kling.submit(submission_of(kling.entry, tmp_path))
    another = FalModel(kling.entry, account, timeouts=PATIENT)
    assert (await settled(another, job_id)).status is GenerationStatus.SUCCEEDED
    await another.aclose()


# --- how it ends ----------------------------------------------------------------------------------


async def test_what_it_cost_is_units_times_the_listed_price(
    kling: FalModel, tmp_path: Path
) -> None:
    job_id = await kling.submit(submission_of(kling.entry, tmp_path, duration=10))
    await settled(kling, job_id)
    result = await kling.get_result(job_id)
    assert result.cost == Money(amount=Decimal("0.70"), currency="USD")


async def test_a_price_that_cannot_be_learnt_stands_in_nobodys_way(
    account: EnvironmentAccount, tmp_path: Path
) -> None:
    nowhere = {**account.environment, "FAL_PLATFORM_URL": "http://127.0.0.1:9"}
    adapter = FalModel(
        entry_of("fal-kling-2.5-turbo-pro"),
        replace(account, environment=nowhere),
        timeouts=PATIENT,
    )
    job_id = await adapter.submit(submission_of(adapter.entry, tmp_path))
    await settled(adapter, job_id)
    result = await adapter.get_result(job_id)
    await adapter.aclose()
    assert result.url
    assert result.cost is None


async def test_an_argument_that_the_app_refuses_fails_after_it_was_accepted(
    fal: Running, account: EnvironmentAccount, tmp_path: Path
) -> None:
    entry = entry_of("fal-app")
    adapter = FalModel(entry, account, timeouts=PATIENT)
    given = {"app": "fal-ai/pika/v2.2/text-to-video", "arguments": {"duration": "5"}}
    job_id = await adapter.submit(submission_of(entry, tmp_path, **given))
    report = await settled(adapter, job_id)
    await adapter.aclose()
    assert (report.status, report.error_code) == (GenerationStatus.FAILED, "value_error")
    assert report.error_message == "duration: Input should be valid"


async def test_one_that_runs_is_not_cancelled(
    fal: Running, kling: FalModel, tmp_path: Path
) -> None:
    job_id = await kling.submit(submission_of(kling.entry, tmp_path))
    while (await reported(kling, job_id)).status is GenerationStatus.QUEUED:
        continue
    assert await kling.cancel_generation(job_id) is False
    assert fal.emulator.ledger.entries("cancel") == []
    assert (await settled(kling, job_id)).status is GenerationStatus.SUCCEEDED


async def test_one_that_began_while_it_was_being_cancelled_goes_on(
    fal: Running, kling: FalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await kling.submit(submission_of(kling.entry, tmp_path))
    assert isinstance(fal.emulator, FalEmulator)
    stop = fal.emulator.stop

    def late(told: Job) -> Response:
        told.looks = 2  # it has begun in between
        return stop(told)

    monkeypatch.setattr(fal.emulator, "stop", late)
    assert await kling.cancel_generation(job_id) is False
    assert len(fal.emulator.ledger.entries("cancel")) == 1
    assert (await settled(kling, job_id)).status is GenerationStatus.SUCCEEDED


async def test_one_that_fal_forgets_when_it_is_cancelled_counts_as_cancelled(
    fal: Running, kling: FalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await kling.submit(submission_of(kling.entry, tmp_path))

    def removed(job: Job) -> Response:
        fal.emulator.jobs.forget(job.id)
        return told(200, {"status": "OK"})

    monkeypatch.setattr(fal.emulator, "stop", removed)
    assert await kling.cancel_generation(job_id) is True
    assert (await reported(kling, job_id)).status is GenerationStatus.CANCELLED


async def test_one_that_is_over_cannot_be_cancelled(kling: FalModel, tmp_path: Path) -> None:
    job_id = await kling.submit(submission_of(kling.entry, tmp_path))
    await settled(kling, job_id)
    assert await kling.cancel_generation(job_id) is False


DONE = {"status": "COMPLETED"}
SECURE = ("https",)
VIDEO = {"video": {"url": "https://v3.fal.media/files/a.mp4"}}
UNFIT = {"detail": [{"loc": ["body"], "msg": "Flagged", "type": "content_policy_violation"}]}


@pytest.mark.parametrize(
    ("status", "said", "code", "why"),
    [
        (DONE, answer(422, UNFIT), "moderated", "Flagged"),
        (DONE, answer(400, {"detail": "NSFW content detected"}), "moderated", "NSFW content"),
        (DONE, answer(422, {"detail": "bad size"}), "provider_error", "bad size"),
        (
            DONE,
            answer(422, {"detail": [{"loc": ["body", "a", 1], "msg": "No", "type": "too_small"}]}),
            "too_small",
            "a.1: No",
        ),
        (
            DONE,
            answer(503, {"detail": "gone", "error_type": "runner_disconnected"}),
            "runner_disconnected",
            "gone",
        ),
        (
            DONE,
            answer(504, {"detail": "late"}, x_fal_error_type="request_timeout"),
            "request_timeout",
            "late",
        ),
        (
            DONE,
            answer(403, {"detail": [{"loc": ["body"], "msg": "Not yours", "type": "no_access"}]}),
            "no_access",
            "Not yours",
        ),
        (
            {**DONE, "error": "It broke", "error_type": "internal_error"},
            answer(502, "down"),
            "internal_error",
            "It broke",
        ),
        ({**DONE, "error": "safety system says no"}, answer(500, None), "moderated", "safety"),
        (DONE, answer(200, {"video": None}), "no_output", "named no file"),
        (DONE, answer(200, {"video": {"url": "ftp://x/y"}}), "no_output", "named no file"),
        (DONE, answer(200, [1]), "no_output", "named no file"),
        (
            DONE,
            answer(200, {"images": [{"url": "https://a/b"}], "has_nsfw_concepts": [True]}),
            "moderated",
            "safety checker",
        ),
    ],
)
def test_a_completed_request_may_have_failed(
    status: dict[str, Any], said: Answer, code: str, why: str
) -> None:
    report = mapping.verdict(status, said, schemes=SECURE)
    assert report is not None
    assert (report.status, report.error_code) == (GenerationStatus.FAILED, code)
    assert why in (report.error_message or "")


@pytest.mark.parametrize(
    "said",
    [
        answer(500, {"detail": "Internal Server Error"}),
        answer(502, "bad gateway"),
        answer(429, {"detail": "slowly"}),
        answer(429, {"detail": "slowly", "error_type": "rate_limited"}),
        answer(403, {"detail": "no"}, x_fal_error_type="forbidden"),
        answer(503, {"oops": 1}, x_fal_error_type="runner_disconnected"),
        answer(401, {"detail": "who?"}),
        answer(404, {"detail": "not here"}),
        Answer(200, {}, b"<h1>Maintenance</h1>"),
    ],
)
def test_an_answer_that_says_nothing_of_the_generation_fails_none(said: Answer) -> None:
    assert mapping.verdict(DONE, said, schemes=SECURE) is None


@pytest.mark.parametrize(
    "body",
    [
        VIDEO,
        {"images": [{"url": "https://v3.fal.media/files/a.mp4"}]},
        {"image": {"url": "https://v3.fal.media/files/a.mp4"}},
        {"video": "https://v3.fal.media/files/a.mp4"},
        {"output": [{"url": "https://v3.fal.media/files/a.mp4"}]},
    ],
)
def test_the_file_is_found_where_apps_put_it(body: dict[str, Any]) -> None:
    said = answer(200, body)
    report = mapping.verdict(DONE, said, schemes=SECURE)
    assert report is not None
    assert report.status is GenerationStatus.SUCCEEDED
    assert mapping.generation_result(said, None, schemes=SECURE).url == VIDEO["video"]["url"]


def test_a_cancelled_request_is_told_apart_from_a_failed_one() -> None:
    status = {**DONE, "error": "Request was cancelled", "error_type": "client_cancelled"}
    report = mapping.verdict(status, answer(400, {}), schemes=SECURE)
    assert report is not None
    assert report.status is GenerationStatus.CANCELLED


async def test_a_result_that_cannot_be_had_now_fails_nothing(
    fal: Running, kling: FalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await kling.submit(submission_of(kling.entry, tmp_path))
    await settled(kling, job_id)
    with monkeypatch.context() as broken:
        broken.setattr(fal.emulator, "outcome", lambda *_: told(502, {"detail": "Bad gateway"}))
        with pytest.raises(Unavailable):
            await kling.get_status(job_id)
        with pytest.raises(Unavailable):
            await kling.get_result(job_id)
        broken.setattr(fal.emulator, "outcome", lambda *_: told(404, {"detail": "Not found"}))
        with pytest.raises(GenerationLost):
            await kling.get_status(job_id)
    assert (await kling.get_result(job_id)).url


async def test_a_failure_that_is_billed_says_what_it_cost(
    fal: Running, kling: FalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await kling.submit(submission_of(kling.entry, tmp_path))
    refused = told(422, UNFIT, x_fal_billable_units="5")
    monkeypatch.setattr(fal.emulator, "outcome", lambda *_: refused)
    report = await settled(kling, job_id)
    assert report.error_code == "moderated"
    assert report.cost == Money(amount=Decimal("0.35"), currency="USD")
    with pytest.raises(GenerationFailed, match="Flagged"):
        await kling.get_result(job_id)


@pytest.mark.parametrize(
    ("units", "expected"),
    [("5", Decimal(5)), ("0.5", Decimal("0.5")), ("", None), ("many", None), ("-1", None)],
)
def test_billed_units(units: str, expected: Decimal | None) -> None:
    assert mapping.billed_units(answer(200, VIDEO, x_fal_billable_units=units)) == expected


def test_a_price_is_exact_and_of_this_very_app() -> None:
    row = {"endpoint_id": "a/b/c", "unit_price": 0.1, "unit": "seconds", "currency": "EUR"}
    listed = answer(200, {"prices": [{"endpoint_id": "a/b"}, row]})
    assert mapping.cost_of(Decimal(3), listed, "a/b/c") == Money(
        amount=Decimal("0.3"), currency="EUR"
    )
    assert mapping.cost_of(Decimal(3), listed, "a/b") is None
    assert mapping.cost_of(Decimal(3), answer(200, []), "a/b/c") is None


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"detail": "Invalid key"}, NotAuthorised, "FAL_KEY: Invalid key"),
        (403, {"detail": "This key may not call this app"}, NotAuthorised, "may not call"),
        (403, {"detail": "User is locked. Reason: Exhausted balance."}, NoCredit, "locked"),
        (402, {"detail": "Payment required"}, NoCredit, "money"),
        (404, {"detail": "Application 'a' not found"}, Rejected, "not found"),
        (422, UNFIT, Moderated, "Flagged"),
        (
            422,
            {"detail": [{"loc": ["body", "fps"], "msg": "No", "type": "x"}]},
            Rejected,
            "fps: No",
        ),
        (400, None, Rejected, "400 Bad Request"),
        (307, None, Rejected, "FAL_BASE_URL"),
    ],
)
def test_refusals_are_told_apart(
    status: int, body: object, kind: type[ModelError], words: str
) -> None:
    error = mapping.refusal(answer(status, body), NOW)
    assert type(error) is kind
    assert words in str(error)


def test_a_wait_is_read() -> None:
    error = mapping.refusal(answer(429, {"detail": "slowly"}, retry_after="7"), NOW)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7


# --- the catalogue --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "given", "words"),
    [
        ("fal-kling-3-pro", {"duration": 16}, "duration"),
        ("fal-kling-3-pro", {"last_frame": "m2"}, "first_frame"),
        ("fal-kling-2.5-turbo-pro", {"duration": 7}, "duration"),
        ("fal-kling-2.5-turbo-pro", {"audio": True}, "audio"),
        ("fal-pika-2.2", {"aspect_ratio": "21:9"}, "aspect_ratio"),
        ("fal-hailuo-02", {"resolution": "512p"}, "resolution"),
        ("fal-ltx-2.3", {"fps": 30}, "fps"),
        ("fal-wan-2.7", {"negative_prompt": "x" * 501}, "negative_prompt"),
        ("fal-veo-3.1", {"duration": 5}, "duration"),
        ("fal-veo-3.1-fast", {"last_frame": "m2"}, "first_frame"),
        ("fal-animatediff", {"motions": ["spin"]}, "spin"),
        ("fal-stable-video", {}, "first_frame"),
        ("fal-flux-schnell", {"num_inference_steps": 13}, "num_inference_steps"),
        ("fal-app", {}, "app"),
        ("fal-app", {"app": "no path"}, "no path"),
    ],
)
def test_wrong_parameters_are_refused_before_money(
    model: str, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput) as caught:
        effective_params(entry_of(model), given)
    assert words in " ".join(f"{p.field} {p.message}" for p in caught.value.problems)


@pytest.mark.parametrize(
    ("model", "given", "low", "high"),
    [
        ("fal-kling-3-pro", {}, "0.84", "1.68"),
        ("fal-kling-3-pro", {"audio": False, "duration": 10}, "1.12", "2.24"),
        ("fal-kling-2.5-turbo-pro", {"duration": 10}, "0.70", "0.70"),
        ("fal-pika-2.2", {"resolution": "1080p"}, "0.45", "0.45"),
        ("fal-hailuo-02", {}, "0.27", "0.27"),
        ("fal-hailuo-02", {**FRAME, "resolution": "512p", "duration": 10}, "0.17", "0.17"),
        ("fal-ltx-2.3", {"resolution": "2160p"}, "1.44", "1.92"),
        ("fal-wan-2.7", {"resolution": "1080p"}, "0.50", "0.75"),
        ("fal-veo-3.1", {"resolution": "2160p", "audio": False}, "3.20", "3.20"),
        ("fal-veo-3.1-fast", {}, "1.20", "1.20"),
        ("fal-stable-video", FRAME, "0.075", "0.075"),
        ("fal-flux-schnell", {}, "0.003", "0.003"),
    ],
)
def test_prices(model: str, given: dict[str, Any], low: str, high: str) -> None:
    entry = entry_of(model)
    price = price_of(entry, effective_params(entry, given))
    assert (price.is_known, price.low, price.high) == (True, Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("fal-pika-2.2", {"duration": 10}),
        ("fal-animatediff", {}),
        ("fal-app", {"app": "a/b"}),
    ],
)
def test_a_price_that_was_not_found_is_unknown(model: str, given: dict[str, Any]) -> None:
    entry = entry_of(model)
    assert not price_of(entry, effective_params(entry, given)).is_known


def test_the_catalogue_says_what_people_need_to_know() -> None:
    catalogue = Catalogue(read_catalogue("fal"))
    catalogue.refuse_wrong_schemas()
    for entry in catalogue.entries.values():
        assert entry.idempotency == FalModel.idempotency
        assert entry.env_key == "FAL_KEY"
        assert "No live call" in entry.evidence
        assert all(row.as_of and row.source for row in entry.prices)
        assert all(entry.alias_notes.get(alias) for alias in entry.aliases if entry.retired is None)
    assert catalogue.resolve("pika").entry.id == "fal-pika-2.2"
    sora = catalogue.resolve("fal-sora").entry
    assert "fal-veo-3.1" in (sora.retired or "")
    assert sora.successor in catalogue.entries
    assert {e.id for e in catalogue.entries.values() if e.makes == "image"} == {
        "fal-flux-schnell",
        "fal-flux-dev",
    }


# --- webhooks -------------------------------------------------------------------------------------


async def test_the_emulator_calls_back_once_and_signs(
    account: EnvironmentAccount, fal: Running, tmp_path: Path
) -> None:
    assert isinstance(fal.emulator, FalEmulator)
    async with listening() as (port, calls):
        hook = {"FAL_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook"}
        adapter = FalModel(
            entry_of("fal-flux-dev"),
            replace(account, environment={**account.environment, **hook}),
            timeouts=PATIENT,
        )
        await settled(adapter, await adapter.submit(submission_of(adapter.entry, tmp_path)))
        await adapter.aclose()
        line, headers, body = await asyncio.wait_for(calls.get(), 15)
    assert line == "POST /hook?key=our-key-1 HTTP/1.1"
    assert is_from_fal(headers, body, fal.emulator.jwks, datetime.now(UTC))
    told = json.loads(body)
    (job,) = fal.emulator.jobs.all()
    assert (told["request_id"], told["status"], told["error"]) == (job.id, "OK", None)
    assert told["payload"]["images"][0]["content_type"] == "image/png"
    assert calls.empty()


class TestWebhooks:
    BODY = b'{"status": "OK"}'

    @pytest.fixture
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

    @pytest.fixture
    def jwks(self, key: Ed25519PrivateKey) -> dict[str, Any]:
        x = urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=")
        other = {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}
        return {"keys": [other, 7, {"kty": "OKP", "crv": "Ed25519", "x": x}]}

    @pytest.fixture
    def headers(self, key: Ed25519PrivateKey) -> dict[str, str]:
        timestamp = str(int(NOW.timestamp()))
        message = f"r-1\nu-1\n{timestamp}\n{hashlib.sha256(self.BODY).hexdigest()}"
        return {
            "x-fal-webhook-request-id": "r-1",
            "x-fal-webhook-user-id": "u-1",
            "x-fal-webhook-timestamp": timestamp,
            "x-fal-webhook-signature": key.sign(message.encode()).hex(),
        }

    def test_a_true_one_is_believed(self, headers: dict[str, str], jwks: dict[str, Any]) -> None:
        assert is_from_fal(headers, self.BODY, jwks, NOW)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("request-id", "r-2"),
            ("user-id", ""),
            ("timestamp", "1795348801"),
            ("timestamp", "soon"),
            ("signature", "00" * 64),
            ("signature", "no hex"),
            ("signature", ""),
        ],
    )
    def test_a_changed_header_is_not(
        self, headers: dict[str, str], jwks: dict[str, Any], name: str, value: str
    ) -> None:
        changed = {**headers, f"x-fal-webhook-{name}": value}
        assert not is_from_fal(changed, self.BODY, jwks, NOW)

    def test_another_body_an_old_one_or_a_strange_key_is_not(
        self, headers: dict[str, str], jwks: dict[str, Any]
    ) -> None:
        assert not is_from_fal(headers, self.BODY + b" ", jwks, NOW)
        late = datetime.fromtimestamp(NOW.timestamp() + 301, UTC)
        early = datetime.fromtimestamp(NOW.timestamp() - 301, UTC)
        assert not is_from_fal(headers, self.BODY, jwks, late)
        assert not is_from_fal(headers, self.BODY, jwks, early)
        for strange in ({}, {"keys": "none"}, {"keys": [{"x": "!"}]}):
            assert not is_from_fal(headers, self.BODY, strange, NOW)
