"""Kling's API 2.0 as copies of its documentation and open-source clients describe it."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator, Settings
from video_foundry.emulators.jobs import Job, Wants

CENTS_A_UNIT = 14
UNITS_A_SECOND = {
    "kling-3.0": {"720p": (0.6, 0.9), "1080p": (0.8, 1.2), "4k": (3.0, 3.0)},
    "kling-3.0-turbo": {"720p": (0.8, 0.8), "1080p": (1.0, 1.0)},
}
"""model -> resolution -> without and with sound."""
_SIZES = {"720p": 720, "1080p": 1080, "4k": 2160}
_SHAPES = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
_WORDS = {
    "queued": "submitted",
    "running": "processing",
    "succeeded": "succeeded",
    "failed": "failed",
    "moderated": "failed",
    "cancelled": "failed",
}
_WHY = {
    "failed": "Internal service error",
    "moderated": "Failure to pass the risk control system",
    "cancelled": "The task was stopped by the service",
}
_TURBO = ({"resolution", "aspect_ratio", "duration"}, ("720p", "1080p"), ("first_frame",))
_FULL = (
    {"resolution", "aspect_ratio", "duration", "audio", "multi_shot"},
    ("720p", "1080p", "4k"),
    ("first_frame", "last_frame"),
)
MODELS = {"kling-3.0": _FULL, "kling-3.0-turbo": _TURBO}
"""model -> the settings it has, its resolutions, and the pictures it takes."""


def _envelope(code: int, message: str, data: Any = None) -> dict[str, Any]:
    told = {"code": code, "message": message, "request_id": str(uuid4())}
    return told if data is None else {**told, "data": data}


class KlingEmulator(Emulator):
    """Tasks from text and from frames, found by their own ids or by the caller's."""

    name: ClassVar[str] = "kling"
    title: ClassVar[str] = "Kling"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": (429, _envelope(1303, "parallel task over resource pack limit")),
        "rate_limited_untold": (429, _envelope(1302, "The API is called too often")),
        "unauthorised": (401, _envelope(1002, "Authorization is invalid")),
        "no_credit": (429, _envelope(1102, "The resource pack is used up or has expired")),
        "moderated": (400, _envelope(1301, "The content violates the platform's policy")),
        "invalid": (400, _envelope(1201, "settings.duration is not valid")),
        "unavailable": (503, _envelope(5001, "The service is not available for the moment")),
    }

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        # What a task costs depends on its model, which stands in the path of its create call alone.
        self._models: dict[str, str] = {}

    def routes(self) -> list[BaseRoute]:
        """The paths of API 2.0 for video."""
        return [
            Route("/text-to-video/{model}", self._from_text, methods=["POST"]),
            Route("/image-to-video/{model}", self._from_frames, methods=["POST"]),
            Route("/tasks", self._tasks),
        ]

    def new_id(self) -> str:
        """Tasks have long numbers, as text."""
        return str(uuid4().int % 10**18)

    def missing(self) -> Response:
        """A resource that does not exist."""
        return JSONResponse(_envelope(1203, "The requested resource does not exist"), 404)

    async def _from_text(self, request: Request) -> Response:
        return await self._create(request, is_image=False)

    async def _from_frames(self, request: Request) -> Response:
        return await self._create(request, is_image=True)

    async def _create(self, request: Request, *, is_image: bool) -> Response:
        call = await self.read(request)
        return await self.accept(
            call,
            prompt=_prompt(call),
            wants=_wants(call),
            problem=self._problem(call, is_image=is_image),
            answer=lambda job: self._accepted(request, job),
        )

    def _accepted(self, request: Request, job: Job) -> Response:
        self._models[job.id] = request.path_params["model"]
        options = job.body.get("options", {})
        if url := options.get("callback_url"):
            # Kling signs nothing.
            self.callbacks.promise(job, url, lambda: self._told_task(request, job), lambda _: {})
        return JSONResponse(_envelope(0, "SUCCEED", {"id": job.id, "status": "submitted"}))

    def _problem(self, call: Call, *, is_image: bool) -> Response | None:
        model = MODELS.get(call.request.path_params["model"])
        if model is None:
            return JSONResponse(_envelope(1203, "The model does not exist"), 404)
        wrong = _wrong_field(call, model, is_image=is_image)
        key = call.text("options", "external_task_id")
        if wrong is None and key and self._by_key(key) is not None:
            wrong = "options.external_task_id is in use already"
        return JSONResponse(_envelope(1201, wrong), 400) if wrong else None

    async def _tasks(self, request: Request) -> Response:
        """Tasks by their ids or by the caller's, never by both; one alone moves on by being asked
        for."""
        asked = {name: request.query_params.get(name) for name in ("task_ids", "external_task_ids")}
        if (asked["task_ids"] is None) == (asked["external_task_ids"] is None):
            told = _envelope(1201, "give task_ids or external_task_ids, not both")
            return self.say(request, "other", JSONResponse(told, 400))
        ids = asked["task_ids"]
        if ids is not None and "," not in ids:
            return await self.look(
                request, self.jobs.get(ids), lambda job: self._listed(request, [job])
            )
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        if ids is not None:
            found = [self.jobs.get(one) for one in ids.split(",")]
        else:
            found = [self._by_key(key) for key in (asked["external_task_ids"] or "").split(",")]
        return self.say(request, "other", self._listed(request, [job for job in found if job]))

    def _listed(self, request: Request, jobs: list[Job]) -> Response:
        told = [self._told_task(request, job) for job in jobs]
        return JSONResponse(_envelope(0, "SUCCEED", told))

    def _told_task(self, request: Request, job: Job) -> dict[str, Any]:
        is_odd = job.spoilt() == "unknown_status"
        task: dict[str, Any] = {
            "id": job.id,
            "external_id": _key_of(job),
            "status": "reviewing" if is_odd else _WORDS[job.stage],
            "message": "" if is_odd else _WHY.get(job.stage, ""),
        }
        if job.stage != "succeeded" or is_odd:
            return task
        video = {
            "type": "video",
            "id": f"{job.id}-1",
            "url": self.media_url(request, job),
            "watermark_url": "",
            "duration": f"{job.wants.seconds:g}",
        }
        bill = {"amount": f"{_price(job, self._models[job.id]):.3f}", "charge_type": "cash"}
        outputs = [] if "no_output" in job.faults else [video]
        return {**task, "outputs": outputs, "billing": [bill]}

    def _by_key(self, key: str) -> Job | None:
        return next((job for job in self.jobs.all() if _key_of(job) == key), None)


