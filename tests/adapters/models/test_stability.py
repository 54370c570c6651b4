"""Stability's pictures: the traps of the trade where an answer is the result, the form on the wire,
and where a picture waits. And that Stability sells no video."""

import json
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
from PIL import Image

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.stability import mapping
from video_foundry.adapters.models.stability.adapter import StabilityModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, effective_params, price_of
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.server import Running, running
from video_foundry.emulators.stability import StabilityEmulator
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
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, Submission
from video_foundry.testing.provider_contract import (
    KEY,
    PATIENT,
    ProviderContract,
    read_catalogue,
    reported,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = {entry.id: entry for entry in read_catalogue("stability")}
LIVING = {name: entry for name, entry in ENTRIES.items() if entry.retired is None}
PATH = "/v2beta/stable-image/generate"


class TestContract(ProviderContract):
    """An answer is the result: questions go to the disk, and nothing has to be waited for."""

    provider = "stability"
    model = "stability-core"
    adapter_class: ClassVar[type[HttpModel[Any]]] = StabilityModel
    emulator_class: ClassVar[type[Emulator]] = StabilityEmulator

    async def test_a_failed_question_is_no_failed_generation(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, fault: str = ""
    ) -> None:
        """Nothing is asked of Stability once it has answered."""
        job_id = await adapter.submit(submission)
        assert (await reported(adapter, job_id)).status is GenerationStatus.SUCCEEDED
        assert [entry.kind for entry in served.emulator.ledger.entries()] == ["create"]

    async def test_what_may_be_billed_is_not_called_cancelled(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        """Whatever is asked for is made before anybody could cancel it."""
        job_id = await adapter.submit(submission)
        assert await adapter.cancel_generation(job_id) is False
        assert (await reported(adapter, job_id)).status is GenerationStatus.SUCCEEDED

    async def test_a_word_that_nobody_knows_means_still_running(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        """The word tells how it ended, and the picture is there: what was paid for is taken."""
        assert mapping.status_report("DREAMT").status is GenerationStatus.SUCCEEDED

    async def test_a_generation_that_is_not_known_is_lost(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        job_id = await adapter.submit(submission)
        shutil.rmtree(submission.scratch)
        with pytest.raises(GenerationLost):
            await reported(adapter, job_id)
        with pytest.raises(GenerationLost):
            await adapter.get_result(job_id)

    async def test_no_result_before_the_end(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        """Where only half was written down when the process ended, there is nothing."""
        job_id = await adapter.submit(submission)
        (submission.scratch / "stability.json").rename(submission.scratch / "stability.json.part")
        with pytest.raises(GenerationLost):
            await adapter.get_result(job_id)


@pytest.fixture
def served() -> Iterator[Running]:
    with running(StabilityEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
async def model(served: Running) -> AsyncIterator[StabilityModel]:
    made = model_at(served.url)
    yield made
    await made.aclose()


def model_at(url: str, name: str = "stability-core") -> StabilityModel:
    entry = ENTRIES[name]
    variables = {"STABILITY_BASE_URL": url, "STABILITY_API_KEY": KEY}
    account = replace(account_of(entry.provider, entry.env_key), environment=variables)
    return StabilityModel(entry, account, timeouts=PATIENT)


def submission_in(folder: Path, name: str = "stability-core", **given: Any) -> Submission:
    return Submission(
        model=name,
        prompt="A lighthouse at dusk",
        params=effective_params(ENTRIES[name], given),
        references={},
        key="key-1",
        scratch=folder,
    )


# --- the wire ----------------------------------------------------------------------------------


SD3 = {"mode": "text-to-image", "aspect_ratio": "16:9"}


@pytest.mark.parametrize(
    ("name", "given", "service", "form"),
    [
        (
            "stability-ultra",
            {"aspect_ratio": "21:9", "negative_prompt": "fog", "style_preset": "anime"},
            "ultra",
            {"aspect_ratio": "21:9", "negative_prompt": "fog", "style_preset": "anime"},
        ),
        ("stability-core", {"seed": 7}, "core", {"aspect_ratio": "16:9", "seed": "7"}),
        (
            "stability-sd3.5-large",
            {"cfg_scale": 4.0},
            "sd3",
            {"model": "sd3.5-large", "cfg_scale": "4", **SD3},
        ),
        (
            "stability-sd3.5-large-turbo",
            {},
            "sd3",
            {"model": "sd3.5-large-turbo", **SD3},
        ),
        (
            "stability-sd3.5-medium",
            {"cfg_scale": 4.5},
            "sd3",
            {"model": "sd3.5-medium", "cfg_scale": "4.5", **SD3},
        ),
    ],
)
def test_what_is_sent(name: str, given: dict[str, Any], service: str, form: Any) -> None:
    params = effective_params(ENTRIES[name], given)
    path, told = mapping.create_request(ENTRIES[name].wire, "A boat", params)
    assert path == f"{PATH}/{service}"
    assert told == {"prompt": "A boat", "output_format": "png", **form}


async def test_the_form_on_the_wire(served: Running, model: StabilityModel, tmp_path: Path) -> None:
    await model.submit(submission_in(tmp_path, seed=7, negative_prompt="fog"))
    (entry,) = served.emulator.ledger.accepted
    assert (entry.method, entry.path) == ("POST", f"{PATH}/core")
    assert entry.body == {
        "prompt": "A lighthouse at dusk",
        "output_format": "png",
        "aspect_ratio": "16:9",
        "negative_prompt": "fog",
        "seed": "7",
    }
    assert entry.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert entry.headers["accept"] == "application/json"


# --- where a picture waits ---------------------------------------------------------------------


async def test_another_process_goes_on_from_what_was_written_down(
    served: Running, model: StabilityModel, tmp_path: Path
) -> None:
    job_id = await model.submit(submission_in(tmp_path, aspect_ratio="9:16"))
    afterwards = model_at("http://127.0.0.1:9")  # where nobody is
    assert (await afterwards.get_status(job_id)).status is GenerationStatus.SUCCEEDED
    result = await afterwards.get_result(job_id)
    assert isinstance(result, GenerationResult)
    assert result.path is not None
    assert result.path.parent.samefile(tmp_path)
    with Image.open(result.path) as picture:
        assert picture.size == (768, 1344)
    await afterwards.aclose()


async def test_a_picture_that_cannot_be_written_down_is_a_doubt(
    served: Running, model: StabilityModel, tmp_path: Path
) -> None:
    """It was made, and is paid for: nobody may send it again without asking."""
    submission = replace(submission_in(tmp_path), scratch=tmp_path / "nowhere")
    with pytest.raises(Ambiguous, match="could not be written"):
        await model.submit(submission)
    assert len(served.emulator.ledger.accepted) == 1


@pytest.mark.parametrize("job_id", ["", "kept:", "/etc", "kept:/nowhere", "7"])
async def test_an_id_of_another_kind_is_lost(model: StabilityModel, job_id: str) -> None:
    with pytest.raises(GenerationLost):
        await model.get_status(job_id)


async def test_a_note_without_its_picture_is_lost(model: StabilityModel, tmp_path: Path) -> None:
    job_id = await model.submit(submission_in(tmp_path))
    (tmp_path / "stability.png").unlink()
    with pytest.raises(GenerationLost):
        await model.get_result(job_id)


async def test_what_is_no_picture_is_not_taken_for_one(
    served: Running, model: StabilityModel, tmp_path: Path
) -> None:
    served.emulator.script.put("not_a_video")
    job_id = await model.submit(submission_in(tmp_path))
    with pytest.raises(GenerationFailed) as caught:
        await model.get_result(job_id)
    assert caught.value.code == "no_output"


async def test_the_three_methods_alone_work_too(model: StabilityModel) -> None:
    job_id = await model.initiate_generation("A boat", {"aspect_ratio": "1:1"})
    result = await model.get_result(job_id)
    assert result.path is not None
    shutil.rmtree(result.path.parent)
    with pytest.raises(GenerationLost):
        await model.get_result(job_id)


# --- answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "made"),
    [
        (b'{"image": "AAAA", "finish_reason": "SUCCESS"}', ("SUCCESS", b"\0\0\0")),
        (b'{"image": "%", "finish_reason": "SUCCESS"}', ("SUCCESS", None)),
        (b'{"image": 5, "finish_reason": "ERROR"}', ("ERROR", None)),
        (b'{"finish_reason": "CONTENT_FILTERED"}', ("CONTENT_FILTERED", None)),
        (b'{"image": "AAAA"}', None),
        (b'{"finish_reason": 5}', None),
        (b"<html>", None),
        (b"[]", None),
    ],
)
def test_what_an_answer_holds(body: bytes, made: tuple[str, bytes | None] | None) -> None:
    told = mapping.made(Answer(200, {}, body))
    assert (None if told is None else (told.reason, told.picture)) == made


def answer(status: int, name: object, *errors: object) -> Answer:
    return Answer(status, {}, json.dumps({"id": "1", "name": name, "errors": errors}).encode())


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (answer(400, "bad_request", "seed: no"), Rejected),
        (answer(400, "content_moderation", "flagged"), Moderated),
        (answer(401, "unauthorized", "who"), NotAuthorised),
        (answer(402, "payment_required", "no credits"), NoCredit),
        (answer(403, "content_moderation", "flagged"), Moderated),
        (answer(403, "forbidden", "Flagged by our content moderation system"), Moderated),
        (answer(403, "forbidden", "not for you"), NotAuthorised),
        (answer(413, "payload_too_large", "too large"), Rejected),
        (answer(422, "invalid_language", "English, please"), Rejected),
        (answer(429, "rate_limit_exceeded"), RateLimited),
        (Answer(403, {}, b"<html>"), NotAuthorised),
        (Answer(302, {}, b""), Rejected),
    ],
)
def test_refusals_are_told_apart(told: Answer, kind: type[ModelError]) -> None:
    assert type(mapping.refusal(told, NOW)) is kind


def test_a_refusal_carries_the_words() -> None:
    said = str(mapping.refusal(answer(400, "bad_request", "seed:\nno", 5, "too many"), NOW))
    assert said.endswith("seed: no; too many")


# --- the emulator ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "form"),
    [
        ("core", {}),
        ("core", {"prompt": "p", "aspect_ratio": "4:3"}),
        ("core", {"prompt": "p", "seed": "4294967295"}),
        ("core", {"prompt": "p", "model": "sd3.5-large"}),
        ("ultra", {"prompt": "p", "cfg_scale": "4"}),
        ("sd3", {"prompt": "p"}),
        ("sd3", {"prompt": "p", "model": "sd3.5-large", "cfg_scale": "11"}),
        ("sd3", {"prompt": "p", "model": "sd3.5-large-turbo", "negative_prompt": "fog"}),
        ("sd3", {"prompt": "p", "model": "sd3.5-large", "output_format": "gif"}),
        ("video", {"prompt": "p"}),
    ],
)
async def test_the_emulator_refuses_what_stability_does(
    served: Running, service: str, form: dict[str, str]
) -> None:
    parts = {name: (None, value) for name, value in form.items()} or {"none": (None, "")}
    head = {"Authorization": f"Bearer {KEY}", "Accept": "image/*"}
    async with httpx2.AsyncClient(base_url=served.url, headers=head) as client:
        refused = await client.post(f"{PATH}/{service}", files=parts)
    assert refused.status_code in (400, 404)
    assert sorted(refused.json()) == ["errors", "id", "name"]
    assert served.emulator.ledger.accepted == []


async def test_the_emulator_wants_a_form_and_gives_a_plain_picture_too(served: Running) -> None:
    head = {"Authorization": f"Bearer {KEY}", "Accept": "image/*"}
    async with httpx2.AsyncClient(base_url=served.url, headers=head) as client:
        as_json = await client.post(f"{PATH}/core", json={"prompt": "p"})
        plain = await client.post(f"{PATH}/core", files={"prompt": (None, "p")})
    assert as_json.status_code == 400
    assert plain.headers["content-type"] == "image/png"
    assert plain.headers["finish-reason"] == "SUCCESS"
    assert plain.content.startswith(b"\x89PNG")


# --- the catalogue -----------------------------------------------------------------------------


def test_stability_sells_pictures_and_no_video() -> None:
    stability = ENTRIES["stability-ai"]
    assert "no video" in (stability.retired or "")
    assert "storyboard" in (stability.retired or "")
    assert {entry.makes for entry in LIVING.values()} == {"image"}
    catalogue = Catalogue(ENTRIES.values())
    assert catalogue.resolve("stable-video-diffusion").entry is stability


def test_the_promise_is_the_same_on_both_sides() -> None:
    assert {e.idempotency for e in LIVING.values()} == {StabilityModel.idempotency}
    assert {e.env_key for e in LIVING.values()} == {"STABILITY_API_KEY"}
    assert {e.kinds for e in LIVING.values()} == {("text",)}
    assert all("no live call" in e.evidence for e in LIVING.values())


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("stability-ultra", "0.08"),
        ("stability-core", "0.03"),
        ("stability-sd3.5-large", "0.065"),
        ("stability-sd3.5-large-turbo", "0.04"),
        ("stability-sd3.5-medium", "0.035"),
    ],
)
def test_prices(name: str, amount: str) -> None:
    price = price_of(ENTRIES[name], effective_params(ENTRIES[name], {}))
    assert (price.low, price.high, price.is_known) == (Decimal(amount), Decimal(amount), True)
    assert all(row.as_of and row.source for row in ENTRIES[name].prices)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("stability-core", {"aspect_ratio": "4:3"}),
        ("stability-core", {"seed": 4294967295}),
        ("stability-core", {"cfg_scale": 4}),
        ("stability-core", {"duration": 5}),
        ("stability-ultra", {"style_preset": "loud"}),
        ("stability-sd3.5-large", {"cfg_scale": 11}),
        ("stability-sd3.5-large-turbo", {"negative_prompt": "fog"}),
    ],
)
def test_what_stability_would_refuse_is_refused_before(name: str, params: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        effective_params(ENTRIES[name], params)
    assert caught.value.problems[0].field.startswith("model_params")
