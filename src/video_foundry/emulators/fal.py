"""fal as its documentation and its official clients describe it (fal-client 1.0.3): the queue, the
store for pictures, the price list, and webhooks."""

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from video_foundry.emulators.emulator import Call, Emulator, Settings
from video_foundry.emulators.fal_apps import APPS, complaints, wanted
from video_foundry.emulators.jobs import Job

_NAMESPACES = ("workflows", "comfy")
_LOCKED = "User is locked. Reason: Exhausted balance. Top up your balance to go on."
_STAGES = {"queued": "IN_QUEUE", "running": "IN_PROGRESS"}


def _detail(message: str, kind: str, *, field: str = "prompt") -> dict[str, Any]:
    issue = {"loc": ["body", field], "msg": message, "type": kind}
    return {"detail": [{**issue, "url": f"https://docs.fal.ai/errors#{kind}"}]}


_UNFIT = _detail("The content was flagged by a content checker.", "content_policy_violation")


class FalEmulator(Emulator):
    """Requests to the apps in `fal_apps` and to any app outside fal's own name. A wrong argument is
    accepted by the queue and found by the app, as at fal."""

    name: ClassVar[str] = "fal"
    title: ClassVar[str] = "fal"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": (429, {"detail": "Too many requests"}),
        "rate_limited_untold": (429, {"detail": "Too many requests"}),
        "unauthorised": (401, {"detail": "Cannot access application: invalid key."}),
        "no_credit": (403, {"detail": _LOCKED}),
        "moderated": (422, _UNFIT),
        "invalid": (422, _detail("Input should be valid", "value_error", field="duration")),
        "unavailable": (503, {"detail": "No runner", "error_type": "runner_scheduling_failure"}),
    }

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self._apps: dict[str, str] = {}
        self._signing = Ed25519PrivateKey.generate()
        self.stored: dict[str, bytes] = {}

    def routes(self) -> list[BaseRoute]:
        """The queue's paths, and those of the hosts beside it."""
        queue = "/{root:path}/requests/{id}"
        return [
            Route("/storage/upload/initiate", self._slot, methods=["POST"]),
            Route("/_store/{name}", self._store, methods=["PUT"]),
            Route("/v1/models/pricing", self._prices, methods=["GET"]),
            Route("/.well-known/jwks.json", self._keys, methods=["GET"]),
            Route(f"{queue}/cancel", self._cancel, methods=["PUT"]),
            Route(f"{queue}/status", self._status, methods=["GET"]),
            Route(queue, self._result, methods=["GET"]),
            Route("/{app:path}", self._create, methods=["POST"]),
        ]

    def new_id(self) -> str:
        """Requests have UUIDs."""
        return str(uuid4())

    def key_of(self, request: Request) -> str:
        """A key is announced by the word Key."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return key.strip() if scheme == "Key" else ""

    def missing(self) -> Response:
        """What an unknown request is answered with."""
        return JSONResponse({"detail": "Request not found", "status": "NOT_FOUND"}, 404)

    @property
    def jwks(self) -> dict[str, Any]:
        """The keys that webhooks are signed with."""
        raw = self._signing.public_key().public_bytes_raw()
        x = urlsafe_b64encode(raw).decode().rstrip("=")
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "emulator", "x": x}]}

    # --- the queue -------------------------------------------------------------------------------

    async def _create(self, request: Request) -> Response:
        app = request.path_params["app"]
        if app == "_emulator/faults":  # this route takes every path
            return await self._put_faults(request)
        call = await self.read(request)
        return await self.accept(
            call,
            prompt=call.text("prompt"),
            wants=wanted(APPS.get(app), call.body),
            problem=_problem(app, call),
            answer=lambda job: self._accepted(request, app, job),
        )

    def _accepted(self, request: Request, app: str, job: Job) -> Response:
        self._apps[job.id] = app
        if webhook := request.query_params.get("fal_webhook"):
            self.callbacks.promise(
                job,
                webhook,
                lambda: self._told_outcome(request, job),
                lambda body: self.signed(job.id, body),
            )
        told = {"request_id": job.id, "status": "IN_QUEUE", "queue_position": 0, "logs": None}
        return JSONResponse({**told, **self._urls(request, job)})

    def _urls(self, request: Request, job: Job) -> dict[str, str]:
        base = f"{request.base_url}{_root(self._apps[job.id])}/requests/{job.id}"
        return {
            "response_url": base,
            "status_url": f"{base}/status",
            "cancel_url": f"{base}/cancel",
        }

    async def _status(self, request: Request) -> Response:
        return await self.look(
            request, self._job(request), lambda job: self._standing(request, job)
        )

    def _standing(self, request: Request, job: Job) -> Response:
        told: dict[str, Any] = {"request_id": job.id, **self._urls(request, job)}
        word = _STAGES.get(job.stage, "COMPLETED")
        if job.spoilt() == "unknown_status":
            return JSONResponse({**told, "status": "DREAMING", "logs": None}, 202)
        if word == "IN_QUEUE":
            return JSONResponse({**told, "status": word, "queue_position": 0}, 202)
        if word == "IN_PROGRESS":
            return JSONResponse({**told, "status": word, "logs": None}, 202)
        if job.stage == "cancelled":
            told |= {"error": "Request was cancelled", "error_type": "client_cancelled"}
        told |= {"metrics": {"inference_time": job.wants.seconds}}
        return JSONResponse({**told, "status": word, "logs": None})

    async def _result(self, request: Request) -> Response:
        job = self._job(request)
        if not self.is_authorised(request):
            return self.say(request, "result", self.refuse("unauthorised"), job)
        if job is None:
            return self.say(request, "result", self.missing())
        return self.say(request, "result", self.outcome(request, job), job)

    def outcome(self, request: Request, job: Job) -> Response:
        """What the result call answers, whatever the job came to."""
        app = APPS.get(self._apps[job.id])
        wrong = complaints(app, job.body) if app else []
        if not job.is_over:
            return JSONResponse({"detail": "Request is still in progress"}, 400)
        if job.stage == "cancelled":
            told = {"detail": "Request was cancelled", "error_type": "client_cancelled"}
            return JSONResponse(told, 499, headers={"X-Fal-Error-Type": "client_cancelled"})
        if wrong:
            return _model_error(422, {"detail": wrong})
        if job.stage == "moderated":
            return _model_error(422, _UNFIT)
        if job.stage == "failed":
            broken = _detail("An unexpected error occurred.", "internal_server_error")
            return _model_error(500, broken)
        units = f"{job.wants.seconds or 1:g}"
        headers = {"x-fal-billable-units": units, "x-fal-request-id": job.id}
        return JSONResponse(self._output(request, job), headers=headers)

    def _output(self, request: Request, job: Job) -> dict[str, Any]:
        seed = job.body.get("seed", 42) if isinstance(job.body, dict) else 42
        is_empty = "no_output" in job.faults
        if job.wants.is_picture:
            size = {"width": job.wants.width, "height": job.wants.height}
            image = {"url": self.media_url(request, job), "content_type": "image/png", **size}
            more = {"timings": {}, "has_nsfw_concepts": [False], "prompt": job.prompt}
            return {"images": [] if is_empty else [image], "seed": seed, **more}
        if is_empty:
            return {"video": None, "seed": seed}
        url = self.media_url(request, job)
        file = {"content_type": "video/mp4", "file_name": "output.mp4", "file_size": 100_000}
        return {"video": {"url": url, **file}, "seed": seed}

    async def _cancel(self, request: Request) -> Response:
        job = self._job(request)
        if not self.is_authorised(request):
            return self.say(request, "cancel", self.refuse("unauthorised"))
        if job is None:
            return self.say(request, "cancel", self.missing())
        return self.say(request, "cancel", self.stop(job), job)

    def stop(self, job: Job) -> Response:
        """Cancel: one in the queue is taken out of it; one that runs is only told to stop, and ends
        as it likes."""
        if job.is_over:
            return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)
        job.is_cancelled = job.stage == "queued"
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)

    def _job(self, request: Request) -> Job | None:
        """The request, only under the path that the queue knows its app by."""
        job = self.jobs.get(request.path_params["id"])
        return job if job and _root(self._apps[job.id]) == request.path_params["root"] else None

    def _told_outcome(self, request: Request, job: Job) -> dict[str, Any]:
        """What a webhook says."""
        outcome = self.outcome(request, job)
        is_right = outcome.status_code < 400
        return {
            "request_id": job.id,
            "gateway_request_id": job.id,
            "status": "OK" if is_right else "ERROR",
            "payload": json.loads(bytes(outcome.body)),
            "error": None if is_right else f"Unexpected status code: {outcome.status_code}",
        }

    def signed(self, request_id: str, body: bytes) -> dict[str, str]:
        """The headers of a webhook with this body."""
        parts = [request_id, "emulator", str(int(time.time()))]
        message = "\n".join([*parts, hashlib.sha256(body).hexdigest()]).encode()
        return {
            "Content-Type": "application/json",
            "X-Fal-Webhook-Request-Id": parts[0],
            "X-Fal-Webhook-User-Id": parts[1],
            "X-Fal-Webhook-Timestamp": parts[2],
            "X-Fal-Webhook-Signature": self._signing.sign(message).hex(),
        }

    # --- the hosts beside it ---------------------------------------------------------------------

    async def _slot(self, request: Request) -> Response:
        call = await self.read(request)
        if not self.is_authorised(request):
            return self._told(call, "other", self.refuse("unauthorised"))
        if not (call.text("content_type") and call.text("file_name")):
            wrong = _detail("Field required", "missing", field="content_type")
            return self._told(call, "other", JSONResponse(wrong, 422))
        base = str(request.base_url).replace("127.0.0.1", "localhost")
        place = f"{base}_store/{uuid4()}-{call.text('file_name')}"
        told = {"upload_url": place, "file_url": place}
        return self._told(call, "other", JSONResponse(told))

    async def _store(self, request: Request) -> Response:
        self.stored[request.path_params["name"]] = await request.body()
        return self.say(request, "other", Response())

    async def _prices(self, request: Request) -> Response:
        if not self.is_authorised(request):
            return self.say(request, "other", self.refuse("unauthorised"))
        asked = request.query_params.getlist("endpoint_id")
        rows = [_price(app, APPS[app].unit_price) for app in asked if app in APPS]
        if not rows:
            none = {"error": {"type": "not_found", "message": "No such endpoint"}}
            return self.say(request, "other", JSONResponse(none, 404))
        told = {"prices": rows, "next_cursor": None, "has_more": False}
        return self.say(request, "other", JSONResponse(told))

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(self.jwks)


def _problem(app: str, call: Call) -> Response | None:
    """What the queue itself finds wrong: it knows apps, and leaves arguments to them."""
    if app.count("/") < 1 or (app.startswith("fal-ai/") and app not in APPS):
        return JSONResponse({"detail": f"Application '{app}' not found"}, 404)
    if not isinstance(call.body, dict):
        return JSONResponse({"detail": "The body is no JSON object"}, 400)
    return None


def _root(app: str) -> str:
    """The part of an app's path that the queue goes by."""
    parts = app.split("/")
    return "/".join(parts[: 3 if parts[0] in _NAMESPACES else 2])


def _model_error(status: int, told: Mapping[str, Any]) -> Response:
    return JSONResponse(told, status, headers={"X-Fal-Retryable": "false"})


def _price(endpoint: str, unit_price: float) -> dict[str, Any]:
    unit = "images" if APPS[endpoint].is_picture else "seconds"
    return {"endpoint_id": endpoint, "unit_price": unit_price, "unit": unit, "currency": "USD"}
