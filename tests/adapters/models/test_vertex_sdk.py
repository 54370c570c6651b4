"""Google's official SDK, in its Google Cloud mode, against our emulator: where it can be driven by
it, its shapes are right."""

from collections.abc import Iterator
from typing import Any

import pytest

from video_foundry.adapters.models.vertex.mapping import create_request
from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.server import Running, running
from video_foundry.emulators.vertex import VertexEmulator

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning:google")

KEY = "ya29.canary0123456789"
MODEL = "veo-3.1-fast-generate-001"
ASKED = {
    "number_of_videos": 1,
    "duration_seconds": 4,
    "aspect_ratio": "16:9",
    "resolution": "720p",
    "generate_audio": True,
}
OURS = {"duration": 4, "aspect_ratio": "16:9", "resolution": "720p", "audio": True}


@pytest.fixture
def served() -> Iterator[Running]:
    with running(VertexEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
def client(served: Running) -> Iterator[Any]:
    from google import genai
    from google.genai import types
    from google.oauth2.credentials import Credentials

    once = types.HttpRetryOptions(attempts=1)
    options = types.HttpOptions(base_url=served.url, retry_options=once)
    with genai.Client(
        vertexai=True,
        project="p",
        location="us-central1",
        credentials=Credentials(token=KEY),  # type: ignore[no-untyped-call]  # google-auth has none
        http_options=options,
    ) as made:
        yield made


def generated(client: Any, image: Any = None, **more: Any) -> Any:
    source = {"prompt": "A fox", "image": image}
    return client.models.generate_videos(model=MODEL, source=source, config={**ASKED, **more})


def ended(client: Any, operation: Any) -> Any:
    for _ in range(5):
        operation = client.operations.get(operation)
        if operation.done:
            return operation
    raise AssertionError(operation)


def test_the_sdk_completes_a_generation_and_asks_as_we_do(client: Any, served: Running) -> None:
    operation = ended(client, generated(client))
    (made,) = operation.result.generated_videos
    assert made.video.video_bytes[4:8] == b"ftyp"
    assert made.video.mime_type == "video/mp4"
    (create,) = served.emulator.ledger.accepted
    assert create.body == create_request("A fox", OURS, {})


def test_the_sdk_finds_the_video_in_a_bucket(client: Any, served: Running) -> None:
    operation = ended(client, generated(client, output_gcs_uri="gs://films"))
    (made,) = operation.result.generated_videos
    assert made.video.uri.startswith("gs://films/")
    (create,) = served.emulator.ledger.accepted
    assert create.body == create_request("A fox", OURS, {}, storage_uri="gs://films")


def test_the_sdk_asks_for_frames_as_we_do(client: Any, served: Running) -> None:
    from google.genai import types

    from video_foundry.adapters.models.wire.pictures import Picture

    content = b"\x89PNG\r\n\x1a\n"
    frame = types.Image(image_bytes=content, mime_type="image/png")
    options = {
        "seed": 5,
        "negative_prompt": "blur",
        "person_generation": "allow_adult",
        "resize_mode": "pad",
    }
    generated(client, frame, last_frame=frame, **options)
    (create,) = served.emulator.ledger.accepted
    picture = Picture(kind="image/png", content=content)
    frames = {"first_frame": picture, "last_frame": picture}
    assert create.body == create_request("A fox", {**OURS, **options}, frames)


def test_the_sdk_is_told_why_there_is_no_video(client: Any, served: Running) -> None:
    served.emulator.script.put("moderated_after")
    filtered = ended(client, generated(client)).result
    assert filtered.rai_media_filtered_count == 1
    assert "usage guidelines" in filtered.rai_media_filtered_reasons[0]


@pytest.mark.parametrize(
    ("fault", "status"),
    [("unauthorised", 401), ("no_credit", 403), ("moderated", 400), ("rate_limited", 429)],
)
def test_the_sdk_meets_errors(client: Any, served: Running, fault: str, status: int) -> None:
    from google.genai import errors

    served.emulator.script.put(fault)
    with pytest.raises(errors.ClientError) as caught:
        generated(client)
    assert caught.value.code == status
    assert caught.value.message
    assert len(served.emulator.ledger.entries("create")) == 1


@pytest.mark.parametrize(
    ("fault", "read"),
    [
        ("cancelled", {"error": {"code": 1, "message": "The operation was cancelled."}}),
        ("failed", {"error": {"code": 13, "message": "An internal error has occurred."}}),
        ("no_output", {"response": {"rai_media_filtered_count": 0}}),
    ],
)
def test_the_sdk_reads_every_end(
    client: Any, served: Running, fault: str, read: dict[str, Any]
) -> None:
    served.emulator.script.put(fault)
    told = ended(client, generated(client)).model_dump(exclude_none=True)
    assert {name: told[name] for name in ("error", "response") if name in told} == read
