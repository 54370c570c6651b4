"""ComfyUI as its published source has it: queue, history, cancel, uploads, files and the WebSocket
that tells progress. Neither keys, nor money, nor a content policy: what stands in front of a server
may refuse for the first two."""

import contextlib
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from video_foundry.emulators.comfyui_nodes import (
    NODES,
    Graph,
    error,
    problem_of,
    value_of,
    words_of,
)
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.jobs import Job, Wants

SHIPPED_PICTURE = "example.png"
"""What every server has in its input folder from the start."""
_OUT_OF_MEMORY = {
    "exception_type": "torch.OutOfMemoryError",
    "exception_message": "Allocation on device 0 would exceed allowed memory.",
    "traceback": [],
    "current_inputs": {},
    "current_outputs": [],
}
_INVALID = error(
    "prompt_outputs_failed_validation",
    "Prompt outputs failed validation",
    "Value not in list: sampler_name: 'nothing' not in ['euler']",
)


class ComfyUIEmulator(Emulator):
    """Takes workflows of ComfyUI's own nodes.

    is_old: as servers were before ids could be chosen and jobs be cancelled by one call.
    """

    name: ClassVar[str] = "comfyui"
    title: ClassVar[str] = "ComfyUI"
    refusals: ClassVar[Mapping[str, tuple[int, Any]]] = {
        "rate_limited": (429, {"error": "Too many requests"}),
        "rate_limited_untold": (429, {"error": "Too many requests"}),
        "unauthorised": (401, {"error": "Sign in first"}),
        "no_credit": (402, {"error": "The subscription of this server has ended"}),
        "moderated": (400, {"error": _INVALID, "node_errors": {}}),
        "invalid": (400, {"error": _INVALID, "node_errors": {}}),
        "unavailable": (503, {"error": "Service unavailable"}),
    }

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.is_old = False
        self.pictures: dict[str, bytes] = {SHIPPED_PICTURE: b""}
        self._sockets: dict[str, WebSocket] = {}
        self._saved: dict[tuple[str, str], dict[str, str]] = {}
        self._started: set[str] = set()

    def routes(self) -> list[BaseRoute]:
        """Every route of the server is there with and without `/api` before it."""
        plain: list[BaseRoute] = [
            Route("/prompt", self._create, methods=["POST"]),
            Route("/prompt", self._remaining, methods=["GET"]),
            Route("/history", self._all_history, methods=["GET"]),
            Route("/history/{id}", self._history, methods=["GET"]),
            Route("/queue", self._queue, methods=["GET"]),
            Route("/queue", self._change_queue, methods=["POST"]),
            Route("/interrupt", self._interrupt, methods=["POST"]),
            Route("/upload/image", self._upload, methods=["POST"]),
            Route("/view", self._view, methods=["GET"]),
            Route("/system_stats", self._stats, methods=["GET"]),
            WebSocketRoute("/ws", self._talk),
        ]
        jobs = Route("/api/jobs/{id}/cancel", self._cancel, methods=["POST"])
        return [jobs, Mount("/api", routes=plain), *plain]

    def new_id(self) -> str:
        """Jobs have UUIDs."""
        return str(uuid4())

    def is_authorised(self, request: Request) -> bool:
        """Nobody is asked for a key."""
        return True

    @property
    def listeners(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    # --- creates -------------------------------------------------------------------------------

    async def _create(self, request: Request) -> Response:
        call = await self.read(request)
        body = call.body if isinstance(call.body, dict) else {}
        graph = body.get("prompt")
        graph = graph if isinstance(graph, dict) else {}
        problem = _foreign_origin(request) or self._problem(body)
        return await self.accept(
            call,
            prompt="" if problem else words_of(graph),
            wants=Wants() if problem else _wants(graph),
            problem=problem,
            id=None if self.is_old else body.get("prompt_id"),
            answer=lambda job: JSONResponse(
                {"prompt_id": job.id, "number": self._number(job), "node_errors": {}}
            ),
        )

    def _problem(self, body: Mapping[str, Any]) -> Response | None:
        if "prompt" not in body:
            return _refused(error("no_prompt", "No prompt provided", "No prompt provided"))
        told = body.get("prompt_id")
        if not (self.is_old or told is None or _is_uuid(told)):
            details = (
                "prompt_id must be a UUID string in canonical lowercase hyphenated form; "
                "omit it to let the server generate one"
            )
            return _refused(error("invalid_prompt_id", "prompt_id must be a valid UUID", details))
        found = problem_of(body["prompt"], set(self.pictures))
        return None if found is None else _refused(*found)

    # --- questions -----------------------------------------------------------------------------

    async def _history(self, request: Request) -> Response:
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return self.say(request, "look", JSONResponse({}))
        answer = await self.look(request, job, lambda j: JSONResponse(self._past(j)))
        await self._tell_progress(job)
        return answer

    def missing(self) -> Response:
        """An unknown id is no error: it is just not there."""
        return JSONResponse({})

    async def _all_history(self, request: Request) -> Response:
        most = int(request.query_params.get("max_items", 10000))
        told: dict[str, Any] = {}
        for job in self.jobs.all()[-most:]:
            told |= self._past(job)
        return self.say(request, "look", JSONResponse(told))

    def _past(self, job: Job) -> dict[str, Any]:
        """{id: entry} of a job that is over, {} of any other."""
        is_odd = job.spoilt() == "unknown_status"
        if "lost" in job.faults or not (job.is_over or is_odd):
            return {}
        is_done = job.stage == "succeeded"
        word = "thinking" if is_odd else "success" if is_done else "error"
        status = {"status_str": word, "completed": is_done, "messages": self._messages(job)}
        outputs = self._outputs(job) if is_done else {}
        return {
            job.id: {
                "prompt": self._item(job),
                "outputs": outputs,
                "status": status,
                "meta": {node: {"node_id": node, "display_node": node} for node in outputs},
            }
        }

    def _messages(self, job: Job) -> list[list[Any]]:
        about = {"prompt_id": job.id, "timestamp": int(time.time() * 1000)}
        node_id, node = next(iter(job.body["prompt"].items()))
        place = {"node_id": node_id, "node_type": node["class_type"], "executed": []}
        begun = [["execution_start", about], ["execution_cached", {"nodes": [], **about}]]
        match job.stage:
            case "succeeded":
                return [*begun, ["execution_success", about]]
            case "cancelled":
                return [*begun, ["execution_interrupted", {**about, **place}]]
            case "failed" | "moderated":
                return [*begun, ["execution_error", {**about, **place, **_OUT_OF_MEMORY}]]
            case _:
                return begun

    def _outputs(self, job: Job) -> dict[str, Any]:
        if "no_output" in job.faults:
            return {}
        told: dict[str, Any] = {}
        for node_id, node in job.body["prompt"].items():
            if NODES[node["class_type"]].saves:
                told[node_id] = {"images": [self._file(job, node_id, node)]}
                if not job.wants.is_picture:
                    told[node_id]["animated"] = [True]
        return told

    def _file(self, job: Job, node_id: str, node: Mapping[str, Any]) -> dict[str, str]:
        """Where a node's file lies, numbered as it was first saved."""
        kind = NODES[node["class_type"]]
        if (job.id, node_id) not in self._saved:
            prefix = str(node["inputs"].get("filename_prefix", "ComfyUI_temp"))
            folder, _, stem = prefix.rpartition("/")
            file = f"{stem}_{len(self._saved) + 1:05}_.{kind.saves}"
            self._saved[job.id, node_id] = {
                "filename": file,
                "subfolder": folder,
                "type": kind.folder,
            }
        return self._saved[job.id, node_id]

    async def _queue(self, request: Request) -> Response:
        there = [job for job in self.jobs.all() if not job.is_over and "lost" not in job.faults]
        told = {
            "queue_running": [self._item(job) for job in there if job.stage == "running"],
            "queue_pending": [self._item(job) for job in there if job.stage == "queued"],
        }
        return self.say(request, "other", JSONResponse(told))

    def _item(self, job: Job) -> list[Any]:
        body = job.body
        extra = {**body.get("extra_data", {}), "create_time": int(job.created_at * 1000)}
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        ends = [k for k, n in body["prompt"].items() if NODES[n["class_type"]].saves]
        return [self._number(job), job.id, body["prompt"], extra, ends]

    def _number(self, job: Job) -> int:
        return self.jobs.all().index(job)

    async def _remaining(self, request: Request) -> Response:
        return self.say(request, "other", JSONResponse(self._exec_info()))

    def _exec_info(self) -> dict[str, Any]:
        left = sum(not job.is_over for job in self.jobs.all())
        return {"exec_info": {"queue_remaining": left}}

    async def _stats(self, request: Request) -> Response:
        told = {"system": {"comfyui_version": "0.9.0", "os": "linux"}, "devices": []}
        return self.say(request, "other", JSONResponse(told))

    # --- cancel --------------------------------------------------------------------------------

    async def _cancel(self, request: Request) -> Response:
        """Any id is answered with 200: what is over or not known is left as it is."""
        if self.is_old:
            return self.say(request, "cancel", Response(status_code=404))
        job = self.jobs.get(request.path_params["id"])
        is_open = job is not None and not job.is_over
        if job is not None and is_open:
            self._stop(job)
        return self.say(request, "cancel", JSONResponse({"cancelled": is_open}), job)

    async def _change_queue(self, request: Request) -> Response:
        call = await self.read(request)
        body = call.body if isinstance(call.body, dict) else {}
        for job in self.jobs.all():
            if job.stage == "queued" and (body.get("clear") or job.id in body.get("delete", ())):
                self._stop(job)
        return self.say(request, "cancel", Response())

    async def _interrupt(self, request: Request) -> Response:
        """Without an id, and on an old server always, it stops whatever runs."""
        call = await self.read(request)
        wanted = "" if self.is_old else call.text("prompt_id")
        for job in self.jobs.all():
            if job.stage == "running" and wanted in ("", job.id):
                self._stop(job)
        return self.say(request, "cancel", Response())

    def _stop(self, job: Job) -> None:
        """What waits leaves the queue without a trace; what runs is interrupted."""
        if job.stage == "queued":
            self.jobs.forget(job.id)
        else:
            job.is_cancelled = True

    # --- files ---------------------------------------------------------------------------------

    async def _upload(self, request: Request) -> Response:
        call = await self.read(request)
        content = call.files.get("image")
        if not content:
            return self.say(request, "other", Response(status_code=400))
        form = await request.form()
        file = form["image"]
        name = getattr(file, "filename", None) or "image.png"
        folder = call.text("subfolder")
        self.pictures[f"{folder}/{name}" if folder else name] = content
        told = {"name": name, "subfolder": folder, "type": call.text("type") or "input"}
        return self.say(request, "other", JSONResponse(told))

    async def _view(self, request: Request) -> Response:
        asked = request.query_params
        wanted = {
            "filename": asked.get("filename", ""),
            "subfolder": asked.get("subfolder", ""),
            "type": asked.get("type", "output"),
        }
        found = next((key for key, file in self._saved.items() if file == wanted), None)
        job = self.jobs.get(found[0]) if found else None
        if job is None:
            return self.say(request, "media", Response(status_code=404))
        if "expired" in job.faults and not job.expired:
            job.expired += 1
            return self.say(request, "media", Response(status_code=403), job)
        self.say(request, "media", Response(), job)
        return await self.give(request, job)

    # --- the socket ----------------------------------------------------------------------------

    async def _talk(self, socket: WebSocket) -> None:
        """Events go to whoever has the name that a job was queued under."""
        await socket.accept()
        sid = socket.query_params.get("clientId") or uuid4().hex
        self._sockets[sid] = socket
        try:
            await self._send(sid, "status", {"status": self._exec_info(), "sid": sid})
            async for _ in socket.iter_text():
                pass  # the server listens to nothing that matters here
        finally:
            self._sockets.pop(sid, None)

    async def _tell_progress(self, job: Job) -> None:
        if job.stage != "running":
            return
        sid, about = str(job.body.get("client_id", "")), {"prompt_id": job.id}
        if job.id not in self._started:
            self._started.add(job.id)
            await self._send(sid, "execution_start", about)
            await self._send(sid, "execution_cached", {"nodes": [], **about})
        graph: Graph = job.body["prompt"]
        steps = {k: n["inputs"]["steps"] for k, n in graph.items() if "steps" in n["inputs"]}
        nodes = {
            node_id: {
                "value": round(most * job.progress, 3),
                "max": most,
                "state": "running",
                "node_id": node_id,
                **about,
            }
            for node_id, most in steps.items()
        }
        if not self.is_old:
            await self._send(sid, "progress_state", {"nodes": nodes, **about})
        for node_id, state in nodes.items():
            told = {"value": state["value"], "max": state["max"], "node": node_id}
            await self._send(sid, "progress", {**told, **about})

    async def _send(self, sid: str, kind: str, data: Mapping[str, Any]) -> None:
        socket = self._sockets.get(sid)
        if socket is not None:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_bytes(b"\x00\x00\x00\x01\x00\x00\x00\x01preview")
                await socket.send_json({"type": kind, "data": data})


def _refused(problem: Mapping[str, Any], node_errors: Mapping[str, Any] | None = None) -> Response:
    return JSONResponse({"error": problem, "node_errors": node_errors or {}}, 400)


def _foreign_origin(request: Request) -> Response | None:
    """A page of another site must not start jobs on somebody's machine."""
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    is_foreign = origin is not None and origin.partition("://")[2] != host
    return Response(status_code=403) if is_foreign else None


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _wants(graph: Graph) -> Wants:
    """What would come out: Wan and its kin make 4n + 1 frames."""
    width, height = (int(value_of(graph, side) or 512) for side in ("width", "height"))
    if not any(NODES[n["class_type"]].saves in ("mp4", "webm") for n in graph.values()):
        return Wants(seconds=0, width=width, height=height)
    frames = (int(value_of(graph, "length") or 1) - 1) // 4 * 4 + 1
    seconds = frames / float(value_of(graph, "fps") or 24)
    return Wants(seconds=seconds, width=width, height=height)
