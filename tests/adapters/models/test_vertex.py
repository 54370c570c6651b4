"""Vertex AI's adapter against its emulator: the contract of all providers, and its own rules."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest

from video_foundry.adapters.models.accounts import EnvironmentAccount, account_of
from video_foundry.adapters.models.vertex import mapping
from video_foundry.adapters.models.vertex.adapter import VertexModel
from video_foundry.adapters.models.vertex.client import VertexWire
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, ModelEntry, effective_params, price_of
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.server import Running, running
from video_foundry.emulators.vertex import VertexEmulator
from video_foundry.errors import (
    BadInput,
    GenerationFailed,
    NotAuthorised,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import ProviderContract, read_catalogue, settled

KEY = "ya29.canary0123456789"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 10
ENTRIES = {entry.id: entry for entry in read_catalogue("vertex")}
VEO, FAST = ENTRIES["vertex-veo-3.1"], ENTRIES["vertex-veo-3.1-fast"]
NAME = "projects/p/locations/us-central1/publishers/google/models/veo-3.1-generate-001/operations/a"


class TestVeo(ProviderContract):
    """The video comes within the answer."""

    provider = "vertex"
    model = "vertex-veo-3.1-fast"
    adapter_class: ClassVar[type[HttpModel[Any]]] = VertexModel
    emulator_class: ClassVar[type[Emulator]] = VertexEmulator
    params: ClassVar[Mapping[str, Any]] = {"duration": 4}

    def settings(self, prefix: str) -> Mapping[str, str]:
        return {f"{prefix}_PROJECT": "p"}


# --- a bucket in between, and other settings


@pytest.fixture
def served() -> Iterator[Running]:
    with running(VertexEmulator(Settings(key=KEY))) as server:
        yield server


def account(**settings: str) -> EnvironmentAccount:
    variables = {f"VERTEX_{name.upper()}": value for name, value in settings.items()}
    made = account_of("vertex", VEO.env_key, title="Vertex AI")
    return replace(made, environment={"VERTEX_ACCESS_TOKEN": KEY, **variables})


@pytest.fixture
async def adapter(served: Running) -> AsyncIterator[VertexModel]:
    """One whose videos go to a bucket."""
    places = {"base_url": served.url, "storage_base_url": f"{served.url}/_storage"}
    made = VertexModel(FAST, account(project="p", storage_uri="gs://films/raw/", **places))
    yield made
    await made.aclose()


def submission(folder: Path, **files: bytes) -> Submission:
    references = {}
    for name, content in files.items():
        references[name] = folder / name
        references[name].write_bytes(content)
    return Submission(
        model=FAST.id,
        prompt="A fox",
        params=effective_params(FAST, {"duration": 4}),
        references=references,
        key="k",
        scratch=folder,
    )


async def test_a_video_in_a_bucket_is_read_with_the_token(
    served: Running, adapter: VertexModel, tmp_path: Path
) -> None:
    job_id = await adapter.submit(submission(tmp_path, first_frame=PNG, last_frame=PNG))
    assert (await settled(adapter, job_id)).status is GenerationStatus.SUCCEEDED
    result = await adapter.get_result(job_id)
    last = job_id.rpartition("/")[2]
    assert result.url == f"{served.url}/_storage/films/raw/{last}/sample_0.mp4"
    assert httpx2.get(result.url).status_code == 403
    assert httpx2.get(result.url, headers=result.headers).content[4:8] == b"ftyp"
    (create,) = served.emulator.ledger.accepted
    assert create.body["parameters"]["storageUri"] == "gs://films/raw"
    assert set(create.body["instances"][0]) == {"prompt", "image", "lastFrame"}


async def test_without_a_project_nothing_is_sent_and_the_variable_is_named(
    served: Running, tmp_path: Path
) -> None:
    adapter = VertexModel(FAST, account(base_url=served.url))
    with pytest.raises(NotAuthorised, match="VERTEX_PROJECT"):
        await adapter.submit(submission(tmp_path))
    await adapter.aclose()
    assert served.emulator.ledger.entries() == []


@pytest.mark.parametrize(
    ("settings", "base_url"),
    [
        ({}, "https://us-central1-aiplatform.googleapis.com"),
        ({"location": "europe-west4"}, "https://europe-west4-aiplatform.googleapis.com"),
        ({"location": "global"}, "https://aiplatform.googleapis.com"),
        ({"location": "global", "base_url": "https://proxy.example/"}, "https://proxy.example"),
    ],
)
def test_the_address_follows_the_location(settings: dict[str, str], base_url: str) -> None:
    wire = VertexWire(VertexModel.dialect, account(**settings))
    assert wire.base_url == base_url


async def test_a_video_without_end_is_not_read_to_its_end(
    served: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("video_foundry.adapters.models.vertex.client.MAX_OPERATION", 2**20)
    served.emulator.script.put("huge_result")
    adapter = VertexModel(FAST, account(project="p", base_url=served.url))
    job_id = await adapter.submit(submission(tmp_path))
    for _ in range(2):
        await adapter.get_status(job_id)
    with pytest.raises(Unavailable, match="too long"):
        await adapter.get_status(job_id)
    await adapter.aclose()


# --- what goes over the wire


def picture(letter: str) -> Picture:
    return Picture(kind="image/jpeg", content=letter.encode())


def media(letter: str) -> dict[str, str]:
    return {"bytesBase64Encoded": b64encode(letter.encode()).decode(), "mimeType": "image/jpeg"}


def test_a_video_from_text_as_vertex_is_asked_for_it() -> None:
    assert mapping.create_request("A fox", effective_params(VEO, {}), {}) == {
        "instances": [{"prompt": "A fox"}],
        "parameters": {
            "sampleCount": 1,
            "durationSeconds": 8,
            "aspectRatio": "16:9",
            "resolution": "720p",
            "generateAudio": True,
        },
    }


def test_a_video_from_frames_as_vertex_is_asked_for_it() -> None:
    params = {
        "duration": 6,
        "aspect_ratio": "9:16",
        "resolution": "1080p",
        "audio": False,
        "seed": 0,
        "negative_prompt": "blur",
        "person_generation": "dont_allow",
        "resize_mode": "crop",
    }
    frames = {"last_frame": picture("z"), "first_frame": picture("a")}
    effective_params(VEO, {**params, **dict.fromkeys(frames, "media")})
    assert mapping.create_request("A fox", params, frames, storage_uri="gs://b") == {
        "instances": [{"prompt": "A fox", "image": media("a"), "lastFrame": media("z")}],
        "parameters": {
            "sampleCount": 1,
            "durationSeconds": 6,
            "aspectRatio": "9:16",
            "resolution": "1080p",
            "generateAudio": False,
            "seed": 0,
            "negativePrompt": "blur",
            "personGeneration": "dont_allow",
            "resizeMode": "CROP",
            "storageUri": "gs://b",
        },
    }


def test_a_prompt_of_blanks_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Rejected):
        mapping.create_request(" ", {}, {})


# --- what Vertex AI says


def done(**response: Any) -> dict[str, Any]:
    return {"name": NAME, "done": True, "response": response}


FILTERED = {"raiMediaFilteredCount": 1}
SUCCEEDED, FAILED = GenerationStatus.SUCCEEDED, GenerationStatus.FAILED


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({}, GenerationStatus.RUNNING, None),
        ({"name": NAME}, GenerationStatus.RUNNING, None),
        ({"name": NAME, "done": "yes"}, GenerationStatus.RUNNING, None),
        (done(videos=[{"bytesBase64Encoded": "YQ=="}]), SUCCEEDED, None),
        (done(videos=[{"gcsUri": "gs://a/b"}]), SUCCEEDED, None),
        (done(), FAILED, "no_output"),
        (done(videos=[]), FAILED, "no_output"),
        (done(videos=[{"mimeType": "video/mp4"}]), FAILED, "no_output"),
        (done(**FILTERED), FAILED, "moderated"),
        (done(**FILTERED, raiMediaFilteredReasons=["Violence."]), FAILED, "moderated"),
        ({"done": True, "error": {"code": 13, "message": "Oops"}}, FAILED, "provider_error"),
        ({"done": True, "error": {"code": 3}}, FAILED, "provider_error"),
        ({"done": True, "error": {"code": 3, "message": "Unsafe: safety"}}, FAILED, "moderated"),
        ({"done": True, "error": {"code": 1}}, GenerationStatus.CANCELLED, None),
    ],
)
def test_how_it_stands(told: Any, status: GenerationStatus, code: str | None) -> None:
    report = mapping.status_report(told)
    assert (report.status, report.error_code) == (status, code)
    assert bool(report.error_message) is (status is FAILED)


def test_the_reasons_of_the_filter_are_shown() -> None:
    report = mapping.status_report(done(**FILTERED, raiMediaFilteredReasons=["Violence. 123"]))
    assert report.error_message == "Violence. 123"


def test_a_video_that_is_no_base64_is_a_failure() -> None:
    operation = done(videos=[{"bytesBase64Encoded": "%"}])
    with pytest.raises(GenerationFailed):
        mapping.generation_result(operation, storage_base_url="https://s", headers={})


def test_a_name_within_a_bucket_is_made_safe_for_an_address() -> None:
    operation = done(videos=[{"gcsUri": "gs://b/a film?.mp4"}])
    told = mapping.generation_result(operation, storage_base_url="https://s", headers={"a": "b"})
    assert (told.url, told.headers) == ("https://s/b/a%20film%3F.mp4", {"a": "b"})


@pytest.mark.parametrize(
    ("name", "is_known"), [(NAME, True), ("a", False), (7, False), (None, False)]
)
def test_only_a_name_that_can_be_asked_for_is_an_answer(name: object, is_known: bool) -> None:
    answer = Answer(200, {}, json.dumps({"name": name}).encode())
    assert mapping.operation_name(answer) == (name if is_known else None)


def test_a_limit_says_nothing_of_the_wait() -> None:
    content = b'{"error":{"code":429,"message":"Quota exceeded"}}'
    error = mapping.refusal(Answer(429, {}, content), datetime.now(UTC))
    assert isinstance(error, RateLimited)
    assert error.retry_after is None


# --- the catalogue


@pytest.mark.parametrize(
    "params",
    [
        {"duration": 5},
        {"resolution": "4k"},
        {"aspect_ratio": "1:1"},
        {"last_frame": "media"},
        {"resize_mode": "pad"},
        {"seed": -1},
        {"audio": "yes"},
    ],
)
def test_what_veo_would_refuse_is_refused_before_money(params: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        effective_params(VEO, params)


@pytest.mark.parametrize(
    ("entry", "audio", "amount"),
    [(VEO, True, "3.20"), (VEO, False, "1.60"), (FAST, True, "1.20"), (FAST, False, "0.80")],
)
def test_prices_depend_on_the_sound(entry: ModelEntry, audio: bool, amount: str) -> None:
    price = price_of(entry, effective_params(entry, {"audio": audio}))
    assert (price.low, price.high) == (Decimal(amount), Decimal(amount))


def test_the_catalogue() -> None:
    catalogue = Catalogue(ENTRIES.values())
    catalogue.refuse_wrong_schemas()
    assert VEO.kinds == ("text", "image", "first_last", "audio")
    assert catalogue.resolve("veo-3.1-fast").entry is FAST
    assert catalogue.resolve("veo-3.0-generate-001").entry.successor == VEO.id
    assert account().prefix == "VERTEX"
    for entry in (VEO, FAST):
        assert entry.idempotency == VertexModel.idempotency
