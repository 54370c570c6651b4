"""Luma's official SDK against our emulator: where it can be driven by it, its shapes are right."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from pydantic import TypeAdapter

from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.luma import LumaEmulator
from video_foundry.emulators.server import Running, running

KEY = "luma-api-canary0123"


@pytest.fixture
def served() -> Iterator[Running]:
    with running(LumaEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
def client(served: Running) -> Iterator[Any]:
    from luma_agents import Luma

    with Luma(auth_token=KEY, base_url=f"{served.url}/v1", max_retries=0) as luma:
        yield luma


def strict(schema: Any) -> Any:
    """The same schema, with no room for fields that it does not name."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(part) for name, part in schema.items()}
    if "properties" in schema:
        closed["additionalProperties"] = False
    return closed


def check(type_: Any, told: Any) -> None:
    schema = strict(TypeAdapter(type_).json_schema())
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(told)]
    assert errors == []


def raw(served: Running, method: str, path: str, **content: Any) -> Any:
    headers = {"Authorization": f"Bearer {KEY}"}
    return httpx2.request(method, served.url + path, headers=headers, **content).json()


def ended(client: Any, id: str) -> Any:
    for _ in range(5):
        generation = client.generations.get(id)
        if generation.state in ("completed", "failed"):
            return generation
    raise AssertionError(generation)


@pytest.mark.parametrize(("model", "type"), [("ray-3.2", "video"), ("uni-1", "image")])
def test_the_sdk_completes_a_generation(client: Any, model: str, type: str) -> None:
    options = {"video": {"duration": "5s", "resolution": "360p"}} if type == "video" else {}
    made = client.generations.create(prompt="A fox", model=model, type=type, **options)
    assert (made.state, made.model, made.type) == ("queued", model, type)
    done = ended(client, made.id)
    assert done.state == "completed"
    assert [output.type for output in done.output] == [type]
    assert httpx2.get(done.output[0].url).is_success


def test_the_sdk_uploads_a_picture_and_uses_it(client: Any) -> None:
    told = BytesIO()
    Image.new("RGB", (8, 8)).save(told, "PNG")
    content = told.getvalue()
    slot = client.files.create(mime_type="image/png", size_bytes=len(content), purpose="input")
    stored = httpx2.put(slot.upload.url, content=content, headers=slot.upload.headers)
    assert stored.is_success
    assert client.files.complete(slot.id).state == "pending"
    assert client.files.get(slot.id).state == "ready"
    frame = {"file_id": slot.id}
    made = client.generations.create(
        prompt="A fox", model="ray-3.2", type="video", video={"start_frame": frame}
    )
    assert made.id


def test_the_sdk_meets_errors(client: Any, served: Running) -> None:
    import luma_agents

    meant = {
        "unauthorised": luma_agents.AuthenticationError,
        "moderated": luma_agents.BadRequestError,
        "invalid": luma_agents.UnprocessableEntityError,
        "rate_limited": luma_agents.RateLimitError,
        "no_credit": luma_agents.APIStatusError,
        "unavailable": luma_agents.InternalServerError,
    }
    for fault, error in meant.items():
        served.emulator.script.put(fault)
        with pytest.raises(error):
            client.generations.create(prompt="A fox", model="uni-1")
    with pytest.raises(luma_agents.NotFoundError):
        client.generations.get("never-made")
    assert served.emulator.ledger.accepted == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [("failed", "generation_failed"), ("moderated_after", "content_moderated")],
)
def test_the_sdk_is_told_why_it_failed(client: Any, served: Running, fault: str, code: str) -> None:
    served.emulator.script.put(fault)
    made = client.generations.create(prompt="A fox", model="uni-1")
    done = ended(client, made.id)
    assert (done.state, done.failure_code) == ("failed", code)
    assert done.failure_reason


@pytest.mark.parametrize("fault", ["", "failed", "moderated_after", "cancelled", "no_output"])
def test_every_answer_has_the_fields_of_the_sdk_and_no_other(served: Running, fault: str) -> None:
    from luma_agents.types import Generation

    if fault:
        served.emulator.script.put(fault)
    asked = {"prompt": "A fox", "model": "uni-1-max", "type": "image"}
    told = raw(served, "POST", "/v1/generations", json=asked)
    check(Generation, told)
    states = [told["state"]]
    for _ in range(3):
        told = raw(served, "GET", f"/v1/generations/{told['id']}")
        check(Generation, told)
        states.append(told["state"])
    end = "failed" if fault not in ("", "no_output") else "completed"
    assert states == ["queued", "queued", "processing", end]


def test_uploads_have_the_fields_of_the_sdk_and_no_other(served: Running) -> None:
    from luma_agents.types import CreateFileResponse, File, FileList

    asked = {"mime_type": "image/png", "size_bytes": 4, "filename": "a.png", "purpose": "input"}
    slot = raw(served, "POST", "/v1/files", json=asked)
    check(CreateFileResponse, slot)
    check(File, raw(served, "POST", f"/v1/files/{slot['id']}/complete"))
    check(File, raw(served, "GET", f"/v1/files/{slot['id']}"))
    listed = raw(served, "GET", "/v1/files?limit=1")
    check(FileList, listed)
    assert [file["id"] for file in listed["data"]] == [slot["id"]]
