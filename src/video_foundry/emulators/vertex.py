"""Veo on Vertex AI as Google's SDK 3.4.0 and its documentation describe it."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators import network
from video_foundry.emulators.emulator import Call, Emulator
from video_foundry.emulators.jobs import Job, Wants

MODELS = ("veo-3.1-generate-001", "veo-3.1-fast-generate-001")
_PLACE = "/projects/{project}/locations/{location}/publishers/google/models/{model}"
_PARAMETERS = {
    "aspectRatio": ("16:9", "9:16"),
    "durationSeconds": (4, 6, 8),
    "generateAudio": (True, False),
    "personGeneration": ("allow_adult", "dont_allow", "allow_all"),
    "resizeMode": ("PAD", "CROP"),
    "resolution": ("720p", "1080p"),
    "sampleCount": (1, 2, 3, 4),
}
"""Parameters with the values that they take; the others are looked at one by one."""
_OTHERS = {"negativePrompt", "seed", "storageUri"}
_MEDIA = {"image", "lastFrame"}
_PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")
_WITHHELD = "The video was filtered because it may violate our usage guidelines. Code: 58061214"
_ERRORS = {
    "failed": {"code": 13, "message": "An internal error has occurred."},
    "cancelled": {"code": 1, "message": "The operation was cancelled."},
}


def error(code: int, status: str, message: str) -> dict[str, Any]:
    """An error as Google's APIs tell it."""
    return {"error": {"code": code, "message": message, "status": status}}


_LIMITED = error(
    429,
    "RESOURCE_EXHAUSTED",
    "Quota exceeded for long_running_online_prediction_requests_per_base_model.",
)
_NO_TOKEN = "Request had invalid authentication credentials. Expected OAuth 2 access token."  # noqa: S105 - words


class VertexEmulator(Emulator):
    """Long-running predictions of Veo, with the video in the answer or in a bucket."""

    name: ClassVar[str] = "vertex"
    title: ClassVar[str] = "Vertex AI"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": (429, _LIMITED),
        "rate_limited_untold": (429, _LIMITED),
        "unauthorised": (401, error(401, "UNAUTHENTICATED", _NO_TOKEN)),
        "no_credit": (
            403,
            error(403, "PERMISSION_DENIED", "This API method requires billing to be enabled."),
        ),
        "moderated": (
            400,
            error(400, "INVALID_ARGUMENT", "The prompt violates Vertex AI's usage guidelines."),
        ),
        "invalid": (400, error(400, "INVALID_ARGUMENT", "Unsupported durationSeconds.")),
        "unavailable": (503, error(503, "UNAVAILABLE", "The service is currently unavailable.")),
    }

    def routes(self) -> list[BaseRoute]:
        """The paths of both versions, and the bucket."""
        paths: list[BaseRoute] = [Route("/_storage/{path:path}", self._storage)]
        for version in ("v1", "v1beta1"):
            base = f"/{version}{_PLACE}"
            paths += [
                Route(f"{base}:predictLongRunning", self._predict, methods=["POST"]),
                Route(f"{base}:fetchPredictOperation", self._fetch, methods=["POST"]),
            ]
        return paths

    def new_id(self) -> str:
        """The last part of an operation's name."""
        return str(uuid4())

    def missing(self) -> Response:
        """In the shape of all errors."""
        return JSONResponse(error(404, "NOT_FOUND", "The operation was not found."), 404)

    async def _predict(self, request: Request) -> Response:
        call = await self.read(request)
        wrong = _wrong(call)
        told = error(400, "INVALID_ARGUMENT", f"Invalid value: {wrong}")
        place = _PLACE.format(**request.path_params).lstrip("/")
        return await self.accept(
            call,
            prompt=_text(_instance(call), "prompt"),
            wants=_wants(call),
            problem=JSONResponse(told, 400) if wrong else None,
            answer=lambda job: JSONResponse({"name": f"{place}/operations/{job.id}"}),
        )

    async def _fetch(self, request: Request) -> Response:
        name = (await self.read(request)).text("operationName")
        place, _, last = name.rpartition("/operations/")
        is_here = place == _PLACE.format(**request.path_params).lstrip("/")
        job = self.jobs.get(last) if is_here else None
        if job is not None and job.progress >= 0.5:
            # Made beside the loop, for the answer that comes.
            await asyncio.to_thread(self.studio.file_of, job)
        answer = await self.look(request, job, lambda job: JSONResponse(self._shown(name, job)))
        is_endless = job is not None and "huge_result" in job.faults and job.stage == "succeeded"
        return await self._endless(request) if is_endless else answer

    async def _endless(self, request: Request) -> Response:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
        return await network.endless(request, head, most=1024**3)

    def _shown(self, name: str, job: Job) -> dict[str, Any]:
        if not job.is_over or job.spoilt() == "unknown_status":
            return {"name": name}
        if job.stage in _ERRORS:
            return {"name": name, "done": True, "error": _ERRORS[job.stage]}
        kind = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"
        return {"name": name, "done": True, "response": {"@type": kind, **self._response(job)}}

    def _response(self, job: Job) -> dict[str, Any]:
        if job.stage == "moderated":
            return {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [_WITHHELD]}
        if "no_output" in job.faults:
            return {"raiMediaFilteredCount": 0}
        bucket = job.body["parameters"].get("storageUri", "")
        if bucket:
            place = {"gcsUri": f"{bucket}/{job.id}/sample_0.mp4"}
        else:
            content = self.studio.file_of(job).read_bytes()
            place = {"bytesBase64Encoded": b64encode(content).decode()}
        return {"raiMediaFilteredCount": 0, "videos": [{**place, "mimeType": "video/mp4"}]}

    async def _storage(self, request: Request) -> Response:
        """The bucket, for those with the token alone. One that is to expire is not there at
        first."""
        job = self.jobs.get(request.path_params["path"].split("/")[-2])
        if job is None or not self.is_authorised(request):
            return self.say(request, "media", Response("AccessDenied", 403), job)
        if "expired" in job.faults and not job.expired:
            job.expired = 1
            return self.say(request, "media", Response("NoSuchKey", 404), job)
        self.say(request, "media", Response(), job)
        return await self.give(request, job)


