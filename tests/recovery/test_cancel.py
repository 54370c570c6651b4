"""A render cancelled while FFmpeg encodes: it ends at once and leaves nothing half-made behind, and
what was done before is there for the next one."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.recovery.director import Director
from tests.recovery.patience import seconds_until
from tests.recovery.server import Server

from video_foundry.testing.film_reading import read_times

PATIENCE = 240.0
AT_ONCE = 1.0
"""Seconds from the moment at which the cancel is written down, when the process can know of it; it
takes half of that (docs/measurements/recovery.md)."""
HOPS = 2
"""How often the process must get its turn for that: to read of the cancel, and to end what encodes.
How long a turn takes to come on a busy machine is seen by what a plain question takes meanwhile."""
LARGE = {"width": 1920, "height": 1080, "fps": 30}
PROMPTS = ("a long walk", "a longer walk")
SECONDS = 5
"""Of each: long enough to be met while it is encoded, on a quick machine too."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """With everything in one process."""
    server = Server(data=tmp_path / "data", log=tmp_path / "log")
    with server.until_the_end():
        server.start()
        server.wait_until_up()
        yield server


def encoders(server: Server) -> list[str]:
    """What encodes for the server at this moment."""
    return [line for line in server.children() if "libx264" in line]


def scratch_files(server: Server) -> list[str]:
    """Files of work under way; the process's lock and the folders of its parts do not count."""
    scratch = server.data / "scratch"
    names = [name for name in server.scratch_files() if not name.endswith(".lock")]
    return [name for name in names if (scratch / name).is_file()]


def begin(director: Director) -> tuple[str, str]:
    """A film that is quick to generate and slow to compose; returns project and render."""
    made = director.call("POST", "/api/projects", {"name": "slow", "settings": LARGE})
    project = str(made.json()["id"])
    params = {"model": "storyboard", "duration": SECONDS, "aspect_ratio": "16:9"}
    for prompt in PROMPTS:
        body = {"prompt": prompt, "model_params": params}
        director.call("POST", f"/api/projects/{project}/segments", body).raise_for_status()
    return project, director.render(project)


def time_to_the_end(server: Server, director: Director, render: str) -> tuple[float, float]:
    """Seconds until nothing encodes any more, and the most that a plain question took meanwhile."""
    begun, turn = time.monotonic(), 0.0
    while True:
        asked = time.monotonic()
        if not encoders(server):
            return asked - begun, turn
        assert asked - begun < PATIENCE
        director.get(f"/api/render-jobs/{render}")
        turn = max(turn, time.monotonic() - asked)


def test_a_cancel_ends_ffmpeg_at_once_and_leaves_nothing_half_made(server: Server) -> None:
    with Director(url=server.url) as director:
        project, render = begin(director)
        seconds_until(lambda: encoders(server), PATIENCE)
        director.call("POST", f"/api/render-jobs/{render}/cancel").raise_for_status()
        took, turn = time_to_the_end(server, director, render)
        assert took < AT_ONCE + HOPS * turn, f"a plain question took {turn:.2f} s meanwhile"
        director.wait_for(render, "cancelled")
        seconds_until(lambda: not scratch_files(server), PATIENCE)
        assert encoders(server) == [], "nothing begins anew"
        missing = director.call("GET", f"/api/render-jobs/{render}/video")
        assert missing.status_code in (404, 409)

        again = director.render(project)
        done = director.wait_for(again, "completed", "failed", timeout=2 * PATIENCE)
        assert done["status"] == "completed", done
        assert done["segments_reused"] >= 1, "a clip that was there was kept"
        film = server.data / "film.mp4"
        film.write_bytes(director.film(again))
        assert len(read_times(film)) == len(PROMPTS) * SECONDS * LARGE["fps"]
