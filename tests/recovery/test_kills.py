"""Deaths at the worst moments of a submit, on the real server: before it is sent, after it was
accepted, after the answer; an orderly end in the middle; and a freeze while another takes over."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.recovery import checker
from tests.recovery.checker import Books
from tests.recovery.director import Director
from tests.recovery.server import Server

from video_foundry.testing.ledger import KINDS, Behaviour, RunningLedger, running_ledger

PATIENCE = 60.0
SLOW = 3.0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A provider, a server and somebody at its API."""

    ledger: RunningLedger
    server: Server
    director: Director
    pauses: Path

    def render(self, *kinds: str, script: str = "") -> tuple[str, str]:
        """Start a film with one segment of each kind; returns project and render."""
        extra = {"script": script} if script else {}
        segments = [
            {"prompt": f"shot {i} {kind}", "model_params": {"model": f"ledger-{kind}", **extra}}
            for i, kind in enumerate(kinds)
        ]
        project = self.director.make_project("film", segments)
        return project, self.director.render(project)

    def states(self) -> dict[str, str]:
        """Kind -> state of its generation."""
        jobs = [j for j in Books.of(self.server.data).jobs if j["kind"] == "generate"]
        return {j["model"].removeprefix("ledger-"): j["state"] for j in jobs}

    def submits(self) -> dict[str, tuple[int, int]]:
        """Kind -> (submits, how many of them were billed)."""
        entries = self.ledger.entries()
        return {
            kind: (
                sum(e.kind == kind for e in entries),
                sum(e.kind == kind and e.is_billed for e in entries),
            )
            for kind in KINDS
        }

    def wrong(self) -> list[str]:
        """What the books do not agree on."""
        entries, books = self.ledger.entries(), Books.of(self.server.data)
        return checker.paid_twice(entries) + checker.lost(entries, books)


def until(what: Callable[[], Any], timeout: float = PATIENCE) -> None:
    """Wait until something is true. Raises TimeoutError."""
    end = time.monotonic() + timeout
    while not what():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        time.sleep(0.02)


@pytest.fixture
def stage(clip: Path, tmp_path: Path) -> Iterator[Stage]:
    """A stage whose server is not started yet."""
    pauses = tmp_path / "pauses"
    pauses.mkdir()
    server = Server(data=tmp_path / "data", log=tmp_path / "server.log")
    with (
        running_ledger(tmp_path / "ledger.jsonl", clip, Behaviour(slow=SLOW)) as ledger,
        Director(url=server.url) as director,
        server.until_the_end(),
    ):
        server.settings = {
            "LEDGER_BASE_URL": ledger.url,
            "LEDGER_SUBMIT_TIMEOUT": "2",
            "LEDGER_PAUSE_FOLDER": str(pauses),
        }
        yield Stage(ledger=ledger, server=server, director=director, pauses=pauses)


@pytest.mark.parametrize("point", ["before_send", "after_accept", "after_answer"])
def test_a_kill_within_a_submit_pays_once_and_is_cleared_or_shown(stage: Stage, point: str) -> None:
    waits_here = {"LEDGER_PAUSE_AT": point, "LEDGER_SUBMIT_TIMEOUT": str(PATIENCE)}
    stage.server.start(**waits_here)
    stage.server.wait_until_up()
    script = "slow_after" if point == "after_accept" else ""
    project, render = stage.render(*KINDS, script=script)
    accepted = 0 if point == "before_send" else 1
    until(lambda: all(s == "submitting" for s in stage.states().values()))
    until(lambda: stage.submits() == dict.fromkeys(KINDS, (accepted, accepted)))
    if point != "after_accept":
        until((stage.pauses / point).exists)
    stage.server.kill()

    stage.server.start()
    stage.director.wait_for(render, "needs_attention", timeout=PATIENCE)
    stage.director.wait_until_settled([project], PATIENCE)

    found = "needs_attention" if point == "before_send" else "succeeded"
    assert stage.states() == {"key": "succeeded", "lookup": found, "none": "needs_attention"}
    assert stage.submits() == {
        "key": (1 + accepted, 1),
        "lookup": (accepted, accepted),
        "none": (accepted, accepted),
    }
    assert stage.wrong() == []
    books = Books.of(stage.server.data)
    assert checker.hidden_doubts(books, stage.director.segments([project])) == []


def test_an_orderly_end_lets_submits_finish_and_gives_the_rest_back(stage: Stage) -> None:
    few = {"LEDGER_CONCURRENCY": "1", "LEDGER_SUBMIT_TIMEOUT": str(PATIENCE)}
    stage.server.start(**few)
    stage.server.wait_until_up()
    kinds = ("key", "lookup", "none", "none", "key")
    _, render = stage.render(*kinds, script="slow_after")
    until(lambda: len(stage.ledger.billed()) == 3)

    began = time.monotonic()
    stage.server.signal(signal.SIGTERM)
    assert stage.server.running.wait(timeout=30) == 0
    assert time.monotonic() - began < 10
    jobs = Books.of(stage.server.data).jobs
    assert all(j["lease_owner"] is None and j["deaths"] == 0 for j in jobs)
    generations = [j for j in jobs if j["kind"] == "generate"]
    assert [bool(j["provider_job_id"]) for j in generations].count(True) == 3
    assert [j["state"] for j in generations].count("queued") == 2
    assert all(j["state"] != "submitting" for j in generations)
    assert len(stage.ledger.entries()) == 3

    stage.server.start(**few)
    stage.director.wait_for(render, "completed", timeout=PATIENCE)
    assert len(stage.ledger.entries()) == len(stage.ledger.billed()) == len(kinds)
    assert stage.wrong() == []


def test_a_frozen_server_that_wakes_up_writes_nothing_and_pays_nothing_again(
    stage: Stage, tmp_path: Path
) -> None:
    """It freezes with three submits on their lips; another server of the same data takes them over;
    then it wakes up and sends them."""
    frozen = stage.server
    frozen.start(LEDGER_PAUSE_AT="before_send", LEDGER_SUBMIT_TIMEOUT="600")
    frozen.wait_until_up()
    project, render = stage.render(*KINDS)
    until(lambda: all(s == "submitting" for s in stage.states().values()))
    until((stage.pauses / "before_send").exists)
    frozen.signal(signal.SIGSTOP)

    other = Server(data=frozen.data, log=tmp_path / "other.log", settings=frozen.settings)
    with other.until_the_end(), Director(url=other.url) as director:
        other.start()
        director.wait_for(render, "needs_attention", timeout=PATIENCE)
        director.wait_until_settled([project], PATIENCE)
        before = Books.of(frozen.data)
        assert stage.submits() == {"key": (1, 1), "lookup": (0, 0), "none": (0, 0)}

        (stage.pauses / "go").touch()
        os.kill(frozen.running.pid, signal.SIGCONT)
        until(lambda: frozen.told(100_000).count("the lease was lost") == len(KINDS))

        assert stage.submits() == {"key": (2, 1), "lookup": (1, 1), "none": (1, 1)}
        after = Books.of(frozen.data)
        assert (after.jobs, after.renders, after.events) == (
            before.jobs,
            before.renders,
            before.events,
        )
        assert stage.wrong() == []
        assert director.get(f"/api/render-jobs/{render}")["status"] == "needs_attention"
