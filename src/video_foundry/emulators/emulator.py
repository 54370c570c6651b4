"""What every emulator does: check the key, write the ledger, meet the faults that were asked for,
keep jobs and hand out results. Shapes and words are each provider's own."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators import network
from video_foundry.emulators.callbacks import Callbacks
from video_foundry.emulators.clips import Studio
from video_foundry.emulators.faults import FAULTS, Faults, Script
from video_foundry.emulators.jobs import Job, Jobs, Wants
from video_foundry.emulators.ledger import Ledger

STALL_SECONDS = 30.0
PRIVATE = "http://169.254.169.254/latest/meta-data"
"""Where a redirect must never be followed to: the place of a cloud machine's own secrets."""
_PAGE = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>\n"
_SECRET_HEADERS = ("authorization", "x-goog-api-key", "x-api-key")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """key: the one that is accepted; "" accepts any that is not empty. seconds: how long each
    generation takes; 0 moves it on by one step at each question. short_side: see Studio.
    retry_after: seconds that a limited caller is told to wait. ledger: a file for the ledger.
    webhook_secret: for those that sign."""

    key: str = ""
    seconds: float = 0.0
    short_side: int = 180
    retry_after: float = 2.0
    ledger: Path | None = None
    webhook_secret: str = "whsec_ZW11bGF0b3Igc2VjcmV0"  # noqa: S105 - known to everybody


@dataclass(frozen=True)
class Call:
    """A request read to its end. body: JSON, or a form's fields; files: a form's files by name."""

    request: Request
    body: Any
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, *path: str) -> str:
        """A string within the body, "" where there is none."""
        value = self.body
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value if isinstance(value, str) else ""


def base_of(request: Request) -> str:
    """The emulator's own address as its caller sees it, with a slash at its end: where several
    share one server, each has a path of its own."""
    base = urlsplit(str(request.base_url))
    return f"{base.scheme}://{base.netloc}{request.scope.get('root_path', '')}/"