def _key_of(job: Job) -> str:
    told = job.body.get("options", {}).get("external_task_id", "")
    return told if isinstance(told, str) else ""


def _price(job: Job, model: str) -> float:
    """Dollars for a task, by Kling's list."""
    settings = job.body.get("settings", {})
    rates = UNITS_A_SECOND[model][settings.get("resolution", "720p")]
    units = rates[settings.get("audio") == "native"] * job.wants.seconds
    return units * CENTS_A_UNIT / 100


def _settings(call: Call) -> dict[str, Any]:
    told = call.body.get("settings") if isinstance(call.body, dict) else None
    return told if isinstance(told, dict) else {}


def _contents(call: Call) -> list[dict[str, Any]]:
    told = call.body.get("contents") if isinstance(call.body, dict) else None
    return [item for item in told if isinstance(item, dict)] if isinstance(told, list) else []


def _prompt(call: Call) -> str:
    words = (item.get("text") for item in _contents(call) if item.get("type") == "prompt")
    return call.text("prompt") or str(next(words, "") or "")


def _wants(call: Call) -> Wants:
    settings = _settings(call)
    duration, short = settings.get("duration"), _SIZES.get(str(settings.get("resolution")), 720)
    wide, high = _SHAPES.get(str(settings.get("aspect_ratio")), (16, 9))
    scale = short / min(wide, high)
    return Wants(
        seconds=float(duration) if isinstance(duration, int) else 5.0,
        width=round(wide * scale),
        height=round(high * scale),
        audio=settings.get("audio") == "native",
    )


def _wrong_field(call: Call, model: tuple[Any, ...], *, is_image: bool) -> str | None:
    """The first thing that Kling would refuse in a create call, in words; None for nothing."""
    if not isinstance(call.body, dict):
        return "the body is not JSON"
    names, resolutions, pictures = model
    settings, duration = _settings(call), _settings(call).get("duration", 5)
    known = {"contents" if is_image else "prompt", "settings", "options"}
    options = call.body.get("options", {})
    fits = {
        "the body has an unknown field": set(call.body) <= known,
        "settings is not an object": isinstance(call.body.get("settings", {}), dict),
        "settings has an unknown field": set(settings) <= names,
        "options has an unknown field": isinstance(options, dict)
        and set(options) <= {"callback_url", "external_task_id", "watermark_info"},
        "the prompt is missing or too long": 1 <= len(_prompt(call)) <= 3072,
        "settings.resolution is not valid": settings.get("resolution", "720p") in resolutions,
        "settings.aspect_ratio is not valid": settings.get("aspect_ratio", "16:9") in _SHAPES,
        "settings.duration is not valid": type(duration) is int and 3 <= duration <= 15,
        "settings.audio is not valid": settings.get("audio", "off") in ("off", "native"),
        "settings.multi_shot is not valid": isinstance(settings.get("multi_shot", True), bool),
        "contents is not valid": not is_image or _are_frames(_contents(call), pictures),
    }
    return next((problem for problem, is_right in fits.items() if not is_right), None)


def _are_frames(contents: list[dict[str, Any]], known: tuple[str, ...]) -> bool:
    """Pictures that the model takes, a first frame among them, as addresses or as plain base64."""
    pictures = [item for item in contents if item.get("type") != "prompt"]
    kinds = [item.get("type") for item in pictures]
    urls = [item.get("url") for item in pictures]
    return (
        "first_frame" in kinds
        and len(kinds) == len(set(kinds))
        and set(kinds) <= set(known)
        and all(isinstance(url, str) and url and not url.startswith("data:") for url in urls)
    )
