"""No secret ever leaves: a canary in every secret setting, a model that puts its key into all it
says, parts that fail; then every log, event, answer, metric and span is searched for it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.operate.conftest import Json, Process, Start, until
from websockets.sync.client import connect

from video_foundry.adapters.vault import new_secret
from video_foundry.testing.stack.base import NotInstalled, free_port
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.redis import Redis

PLUGIN = '''
"""A model that says its key whenever it says anything."""

import os

from video_foundry import GenerationStatus, StatusReport, VideoModelFactory, VideoModelInterface
from video_foundry.core.catalogue import ModelEntry
from video_foundry.errors import Ambiguous, Rejected

KEY = os.environ["LEAKY_API_KEY"]
ODD = os.environ["LEAKY_LICENCE"]


class Leaky(VideoModelInterface):
    async def initiate_generation(self, prompt, params):
        match prompt:
            case "rejected":
                raise Rejected(f"the key {KEY} was refused", code=f"bad {KEY}"[:40])
            case "ambiguous":
                raise Ambiguous(f"POST with Authorization: Bearer {KEY} broke off")
            case "crash":
                raise RuntimeError(f"https://user:{KEY}@models.example/v1 and {ODD}")
        return prompt

    async def get_status(self, job_id):
        if job_id == "failed":
            words = f"your key {KEY} has no rights"
            return StatusReport(status=GenerationStatus.FAILED, error_message=words)
        return GenerationStatus.SUCCEEDED

    async def get_result(self, job_id):
        if job_id == "no result":
            raise RuntimeError(f"401 for {KEY} with {ODD}")
        return f"http://user:{KEY}@127.0.0.1:9/clip.mp4?key={KEY}"


entry = ModelEntry(
    id="leaky",
    provider="leaky",
    title="leaky",
    parameters={"type": "object", "properties": {}},
    env_key="LEAKY_LICENCE",
    idempotency="none",
    poll_seconds=0.1,
    generation_timeout=2.0,
    is_local=True,
)
VideoModelFactory.register("leaky", Leaky, entry=entry)
'''
PROMPTS = ("rejected", "ambiguous", "crash", "failed", "no result", "bad address")
CANARY = "canary-5e1d"
STORED = f"{CANARY}-stored-key"


@dataclass
class Found:
    """All that left the processes, by where it was seen."""

    seen: dict[str, str] = field(default_factory=dict)

    def keep(self, where: str, answer: httpx2.Response) -> Any:
        """Remember an answer; returns its JSON, where it is some."""
        self.seen[where] = self.seen.get(where, "") + f"{answer.headers} {answer.text}\n"
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else None

    def leaks(self, canaries: dict[str, str]) -> list[str]:
        """Which secret was seen where."""
        return [
            f"{name} in {where}: ...{text[max(0, at - 100) : at + 60]}..."
            for where, text in self.seen.items()
            for name, canary in canaries.items()
            if (at := text.find(canary)) >= 0
        ]


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector of traces that keeps what it is sent."""
    sent: list[bytes] = []

    class Keep(_Quiet):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

    with _listening(Keep) as address:
        yield address, sent


@contextmanager
def parrot() -> Iterator[str]:
    """A provider that refuses every call and repeats the key in its words."""

    class Refuse(_Quiet):
        def do_GET(self) -> None:
            key = self.headers.get("authorization", "")
            told = f'{{"title": "{key}", "detail": "{key} is not known"}}'.encode()
            self.send_response(401)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def do_POST(self) -> None:
            self.do_GET()

    with _listening(Refuse) as address:
        yield address


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[tuple[dict[str, str], Redis, Postgres]]:
    """Real parts with passwords: their settings, and two of them to be killed."""
    try:
        with (
            Postgres.running(tmp_path / "pg") as postgres,
            Redis.running(tmp_path / "redis") as redis,
            S3Server.running(tmp_path / "s3") as objects,
        ):
            address = postgres.url.replace("@", f":{CANARY}-database@")
            yield (
                {"DATABASE_URL": address, "REDIS_URL": redis.url, **objects.settings()},
                redis,
                postgres,
            )
    except NotInstalled as missing:
        pytest.skip(str(missing))


