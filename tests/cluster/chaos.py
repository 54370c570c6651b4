"""A cluster under load while its processes are killed, frozen and cut off; then its books are read.

    python -m tests.cluster.chaos --seed 7 --jobs 10000 --kills 2000 --out docs/measurements/x.md

One seed decides the faults of the provider, what people do, and who is killed, frozen or broken in
which order; how quickly this machine does it all adds the rest. Exit 0 when every promise held.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.cluster import audit, checker, report
from tests.cluster.clients import Books, Client
from tests.cluster.cluster import Cluster, running_cluster
from tests.cluster.database import ask, read_books
from tests.cluster.ears import Ears
from tests.cluster.films import Film, edited, plan_films
from tests.cluster.plan import Outcome, Plan
from tests.cluster.strikes import Nemesis, strikes
from tests.recovery import checker as common

from video_foundry.testing.ledger import Behaviour

SETTLE_SECONDS = 120.0
"""Within this time after the last fault every render has ended or asks a person."""
AGAIN_SECONDS = 1.0
"""What each film that is rendered again at the end may take on top of that."""
LEASE_BACK_SECONDS = 15.0
ROUNDS = 3
"""How often a person looks at doubts, each of which may lead to a new one."""
TELL_SECONDS = 15.0
LEAD = 0.1
"""By how much of the whole the work may be ahead of the killing, and the other way round."""


@dataclass(kw_only=True)
class Run:
    """One run under way. tell: where the periodic line goes."""

    plan: Plan
    cluster: Cluster
    books: Books
    ears: Ears
    nemesis: Nemesis
    tell: Callable[[str], object]
    films: Sequence[Film]
    outcome: Outcome = field(default_factory=Outcome)
    projects: list[str] = field(default_factory=list)
    abandoned: list[str] = field(default_factory=list)
    resubmitted: list[str] = field(default_factory=list)
    begun: int = 0
    _began_at: float = 0.0
    _is_over: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _clients: threading.local = field(default_factory=threading.local)

    def go(self) -> Outcome:
        """Strike while people work, stop, let it settle, let a person decide, look at the books."""
        self._began_at = time.monotonic()
        self.cluster.start()
        self.nemesis.may_go_on = self._kills_may_go_on
        self.nemesis.start()
        with ThreadPoolExecutor(self.plan.people, thread_name_prefix="person") as people:
            working = [people.submit(self._make, film) for film in self.films]
            try:
                self._watch(lambda: all(w.done() for w in working) and self.nemesis.is_done)
            finally:
                self._is_over = True  # no new film, whatever ended the watch
                self.nemesis.stop()
            self.tell(self._line("the faults are over"))
            stopped = time.time()
        self.outcome.problems += [
            f"a person could not finish: {w.exception()!r}" for w in working if w.exception()
        ]
        self._settle(stopped, note="seconds until all was settled")
        self._check("with doubts open")
        self._decide_doubts()
        self._render_failed_again()
        self._check("at the end")
        self._look_at_what_is_left()
        self._end()
        return self.outcome

    # --- while it is under fire ----------------------------------------------------------------

    @property
    def _is_late(self) -> bool:
        return self._is_over or time.monotonic() - self._began_at > self.plan.seconds

    def _kills_may_go_on(self, kills: int) -> bool:
        return kills / max(self.plan.kills, 1) <= self.begun / len(self.films) + LEAD

    def _films_may_go_on(self, films: int) -> bool:
        if self.nemesis.is_done:
            return True
        return films / len(self.films) <= self.nemesis.dead / self.plan.kills + LEAD

    def _watch(self, is_over: Callable[[], bool]) -> None:
        told = 0.0
        while not is_over() and not self._is_late:
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                self.tell(self._line("under fire"))
            time.sleep(0.5)

    def _line(self, what: str) -> str:
        counts = self.nemesis.counts
        broken = sum(counts[f"kills of {c}"] for c in self.cluster.components)
        return (
            f"{time.monotonic() - self._began_at:6.0f} s  {what}: {self.begun} of "
            f"{len(self.films)} films, {counts['kills']} of {self.plan.kills} kills, "
            f"{counts['freezes']} freezes, {broken} components killed, "
            f"{len(self.cluster.ledger.entries())} submits, {len(self.books.acks)} acknowledged"
        )

    @property
    def _client(self) -> Client:
        """Each person has connections of their own, and a replica to begin with."""
        if not hasattr(self._clients, "client"):
            urls = [m.url for m in self.cluster.apis]
            self._clients.client = Client(urls=urls, books=self.books, first=self.begun)
        client: Client = self._clients.client
        return client

    def _make(self, film: Film) -> None:
        """Everything that happens to one film."""
        while not self._is_late and not self._films_may_go_on(film.number):
            time.sleep(0.3)
        if self._is_late:
            return
        with self._lock:
            self.begun += 1
        client = self._client
        project = client.make_project(f"film {film.number}", film.segments)
        with self._lock:
            self.projects.append(project)
        self.ears.listen(project)
        self._live_through(film, project, client)
        client.wait_until_at_rest(project, timeout=90, unless=lambda: self._is_late)
        self.ears.rest(project)

    def _live_through(self, film: Film, project: str, client: Client) -> None:
        dice = Random(f"moves {self.plan.seed} {film.number}")
        segments = [s["id"] for s in client.segments(project)]
        render = ""
        for number, move in enumerate(film.moves):
            match move:
                case "render":
                    render = client.render(project)
                case "render twice":
                    render = self._render_twice(project, client)
                case "edit":
                    client.edit(project, segments[0], edited(film, number))
                case "reorder":
                    client.reorder(project, segments[::-1])
                case "cancel":
                    client.cancel(project, render)
                case "wait a little":
                    time.sleep(dice.uniform(0.2, 4.0))

    def _render_twice(self, project: str, client: Client) -> str:
        """Two people press the button at the same time, each at another replica."""
        other = Client(urls=client.urls, books=self.books, first=client.first + 1)
        pressing = threading.Thread(target=other.render, args=(project,))
        pressing.start()
        render = client.render(project)
        pressing.join()
        other.close()
        return render

    # --- after that ----------------------------------------------------------------------------

    def _settle(self, since: float, note: str | None = None, limit: float = SETTLE_SECONDS) -> None:
        """Wait until every render has ended or asks a person, and nothing is under way. limit:
        seconds from `since`."""
        query = (
            "SELECT (SELECT count(*) FROM render_jobs WHERE status NOT IN "
            "('completed', 'failed', 'cancelled', 'needs_attention')) AS renders, "
            "(SELECT count(*) FROM jobs WHERE state NOT IN "
            "('succeeded', 'failed', 'cancelled', 'needs_attention')) AS jobs"
        )
        while True:
            busy = ask(self.cluster.database, query)[0]
            took = time.time() - since
            if not busy["renders"] and not busy["jobs"]:
                break
            if took > limit:
                self.outcome.problems.append(f"not settled after {took:.0f} s: {busy}")
                break
            time.sleep(0.5)
        if note is not None:
            self.outcome.counts[note] = round(took, 1)
        self.tell(self._line(f"settled after {took:.1f} s"))

    def _decide_doubts(self) -> None:
        """As a careful person would, who looks into the provider's books: send again only what
        never arrived, and give up what cannot be had."""
        for _ in range(ROUNDS):
            doubts = read_books(self.cluster.database).attention
            if not doubts:
                return
            billed = {(e.kind, e.prompt) for e in self.cluster.ledger.billed()}
            for job in doubts:
                kind = job["model"].removeprefix("ledger-")
                is_paid = (kind, job["prompt"]) in billed
                (self.abandoned if is_paid else self.resubmitted).append(job["prompt"])
                self._client.resolve(job["id"], "abandon" if is_paid else "resubmit")
            self._settle(time.time())

    def _render_failed_again(self) -> None:
        """What was refused, or given up, is asked for once more: knowingly, it may cost again."""
        newest: dict[str, str] = {}
        query = "SELECT project_id, status FROM render_jobs ORDER BY created_at"
        for row in ask(self.cluster.database, query):
            newest[row["project_id"]] = row["status"]
        failed = [project for project, status in newest.items() if status == "failed"]
        with ThreadPoolExecutor(self.plan.people) as people:
            list(people.map(self._render, failed))
        self.outcome.counts["films rendered again"] = len(failed)
        # No longer the aftermath of faults, but work of its own.
        self._settle(time.time(), limit=SETTLE_SECONDS + AGAIN_SECONDS * len(failed))
        self._decide_doubts()

    def _render(self, project: str) -> str:
        return self._client.render(project)

    def _check(self, when: str) -> None:
        entries, books = self.cluster.ledger.entries(), read_books(self.cluster.database)
        writes = audit.read_writes(self.cluster.database)
        found = {
            "paid twice without consent": common.paid_twice(entries, self.abandoned),
            "paid results lost": common.lost(entries, books, self.abandoned),
            "acknowledged renders lost or stuck": checker.lost_renders(
                self.books.of("render"), books
            ),
            "acknowledged edits lost": checker.lost_edits(self.books.acks, self.cluster.database),
            "cancels undone": checker.undone_cancels(self.books.of("cancel"), books),
            "renders failed without need": checker.unjust_failures(books),
            "doubts not shown with their price": checker.hidden_doubts(books, self._client),
            "submits earlier than a 429 allowed": common.hurried(entries),
            "requests with two open jobs": common.two_open_jobs(books),
            "projects with gaps in their events": checker.bad_events(books),
            "writes of stale owners accepted": audit.stale_writes(writes)
            + audit.loose_results(audit.read_results(self.cluster.database), writes),
        }
        problems = [problem for problems in found.values() for problem in problems]
        self.outcome.problems += [f"{when}: {p}" for p in problems]
        self.outcome.counts[when] = common.summary(entries, books) | {
            "promises": {name: len(problems) for name, problems in found.items()},
            "generation jobs": sum(1 for j in books.jobs if j["kind"] == "generate"),
            "composing jobs": sum(1 for j in books.jobs if j["kind"] == "compose"),
            "writes about jobs looked at": len(writes),
            "failed because of": dict(
                Counter(r["error_code"] for r in books.renders if r["status"] == "failed")
            ),
        }

    def _look_at_what_is_left(self) -> None:
        books = read_books(self.cluster.database)
        clients = [Client(urls=[m.url], books=self.books) for m in self.cluster.apis]
        newest = Counter(e["project_id"] for e in books.events)
        problems = self.ears.catch_up({p: newest[p] for p in self.ears.of}, timeout=60)
        problems += checker.bad_films(books, self.cluster, clients)
        problems += checker.unlike_the_api(self.books.of("render"), books, clients)
        problems += checker.secrets_told(self.cluster)
        problems += self._integrity()
        problems += self._leases()
        problems += [f"an answer that should not be: {odd}" for odd in self.books.odd]
        self.outcome.problems += problems + self.nemesis.problems
        self._count()

    def _integrity(self) -> list[str]:
        """What `doctor --integrity` finds. Objects of uploads that a kill cut off before their row
        was written may lie there, and nothing else; a repair clears them away."""
        done = self.cluster.command("doctor", "--integrity", "--json")
        found = json.loads(done.stdout) if done.stdout.strip() else {"findings": []}
        kinds = Counter(finding["kind"] for finding in found["findings"])
        self.outcome.counts["objects of uploads that were cut off"] = kinds.pop("untracked", 0)
        self.outcome.counts["integrity"] = {k: found.get(k) for k in ("artifacts", "objects")}
        mended = self.cluster.command("doctor", "--integrity", "--repair")
        if not kinds and mended.returncode == 0:
            return []
        return [f"doctor --integrity: {dict(kinds)} {mended.stdout[-800:]} {mended.stderr[-800:]}"]

    def _leases(self) -> list[str]:
        writes = audit.read_writes(self.cluster.database)
        with (self.cluster.folder / "writes.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(write)) + "\n" for write in writes)
        back = checker.lease_back(
            writes, self.cluster, self.nemesis.outages, limit=LEASE_BACK_SECONDS
        )
        self.outcome.counts["jobs taken from frozen workers"] = checker.taken_from_the_frozen(
            writes, self.cluster.workers
        )
        self.outcome.counts["webhooks heeded"] = audit.hints(writes)
        self.outcome.counts["lease back"] = {
            "jobs of killed workers": len(back.seconds) + len(back.never),
            "p50 seconds": round(back.quantile(0.5), 1),
            "max seconds": round(max(back.seconds, default=0.0), 1),
            "max seconds while somebody could": round(max(back.possible, default=0.0), 1),
        }
        late = back.later_than(LEASE_BACK_SECONDS)
        return [f"a lease came back after {words}" for words in late] + [
            f"the lease of job {job} never came back" for job in back.never
        ]

    def _count(self) -> None:
        broken = {c: self.nemesis.counts[f"kills of {c}"] for c in self.cluster.components}
        questions = self.cluster.ledger.questions()
        self.outcome.counts |= {
            "kills": self.nemesis.dead,
            "kills by process": {
                m: self.nemesis.counts[f"kills of {m}"] for m in self.cluster.members
            },
            "freezes": self.nemesis.counts["freezes"],
            "helpers killed": self.nemesis.counts["helpers killed"],
            "components killed": broken,
            "starts given up while a component was down": self.nemesis.counts["ended at start"],
            "films": self.begun,
            "renders acknowledged": len(self.books.of("render")),
            "edits acknowledged": len(self.books.of("edit")),
            "cancels acknowledged": len(self.books.of("cancel")),
            "answers": dict(self.books.answers),
            "events heard": self.ears.heard,
            "listener connections": self.ears.connections,
            "writes of stale owners refused": checker.refused_writes(self.cluster.workers),
            "sent again on purpose": len(self.resubmitted),
            "given up on purpose": len(self.abandoned),
            "seconds": round(time.monotonic() - self._began_at),
            "processor seconds": checker.processor_seconds()
            + round(self.cluster.nursery.processor_seconds()),
            **questions,
        }

    def _end(self) -> None:
        """An orderly end: exit status 0, nothing left running, nothing left in scratch."""
        for member in self.cluster.members.values():
            status = member.end()
            server = member.server
            problems = [f"{member.name} ended with {status}"] if status else []
            problems += [f"{member.name} left in scratch: {f}" for f in server.scratch_files()]
            problems += [f"{member.name} left running: {c}" for c in server.children()]
            self.outcome.problems += problems


@contextmanager
def prepared(
    plan: Plan, folder: Path, tell: Callable[[str], object] = lambda _line: None
) -> Iterator[Run]:
    """Everything a run needs, in `folder`; taken down at the end. Raises NotInstalled."""
    behaviour = Behaviour(
        seed=plan.seed,
        faults=plan.faults,
        faulty_submits=3,
        poll_faults=plan.faults,
        faulty_polls=3,
        seconds=1.5,
        slow=plan.shape.submit_seconds * 1.5,
        broken_results=1,
        clips=24,
        lost_webhooks=plan.faults,
    )
    with ExitStack() as stack:
        cluster = stack.enter_context(running_cluster(folder, plan.shape, behaviour))
        struck = stack.enter_context((folder / "strikes.log").open("a", buffering=1))
        ears = Ears([m.url for m in cluster.apis])
        stack.callback(ears.close)
        yield Run(
            plan=plan,
            cluster=cluster,
            books=Books(path=folder / "clients.jsonl"),
            ears=ears,
            films=plan_films(plan.seed, plan.jobs),
            tell=tell,
            nemesis=Nemesis(
                members=cluster.members,
                components=cluster.components,
                plan=strikes(
                    plan.seed, list(cluster.members), list(cluster.components), pause=plan.pause
                ),
                kills=plan.kills,
                log=lambda line: struck.write(line + "\n"),
            ),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once, print what was found as JSON and write the report. SIGTERM ends it in order."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what a shell backgrounds
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=6 * 3600.0, help="The longest to strike.")
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--out", type=Path, help="Where the report goes, as Markdown.")
    parser.add_argument("--keep", type=Path, help="Folder to work in, kept afterwards.")
    given = vars(parser.parse_args(arguments))
    out, kept = given.pop("out"), given.pop("keep")
    plan = Plan(**given)
    with ExitStack() as stack:
        folder = kept or Path(stack.enter_context(TemporaryDirectory()))
        outcome = stack.enter_context(prepared(plan, folder, tell)).go()
    sys.stdout.write(json.dumps(asdict(outcome), indent=1) + "\n")
    if out is not None:
        out.write_text(report.markdown(plan, outcome), "utf-8")
    return 1 if outcome.problems else 0


def tell(line: str) -> None:
    """The periodic line, to whoever looks on."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
