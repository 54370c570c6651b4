"""MiniMax's two interfaces for video (v1 for Hailuo, v2 for MiniMax-H3) as copies of its
documentation and open-source clients describe them."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, ClassVar
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator
from video_foundry.emulators.jobs import Job, Wants

_V1_WORDS = {
    "queued": "Queueing",
    "running": "Processing",
    "succeeded": "Success",
    "failed": "Fail",
    "moderated": "Fail",
    "cancelled": "Fail",
}
_V2_WORDS = {"moderated": "failed"}
_WHY = {
    "failed": (1000, "internal error"),
    "moderated": (1027, "output content is sensitive"),
    "cancelled": (1000, "stopped"),
}
_V1_SIZES = {"512P": (910, 512), "768P": (1366, 768), "1080P": (1920, 1080)}
_V2_SIZES = {"768P": 768, "2K": 1440}
_SHAPES = {
    "21:9": (21, 9),
    "16:9": (16, 9),
    "4:3": (4, 3),
    "1:1": (1, 1),
    "3:4": (3, 4),
    "9:16": (9, 16),
}
_HAILUO: Mapping[str, tuple[str, ...]] = {
    "MiniMax-Hailuo-2.3": ("768P", "1080P"),
    "MiniMax-Hailuo-2.3-Fast": ("768P", "1080P"),
    "MiniMax-Hailuo-02": ("512P", "768P", "1080P"),
}
_V1_FIELDS = {
    "model",
    "prompt",
    "first_frame_image",
    "last_frame_image",
    "duration",
    "resolution",
    "prompt_optimizer",
    "callback_url",
}
_V2_FIELDS = {
    "model",
    "content",
    "resolution",
    "duration",
    "ratio",
    "callback_url",
    "aigc_watermark",
}
_speaks_v1: ContextVar[bool] = ContextVar("speaks_v1", default=False)
"""Which interface the present request is for: both refuse the same things in other words."""


def _old(code: int, message: str) -> dict[str, Any]:
    return {"base_resp": {"status_code": code, "status_msg": message}}


def _new(status: int, type: str, code: int, message: str) -> tuple[int, dict[str, Any]]:
    error = {"type": type, "message": f"{message} ({code})", "http_code": str(status)}
    return status, {"type": "error", "error": error, "request_id": uuid4().hex}


class MiniMaxEmulator(Emulator):
    """Tasks of both interfaces, the files of v1, and the cancel of v2."""

    name: ClassVar[str] = "minimax"
    title: ClassVar[str] = "MiniMax"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": _new(429, "rate_limit_error", 1002, "rate limit exceeded"),
        "rate_limited_untold": _new(429, "rate_limit_error", 1002, "rate limit exceeded"),
        "unauthorised": _new(401, "authorized_error", 1004, "login fail"),
        "no_credit": _new(402, "insufficient_balance_error", 1008, "insufficient balance"),
        "moderated": _new(422, "unprocessable_entity_error", 1026, "input content is sensitive"),
        "invalid": _new(400, "bad_request_error", 2013, "invalid params"),
        "unavailable": _new(500, "server_error", 1000, "unknown error"),
    }
    old_refusals: ClassVar[Mapping[str, dict[str, Any]]] = {
        "rate_limited": _old(1002, "rate limit"),
        "rate_limited_untold": _old(1002, "rate limit"),
        "unauthorised": _old(1004, "login fail"),
        "no_credit": _old(1008, "insufficient balance"),
        "moderated": _old(1026, "input new_sensitive"),
        "invalid": _old(2013, "invalid params"),
        "unavailable": _old(1000, "unknown error"),
    }

    def routes(self) -> list[BaseRoute]:
        """The paths of both interfaces."""
        return [
            Route("/v1/video_generation", self._create_v1, methods=["POST"]),
            Route("/v1/query/video_generation", self._query_v1),
            Route("/v1/files/retrieve", self._file),
            Route("/v2/video_generation", self._create_v2, methods=["POST"]),
            Route("/v2/query/video_generation/{id}", self._query_v2),
            Route("/v2/video_generation/{id}", self._delete, methods=["DELETE"]),
        ]

    def new_id(self) -> str:
        """Tasks have long numbers, as text."""
        return str(uuid4().int % 10**15)

    def refuse(self, refusal: str) -> Response:
        """v1 refuses with status 200 and says so by its code alone."""
        if not _speaks_v1.get():
            return super().refuse(refusal)
        wait = {"Retry-After": f"{self.settings.retry_after:g}"}
        headers = wait if refusal == "rate_limited" else None
        return JSONResponse(self.old_refusals[refusal], 200, headers=headers)

    def missing(self) -> Response:
        """An id that is not known; how v1 says so is not documented."""
        if _speaks_v1.get():
            return JSONResponse(_old(2013, "task not found"), 404)
        status, told = _new(404, "not_found_error", 2013, "task not found")
        return JSONResponse(told, status)

    # --- v1 --------------------------------------------------------------------------------------

    async def _create_v1(self, request: Request) -> Response:
        _speaks_v1.set(True)
        call = await self.read(request)
        wrong = _wrong_v1(call.body if isinstance(call.body, dict) else {})
        width, height = _V1_SIZES.get(call.text("resolution"), (1366, 768))
        return await self.accept(
            call,
            prompt=call.text("prompt"),
            wants=Wants(seconds=_seconds(call, 6.0), width=width, height=height),
            problem=JSONResponse(_old(2013, f"invalid params, {wrong}")) if wrong else None,
            answer=lambda job: JSONResponse({"task_id": job.id, **_old(0, "success")}),
        )

    async def _query_v1(self, request: Request) -> Response:
        _speaks_v1.set(True)
        job = self.jobs.get(request.query_params.get("task_id", ""))
        return await self.look(request, job, lambda job: JSONResponse(_told_v1(job)))

    async def _file(self, request: Request) -> Response:
        _speaks_v1.set(True)
        file_id = request.query_params.get("file_id", "")
        job = self.jobs.get(file_id.removeprefix("9"))
        if not self.is_authorised(request):
            return self.say(request, "result", self.refuse("unauthorised"))
        if job is None or job.stage != "succeeded":
            return self.say(request, "result", self.missing())
        file = {
            "file_id": file_id,
            "filename": "output.mp4",
            "purpose": "video_generation",
            "download_url": self.media_url(request, job),
        }
        told = {"file": file, **_old(0, "success")}
        return self.say(request, "result", JSONResponse(told), job)

    # --- v2 --------------------------------------------------------------------------------------

    async def _create_v2(self, request: Request) -> Response:
        call = await self.read(request)
        wrong = _wrong_v2(call.body if isinstance(call.body, dict) else {})
        status, told = _new(400, "bad_request_error", 2013, f"invalid params, {wrong}")
        return await self.accept(
            call,
            prompt=_prompt(call),
            wants=_wants_v2(call),
            problem=JSONResponse(told, status) if wrong else None,
            answer=lambda job: JSONResponse({"task_id": job.id}),
        )

    async def _query_v2(self, request: Request) -> Response:
        job = self.jobs.get(request.path_params["id"])
        return await self.look(
            request, job, lambda job: JSONResponse({"task": self._told_v2(request, job)})
        )

    def _told_v2(self, request: Request, job: Job) -> dict[str, Any]:
        is_odd = job.spoilt() == "unknown_status"
        word = "dreaming" if is_odd else _V2_WORDS.get(job.stage, job.stage)
        task = {
            "id": job.id,
            "model": job.body["model"],
            "status": word,
            "resolution": job.body["resolution"],
            "duration": job.body["duration"],
        }
        if word == "succeeded":
            url = None if "no_output" in job.faults else self.media_url(request, job)
            task["content"] = {"url": url} if url else {}
        if word == "failed":
            code, why = _WHY[job.stage]
            task["error"] = {"code": str(code), "message": f"{why} ({code})"}
        return task

    async def _delete(self, request: Request) -> Response:
        """Cancels what has not begun, refuses for what runs, throws away what is over."""
        if not self.is_authorised(request):
            return self.say(request, "cancel", self.refuse("unauthorised"))
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return self.say(request, "cancel", self.missing())
        if job.stage == "running":
            return self.say(request, "cancel", self.refuse("invalid"), job)
        if job.is_over:
            self.jobs.forget(job.id)
        job.is_cancelled = True
        return self.say(request, "cancel", JSONResponse({"task_id": job.id}), job)


def _told_v1(job: Job) -> dict[str, Any]:
    is_odd = job.spoilt() == "unknown_status"
    word = "Dreaming" if is_odd else _V1_WORDS[job.stage]
    code, why = _WHY.get(job.stage, (0, "success")) if word == "Fail" else (0, "success")
    told = {"task_id": job.id, "status": word, **_old(code, why)}
    if word != "Success":
        return told
    size = {"video_width": job.wants.width, "video_height": job.wants.height}
    # A file has a number of its own, which is not the task's.
    return {**told, "file_id": "" if "no_output" in job.faults else f"9{job.id}", **size}


def _seconds(call: Call, default: float) -> float:
    told = call.body.get("duration") if isinstance(call.body, dict) else None
    return float(told) if isinstance(told, int) else default


def _wrong_v1(body: dict[str, Any]) -> str | None:
    """The first field that v1 would refuse, None for none."""
    model, resolution = body.get("model"), body.get("resolution", "768P")
    first, last = body.get("first_frame_image"), body.get("last_frame_image")
    lengths = (6,) if resolution == "1080P" else (6, 10)
    fits = {
        "the body": set(body) <= _V1_FIELDS,
        "model": model in _HAILUO,
        "prompt": isinstance(body.get("prompt"), str) and 1 <= len(body["prompt"]) <= 2000,
        "resolution": resolution in _HAILUO.get(str(model), ()),
        "duration": type(body.get("duration", 6)) is int and body.get("duration", 6) in lengths,
        "first_frame_image": _is_picture(first)
        or (first is None and resolution != "512P" and "Fast" not in str(model)),
        "last_frame_image": last is None
        or (_is_picture(last) and model == "MiniMax-Hailuo-02" and resolution != "512P"),
        "prompt_optimizer": isinstance(body.get("prompt_optimizer", True), bool),
    }
    return next((field for field, is_right in fits.items() if not is_right), None)


def _wrong_v2(body: dict[str, Any]) -> str | None:
    """The first field that v2 would refuse, None for none."""
    told = body.get("content")
    content = [i for i in told if isinstance(i, dict)] if isinstance(told, list) else []
    texts = [i for i in content if i.get("type") == "text"]
    pictures = [i for i in content if i.get("type") == "image_url"]
    roles = [str(i.get("role")) for i in pictures]
    ratios = ("adaptive",) if pictures else tuple(_SHAPES)
    duration = body.get("duration")
    fits = {
        "the body": set(body) <= _V2_FIELDS,
        "model": body.get("model") == "MiniMax-H3",
        "content": len(texts) == 1 and len(texts) + len(pictures) == len(content),
        "content.text": all(1 <= len(str(i.get("text", ""))) <= 7000 for i in texts),
        "content.role": sorted(roles) == sorted({*roles} & {"first_frame", "last_frame"}),
        "content.image_url": all(_is_picture(_url(i)) for i in pictures),
        "resolution": body.get("resolution") in _V2_SIZES,
        "duration": type(duration) is int and 4 <= duration <= 15,
        "ratio": body.get("ratio") in ratios,
    }
    return next((field for field, is_right in fits.items() if not is_right), None)


def _url(item: dict[str, Any]) -> object:
    place = item.get("image_url")
    return place.get("url") if isinstance(place, dict) else None


def _is_picture(value: object) -> bool:
    """An address, a data address, or a file that was uploaded before."""
    return isinstance(value, str) and value.startswith(("https://", "data:image/", "mm_file://"))


def _prompt(call: Call) -> str:
    content = call.body.get("content") if isinstance(call.body, dict) else None
    items = [i for i in content if isinstance(i, dict)] if isinstance(content, list) else []
    return next((str(i.get("text", "")) for i in items if i.get("type") == "text"), "")


def _wants_v2(call: Call) -> Wants:
    wide, high = _SHAPES.get(call.text("ratio"), (16, 9))
    scale = _V2_SIZES.get(call.text("resolution"), 768) / min(wide, high)
    return Wants(
        seconds=_seconds(call, 5.0),
        width=round(wide * scale),
        height=round(high * scale),
        audio=True,
    )