def test_no_secret_leaves_the_processes(
    start: Start, tmp_path: Path, stack: tuple[dict[str, str], Redis, Postgres]
) -> None:
    settings, redis, postgres = stack
    (tmp_path / "leaky_plugin.py").write_text(PLUGIN)
    secrets = {
        "LEAKY_API_KEY": f"{CANARY}-api-key",
        "LEAKY_LICENCE": f"{CANARY}-licence",
        "RUNWAY_API_KEY": f"{CANARY}-runway",
        "VIDEO_FOUNDRY_SECRET_KEY": new_secret(),
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization={CANARY}-collector",
    }
    canaries = {
        **secrets,
        "a stored key": STORED,
        "DATABASE_URL": f"{CANARY}-database",
        "REDIS_URL": redis.password,
        "AWS_SECRET_ACCESS_KEY": settings["AWS_SECRET_ACCESS_KEY"],
    }
    found = Found()
    with collector() as (address, spans):
        environment = {
            **settings,
            **secrets,
            "PYTHONPATH": str(tmp_path),
            "VIDEO_FOUNDRY_PLUGINS": "leaky_plugin",
            "VIDEO_FOUNDRY_LOG_LEVEL": "DEBUG",
            "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        words = ("serve", "--no-workers", "--port", str(free_port()))
        server = start(*words, folder="api", **environment)
        worker = start("worker", "--port", "0", folder="worker", **environment)
        until("the server", lambda: _is_ready(server) and _is_ready(worker), 120)
        drive(found, server, worker)
        break_parts(found, server, worker, redis, postgres)
        assert (worker.stop(), server.stop()) == (0, 0)
    for name, process in (("api", server), ("worker", worker)):
        found.seen |= {f"{name} log": process.err, f"{name} output": process.out}
        assert process.log
    assert spans, "nothing was traced"
    found.seen["spans"] = b"\n".join(spans).decode("latin-1")
    assert found.leaks({"a request": "/api/projects"}), "the search itself finds nothing"
    leaks = found.leaks(canaries)
    assert not leaks, "\n".join(leaks)
    assert "bad address" not in found.seen["spans"], "a prompt in a span"


def _is_ready(process: Process) -> bool:
    try:
        return process.get("/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def drive(found: Found, server: Process, worker: Process) -> None:
    """Use it, in ways that fail; keep every answer and every event."""
    with (
        parrot() as place,
        httpx2.Client(base_url=server.url, timeout=60, trust_env=False) as http,
    ):
        keep_a_key(found, http, place)
        project: str = found.keep("answers", http.post("/api/projects/", json={"name": "a"}))["id"]
        for prompt in (*PROMPTS, "parrot"):
            model = "replicate-veo-3.1" if prompt == "parrot" else "leaky"
            segment = {"prompt": prompt, "model_params": {"model": model}}
            path = f"/api/projects/{project}/segments"
            assert found.keep("answers", http.post(path, json=segment))["id"]
        render = found.keep("answers", http.post(f"/api/projects/{project}/render", json={}))
        assert "id" in render, render
        until("the end of every job", lambda: _all_ended(found, http, project), 180)
        for path in ("/api/models", "/api/projects/", f"/api/projects/{project}/render-jobs"):
            found.keep("answers", http.get(path))
        for path in ("/api/projects/nonsense", f"/api/render-jobs/{project}", "/nowhere"):
            found.keep("refusals", http.get(path))
        for where in (server, worker):
            found.keep("readiness", where.get("/readyz"))
            found.keep("metrics", where.get("/metrics"))
    listen(found, server, project)


def keep_a_key(found: Found, http: httpx2.Client, place: str) -> None:
    """Store a key, wrongly and rightly, whose provider repeats it in every answer; and try it."""
    body = {"provider": "replicate", "name": "x", "key": STORED, "base_url": place}
    for wrong in ({"provider": "nobody"}, {"name": "default"}, {"key": [STORED]}, {"k": STORED}):
        answer = http.post("/api/accounts", json={**body, **wrong})
        assert answer.status_code == 422, answer.text
        found.keep("refusals", answer)
    account: str = found.keep("answers", http.post("/api/accounts", json=body))["id"]
    tried = found.keep("answers", http.post(f"/api/accounts/{account}/test"))
    assert tried["last_test"]["outcome"] == "refused"
    found.keep("answers", http.patch(f"/api/accounts/{account}", json={"name": "y"}))
    found.keep("answers", http.get("/api/accounts"))


def _all_ended(found: Found, http: httpx2.Client, project: str) -> bool:
    seen: Json = found.keep("answers", http.get(f"/api/projects/{project}"))
    # What may pass is tried for more than a minute; by then it has been said often enough.
    patient = "no result"
    states = {s["status"] for s in seen["segments"] if s["prompt"] != patient}
    return not states & {"pending", "generating"}


def listen(found: Found, server: Process, project: str) -> None:
    """Every event there was, replayed."""
    url = server.url.replace("http", "ws", 1)
    events: list[str] = []
    with connect(f"{url}/api/projects/{project}/events") as socket:
        while True:
            try:
                events.append(str(socket.recv(timeout=3)))
            except TimeoutError:
                break
    found.seen["events"] = "\n".join(events)
    assert re.search(r"needs_attention|failed", found.seen["events"])


def break_parts(
    found: Found, server: Process, worker: Process, redis: Redis, postgres: Postgres
) -> None:
    """Take parts away: errors of drivers are the likeliest place for an address."""
    redis.kill()
    for where in (server, worker):
        found.keep("readiness", where.get("/readyz"))
    postgres.kill()
    with httpx2.Client(base_url=server.url, timeout=60, trust_env=False) as http:
        answer = http.get("/api/projects/")
        assert answer.status_code >= 500
        found.keep("refusals", answer)
    for where in (server, worker):
        answer = where.get("/readyz")
        assert answer.status_code == 503
        found.keep("readiness", answer)
        found.keep("metrics", where.get("/metrics"))
    postgres.start()
    until("ready but for Redis", lambda: worker.get("/readyz").json()["checks"]["database"] == "ok")
