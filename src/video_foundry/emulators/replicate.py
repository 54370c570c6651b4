"""Replicate as its official SDK (1.0.7) and its reference describe it: predictions of models and of
versions, the listing, cancel, files and the webhooks' secret."""

import hmac
import random
import string
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator, Settings, base_of
from video_foundry.emulators.jobs import Job, Stage, Wants

PAGE = 100
"""Predictions on one page of the listing."""
SENSITIVE = (
    "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"
)
_ID_LETTERS = string.ascii_lowercase + "0123456789"
_WORDS: Mapping[Stage, str] = {
    "queued": "starting",
    "running": "processing",
    "succeeded": "succeeded",
    "failed": "failed",
    "moderated": "failed",
    "cancelled": "canceled",
}
_WEEK = timedelta(days=7)
_EVER = datetime.min.replace(tzinfo=UTC)

Check = Callable[[Any], bool]


@dataclass(frozen=True)
class _Asked:
    """What a create call was about: owner/name and version, and when it came."""

    ref: str
    version: str
    at: datetime


def _one(*allowed: Any) -> Check:
    return lambda told: any(type(told) is type(value) and told == value for value in allowed)


def _number(low: int, high: float) -> Check:
    return lambda told: type(told) is int and low <= told <= high


def _file(told: Any) -> bool:
    return isinstance(told, str) and told.startswith(("https://", "http://", "data:image/"))


def _is_text(told: Any) -> bool:
    return isinstance(told, str)


def _is_prompt(told: Any) -> bool:
    return isinstance(told, str) and told != ""


_FLAG = _one(True, False)
_SEED = _number(0, inf)
_WIDE_OR_TALL = _one("16:9", "9:16", "1:1")
_SEEDANCE: Mapping[str, Check] = {
    "image": _file,
    "last_frame_image": _file,
    "duration": _number(-1, 15),
    "resolution": _one("480p", "720p", "1080p"),
    "aspect_ratio": _one("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21", "adaptive"),
    "generate_audio": _FLAG,
    "seed": _SEED,
}
_KLING: Mapping[str, Check] = {
    "start_image": _file,
    "duration": _one(5, 10),
    "aspect_ratio": _WIDE_OR_TALL,
    "negative_prompt": _is_text,
}
INPUTS: Mapping[str, Mapping[str, Check]] = {
    "google/veo-3.1": {
        "image": _file,
        "last_frame": _file,
        "duration": _one(4, 6, 8),
        "resolution": _one("720p", "1080p"),
        "aspect_ratio": _one("16:9", "9:16"),
        "generate_audio": _FLAG,
        "negative_prompt": _is_text,
        "seed": _SEED,
    },
    "bytedance/seedance-2.0": _SEEDANCE,
    "bytedance/seedance-2.0-fast": {**_SEEDANCE, "resolution": _one("480p", "720p")},
    "kwaivgi/kling-v2.6": {**_KLING, "generate_audio": _FLAG},
    "kwaivgi/kling-v2.5-turbo-pro": _KLING,
    "minimax/hailuo-2.3": {
        "first_frame_image": _file,
        "duration": _one(6, 10),
        "resolution": _one("768p", "1080p"),
        "prompt_optimizer": _FLAG,
    },
    "black-forest-labs/flux-1.1-pro": {
        "aspect_ratio": _one("1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3"),
        "seed": _SEED,
        "prompt_upsampling": _FLAG,
        "safety_tolerance": _number(1, 5),
        "output_format": _one("webp", "jpg", "png"),
    },
}
"""Official model -> its inputs beside the prompt. Others are taken as they come."""
PICTURE_MODELS = ("black-forest-labs/flux-1.1-pro",)
UNKNOWN_MODEL = "nobody/nothing"
"""Any other name is somebody's model."""
_FIELDS = {"input", "version", "webhook", "webhook_events_filter", "stream"}


def _problem_of(status: int, title: str, detail: str) -> dict[str, Any]:
    return {"title": title, "detail": detail, "status": status}


