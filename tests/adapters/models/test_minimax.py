"""MiniMax: the traps of the trade over both interfaces, the bodies on the wire, and what is
MiniMax's alone."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.minimax import mapping
from video_foundry.adapters.models.minimax.adapter import MiniMaxModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, effective_params, price_of
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.minimax import MiniMaxEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.errors import (
    Ambiguous,
    BadInput,
    GenerationFailed,
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
AS_PNG = "data:image/png;base64," + b64encode(PNG).decode()
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = {entry.id: entry for entry in read_catalogue("minimax")}
LIVING = {name: entry for name, entry in ENTRIES.items() if entry.retired is None}


class TestH3(ProviderContract):
    provider = "minimax"
    model = "minimax-h3"
    adapter_class: ClassVar[type[HttpModel[Any]]] = MiniMaxModel
    emulator_class: ClassVar[type[Emulator]] = MiniMaxEmulator
    params: ClassVar[Mapping[str, Any]] = {"duration": 4}
    cancels = True


class TestHailuo(ProviderContract):
    provider = "minimax"
    model = "minimax-hailuo-2.3"
    adapter_class: ClassVar[type[HttpModel[Any]]] = MiniMaxModel
    emulator_class: ClassVar[type[Emulator]] = MiniMaxEmulator


@pytest.fixture
def served() -> Iterator[Running]:
    with running(MiniMaxEmulator(Settings(key=KEY))) as server:
        yield server


def model_at(url: str, name: str) -> MiniMaxModel:
    entry = ENTRIES[name]
    variables = {"MINIMAX_BASE_URL": url, "MINIMAX_API_KEY": KEY}
    account = replace(account_of(entry.provider, entry.env_key), environment=variables)
    return MiniMaxModel(entry, account, timeouts=PATIENT)


def submission_in(folder: Path, name: str, **given: Any) -> Submission:
    references: dict[str, Path] = {}
    for frame in ("first_frame", "last_frame"):
        if frame in given:
            references[frame] = folder / frame
            references[frame].write_bytes(given[frame])
    words = {k: "media" if k in references else v for k, v in given.items()}
    params = effective_params(ENTRIES[name], words)
    return Submission(
        model=name,
        prompt="A lighthouse at dusk",
        params={k: v for k, v in params.items() if k not in references},
        references=references,
        key="key-1",
        scratch=folder,
    )


async def submitted(served: Running, folder: Path, name: str, **given: Any) -> tuple[str, Any]:
    model = model_at(served.url, name)
    await model.submit(submission_in(folder, name, **given))
    await model.aclose()
    (entry,) = served.emulator.ledger.entries("create")
    return entry.path, entry.body


# --- the wire ----------------------------------------------------------------------------------


async def test_text_on_the_wire_of_v2(served: Running, tmp_path: Path) -> None:
    given: dict[str, Any] = {"duration": 15, "resolution": "2k", "aspect_ratio": "21:9"}
    assert await submitted(served, tmp_path, "minimax-h3", **given) == (
        "/v2/video_generation",
        {
            "model": "MiniMax-H3",
            "content": [{"type": "text", "text": "A lighthouse at dusk"}],
            "resolution": "2K",
            "duration": 15,
            "ratio": "21:9",
        },
    )


@pytest.mark.parametrize(
    "frames", [("first_frame",), ("last_frame",), ("first_frame", "last_frame")]
)
async def test_frames_on_the_wire_of_v2(
    served: Running, tmp_path: Path, frames: tuple[str, ...]
) -> None:
    """The clip has the shape of its pictures, whatever the project's is."""
    given = dict.fromkeys(frames, PNG)
    path, body = await submitted(served, tmp_path, "minimax-h3", aspect_ratio="9:16", **given)
    assert path == "/v2/video_generation"
    assert body == {
        "model": "MiniMax-H3",
        "content": [
            {"type": "text", "text": "A lighthouse at dusk"},
            *({"type": "image_url", "image_url": {"url": AS_PNG}, "role": f} for f in frames),
        ],
        "resolution": "768P",
        "duration": 5,
        "ratio": "adaptive",
    }


async def test_text_on_the_wire_of_v1(served: Running, tmp_path: Path) -> None:
    given: dict[str, Any] = {"duration": 10, "prompt_optimizer": False}
    assert await submitted(served, tmp_path, "minimax-hailuo-2.3", **given) == (
        "/v1/video_generation",
        {
            "model": "MiniMax-Hailuo-2.3",
            "prompt": "A lighthouse at dusk",
            "duration": 10,
            "resolution": "768P",
            "prompt_optimizer": False,
        },
    )


