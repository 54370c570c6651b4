"""The interactions of the Gemini API as Google's SDK 3.4.0 and its documentation describe them."""

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator, base_of
from video_foundry.emulators.jobs import Job, Wants

CREATED = "2026-11-22T10:00:00Z"
LONGEST = {"gemini-omni-1.1-flash": 10, "gemini-omni-1.2-flash": 15}
"""Seconds of the longest clip by model."""
SHORT_SIDES = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}
_FIELDS = {"model", "background", "generation_config", "input", "response_format", "store"}
_FORMAT_FIELDS = {"type", "aspect_ratio", "duration", "resolution", "delivery"}
_PICTURES = {"text_to_video": (0, 0), "image_to_video": (1, 2), "reference_to_video": (1, 6)}
_PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")
_WORDS = {
    "queued": "queued",
    "running": "in_progress",
    "succeeded": "completed",
    "failed": "failed",
    "moderated": "failed",
    "cancelled": "cancelled",
}
_COMPLAINTS = {
    "failed": "An internal error has occurred.",
    "moderated": "The video was withheld by our safety filters.",
}


def error(code: int, status: str, message: str, *details: Mapping[str, Any]) -> dict[str, Any]:
    """An error as Google's APIs tell it."""
    told: dict[str, Any] = {"code": code, "message": message, "status": status}
    return {"error": {**told, "details": list(details)} if details else told}


_LIMITED = "You exceeded your current quota, please check your plan and billing details."
_BAD_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}


class GeminiEmulator(Emulator):
    """Interactions that make videos, their cancel, and the files that come of them."""

    name: ClassVar[str] = "gemini"
    title: ClassVar[str] = "Gemini"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": (429, error(429, "RESOURCE_EXHAUSTED", _LIMITED)),
        "rate_limited_untold": (429, error(429, "RESOURCE_EXHAUSTED", _LIMITED)),
        "unauthorised": (400, error(400, "INVALID_ARGUMENT", "API key not valid.", _BAD_KEY)),
        "no_credit": (
            429,
            error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
        ),
        "moderated": (
            400,
            error(400, "INVALID_ARGUMENT", "The prompt was blocked by our safety filters."),
        ),
        "invalid": (400, error(400, "INVALID_ARGUMENT", "Invalid value at 'duration'.")),
        "unavailable": (503, error(503, "UNAVAILABLE", "The model is overloaded.")),
    }

    def routes(self) -> list[BaseRoute]:
        """The SDK calls both versions of the path."""
        paths: list[BaseRoute] = []
        for version in ("v1", "v1beta"):
            base = f"/{version}/interactions"
            paths += [
                Route(base, self._create, methods=["POST"]),
                Route(f"{base}/{{id}}/cancel", self._cancel, methods=["POST"]),
                Route(f"{base}/{{id}}", self._interaction, methods=["GET"]),
                Route(f"{base}/{{id}}", self._delete, methods=["DELETE"]),
                Route(f"/{version}/files/{{name}}:download", self._download),
                Route(f"/{version}/models", self._models),
            ]
        return paths

    def new_id(self) -> str:
        """Interactions have long opaque names."""
        return f"v1_{uuid4().hex}"

    def key_of(self, request: Request) -> str:
        """In a header of its own, or in the address."""
        told = request.headers.get("x-goog-api-key") or request.query_params.get("key")
        return told or ""

    def missing(self) -> Response:
        """In the shape of all errors."""
        return JSONResponse(error(404, "NOT_FOUND", "Requested entity was not found."), 404)

    def refuse(self, refusal: str) -> Response:
        """The wait stands among the details of the error."""
        if refusal != "rate_limited":
            return super().refuse(refusal)
        delay = {
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": f"{self.settings.retry_after:g}s",
        }
        return JSONResponse(error(429, "RESOURCE_EXHAUSTED", _LIMITED, delay), 429)

    async def _create(self, request: Request) -> Response:
        call = await self.read(request)
        wrong = _wrong(call)
        told = error(400, "INVALID_ARGUMENT", f"Invalid value at '{wrong}'.")
        return await self.accept(
            call,
            prompt=_prompt(call),
            wants=_wants(call),
            problem=JSONResponse(told, 400) if wrong else None,
            answer=lambda job: JSONResponse(self._shown(request, job)),
        )

    async def _interaction(self, request: Request) -> Response:
        job = self._job(request)
        return await self.look(request, job, lambda job: JSONResponse(self._shown(request, job)))

    async def _cancel(self, request: Request) -> Response:
        job = self._job(request)
        if not self.is_authorised(request):
            return self.say(request, "cancel", self.refuse("unauthorised"))
        if job is None:
            return self.say(request, "cancel", self.missing())
        job.is_cancelled = not job.is_over or job.is_cancelled
        return self.say(request, "cancel", JSONResponse(self._shown(request, job)), job)

    async def _delete(self, request: Request) -> Response:
        job = self._job(request)
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        if job is not None:
            self.jobs.forget(job.id)
        return self.say(request, "other", JSONResponse({}) if job else self.missing())

    async def _download(self, request: Request) -> Response:
        """The file of a result, for those with the key alone. The first time one that is to expire
        is refused."""
        job = self.jobs.get(request.path_params["name"])
        if not self.is_authorised(request):
            refused = error(403, "PERMISSION_DENIED", "The caller does not have permission")
            return self.say(request, "media", JSONResponse(refused, 403), job)
        if job is None:
            return self.say(request, "media", self.missing())
        is_stale = "expired" in job.faults and not job.expired
        job.expired += is_stale
        if is_stale:
            return self.say(request, "media", self.missing(), job)
        self.say(request, "media", Response(), job)
        return await self.give(request, job)

    async def _models(self, request: Request) -> Response:
        """The list of models, which says no more of each than its name."""
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        told = [{"name": f"models/{name}", "displayName": name} for name in LONGEST]
        return self.say(request, "other", JSONResponse({"models": told}))

    def _shown(self, request: Request, job: Job) -> dict[str, Any]:
        status = "dreaming" if job.spoilt() == "unknown_status" else _WORDS[job.stage]
        told = {
            "id": job.id,
            "model": job.body["model"],
            "status": status,
            "created": CREATED,
            "updated": CREATED,
        }
        if status == "completed":
            told["steps"] = [{"type": "model_output", "content": self._content(request, job)}]
            told["usage"] = {"total_input_tokens": 10, "total_output_tokens": 5792}
        if status == "failed":
            told["errors"] = [{"message": _COMPLAINTS[job.stage]}]
        return told

    def _content(self, request: Request, job: Job) -> list[dict[str, Any]]:
        if "no_output" in job.faults:
            return [{"type": "text", "text": "Here is an idea for your video."}]
        form = job.body["response_format"]
        if form.get("delivery", "inline") == "inline":
            content = b64encode(self.studio.file_of(job).read_bytes()).decode()
            return [{"type": "video", "data": content, "mime_type": "video/mp4"}]
        uri = f"{base_of(request)}v1beta/files/{job.id}:download?alt=media"
        return [{"type": "video", "uri": uri, "mime_type": "video/mp4"}]

    def _job(self, request: Request) -> Job | None:
        return self.jobs.get(request.path_params["id"])