class Emulator(ABC):
    """One provider. Subclasses give the class variables, `routes` and `new_id`.

    refusals: for each of faults.REFUSALS the status and the JSON that the provider answers.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    refusals: ClassVar[Mapping[str, tuple[int, Any]]]

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.ledger = Ledger(file=self.settings.ledger)
        self.script = Script()
        self.jobs = Jobs(new_id=self.new_id, seconds=self.settings.seconds)
        self.studio = Studio(short_side=self.settings.short_side)
        self.callbacks = Callbacks()

    @property
    def variable(self) -> str:
        """The environment variable that leads the product here."""
        return f"{self.name.upper()}_BASE_URL"

    # --- what a provider says for itself -------------------------------------------------------

    @abstractmethod
    def routes(self) -> list[BaseRoute]:
        """The provider's own paths."""

    @abstractmethod
    def new_id(self) -> str:
        """An id as the provider forms them."""

    def refuse(self, refusal: str) -> Response:
        """A refusal in the provider's own words and shape; the wait stands in Retry-After unless
        the provider says it otherwise."""
        status, told = self.refusals[refusal]
        wait = {"Retry-After": f"{self.settings.retry_after:g}"}
        return JSONResponse(told, status, headers=wait if refusal == "rate_limited" else None)

    def key_of(self, request: Request) -> str:
        """The key that a call carries, "" for none."""
        return request.headers.get("authorization", "").removeprefix("Bearer ").strip()

    # --- the parts that all share --------------------------------------------------------------

    def app(self) -> Starlette:
        """The server, with the provider's paths and those that steer the emulator."""
        own = [
            Route("/_media/{name}", self._media),
            Route("/_emulator/ledger", self._tell_ledger),
            Route("/_emulator/faults", self._tell_faults),
            Route("/_emulator/faults", self._put_faults, methods=["POST"]),
        ]
        return Starlette(routes=[*self.routes(), *own])

    def is_authorised(self, request: Request) -> bool:
        """Whether the call may be made at all."""
        key = self.key_of(request)
        return bool(key) and self.settings.key in ("", key)

    async def read(self, request: Request) -> Call:
        """The body, whatever its form."""
        if "multipart/form-data" in request.headers.get("content-type", ""):
            async with request.form() as form:
                items = form.multi_items()
                fields = {k: v for k, v in items if isinstance(v, str)}
                files = {k: await v.read() for k, v in items if isinstance(v, UploadFile)}
            return Call(request, fields, files)
        content = await request.body()
        try:
            return Call(request, json.loads(content) if content else None)
        except ValueError:
            return Call(request, None)

    async def accept(
        self,
        call: Call,
        *,
        prompt: str,
        wants: Wants,
        answer: Callable[[Job], Response],
        problem: Response | None = None,
        id: str | None = None,
    ) -> Response:
        """A create call, with all that may happen to it. problem: what the provider finds wrong
        with the body, which was checked before. id: chosen by the caller, where that is possible.
        """
        if not self.is_authorised(call.request):
            return self._told(call, "create", self.refuse("unauthorised"))
        faults = self.script.next(prompt)
        if refusal := faults.of("refusal"):
            return self._told(call, "create", self.refuse(refusal), fault=refusal)
        if problem is not None:
            return self._told(call, "create", problem)
        if before := faults.of("before"):
            return self._told(call, "create", self._before(call, before), fault=before)
        job = self.jobs.start(prompt, wants, call.body, faults, id=id)
        after = faults.of("after")
        self._write(call, "create", job=job, accepted=True, fault=after, status=200)
        return await self._after(call, after, answer(job)) if after else answer(job)

    async def look(
        self, request: Request, job: Job | None, answer: Callable[[Job], Response]
    ) -> Response:
        """A question about a generation, which moves it on, with all that may happen to it."""
        call = Call(request, None)
        if not self.is_authorised(request):
            return self._told(call, "look", self.refuse("unauthorised"))
        if job is None:
            return self._told(call, "look", self.missing())
        job.looks += 1
        fault = job.spoilt()
        spoilt = self._spoilt(fault)
        return self._told(call, "look", spoilt or answer(job), job=job, fault=fault)

    def say(
        self, request: Request, kind: str, answer: Response, job: Job | None = None
    ) -> Response:
        """Write any other call down, and give this answer."""
        return self._told(Call(request, None), kind, answer, job=job)

    def missing(self) -> Response:
        """What an unknown id is answered with."""
        return JSONResponse({"error": "Not found"}, 404)

    def media_url(self, request: Request, job: Job) -> str:
        """Where a job's result is: another host than the API, so that a key sent there shows."""
        base = urlsplit(base_of(request))
        host = "localhost" if base.hostname == "127.0.0.1" else base.hostname
        suffix = "png" if job.wants.is_picture else "mp4"
        place = f"{base.scheme}://{host}:{base.port}{base.path}"
        return f"{place}_media/{job.id}.{suffix}?sig={job.expired}"

    async def give(self, request: Request, job: Job) -> Response:
        """The bytes of a result, with all that may happen to them."""
        fault = job.faults.of("result")
        if fault == "huge_result":
            head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nConnection: close\r\n\r\n"
            return await network.endless(request, head, most=5 * 1024**3)
        if fault == "redirect_result":
            return RedirectResponse(PRIVATE)
        path = await asyncio.to_thread(self.studio.file_of, job)
        kind = "image/png" if job.wants.is_picture else "video/mp4"
        return FileResponse(path, media_type="text/html" if fault == "not_a_video" else kind)

    # --- within -----------------------------------------------------------------------------------

    def _before(self, call: Call, fault: str) -> Response:
        match fault:
            case "drop_before":
                return network.reset(call.request)
            case "html":
                return HTMLResponse(_PAGE)
            case _:
                return RedirectResponse(PRIVATE, 307)

    async def _after(self, call: Call, fault: str, answer: Response) -> Response:
        match fault:
            case "stall":
                await asyncio.sleep(STALL_SECONDS)
                return answer
            case "drop":
                return network.reset(call.request)
            case "half":
                content = bytes(answer.body)
                head = _HEAD + f"Content-Length: {len(content)}\r\n\r\n".encode()
                return await network.raw(call.request, head + content[: len(content) // 2])
            case "huge":
                return await network.endless(call.request, _HEAD + b"\r\n", most=64 * 1024**2)
            case _:
                return JSONResponse({"error": "Internal server error"}, 500)

    def _spoilt(self, fault: str) -> Response | None:
        match fault:
            case "poll_error":
                return JSONResponse({"error": "Internal server error"}, 500)
            case "poll_html":
                return HTMLResponse(_PAGE)
            case "poll_limited":
                return self.refuse("rate_limited")
            case "lost":
                return self.missing()
            case _:
                return None

    def _told(
        self,
        call: Call,
        kind: str,
        answer: Response,
        *,
        job: Job | None = None,
        fault: str = "",
    ) -> Response:
        self._write(call, kind, job=job, fault=fault, status=answer.status_code)
        return answer

    def _write(
        self,
        call: Call,
        kind: str,
        *,
        job: Job | None = None,
        accepted: bool = False,
        fault: str = "",
        status: int = 0,
    ) -> None:
        request = call.request
        self.ledger.write(
            kind=kind,
            method=request.method,
            path=request.scope.get("raw_path", request.url.path.encode()).decode()
            + (f"?{request.url.query}" if request.url.query else ""),
            job_id=job.id if job else None,
            accepted=accepted,
            fault=fault,
            status=status,
            headers=_shown(request.headers),
            body=call.body,
        )

    async def _media(self, request: Request) -> Response:
        """A file by the address that is good now; one that is to expire does so when it is used."""
        job = self.jobs.get(request.path_params["name"].rpartition(".")[0])
        if job is not None and "expired" in job.faults and not job.expired:
            job.expired = 1
        if job is None or request.query_params.get("sig") != str(job.expired):
            return self.say(request, "media", Response("expired", 403), job)
        self.say(request, "media", Response(), job)
        return await self.give(request, job)

    async def _tell_ledger(self, _: Request) -> Response:
        return JSONResponse([vars(entry) for entry in self.ledger.entries()])

    async def _tell_faults(self, _: Request) -> Response:
        return JSONResponse(FAULTS)

    async def _put_faults(self, request: Request) -> Response:
        told = await request.json()
        try:
            names = Faults(tuple(told["faults"])).names
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"detail": str(error)}, 422)
        self.script.put(*names)
        return JSONResponse({"in_line": list(names)}, 202)


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"…{value[-4:]}" if name in _SECRET_HEADERS else value
        for name, value in headers.items()
    }
