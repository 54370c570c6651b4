"""Renders over HTTP while the server is killed with -9 at random moments, then a look at the books.

    python -m tests.recovery.chaos --seed 7 --kills 200

One seed decides the faults of the provider and when the server dies; the machine's own timing adds
the rest. Exit 0 when every promise held.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from tests.nursery import Nursery
from tests.recovery import checker
from tests.recovery.checker import Books
from tests.recovery.director import Director, Json, Listener
from tests.recovery.server import ROOT, Server

from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import KINDS, Behaviour, RunningLedger, running_ledger

SETTLE_SECONDS = 180.0
"""How long renders may take to end once nobody kills any more."""
SUBMIT_SECONDS = 1.0
ROUNDS = 4
"""How often a person tries again what failed."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run. projects, segments: how many, and in each. seconds: stop killing after so long, even
    if fewer than `kills` were done."""

    seed: int
    kills: int
    projects: int = 7
    segments: int = 6
    faults: float = 0.6
    seconds: float = 600.0


@dataclass(kw_only=True)
class Outcome:
    """What a run found. problems: every promise that did not hold, in words."""

    kills: int = 0
    resolved: dict[str, list[str]] = field(default_factory=lambda: {"resubmit": [], "abandon": []})
    counts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Run:
    """One run under way."""

    plan: Plan
    ledger: RunningLedger
    server: Server
    director: Director
    outcome: Outcome = field(default_factory=Outcome)
    projects: list[str] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    dice: Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = Random(self.plan.seed)

    def go(self) -> Outcome:
        """Kill while somebody works, let it settle, let a person decide, look at the books."""
        self.server.start()
        self.server.wait_until_up()
        worker = threading.Thread(target=self._work, daemon=True)
        worker.start()
        self._kill_for_a_while(worker)
        worker.join(timeout=SETTLE_SECONDS)
        if worker.is_alive():
            self.outcome.problems.append("the person at the API could not finish")
            return self.outcome
        self._settle()
        self._check("with doubts open")
        self._decide_doubts()
        self._render_failed_again()
        self._look_at_what_is_left()
        return self.outcome

    # --- while it is being killed --------------------------------------------------------------

    def _work(self) -> None:
        for number in range(self.plan.projects):
            project = self.director.make_project(f"film {number}", self._segments(number))
            self.projects.append(project)
            self._listen(project)
            self.director.render(project)
            if number % 2:
                self.director.render(project)  # a double click, or a second person

    def _segments(self, number: int) -> list[Json]:
        prompts = [f"film {number} shot {i}" for i in range(self.plan.segments)]
        if number:
            prompts[-1] = "film 0 shot 5"  # another project asks for the very same thing
        kinds = [KINDS[i % len(KINDS)] for i in range(self.plan.segments)]
        return [
            {"prompt": prompt, "model_params": {"model": f"ledger-{kind}"}}
            for prompt, kind in zip(prompts, kinds, strict=True)
        ]

    def _listen(self, project: str) -> None:
        listener = Listener(self.server.url, project)
        listener.start()
        self.listeners.append(listener)

    def _kill_for_a_while(self, worker: threading.Thread) -> None:
        until = time.monotonic() + self.plan.seconds
        while self.outcome.kills < self.plan.kills and time.monotonic() < until:
            if not worker.is_alive() and self._is_quiet():
                self._more_work()
            self._live_a_moment()
            self.server.kill()
            self.outcome.kills += 1
            self.server.start()
        self.server.wait_until_up()

    def _live_a_moment(self) -> None:
        """Mostly while it serves; sometimes before it does, in the middle of recovering."""
        if self.dice.random() < 0.15:
            time.sleep(self.dice.uniform(0.2, 3.0))
            return
        self.server.wait_until_up()
        time.sleep(self.dice.uniform(0.05, 2.5))

    def _is_quiet(self) -> bool:
        self.server.wait_until_up()
        try:
            self.director.wait_until_settled(self.projects, timeout=0)
        except TimeoutError:
            return False
        return True

    def _more_work(self) -> None:
        """Everything ended before the killing did: one more film."""
        number = len(self.projects)
        project = self.director.make_project(f"film {number}", self._segments(number))
        self.projects.append(project)
        self._listen(project)
        self.director.render(project)

    # --- after that ----------------------------------------------------------------------------

    def _settle(self) -> list[Json]:
        return self.director.wait_until_settled(self.projects, SETTLE_SECONDS)

    def _decide_doubts(self) -> None:
        """As a careful person would, who looks into the provider's books: send again only what
        never arrived, and give up what cannot be had."""
        doubts = Books.of(self.server.data).attention
        while doubts:
            billed = {(e.kind, e.prompt) for e in self.ledger.billed()}
            for job in doubts:
                kind = job["model"].removeprefix("ledger-")
                self._decide(job, "abandon" if (kind, job["prompt"]) in billed else "resubmit")
            self._settle()
            doubts = Books.of(self.server.data).attention

    def _decide(self, job: Json, action: str) -> None:
        path = f"/api/jobs/{job['id']}/resolve"
        self.director.call("POST", path, {"action": action}).raise_for_status()
        self.outcome.resolved[action].append(job["prompt"])

    def _render_failed_again(self) -> None:
        """What was refused, or given up, is asked for again: knowingly, so it may cost again."""
        for _ in range(ROUNDS):
            failed = [p for p in self.projects if self._newest(p)["status"] == "failed"]
            for project in failed:
                self.director.render(project)
            self._settle()
            self._decide_doubts()

    def _newest(self, project: str) -> Json:
        return max(self.director.renders([project]), key=lambda r: str(r["created_at"]))

    def _look_at_what_is_left(self) -> None:
        self._check("at the end")
        books, data = Books.of(self.server.data), self.server.data
        problems = checker.gaps(self.listeners, books)
        problems += checker.broken_films(self.director, books, data)
        newest = [self._newest(project)["status"] for project in self.projects]
        problems += [f"left in scratch: {name}" for name in self._left_in_scratch()]
        problems += [f"left running: {command}" for command in self.server.children()]
        self.outcome.problems += problems
        self.outcome.counts["at the end"] |= {
            "projects": len(newest),
            "finished projects": newest.count("completed"),
            "events heard": sum(len(x.sequences) for x in self.listeners),
            "listener connections": sum(x.connections for x in self.listeners),
            "left in store/tmp": len(list((data / "store" / "tmp").iterdir())),
        }

    def _left_in_scratch(self) -> list[str]:
        """After one more death, start and orderly end."""
        self.server.kill()
        self.server.start()
        self.server.wait_until_up()
        self.server.signal(signal.SIGTERM)
        self.server.running.wait(timeout=30)
        return self.server.scratch_files()

    def _check(self, when: str) -> None:
        entries, books = self.ledger.entries(), Books.of(self.server.data)
        given_up = self.outcome.resolved["abandon"]
        problems = checker.paid_twice(entries, consented=given_up)
        problems += checker.hurried(entries)
        problems += checker.lost(entries, books, given_up)
        problems += checker.unsettled(self.director.renders(self.projects))
        problems += checker.hidden_doubts(books, self.director.segments(self.projects))
        problems += checker.two_open_jobs(books)
        problems += [] if books.integrity == "ok" else [books.integrity]
        self.outcome.problems += [f"{when}: {p}" for p in problems]
        self.outcome.counts[when] = checker.summary(entries, books)


@contextmanager
def prepared(plan: Plan, folder: Path) -> Iterator[Run]:
    """A provider and a server in `folder`, taken down at the end."""
    with ExitStack() as stack:
        clip = make_clip(folder / "clip.mp4", ClipSpec(frames=12))
        behaviour = Behaviour(
            seed=plan.seed,
            faults=plan.faults,
            slow=SUBMIT_SECONDS * 1.5,
            broken_results=1,
            faulty_submits=3,
        )
        ledger = stack.enter_context(running_ledger(folder / "ledger.jsonl", clip, behaviour))
        settings = {"LEDGER_BASE_URL": ledger.url, "LEDGER_SUBMIT_TIMEOUT": str(SUBMIT_SECONDS)}
        nursery = Nursery(ROOT)
        stack.callback(nursery.close)
        server = Server(
            data=folder / "data", log=folder / "server.log", settings=settings, again=nursery
        )
        stack.enter_context(server.until_the_end())
        director = stack.enter_context(Director(url=server.url))
        yield Run(plan=plan, ledger=ledger, server=server, director=director)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--projects", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="Folder to work in, kept afterwards.")
    given = vars(parser.parse_args(arguments))
    kept = given.pop("keep")
    with ExitStack() as stack:
        folder = kept or Path(stack.enter_context(TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        outcome = stack.enter_context(prepared(Plan(**given), folder)).go()
    sys.stdout.write(json.dumps(vars(outcome), indent=1) + "\n")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
