"""fal's official Python client against our emulator: what it understands, the adapter may rely on.

The client speaks TLS alone and reads its hosts when it is imported, so one emulator with a
certificate of its own serves all tests here.
"""

import asyncio
import importlib
import ipaddress
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import TypeAdapter

from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.fal import FalEmulator
from video_foundry.emulators.server import Certificate, Running, running

KEY = "key_canary0123456789"
APP = "fal-ai/kling-video/v2.5-turbo/pro/text-to-video"
LIGHTHOUSE = {"prompt": "A lighthouse", "duration": "10"}
MOST_LOOKS = 10


def certificate_in(folder: Path) -> Certificate:
    """A self-signed certificate for this machine, for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(certificate=folder / "cert.pem", key=folder / "key.pem")
    files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    certificate = certificate_in(tmp_path_factory.mktemp("tls"))
    environment = pytest.MonkeyPatch()
    environment.setenv("SSL_CERT_FILE", str(certificate.certificate))
    with running(FalEmulator(Settings(key=KEY)), tls=certificate) as server:
        environment.setenv("FAL_QUEUE_RUN_HOST", urlsplit(server.url).netloc)
        yield server
    environment.undo()


@pytest.fixture(scope="module")
def fal(served: Running) -> Iterator[ModuleType]:
    """The client, imported for this emulator alone."""
    for name in [n for n in sys.modules if n.split(".")[0] == "fal_client"]:
        del sys.modules[name]
    yield importlib.import_module("fal_client")
    for name in [n for n in sys.modules if n.split(".")[0] == "fal_client"]:
        del sys.modules[name]


@pytest.fixture
def sdk(fal: ModuleType) -> Iterator[Any]:
    client = fal.SyncClient(key=KEY)
    yield client
    client._client.close()  # it offers no other way to give its connections back


def states(handle: Any) -> list[Any]:
    """Every state that a request goes through, each held strictly against the client's own type."""
    seen: list[Any] = []
    while not seen or type(seen[-1]).__name__ != "Completed":
        assert len(seen) < MOST_LOOKS
        status = handle.status(with_logs=True)
        told = json.dumps(asdict(status))
        TypeAdapter(type(status)).validate_json(told, strict=True)
        seen.append(status)
    return seen


def names_of(seen: list[Any]) -> list[str]:
    return [type(status).__name__ for status in seen]


def test_a_generation(sdk: Any, served: Running) -> None:
    before = len(served.emulator.ledger.accepted)
    handle = sdk.submit(APP, LIGHTHOUSE)
    root = f"{served.url}/fal-ai/kling-video/requests/{handle.request_id}"
    assert (handle.response_url, handle.status_url) == (root, f"{root}/status")
    assert handle.cancel_url == f"{root}/cancel"
    seen = states(handle)
    assert names_of(seen) == ["Queued", "InProgress", "Completed"]
    assert (seen[0].position, seen[2].error, seen[2].metrics) == (0, None, {"inference_time": 10})
    output = handle.get()
    assert output["video"]["url"].startswith("https://localhost:")
    assert output["video"]["content_type"] == "video/mp4"
    assert len(served.emulator.ledger.accepted) == before + 1


def test_it_is_found_again_by_its_app_and_id(sdk: Any) -> None:
    handle = sdk.submit("fal-ai/flux/schnell", {"prompt": "A lighthouse"})
    states(handle)
    assert type(sdk.status("fal-ai/flux/schnell", handle.request_id)).__name__ == "Completed"
    output = sdk.result("fal-ai/flux/schnell", handle.request_id)
    assert output["images"][0]["width"] == 1024
    assert output["has_nsfw_concepts"] == [False]


def test_the_asynchronous_client(fal: ModuleType) -> None:
    async def generate() -> Any:
        client = fal.AsyncClient(key=KEY)
        handle = await client.submit(APP, LIGHTHOUSE)
        output = await handle.get(interval=0)
        await handle.client.aclose()
        return output

    assert asyncio.run(generate())["video"]["file_name"] == "output.mp4"


def test_subscribing_until_it_is_over(sdk: Any) -> None:
    told: list[str] = []
    output = sdk.subscribe(
        APP,
        LIGHTHOUSE,
        with_logs=True,
        on_enqueue=told.append,
        on_queue_update=lambda status: told.append(type(status).__name__),
    )
    assert told[1:] == ["Queued", "InProgress", "Completed"]
    assert output["video"]["url"]