def _wrong(call: Call) -> str:
    """The first field that would be refused, "" for none."""
    body = call.body if isinstance(call.body, dict) else {}
    form = body.get("response_format")
    form = form if isinstance(form, dict) else {}
    longest = LONGEST.get(body.get("model", ""), 0)
    fewest, most = _PICTURES.get(call.text("generation_config", "video_config", "task"), (1, 0))
    pictures = [part for part in _parts(call) if part.get("type") == "image"]
    seconds = _seconds(call)
    fits = {
        "model": longest > 0,
        "background": body.get("background") is True,
        "generation_config.video_config.task": fewest <= len(pictures) <= most,
        "input": bool(_prompt(call)) and all(map(_is_picture, pictures)),
        "response_format": set(form) <= _FORMAT_FIELDS and form.get("type") == "video",
        "response_format.aspect_ratio": form.get("aspect_ratio", "16:9") in ("16:9", "9:16"),
        "response_format.duration": 3 <= seconds <= (10 if len(pictures) == 2 else longest),
        "response_format.resolution": form.get("resolution", "720p") in SHORT_SIDES,
        "response_format.delivery": form.get("delivery", "inline") in ("inline", "uri"),
        "body": set(body) <= _FIELDS,
    }
    return next((field for field, is_right in fits.items() if not is_right), "")


def _parts(call: Call) -> list[dict[str, Any]]:
    body = call.body if isinstance(call.body, dict) else {}
    given = body.get("input")
    if isinstance(given, str):
        return [{"type": "text", "text": given}]
    steps = [step for step in given or [] if isinstance(step, dict)]
    return [part for step in steps for part in step.get("content", []) if isinstance(part, dict)]


def _prompt(call: Call) -> str:
    return " ".join(str(part.get("text", "")) for part in _parts(call) if part["type"] == "text")


def _is_picture(part: Mapping[str, Any]) -> bool:
    return part.get("mime_type") in _PICTURE_TYPES and isinstance(part.get("data"), str)


def _seconds(call: Call) -> int:
    found = re.fullmatch(r"(\d+)s", call.text("response_format", "duration") or "5s")
    return int(found[1]) if found else 0


def _wants(call: Call) -> Wants:
    short = SHORT_SIDES.get(call.text("response_format", "resolution"), 720)
    sides = round(short * 16 / 9), short
    is_tall = call.text("response_format", "aspect_ratio") == "9:16"
    width, height = reversed(sides) if is_tall else sides
    return Wants(seconds=_seconds(call), width=width, height=height, audio=True)
