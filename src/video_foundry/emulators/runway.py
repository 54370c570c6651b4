"""Runway as its official SDK and documentation describe it (API version 2024-11-06)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator
from video_foundry.emulators.jobs import Job, Wants

VERSION = "2024-11-06"
CREATED = "2026-11-22T10:00:00.000Z"
_GEN4 = ("1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672")
_VEO = ("1280:720", "720:1280", "1080:1920", "1920:1080")
_PICTURES = (
    "1024:1024",
    "1080:1080",
    "1168:880",
    "1360:768",
    "1440:1080",
    "1080:1440",
    "1808:768",
    "1920:1080",
    "1080:1920",
    "2112:912",
    "1280:720",
    "720:1280",
    "720:720",
    "960:720",
    "720:960",
    "1680:720",
)
_TEXT, _IMAGE, _PICTURE = "text_to_video", "image_to_video", "text_to_image"
_BASIC = frozenset({"model", "promptText", "ratio", "duration", "seed", "contentModeration"})
_GEN45 = _BASIC | {"outputFormat", "proresProfile"}
_RICH = _BASIC - {"contentModeration"} | {"audio", "negativePrompt"}


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a call takes for one model. durations: whole seconds; none for pictures. credits: for a
    second of clip, or for a picture. needs: fields beside model and ratio."""

    ratios: tuple[str, ...]
    credits: int
    fields: frozenset[str]
    durations: tuple[int, ...] = ()
    needs: tuple[str, ...] = ("promptText",)
    positions: tuple[str, ...] = ("first",)


_VEO_MODEL = Model(
    ratios=_VEO, credits=40, fields=_RICH, durations=(4, 6, 8), positions=("first", "last")
)
MODELS: dict[tuple[str, str], Model] = {
    (_TEXT, "gen4.5"): Model(
        ratios=_GEN4[:2],
        credits=12,
        fields=_GEN45,
        durations=tuple(range(2, 11)),
        needs=("promptText", "duration"),
    ),
    (_IMAGE, "gen4.5"): Model(
        ratios=_GEN4,
        credits=12,
        fields=_GEN45,
        durations=tuple(range(2, 11)),
        needs=("promptText", "duration"),
    ),
    (_IMAGE, "gen4_turbo"): Model(
        ratios=_GEN4, credits=5, fields=_BASIC, durations=tuple(range(2, 11)), needs=()
    ),
    (_TEXT, "veo3.1"): _VEO_MODEL,
    (_IMAGE, "veo3.1"): replace(_VEO_MODEL, needs=()),
    (_TEXT, "veo3.1_fast"): replace(_VEO_MODEL, credits=15),
    (_IMAGE, "veo3.1_fast"): replace(_VEO_MODEL, credits=15, needs=()),
    (_PICTURE, "gen4_image"): Model(
        ratios=_PICTURES, credits=8, fields=_BASIC - {"duration"} | {"referenceImages"}
    ),
}
"""(call, model) -> what is taken, by the types of the official SDK."""

_WORDS = {
    "queued": "PENDING",
    "running": "RUNNING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "moderated": "FAILED",
    "cancelled": "CANCELLED",
}


_DAILY = "You have reached the daily limit of this model."


def _issues(field: str, message: str) -> dict[str, Any]:
    issue = {"code": "custom", "path": [field], "message": message}
    told = {"error": "Validation of body failed", "issues": [issue]}
    return {**told, "docUrl": "https://docs.dev.runwayml.com/api"}


