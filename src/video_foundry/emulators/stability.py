"""Stability's API for pictures (v2beta) as copies of its documentation and open-source clients
describe it. An answer is the result, so faults of waiting do not arise here."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator
from video_foundry.emulators.jobs import Job, Wants

_SIZES = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "9:16": (768, 1344),
    "21:9": (1536, 640),
    "9:21": (640, 1536),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "5:4": (1088, 896),
    "4:5": (896, 1088),
}
_COMMON = {"prompt", "aspect_ratio", "negative_prompt", "seed", "output_format", "style_preset"}
_FIELDS = {
    "ultra": _COMMON,
    "core": _COMMON,
    "sd3": _COMMON | {"model", "mode", "cfg_scale"},
}
_SD3_MODELS = ("sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium")
_REASONS = {"moderated_after": "CONTENT_FILTERED", "failed": "ERROR", "cancelled": "ERROR"}
MAX_SEED = 4294967294
CREDITS = 87.5
"""What every account has left."""


def _error(status: int, name: str, *errors: str) -> tuple[int, dict[str, Any]]:
    return status, {"id": uuid4().hex, "name": name, "errors": list(errors)}


class StabilityEmulator(Emulator):
    """Pictures from text, at once."""

    name: ClassVar[str] = "stability"
    title: ClassVar[str] = "Stability"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": _error(429, "rate_limit_exceeded", "You have made too many requests."),
        "rate_limited_untold": _error(429, "rate_limit_exceeded", "Too many requests."),
        "unauthorised": _error(401, "unauthorized", "missing or invalid api key"),
        "no_credit": _error(402, "payment_required", "You lack sufficient credits."),
        "moderated": _error(403, "content_moderation", "Your request was flagged."),
        "invalid": _error(400, "bad_request", "aspect_ratio: must be one of ..."),
        "unavailable": _error(503, "service_unavailable", "Try again later."),
    }

    def routes(self) -> list[BaseRoute]:
        """The three services that make pictures from text, and the balance."""
        path = "/v2beta/stable-image/generate/{service}"
        return [
            Route(path, self._create, methods=["POST"]),
            Route("/v1/user/balance", self._balance),
        ]

    def new_id(self) -> str:
        """Generations have no ids at Stability; the ledger needs one."""
        return uuid4().hex

    async def _create(self, request: Request) -> Response:
        call = await self.read(request)
        width, height = _SIZES.get(call.text("aspect_ratio") or "1:1", (1024, 1024))
        wrong = _wrong(call)
        return await self.accept(
            call,
            prompt=call.text("prompt"),
            wants=Wants(seconds=0, width=width, height=height),
            problem=JSONResponse(wrong[1], wrong[0]) if wrong else None,
            answer=lambda job: self._made(request, job),
        )

    async def _balance(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        return self.say(request, "other", JSONResponse({"credits": CREDITS}))

    def _made(self, request: Request, job: Job) -> Response:
        """The picture, as the caller asked for it: within JSON, or plain with two headers."""
        reason = _REASONS.get(job.faults.of("end"), "SUCCESS")
        has_picture = reason != "ERROR" and "no_output" not in job.faults
        picture = self.studio.file_of(job).read_bytes() if has_picture else b""
        seed = int(job.body.get("seed") or 0) or 1234567
        if request.headers.get("accept", "").startswith("image/"):
            told = {"finish-reason": reason, "seed": str(seed)}
            return Response(picture, media_type="image/png", headers=told)
        image = b64encode(picture).decode()
        return JSONResponse({"image": image, "finish_reason": reason, "seed": seed})


def _wrong(call: Call) -> tuple[int, dict[str, Any]] | None:
    """What Stability would find wrong with a create call, None for nothing."""
    service, headers = call.request.path_params["service"], call.request.headers
    if service not in _FIELDS:
        return _error(404, "not_found", "no such service")
    if not headers.get("content-type", "").startswith("multipart/form-data"):
        return _error(400, "bad_request", "content-type: must be multipart/form-data")
    if not headers.get("accept", "").startswith(("image/", "application/json")):
        return _error(400, "bad_request", "accept: must be image/* or application/json")
    wrong = _wrong_field(service, call)
    return _error(400, "bad_request", f"{wrong}: is not valid") if wrong else None


def _wrong_field(service: str, call: Call) -> str | None:
    form, model = call.body, call.text("model")
    is_turbo = model.endswith("-turbo")
    fits = {
        "the form": set(form) <= _FIELDS[service],
        "prompt": 1 <= len(call.text("prompt")) <= 10000,
        "aspect_ratio": (call.text("aspect_ratio") or "1:1") in _SIZES,
        "output_format": (call.text("output_format") or "png") in ("png", "jpeg", "webp"),
        "seed": _is_number(call.text("seed") or "0", 0, MAX_SEED, whole=True),
        "negative_prompt": not (is_turbo and "negative_prompt" in form),
        "model": service != "sd3" or model in _SD3_MODELS,
        "mode": (call.text("mode") or "text-to-image") == "text-to-image",
        "cfg_scale": _is_number(call.text("cfg_scale") or "1", 1, 10),
    }
    return next((field for field, is_right in fits.items() if not is_right), None)


def _is_number(text: str, low: float, high: float, *, whole: bool = False) -> bool:
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        return False
    return low <= number <= high
