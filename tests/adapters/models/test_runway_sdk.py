"""Runway's official SDK against our emulator: what the SDK understands, the adapter may rely on."""

from collections.abc import Iterator
from typing import Any

import pytest
import runwayml
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter
from runwayml import RunwayML
from runwayml.types import TaskRetrieveResponse

from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.runway import RunwayEmulator
from video_foundry.emulators.server import Running, running

KEY = "key_canary0123456789"
TASK = Draft202012Validator(TypeAdapter(TaskRetrieveResponse).json_schema())


@pytest.fixture
def served() -> Iterator[Running]:
    with running(RunwayEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
def sdk(served: Running) -> Iterator[RunwayML]:
    with RunwayML(api_key=KEY, base_url=served.url, max_retries=0) as client:
        yield client


def states(sdk: RunwayML, task_id: str) -> list[Any]:
    """Every state that a task goes through, each held against the SDK's own type."""
    seen: list[Any] = []
    while not seen or seen[-1].status in ("PENDING", "THROTTLED", "RUNNING"):
        assert len(seen) < 10
        raw = sdk.tasks.with_raw_response.retrieve(task_id)
        TASK.validate(raw.http_response.json())
        seen.append(raw.parse())
    return seen


def test_a_generation_from_text(sdk: RunwayML, served: Running) -> None:
    made = sdk.text_to_video.create(
        model="gen4.5", prompt_text="A lighthouse", ratio="1280:720", duration=5
    )
    seen = states(sdk, made.id)
    assert [s.status for s in seen] == ["PENDING", "RUNNING", "SUCCEEDED"]
    assert seen[1].progress == 0.5
    assert seen[2].output[0].startswith("http://localhost:")
    assert seen[2].cost.credits == 60
    assert len(served.emulator.ledger.accepted) == 1


def test_a_generation_from_two_frames_and_a_picture(sdk: RunwayML) -> None:
    clip = sdk.image_to_video.create(
        model="veo3.1",
        prompt_image=[
            {"uri": "https://example.com/a.png", "position": "first"},
            {"uri": "https://example.com/b.png", "position": "last"},
        ],
        ratio="1920:1080",
        duration=8,
        audio=True,
    )
    picture = sdk.text_to_image.create(
        model="gen4_image", prompt_text="A lighthouse", ratio="1920:1080"
    )
    assert states(sdk, clip.id)[-1].status == "SUCCEEDED"
    assert states(sdk, picture.id)[-1].output[0].partition("?")[0].endswith(".png")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("failed", "FAILED", "INTERNAL"), ("moderated_after", "FAILED", "SAFETY")],
)
def test_ends(sdk: RunwayML, served: Running, fault: str, status: str, code: str) -> None:
    served.emulator.script.put(fault)
    made = sdk.text_to_video.create(
        model="gen4.5", prompt_text="A lighthouse", ratio="1280:720", duration=5
    )
    last = states(sdk, made.id)[-1]
    assert (last.status, last.failure_code.split(".")[0]) == (status, code)


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ("rate_limited", runwayml.RateLimitError),
        ("unauthorised", runwayml.AuthenticationError),
        ("no_credit", runwayml.BadRequestError),
        ("unavailable", runwayml.InternalServerError),
    ],
)
def test_refusals(
    sdk: RunwayML, served: Running, refusal: str, error: type[runwayml.APIStatusError]
) -> None:
    served.emulator.script.put(refusal)
    with pytest.raises(error):
        sdk.text_to_video.create(
            model="gen4.5", prompt_text="A lighthouse", ratio="1280:720", duration=5
        )


def test_a_cancel_and_the_account(sdk: RunwayML, served: Running) -> None:
    made = sdk.text_to_video.create(
        model="gen4.5", prompt_text="A lighthouse", ratio="1280:720", duration=5
    )
    sdk.tasks.delete(made.id)
    with pytest.raises(runwayml.NotFoundError):
        sdk.tasks.retrieve(made.id)
    account = sdk.organization.retrieve()
    assert account.credit_balance == 1000
    assert account.tier.models["gen4.5"].max_concurrent_generations == 2
    assert served.emulator.ledger.entries("cancel")[0].status == 204


def test_an_upload(sdk: RunwayML) -> None:
    uploaded = sdk.uploads.create_ephemeral(file=("a.png", b"\x89PNG\r\n\x1a\n"))
    assert uploaded.uri.startswith("runway://")