class RunwayEmulator(Emulator):
    """Tasks from text and from a picture, uploads, cancel, and the account."""

    name: ClassVar[str] = "runway"
    title: ClassVar[str] = "Runway"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": (429, {"error": _DAILY}),
        "rate_limited_untold": (429, {"error": _DAILY}),
        "unauthorised": (401, {"error": "The API key is not valid."}),
        "no_credit": (400, {"error": "You do not have enough credits to run this task."}),
        "moderated": (400, {"error": "The prompt did not pass content moderation."}),
        "invalid": (400, _issues("duration", "Invalid value")),
        "unavailable": (503, {"error": "The service is overloaded."}),
    }

    def routes(self) -> list[BaseRoute]:
        """The paths that the SDK of 2026-11 calls for video and first frames."""
        return [
            *(
                Route(f"/v1/{call}", self._create, methods=["POST"])
                for call in (_TEXT, _IMAGE, _PICTURE)
            ),
            Route("/v1/tasks/{id}", self._task, methods=["GET"]),
            Route("/v1/tasks/{id}", self._delete, methods=["DELETE"]),
            Route("/v1/uploads", self._upload, methods=["POST"]),
            Route("/v1/organization", self._organization),
            Route("/_store", self._store, methods=["POST"]),
        ]

    def new_id(self) -> str:
        """Tasks have UUIDs."""
        return str(uuid4())

    async def _create(self, request: Request) -> Response:
        call = await self.read(request)
        width, height = _size(call)
        wants = Wants(seconds=_seconds(call), width=width, height=height)
        return await self.accept(
            call,
            prompt=call.text("promptText"),
            wants=wants,
            problem=_problem(call),
            answer=lambda job: JSONResponse(
                {"id": job.id, "estimatedCost": {"credits": _credits(job)}}
            ),
        )

    async def _task(self, request: Request) -> Response:
        return await self.look(
            request, self._job(request), lambda job: JSONResponse(self._told_task(request, job))
        )

    def _told_task(self, request: Request, job: Job) -> dict[str, Any]:
        is_odd = job.spoilt() == "unknown_status"
        word = "DREAMING" if is_odd else _WORDS[job.stage]
        more: dict[str, Any] = {"cost": {"credits": _credits(job)}}
        if not job.is_over or is_odd:
            more = {"estimatedCost": {"credits": _credits(job)}}
        if word == "RUNNING":
            more["progress"] = job.progress
        if word == "SUCCEEDED":
            no_output = "no_output" in job.faults
            more["output"] = [] if no_output else [self.media_url(request, job)]
        if job.stage == "failed":
            more |= {
                "failure": "An unexpected error occurred.",
                "failureCode": "INTERNAL.BAD_OUTPUT.CODE01",
            }
        if job.stage == "moderated":
            more |= {
                "failure": "The result did not pass content moderation.",
                "failureCode": "SAFETY.OUTPUT.VIDEO",
            }
        return {"id": job.id, "createdAt": CREATED, "status": word, **more}

    async def _delete(self, request: Request) -> Response:
        """Cancels what is not over, and throws away what is; it is gone either way."""
        job = self._job(request)
        if not self.is_authorised(request):
            return self.say(request, "cancel", self.refuse("unauthorised"))
        if job is not None:
            self.jobs.forget(job.id)
        return self.say(request, "cancel", Response(status_code=204) if job else self.missing())

    async def _upload(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        base = str(request.base_url).replace("127.0.0.1", "localhost")
        told = {
            "uploadUrl": f"{base}_store",
            "fields": {"key": "uploads/1", "policy": "p"},
            "runwayUri": f"runway://{uuid4()}",
        }
        return self.say(request, "other", JSONResponse(told))

    async def _store(self, request: Request) -> Response:
        await self.read(request)
        return self.say(request, "other", Response(status_code=204))

    async def _organization(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        limits = {"maxConcurrentGenerations": 2, "maxDailyGenerations": 50}
        told = {
            "creditBalance": 1000,
            "tier": {"maxMonthlyCreditSpend": 10000, "models": {"gen4.5": limits}},
            "usage": {"models": {"gen4.5": {"dailyGenerations": len(self.ledger.accepted)}}},
        }
        return self.say(request, "other", JSONResponse(told))

    def _job(self, request: Request) -> Job | None:
        return self.jobs.get(request.path_params["id"])


def _model(call: Call) -> Model | None:
    return MODELS.get((_name(call), call.text("model")))


def _name(call: Call) -> str:
    return call.request.url.path.rpartition("/")[2]


def _problem(call: Call) -> Response | None:
    """What Runway would find wrong with a create call, None for nothing."""
    if call.request.headers.get("x-runway-version") != VERSION:
        told = {"error": "The header X-Runway-Version is missing or not known."}
        return JSONResponse(told, 400)
    model = _model(call)
    wrong = "model" if model is None else _wrong_field(call, model)
    return JSONResponse(_issues(wrong, "Invalid value"), 400) if wrong else None


def _wrong_field(call: Call, model: Model) -> str | None:
    body = call.body
    known = model.fields | ({"promptImage"} if _name(call) == _IMAGE else set())
    fits = {
        **{name: name in known for name in body},
        **{name: name in body for name in model.needs},
        "promptImage": _name(call) != _IMAGE or _is_image(body.get("promptImage"), model),
        "ratio": body.get("ratio") in model.ratios,
    }
    if "duration" in body and fits["duration"]:
        fits["duration"] = type(body["duration"]) is int and body["duration"] in model.durations
    if "promptText" in body:
        fits["promptText"] = 1 <= len(call.text("promptText").encode("utf-16-le")) // 2 <= 1000
    return next((field for field, is_right in fits.items() if not is_right), None)


def _is_image(told: Any, model: Model) -> bool:
    if isinstance(told, str):
        return told.startswith(("https://", "data:image/", "runway://"))
    return isinstance(told, list) and [at.get("position") for at in told] in (
        list(model.positions),
        ["first"],
    )


def _size(call: Call) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+):(\d+)", call.text("ratio"))
    return (int(found[1]), int(found[2])) if found else (1280, 720)


def _seconds(call: Call) -> float:
    if _name(call) == _PICTURE:
        return 0.0
    told = call.body.get("duration") if isinstance(call.body, dict) else None
    return float(told) if isinstance(told, int) else 5.0


def _credits(job: Job) -> int:
    a_unit = next(m.credits for (_, name), m in MODELS.items() if name == job.body["model"])
    return round(a_unit * (job.wants.seconds or 1))
