"""A disk that is full at every moment of a render, and has room again a little later: nothing that
was paid for is lost, nothing half-made is shown, and the work goes on by itself or says why not."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.api.studio import Json, Studio
from tests.storage.house import paid
from tests.storage.small_disk import NoNamespaces, ServerOnDisk, SmallDisk

from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import Behaviour, RunningLedger, running_ledger

FULL_SECONDS = 4.0
"""How long the disk stays full: long enough for several tries."""
SHOTS = 2


@pytest.fixture(scope="module")
def slow_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLedger]:
    """A provider that takes a second, with a clip of some size."""
    folder = tmp_path_factory.mktemp("ledger")
    clip = make_clip(folder / "clip.mp4", ClipSpec(frames=48, size=(640, 360)))
    with running_ledger(folder / "ledger.jsonl", clip, Behaviour(seconds=1.0)) as running:
        yield running


@dataclass
class Site:
    """A server on a small disk, its user, and what it owes."""

    disk: SmallDisk
    server: ServerOnDisk
    studio: Studio
    ledger: RunningLedger
    project: Json

    @property
    def prompts(self) -> set[str]:
        """What was asked for here."""
        return {segment["prompt"] for segment in self.project["segments"]}

    def submitted(self) -> int:
        """Generations of ours that the provider has taken on."""
        return sum(entry.prompt in self.prompts for entry in self.ledger.billed())

    def now(self, render: Json) -> Any:
        """The render as it stands."""
        return self.studio.ask("GET", f"/api/render-jobs/{render['id']}")


@pytest.fixture
def site(tmp_path: Path, slow_ledger: RunningLedger) -> Iterator[Site]:
    """A project of two paid shots that nobody has rendered."""
    settings = {"LEDGER_BASE_URL": slow_ledger.url, "LEDGER_POLL_SECONDS": "0.3"}
    try:
        with SmallDisk.mounted(tmp_path / "disk") as disk:
            server = ServerOnDisk(disk, tmp_path / "server.log", settings)
            with server.running():
                studio = Studio(server)  # type: ignore[arg-type] # the same words as RunningServer
                prompts = [f"{tmp_path.name} shot {n}" for n in range(SHOTS)]
                project = studio.project(*(paid(p) for p in prompts), width=640, height=360)
                site = Site(disk, server, studio, slow_ledger, project)
                yield site
                disk.free()
                studio.close()
            sound(site)
    except NoNamespaces as why:
        pytest.skip(f"no mount namespace of one's own: {why}")


def sound(site: Site) -> None:
    """What must be true at the end: a whole database, every byte that it knows, no leftovers."""
    with closing(sqlite3.connect(site.server.data_dir / "video-foundry.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    told = site.server.run("doctor", "--integrity", "--deep")
    assert told.returncode == 0, told.stdout + told.stderr
    assert list((site.server.data_dir / "store" / "tmp").iterdir()) == []


def ill(site: Site) -> None:
    """The server is alive, and says that the disk is what is wrong."""
    answer = site.studio.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["disk"] != "ok"
    assert site.studio.http.get("/healthz").status_code == 200


def when_accepted(site: Site, render: Json) -> None:
    """At once."""


def when_submitted(site: Site, render: Json) -> None:
    """The provider works, and is being paid."""
    site.studio.until(site.submitted, lambda count: count == SHOTS)


def when_fetching(site: Site, render: Json) -> None:
    """The first result is there."""
    look = "SELECT count(*) FROM jobs WHERE state IN ('fetching', 'succeeded')"

    def fetched() -> int:
        path = site.server.data_dir / "video-foundry.sqlite3"
        with closing(sqlite3.connect(path, timeout=30)) as database:
            return int(database.execute(look).fetchone()[0])

    site.studio.until(fetched, lambda count: count > 0)


def when_composing(site: Site, render: Json) -> None:
    """Everything has been generated."""
    site.studio.until(lambda: site.now(render), lambda now: now["status"] != "processing")


MOMENTS = (when_accepted, when_submitted, when_fetching, when_composing)


@pytest.mark.parametrize("spare", [0, 64 * 1024, 512 * 1024], ids=["none", "64K", "512K"])
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_a_render_outlasts_a_full_disk(
    site: Site, moment: Callable[[Site, Json], None], spare: int
) -> None:
    assert site.studio.http.get("/readyz").status_code == 200
    render = site.studio.start(site.project)
    moment(site, render)
    site.disk.fill(spare=spare)
    ill(site)
    time.sleep(FULL_SECONDS)
    ill(site)
    site.disk.free()
    done = site.studio.finish(render)
    if done["status"] != "completed":
        assert (done["status"], done["error_code"]) == ("failed", "disk_full"), done
        done = site.studio.make(site.project)
    assert site.submitted() == SHOTS, "each was paid for once"
    assert len(site.studio.http.get(done["video_url"]).content) > 1000
    assert [len(site.studio.takes(s)) for s in site.project["segments"]] == [1] * SHOTS
    assert site.studio.http.get("/readyz").status_code == 200


def test_what_cannot_be_stored_is_refused_with_the_reason(site: Site, tmp_path: Path) -> None:
    own = make_clip(tmp_path / "own.mp4", ClipSpec(frames=48, size=(640, 360)))
    for spare in (0, 64 * 1024, own.stat().st_size + 32 * 1024):
        site.disk.fill(spare=spare)
        with own.open("rb") as file:
            problem = site.studio.refused(
                "POST", "/api/media", 507, files={"file": (own.name, file)}
            )
        assert problem["code"] == "disk_full"
        site.disk.free()
        assert site.studio.ask("GET", "/api/media") == []
    site.disk.fill()
    problem = site.studio.refused("POST", f"/api/projects/{site.project['id']}/render", 507)
    assert problem["code"] == "disk_full"
    assert site.submitted() == 0
    told = site.server.run("doctor")
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    site.disk.free()
    with own.open("rb") as file:
        site.studio.ask("POST", "/api/media", 201, files={"file": (own.name, file)})
    site.studio.make(site.project)
