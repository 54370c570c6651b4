"""OpenRouter's official SDK against our emulator: what the SDK understands, the adapter may rely
on."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openrouter import OpenRouter
from openrouter.components import VideoGenerationResponse, VideoModelsListResponse
from openrouter.errors import (
    BadRequestResponseError,
    ConflictResponseError,
    ForbiddenResponseError,
    NotFoundResponseError,
    OpenRouterError,
    PaymentRequiredResponseError,
    ServiceUnavailableResponseError,
    TooManyRequestsResponseError,
    UnauthorizedResponseError,
)
from openrouter.utils.retries import BackoffStrategy, RetryConfig
from pydantic import TypeAdapter

from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.openrouter import OpenRouterEmulator
from video_foundry.emulators.server import Running, running

KEY = "sk-or-canary0123456789"
VIDEO = Draft202012Validator(TypeAdapter(VideoGenerationResponse).json_schema())
MODELS = Draft202012Validator(TypeAdapter(VideoModelsListResponse).json_schema())
ONCE = RetryConfig("none", BackoffStrategy(1, 1, 1, 1), retry_connection_errors=False)
"""Without this the SDK would send a create again and again, for up to an hour."""
VEO = "google/veo-3.1"


@pytest.fixture
def served() -> Iterator[Running]:
    with running(OpenRouterEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
def sdk(served: Running) -> Iterator[OpenRouter]:
    with (
        httpx.Client(follow_redirects=False) as client,
        OpenRouter(
            api_key=KEY, server_url=served.url, client=client, retry_config=ONCE
        ) as openrouter,
    ):
        yield openrouter


def _create(sdk: OpenRouter, **more: Any) -> VideoGenerationResponse:
    return sdk.video_generation.generate(model=VEO, prompt="A lighthouse", **more)


def _states(sdk: OpenRouter, served: Running, job_id: str) -> list[VideoGenerationResponse]:
    """Every state that a job goes through, each held against the SDK's own type."""
    seen: list[VideoGenerationResponse] = []
    while not seen or seen[-1].status in ("pending", "in_progress"):
        assert len(seen) < 10
        _checked(served, f"/videos/{job_id}", VIDEO)
        seen.append(sdk.video_generation.get_generation(job_id=job_id))
    return seen


def _checked(served: Running, path: str, shape: Draft202012Validator) -> Any:
    told = httpx.get(served.url + path, headers={"Authorization": f"Bearer {KEY}"}).json()
    shape.validate(told)
    return told


def test_a_generation_with_frames_and_its_video(sdk: OpenRouter, served: Running) -> None:
    frame = {
        "type": "image_url",
        "image_url": {"url": "https://example.com/a.png"},
        "frame_type": "first_frame",
    }
    made = _create(sdk, duration=4, resolution="720p", seed=7, frame_images=[frame])
    assert (made.status, made.polling_url) == ("pending", f"{served.url}/videos/{made.id}")
    seen = _states(sdk, served, made.id)
    assert seen[-1].status == "completed"
    assert seen[-1].usage is not None
    assert (seen[-1].usage.cost, seen[-1].usage.is_byok) == (0.4, False)
    assert seen[-1].unsigned_urls == [f"{served.url}/videos/{made.id}/content?index=0"]
    video = sdk.video_generation.get_video_content(job_id=made.id)
    assert video.read()[4:8] == b"ftyp"
    assert len(served.emulator.ledger.accepted) == 1


def test_there_is_no_video_before_the_end(sdk: OpenRouter) -> None:
    made = _create(sdk)
    with pytest.raises(ConflictResponseError):
        sdk.video_generation.get_video_content(job_id=made.id)


@pytest.mark.parametrize(
    ("fault", "status"),
    [("failed", "failed"), ("moderated_after", "failed"), ("cancelled", "cancelled")],
)
def test_ends(sdk: OpenRouter, served: Running, fault: str, status: str) -> None:
    served.emulator.script.put(fault)
    made = _create(sdk)
    last = _states(sdk, served, made.id)[-1]
    assert last.status == status
    assert bool(last.error) is (status == "failed")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("invalid", BadRequestResponseError),
        ("unauthorised", UnauthorizedResponseError),
        ("no_credit", PaymentRequiredResponseError),
        ("moderated", ForbiddenResponseError),
        ("rate_limited", TooManyRequestsResponseError),
        ("unavailable", ServiceUnavailableResponseError),
    ],
)
def test_refusals(
    sdk: OpenRouter, served: Running, fault: str, kind: type[OpenRouterError]
) -> None:
    served.emulator.script.put(fault)
    with pytest.raises(kind):
        _create(sdk)
    assert len(served.emulator.ledger.entries("create")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"duration": 5},
        {"resolution": "480p"},
        {"aspect_ratio": "1:1"},
        {"callback_url": "http://example.com"},
        {
            "frame_images": [
                {"type": "image_url", "image_url": {"url": "x"}, "frame_type": "last_frame"}
            ]
        },
        {"input_references": []},
    ],
)
def test_what_a_model_does_not_take(sdk: OpenRouter, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadRequestResponseError) as caught:
        _create(sdk, **wrong)
    assert next(iter(wrong)) in str(caught.value)


def test_what_is_not_there(sdk: OpenRouter) -> None:
    with pytest.raises(NotFoundResponseError):
        sdk.video_generation.generate(model="a/b", prompt="A lighthouse")
    with pytest.raises(NotFoundResponseError):
        sdk.video_generation.get_generation(job_id="nothing")


def test_the_capability_list(sdk: OpenRouter, served: Running) -> None:
    _checked(served, "/videos/models", MODELS)
    listed = {model.id: model for model in sdk.video_generation.list_videos_models().data}
    assert listed[VEO].supported_durations == [4, 6, 8]
    assert (listed[VEO].pricing_skus or {})["duration_seconds_with_audio"] == "0.40"
