"""One line a request, joined by an id to whatever else was logged for it; no word that was sent
stands in it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.operate.conftest import Json, Process, until
from websockets.sync.client import connect

from video_foundry.testing.stack.base import free_port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A server of its own process, since its log is what is looked at."""
    folder: Path = tmp_path_factory.mktemp("log")
    words = ["serve", "--no-workers", "--port", str(free_port())]
    running = Process(folder, words, {"VIDEO_FOUNDRY_EXAMPLE_PROJECT": "false"})
    until("the server", lambda: _answers(running.url))
    yield running
    running.close()


@pytest.fixture
def http(server: Process) -> Iterator[httpx2.Client]:
    """A user of it."""
    with httpx2.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        yield client


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/healthz", timeout=5, trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


def line_of(server: Process, request_id: str) -> Json:
    """The line that tells of this request, once it is there."""
    found: Json = until(
        "the line",
        lambda: [
            line
            for line in server.log
            if line["event"] == "request" and line.get("request_id") == request_id
        ],
    )[0]
    return found


def test_a_request_is_one_line_with_its_route_and_no_query(
    server: Process, http: httpx2.Client
) -> None:
    project = http.post("/api/projects/", json={"name": "a"}).json()["id"]
    answer = http.get(f"/api/projects/{project}/?password=canary")
    line = line_of(server, answer.headers["X-Request-ID"])
    assert (line["method"], line["route"]) == ("GET", "/api/projects/{project_id}")
    assert line["status"] == 200
    assert line["ms"] >= 0
    assert line["project_id"] == project
    assert line["level"] == "info"
    assert "canary" not in server.err


def test_a_callers_own_id_is_kept_when_it_is_sane(server: Process, http: httpx2.Client) -> None:
    answer = http.get("/api/models", headers={"X-Request-ID": "trace-1.of:mine"})
    assert answer.headers["X-Request-ID"] == "trace-1.of:mine"
    assert line_of(server, "trace-1.of:mine")["route"] == "/api/models"


@pytest.mark.parametrize("forged", ["", "two words", "<script>", "x" * 129, "a\tb", ".dot"])
def test_an_id_that_could_forge_lines_is_replaced(http: httpx2.Client, forged: str) -> None:
    answer = http.get("/healthz", headers={"X-Request-ID": forged})
    assert len(answer.headers["X-Request-ID"]) == 32
    assert answer.headers["X-Request-ID"].isalnum()


def test_refusals_and_mistakes_are_logged_too(server: Process, http: httpx2.Client) -> None:
    foreign = http.get("/api/models", headers={"Host": "evil.example"})
    assert foreign.status_code == 421
    assert line_of(server, foreign.headers["X-Request-ID"])["status"] == 421
    missing = http.get("/api/nothing/here")
    assert line_of(server, missing.headers["X-Request-ID"])["route"] == "(none)"
    wrong = http.post("/api/projects/", json={"name": 7})
    assert line_of(server, wrong.headers["X-Request-ID"])["status"] == 422


def test_probes_are_not_logged(server: Process, http: httpx2.Client) -> None:
    answer = http.get("/healthz")
    line_of(server, http.get("/api/models").headers["X-Request-ID"])
    assert answer.headers["X-Request-ID"] not in server.err


def test_a_websocket_is_a_line_when_it_closes(server: Process, http: httpx2.Client) -> None:
    project = http.post("/api/projects/", json={"name": "a"}).json()["id"]
    address = server.url.replace("http", "ws", 1) + f"/api/projects/{project}/events"
    with connect(address, additional_headers={"X-Request-ID": "listening"}) as socket:
        assert socket.response is not None
        assert socket.response.headers["X-Request-ID"] == "listening"
    line = line_of(server, "listening")
    assert (line["method"], line["project_id"]) == ("WEBSOCKET", project)
    assert line["route"] == "/api/projects/{project_id}/events"


def test_what_is_logged_inside_a_request_carries_its_ids(
    server: Process, http: httpx2.Client
) -> None:
    """A broken database makes an unexpected error, whose line must lead back to the request."""
    project = http.post("/api/projects/", json={"name": "a"}).json()["id"]
    data = next(server.folder.glob("data/*.sqlite3"))

    with sqlite3.connect(data) as connection:
        connection.execute("ALTER TABLE segments RENAME TO gone")
    try:
        answer = http.get(f"/api/projects/{project}", headers={"X-Request-ID": "broken-1"})
        assert answer.status_code == 500
        assert line_of(server, "broken-1")["status"] == 500
        inside = [
            line
            for line in server.log
            if line.get("request_id") == "broken-1" and line["event"] != "request"
        ]
        assert inside
        assert inside[0]["project_id"] == project
    finally:
        with sqlite3.connect(data) as connection:
            connection.execute("ALTER TABLE gone RENAME TO segments")
