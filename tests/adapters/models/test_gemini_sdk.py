"""Google's official SDK against our emulator: where it can be driven by it, its shapes are
right."""

from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from video_foundry.adapters.models.gemini.adapter import GeminiModel
from video_foundry.adapters.models.gemini.mapping import create_request
from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.gemini import GeminiEmulator
from video_foundry.emulators.server import Running, running

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning:google")

KEY = "AIzaCanary0123456789"
MODEL = "gemini-omni-1.2-flash"


@pytest.fixture
def served() -> Iterator[Running]:
    with running(GeminiEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
def client(served: Running) -> Iterator[Any]:
    from google import genai
    from google.genai import types

    once = types.HttpRetryOptions(attempts=1)
    options = types.HttpOptions(base_url=served.url, retry_options=once)
    with genai.Client(api_key=KEY, http_options=options) as made:
        yield made


def asked(delivery: str = "uri") -> dict[str, Any]:
    """What our own adapter sends."""
    body = create_request(MODEL, "A fox", {}, {})
    body["response_format"]["delivery"] = delivery
    return body


def ended(client: Any, id: str) -> Any:
    for _ in range(5):
        told = client.interactions.get(id)
        if told.status not in ("queued", "in_progress"):
            return told
    raise AssertionError(told)


def video_of(interaction: Any) -> Any:
    (step,) = interaction.steps
    (part,) = step.content
    assert (step.type, part.type, part.mime_type) == ("model_output", "video", "video/mp4")
    return part


def test_the_sdk_completes_a_generation(client: Any, served: Running) -> None:
    made = client.interactions.create(**asked())
    assert (made.status, made.model) == ("queued", MODEL)
    done = ended(client, made.id)
    assert done.status == "completed"
    uri = video_of(done).uri
    assert httpx2.get(uri, headers={"x-goog-api-key": KEY}).headers["content-type"] == "video/mp4"
    assert httpx2.get(uri).status_code == 403
    (create,) = served.emulator.ledger.accepted
    assert create.body == asked()


def test_the_sdk_takes_a_video_within_the_answer(client: Any) -> None:
    made = client.interactions.create(**asked(delivery="inline"))
    data = video_of(ended(client, made.id)).data
    content = data if isinstance(data, bytes) else b64decode(data)
    assert content[4:8] == b"ftyp"


def test_the_sdk_lists_models_where_a_key_is_tried(client: Any, served: Running) -> None:
    listed = client.models.list(config={"page_size": 1})
    assert f"models/{MODEL}" in [model.name for model in listed.page]
    (asked_for,) = served.emulator.ledger.entries("other")
    assert (asked_for.method, asked_for.path) == ("GET", GeminiModel.check_path)


def test_the_sdk_cancels(client: Any, served: Running) -> None:
    served.emulator.script.put("never")
    made = client.interactions.create(**asked())
    assert client.interactions.cancel(made.id).status == "cancelled"
    assert client.interactions.get(made.id).status == "cancelled"


def test_the_sdk_is_told_why_it_failed(client: Any, served: Running) -> None:
    for fault in ("failed", "moderated_after"):
        served.emulator.script.put(fault)
        done = ended(client, client.interactions.create(**asked()).id)
        assert done.status == "failed"
        assert done.errors[0].message


@pytest.mark.parametrize(
    ("fault", "status"),
    [("unauthorised", 400), ("moderated", 400), ("rate_limited", 429), ("unavailable", 503)],
)
def test_the_sdk_meets_errors(client: Any, served: Running, fault: str, status: int) -> None:
    served.emulator.script.put(fault)
    with pytest.raises(Exception) as caught:
        client.interactions.create(**asked())
    error: Any = caught.value
    assert (getattr(error, "status_code", None) or error.code) == status
    assert len(served.emulator.ledger.entries("create")) == 1


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


def test_every_answer_has_the_fields_of_the_sdk_and_no_other(served: Running) -> None:
    from google.genai.interactions import Interaction

    schema = strict(TypeAdapter(Interaction).json_schema())
    headers = {"x-goog-api-key": KEY}
    base = f"{served.url}/v1/interactions"
    for fault in ("", "failed", "moderated_after", "cancelled", "no_output"):
        if fault:
            served.emulator.script.put(fault)
        told = httpx2.post(base, json=asked(), headers=headers).json()
        for _ in range(4):
            errors = [e.message for e in Draft202012Validator(schema).iter_errors(told)]
            assert errors == [], told
            told = httpx2.get(f"{base}/{told['id']}", headers=headers).json()
        assert told["status"] in ("completed", "failed", "cancelled")
