"""A database as a busy studio leaves it: projects and their films, paid clips, jobs that wait, are
under way and have ended. Written in bulk; no measuring happens here."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from video_foundry.adapters.clock import SystemClock
from video_foundry.core.graph import STAGES
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import GenerationRequest
from video_foundry.db.facts import profile_to_json
from video_foundry.db.migrate import prepare
from video_foundry.db.store import Store
from video_foundry.db.tables import (
    ArtifactRow,
    Base,
    CompositionRow,
    GenerationRow,
    JobRow,
    ProjectRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
    SegmentRow,
    TakeRow,
)

MODEL = "ledger-key"
CHUNK = 5_000
START = datetime(2026, 1, 1, tzinfo=UTC)
PROFILE = profile_to_json(OutputProfile(width=160, height=90))


@dataclass(frozen=True, kw_only=True)
class Studio:
    """How much of everything. queued: jobs that wait; in_flight: at the provider, leased by a live
    worker; ended: finished ones, half generated and half composed; doubtful: waiting for a person;
    films_each: finished renders of a project.
    Jobs belong to the projects in turn, as if all of them had been rendered at once."""

    projects: int = 1_000
    films_each: int = 4
    queued: int = 100_000
    in_flight: int = 1_000
    ended: int = 40_000
    doubtful: int = 20

    @property
    def segments_each(self) -> int:
        """Segments of a project: its jobs of the last render, and the clips of the one before."""
        return (self.queued + self.in_flight + self.doubtful) // self.projects + 1

    @property
    def clips_each(self) -> int:
        """Clips that a project has, and has composed."""
        return self.ended // 2 // self.projects


def mark(*words: object) -> str:
    """A fingerprint or digest."""
    return sha256(repr(words).encode()).hexdigest()


def id_of(*words: object) -> str:
    """An id in the form of a UUID."""
    text = mark(*words)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def open_store(url: str) -> Store:
    """The store at this address, with nobody to tell."""
    return Store(url, SystemClock(), pool_size=16)


async def fill(store: Store, studio: Studio) -> None:
    """Migrate an empty database and write the studio into it; the planner gets its statistics."""
    await prepare(store)
    await write(store, studio)
    if not store.is_sqlite:
        async with store.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE"))


async def write(
    store: Store, studio: Studio, *, only: Collection[type[Base]] | None = None
) -> None:
    """Write the studio, or some tables of it, into a migrated, empty database: all or nothing."""
    async with store.engine.execution_options(vf_write=True).begin() as connection:
        for table, rows in _tables(studio):
            if only is not None and table not in only:
                continue
            left = iter(rows)
            while chunk := list(islice(left, CHUNK)):
                await _insert(connection, table, chunk)


async def _insert(
    connection: AsyncConnection, table: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    if connection.dialect.name == "sqlite":
        await connection.execute(insert(table), rows)
        return
    # PostgreSQL takes rows by the ten thousand when they are copied.
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    columns = list(rows[0])
    records = [[_as_copied(row[c]) for c in columns] for row in rows]
    await raw.driver_connection.copy_records_to_table(
        table.__tablename__, records=records, columns=columns
    )


def _as_copied(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def _tables(studio: Studio) -> Iterator[tuple[type[Base], Iterator[Mapping[str, Any]]]]:
    yield ProjectRow, _projects(studio)
    yield SegmentRow, _segments(studio)
    yield ArtifactRow, _artifacts(studio)
    yield GenerationRow, _generations(studio)
    yield CompositionRow, _compositions(studio)
    yield TakeRow, _takes(studio)
    yield JobRow, _jobs(studio)
    yield RenderRow, _renders(studio)
    yield RenderSegmentRow, _snapshots(studio)
    yield RenderStepRow, _steps(studio)


def _projects(studio: Studio) -> Iterator[dict[str, Any]]:
    for p in range(studio.projects):
        yield {
            "id": id_of("project", p),
            "name": f"Film {p}",
            "description": "A film with many shots.",
            "settings": PROFILE,
            "revision": 1,
            "event_seq": 0,
            **_made(p),
        }


def _made(number: int) -> dict[str, datetime]:
    moment = START + timedelta(seconds=number)
    return {"created_at": moment, "updated_at": moment}


def _places(studio: Studio) -> Iterator[tuple[int, int]]:
    """(project, segment), the projects in turn."""
    for s in range(studio.segments_each):
        for p in range(studio.projects):
            yield p, s


def _segments(studio: Studio) -> Iterator[dict[str, Any]]:
    for p, s in _places(studio):
        yield {
            "id": id_of("segment", p, s),
            "project_id": id_of("project", p),
            "order_index": s,
            "prompt": _prompt(p, s),
            "model_params": {"model": MODEL, "duration": 1},
            "fingerprint": request_of(p, s).fingerprint,
            "pinned": False,
            **_made(s),
        }


def _prompt(p: int, s: int) -> str:
    return f"Shot {s} of film {p}: a wide view over the harbour at dusk, slow push in, soft light"


@cache
def request_of(p: int, s: int, *, variation: int = 0) -> GenerationRequest:
    """What a segment asks for; its clips are there, and its queued job is for a further take."""
    return GenerationRequest(
        provider="ledger",
        model=MODEL,
        prompt=_prompt(p, s),
        params={"duration": 1},
        variation=variation,
    )


def _clips(studio: Studio) -> Iterator[tuple[int, int]]:
    for s in range(studio.clips_each):
        for p in range(studio.projects):
            yield p, s


def _artifacts(studio: Studio) -> Iterator[dict[str, Any]]:
    for p, s in _clips(studio):
        for kind in ("clip", "piece"):
            yield {
                "digest": mark(kind, p, s),
                "size": 4_000_000,
                "content_type": "video/mp4",
                "facts": {"kind": "video", "duration": "5", "frames": 120, "frame_rate": "24"},
                "thumbnail_digest": mark("thumbnail", p, s) if kind == "clip" else None,
                "is_rebuildable": kind == "piece",
                "last_used_at": START,
                "created_at": START,
            }


def _generations(studio: Studio) -> Iterator[dict[str, Any]]:
    for p, s in _clips(studio):
        yield {
            "fingerprint": request_of(p, s).fingerprint,
            "base_fingerprint": request_of(p, s).fingerprint,
            "request": request_of(p, s).to_json(),
            "digest": mark("clip", p, s),
            "provider_job_id": f"key-{id_of('provider', p, s)}",
            "cost_amount": Decimal("0.40"),
            "cost_currency": "USD",
            "created_at": START,
        }


def _compositions(studio: Studio) -> Iterator[dict[str, Any]]:
    for p, s in _clips(studio):
        yield {
            "fingerprint": mark("step", p, s),
            "kind": "clip",
            "digest": mark("piece", p, s),
            "clip_key": mark("key", p, s),
            "first": 0,
            "frames": 120,
            "created_at": START,
        }


def _takes(studio: Studio) -> Iterator[dict[str, Any]]:
    for p, s in _clips(studio):
        yield {
            "id": id_of("take", p, s),
            "segment_id": id_of("segment", p, s),
            "number": 1,
            "fingerprint": request_of(p, s).fingerprint,
            "created_at": START,
        }


def _jobs(studio: Studio) -> Iterator[dict[str, Any]]:
    for p, s in _clips(studio):
        ended = {"state": "succeeded", "finished_at": START}
        yield _job("generate", p, s, fingerprint=request_of(p, s).fingerprint) | ended
        yield _job("compose", p, s, fingerprint=mark("step", p, s)) | ended
    live = datetime.now(UTC) + timedelta(days=1)
    for number, (p, s) in enumerate(_places(studio)):
        asked = request_of(p, s, variation=1)
        job = _job("generate", p, s, fingerprint=asked.fingerprint)
        job |= {"base_fingerprint": asked.base_fingerprint, "payload": {"request": asked.to_json()}}
        if number < studio.doubtful:
            yield job | {"state": "needs_attention"}
        elif number < studio.doubtful + studio.in_flight:
            yield job | {
                "state": "submitted",
                "lease_owner": id_of("worker", 0),
                "lease_until": live,
                "provider_job_id": f"key-{id_of('provider', p, s)}",
            }
        elif number < studio.doubtful + studio.in_flight + studio.queued:
            yield job


def _job(kind: str, p: int, s: int, *, fingerprint: str) -> dict[str, Any]:
    is_generation = kind == "generate"
    price = Decimal("0.40") if is_generation else None
    return {
        "id": id_of("job", kind, fingerprint),
        "kind": kind,
        "fingerprint": fingerprint,
        "base_fingerprint": fingerprint if is_generation else None,
        "project_id": id_of("project", p),
        "segment_id": id_of("segment", p, s),
        "state": "queued",
        "payload": {"request": request_of(p, s).to_json()},
        "model": MODEL if is_generation else None,
        "priority": "normal",
        "stamp": float(s + 1),
        "run_after": START,
        "lease_owner": None,
        "lease_until": None,
        "epoch": 0,
        "attempt": 0,
        "deaths": 0,
        "provider_job_id": None,
        "cancel_requested": False,
        "is_standalone": False,
        "price_low": price,
        "price_high": price,
        "price_known": is_generation,
        "cost_currency": "USD" if is_generation else None,
        "finished_at": None,
        **_made(s),
    }


def _renders(studio: Studio) -> Iterator[dict[str, Any]]:
    films = [f"old {n}" for n in range(studio.films_each - 1)]
    for p in range(studio.projects):
        for name in (*films, "old", "new"):
            yield {
                "id": id_of("render", name, p),
                "project_id": id_of("project", p),
                "status": "processing" if name == "new" else "completed",
                "plan": {},
                "plan_digest": mark("plan", p),
                "profile": PROFILE,
                "priority": "normal",
                "segments_total": studio.segments_each,
                "segments_completed": 0,
                "segments_reused": 0,
                "master_digest": None if name == "new" else mark("master", name, p),
                **_made(p),
            }


def _snapshots(studio: Studio) -> Iterator[dict[str, Any]]:
    for p, s in _clips(studio):
        yield _snapshot("old", p, s) | {
            "fingerprint": request_of(p, s).fingerprint,
            "job_id": id_of("job", "generate", request_of(p, s).fingerprint),
        }
    for p, s in _places(studio):
        asked = request_of(p, s, variation=1).fingerprint
        yield _snapshot("new", p, s) | {
            "fingerprint": asked,
            "job_id": id_of("job", "generate", asked),
        }


def _snapshot(render: str, p: int, s: int) -> dict[str, Any]:
    return {
        "render_id": id_of("render", render, p),
        "position": s,
        "segment_id": id_of("segment", p, s),
        "action": "generate",
        "fingerprint": None,
        "job_id": None,
    }


def _steps(studio: Studio) -> Iterator[dict[str, Any]]:
    """The picture of each clip that was composed; what was made of its sound is left out."""
    for p, s in _clips(studio):
        yield {
            "render_id": id_of("render", "old", p),
            "fingerprint": mark("step", p, s),
            "kind": "clip",
            "stage": STAGES["clip"],
            "seconds": 5.0,
            "segment": s,
            "job_id": id_of("job", "compose", mark("step", p, s)),
            "digest": mark("piece", p, s),
        }
