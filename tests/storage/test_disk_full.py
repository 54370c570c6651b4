"""A disk that is full at every moment of a render, and has room again a little later: nothing that
was paid for is lost, nothing half-made is shown, and the work goes on by itself or says why not."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.api.studio import Json, Studio
from tests.sampling import turn
from tests.storage.house import paid
from tests.storage.small_disk import NoNamespaces, ServerOnDisk, SmallDisk

from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import Behaviour, RunningLedger, running_ledger

FULL_SECONDS = 2.5
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


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, slow_ledger: RunningLedger
) -> Iterator[ServerOnDisk]:
    """A server on a small disk; what must be true of it in the end is looked at in the end."""
    folder = tmp_path_factory.mktemp("site")
    settings = {"LEDGER_BASE_URL": slow_ledger.url, "LEDGER_POLL_SECONDS": "0.3"}
    try:
        with SmallDisk.mounted(folder / "disk") as disk:
            server = ServerOnDisk(disk, folder / "server.log", settings)
            with server.running():
                yield server
                disk.free()
            check_soundness(server)
    except NoNamespaces as why:
        pytest.skip(f"no mount namespace of one's own: {why}")


@pytest.fixture
def site(server: ServerOnDisk, slow_ledger: RunningLedger, tmp_path: Path) -> Iterator[Site]:
    """A project of two paid shots that nobody has rendered."""
    studio = Studio(server)  # type: ignore[arg-type] # the same words as RunningServer
    prompts = [f"{tmp_path.name} shot {n}" for n in range(SHOTS)]
    project = studio.project(*(paid(p) for p in prompts), width=640, height=360)
    yield Site(server.disk, server, studio, slow_ledger, project)
    server.disk.free()
    studio.close()


def check_soundness(server: ServerOnDisk) -> None:
    """A whole database, every byte that it knows of, and no leftovers."""
    assert server.sql("PRAGMA integrity_check") == [["ok"]]
    assert server.sql("PRAGMA foreign_key_check") == []
    told = server.run("doctor", "--integrity", "--deep")
    assert told.returncode == 0, told.stdout + told.stderr
    assert list((server.data_dir / "store" / "tmp").iterdir()) == []


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
    site.studio.until(lambda: site.server.sql(look), lambda found: found[0][0] > 0)


def when_composing(site: Site, render: Json) -> None:
    """Everything has been generated."""
    site.studio.until(lambda: site.now(render), lambda now: now["status"] != "processing")


KIB = 1024
CASES = (
    (when_accepted, 0),
    (when_submitted, 64 * KIB),
    *turn([(when_fetching, 0), (when_fetching, 512 * KIB)], 2),
    *turn([(when_composing, spare * KIB) for spare in (0, 64, 512)], 3),
)
"""Each moment every time; how much room is left there, in turn."""


@pytest.mark.parametrize(
    ("moment", "spare"), CASES, ids=[f"{m.__name__}-{s // KIB}K" for m, s in CASES]
)
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


def test_a_step_that_may_not_even_begin_waits_for_room(site: Site) -> None:
    """There is space, and no name to be had: so little of it is a full disk, too."""
    render = site.studio.start(site.project)
    when_composing(site, render)
    site.disk.fill_names()
    look = "SELECT count(*) FROM jobs WHERE kind = 'compose' AND error_code = 'disk_full'"
    site.studio.until(lambda: site.server.sql(look), lambda found: found[0][0] > 0)
    site.disk.free()
    assert site.studio.finish(render)["status"] == "completed"
    assert site.submitted() == SHOTS


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
    answer = site.studio.http.post(f"/api/projects/{site.project['id']}/render", json={})
    # Pages of the database's journal that are there already may hold it.
    assert answer.status_code in (201, 507), answer.text
    assert answer.status_code == 201 or answer.json()["code"] == "disk_full"
    told = site.server.run("doctor")
    assert told.returncode == 1, "and it says so"
    assert "Traceback" not in told.stderr
    site.disk.free()
    with own.open("rb") as file:
        site.studio.ask("POST", "/api/media", 201, files={"file": (own.name, file)})
    site.studio.make(site.project)
    assert site.submitted() == SHOTS
