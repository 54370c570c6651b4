"""The WebSockets: every event once and in order, whatever connection it comes over; progress that
ends with the render; refusals that say why."""

import contextlib
import json
import threading
from typing import Any

import pytest
from tests.api.plugins import barcode
from tests.api.studio import Json, Studio, shot
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

NOBODY = "00000000-0000-4000-8000-000000000000"


def events(socket: ClientConnection, count: int) -> list[Json]:
    """The next stored events, ticks left out."""
    found: list[Json] = []
    while len(found) < count:
        message = json.loads(socket.recv(timeout=30))
        if message["seq"] is not None:
            found.append(message)
    return found


def url(project: Json, after: Any = 0) -> str:
    return f"/api/projects/{project['id']}/events?after={after}"


def test_events_are_replayed_and_go_on_without_gap_or_repeat(studio: Studio) -> None:
    project = studio.project(barcode(1))
    segment = project["segments"][0]
    with studio.listen(url(project)) as socket:
        past = events(socket, project["event_seq"])
        studio.edit(segment, prompt="live")
        live = events(socket, 1)
    assert [e["type"] for e in past] == ["project.created", "segment.created"]
    assert (live[0]["type"], live[0]["data"]["segment_id"]) == ("segment.updated", segment["id"])
    for n in range(5):
        studio.edit(segment, prompt=f"while away {n}")
    with studio.listen(url(project, after=live[0]["seq"])) as socket:
        missed = events(socket, 5)
        studio.edit(segment, prompt="back again")
        missed += events(socket, 1)
    seen = [e["seq"] for e in past + live + missed]
    assert seen == list(range(1, len(seen) + 1))
    assert studio.read(project)["event_seq"] == seen[-1]
    assert all(e["at"].endswith("Z") for e in missed)


def test_listeners_learn_that_their_project_was_deleted(studio: Studio) -> None:
    project = studio.project(barcode(1))
    with studio.listen(url(project)) as socket:
        events(socket, project["event_seq"])
        assert studio.http.delete(f"/api/projects/{project['id']}").status_code == 204
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4404, "the project was deleted")


def test_reconnecting_in_the_middle_of_a_render_loses_nothing(studio: Studio) -> None:
    project = studio.project(*(barcode(n, prompt="busy") for n in range(3)))
    studio.start(project)
    seen: list[Json] = []
    while not seen or seen[-1]["type"] != "render.completed":
        after = seen[-1]["seq"] if seen else 0
        with studio.listen(url(project, after)) as socket:  # a new connection every three events
            seen += events(socket, min(3, studio.read(project)["event_seq"] - after or 1))
    assert [e["seq"] for e in seen] == list(range(1, len(seen) + 1))
    types = {e["type"] for e in seen}
    assert types >= {"render.created", "segment.status", "take.created", "render.updated"}


def test_two_listeners_hear_the_same(studio: Studio) -> None:
    project = studio.project(barcode(1))
    with studio.listen(url(project)) as one, studio.listen(url(project)) as two:
        studio.edit(project["segments"][0], prompt="for both")
        assert events(one, 3) == events(two, 3)


def test_progress_within_a_generation_is_told(studio: Studio) -> None:
    project = studio.project(shot("takes a while", latency=1.5))
    render = studio.start(project)
    with studio.listen(f"/api/render-jobs/{render['id']}/progress") as socket:
        messages = [json.loads(text) for text in socket]
    assert (messages[0]["type"], messages[0]["status"]) == ("snapshot", render["status"])
    assert messages[0]["render_job"]["id"] == render["id"]
    ticks = [m["data"] for m in messages if m["type"] == "progress"]
    shares = [t["progress"] for t in ticks if t["kind"] == "generate"]
    assert any(0 < share < 1 for share in shares)
    assert shares == sorted(shares)
    assert ticks[0]["segment_ids"] == [project["segments"][0]["id"]]
    stored = [m["seq"] for m in messages if m["seq"] is not None]
    assert stored == sorted(stored)
    assert messages[-1]["render_job"]["video_url"] == f"/api/render-jobs/{render['id']}/video"
    assert socket.close_code == 1000


@pytest.mark.parametrize("shape", [str, str.upper])
def test_progress_of_a_render_that_is_over_is_one_message(studio: Studio, shape: Any) -> None:
    project = studio.project(shot("over", fail="refused"))
    render = studio.finish(studio.start(project))
    with studio.listen(f"/api/render-jobs/{shape(render['id'])}/progress") as socket:
        messages = [json.loads(text) for text in socket]
    assert [(m["type"], m["status"]) for m in messages] == [("snapshot", "failed")]
    assert messages[0]["render_job"]["error_message"].startswith("segment 1: ")


def test_a_cancelled_render_ends_its_progress(studio: Studio, gate: threading.Event) -> None:
    project = studio.project(barcode(9, prompt="to be cancelled"))
    render = studio.start(project)
    with studio.listen(f"/api/render-jobs/{render['id']}/progress") as socket:
        assert json.loads(socket.recv(timeout=30))["type"] == "snapshot"
        studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")
        last = [json.loads(text) for text in socket][-1]
    assert last["status"] == "cancelled"


def test_an_id_in_capitals_hears_the_project_as_well(studio: Studio) -> None:
    project = studio.project()
    with studio.listen(f"/api/projects/{project['id'].upper()}/events?after=0") as socket:
        assert events(socket, 1)[0]["type"] == "project.created"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/api/projects/{NOBODY}/events", 4404),
        ("/api/projects/not-an-id/events", 4404),
        ("/api/projects/%00/events", 4404),
        (f"/api/render-jobs/{NOBODY}/progress", 4404),
        ("/api/render-jobs/1/progress", 4404),
        ("{events}?after=-1", 4400),
        ("{events}?after=1.5", 4400),
        ("{events}?after=x", 4400),
        ("{events}?after=" + "9" * 30, 4400),
        ("{events}?after=%C2%B2", 4400),
        ("{events}?after=NaN", 4400),
    ],
)
def test_bad_ids_and_cursors_are_refused_with_a_reason(
    studio: Studio, path: str, code: int
) -> None:
    path = path.replace("{events}", f"/api/projects/{studio.project()['id']}/events")
    with studio.listen(path) as socket, pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code
    assert closed.value.rcvd.reason


def test_a_cursor_from_the_future_waits(studio: Studio) -> None:
    project = studio.project()
    with studio.listen(url(project, after=10**9)) as socket, pytest.raises(TimeoutError):
        socket.recv(timeout=0.3)


def test_what_a_client_says_is_not_listened_to(studio: Studio) -> None:
    project = studio.project(barcode(1))
    with studio.listen(url(project)) as socket:
        for nonsense in ("hello", "{}", b"\x00\xff", "\x00" * 10_000):
            socket.send(nonsense)
        assert len(events(socket, 2)) == 2


def test_an_enormous_message_ends_only_its_own_connection(studio: Studio) -> None:
    project = studio.project(barcode(1))
    with studio.listen(url(project)) as quiet:
        with contextlib.suppress(ConnectionClosed), studio.listen(url(project)) as loud:
            loud.send("x" * 1_000_000)
            for _ in loud:
                pass
        assert len(events(quiet, 2)) == 2


def test_pages_of_others_may_not_listen(studio: Studio) -> None:
    address = studio.server.websocket_url + url(studio.project())
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        with pytest.raises(InvalidStatus) as refused, connect(address, additional_headers=headers):
            pass
        assert refused.value.response.status_code == 403
    with connect(address, additional_headers={"Origin": studio.server.base_url}) as socket:
        assert len(events(socket, 1)) == 1
