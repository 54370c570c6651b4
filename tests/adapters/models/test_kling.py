"""Kling: the traps of the trade, the bodies on the wire, and what is Kling's alone."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.kling import mapping
from video_foundry.adapters.models.kling.adapter import KlingModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, effective_params, price_of
from video_foundry.core.money import Money
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.kling import KlingEmulator
from video_foundry.emulators.server import Running, running
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
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import (
    KEY,
    PATIENT,
    ProviderContract,
    read_catalogue,
    reported,
    settled,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 10
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"pixels"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = {entry.id: entry for entry in read_catalogue("kling")}
SHORT: Mapping[str, Any] = {"duration": 3}


class TestText(ProviderContract):
    provider = "kling"
    model = "kling-3.0"
    adapter_class: ClassVar[type[HttpModel[Any]]] = KlingModel
    emulator_class: ClassVar[type[Emulator]] = KlingEmulator
    params: ClassVar[Mapping[str, Any]] = SHORT


class TestImage(ProviderContract):
    provider = "kling"
    model = "kling-3.0-turbo"
    adapter_class: ClassVar[type[HttpModel[Any]]] = KlingModel
    emulator_class: ClassVar[type[Emulator]] = KlingEmulator
    params: ClassVar[Mapping[str, Any]] = SHORT

    def references(self, folder: Path) -> Mapping[str, Path]:
        return {"first_frame": picture_in(folder, "frame")}


class SaysNoWithin200(KlingEmulator):
    """Every refusal comes with status 200 and tells itself by its code alone."""

    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        name: (200, told) for name, (_, told) in KlingEmulator.refusals.items()
    }


@pytest.fixture
def served() -> Iterator[Running]:
    with running(KlingEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
async def model(served: Running) -> AsyncIterator[KlingModel]:
    made = model_at(served.url)
    yield made
    await made.aclose()


def model_at(url: str, name: str = "kling-3.0", **more: str) -> KlingModel:
    entry = ENTRIES[name]
    variables = {"KLING_BASE_URL": url, "KLING_API_KEY": KEY, **more}
    account = replace(account_of(entry.provider, entry.env_key), environment=variables)
    return KlingModel(entry, account, timeouts=PATIENT)


def submission_in(folder: Path, name: str = "kling-3.0", **given: Any) -> Submission:
    references = {k: v for k, v in given.items() if isinstance(v, Path)}
    params = effective_params(
        ENTRIES[name], {k: str(v) if k in references else v for k, v in given.items()}
    )
    return Submission(
        model=name,
        prompt="A lighthouse at dusk",
        params={k: v for k, v in params.items() if k not in references},
        references=references,
        key="key-1",
        scratch=folder,
    )


def picture_in(folder: Path, name: str, content: bytes = PNG) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def sent(served: Running) -> Any:
    (entry,) = served.emulator.ledger.entries("create")
    return entry.path, entry.body


# --- the wire ----------------------------------------------------------------------------------


async def test_text_on_the_wire(served: Running, model: KlingModel, tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "duration": 7,
        "aspect_ratio": "9:16",
        "resolution": "4k",
        "audio": True,
    }
    await model.submit(submission_in(tmp_path, **given))
    assert sent(served) == (
        "/text-to-video/kling-3.0",
        {
            "prompt": "A lighthouse at dusk",
            "settings": {
                "resolution": "4k",
                "duration": 7,
                "aspect_ratio": "9:16",
                "audio": "native",
                "multi_shot": False,
            },
            "options": {"external_task_id": "key-1"},
        },
    )


async def test_frames_on_the_wire(served: Running, model: KlingModel, tmp_path: Path) -> None:
    """The clip has the shape of its first frame, and pictures have no head before their base64."""
    first, last = (
        picture_in(tmp_path, "first"),
        picture_in(tmp_path, "last", b"\xff\xd8\xff last!!!!"),
    )
    await model.submit(submission_in(tmp_path, first_frame=first, last_frame=last))
    path, body = sent(served)
    assert path == "/image-to-video/kling-3.0"
    assert body == {
        "contents": [
            {"type": "prompt", "text": "A lighthouse at dusk"},
            {"type": "first_frame", "url": b64encode(PNG).decode()},
            {"type": "last_frame", "url": b64encode(b"\xff\xd8\xff last!!!!").decode()},
        ],
        "settings": {"resolution": "720p", "duration": 5, "audio": "off", "multi_shot": False},
        "options": {"external_task_id": "key-1"},
    }
    assert b64decode(body["contents"][1]["url"]) == PNG


async def test_turbo_is_sent_nothing_that_it_does_not_know(served: Running, tmp_path: Path) -> None:
    model = model_at(served.url, "kling-3.0-turbo")
    await model.submit(submission_in(tmp_path, "kling-3.0-turbo", resolution="1080p"))
    assert sent(served) == (
        "/text-to-video/kling-3.0-turbo",
        {
            "prompt": "A lighthouse at dusk",
            "settings": {"resolution": "1080p", "duration": 5, "aspect_ratio": "16:9"},
            "options": {"external_task_id": "key-1"},
        },
    )
    await model.aclose()


@pytest.mark.parametrize(
    ("content", "code"), [(WEBP, "first_frame_type"), (b"GIF89a", "first_frame_type")]
)
async def test_a_picture_that_kling_does_not_take_costs_nothing(
    served: Running, model: KlingModel, tmp_path: Path, content: bytes, code: str
) -> None:
    frame = picture_in(tmp_path, "frame", content)
    with pytest.raises(Rejected) as caught:
        await model.submit(submission_in(tmp_path, first_frame=frame))
    assert caught.value.code == code
    assert served.emulator.ledger.entries() == []


# --- found again -------------------------------------------------------------------------------


async def test_a_key_is_looked_up_without_touching_the_task(
    served: Running, model: KlingModel, tmp_path: Path
) -> None:
    job_id = await model.submit(submission_in(tmp_path))
    assert await model.find_generation("key-1") == job_id
    assert await model.find_generation("key-2") is None
    (job,) = served.emulator.jobs.all()
    assert job.looks == 0


async def test_a_key_is_accepted_once(served: Running, model: KlingModel, tmp_path: Path) -> None:
    await model.submit(submission_in(tmp_path))
    with pytest.raises(Rejected, match="in use"):
        await model.submit(submission_in(tmp_path))
    assert len(served.emulator.ledger.accepted) == 1


def test_garbage_is_no_answer_to_a_look_up() -> None:
    """None would mean that Kling has no such task, which only Kling itself may say."""
    for content in (b"<html>", b"[]", b'{"code": 0}', b'{"code": 0, "data": {}}', b'{"data": []}'):
        with pytest.raises(Unavailable):
            mapping.tasks(Answer(200, {}, content), NOW)
    assert mapping.tasks(Answer(200, {}, b'{"code": 0, "data": []}'), NOW) == []


async def test_a_task_that_is_not_listed_is_asked_for_again(
    served: Running, model: KlingModel
) -> None:
    """An empty list may come right after the submit; a paid task is not given up for it."""

    class Early(KlingEmulator):
        def missing(self) -> Any:
            return self._listed(None, [])  # type: ignore[arg-type] # nobody asks who asked

    with running(Early(Settings(key=KEY))) as early:
        asking = model_at(early.url)
        with pytest.raises(Unavailable, match="does not list"):
            await asking.get_status("1")
        await asking.aclose()
    with pytest.raises(GenerationLost):
        await model.get_status("1")


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", sorted(ProviderContract.REFUSED))
async def test_a_refusal_within_a_success_is_a_refusal(refusal: str, tmp_path: Path) -> None:
    with running(SaysNoWithin200(Settings(key=KEY))) as served:
        served.emulator.script.put(refusal)
        model = model_at(served.url)
        with pytest.raises(ModelError) as caught:
            await model.submit(submission_in(tmp_path))
        await model.aclose()
        assert type(caught.value) is ProviderContract.REFUSED[refusal]
        wait = served.emulator.settings.retry_after if refusal == "rate_limited" else None
        assert getattr(caught.value, "retry_after", None) == wait
        assert served.emulator.ledger.accepted == []


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 1000, NotAuthorised),
        (401, 1004, NotAuthorised),
        (429, 1100, NotAuthorised),
        (429, 1101, NoCredit),
        (429, 1102, NoCredit),
        (403, 1103, NotAuthorised),
        (400, 1200, Rejected),
        (400, 1201, Rejected),
        (404, 1203, Rejected),
        (400, 1300, Moderated),
        (400, 1301, Moderated),
        (429, 1302, RateLimited),
        (429, 1303, RateLimited),
        (429, 1304, NotAuthorised),
        (429, None, RateLimited),
        (403, None, NotAuthorised),
        (418, None, Rejected),
        (302, None, Rejected),
    ],
)
def test_codes_tell_more_than_the_status(
    status: int, code: int | None, kind: type[ModelError]
) -> None:
    body = b"" if code is None else b'{"code": %d, "message": "so\\nit is"}' % code
    told = mapping.refusal(Answer(status, {}, body), NOW)
    assert type(told) is kind
    assert "\n" not in str(told)
    if code is not None:
        assert f"so it is (code {code})" in str(told)


def test_a_server_that_fails_may_have_accepted() -> None:
    answer = Answer(200, {}, b'{"code": 5002, "message": "timeout"}')
    with pytest.raises(Ambiguous):
        mapping.task_id(answer, NOW)
    assert mapping.task_id(Answer(200, {}, b"{}"), NOW) is None
    assert mapping.task_id(Answer(200, {}, b'{"code": 0, "data": {"id": 7}}'), NOW) == "7"


# --- ends --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Failure to pass the risk control system", "moderated"),
        ("The image is sensitive", "moderated"),
        ("Internal service error", "provider_error"),
        ("", "provider_error"),
        (None, "provider_error"),
    ],
)
def test_a_failure_is_told_apart_by_its_words(message: object, code: str) -> None:
    task = {"id": "1", "status": "failed", "message": message}
    report = mapping.status_report(task, currency="USD")
    assert (report.status, report.error_code) == (GenerationStatus.FAILED, code)
    assert report.error_message
    with pytest.raises(GenerationFailed) as caught:
        mapping.generation_result(task, schemes=("https",), currency="USD")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        [],
        "https://x",
        [5],
        [{"type": "video"}],
        [{"type": "video", "url": "file:///etc"}],
        [{"type": "image", "url": "https://x.example/i.png"}],
    ],
)
def test_a_success_without_a_video_is_a_failure(outputs: object) -> None:
    task = {"id": "1", "status": "succeeded", "outputs": outputs}
    with pytest.raises(GenerationFailed) as caught:
        mapping.generation_result(task, schemes=("https",), currency="USD")
    assert caught.value.code == "no_output"


@pytest.mark.parametrize(
    ("billing", "cost"),
    [
        ([{"amount": "0.42", "charge_type": "cash"}], Money.of("0.42")),
        ([{"amount": 0.1, "charge_type": "cash"}] * 3, Money.of("0.3")),
        ([{"amount": "3", "charge_type": "unit"}], None),
        ([{"amount": "0.1", "charge_type": "cash"}, {"amount": "3", "charge_type": "unit"}], None),
        ([{"amount": "much", "charge_type": "cash"}], None),
        ([], None),
        (None, None),
        ({"amount": "3"}, None),
    ],
)
def test_what_it_cost_is_known_in_money_or_not_at_all(billing: object, cost: Money | None) -> None:
    task = {"id": "1", "status": "succeeded", "billing": billing}
    assert mapping.status_report(task, currency="USD").cost == cost


@pytest.mark.parametrize("name", ["kling-3.0", "kling-3.0-turbo"])
async def test_the_bill_is_the_list_price(served: Running, tmp_path: Path, name: str) -> None:
    model = model_at(served.url, name)
    submission = submission_in(tmp_path, name, resolution="1080p")
    report = await settled(model, await model.submit(submission))
    price = price_of(ENTRIES[name], submission.params)
    assert report.cost == Money(amount=price.low, currency="USD")
    await model.aclose()


async def test_the_cost_reaches_the_report_in_the_account_s_currency(
    served: Running, tmp_path: Path
) -> None:
    model = model_at(served.url, KLING_CURRENCY="CNY")
    job_id = await model.submit(submission_in(tmp_path))
    report = await settled(model, job_id)
    assert report.cost == Money(amount=Decimal("0.420"), currency="CNY")
    assert (await model.get_result(job_id)).cost == report.cost
    await model.aclose()


async def test_nothing_can_be_cancelled(served: Running, model: KlingModel, tmp_path: Path) -> None:
    job_id = await model.submit(submission_in(tmp_path))
    calls = len(served.emulator.ledger.entries())
    assert await model.cancel_generation(job_id) is False
    assert len(served.emulator.ledger.entries()) == calls
    assert (await reported(model, job_id)).status is GenerationStatus.QUEUED


# --- the emulator ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/text-to-video/kling-3.0", {"contents": [{"type": "prompt", "text": "p"}]}),
        ("/text-to-video/kling-3.0", {"prompt": ""}),
        ("/text-to-video/kling-3.0", {"prompt": "p", "model": "kling-3.0"}),
        ("/text-to-video/kling-3.0", {"prompt": "p", "settings": {"duration": "5"}}),
        ("/text-to-video/kling-3.0", {"prompt": "p", "settings": {"duration": 16}}),
        ("/text-to-video/kling-3.0", {"prompt": "p", "settings": {"audio": True}}),
        ("/text-to-video/kling-3.0", {"prompt": "p", "settings": {"seed": 1}}),
        ("/text-to-video/kling-3.0", {"prompt": "p", "settings": []}),
        ("/text-to-video/kling-3.0", {"prompt": "p", "options": {"id": "1"}}),
        ("/text-to-video/kling-3.0-turbo", {"prompt": "p", "settings": {"resolution": "4k"}}),
        ("/text-to-video/kling-3.0-turbo", {"prompt": "p", "settings": {"audio": "off"}}),
        ("/image-to-video/kling-3.0", {"contents": [{"type": "prompt", "text": "p"}]}),
        (
            "/image-to-video/kling-3.0",
            {
                "contents": [
                    {"type": "prompt", "text": "p"},
                    {"type": "first_frame", "url": "data:image/png;base64,aaaa"},
                ]
            },
        ),
        (
            "/image-to-video/kling-3.0-turbo",
            {
                "contents": [
                    {"type": "prompt", "text": "p"},
                    {"type": "first_frame", "url": "aaaa"},
                    {"type": "last_frame", "url": "aaaa"},
                ]
            },
        ),
        ("/text-to-video/kling-9", {"prompt": "p"}),
    ],
)
async def test_the_emulator_refuses_what_kling_does(
    served: Running, path: str, body: dict[str, Any]
) -> None:
    async with httpx2.AsyncClient(base_url=served.url) as client:
        answer = await client.post(path, json=body, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code in (400, 404)
    assert answer.json()["code"] in (1201, 1203)
    assert served.emulator.ledger.accepted == []


async def test_it_works_behind_an_address_that_it_shares(tmp_path: Path) -> None:
    class Shared(KlingEmulator):
        def app(self) -> Starlette:
            return Starlette(routes=[Mount("/kling", app=super().app())])

    with running(Shared(Settings(key=KEY))) as shared:
        model = model_at(f"{shared.url}/kling")
        frame = picture_in(tmp_path, "frame")
        job_id = await model.submit(submission_in(tmp_path, first_frame=frame))
        await settled(model, job_id)
        assert "/kling/_media/" in ((await model.get_result(job_id)).url or "")
        await model.aclose()


async def test_tasks_are_asked_for_by_one_kind_of_id(
    served: Running, model: KlingModel, tmp_path: Path
) -> None:
    job_id = await model.submit(submission_in(tmp_path))
    head = {"Authorization": f"Bearer {KEY}"}
    async with httpx2.AsyncClient(base_url=served.url, headers=head) as client:
        both = await client.get("/tasks?task_ids=1&external_task_ids=2")
        neither = await client.get("/tasks")
        several = await client.get("/tasks", params={"task_ids": f"{job_id},0"})
    assert (both.status_code, neither.status_code) == (400, 400)
    assert [task["external_id"] for task in several.json()["data"]] == ["key-1"]


# --- the catalogue -----------------------------------------------------------------------------


def test_the_promise_is_the_same_on_both_sides() -> None:
    living = [e for e in ENTRIES.values() if e.retired is None]
    assert {e.idempotency for e in living} == {KlingModel.idempotency}
    assert {e.env_key for e in living} == {"KLING_API_KEY"}
    assert all("no live call" in e.evidence for e in living)


def test_what_the_models_are_made_from() -> None:
    assert ENTRIES["kling-3.0"].kinds == ("text", "image", "first_last", "audio")
    assert ENTRIES["kling-3.0-turbo"].kinds == ("text", "image")


@pytest.mark.parametrize(
    ("name", "given", "per_second"),
    [
        ("kling-3.0", {}, "0.084"),
        ("kling-3.0", {"audio": True}, "0.126"),
        ("kling-3.0", {"resolution": "1080p"}, "0.112"),
        ("kling-3.0", {"resolution": "1080p", "audio": True}, "0.168"),
        ("kling-3.0", {"resolution": "4k"}, "0.42"),
        ("kling-3.0", {"resolution": "4k", "audio": True}, "0.42"),
        ("kling-3.0-turbo", {}, "0.112"),
        ("kling-3.0-turbo", {"resolution": "1080p"}, "0.14"),
    ],
)
def test_prices(name: str, given: dict[str, Any], per_second: str) -> None:
    entry = ENTRIES[name]
    price = price_of(entry, effective_params(entry, {**given, "duration": 10}))
    assert (price.low, price.high, price.is_known) == (
        Decimal(per_second) * 10,
        Decimal(per_second) * 10,
        True,
    )
    assert all(row.as_of and row.source for row in entry.prices)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("kling-3.0", {"duration": 2}),
        ("kling-3.0", {"duration": 16}),
        ("kling-3.0", {"duration": 5.5}),
        ("kling-3.0", {"aspect_ratio": "21:9"}),
        ("kling-3.0", {"last_frame": "m"}),
        ("kling-3.0", {"first_frame": "m", "last_frame": "n", "multi_shot": True}),
        ("kling-3.0", {"seed": 1}),
        ("kling-3.0-turbo", {"resolution": "4k"}),
        ("kling-3.0-turbo", {"audio": True}),
        ("kling-3.0-turbo", {"first_frame": "m", "last_frame": "n"}),
    ],
)
def test_what_kling_would_refuse_is_refused_before(name: str, params: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        effective_params(ENTRIES[name], params)
    assert caught.value.problems[0].field.startswith("model_params")


def test_old_names_say_where_they_lead() -> None:
    catalogue = Catalogue(ENTRIES.values())
    for name in ("kling", "kling-v3"):
        resolved = catalogue.resolve(name)
        assert resolved.entry.id == "kling-3.0"
        assert name in (resolved.note or "")
    old = catalogue.resolve("kling-v1-6").entry
    assert old.successor == "kling-3.0"
    assert "kling-3.0" in (old.retired or "")


def test_every_model_works_without_a_single_parameter() -> None:
    for entry in ENTRIES.values():
        if entry.retired is None:
            assert effective_params(entry, {})["duration"] == 5
