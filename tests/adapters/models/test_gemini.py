"""Gemini's adapter against its emulator: the contract of all providers, and Gemini's own rules."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.gemini import mapping
from video_foundry.adapters.models.gemini.adapter import IMAGE_LIMIT, GeminiModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, ModelEntry, effective_params, price_of
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.gemini import GeminiEmulator
from video_foundry.emulators.server import running
from video_foundry.errors import (
    BadInput,
    GenerationFailed,
    ModelError,
    Moderated,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
)
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import ProviderContract, read_catalogue

KEY = "AIzaCanary0123456789"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 10
ENTRIES = {entry.id: entry for entry in read_catalogue("gemini")}
NEW, OLD = ENTRIES["gemini-omni-1.2-flash"], ENTRIES["gemini-omni-1.1-flash"]
BASE = "https://generativelanguage.googleapis.com"


class TestOmni(ProviderContract):
    provider = "gemini"
    model = "gemini-omni-1.2-flash"
    adapter_class: ClassVar[type[HttpModel[Any]]] = GeminiModel
    emulator_class: ClassVar[type[Emulator]] = GeminiEmulator
    key_goes_with_results = True
    cancels = True


# --- what goes over the wire


def picture(letter: str) -> Picture:
    return Picture(kind="image/png", content=letter.encode())


def part(letter: str) -> dict[str, str]:
    data = b64encode(letter.encode()).decode()
    return {"type": "image", "data": data, "mime_type": "image/png"}


@pytest.mark.parametrize(
    ("names", "task"),
    [
        ("", "text_to_video"),
        ("first_frame", "image_to_video"),
        ("first_frame last_frame", "image_to_video"),
        ("reference_image reference_image_2", "reference_to_video"),
    ],
)
def test_a_video_as_gemini_is_asked_for_it(names: str, task: str) -> None:
    # Given in any order; the wire has the first frame before the last.
    pictures = {name: picture(name) for name in reversed(names.split())}
    params = effective_params(NEW, {"duration": 7, "resolution": "4k", "aspect_ratio": "9:16"})
    assert mapping.create_request("gemini-omni-1.2-flash", "A fox", params, pictures) == {
        "model": "gemini-omni-1.2-flash",
        "background": True,
        "generation_config": {"video_config": {"task": task}},
        "input": [
            {
                "type": "user_input",
                "content": [*map(part, names.split()), {"type": "text", "text": "A fox"}],
            }
        ],
        "response_format": {
            "type": "video",
            "aspect_ratio": "9:16",
            "duration": "7s",
            "resolution": "4k",
            "delivery": "uri",
        },
    }


def test_a_prompt_of_blanks_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Rejected):
        mapping.create_request("m", "\n", {}, {})


def submission(folder: Path, **files: bytes) -> Submission:
    references = {}
    for name, content in files.items():
        references[name] = folder / name
        references[name].write_bytes(content)
    return Submission(
        model=NEW.id,
        prompt="A fox",
        params=effective_params(NEW, {}),
        references=references,
        key="k",
        scratch=folder,
    )


async def test_frames_travel_within_the_request(tmp_path: Path) -> None:
    with running(GeminiEmulator(Settings(key=KEY))) as served:
        account = account_of("gemini", NEW.env_key)
        variables = {"GEMINI_API_KEY": KEY, "GEMINI_BASE_URL": served.url}
        adapter = GeminiModel(NEW, replace(account, environment=variables))
        await adapter.submit(submission(tmp_path, first_frame=PNG, last_frame=PNG + b"2"))
        with pytest.raises(Rejected) as caught:
            await adapter.submit(submission(tmp_path, first_frame=PNG + bytes(IMAGE_LIMIT)))
        await adapter.aclose()
        (create,) = served.emulator.ledger.entries()
    assert caught.value.code == "first_frame_size"
    kinds = [part["type"] for part in create.body["input"][0]["content"]]
    assert kinds == ["image", "image", "text"]


# --- what Gemini says


def video(**more: str) -> dict[str, Any]:
    return {"type": "video", "mime_type": "video/mp4", **more}


def interaction(status: str, *content: dict[str, Any], **more: Any) -> dict[str, Any]:
    steps = [{"type": "model_output", "content": list(content)}]
    return {"id": "v1_a", "status": status, "steps": steps, **more}


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"status": "queued"}, GenerationStatus.QUEUED, None),
        ({"status": "in_progress"}, GenerationStatus.RUNNING, None),
        ({"status": "dreaming"}, GenerationStatus.RUNNING, None),
        ({}, GenerationStatus.RUNNING, None),
        ({"status": "cancelled"}, GenerationStatus.CANCELLED, None),
        ({"status": "requires_action"}, GenerationStatus.FAILED, "requires_action"),
        ({"status": "requires_continuation"}, GenerationStatus.FAILED, "requires_continuation"),
        ({"status": "incomplete"}, GenerationStatus.FAILED, "incomplete"),
        ({"status": "budget_exceeded"}, GenerationStatus.FAILED, "no_credit"),
        ({"status": "failed"}, GenerationStatus.FAILED, "provider_error"),
        (interaction("completed", video(uri="u")), GenerationStatus.SUCCEEDED, None),
        (interaction("completed"), GenerationStatus.FAILED, "no_output"),
        (interaction("completed", video(uri="")), GenerationStatus.FAILED, "no_output"),
        (
            interaction("completed", {"type": "text", "text": "This is against our safety rules"}),
            GenerationStatus.FAILED,
            "moderated",
        ),
        (
            {"status": "failed", "steps": [{"error": {"code": 3, "message": "prohibited use"}}]},
            GenerationStatus.FAILED,
            "moderated",
        ),
    ],
)
def test_how_it_stands(told: Any, status: GenerationStatus, code: str | None) -> None:
    report = mapping.status_report(told)
    assert (report.status, report.error_code) == (status, code)
    assert bool(report.error_message) is (status is GenerationStatus.FAILED)


def result(*content: dict[str, Any]) -> Any:
    return mapping.generation_result(
        interaction("completed", *content),
        base_url=BASE,
        schemes=("https",),
        headers={"x-goog-api-key": KEY},
    )


def test_the_key_goes_to_the_api_alone() -> None:
    assert result(video(uri=f"{BASE}/v1beta/files/a:download")).headers == {"x-goog-api-key": KEY}
    for elsewhere in (
        "https://storage.googleapis.com/a",
        f"{BASE}.example.com/a",
        f"{BASE}:8443/a",
    ):
        assert result(video(uri=elsewhere)).headers == {}
    assert KEY not in repr(result(video(uri=f"{BASE}/a")))


def test_a_video_within_the_answer_is_taken_as_it_is() -> None:
    told = result(video(data=b64encode(b"film").decode()))
    assert (told.content, told.url, told.headers) == (b"film", None, {})
    assert "film" not in repr(told)


@pytest.mark.parametrize("more", [{"uri": "http://a.example/v.mp4"}, {"data": "%%%"}])
def test_what_cannot_be_fetched_is_a_failure(more: dict[str, str]) -> None:
    with pytest.raises(GenerationFailed):
        result(video(**more))


def refused(status: int, message: str, *details: Any, **headers: str) -> ModelError:
    body = {"error": {"code": status, "message": message, "details": list(details)}}
    content = json.dumps(body).encode()
    return mapping.refusal(Answer(status, headers, content), datetime.now(UTC))


@pytest.mark.parametrize(
    ("status", "message", "details", "meaning"),
    [
        (
            429,
            "You exceeded your current quota, check your plan and billing details",
            (),
            RateLimited,
        ),
        (429, "Your prepayment credits are depleted", (), NoCredit),
        (403, "This API requires billing to be enabled", (), NoCredit),
        (403, "No", ({"reason": "BILLING_DISABLED"},), NoCredit),
        (400, "API key not valid", ({"reason": "API_KEY_INVALID"},), NotAuthorised),
        (403, "The caller does not have permission", (), NotAuthorised),
        (400, "The prompt violates our usage guidelines", (), Moderated),
        (400, "Invalid value", (), Rejected),
        (302, "", (), Rejected),
    ],
)
def test_refusals_are_told_apart(
    status: int, message: str, details: tuple[Any, ...], meaning: type[ModelError]
) -> None:
    assert type(refused(status, message, *details)) is meaning


def test_the_wait_is_read_wherever_it_stands() -> None:
    for error in (
        refused(429, "Slow down", {"reason": "RATE"}, {"retryDelay": "34.5s"}),
        refused(429, "Slow down", {"retryDelay": "1s"}, **{"retry-after": "34.5"}),
    ):
        assert isinstance(error, RateLimited)
        assert error.retry_after == 34.5


def test_the_field_of_a_refusal_is_named() -> None:
    violation = {"fieldViolations": [{"field": "response_format.duration", "description": "Long"}]}
    assert "response_format.duration: Long" in str(refused(400, "Bad", violation))


# --- the catalogue


@pytest.mark.parametrize(
    ("entry", "params"),
    [
        (NEW, {"duration": 16}),
        (NEW, {"duration": 11, "first_frame": "media", "last_frame": "media"}),
        (NEW, {"last_frame": "media"}),
        (NEW, {"first_frame": "media", "reference_image": "media"}),
        (NEW, {"reference_image_2": "media"}),
        (NEW, {"seed": 1}),
        (OLD, {"duration": 11}),
        (OLD, {"duration": 2}),
        (OLD, {"last_frame": "media"}),
        (OLD, {"reference_image": "media"}),
        (OLD, {"aspect_ratio": "1:1"}),
    ],
)
def test_what_gemini_would_refuse_is_refused_before_money(
    entry: ModelEntry, params: dict[str, Any]
) -> None:
    with pytest.raises(BadInput):
        effective_params(entry, params)


def test_prices_depend_on_the_resolution() -> None:
    for entry, resolution, seconds, amount in (
        (NEW, "720p", 15, "1.0425"),
        (NEW, "4k", 4, "0.834"),
        (OLD, "360p", 10, "0.39"),
    ):
        price = price_of(
            entry, effective_params(entry, {"resolution": resolution, "duration": seconds})
        )
        assert (price.low, price.high) == (Decimal(amount), Decimal(amount))


def test_the_catalogue() -> None:
    catalogue = Catalogue(ENTRIES.values())
    catalogue.refuse_wrong_schemas()
    assert NEW.kinds == OLD.kinds == ("text", "image", "first_last")
    assert catalogue.resolve("gemini-omni").entry is NEW
    assert effective_params(NEW, {"duration": 15, "first_frame": "media"})["duration"] == 15
    for gone in ("gemini-omni-flash-preview", "veo-3"):
        entry = catalogue.resolve(gone).entry
        assert entry.retired is not None
        assert entry.successor in ENTRIES
    for entry in (NEW, OLD):
        assert entry.idempotency == GeminiModel.idempotency
