"""Deaths at the worst moments of a submit, on the real server: before it is sent, after it was
accepted, after the answer; an orderly end in the middle; and a freeze while another takes over."""

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.nursery import Nursery
from tests.recovery import checker
from tests.recovery.checker import Books
from tests.recovery.director import Director, Json
from tests.recovery.patience import seconds_until
from tests.recovery.server import Server

from video_foundry.testing.ledger import KINDS, Behaviour, RunningLedger, running_ledger

PATIENCE = 60.0
SLOW = 3.0
AT_REST = ("succeeded", "failed", "needs_attention")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A provider, a server and somebody at its API."""

    ledger: RunningLedger
    server: Server
    director: Director
    pauses: Path

    def render(self, shots: Mapping[str, Json]) -> tuple[str, str]:
        """Start a film of these shots (prompt -> model parameters); returns project and render."""
        segments = [{"prompt": p, "model_params": params} for p, params in shots.items()]
        project = self.director.make_project("film", segments)
        return project, self.director.render(project)

    def generations(self) -> dict[str, Json]:
        """Prompt -> its job."""
        jobs = Books.of(self.server.data).jobs
        return {j["prompt"]: j for j in jobs if j["kind"] == "generate"}

    def states(self) -> dict[str, str]:
        """Prompt -> state of its generation."""
        return {prompt: job["state"] for prompt, job in self.generations().items()}

    def submits(self) -> dict[str, tuple[int, int]]:
        """Prompt -> (submits, how many of them were billed)."""
        counted: dict[str, tuple[int, int]] = {}
        for entry in self.ledger.entries():
            submits, billed = counted.get(entry.prompt, (0, 0))
            counted[entry.prompt] = submits + 1, billed + entry.is_billed
        return counted

    def paused(self) -> int:
        """How many submits stand still."""
        return len(list(self.pauses.iterdir()))

    def wrong(self) -> list[str]:
        """What the books do not agree on."""
        entries, books = self.ledger.entries(), Books.of(self.server.data)
        return checker.paid_twice(entries) + checker.lost(entries, books)


def until(what: Callable[[], Any], timeout: float = PATIENCE) -> None:
    """Wait until something is true. Raises TimeoutError."""
    seconds_until(what, timeout)


@pytest.fixture
def stage(clip: Path, tmp_path: Path, nursery: Nursery) -> Iterator[Stage]:
    """A stage whose server is not started yet."""
    pauses = tmp_path / "pauses"
    pauses.mkdir()
    server = Server(data=tmp_path / "data", log=tmp_path / "server.log", again=nursery)
    with (
        running_ledger(tmp_path / "ledger.jsonl", clip, Behaviour(slow=SLOW)) as ledger,
        Director(url=server.url) as director,
        server.until_the_end(),
    ):
        server.settings = {
            "LEDGER_BASE_URL": ledger.url,
            "LEDGER_SUBMIT_TIMEOUT": "2",
        }
        yield Stage(ledger=ledger, server=server, director=director, pauses=pauses)


POINTS: dict[str, Json] = {
    "before it is sent": {"pause": "before_send"},
    "after it was accepted": {"script": "slow_after"},
    "after the answer": {"pause": "after_answer"},
}


def test_a_kill_within_a_submit_pays_once_and_is_cleared_or_shown(stage: Stage) -> None:
    """Each kind of account at each point, all dying at the same moment."""
    shots = {
        f"{kind} {point}": {"model": f"ledger-{kind}", **how}
        for kind in KINDS
        for point, how in POINTS.items()
    }
    stage.server.start(LEDGER_PAUSE_FOLDER=str(stage.pauses), LEDGER_SUBMIT_TIMEOUT="600")
    stage.server.wait_until_up()
    project, render = stage.render(shots)
    sent = {prompt: (1, 1) for prompt in shots if "before" not in prompt}
    until(lambda: stage.paused() == 6 and stage.submits() == sent)
    assert set(stage.states().values()) == {"submitting"}
    stage.server.kill()

    stage.server.start()
    stage.director.wait_for(render, "needs_attention", timeout=PATIENCE)
    stage.director.wait_until_settled([project], PATIENCE)
    assert stage.states() == {
        "key before it is sent": "succeeded",
        "key after it was accepted": "succeeded",
        "key after the answer": "succeeded",
        "lookup before it is sent": "needs_attention",
        "lookup after it was accepted": "succeeded",
        "lookup after the answer": "succeeded",
        "none before it is sent": "needs_attention",
        "none after it was accepted": "needs_attention",
        "none after the answer": "needs_attention",
    }
    again = {prompt: (2, 1) for prompt in sent if prompt.startswith("key")}
    assert stage.submits() == sent | again | {"key before it is sent": (1, 1)}
    assert stage.wrong() == []
    books = Books.of(stage.server.data)
    assert checker.hidden_doubts(books, stage.director.segments([project])) == []


def test_an_orderly_end_lets_submits_finish_and_gives_the_rest_back(stage: Stage) -> None:
    few = {"LEDGER_CONCURRENCY": "1", "LEDGER_SUBMIT_TIMEOUT": str(PATIENCE)}
    stage.server.start(**few)
    stage.server.wait_until_up()
    kinds = ("key", "lookup", "none", "none", "key")
    shots = {
        f"{i} {kind}": {"model": f"ledger-{kind}", "script": "slow_after"}
        for i, kind in enumerate(kinds)
    }
    _, render = stage.render(shots)
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


def freeze(server: Server) -> None:
    """Stop it between two writes: nobody can use a file of SQLite whose writer stands still."""
    file = server.data / "video-foundry.sqlite3"

    def stands_between_writes() -> bool:
        server.signal(signal.SIGSTOP)
        with contextlib.closing(sqlite3.connect(file, timeout=0.2, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                server.signal(signal.SIGCONT)
                return False
            other.execute("ROLLBACK")
        return True

    until(stands_between_writes)


def test_a_frozen_server_that_wakes_up_hands_over_what_it_learnt_and_pays_nothing_again(
    stage: Stage, tmp_path: Path
) -> None:
    """It freezes with three submits on their lips; another server of the same data takes them over,
    and asks a person where it must; then the first wakes up and sends them. The jobs are not its
    own any more, yet what the provider answered is worth money: nobody needs to decide."""
    frozen = stage.server
    frozen.start(LEDGER_PAUSE_FOLDER=str(stage.pauses), LEDGER_SUBMIT_TIMEOUT="600")
    frozen.wait_until_up()
    how = {"pause": "before_send"}
    project, render = stage.render({k: {"model": f"ledger-{k}", **how} for k in KINDS})
    until(lambda: stage.paused() == len(KINDS))
    freeze(frozen)

    other = Server(data=frozen.data, log=tmp_path / "other.log", settings=frozen.settings)
    with other.until_the_end(), Director(url=other.url) as director:
        other.start()
        director.wait_for(render, "needs_attention", timeout=PATIENCE)
        director.wait_until_settled([project], PATIENCE)
        until(lambda: all(j["state"] in AT_REST for j in Books.of(frozen.data).jobs))
        waiting = {"lookup": "needs_attention", "none": "needs_attention"}
        assert stage.states() == {"key": "succeeded", **waiting}
        assert stage.submits() == {"key": (1, 1)}
        finished = stage.generations()["key"]

        (stage.pauses / "go").touch()
        os.kill(frozen.running.pid, signal.SIGCONT)
        director.wait_for(render, "completed", timeout=PATIENCE)
        until(lambda: frozen.told(100_000).count("the lease was lost") >= len(KINDS))

        assert stage.submits() == {"key": (2, 1), "lookup": (1, 1), "none": (1, 1)}
        assert stage.wrong() == []
        jobs = stage.generations()
        assert jobs.pop("key") == finished
        sent = {e.prompt: e.id for e in stage.ledger.billed()}
        for kind, job in jobs.items():
            found = (job["state"], job["provider_job_id"], job["error_code"])
            assert found == ("succeeded", sent[kind], None)
