"""Replicate's official SDK against our emulator: what the SDK understands, the adapter may rely
on."""

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from jsonschema import Draft7Validator
from replicate.client import Client
from replicate.exceptions import ReplicateError
from replicate.file import File
from replicate.prediction import Prediction
from replicate.webhook import Webhooks, WebhookSigningSecret

from video_foundry.adapters.models.replicate import webhooks
from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.replicate import ReplicateEmulator
from video_foundry.emulators.server import Running, running

KEY = "r8_canary0123456789"
VEO = "google/veo-3.1"


def _strict(schema: dict[str, Any]) -> Draft7Validator:
    """The SDK's own shape, in which what may be missing may also be null, as its types say."""
    for name, told in schema["properties"].items():
        if name not in schema.get("required", ()):
            schema["properties"][name] = {"anyOf": [told, {"type": "null"}]}
    return Draft7Validator(schema)


PREDICTION = _strict(json.loads(Prediction.schema_json()))
FILE = _strict(json.loads(File.schema_json()))


@pytest.fixture
def served() -> Iterator[Running]:
    with running(ReplicateEmulator(Settings(key=KEY))) as server:
        yield server


@pytest.fixture
def sdk(served: Running) -> Iterator[Client]:
    client = Client(api_token=KEY, base_url=served.url)
    yield client
    client._client.close()


def _raw(sdk: Client, path: str) -> Any:
    return sdk._request("GET", path).json()


def _to_its_end(sdk: Client, prediction: Prediction) -> list[str]:
    """Every state that a prediction goes through, each held against the SDK's own type."""
    seen: list[str] = [prediction.status]
    while prediction.status in ("starting", "processing"):
        assert len(seen) < 10
        PREDICTION.validate(_raw(sdk, f"/v1/predictions/{prediction.id}"))
        prediction.reload()
        seen.append(prediction.status)
    PREDICTION.validate(_raw(sdk, f"/v1/predictions/{prediction.id}"))
    return seen


def _create(sdk: Client, **more: Any) -> Prediction:
    return sdk.models.predictions.create(VEO, {"prompt": "A lighthouse", **more})


def test_a_generation_of_an_official_model(sdk: Client, served: Running) -> None:
    prediction = _create(sdk, duration=4)
    assert _to_its_end(sdk, prediction)[-1] == "succeeded"
    assert (prediction.model, prediction.input) == (VEO, {"prompt": "A lighthouse", "duration": 4})
    assert str(prediction.output).startswith("http://localhost:")
    assert (prediction.metrics or {})["predict_time"] == 8.0
    assert prediction.started_at and prediction.completed_at
    assert len(served.emulator.ledger.accepted) == 1


def test_a_generation_of_a_version(sdk: Client) -> None:
    version = f"somebody/film:{'a' * 64}"
    prediction = sdk.predictions.create(version=version, input={"prompt": "A lighthouse"})
    assert (prediction.model, prediction.version) == ("somebody/film", "a" * 64)
    assert _to_its_end(sdk, prediction)[-1] == "succeeded"


def test_progress_is_read_as_the_sdk_reads_it(sdk: Client) -> None:
    prediction = _create(sdk)
    prediction.reload()
    prediction.reload()
    assert prediction.progress is not None
    assert prediction.progress.percentage == 0.5


def test_the_listing_in_pages(sdk: Client) -> None:
    made = [_create(sdk, seed=n).id for n in range(103)]
    first = sdk.predictions.list()
    assert [p.id for p in first] == made[:2:-1]
    for told in _raw(sdk, "/v1/predictions")["results"]:
        PREDICTION.validate(told)
        assert "input" in told
    second = sdk.predictions.list(cursor=first.next or "")
    assert ([p.id for p in second], second.next) == (made[2::-1], None)


def test_cancel(sdk: Client, served: Running) -> None:
    served.emulator.script.put("never")
    prediction = _create(sdk)
    prediction.cancel()
    prediction.reload()
    assert prediction.status == "canceled"


@pytest.mark.parametrize("fault", ["failed", "moderated_after"])
def test_failures(sdk: Client, served: Running, fault: str) -> None:
    served.emulator.script.put(fault)
    prediction = _create(sdk)
    assert _to_its_end(sdk, prediction)[-1] == "failed"
    assert prediction.error


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("unauthorised", 401, "authentication"),
        ("no_credit", 402, "credit"),
        ("invalid", 422, "duration"),
        ("moderated", 422, "sensitive"),
        ("rate_limited", 429, "resets in ~2s"),
        ("unavailable", 503, "later"),
    ],
)
def test_refusals(sdk: Client, served: Running, fault: str, status: int, words: str) -> None:
    served.emulator.script.put(fault)
    with pytest.raises(ReplicateError) as caught:
        _create(sdk)
    assert caught.value.status == status
    assert words in (caught.value.detail or "")
    assert len(served.emulator.ledger.entries("create")) == 1


def test_what_a_model_does_not_take(sdk: Client) -> None:
    for wrong in ({"duration": 5}, {"mark": "x"}, {"resolution": "4K"}, {"generate_audio": 1}):
        with pytest.raises(ReplicateError) as caught:
            _create(sdk, **wrong)
        assert caught.value.status == 422
        assert next(iter(wrong)) in (caught.value.detail or "")
    with pytest.raises(ReplicateError) as caught:
        sdk.predictions.get("nothing")
    assert caught.value.status == 404


def test_a_file(sdk: Client) -> None:
    picture = BytesIO(b"\x89PNG\r\n\x1a\n")
    made = sdk.files.create(picture, filename="a.png", content_type="image/png")
    FILE.validate(made.dict())
    assert made.urls["get"].endswith(f"/v1/files/{made.id}")


def test_webhooks_are_signed_as_the_sdk_checks_them(sdk: Client, served: Running) -> None:
    secret = sdk.webhooks.default.secret()
    assert secret.key == served.emulator.settings.webhook_secret
    ours = WebhookSigningSecret(key=f"whsec_{b64encode(b'a secret').decode()}")
    body, now = '{"id": "p1"}', int(time.time())
    digest = hmac.digest(b"a secret", f"msg_1.{now}.{body}".encode(), sha256)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
    Webhooks.validate(headers=headers, body=body, secret=ours, tolerance=300)
    assert webhooks.is_genuine(headers, body.encode(), secret=ours.key, now=now)