async def test_frames_on_the_wire_of_v1(served: Running, tmp_path: Path) -> None:
    given: dict[str, Any] = {"first_frame": PNG, "last_frame": PNG, "resolution": "1080p"}
    assert await submitted(served, tmp_path, "minimax-hailuo-02", **given) == (
        "/v1/video_generation",
        {
            "model": "MiniMax-Hailuo-02",
            "prompt": "A lighthouse at dusk",
            "duration": 6,
            "resolution": "1080P",
            "first_frame_image": AS_PNG,
            "last_frame_image": AS_PNG,
        },
    )


async def test_the_fast_one_goes_by_its_own_name(served: Running, tmp_path: Path) -> None:
    _, body = await submitted(served, tmp_path, "minimax-hailuo-2.3-fast", first_frame=PNG)
    assert (body["model"], body["first_frame_image"]) == ("MiniMax-Hailuo-2.3-Fast", AS_PNG)


async def test_a_file_that_is_no_picture_costs_nothing(served: Running, tmp_path: Path) -> None:
    with pytest.raises(Rejected) as caught:
        await submitted(served, tmp_path, "minimax-h3", last_frame=b"GIF89a")
    assert caught.value.code == "last_frame_type"
    assert served.emulator.ledger.entries() == []


# --- refusals ----------------------------------------------------------------------------------


def old(code: object, words: object = "so\nit is", **more: Any) -> Answer:
    told = {"base_resp": {"status_code": code, "status_msg": words}, **more}
    return Answer(200, {}, json.dumps(told).encode())


def new(status: int, words: object, **more: Any) -> Answer:
    return Answer(
        status, {}, json.dumps({"type": "error", "error": {"message": words, **more}}).encode()
    )


CODES: list[tuple[int, type[ModelError]]] = [
    (1000, Ambiguous),
    (1001, Ambiguous),
    (1002, RateLimited),
    (1004, NotAuthorised),
    (1008, NoCredit),
    (1026, Moderated),
    (1027, Moderated),
    (2013, Rejected),
    (9999, Rejected),
]


@pytest.mark.parametrize(("code", "kind"), CODES)
def test_a_refusal_within_a_success_is_a_refusal(code: int, kind: type[ModelError]) -> None:
    """Even with an id beside it."""
    with pytest.raises(ModelError) as caught:
        mapping.task_id(old(code, task_id="7"), NOW)
    assert type(caught.value) is kind
    assert f"so it is (code {code})" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (new(429, "slow down (1002)"), RateLimited),
        (new(402, "no money (1008)"), NoCredit),
        (new(402, "no money"), NoCredit),
        (new(401, "who (1004)"), NotAuthorised),
        (new(403, None), NotAuthorised),
        (new(422, "sensitive (1026)"), Moderated),
        (new(422, "sensitive", code="1027"), Moderated),
        (new(422, "what"), Rejected),
        (new(400, "invalid params (2013)"), Rejected),
        (Answer(429, {}, b"<html>"), RateLimited),
        (Answer(400, {}, b"[]"), Rejected),
        (Answer(301, {}, b""), Rejected),
    ],
)
def test_codes_stand_at_the_end_of_sentences(answer: Answer, kind: type[ModelError]) -> None:
    assert type(mapping.refusal(answer, NOW)) is kind


@pytest.mark.parametrize(
    ("body", "task"),
    [
        ({"task_id": "7"}, "7"),
        ({"task_id": 7}, "7"),
        ({"task": {"id": "7"}}, "7"),
        ({"task_id": ""}, None),
        ({"task_id": True}, None),
        ({}, None),
    ],
)
def test_where_an_id_stands(body: dict[str, Any], task: str | None) -> None:
    assert mapping.task_id(Answer(200, {}, json.dumps(body).encode()), NOW) == task


# --- questions and ends ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Queueing", GenerationStatus.QUEUED),
        ("Preparing", GenerationStatus.QUEUED),
        ("Processing", GenerationStatus.RUNNING),
        ("Success", GenerationStatus.SUCCEEDED),
        ("Fail", GenerationStatus.FAILED),
        ("Dreaming", GenerationStatus.RUNNING),
    ],
)
def test_the_words_of_v1(word: str, status: GenerationStatus) -> None:
    assert mapping.report_v1(old(0, "success", status=word), NOW).status is status


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"task": "x"}', b'{"status": 5}'])
def test_garbage_is_no_status(body: bytes) -> None:
    for read in (mapping.report_v1, mapping.report_v2):
        with pytest.raises(Unavailable):
            read(Answer(200, {}, body), NOW)


