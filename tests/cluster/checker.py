"""Reads the three books after a run (what the API acknowledged, the database, the provider's
ledger), the object store and the logs, and says what does not agree. It changes nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import obstore
from obstore.store import S3Store
from tests.cluster import audit
from tests.cluster.clients import AT_REST, Ack, Client
from tests.cluster.cluster import Cluster
from tests.cluster.database import PASSWORD, ask
from tests.cluster.members import Member
from tests.cluster.strikes import Outage
from tests.recovery.checker import Books
from tests.recovery.director import ENDED, Json

from video_foundry.testing.ledger import PRICE

JUST = ("rejected", "abandoned")
"""Reasons to fail that the provider, or a person, gave."""
STEP_SECONDS = 0.25
"""How finely the time is sampled in which somebody could have taken a dead worker's job."""


def lost_renders(acks: Iterable[Ack], books: Books) -> list[str]:
    """Renders that were acknowledged and are not there, or have no end, no reason, no question."""
    known = {r["id"]: r for r in books.renders}
    gone = [f"render {a.id} was acknowledged and is lost" for a in acks if a.id not in known]
    return gone + [
        f"render {r['id']} is {r['status']} because of {r['error_message']!r}"
        for r in books.renders
        if r["status"] not in AT_REST
        or (r["status"] == "failed" and not (r["error_code"] and r["error_message"]))
    ]


def unjust_failures(books: Books) -> list[str]:
    """Renders that failed although neither provider nor person had said no: whatever died can be
    started again, so it is no reason."""
    return [
        f"render {r['id']} failed without need: {r['error_code']}, {r['error_message']}"
        for r in books.renders
        if r["status"] == "failed" and r["error_code"] not in JUST
    ]


def lost_edits(acks: Sequence[Ack], database: str) -> list[str]:
    """Texts that were acknowledged and do not stand in the timeline."""
    stored = {r["id"]: r["prompt"] for r in ask(database, "SELECT id, prompt FROM segments")}
    wanted = {a.id: a.value for a in acks if a.what in ("segment", "edit")}
    return [
        f"segment {segment} says {stored.get(segment)!r}, acknowledged was {text!r}"
        for segment, text in wanted.items()
        if stored.get(segment) != text
    ]


def unlike_the_api(acks: Sequence[Ack], books: Books, clients: Sequence[Client]) -> list[str]:
    """Acknowledged renders that a replica tells differently from the database."""
    stored = {r["id"]: r["status"] for r in books.renders}
    told = {
        ack.id: clients[n % len(clients)].get(f"/api/render-jobs/{ack.id}")["status"]
        for n, ack in enumerate(acks)
    }
    return [
        f"render {render} is {status} to the API, {stored.get(render)} in the database"
        for render, status in told.items()
        if stored.get(render) != status
    ]


def undone_cancels(acks: Iterable[Ack], books: Books) -> list[str]:
    """Renders that go on, or wait, although the API confirmed that they were cancelled."""
    status = {r["id"]: r["status"] for r in books.renders}
    return [
        f"render {a.id} was cancelled and is {status.get(a.id)}"
        for a in acks
        if a.what == "cancel" and status.get(a.id) not in ENDED
    ]


def hidden_doubts(books: Books, client: Client) -> list[str]:
    """Doubtful submits that the API does not show, with price and reason, in their project."""
    found: list[str] = []
    by_project: dict[str, list[Json]] = {}
    for job in books.attention:
        by_project.setdefault(job["project_id"], []).append(job)
    for project, jobs in by_project.items():
        shown = _doubts_shown(client.segments(project))
        found += [
            f"job {j['id']} ({j['model']}, {j['error_code']}) waits unseen: {shown.get(j['id'])}"
            for j in jobs
            if shown.get(j["id"]) != PRICE or not (j["error_code"] and j["error_message"])
        ]
    return found


