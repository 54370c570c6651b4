"""`video-foundry worker` and `serve --no-workers` as processes: ready line, side port, good end."""

import signal
import socket
from pathlib import Path

import httpx2
import pytest
from tests.operate.conftest import Start, until

from video_foundry.testing.stack.base import free_port

WORKER = ("worker", "--generate", "4", "--compose", "1", "--port", "0")


def test_a_worker_says_that_it_is_ready_answers_and_ends_in_good_order(start: Start) -> None:
    worker = start(*WORKER)
    assert worker.get("/healthz").json()["status"] == "ok"
    ready = worker.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    parts = {"database", "objects", "disk", "broker", "signal", "rate"}
    assert set(ready.json()["checks"]) == parts
    said = worker.logged("worker ready")
    assert said is not None
    assert (said["generate"], said["compose"]) == (4, 1)
    assert worker.url.endswith(f":{said['port']}")
    assert worker.stop() == 0
    assert worker.logged("worker stopped in good order")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_twice_is_stopping_once(start: Start, number: signal.Signals) -> None:
    worker = start(*WORKER)
    assert worker.url
    worker.process.send_signal(number)
    assert worker.stop(number) == 0
    assert "Traceback" not in worker.err


def test_the_side_port_answers_little_and_changes_nothing(start: Start) -> None:
    worker = start(*WORKER)
    metrics = worker.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "video_foundry_disk_free_bytes" in metrics.text
    assert "process_resident_memory_bytes" in metrics.text
    assert "video_foundry_jobs{" not in metrics.text, "what the rows say is the API's to tell"
    assert worker.get("/healthz/").status_code == 200
    assert worker.get("/api/projects").status_code == 404
    assert httpx2.post(f"{worker.url}/healthz", timeout=30).status_code == 405
    head = httpx2.head(f"{worker.url}/healthz", timeout=30)
    assert (head.status_code, head.content) == (200, b"")
    foreign = httpx2.get(f"{worker.url}/metrics", headers={"Host": "evil.example"}, timeout=30)
    assert foreign.status_code == 421


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--generate", "0", "--compose", "0"], ["--generate", "--compose"]),
        (["--generate", "-1"], ["--generate"]),
        (["--compose", "many"], ["--compose"]),
        (["--port", "70000"], ["--port"]),
    ],
)
def test_wrong_flags_are_named(start: Start, words: list[str], named: list[str]) -> None:
    worker = start("worker", *words)
    assert worker.process.wait(60) == 2
    for flag in named:
        assert flag in worker.err
    assert "Traceback" not in worker.err


def test_a_taken_port_is_named_with_what_to_do(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        worker = start("worker", "--port", str(taken.getsockname()[1]))
        assert worker.process.wait(60) == 2
    assert "VIDEO_FOUNDRY_WORKER_PORT" in worker.err
    assert "any that is free" in worker.err


def test_a_server_without_workers_leaves_the_work_to_a_worker(start: Start, tmp_path: Path) -> None:
    data = {"VIDEO_FOUNDRY_DATA_DIR": str(tmp_path / "shared")}
    server = start("serve", "--no-workers", "--port", str(free_port()), folder="api", **data)
    until("the server", lambda: _answers(server.url))
    with httpx2.Client(base_url=server.url.replace("localhost", "127.0.0.1"), timeout=60) as http:
        small = {"width": 160, "height": 90, "fps": 24}
        project = http.post("/api/projects/", json={"name": "a", "settings": small}).json()["id"]
        shot = {"prompt": "a", "model_params": {"model": "mock-ai", "duration": 0.5}}
        http.post(f"/api/projects/{project}/segments", json=shot).raise_for_status()
        render = http.post(f"/api/projects/{project}/render", json={}).json()["id"]
        assert 'video_foundry_jobs{kind="generate",state="queued"} 1.0' in http.get("/metrics").text
        worker = start(*WORKER, folder="worker", **data)
        until(
            "the film",
            lambda: http.get(f"/api/render-jobs/{render}").json()["status"] == "completed",
            120,
        )
    told = worker.get("/metrics").text
    assert 'video_foundry_submissions_total{outcome="accepted",provider="mock"} 1.0' in told
    assert (worker.stop(), server.stop()) == (0, 0)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/healthz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False