def test_a_cancel_in_the_queue_while_it_runs_and_after_the_end(
    sdk: Any, served: Running, fal: ModuleType
) -> None:
    queued = sdk.submit(APP, LIGHTHOUSE)
    queued.cancel()
    (over,) = states(queued)
    assert (over.error, over.error_type) == ("Request was cancelled", "client_cancelled")
    with pytest.raises(fal.FalClientHTTPError) as caught:
        queued.get()
    assert caught.value.error_type == "client_cancelled"

    runs = sdk.submit(APP, LIGHTHOUSE)
    assert type(runs.status()).__name__ == "Queued"
    assert type(runs.status()).__name__ == "InProgress"
    runs.cancel()
    assert runs.get()["video"]["url"]

    with pytest.raises(fal.FalClientHTTPError) as caught:
        sdk.cancel(APP, runs.request_id)
    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        ("unauthorised", (401, "invalid key")),
        ("no_credit", (403, "Exhausted balance")),
        ("moderated", (422, "content checker")),
        ("invalid", (422, "duration")),
        ("unavailable", (503, "No runner")),
    ],
)
def test_refusals(
    sdk: Any, served: Running, fal: ModuleType, refusal: str, told: tuple[int, str]
) -> None:
    status, words = told
    served.emulator.script.put(refusal)
    with pytest.raises(fal.FalClientHTTPError, match=words) as caught:
        sdk.submit(APP, LIGHTHOUSE)
    assert caught.value.status_code == status
    if refusal == "unavailable":
        assert caught.value.error_type == "runner_scheduling_failure"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("failed", (500, "internal_server_error")),
        ("moderated_after", (422, "content_policy_violation")),
    ],
)
def test_a_completed_request_may_have_failed(
    sdk: Any, served: Running, fal: ModuleType, fault: str, told: tuple[int, str]
) -> None:
    status, kind = told
    served.emulator.script.put(fault)
    handle = sdk.submit(APP, LIGHTHOUSE)
    assert names_of(states(handle))[-1] == "Completed"
    with pytest.raises(fal.FalClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == status
    assert caught.value.message[0]["type"] == kind


def test_an_argument_of_the_wrong_type_fails_at_the_result(sdk: Any, fal: ModuleType) -> None:
    handle = sdk.submit(APP, {"prompt": "A lighthouse", "duration": 10, "fps": 24})
    states(handle)
    with pytest.raises(fal.FalClientHTTPError) as caught:
        handle.get()
    assert [issue["loc"] for issue in caught.value.message] == [
        ["body", "duration"],
        ["body", "fps"],
    ]


@pytest.mark.parametrize(
    "call",
    [
        lambda sdk: sdk.status(APP, "11111111-2222-4333-8444-555555555555"),
        lambda sdk: sdk.result(APP, "11111111-2222-4333-8444-555555555555"),
        lambda sdk: sdk.submit("fal-ai/no-such-app", LIGHTHOUSE),
    ],
)
def test_what_is_not_there(sdk: Any, fal: ModuleType, call: Callable[[Any], Any]) -> None:
    with pytest.raises(fal.FalClientHTTPError, match="not found") as caught:
        call(sdk)
    assert caught.value.status_code == 404


def test_an_upload(
    sdk: Any, served: Running, fal: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one host that the client takes from nowhere else.
    monkeypatch.setattr("fal_client.client.REST_URL", served.url)
    url = sdk.upload(b"pixels", "image/png", "a.png", repository="fal", fallback_repository=[])
    assert url.startswith(f"{served.url}/_store/")
    assert isinstance(served.emulator, FalEmulator)
    assert served.emulator.stored[url.rpartition("/")[2]] == b"pixels"


def test_what_the_client_sends_with_a_webhook(sdk: Any, served: Running) -> None:
    sdk.submit(APP, LIGHTHOUSE, webhook_url="http://127.0.0.1:9/hook?key=k")
    call = served.emulator.ledger.entries("create")[-1]
    assert call.path == f"/{APP}?fal_webhook=http%3A%2F%2F127.0.0.1%3A9%2Fhook%3Fkey%3Dk"
    assert call.body == LIGHTHOUSE
