"""A server that is stopped and started again on the same folder: nothing is forgotten, and what was
under way goes on by itself."""

import json
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.api import plugins
from tests.api.plugins import barcode
from tests.api.studio import Json, Studio, shot

from video_foundry.testing.server import serving


def everything(studio: Studio, project: Json, render: Json) -> dict[str, Any]:
    """What a user can see of a project."""
    return {
        "project": studio.read(project),
        "plan": studio.plan(project),
        "renders": studio.ask("GET", f"/api/projects/{project['id']}/render-jobs"),
        "takes": [studio.takes(s) for s in project["segments"]],
        "film": studio.http.get(render["video_url"]).content,
        "jobs": (studio.generations(), studio.jobs("compose")),
    }


def test_nothing_is_forgotten_and_work_under_way_goes_on(
    stored_alone: dict[str, str], tmp_path: Path
) -> None:
    plugins.register()
    plugins.BarcodeModel.gate.set()
    with ExitStack() as listening, serving(tmp_path / "data", **stored_alone) as server:
        studio = Studio(server)
        done = studio.project(barcode(1), barcode(2, prompt="pinned"))
        film = studio.make(done)
        take = studio.takes(done["segments"][1])[0]
        pin = {"take_id": take["id"], "pinned": True}
        studio.ask("PUT", f"/api/segments/{done['segments'][1]['id']}/take", json=pin)
        studio.edit(done["segments"][1], prompt="edited since")
        before = everything(studio, done, film)

        busy = studio.project(shot("under way", latency=1.5), shot("as well", latency=1.5, seed=1))
        going_on = studio.start(busy)
        events = f"/api/projects/{busy['id']}/events"
        listener = listening.enter_context(studio.listen(f"{events}?after=0"))
        last = json.loads(listener.recv(timeout=30))["seq"]
        studio.close()
        began = time.monotonic()
    assert time.monotonic() - began < 15, "an open connection does not keep the server from ending"

    with serving(tmp_path / "data", **stored_alone) as server:
        studio = Studio(server)
        after = everything(studio, done, film)
        before["jobs"] = (before["jobs"][0] + 2, after["jobs"][1])  # those under way
        assert after == before
        assert studio.finish(going_on)["status"] == "completed"
        assert [len(studio.takes(s)) for s in busy["segments"]] == [1, 1]
        with studio.listen(f"{events}?after={last}") as socket:
            assert json.loads(socket.recv(timeout=30))["seq"] == last + 1
        studio.edit(done["segments"][1], prompt="and once more")
        assert studio.plan(done)["segments"][1]["action"] == "pinned"
        studio.close()
