"""A rolling restart while people work: every process is told to stop, one after the other, and
started anew. Nothing is lost, nothing is made twice, and nobody's call fails for good."""

import threading
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from tests.cluster import audit, checker
from tests.cluster.clients import Books, Client
from tests.cluster.cluster import Cluster
from tests.cluster.database import read_books
from tests.recovery import checker as common

from video_foundry.testing.ledger import KINDS

PEOPLE = 3
SHOTS = 6


class Person(threading.Thread):
    """Makes one film after the other until told to stop; keeps what went wrong."""

    def __init__(self, cluster: Cluster, books: Books, number: int) -> None:
        super().__init__(name=f"person {number}", daemon=True)
        self._urls = [api.url for api in cluster.apis]
        self._books = books
        self._first = number
        self.over = threading.Event()
        self.failure: BaseException | None = None
        self.films: list[tuple[str, str]] = []

    def run(self) -> None:
        """Work."""
        try:
            with closing(Client(urls=self._urls, books=self._books, first=self._first)) as client:
                while not self.over.is_set():
                    self._make_film(client)
        except BaseException as failure:
            self.failure = failure

    def _make_film(self, client: Client) -> None:
        segments = [
            {
                "prompt": f"rolling shot {n} {uuid4()}",
                "model_params": {"model": f"ledger-{KINDS[n % len(KINDS)]}"},
            }
            for n in range(SHOTS)
        ]
        project = client.make_project("while all is restarted", segments)
        self.films.append((project, client.render(project)))
        client.wait_until_at_rest(project, timeout=120)


def test_a_rolling_restart_loses_and_repeats_nothing(calm: Cluster, tmp_path: Path) -> None:
    books = Books(path=tmp_path / "clients.jsonl")
    people = [Person(calm, books, number) for number in range(PEOPLE)]
    for person in people:
        person.start()
    statuses = restart_one_after_the_other(calm)
    for person in people:
        person.over.set()
    for person in people:
        person.join(timeout=180)
    assert statuses == dict.fromkeys(calm.members, 0)
    assert [p.failure for p in people if p.failure] == []
    assert books.odd == []
    films = [film for person in people for film in person.films]
    assert len(films) >= PEOPLE
    _look_at_the_books(calm, films)


def restart_one_after_the_other(cluster: Cluster) -> dict[str, int]:
    """SIGTERM and a new process for each member, the next when it is up; their exit statuses."""
    statuses = {}
    for member in [*cluster.workers, *cluster.apis]:
        statuses[member.name] = member.end(timeout=60)
        assert member.server.scratch_files() == []
        member.start()
        assert member.wait_until_up(90), member.server.told()
    return statuses


def _look_at_the_books(cluster: Cluster, films: list[tuple[str, str]]) -> None:
    stored = read_books(cluster.database)
    status = {r["id"]: r["status"] for r in stored.renders}
    assert {render: status[render] for _, render in films} == {
        render: "completed" for _, render in films
    }
    entries = [e for e in cluster.ledger.entries() if e.prompt.startswith("rolling")]
    assert len(entries) == len({e.prompt for e in entries})  # each was sent once, to whatever kind
    assert len(entries) >= len(films) * SHOTS
    assert common.lost(entries, stored) == []
    assert [j["id"] for j in stored.jobs if j["deaths"]] == []  # given back, not left behind
    assert audit.stale_writes(audit.read_writes(cluster.database)) == []
    assert checker.bad_events(stored) == []
