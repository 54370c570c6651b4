"""Reads three books after a run (the provider's ledger, the database, the API) and says what does
not agree. It changes nothing and trusts no single one of them."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.recovery.director import ENDED, Director, Json, Listener

from video_foundry.testing.ledger import CLOCK_SLACK, PRICE, Entry


@dataclass(frozen=True, kw_only=True)
class Books:
    """What stands in the database."""

    jobs: Sequence[Json]
    generations: Sequence[Json]
    renders: Sequence[Json]
    events: Sequence[Json]
    integrity: str

    @classmethod
    def of(cls, data: Path) -> "Books":
        """Read the database of a data folder without changing it."""
        address = f"file:{data / 'video-foundry.sqlite3'}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=30)
        connection.row_factory = sqlite3.Row
        try:
            return cls(
                jobs=_rows(
                    connection,
                    "SELECT *, json_extract(payload, '$.request.prompt') AS prompt FROM jobs",
                ),
                generations=_rows(
                    connection,
                    "SELECT *, json_extract(request, '$.prompt') AS prompt FROM generations",
                ),
                renders=_rows(connection, "SELECT * FROM render_jobs"),
                events=_rows(connection, "SELECT project_id, seq FROM events ORDER BY seq"),
                integrity=connection.execute("PRAGMA integrity_check").fetchone()[0],
            )
        finally:
            connection.close()

    @property
    def attention(self) -> list[Json]:
        """Jobs that wait for a person."""
        return [j for j in self.jobs if j["state"] == "needs_attention"]


def _rows(connection: sqlite3.Connection, query: str) -> list[Json]:
    return [dict(row) for row in connection.execute(query)]


def paid_twice(entries: Iterable[Entry], consented: Iterable[str] = ()) -> list[str]:
    """Requests that were billed more than once. consented: prompts somebody sent again on purpose,
    each of which may be billed once more for every time it stands there."""
    allowed = Counter(consented)
    billed = Counter((e.kind, e.prompt) for e in entries if e.is_billed)
    return [
        f"{kind} {prompt!r} was paid {times} times"
        for (kind, prompt), times in billed.items()
        if times > 1 + allowed[prompt]
    ]


def hurried(entries: Sequence[Entry]) -> list[str]:
    """Submits that came before the moment a 429 had named for the same request."""
    told: dict[tuple[str, str], float] = {}
    early = []
    for entry in entries:
        request = (entry.kind, entry.prompt)
        wait = told.get(request, 0.0) - entry.at
        if wait > CLOCK_SLACK:
            early.append(f"{entry.kind} {entry.prompt!r} came {wait:.2f} s too early")
        if entry.not_before is not None:
            told[request] = max(entry.not_before, told.get(request, 0.0))
    return early


def lost(entries: Iterable[Entry], books: Books, abandoned: Iterable[str] = ()) -> list[str]:
    """Paid results that the memory does not hold and nobody is asked about."""
    known = {(g["prompt"], g["provider_job_id"]) for g in books.generations}
    asked = {j["prompt"] for j in books.attention} | set(abandoned)
    return [
        f"{e.kind} {e.prompt!r} was paid as {e.id}, which the memory does not know"
        for e in entries
        if e.is_billed and (e.prompt, e.id) not in known and e.prompt not in asked
    ]


def unsettled(renders: Iterable[Json]) -> list[str]:
    """Renders that neither ended with a reason nor wait openly."""
    return [
        f"render {r['id']} is {r['status']} because of {r['error_message']!r}"
        for r in renders
        if r["status"] not in (*ENDED, "needs_attention")
        or (r["status"] == "failed" and not (r["error_code"] and r["error_message"]))
    ]


def hidden_doubts(books: Books, segments: Iterable[Json]) -> list[str]:
    """Doubtful submits that the API does not show, or whose price nobody can know."""
    shown = {s["job_id"] for s in segments if s["status"] == "needs_attention"}
    return [
        f"job {j['id']} ({j['model']}) waits unseen, or without price or reason"
        for j in books.attention
        if j["id"] not in shown
        or Decimal(j["price_high"] or 0) != PRICE
        or not (j["error_code"] and j["error_message"])
    ]


def broken_films(director: Director, books: Books, data: Path) -> list[str]:
    """Finished renders whose film is not the same in database, store and download."""
    return [
        f"film of render {r['id']}: {sorted(digests)}"
        for r in books.renders
        if r["status"] == "completed"
        for digests in [
            {
                r["master_digest"],
                sha256(_stored(data, r["master_digest"])).hexdigest(),
                sha256(director.film(r["id"])).hexdigest(),
            }
        ]
        if len(digests) != 1
    ]


def _stored(data: Path, digest: str) -> bytes:
    return (data / "store" / "objects" / digest[:2] / digest[2:4] / digest).read_bytes()


def gaps(listeners: Iterable[Listener], books: Books) -> list[str]:
    """Projects whose listener did not get 1, 2, 3, ... up to the newest event."""
    return list(_gaps(listeners, books))


def _gaps(listeners: Iterable[Listener], books: Books) -> Iterator[str]:
    for listener in listeners:
        stored = [e["seq"] for e in books.events if e["project_id"] == listener.project_id]
        if stored != list(range(1, len(stored) + 1)):
            yield f"stored events of {listener.project_id} have gaps: {stored}"
        heard = listener.finish(len(stored))
        if heard != stored:
            yield f"a listener heard {heard} in place of {stored}"


def two_open_jobs(books: Books) -> list[str]:
    """Requests or steps with more than one open job."""
    still_open = Counter(j["fingerprint"] for j in books.jobs if j["state"] not in _TERMINAL)
    return [f"{mark} has {n} open jobs" for mark, n in still_open.items() if n > 1]


_TERMINAL = ("succeeded", "failed", "cancelled")


def summary(entries: Sequence[Entry], books: Books) -> dict[str, Any]:
    """Counts for a report."""
    return {
        "submits": len(entries),
        "faulty": sum(1 for e in entries if e.fault),
        "requests": len({(e.kind, e.prompt) for e in entries}),
        "billed": sum(1 for e in entries if e.is_billed),
        "answered again by key": sum(1 for e in entries if e.again),
        "in the memory": len(books.generations),
        "needs attention": dict(Counter(str(j["model"]) for j in books.attention)),
        "renders": dict(Counter(str(r["status"]) for r in books.renders)),
        "deaths of one job at most": max((j["deaths"] for j in books.jobs), default=0),
        "events": len(books.events),
    }