def test_a_question_too_many_waits() -> None:
    answer = replace(old(1002), headers={"retry-after": "7"})
    with pytest.raises(RateLimited) as caught:
        mapping.report_v1(answer, NOW)
    assert caught.value.retry_after == 7
    with pytest.raises(Unavailable):
        mapping.report_v1(old(2013), NOW)


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (old(1027, "output sensitive", status="Fail"), "moderated", "output sensitive"),
        (old(1000, "it broke", status="Fail"), "1000", "it broke"),
        (old(0, "success", status="Fail"), "provider_error", "MiniMax gave no reason"),
    ],
)
def test_failures_of_v1(answer: Answer, code: str, words: str) -> None:
    report = mapping.report_v1(answer, NOW)
    assert (report.error_code, report.error_message) == (code, words)
    with pytest.raises(GenerationFailed, match=words) as caught:
        mapping.file_of(answer, NOW)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": 1027, "message": "withheld"}, "moderated"),
        ({"code": "1026", "message": "withheld"}, "moderated"),
        ({"message": "withheld (1027)"}, "moderated"),
        ({"code": "E7", "message": "it broke"}, "provider_error"),
        (None, "provider_error"),
        ("it broke", "provider_error"),
    ],
)
def test_failures_of_v2(error: object, code: str) -> None:
    task = {"task": {"id": "7", "status": "failed", "error": error}}
    answer = Answer(200, {}, json.dumps(task).encode())
    report = mapping.report_v2(answer, NOW)
    assert (report.status, report.error_code) == (GenerationStatus.FAILED, code)
    assert report.error_message
    with pytest.raises(GenerationFailed) as caught:
        mapping.result_v2(answer, NOW, schemes=("https",))
    assert caught.value.code == code


def test_a_file_without_an_address_is_asked_for_again() -> None:
    """It is paid for, and was named: only its address is missing."""
    with pytest.raises(Unavailable):
        mapping.result_v1(old(0, "success", file={}), NOW, schemes=("https",))
    with pytest.raises(Unavailable):
        mapping.result_v1(
            old(0, file={"download_url": "file:///etc/passwd"}), NOW, schemes=("https",)
        )


async def test_each_question_for_a_result_names_a_fresh_address(
    served: Running, tmp_path: Path
) -> None:
    model = model_at(served.url, "minimax-hailuo-2.3")
    job_id = await model.submit(submission_in(tmp_path, "minimax-hailuo-2.3"))
    await settled(model, job_id)
    await model.get_result(job_id)
    await model.get_result(job_id)
    (first, second) = served.emulator.ledger.entries("result")
    assert first.path == second.path == f"/v1/files/retrieve?file_id=9{job_id}"
    assert first.headers["authorization"] == f"…{KEY[-4:]}"
    await model.aclose()


# --- cancel ------------------------------------------------------------------------------------


async def test_what_runs_or_is_over_is_left_alone(served: Running, tmp_path: Path) -> None:
    """The same call would throw a finished video away."""
    model = model_at(served.url, "minimax-h3")
    job_id = await model.submit(submission_in(tmp_path, "minimax-h3"))
    await reported(model, job_id)
    assert await model.cancel_generation(job_id) is False  # it has begun
    assert (await settled(model, job_id)).status is GenerationStatus.SUCCEEDED
    assert await model.cancel_generation(job_id) is False
    assert served.emulator.ledger.entries("cancel") == []
    assert (await model.get_result(job_id)).url
    await model.aclose()


async def test_an_odd_id_stays_in_its_place(served: Running) -> None:
    model = model_at(served.url, "minimax-h3")
    with pytest.raises(ModelError):
        await model.get_status("7?x=1#y")
    (entry,) = served.emulator.ledger.entries()
    assert entry.path == "/v2/query/video_generation/7%3Fx%3D1%23y"
    await model.aclose()


# --- the emulator ------------------------------------------------------------------------------

H3: dict[str, Any] = {
    "model": "MiniMax-H3",
    "content": [{"type": "text", "text": "p"}],
    "resolution": "768P",
    "duration": 5,
    "ratio": "16:9",
}
HAILUO: dict[str, Any] = {"model": "MiniMax-Hailuo-2.3", "prompt": "p"}
FRAME = {"type": "image_url", "image_url": {"url": AS_PNG}, "role": "first_frame"}


@pytest.mark.parametrize(
    ("version", "body"),
    [
        (2, H3 | {"ratio": "adaptive"}),
        (2, H3 | {"content": [*H3["content"], FRAME]}),
        (2, H3 | {"content": [*H3["content"], FRAME, FRAME], "ratio": "adaptive"}),
        (2, H3 | {"content": [FRAME], "ratio": "adaptive"}),
        (2, H3 | {"resolution": "1080P"}),
        (2, H3 | {"duration": "5"}),
        (2, H3 | {"duration": 16}),
        (2, H3 | {"seed": 1}),
        (2, H3 | {"model": "MiniMax-Hailuo-02"}),
        (1, HAILUO | {"duration": 5}),
        (1, HAILUO | {"duration": 10, "resolution": "1080P"}),
        (1, HAILUO | {"resolution": "512P"}),
        (1, HAILUO | {"prompt": "p" * 2001}),
        (1, HAILUO | {"last_frame_image": AS_PNG}),
        (1, HAILUO | {"model": "MiniMax-Hailuo-2.3-Fast"}),
        (1, HAILUO | {"first_frame_image": b64encode(PNG).decode()}),
        (1, HAILUO | {"ratio": "16:9"}),
    ],
)
async def test_the_emulator_refuses_what_minimax_does(
    served: Running, version: int, body: dict[str, Any]
) -> None:
    async with httpx2.AsyncClient(base_url=served.url) as client:
        answer = await client.post(
            f"/v{version}/video_generation", json=body, headers={"Authorization": f"Bearer {KEY}"}
        )
    assert answer.status_code == (200 if version == 1 else 400)
    assert "2013" in answer.text
    assert served.emulator.ledger.accepted == []


