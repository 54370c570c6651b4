"""Runway as its official SDK and documentation describe it (API version 2024-11-06)."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator
from video_foundry.emulators.jobs import Job, Wants

VERSION = "2024-11-06"
CREATED = "2026-11-22T10:00:00.000Z"
CREDITS_A_SECOND = {"gen4.5": 12, "gen4_turbo": 5, "veo3.1": 40, "veo3.1_fast": 15}
_IMAGE_RATIOS = ("1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672")
_TEXT_RATIOS = ("1280:720", "720:1280")
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
        """The paths that the SDK of 2026-11 calls for video."""
        return [
            Route("/v1/text_to_video", self._create, methods=["POST"]),
            Route("/v1/image_to_video", self._create, methods=["POST"]),
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


def _problem(call: Call) -> Response | None:
    """What Runway would find wrong with a create call, None for nothing."""
    if call.request.headers.get("x-runway-version") != VERSION:
        told = {"error": "The header X-Runway-Version is missing or not known."}
        return JSONResponse(told, 400)
    body = call.body if isinstance(call.body, dict) else {}
    is_image = call.request.url.path.endswith("image_to_video")
    duration = body.get("duration")
    fits = {
        "model": body.get("model") in CREDITS_A_SECOND,
        "ratio": body.get("ratio") in (_IMAGE_RATIOS if is_image else _TEXT_RATIOS),
        "duration": type(duration) is int and 2 <= duration <= 10,
        "promptImage": is_image == ("promptImage" in body),
        "promptText": 1 <= len(call.text("promptText").encode("utf-16-le")) // 2 <= 1000,
    }
    wrong = next((field for field, is_right in fits.items() if not is_right), None)
    return JSONResponse(_issues(wrong, "Invalid value"), 400) if wrong else None


def _size(call: Call) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+):(\d+)", call.text("ratio"))
    return (int(found[1]), int(found[2])) if found else (1280, 720)


def _seconds(call: Call) -> float:
    told = call.body.get("duration") if isinstance(call.body, dict) else None
    return float(told) if isinstance(told, int) else 5.0


def _credits(job: Job) -> int:
    return round(CREDITS_A_SECOND[job.body["model"]] * job.wants.seconds)
