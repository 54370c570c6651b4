"""OpenRouter's video API as its official SDK (1.3.84) and its documentation describe it: jobs,
their videos for the key alone, the capability list, and what the key may spend."""

import hmac
import secrets
import string
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator, base_of
from video_foundry.emulators.jobs import Job, Stage, Wants
from video_foundry.emulators.openrouter_models import CAPABILITIES, Capability

LISTED_AT = 1_791_000_000
_LETTERS = string.ascii_letters + string.digits
_USD_A_SECOND = Decimal("0.10")
_WORDS: Mapping[Stage, str] = {
    "queued": "pending",
    "running": "in_progress",
    "succeeded": "completed",
    "failed": "failed",
    "moderated": "failed",
    "cancelled": "cancelled",
}
_ERRORS: Mapping[Stage, str] = {
    "failed": "The provider returned an error",
    "moderated": "The output was blocked by the provider's content moderation",
}
_HEIGHTS = {"1K": 1024, "2K": 1440, "4K": 2160}


def _error(status: int, message: str, **metadata: Any) -> tuple[int, Any]:
    told: dict[str, Any] = {"code": status, "message": message}
    return status, {"error": told | ({"metadata": metadata} if metadata else {})}


class OpenRouterEmulator(Emulator):
    """Jobs of the listed models, checked by what each can do."""

    name: ClassVar[str] = "openrouter"
    title: ClassVar[str] = "OpenRouter"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": _error(429, "Rate limit exceeded"),
        "rate_limited_untold": _error(429, "Rate limit exceeded"),
        "unauthorised": _error(401, "No cookie auth credentials found"),
        "no_credit": _error(402, "Insufficient credits. Add more to continue."),
        "moderated": _error(
            403,
            "The input was flagged",
            reasons=["violence"],
            flagged_input="...",
            provider_name="Google",
            model_slug="google/veo-3.1",
        ),
        "invalid": _error(400, "duration: unsupported value"),
        "unavailable": _error(503, "No provider is available"),
    }

    def routes(self) -> list[BaseRoute]:
        """The paths that the SDK calls for video."""
        return [
            Route("/videos", self._create, methods=["POST"]),
            Route("/videos/models", self._models),
            Route("/videos/{id}", self._video, methods=["GET"]),
            Route("/videos/{id}/content", self._content, methods=["GET"]),
            Route("/key", self._key),
        ]

    def new_id(self) -> str:
        """The time and twenty letters and digits."""
        return f"gen-vid-{int(time.time())}-{''.join(secrets.choice(_LETTERS) for _ in range(20))}"

    def missing(self) -> Response:
        """What an unknown id is answered with."""
        return _refused(404, "Video generation not found")

    async def _create(self, request: Request) -> Response:
        call = await self.read(request)
        body = call.body if isinstance(call.body, dict) else {}
        width, height = _size(body)
        return await self.accept(
            call,
            prompt=call.text("prompt"),
            wants=Wants(
                seconds=_seconds(body),
                width=width,
                height=height,
                audio=body.get("generate_audio") is True,
            ),
            problem=_problem(call, body),
            answer=lambda job: self._accepted(call, job),
        )

    def _accepted(self, call: Call, job: Job) -> Response:
        if url := call.text("callback_url"):
            told = {"type": "video.generation.ended"}
            self.callbacks.promise(
                job, url, lambda: told | {"data": self._shown(call.request, job)}, self.signed
            )
        return JSONResponse(_begun(call.request, job), 202)

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers of a webhook with this body."""
        told_at, key = str(int(time.time())), self.settings.webhook_secret.encode()
        mac = hmac.new(key, f"{told_at},".encode() + body, "sha256").hexdigest()
        return {"X-OpenRouter-Signature": f"t={told_at},v1={mac}"}

    async def _video(self, request: Request) -> Response:
        return await self.look(
            request, self._job(request), lambda job: JSONResponse(self._shown(request, job))
        )

    def _shown(self, request: Request, job: Job) -> dict[str, Any]:
        is_odd = job.spoilt() == "unknown_status"
        told = _begun(request, job) | {"status": "dreaming" if is_odd else _WORDS[job.stage]}
        if not job.is_over or is_odd:
            return told
        told["generation_id"] = job.id
        if job.stage in _ERRORS:
            return told | {"error": _ERRORS[job.stage]}
        if job.stage == "succeeded":
            told["usage"] = {"cost": _cost(job), "is_byok": False}
            if "no_output" not in job.faults:
                told["unsigned_urls"] = [f"{base_of(request)}videos/{job.id}/content?index=0"]
        return told

    async def _content(self, request: Request) -> Response:
        """The video itself, for the key alone, and not before it is done."""
        job = self._job(request)
        if not self.is_authorised(request):
            return self.say(request, "media", self.refuse("unauthorised"), job)
        if job is None:
            return self.say(request, "media", self.missing())
        if job.stage != "succeeded":
            return self.say(request, "media", _refused(409, "The video is not ready"), job)
        if "expired" in job.faults and not job.expired:
            job.expired = 1
            return self.say(request, "media", _refused(403, "Try again"), job)
        self.say(request, "media", Response(), job)
        return await self.give(request, job)

    async def _models(self, request: Request) -> Response:
        told = {"data": [_listed(name, can) for name, can in CAPABILITIES.items()]}
        return self.say(request, "other", JSONResponse(told))

    async def _key(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        told = {"label": "sk-or-v1-…", "usage": 1.5, "limit": 20, "limit_remaining": 18.5}
        return self.say(request, "other", JSONResponse({"data": told}))

    def _job(self, request: Request) -> Job | None:
        return self.jobs.get(request.path_params["id"])


def _refused(status: int, message: str) -> Response:
    status, told = _error(status, message)
    return JSONResponse(told, status)


def _begun(request: Request, job: Job) -> dict[str, Any]:
    url = f"{base_of(request)}videos/{job.id}"
    return {"id": job.id, "polling_url": url, "status": "pending"}


def _cost(job: Job) -> float:
    return float(_USD_A_SECOND * Decimal(str(job.wants.seconds)))


_CALLABLE = ("https://", "http://127.0.0.1")
"""OpenRouter takes https alone; this machine itself is for tests."""
_PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "model": lambda told: isinstance(told, str),
    "prompt": lambda told: isinstance(told, str) and told != "",
    "provider": lambda told: isinstance(told, dict) and set(told) <= {"options"},
    "callback_url": lambda told: isinstance(told, str) and told.startswith(_CALLABLE),
    "user": lambda told: isinstance(told, str),
    "session_id": lambda told: isinstance(told, str) and len(told) <= 256,
}


def _fits(can: Capability, name: str, told: Any) -> bool:
    """Whether a model takes this value of a field that its capabilities speak of."""
    match name:
        case "duration":
            return type(told) is int and told in can.seconds
        case "resolution":
            return told in can.resolutions
        case "aspect_ratio":
            return told in can.ratios
        case "seed":
            return type(told) is int and can.seed is True
        case "generate_audio":
            return told is False or (told is True and can.audio is True)
        case _:
            return name == "frame_images" and _are_frames(told, can)


def _problem(call: Call, body: Mapping[str, Any]) -> Response | None:
    """What OpenRouter would find wrong with a create call, None for nothing."""
    can = CAPABILITIES.get(call.text("model"))
    if can is None:
        return _refused(404, f"No endpoints found for {call.text('model')}")
    if "prompt" not in body:
        return _refused(400, "prompt: required")
    for name, value in body.items():
        if not (_PLAIN[name](value) if name in _PLAIN else _fits(can, name, value)):
            return _refused(400, f"{name}: unsupported value or unrecognized key")
    return None


def _are_frames(told: Any, can: Capability) -> bool:
    if not isinstance(told, list) or not all(isinstance(frame, dict) for frame in told):
        return False
    kinds = [frame.get("frame_type") for frame in told]
    return len(set(kinds)) == len(kinds) <= 2 and all(_is_frame(frame, can) for frame in told)


def _is_frame(frame: Mapping[str, Any], can: Capability) -> bool:
    if set(frame) != {"type", "image_url", "frame_type"} or frame["type"] != "image_url":
        return False
    url = frame["image_url"].get("url") if isinstance(frame["image_url"], dict) else None
    is_address = isinstance(url, str) and url.startswith(("https://", "data:image/"))
    return is_address and frame["frame_type"] in can.frames


def _seconds(body: Mapping[str, Any]) -> float:
    seconds = body.get("duration")
    return float(seconds) if isinstance(seconds, int) and seconds > 0 else 5.0


def _size(body: Mapping[str, Any]) -> tuple[int, int]:
    wide, _, tall = str(body.get("aspect_ratio", "16:9")).partition(":")
    told = str(body.get("resolution", "720p"))
    short = _HEIGHTS.get(told) or int(told.removesuffix("p") if told[:-1].isdigit() else 720)
    least = min(int(wide), int(tall)) if wide.isdigit() and tall.isdigit() else 0
    if not least:
        return 1280, 720
    return short * int(wide) // least, short * int(tall) // least


def _listed(name: str, can: Capability) -> dict[str, Any]:
    return {
        "id": name,
        "canonical_slug": name,
        "name": name,
        "created": LISTED_AT,
        "supported_durations": list(can.seconds),
        "supported_resolutions": list(can.resolutions),
        "supported_aspect_ratios": list(can.ratios),
        "supported_sizes": None,
        "supported_frame_images": list(can.frames),
        "generate_audio": can.audio,
        "seed": can.seed,
        "upscale_factor": None,
        "creativity": None,
        "allowed_passthrough_parameters": [],
        "pricing_skus": dict(can.prices),
    }