# --- the catalogue -----------------------------------------------------------------------------


def test_the_promise_is_the_same_on_both_sides() -> None:
    assert {e.idempotency for e in LIVING.values()} == {MiniMaxModel.idempotency}
    assert {e.env_key for e in LIVING.values()} == {"MINIMAX_API_KEY"}
    assert all("no live call" in e.evidence for e in LIVING.values())


def test_what_the_models_are_made_from() -> None:
    assert {name: entry.kinds for name, entry in LIVING.items()} == {
        "minimax-h3": ("text", "image", "first_last", "audio"),
        "minimax-hailuo-2.3": ("text", "image"),
        "minimax-hailuo-2.3-fast": ("image",),
        "minimax-hailuo-02": ("text", "image", "first_last"),
    }


@pytest.mark.parametrize(
    ("name", "given", "amount"),
    [
        ("minimax-h3", {"duration": 10}, "0.80"),
        ("minimax-h3", {"duration": 10, "resolution": "2k"}, "1.30"),
        ("minimax-hailuo-2.3", {}, "0.28"),
        ("minimax-hailuo-2.3", {"duration": 10}, "0.56"),
        ("minimax-hailuo-2.3", {"resolution": "1080p"}, None),
        ("minimax-hailuo-2.3-fast", {"first_frame": "m"}, None),
        ("minimax-hailuo-02", {}, None),
    ],
)
def test_prices_are_known_or_said_to_be_unknown(
    name: str, given: dict[str, Any], amount: str | None
) -> None:
    price = price_of(ENTRIES[name], effective_params(ENTRIES[name], given))
    assert price.is_known is (amount is not None)
    assert price.low == price.high == Decimal(amount or 0)
    assert all(row.as_of and row.source for row in ENTRIES[name].prices)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("minimax-h3", {"duration": 3}),
        ("minimax-h3", {"duration": 16}),
        ("minimax-h3", {"resolution": "1080p"}),
        ("minimax-h3", {"aspect_ratio": "4:5"}),
        ("minimax-h3", {"audio": False}),
        ("minimax-h3", {"seed": 1}),
        ("minimax-hailuo-2.3", {"duration": 5}),
        ("minimax-hailuo-2.3", {"duration": 10, "resolution": "1080p"}),
        ("minimax-hailuo-2.3", {"resolution": "512p"}),
        ("minimax-hailuo-2.3", {"first_frame": "m", "last_frame": "n"}),
        ("minimax-hailuo-2.3-fast", {}),
        ("minimax-hailuo-2.3-fast", {"first_frame": "m", "duration": 10, "resolution": "1080p"}),
        ("minimax-hailuo-02", {"resolution": "512p"}),
        ("minimax-hailuo-02", {"last_frame": "m"}),
        ("minimax-hailuo-02", {"first_frame": "m", "last_frame": "n", "resolution": "512p"}),
        ("minimax-hailuo-02", {"duration": 10, "resolution": "1080p"}),
    ],
)
def test_what_minimax_would_refuse_is_refused_before(name: str, params: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        effective_params(ENTRIES[name], params)
    assert caught.value.problems[0].field.startswith("model_params")


def test_what_minimax_takes_is_taken() -> None:
    assert effective_params(
        ENTRIES["minimax-hailuo-02"], {"first_frame": "m", "resolution": "512p", "duration": 10}
    )
    assert effective_params(ENTRIES["minimax-hailuo-02"], {"resolution": "1080p"})["duration"] == 6
    assert effective_params(ENTRIES["minimax-h3"], {"last_frame": "m"})["audio"] is True


def test_old_names_say_where_they_lead() -> None:
    catalogue = Catalogue(ENTRIES.values())
    assert catalogue.resolve("minimax").entry.id == "minimax-h3"
    assert "newest" in (catalogue.resolve("hailuo").note or "")
    retired = catalogue.resolve("t2v-01").entry
    assert retired.successor == "minimax-hailuo-2.3"
    assert "minimax-h3" in (retired.retired or "")
