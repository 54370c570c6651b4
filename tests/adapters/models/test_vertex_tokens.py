"""Google Cloud's tokens: where they come from, when they are replaced, and that for want of one
nothing is sent and nothing is in doubt."""

import asyncio
import json
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from video_foundry.adapters.models.accounts import (
    AccountBook,
    BookedAccount,
    EnvironmentAccount,
    account_of,
)
from video_foundry.adapters.models.vertex.adapter import VertexModel
from video_foundry.adapters.models.vertex.tokens import (
    SCOPE,
    SPARE_SECONDS,
    TOKEN_URL,
    Tokens,
    exchange_form,
)
from video_foundry.core.catalogue import effective_params
from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.server import running
from video_foundry.emulators.vertex import VertexEmulator
from video_foundry.errors import NotAuthorised, Unavailable
from video_foundry.ports.accounts import StoredAccount
from video_foundry.ports.vault import NoVault
from video_foundry.ports.video_model import Submission
from video_foundry.testing.provider_contract import PATIENT, read_catalogue

PERSON = json.dumps(
    {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
)
HOUR = 3600.0


class Google(ThreadingHTTPServer):
    """Gives out tokens by number, each good for an hour, or refuses."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.refusal: tuple[int, dict[str, Any]] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def tokens(self, **more: Any) -> Tokens:
        """Tokens that come from here."""
        return Tokens(token_url=f"{self.url}/token", metadata_url=self.url, **more)


class _Handler(BaseHTTPRequestHandler):
    server: Google

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer({name: values[0] for name, values in parse_qs(told).items()})

    def _answer(self, form: dict[str, str]) -> None:
        self.server.asked.append((self.path, form, dict(self.headers.items())))
        number = len(self.server.asked)
        good = {"access_token": f"ya29.{number}", "expires_in": HOUR, "token_type": "Bearer"}
        status, told = self.server.refusal or (200, good)
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def google() -> Iterator[Google]:
    with Google() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def private_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def service(key: RSAPrivateKey) -> str:
    """A service account's key file."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    told = {"type": "service_account", "client_email": "a@p.iam", "private_key_id": "k1"}
    return json.dumps({**told, "private_key": pem, "token_uri": "https://elsewhere.example"})


class Clock:
    """The monotonic clock, moved by the test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


async def test_a_token_is_passed_on_as_it_is(google: Google) -> None:
    assert await google.tokens().token("ya29.by-hand") == "ya29.by-hand"
    assert google.asked == []


async def test_a_service_account_signs_for_its_token(
    google: Google, private_key: RSAPrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "vertex.json"
    file.write_text(service(private_key))
    assert await google.tokens().token(str(file)) == "ya29.1"
    [(path, form, _)] = google.asked
    assert (path, form["grant_type"]) == ("/token", "urn:ietf:params:oauth:grant-type:jwt-bearer")
    signed, _, signature = form["assertion"].rpartition(".")
    private_key.public_key().verify(decoded(signature), signed.encode(), PKCS1v15(), SHA256())
    head, claims = (json.loads(decoded(part)) for part in signed.split("."))
    assert head == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    assert (claims["iss"], claims["scope"], claims["aud"]) == ("a@p.iam", SCOPE, TOKEN_URL)
    assert claims["exp"] - claims["iat"] == HOUR
    assert abs(claims["iat"] - time.time()) < HOUR


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_a_persons_credentials_are_exchanged(google: Google) -> None:
    assert await google.tokens().token(PERSON) == "ya29.1"
    [(_, form, _)] = google.asked
    expected = {"client_id": "c", "client_secret": "s", "refresh_token": "r"}
    assert form == {"grant_type": "refresh_token", **expected}


async def test_a_machine_of_google_cloud_is_asked(google: Google) -> None:
    assert await google.tokens().token("metadata") == "ya29.1"
    [(path, _, headers)] = google.asked
    assert path == "/computeMetadata/v1/instance/service-accounts/default/token"
    assert headers["Metadata-Flavor"] == "Google"


async def test_a_token_is_kept_and_replaced_before_it_ends(google: Google) -> None:
    clock = Clock()
    tokens = google.tokens(clock=clock)
    assert await tokens.token(PERSON) == "ya29.1"
    clock.now += HOUR - SPARE_SECONDS - 1
    assert await tokens.token(PERSON) == "ya29.1"
    clock.now += 2
    assert await tokens.token(PERSON) == "ya29.2"


async def test_however_many_wait_one_renewal_is_enough(google: Google) -> None:
    tokens = google.tokens()
    assert set(await asyncio.gather(*(tokens.token(PERSON) for _ in range(20)))) == {"ya29.1"}
    assert len(google.asked) == 1


async def test_other_credentials_have_a_token_of_their_own(google: Google) -> None:
    tokens = google.tokens()
    assert await tokens.token(PERSON) == "ya29.1"
    assert await tokens.token(PERSON.replace('"r"', '"r2"')) == "ya29.2"


async def test_while_google_is_away_the_token_before_is_used_to_its_end(google: Google) -> None:
    clock = Clock()
    tokens = google.tokens(clock=clock)
    await tokens.token(PERSON)
    google.refusal = (503, {"error": "unavailable"})
    clock.now += HOUR - 10
    assert await tokens.token(PERSON) == "ya29.1"
    clock.now += 11
    with pytest.raises(Unavailable):
        await tokens.token(PERSON)


async def test_revoked_credentials_are_said_to_be(google: Google) -> None:
    google.refusal = (400, {"error": "invalid_grant", "error_description": "Token revoked."})
    with pytest.raises(NotAuthorised, match="Token revoked"):
        await google.tokens().token(PERSON)


async def test_an_answer_without_a_token_is_none(google: Google) -> None:
    for told in ({}, {"access_token": "a"}, {"access_token": "", "expires_in": 1}):
        google.refusal = (200, told)
        with pytest.raises(Unavailable):
            await google.tokens().token(PERSON)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{}", "type: none"),
        ('{"type": "external_account"}', "external_account"),
        ('{"type": "authorized_user", "client_id": "c"}', "not whole"),
        ('{"type": "service_account", "client_email": "a", "private_key": "SECRET"}', "not whole"),
        ("{not json", "type: none"),
    ],
)
def test_what_is_no_credentials_is_named_and_not_shown(content: str, why: str) -> None:
    with pytest.raises(NotAuthorised, match=why) as caught:
        exchange_form(content, 0.0)
    assert "SECRET" not in str(caught.value)


async def test_a_file_that_cannot_be_read_is_named(google: Google, tmp_path: Path) -> None:
    with pytest.raises(NotAuthorised, match="No such file"):
        await google.tokens().token(str(tmp_path / "none.json"))


@pytest.mark.parametrize("told", ["metadata", "/etc/hostname"])
async def test_a_stored_key_reaches_neither_files_nor_the_machine(
    google: Google, told: str
) -> None:
    with pytest.raises(NotAuthorised, match="stored key"):
        await google.tokens(may_use_machine=False).token(told)
    assert google.asked == []


# --- through the adapter ------------------------------------------------------------------------


def model_at(google: Google, base_url: str, told: str = "metadata") -> VertexModel:
    account = account_at(google, base_url, told)
    return VertexModel(read_catalogue("vertex")[0], account, timeouts=PATIENT)


def account_at(google: Google, base_url: str, told: str = "metadata") -> EnvironmentAccount:
    """What the environment says, without asking the real one."""
    places = {"BASE_URL": base_url, "METADATA_URL": google.url, "TOKEN_URL": f"{google.url}/token"}
    variables = {"ACCESS_TOKEN": told, "PROJECT": "p", **places}
    environment = {f"VERTEX_{name}": value for name, value in variables.items()}
    account = account_of("vertex", read_catalogue("vertex")[0].env_key)
    return replace(account, environment=environment)


def submission(model: VertexModel, folder: Path) -> Submission:
    return Submission(
        model=model.entry.id,
        prompt="A fox",
        params=effective_params(model.entry, {}),
        references={},
        key="k",
        scratch=folder,
    )


async def test_calls_carry_the_token_that_was_got(google: Google, tmp_path: Path) -> None:
    with running(VertexEmulator(Settings(key="ya29.1"))) as served:
        model = model_at(google, served.url)
        job_id = await model.submit(submission(model, tmp_path))
        await model.get_status(job_id)
        await model.aclose()
        assert len(served.emulator.ledger.accepted) == 1
    assert len(google.asked) == 1


@pytest.mark.parametrize(
    ("status", "expected"), [(503, Unavailable), (400, NotAuthorised), (404, NotAuthorised)]
)
async def test_without_a_token_nothing_is_sent_and_nothing_is_in_doubt(
    google: Google, tmp_path: Path, status: int, expected: type[Exception]
) -> None:
    google.refusal = (status, {"error": "no"})
    with running(VertexEmulator(Settings(key="ya29.1"))) as served:
        model = model_at(google, served.url)
        with pytest.raises(expected):
            await model.submit(submission(model, tmp_path))
        await model.aclose()
        assert served.emulator.ledger.entries() == []


async def test_an_account_that_is_stored_may_not_name_a_file(google: Google) -> None:
    account = account_at(google, "http://127.0.0.1:9")
    book = AccountBook(OpenVault())
    book.know([StoredAccount(id="1", provider="vertex", name="ours", sealed_key="/etc/hostname")])
    stored = BookedAccount(id="1", book=book, environment=account)
    model = VertexModel(read_catalogue("vertex")[0], stored, timeouts=PATIENT)
    with pytest.raises(NotAuthorised, match="stored key"):
        await model.wire.key()


class OpenVault(NoVault):
    """Seals nothing."""

    def unseal(self, sealed: str) -> str:
        """As it is."""
        return sealed