class ReplicateEmulator(Emulator):
    """Predictions of official models, checked by their inputs, and of any other model."""

    name: ClassVar[str] = "replicate"
    title: ClassVar[str] = "Replicate"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited_untold": (429, {"detail": "Request was throttled.", "status": 429}),
        "unauthorised": (
            401,
            _problem_of(401, "Unauthenticated", "You did not pass a valid authentication token"),
        ),
        "no_credit": (
            402,
            _problem_of(402, "Insufficient credit", "You have insufficient credit to run this."),
        ),
        "moderated": (422, _problem_of(422, "Input validation failed", SENSITIVE)),
        "invalid": (
            422,
            _problem_of(422, "Input validation failed", "- input.duration: is not allowed\n"),
        ),
        "unavailable": (503, _problem_of(503, "Service unavailable", "Try again later.")),
    }

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self._asked: dict[str, _Asked] = {}

    def routes(self) -> list[BaseRoute]:
        """The paths that the SDK calls for predictions."""
        one = "/v1/predictions/{id}"
        return [
            Route("/v1/models/{owner}/{model}/predictions", self._create, methods=["POST"]),
            Route("/v1/predictions", self._create, methods=["POST"]),
            Route("/v1/predictions", self._list, methods=["GET"]),
            Route(one, self._prediction, methods=["GET"]),
            Route(f"{one}/cancel", self._cancel, methods=["POST"]),
            Route("/v1/files", self._upload, methods=["POST"]),
            Route("/v1/webhooks/default/secret", self._secret),
            Route("/v1/account", self._account),
        ]

    def new_id(self) -> str:
        """26 letters and digits."""
        return "".join(random.choices(_ID_LETTERS, k=26))  # noqa: S311 - a name, not a secret

    def refuse(self, refusal: str) -> Response:
        """The wait stands in the words, not in a header."""
        if refusal != "rate_limited":
            return super().refuse(refusal)
        wait = f"{self.settings.retry_after:g}"
        detail = f"Request was throttled. Your rate limit resets in ~{wait}s."
        return JSONResponse({"detail": detail, "status": 429}, 429)

    def missing(self) -> Response:
        """What an unknown id is answered with."""
        detail = "The requested resource could not be found."
        return JSONResponse(_problem_of(404, "Not found", detail), 404)

    async def _create(self, request: Request) -> Response:
        call = await self.read(request)
        asked = _asked(call)
        is_picture = asked.ref in PICTURE_MODELS
        told = _input(call)
        width, height = _size(told)

        def answer(job: Job) -> Response:
            self._asked[job.id] = asked
            if webhook := call.text("webhook"):
                self.callbacks.promise(job, webhook, lambda: self._shown(request, job), self.signed)
            return JSONResponse(self._shown(request, job), 201)

        return await self.accept(
            call,
            prompt=call.text("input", "prompt"),
            wants=Wants(seconds=0 if is_picture else _seconds(told), width=width, height=height),
            problem=_problem(call, asked),
            answer=answer,
        )

    async def _prediction(self, request: Request) -> Response:
        return await self.look(
            request, self._job(request), lambda job: JSONResponse(self._shown(request, job))
        )

    async def _list(self, request: Request) -> Response:
        """Newest first, without the log; nothing moves on by being listed."""
        if not self.is_authorised(request):
            return self.say(request, "list", self.refuse("unauthorised"))
        first = int(request.query_params.get("cursor") or 0)
        since = request.query_params.get("created_after")
        after = datetime.fromisoformat(since) if since else _EVER
        jobs = [job for job in self.jobs.all()[::-1] if self._asked[job.id].at >= after]
        base = base_of(request)
        rest = f"{base}v1/predictions?cursor={first + PAGE}" if jobs[first + PAGE :] else None
        told = [_listed(self._shown(request, job)) for job in jobs[first : first + PAGE]]
        answer = {"next": rest, "previous": None, "results": told}
        return self.say(request, "list", JSONResponse(answer))

    async def _cancel(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "cancel", self.refuse("unauthorised"))
        job = self._job(request)
        if job is None:
            return self.say(request, "cancel", self.missing())
        job.is_cancelled = job.is_cancelled or not job.is_over
        return self.say(request, "cancel", JSONResponse(self._shown(request, job)), job)

    def _shown(self, request: Request, job: Job) -> dict[str, Any]:
        is_odd = job.spoilt() == "unknown_status"
        is_done = job.stage == "succeeded" and not is_odd
        asked = self._asked[job.id]
        told: dict[str, Any] = {
            "id": job.id,
            "model": asked.ref or "somebody/model",
            "version": asked.version or "hidden",
            "input": job.body["input"],
            "logs": _logs(job),
            "output": self._output(request, job) if is_done else None,
            "data_removed": False,
            "error": _ERRORS.get(job.stage),
            "source": "api",
            "status": "dreaming" if is_odd else _WORDS[job.stage],
            "created_at": _time(asked.at),
            "urls": _urls(request, job),
        }
        if job.stage != "queued":
            told["started_at"] = _time(asked.at, 1)
        if job.is_over and not is_odd:
            told |= {
                "completed_at": _time(asked.at, 9),
                "metrics": {"predict_time": 8.0, "total_time": 9.0},
            }
        return told

    def _output(self, request: Request, job: Job) -> Any:
        if "no_output" in job.faults:
            return None
        return self.media_url(request, job)

    async def _upload(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        call = await self.read(request)
        content = call.files.get("content")
        if content is None:
            detail = "Missing content in the form"
            return self.say(request, "other", JSONResponse({"detail": detail}, 400))
        file_id, base, now = self.new_id(), base_of(request), datetime.now(UTC)
        told = {
            "id": file_id,
            "name": "first-frame",
            "content_type": "application/octet-stream",
            "size": len(content),
            "etag": file_id,
            "checksums": {"sha256": "0" * 64},
            "metadata": {},
            "created_at": _time(now),
            "expires_at": _time(now + _WEEK),
            "urls": {"get": f"{base}v1/files/{file_id}"},
        }
        return self.say(request, "other", JSONResponse(told, 201))

    async def _secret(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        return self.say(request, "other", JSONResponse({"key": self.settings.webhook_secret}))

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers of a webhook with this body, by the standard-webhooks scheme."""
        told_id, told_at = f"msg_{self.new_id()}", str(int(time.time()))
        key = b64decode(self.settings.webhook_secret.removeprefix("whsec_"))
        mac = hmac.digest(key, f"{told_id}.{told_at}.".encode() + body, "sha256")
        return {
            "webhook-id": told_id,
            "webhook-timestamp": told_at,
            "webhook-signature": f"v1,{b64encode(mac).decode()}",
        }

    async def _account(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        told = {"type": "user", "username": "ada", "name": "Ada", "github_url": ""}
        return self.say(request, "other", JSONResponse(told))

    def _job(self, request: Request) -> Job | None:
        return self.jobs.get(request.path_params["id"])


_ERRORS: Mapping[Stage, str] = {
    "failed": "Prediction interrupted; please retry (code: PA)",
    "moderated": SENSITIVE,
}


def _asked(call: Call) -> _Asked:
    """What a create call is about, with "" for what it does not say."""
    path, now = call.request.path_params, datetime.now(UTC)
    if "model" in path:
        return _Asked(f"{path['owner']}/{path['model']}", "", now)
    ref, _, version = call.text("version").rpartition(":")
    return _Asked(ref, version, now)


def _problem(call: Call, asked: _Asked) -> Response | None:
    """What Replicate would find wrong with a create call, None for nothing."""
    body = call.body if isinstance(call.body, dict) else {}
    if not asked.ref and not asked.version:
        return _invalid("- version is required")
    if asked.ref == UNKNOWN_MODEL:
        detail = "The requested resource could not be found."
        return JSONResponse(_problem_of(404, "Not found", detail), 404)
    if not isinstance(body.get("input"), dict):
        return _invalid("- input is required")
    extra = sorted(body.keys() - _FIELDS)
    if extra:
        return _invalid(f"- Additional property {extra[0]} is not allowed")
    wrong = _wrong_input(asked.ref, body["input"])
    return _invalid(wrong) if wrong else None


def _wrong_input(ref: str, told: Mapping[str, Any]) -> str | None:
    if ref not in INPUTS:
        return None
    checks = {"prompt": _is_prompt, **INPUTS[ref]}
    if "prompt" not in told:
        return "- input: prompt is required"
    for name, value in told.items():
        if name not in checks:
            return f"- input: Additional property {name} is not allowed"
        if not checks[name](value):
            return f"- input.{name}: Must be one of the allowed values"
    return None


def _invalid(detail: str) -> Response:
    return JSONResponse(_problem_of(422, "Input validation failed", f"{detail}\n"), 422)


def _input(call: Call) -> dict[str, Any]:
    told = call.body.get("input") if isinstance(call.body, dict) else None
    return told if isinstance(told, dict) else {}


def _seconds(told: Mapping[str, Any]) -> float:
    seconds = told.get("duration")
    return float(seconds) if isinstance(seconds, int) and seconds > 0 else 5.0


def _size(told: Mapping[str, Any]) -> tuple[int, int]:
    ratio = str(told.get("aspect_ratio", "16:9")).split(":")
    wide, tall = (int(p) for p in ratio) if len(ratio) == 2 else (16, 9)
    short = 720
    return short * wide // min(wide, tall), short * tall // min(wide, tall)


def _listed(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "logs"}


def _logs(job: Job) -> str:
    if job.stage != "running":
        return ""
    done = round(job.progress * 20)
    return f"Using seed: 1\n{5 * done:3d}%|{'█' * done}{' ' * (20 - done)}| {done}/20"


def _urls(request: Request, job: Job) -> dict[str, str]:
    get = f"{base_of(request)}v1/predictions/{job.id}"
    return {"get": get, "cancel": f"{get}/cancel", "web": f"{base_of(request)}p/{job.id}"}


def _time(at: datetime, seconds: int = 0) -> str:
    return (at + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
