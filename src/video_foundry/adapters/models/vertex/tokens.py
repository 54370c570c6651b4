"""Google Cloud's tokens, each of which lives for an hour: got from a credentials file, from pasted
credentials or from the machine itself, and got anew before they end. What a token is for is not
known here, and neither a token nor a private key is ever part of a message."""

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from video_foundry.adapters.models.wire.http import tls
from video_foundry.adapters.models.wire.reading import finite, phrase, plain
from video_foundry.errors import NotAuthorised, Unavailable

TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
METADATA_URL = "http://metadata.google.internal"
MACHINE = "metadata"
"""What the setting holds where the machine itself knows who it is: on Google Cloud."""
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
SPARE_SECONDS = 300.0
"""How long before its end a token is replaced; an answer with a whole video takes less."""
ASK_SECONDS = 20.0
MOST_BYTES = 64 * 1024
_JWT_SECONDS = 3600

Form = Mapping[str, str]


@dataclass(frozen=True)
class Token:
    """A token and the moment, on the monotonic clock, at which it ends."""

    text: str = field(repr=False)
    ends_at: float


class Tokens:
    """The tokens of one account.

    token_url, metadata_url: other servers in the place of Google's; "" for Google's.
    may_use_machine: whether files and the identity of this machine may be used, which is up to who
    has set it up.
    """

    def __init__(
        self,
        *,
        token_url: str = "",
        metadata_url: str = "",
        may_use_machine: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token_url = token_url or TOKEN_URL
        self._metadata_url = (metadata_url or METADATA_URL).rstrip("/")
        self._may_use_machine = may_use_machine
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: dict[str, Token] = {}

    async def token(self, told: str) -> str:
        """A token that is good for some minutes.

        told: what the account holds: a token, which is passed on as it is; `metadata`; the path of
        a credentials file; or its content. Raises NotAuthorised for what cannot be used, and
        Unavailable where no token could be had now.
        """
        if not (told == MACHINE or told.startswith(("{", "/", "~"))):
            return told
        async with self._lock:  # one renewal, however many wait for it
            known = self._known.get(told)
            if known is None or known.ends_at - self._clock() < SPARE_SECONDS:
                known = await self._renewed(told, known)
                self._known = {told: known}
        return known.text

    async def _renewed(self, told: str, known: Token | None) -> Token:
        try:
            return await self._fetched(told)
        except Unavailable:
            # As long as the one before holds, nobody needs to hear of it.
            if known is not None and known.ends_at > self._clock():
                return known
            raise

    async def _fetched(self, told: str) -> Token:
        if not told.startswith("{") and not self._may_use_machine:
            raise NotAuthorised("a stored key of Vertex AI is a token, or the JSON of credentials")
        if told == MACHINE:
            return await self._of_machine()
        content = told if told.startswith("{") else await asyncio.to_thread(_content, told)
        form = await asyncio.to_thread(exchange_form, content, time.time())
        return await self._asked("POST", self._token_url, data=form)

    async def _of_machine(self) -> Token:
        path = "/computeMetadata/v1/instance/service-accounts/default/token"
        headers = {"Metadata-Flavor": "Google"}
        return await self._asked("GET", self._metadata_url + path, headers=headers)

    async def _asked(self, method: str, url: str, **content: Any) -> Token:
        try:
            async with (
                asyncio.timeout(ASK_SECONDS),
                httpx2.AsyncClient(timeout=ASK_SECONDS, verify=tls()) as http,
            ):
                answer = await http.request(method, url, **content)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            why = (
                f"no token of Google Cloud could be had: {str(error)[:200] or type(error).__name__}"
            )
            raise Unavailable(why) from error
        body = _object(answer.content[:MOST_BYTES])
        text, seconds = body.get("access_token"), finite(body.get("expires_in"))
        if answer.is_success and isinstance(text, str) and text and seconds is not None:
            return Token(text, self._clock() + seconds)
        said = plain(body.get("error_description")) or plain(body.get("error"))
        said = said or phrase(answer.status_code)
        why = f"Google gave no token for what VERTEX_ACCESS_TOKEN names: {said}"
        raise NotAuthorised(why) if 400 <= answer.status_code < 429 else Unavailable(why)


def exchange_form(content: str, now: float) -> Form:
    """What is posted to get a token for credentials: those of a service account, or of a person
    (`gcloud auth application-default login`). now: Unix time. Raises NotAuthorised."""
    told = _object(content.encode())
    kind = told.get("type")
    try:
        if kind == "service_account":
            return _for_service(told, now)
        if kind == "authorized_user":
            names = ("client_id", "client_secret", "refresh_token")
            return {"grant_type": "refresh_token", **{name: str(told[name]) for name in names}}
    except (KeyError, TypeError, ValueError) as error:
        raise NotAuthorised(
            f"the credentials that VERTEX_ACCESS_TOKEN names are not whole ({type(error).__name__})"
        ) from None  # the cause may hold parts of the key
    raise NotAuthorised(
        "VERTEX_ACCESS_TOKEN names something that is no credentials of a service account or of a "
        f"person (type: {plain(kind, 40) or 'none'})"
    )


def _for_service(told: Mapping[str, Any], now: float) -> Form:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(str(told["private_key"]).encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("no RSA key")
    head = {"alg": "RS256", "typ": "JWT", "kid": str(told.get("private_key_id", ""))}
    claims = {
        "iss": str(told["client_email"]),
        "scope": SCOPE,
        "aud": TOKEN_URL,
        "iat": int(now),
        "exp": int(now) + _JWT_SECONDS,
    }
    signed = f"{_part(head)}.{_part(claims)}"
    signature = key.sign(signed.encode(), PKCS1v15(), SHA256())
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": f"{signed}.{_encoded(signature)}",
    }


def _part(value: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _content(path: str) -> str:
    try:
        file = Path(path).expanduser()
        if file.stat().st_size > MOST_BYTES:
            raise NotAuthorised("the file that VERTEX_ACCESS_TOKEN names is too large")
        return file.read_text("utf-8")
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise NotAuthorised(
            f"the file that VERTEX_ACCESS_TOKEN names cannot be read: {why}"
        ) from error


def _object(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
