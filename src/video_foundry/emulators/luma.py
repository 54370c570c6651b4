"""Luma Agents as its official SDK 0.5.0 and its documentation describe it."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, ClassVar
from uuid import uuid4

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator, Settings, base_of
from video_foundry.emulators.jobs import Job, Wants

CREATED = "2026-11-22T10:00:00.000Z"
LARGEST_FILE = 5 * 1024**3
_SHORT_SIDES = {"360p": 360, "540p": 540, "720p": 720, "1080p": 1080}
_RAY_RATIOS = ("9:16", "3:4", "1:1", "4:3", "16:9", "21:9")
_UNI_RATIOS = (*_RAY_RATIOS, "3:1", "2:1", "3:2", "2:3", "1:2", "1:3")
_RATIOS = {"ray-3.2": _RAY_RATIOS, "uni-1": _UNI_RATIOS, "uni-1-max": _UNI_RATIOS}
_TYPES = {"ray-3.2": "video", "uni-1": "image", "uni-1-max": "image"}
_COMMON = {"prompt", "model", "type", "aspect_ratio", "user_id"}
_FIELDS = {
    "video": _COMMON | {"video"},
    "image": _COMMON | {"image_ref", "output_format", "style", "web_search"},
}
_VIDEO_FIELDS = {
    *("duration", "resolution", "start_frame", "end_frame", "keyframes", "keyframe_indexes"),
    *("loop", "hdr", "exr_export"),
}
_LAST_PLACE = {"5s": 120, "10s": 240}
_STATES = {
    "queued": "queued",
    "running": "processing",
    "succeeded": "completed",
    "failed": "failed",
    "moderated": "failed",
    "cancelled": "failed",
}
_FAILURES = {
    "failed": ("generation_failed", "The generation failed."),
    "moderated": ("content_moderated", "The result did not pass content moderation."),
    "cancelled": ("generation_failed", "The generation was stopped."),
}


def _issue(field: str, message: str) -> dict[str, Any]:
    place = ["body", *field.split(".")]
    return {"detail": [{"type": "value_error", "loc": place, "msg": message}]}


class LumaEmulator(Emulator):
    """Generations of videos and pictures, and uploads. There is no cancel and no list."""

    name: ClassVar[str] = "luma"
    title: ClassVar[str] = "Luma"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": (429, {"detail": "Too many requests."}),
        "rate_limited_untold": (429, {"detail": "Too many requests."}),
        "unauthorised": (401, {"detail": "Invalid API key."}),
        "no_credit": (402, {"detail": "The budget of this account is exhausted."}),
        "moderated": (400, {"detail": "The prompt did not pass content moderation."}),
        "invalid": (422, _issue("video.duration", "Input should be '5s' or '10s'")),
        "unavailable": (503, {"detail": "The service is overloaded."}),
    }

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self._files: dict[str, dict[str, Any]] = {}

    @property
    def variable(self) -> str:
        """Luma has had another API before."""
        return "LUMA_AGENTS_BASE_URL"

    def routes(self) -> list[BaseRoute]:
        """The paths that the SDK of 2026-08 calls, those for editing video aside."""
        return [
            Route("/v1/generations", self._create, methods=["POST"]),
            Route("/v1/generations/{id}", self._generation),
            Route("/v1/files", self._slot, methods=["POST"]),
            Route("/v1/files", self._listed),
            Route("/v1/files/{id}/complete", self._complete, methods=["POST"]),
            Route("/v1/files/{id}", self._file),
            Route("/_store/{id}", self._store, methods=["PUT"]),
        ]

    def new_id(self) -> str:
        """Generations have UUIDs."""
        return str(uuid4())

    def missing(self) -> Response:
        """In the shape of all errors."""
        return JSONResponse({"detail": "Not found"}, 404)

    # --- generations ---------------------------------------------------------------------------

    async def _create(self, request: Request) -> Response:
        call = await self.read(request)
        wrong = self._wrong(call.body if isinstance(call.body, dict) else {})
        return await self.accept(
            call,
            prompt=call.text("prompt"),
            wants=_wants(call),
            problem=JSONResponse(_issue(wrong, "Invalid value"), 422) if wrong else None,
            answer=lambda job: JSONResponse(self._shown(request, job), 201),
        )

    async def _generation(self, request: Request) -> Response:
        job = self.jobs.get(request.path_params["id"])
        return await self.look(request, job, lambda job: JSONResponse(self._shown(request, job)))

    def _shown(self, request: Request, job: Job) -> dict[str, Any]:
        state = "dreaming" if job.spoilt() == "unknown_status" else _STATES[job.stage]
        told = {
            "id": job.id,
            "created_at": CREATED,
            "model": job.body.get("model", "uni-1"),
            "state": state,
            "type": job.body.get("type", "image"),
        }
        if state == "completed":
            has_none = "no_output" in job.faults
            output = {"type": told["type"], "url": self.media_url(request, job)}
            told["output"] = [] if has_none else [output]
        if state == "failed":
            told["failure_code"], told["failure_reason"] = _FAILURES[job.stage]
        return told

    def _wrong(self, body: Mapping[str, Any]) -> str:
        """The first field that Luma would refuse, "" for none."""
        model, made = body.get("model", "uni-1"), body.get("type", "image")
        fits = {
            "model": model in _TYPES,
            "type": _TYPES.get(model) == made,
            "prompt": isinstance(body.get("prompt"), str) and 1 <= len(body["prompt"]) <= 6000,
            "aspect_ratio": body.get("aspect_ratio", "16:9") in _RATIOS.get(model, ()),
            "body": set(body) <= _FIELDS.get(made, set()),
        }
        wrong = next((field for field, is_right in fits.items() if not is_right), "")
        return wrong or (
            self._wrong_video(body.get("video") or {})
            if made == "video"
            else self._wrong_image(body)
        )

    def _wrong_image(self, body: Mapping[str, Any]) -> str:
        refs = body.get("image_ref", [])
        fits = {
            "output_format": body.get("output_format", "png") in ("png", "jpeg"),
            "style": body.get("style", "auto") in ("auto", "manga"),
            "web_search": isinstance(body.get("web_search", False), bool),
            "image_ref": isinstance(refs, list) and len(refs) <= 9 and all(map(self._is_ref, refs)),
        }
        return next((field for field, is_right in fits.items() if not is_right), "")

    def _wrong_video(self, video: Mapping[str, Any]) -> str:
        duration, resolution = video.get("duration", "5s"), video.get("resolution", "720p")
        named = [video[name] for name in ("start_frame", "end_frame") if name in video]
        is_simple = duration == "5s" and not video.get("hdr")
        loop_fits = is_simple and "keyframes" not in video and "end_frame" not in video
        fits = {
            "video": set(video) <= _VIDEO_FIELDS,
            "video.duration": duration in ("5s", "10s"),
            "video.resolution": resolution in _SHORT_SIDES,
            "video.hdr": not video.get("hdr") or resolution in ("720p", "1080p"),
            "video.exr_export": not video.get("exr_export") or video.get("hdr") is True,
            "video.loop": not video.get("loop") or loop_fits,
            "video.start_frame": not named or duration == "5s",
            "video.end_frame": all(map(self._is_ref, named)),
            "video.keyframes": self._keyframes_fit(video, last=_LAST_PLACE.get(duration, 0)),
        }
        return next((field for field, is_right in fits.items() if not is_right), "")

    def _keyframes_fit(self, video: Mapping[str, Any], *, last: int) -> bool:
        frames, places = video.get("keyframes"), video.get("keyframe_indexes")
        if frames is None and places is None:
            return True
        if not isinstance(frames, list) or not isinstance(places, list):
            return False
        are_places = all(type(place) is int and 0 <= place <= last for place in places)
        are_even = len(frames) == len(places) == len(set(places)) and 1 <= len(frames) <= 64
        are_alone = not {"start_frame", "end_frame"} & set(video)
        return are_places and are_even and are_alone and all(map(self._is_ref, frames))

    def _is_ref(self, ref: object) -> bool:
        """Whether it names one picture in one way, which this emulator knows."""
        if not isinstance(ref, dict):
            return False
        ways = [way for way in ("url", "data", "generation_id", "file_id") if ref.get(way)]
        if len(ways) != 1 or not set(ref) <= {ways[0], "media_type"}:
            return False
        if ways == ["data"]:
            return str(ref.get("media_type", "")).startswith("image/")
        return ways != ["file_id"] or self._files.get(ref["file_id"], {}).get("state") == "ready"

    # --- files ---------------------------------------------------------------------------------

    async def _slot(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        told = (await self.read(request)).body or {}
        size = told.get("size_bytes")
        if type(size) is not int or not 0 < size <= LARGEST_FILE or not told.get("mime_type"):
            return self.say(request, "other", JSONResponse(_issue("size_bytes", "Invalid"), 422))
        file = {"id": str(uuid4()), "created_at": CREATED, "state": "pending", "purpose": "input"}
        file |= {
            k: told[k] for k in ("mime_type", "size_bytes", "filename", "purpose") if k in told
        }
        self._files[file["id"]] = file
        base = base_of(request).replace("127.0.0.1", "localhost")
        upload = {
            "expires_at": CREATED,
            "method": "PUT",
            "url": f"{base}_store/{file['id']}",
            "headers": {"Content-Type": file["mime_type"]},
        }
        answer = {"id": file["id"], "state": "pending", "file": file, "upload": upload}
        return self.say(request, "other", JSONResponse(answer, 201))

    async def _store(self, request: Request) -> Response:
        file = self._files.get(request.path_params["id"])
        content = await request.body()
        is_right = (
            file is not None
            and len(content) == file["size_bytes"]
            and request.headers.get("content-type") == file["mime_type"]
        )
        if file is not None and is_right:
            file["will_be"] = "ready" if _is_whole(content) else "failed"
        return self.say(request, "other", Response(status_code=200 if is_right else 403))

    async def _complete(self, request: Request) -> Response:
        """It is looked through first, and can be used from the next question on."""
        return self._about_file(request)

    async def _file(self, request: Request) -> Response:
        file = self._files.get(request.path_params["id"])
        if file is not None and "will_be" in file:
            file["state"] = file.pop("will_be")
            if file["state"] == "failed":
                file["failure_reason"] = "The file is damaged."
        return self._about_file(request)

    def _about_file(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        file = self._files.get(request.path_params["id"])
        if file is None:
            return self.say(request, "other", self.missing())
        return self.say(request, "other", JSONResponse(_told(file)))

    async def _listed(self, request: Request) -> Response:
        """Uploaded files, newest first, all on one page."""
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        limit = request.query_params.get("limit", "25")
        if not limit.isdecimal() or not 1 <= int(limit) <= 100:
            return self.say(request, "other", JSONResponse(_issue("limit", "1 to 100"), 422))
        told = [_told(file) for file in reversed(self._files.values())]
        page = {"data": told[: int(limit)], "has_more": len(told) > int(limit)}
        return self.say(request, "other", JSONResponse(page))


def _told(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file as its owner may see it."""
    return {name: value for name, value in file.items() if name != "will_be"}


def _is_whole(content: bytes) -> bool:
    try:
        with Image.open(BytesIO(content)) as picture:
            picture.verify()
    except (OSError, SyntaxError):
        return False
    return True


def _wants(call: Call) -> Wants:
    seconds = 0.0
    short = 1024
    if call.text("type") == "video":
        seconds = 10.0 if call.text("video", "duration") == "10s" else 5.0
        short = _SHORT_SIDES.get(call.text("video", "resolution"), 720)
    ratio = call.text("aspect_ratio")
    width, height = map(int, ratio.split(":")) if ratio in _UNI_RATIOS else (16, 9)
    scale = short / min(width, height)
    return Wants(seconds=seconds, width=round(width * scale), height=round(height * scale))
