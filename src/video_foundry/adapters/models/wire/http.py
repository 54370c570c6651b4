"""Calls to a provider over HTTP: a create is sent once and never again, anything else may be asked
again by whoever asks. It knows what a broken connection means for money, and never shows the key.
"""

import asyncio
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx2

from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.adapters.models.wire.refusals import of_the_day
from video_foundry.errors import Ambiguous, GenerationLost, ModelError, RateLimited, Unavailable
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import LONGEST_PAUSE

MAX_ANSWER = 1024 * 1024
"""Bytes of an ordinary answer that are read; most have a few hundred."""

_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)

_DOUBTFUL = (*range(100, 200), HTTPStatus.SEE_OTHER, HTTPStatus.REQUEST_TIMEOUT)
"""Statuses below 500 after which a submit may have been accepted: "see other" is said of what was
done, and where to read of it (RFC 9110, 15.4.4)."""


@cache
def tls() -> ssl.SSLContext:
    """One for all providers, and for whoever else it is handed to: the machine's certificates take
    most of a megabyte, and tens of milliseconds."""
    return httpx2.create_ssl_context()


class _AnswerTooLarge(Exception):
    """The server sent more than any real answer has."""


def bearer(key: str) -> dict[str, str]:
    """The most usual way to say who makes a call."""
    return {"Authorization": f"Bearer {key}"}


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one provider is spoken to.

    title: its name in sentences. base_url: where it is, unless the account says otherwise.
    headers: from a key to what every call carries; needs_key: whether a key is asked for at all.
    refusal: what an answer that certainly did not accept (3xx, 4xx) means, given the present time.
    lost: statuses by which a question says that a generation is not known (any more).
    """

    title: str
    base_url: str
    headers: Callable[[str], Mapping[str, str]]
    refusal: Callable[[Answer, datetime], ModelError]
    needs_key: bool = True
    lost: Collection[int] = (404, 410)


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds: for a create call, for any other call, for connecting, and for sending a file."""

    create: float = 60.0
    ask: float = 30.0
    connect: float = 10.0
    upload: float = 120.0