def _doubts_shown(segments: Iterable[Json]) -> dict[str, Decimal]:
    """job -> its price, of what waits for a person in a project."""
    shown: dict[str, Decimal] = {}
    for segment in segments:
        if segment["status"] == "needs_attention" and segment["job_price"]:
            shown[segment["job_id"]] = Decimal(str(segment["job_price"]["high"]))
        for other in segment["other_jobs"]:
            if other["state"] == "needs_attention":
                shown[other["id"]] = Decimal(str(other["price"]["high"]))
    return shown


def bad_events(books: Books) -> list[str]:
    """Projects whose stored events are not numbered 1, 2, 3, ..."""
    numbers: dict[str, list[int]] = {}
    for event in books.events:
        numbers.setdefault(event["project_id"], []).append(event["seq"])
    return [
        f"stored events of {project} have gaps"
        for project, found in numbers.items()
        if found != list(range(1, len(found) + 1))
    ]


def bad_films(books: Books, cluster: Cluster, clients: Sequence[Client]) -> list[str]:
    """Finished renders whose film is not one object, the same in database, store and download."""
    store = cluster.objects.store()
    paths = object_keys(store)
    keys = Counter(path.rpartition("/")[2] for path in paths)
    names = {path.rpartition("/")[2]: path for path in paths}
    done = [r for r in books.renders if r["status"] == "completed"]

    def look(numbered: tuple[int, Json]) -> str | None:
        number, render = numbered
        digest = render["master_digest"]
        if keys[digest] != 1:
            return f"film of render {render['id']} is {keys[digest]} objects"
        stored = sha256(bytes(obstore.get(store, names[digest]).bytes())).hexdigest()
        loaded = sha256(clients[number % len(clients)].film(render["id"])).hexdigest()
        same = digest == stored == loaded
        return None if same else f"film of {render['id']}: {digest}, {stored}, {loaded}"

    with ThreadPoolExecutor(4) as pool:
        return [problem for problem in pool.map(look, enumerate(done)) if problem]


def object_keys(store: S3Store) -> list[str]:
    """The names of all objects."""
    return [entry["path"] for page in obstore.list(store) for entry in page]


def secrets_told(cluster: Cluster) -> list[str]:
    """Files and rows in which a password or a key stands."""
    secrets = {"database": PASSWORD, "objects": cluster.objects.secret_key}
    secrets |= {
        name: password
        for name, url in (("rabbitmq", cluster.rabbitmq.url), ("redis", cluster.redis.url))
        if len(password := _password(url)) > 5
    }
    logs = [m.server.log for m in cluster.members.values() if m.server.log.exists()]
    found = [
        f"{log.name} holds the secret of {name}"
        for log in logs
        for name, secret in secrets.items()
        if _holds(log, secret.encode())
    ]
    query = (
        "SELECT (SELECT count(*) FROM events WHERE data::text LIKE $1) + "
        "(SELECT count(*) FROM jobs WHERE error_message LIKE $1) AS many"
    )
    for name, secret in secrets.items():
        if ask(cluster.database, query, f"%{secret}%")[0]["many"]:
            found.append(f"events or jobs hold the secret of {name}")
    return found


def _password(url: str) -> str:
    return url.partition("://")[2].partition("@")[0].partition(":")[2]


def _holds(file: Path, text: bytes) -> bool:
    with file.open("rb") as lines:
        return any(text in line for line in lines)