def _instance(call: Call) -> Mapping[str, Any]:
    body = call.body if isinstance(call.body, dict) else {}
    instances = body.get("instances")
    one = instances[0] if isinstance(instances, list) and len(instances) == 1 else {}
    return one if isinstance(one, dict) else {}


def _parameters(call: Call) -> Mapping[str, Any]:
    told = call.body.get("parameters") if isinstance(call.body, dict) else None
    return told if isinstance(told, dict) else {}


def _wrong(call: Call) -> str:
    """What would be refused, "" for nothing."""
    instance, told = _instance(call), _parameters(call)
    seed, bucket = told.get("seed", 0), told.get("storageUri", "gs://")
    fits = {
        "model": call.request.path_params["model"] in MODELS,
        "instances": set(instance) <= {"prompt", *_MEDIA},
        "prompt": bool(_text(instance, "prompt")),
        "image": all(_is_picture(instance[name]) for name in _MEDIA & set(instance)),
        "lastFrame": "lastFrame" not in instance or "image" in instance,
        "parameters": set(told) <= {*_PARAMETERS, *_OTHERS},
        "seed": type(seed) is int and 0 <= seed < 2**32,
        "storageUri": isinstance(bucket, str) and bucket.startswith("gs://"),
        **{name: _is_one(told[name], _PARAMETERS[name]) for name in _PARAMETERS if name in told},
    }
    return next((field for field, is_right in fits.items() if not is_right), "")


def _is_one(value: object, allowed: tuple[object, ...]) -> bool:
    """With its type: 1 is not true, and 8.0 is no whole number."""
    return any(value == one and type(value) is type(one) for one in allowed)


def _is_picture(media: object) -> bool:
    if not isinstance(media, dict) or set(media) != {"bytesBase64Encoded", "mimeType"}:
        return False
    try:
        content = b64decode(media["bytesBase64Encoded"], validate=True)
    except (TypeError, ValueError):
        return False
    return bool(content) and media["mimeType"] in _PICTURE_TYPES


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _wants(call: Call) -> Wants:
    told = _parameters(call)
    seconds = told.get("durationSeconds", 8)
    sides = (1920, 1080) if told.get("resolution") == "1080p" else (1280, 720)
    width, height = reversed(sides) if told.get("aspectRatio") == "9:16" else sides
    return Wants(
        seconds=float(seconds) if isinstance(seconds, int) else 8.0,
        width=width,
        height=height,
        audio=bool(told.get("generateAudio", True)),
    )
