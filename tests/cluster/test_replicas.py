"""Several replicas and workers are one: what happens at one replica is heard at another, with Redis
at once and without it a little later, and the work of one render is shared by the workers."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import combinations
from pathlib import Path
from uuid import uuid4

from tests.cluster import database
from tests.cluster.audit import holdings, read_writes
from tests.cluster.clients import Books, Client
from tests.cluster.cluster import Cluster
from tests.recovery.director import Json
from websockets.sync.client import ClientConnection, connect

IDLE_SECONDS = 15.0
"""Without a signal a replica looks at the rows this often."""
BUSY_MACHINE = 10.0


def person(cluster: Cluster, tmp_path: Path, replica: int) -> Client:
    """Somebody who calls one replica only."""
    books = Books(path=tmp_path / "clients.jsonl")
    return Client(urls=[cluster.apis[replica].url], books=books)


def shots(many: int) -> list[Json]:
    """Segments that nobody has asked for before."""
    return [
        {"prompt": f"shot {n} {uuid4()}", "model_params": {"model": "ledger-key"}}
        for n in range(many)
    ]


@contextmanager
def listening(cluster: Cluster, project: str, replica: int) -> Iterator[ClientConnection]:
    """A WebSocket at a replica that has been told everything so far, and has subscribed to signals:
    it does that before it looks for the newest event, which it tells again."""
    address = cluster.apis[replica].url.replace("http", "ws", 1)
    seen = database.ask(
        cluster.database, "SELECT event_seq AS newest FROM projects WHERE id = $1", project
    )[0]["newest"]
    path = f"/api/projects/{project}/events?after={seen - 1}"
    with connect(address + path, open_timeout=20, proxy=None) as socket:
        seconds_until_heard(socket, time.monotonic(), 20)
        yield socket


def seconds_until_heard(socket: ClientConnection, began: float, timeout: float) -> float:
    """From `began` until the next stored event. Raises TimeoutError."""
    while True:
        told = json.loads(socket.recv(timeout=timeout))
        if told["seq"] is not None:
            return time.monotonic() - began


def test_an_event_of_one_replica_is_heard_at_the_other(calm: Cluster, tmp_path: Path) -> None:
    with closing(person(calm, tmp_path, 0)) as client:
        project = client.make_project("heard elsewhere", shots(1))
        segment = client.segments(project)[0]["id"]
        with listening(calm, project, 1) as socket:
            began = time.monotonic()
            client.edit(project, segment, f"changed {uuid4()}")
            assert seconds_until_heard(socket, began, 10) < IDLE_SECONDS / 2


def test_without_redis_it_is_heard_a_little_later(calm: Cluster, tmp_path: Path) -> None:
    with closing(person(calm, tmp_path, 0)) as client:
        project = client.make_project("heard without a signal", shots(1))
        segment = client.segments(project)[0]["id"]
        with listening(calm, project, 1) as socket:
            calm.redis.kill()
            try:
                began = time.monotonic()
                client.edit(project, segment, f"changed {uuid4()}")
                took = seconds_until_heard(socket, began, IDLE_SECONDS + BUSY_MACHINE)
            finally:
                calm.redis.start()
        assert took < IDLE_SECONDS + BUSY_MACHINE
        assert all(m.server.running.poll() is None for m in calm.members.values())


def test_signals_are_back_soon_after_redis_is(calm: Cluster, tmp_path: Path) -> None:
    with closing(person(calm, tmp_path, 0)) as client:
        project = client.make_project("heard again", shots(1))
        segment = client.segments(project)[0]["id"]
        calm.redis.kill()
        calm.redis.start()
        with listening(calm, project, 1) as socket:
            quickest = IDLE_SECONDS
            for _ in range(20):  # until both replicas have noticed
                began = time.monotonic()
                client.edit(project, segment, f"changed {uuid4()}")
                quickest = min(quickest, seconds_until_heard(socket, began, 30))
                if quickest < 2.0:
                    break
            assert quickest < 2.0


def test_two_workers_compose_one_render_at_the_same_time(calm: Cluster, tmp_path: Path) -> None:
    """Each carries out steps of it, and at some moment both are at it."""
    with closing(person(calm, tmp_path, 0)) as client:
        project = client.make_project("made by two", shots(12))
        render = client.render(project)
        assert client.wait_until_at_rest(project, timeout=120)
        assert client.get(f"/api/render-jobs/{render}")["status"] == "completed"
    query = "SELECT id FROM jobs WHERE project_id = $1 AND kind = 'compose'"
    steps = {row["id"] for row in database.ask(calm.database, query, project)}
    writes = [one for one in read_writes(calm.database) if one.job_id in steps]
    held = [(claim.actor, claim.at, until) for claim, until in holdings(writes)]
    assert {actor for actor, _, _ in held} == {worker.name for worker in calm.workers}
    assert any(
        one != other and begun < other_until and other_begun < until
        for (one, begun, until), (other, other_begun, other_until) in combinations(held, 2)
    ), held