@dataclass(frozen=True, kw_only=True)
class LeaseBack:
    """How soon the jobs of killed workers were claimed again, in seconds from the kill.

    taken: with the seconds as the clock has them. possible: of each that took longer than it may,
    only the time in which the database was there, and a worker that had a hand free; of the others,
    all. never: jobs that nobody took although they were open.
    """

    taken: Sequence[audit.TakeOver]
    possible: Sequence[float]
    never: Sequence[str]

    @property
    def seconds(self) -> list[float]:
        """From each kill until the job was claimed again."""
        return [t.seconds for t in self.taken if t.seconds is not None]

    def later_than(self, seconds: float) -> list[str]:
        """Jobs that somebody could have taken earlier than that, in words."""
        return [
            f"{possible:.1f} s (by the clock {take.seconds:.1f} s) for {take.kind} job "
            f"{take.job_id}, whose owner was killed at {take.killed_at:.3f}"
            for take, possible in zip(self.taken, self.possible, strict=True)
            if possible > seconds
        ]

    def quantile(self, share: float) -> float:
        """Of `seconds`; 0.0 when nothing was taken over."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def lease_back(
    writes: Sequence[audit.Write],
    cluster: Cluster,
    outages: Iterable[Outage],
    *,
    limit: float,
) -> LeaseBack:
    """Look at every job that was in the hands of a worker when it was killed. limit: seconds that a
    lease may take to come back where somebody could have taken it."""
    workers = cluster.workers
    deaths = [
        (m.name, life.ended) for m in workers for life in m.lives if life.killed and life.ended
    ]
    down = [(o.began, o.ended) for o in outages if o.component == "postgresql"]
    found = audit.take_overs(writes, deaths)
    taken = [t for t in found if t.seconds is not None]
    hands = _Hands(writes, cluster)
    return LeaseBack(
        taken=taken,
        possible=[hands.possible(t, t.seconds or 0.0, down, limit) for t in taken],
        never=[t.job_id for t in found if t.seconds is None],
    )


class _Hands:
    """How many hands were free at a moment, and how many jobs waited for one like the job that is
    judged: where fewer hands are free than jobs of dead workers wait, some must wait longer."""

    def __init__(self, writes: Sequence[audit.Write], cluster: Cluster) -> None:
        self._workers = cluster.workers
        self._capacity = {"generate": cluster.shape.generate, "compose": cluster.shape.compose}
        self._held: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for claim, until in audit.holdings(writes):
            self._held.setdefault((claim.actor, claim.kind), []).append((claim.at, until))
        self._waited = audit.orphans(writes)

    def possible(
        self,
        take: audit.TakeOver,
        seconds: float,
        down: Sequence[tuple[float, float]],
        limit: float,
    ) -> float:
        """Of these seconds, those in which somebody could have taken the job."""
        if seconds <= limit:
            return seconds
        steps = [take.killed_at + n * STEP_SECONDS for n in range(int(seconds / STEP_SECONDS) + 1)]
        able = [
            moment
            for moment in steps
            if not any(began <= moment <= ended for began, ended in down)
            and self._could_take(take, moment)
        ]
        return min(seconds, len(able) * STEP_SECONDS)

    def _could_take(self, take: audit.TakeOver, moment: float) -> bool:
        free = sum(self._free(worker, take.kind, moment) for worker in self._workers)
        others = sum(
            1
            for other in self._waited
            if other.kind == take.kind
            and other.job_id != take.job_id
            and other.since <= moment < other.until
        )
        return free > others

    def _free(self, worker: Member, kind: str, moment: float) -> int:
        life = next((life for life in worker.lives if life.was_able(moment)), None)
        if life is None:
            return 0
        held = self._held.get((worker.name, kind), ())
        in_hand = sum(1 for began, ended in held if life.started <= began <= moment < ended)
        return max(0, self._capacity[kind] - in_hand)


def taken_from_the_frozen(writes: Iterable[audit.Write], workers: Iterable[Member]) -> int:
    """Jobs that others took while their owner was frozen, and which it found gone on waking."""
    owner_is = {w.new_owner: w.actor for w in writes if w.is_claim}
    naps = {
        w.name: [nap for life in w.lives for nap in life.naps if nap[1] is not None]
        for w in workers
    }
    return sum(
        1
        for write in writes
        if write.is_claim and write.old_owner is not None
        for began, ended in naps.get(owner_is.get(write.old_owner, ""), ())
        if ended is not None and began <= write.at < ended
    )


def refused_writes(members: Iterable[Member]) -> int:
    """How often a worker found out, by a refused write, that its job had gone to another."""
    return sum(
        log.count(b"the lease was lost")
        for member in members
        if member.server.log.exists()
        for log in [member.server.log.read_bytes()]
    )


def processor_seconds() -> int:
    """Of ourselves and of every process that has ended; components that still run are left out."""
    used = [getrusage(whose) for whose in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return round(sum(u.ru_utime + u.ru_stime for u in used))