class Wire:
    """One account at one provider."""

    def __init__(
        self, dialect: Dialect, account: Account, *, timeouts: Timeouts | None = None
    ) -> None:
        self.dialect = dialect
        self.account = account
        self.timeouts = timeouts or Timeouts()
        self._http: httpx2.AsyncClient | None = None

    @property
    def base_url(self) -> str:
        """Where the provider is, without a slash at the end."""
        return self.account.base_url(self.dialect.base_url)

    @property
    def schemes(self) -> tuple[str, ...]:
        """Schemes to expect in the provider's addresses: plain http only where it is plain."""
        return ("https", "http") if self.base_url.startswith("http://") else ("https",)

    async def key(self) -> str:
        """What the next call says who makes it with. Raises NotAuthorised."""
        return self.account.key()

    async def create(
        self,
        path: str,
        *,
        id_of: Callable[[Answer], str | None],
        max_answer: int = MAX_ANSWER,
        **content: Any,
    ) -> str:
        """Send one create call, once, and return the generation's id.

        id_of: reads the id of a 2xx answer; it raises a ModelError for a failure that is dressed as
        a success, and returns None where there is no id. content: json, data, files, params,
        headers. Raises as `send_once` does.
        """
        answer = await self.send_once(path, max_answer=max_answer, **content)
        job_id = id_of(answer)
        if not job_id:
            raise self._doubt(f"answered a submit with {answer.status} and no id")
        return job_id

    async def send_once(
        self, path: str, *, max_answer: int = MAX_ANSWER, method: str = "POST", **content: Any
    ) -> Answer:
        """Send one call that costs money, once; returns a 2xx answer.

        Raises Unavailable when nothing was sent, the dialect's refusal for 3xx and 4xx that did not
        accept it, and Ambiguous whenever it may have been accepted.
        """
        title = self.dialect.title
        try:
            answer = await self._send(method, path, self.timeouts.create, max_answer, content)
        except _NOT_SENT as error:
            raise Unavailable(f"{title} could not be reached: {_reason(error)}") from error
        except (httpx2.RequestError, TimeoutError, _AnswerTooLarge) as error:
            raise Ambiguous(
                f"the answer to a submit got lost ({_reason(error)}): {title} may have accepted it"
            ) from error
        if answer.is_success:
            return answer
        if answer.status >= 500 or answer.status in _DOUBTFUL:
            raise self._doubt(f"answered a submit with {answer.status}")
        raise of_the_day(self.dialect.refusal(answer, datetime.now(UTC)))

    async def ask(
        self, path: str, *, method: str = "GET", max_answer: int = MAX_ANSWER, **content: Any
    ) -> Answer:
        """A call that starts no generation, whatever its answer is. Raises Unavailable when it
        could not be made."""
        with self._may_be_repeated():
            return await self._send(method, path, self.timeouts.ask, max_answer, content)

    async def look(self, path: str, **content: Any) -> Answer:
        """Ask about one generation; returns a 2xx answer.

        Raises GenerationLost where the provider does not know it, and otherwise why it could not be
        asked: the generation itself goes on.
        """
        answer = await self.ask(path, **content)
        if answer.status in self.dialect.lost:
            raise GenerationLost(f"{self.dialect.title} does not know this generation (any more)")
        if not answer.is_success:
            raise self.could_not_ask(answer)
        return answer

    def could_not_ask(self, answer: Answer) -> ModelError:
        """Why a question got no answer; whatever it is, the generation itself goes on."""
        if answer.status in (401, 403, 429):
            return _soon(self.dialect.refusal(answer, datetime.now(UTC)))
        return Unavailable(f"{self.dialect.title} answered {answer.status}")

    async def prepare(self, path: str, *, method: str = "POST", **content: Any) -> Answer:
        """A call before a create, such as an upload: nothing is generated by it, so every failure
        means "not accepted". Returns a 2xx answer."""
        with self._may_be_repeated():
            answer = await self._send(method, path, self.timeouts.upload, MAX_ANSWER, content)
        if answer.is_success:
            return answer
        if 400 <= answer.status < 500 and answer.status not in (404, 408, 410):
            raise self.dialect.refusal(answer, datetime.now(UTC))
        raise Unavailable(f"{self.dialect.title} answered {answer.status} to an upload")

    async def store(self, url: str, *, method: str = "POST", **content: Any) -> None:
        """Send a file to a place that the provider named: another host, which never sees the key.
        Raises Unavailable."""
        if not url.startswith(tuple(f"{scheme}://" for scheme in self.schemes)):
            raise Unavailable(f"{self.dialect.title} offered an unsafe place for a file")
        with self._may_be_repeated():
            async with (
                asyncio.timeout(self.timeouts.upload),
                self._client().stream(method, url, **content) as stored,
            ):
                status = stored.status_code
        if not 200 <= status < 300:
            raise Unavailable(f"{self.dialect.title}'s store answered {status} to a file")

    async def aclose(self) -> None:
        """Release connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _doubt(self, what: str) -> Ambiguous:
        return Ambiguous(f"{self.dialect.title} {what}: it may have accepted it")

    async def _send(
        self, method: str, path: str, timeout: float, max_answer: int, content: dict[str, Any]
    ) -> Answer:
        key = await self.key() if self.dialect.needs_key else ""
        headers = {**self.dialect.headers(key), **content.pop("headers", {})}
        phases = httpx2.Timeout(timeout, connect=self.timeouts.connect)
        url = self.base_url + path
        async with (
            asyncio.timeout(timeout),
            self._client().stream(
                method, url, headers=headers, timeout=phases, **content
            ) as response,
        ):
            told = bytearray()
            async for chunk in response.aiter_bytes():
                told += chunk
                if len(told) > max_answer:
                    raise _AnswerTooLarge("the answer is far too long")
        return Answer(response.status_code, response.headers, _without(key, bytes(told)))

    def _client(self) -> httpx2.AsyncClient:
        if self._http is None:
            self._http = httpx2.AsyncClient(
                timeout=httpx2.Timeout(self.timeouts.ask, connect=self.timeouts.connect),
                verify=tls(),
                # No connection is used twice: one that the server has just closed would turn a
                # submit into a doubtful one.
                limits=httpx2.Limits(max_keepalive_connections=0),
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "identity",
                    "User-Agent": "video-foundry",
                },
            )
        return self._http

    @contextmanager
    def _may_be_repeated(self) -> Iterator[None]:
        """For calls that start no generation: any trouble on the way means "try again later"."""
        try:
            yield
        except (httpx2.RequestError, httpx2.InvalidURL, TimeoutError, _AnswerTooLarge) as error:
            why = f"{self.dialect.title} could not be asked: {_reason(error)}"
            raise Unavailable(why) from error


def _soon(error: ModelError) -> ModelError:
    """Why a question got no answer, without a wait beyond all reason: what is asked about is paid
    for, and its result may be there for an hour alone."""
    if isinstance(error, RateLimited) and (error.retry_after or 0.0) > LONGEST_PAUSE:
        return RateLimited(error.message, retry_after=LONGEST_PAUSE)
    return error


class Client:
    """The calls of one provider, over one wire. Subclasses have one method a call."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire


def _without(key: str, told: bytes) -> bytes:
    """An answer without the key that it repeats, however that is written there: some servers do so
    in their complaint, which ends up in messages."""
    if not key:
        return told
    for written in {key, key.replace("/", "\\/"), quote(key, safe="")}:
        told = told.replace(written.encode(), b"[key]")
    return told


def _reason(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
