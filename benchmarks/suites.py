"""What is measured. Each suite returns rows and leaves nothing behind."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.cluster import cluster
from benchmarks.composing.suites import compose, compose_full
from benchmarks.editor import editor
from benchmarks.in_flight import in_flight
from benchmarks.long_film import long_film
from benchmarks.plans import plans
from benchmarks.preview import preview
from benchmarks.queue import queue
from benchmarks.rate import rate
from benchmarks.report import Row, load
from benchmarks.server import bare_route, foundry
from benchmarks.servers import needing, running
from video_foundry.testing.stack.postgres import Postgres

SMALL = {"width": 320, "height": 180, "fps": 24}
REQUESTS = 300
CONCURRENCY = 8
ROUNDS = 3


async def _project(client: httpx2.AsyncClient, count: int, **params: Any) -> str:
    made = await client.post("/api/projects", json={"name": "Benchmark", "settings": SMALL})
    project_id: str = made.json()["id"]
    for number in range(count):
        body = {"prompt": f"Shot {number}", "model_params": {"model": "mock-ai", **params}}
        answer = await client.post(f"/api/projects/{project_id}/segments", json=body)
        answer.raise_for_status()
    return project_id


async def _render(client: httpx2.AsyncClient, project_id: str) -> tuple[float, dict[str, Any]]:
    """Wall seconds from the click to the finished film, and the render."""
    begun = time.perf_counter()
    render = (await client.post(f"/api/projects/{project_id}/render")).json()
    while render["status"] not in ("completed", "failed", "cancelled"):
        await asyncio.sleep(0.05)
        render = (await client.get(f"/api/render-jobs/{render['id']}")).json()
    if render["status"] != "completed":
        raise RuntimeError(render["error_message"])
    return time.perf_counter() - begun, render


async def rerender() -> list[Row]:
    """A render with nothing changed, and with one prompt changed, against the first."""
    with tempfile.TemporaryDirectory() as folder:
        async with foundry(Path(folder)) as client:
            project_id = await _project(client, 20, duration=2)
            first, _ = await _render(client, project_id)
            again = [await _render(client, project_id) for _ in range(5)]
            nothing = statistics.median(wall for wall, _ in again)
            segments = (await client.get(f"/api/projects/{project_id}")).json()["segments"]
            await client.put(f"/api/segments/{segments[7]['id']}", json={"prompt": "Another"})
            changed, render = await _render(client, project_id)
    base = f"{first:.2f} s first render"
    return [
        Row(
            what="render, nothing changed, 20 segments",
            ours=f"{nothing:.3f} s",
            theirs=base,
            ratio=nothing / first,
            note=f"generated {again[0][1]['segments_completed']}",
        ),
        Row(
            what="render, one prompt of 20 changed",
            ours=f"{changed:.2f} s",
            theirs=base,
            ratio=changed / first,
            note=f"generated {render['segments_completed']}",
        ),
    ]


async def hundred() -> list[Row]:
    """100 generations of 2 s each at the provider."""
    latency, count = 2.0, 100
    with tempfile.TemporaryDirectory() as folder:
        async with foundry(Path(folder)) as client:
            project_id = await _project(client, count, duration=1, latency=latency)
            wall, render = await _render(client, project_id)
    one_by_one = latency * count
    return [
        Row(
            what="100 mock-ai segments of 2 s latency, to the film",
            ours=f"{wall:.1f} s",
            theirs=f"{one_by_one:.0f} s waiting one by one",
            ratio=wall / one_by_one,
            note=f"{render['frames']} frames",
        )
    ]


async def _rate(get: Callable[[], Awaitable[httpx2.Response]]) -> float:
    """Answers a second over a bounded number of requests."""
    left = iter(range(REQUESTS))

    async def one_after_another() -> None:
        for _ in left:
            (await get()).raise_for_status()

    begun = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(CONCURRENCY)))
    return REQUESTS / (time.perf_counter() - begun)


async def listing() -> list[Row]:
    """The project list and one project of 100 segments, against a bare route with equal bytes."""
    return await _listing("SQLite")


@needing("listing on PostgreSQL", Postgres)
async def listing_on_postgres() -> list[Row]:
    """The same with the rows in PostgreSQL."""
    async with running(Postgres) as postgres:
        url = await asyncio.to_thread(postgres.make_database, "listing")
        return await _listing("PostgreSQL", DATABASE_URL=url)


async def _listing(database: str, **settings: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with foundry(folder / "data", **settings) as client:
            ids = [await _project(client, 100) for _ in range(10)]
            lists = f"GET project list, {database}"
            one = f"GET project of 100 segments, {database}"
            return [
                await _against_bare(client, folder, "/api/projects", lists),
                await _against_bare(client, folder, f"/api/projects/{ids[0]}", one),
            ]


async def _against_bare(client: httpx2.AsyncClient, folder: Path, path: str, what: str) -> Row:
    body = folder / "body.json"
    body.write_bytes((await client.get(path)).content)
    ours, theirs = [], []
    async with bare_route(body) as bare:
        for _ in range(ROUNDS):
            ours.append(await _rate(lambda: client.get(path)))
            theirs.append(await _rate(lambda: bare.get("/")))
    mine, other = statistics.median(ours), statistics.median(theirs)
    return Row(
        what=f"{what} (10 projects of 100 segments)",
        ours=f"{mine:.0f}/s",
        theirs=f"{other:.0f}/s bare FastAPI route, same bytes",
        ratio=mine / other,
        note=f"{body.stat().st_size} bytes; {load()}",
    )


SUITES: dict[str, Callable[[], Coroutine[Any, Any, list[Row]]]] = {
    "rerender": rerender,
    "hundred": hundred,
    "listing": listing,
    "compose": compose,
    "compose_full": compose_full,
    "queue": queue,
    "plans": plans,
    "rate": rate,
    "listing_on_postgres": listing_on_postgres,
    "in_flight": in_flight,
    "cluster": cluster,
    "editor": editor,
    "long_film": long_film,
    "preview": preview,
}
BY_DEFAULT = ("rerender", "hundred", "listing", "compose")
"""Those that need nothing but the product itself; the others need the servers of a cluster, or
a browser, and time."""
