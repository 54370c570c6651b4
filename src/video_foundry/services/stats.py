"""Numbers to watch. What the rows know is read when asked for; what only this process knows (its
disk, its event loop, the counters of `ports.metrics`) stands in the process's own registry."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, Histogram, Info, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from video_foundry import __version__
from video_foundry.core.jobs import JobState
from video_foundry.db import stats
from video_foundry.db.store import Session
from video_foundry.errors import PartUnavailable
from video_foundry.ports.metrics import PART_FAILURES
from video_foundry.services.context import Context
from video_foundry.telemetry import clean

SPEND_SECONDS = 60.0
"""How old the spend may be: it is summed over every job there ever was."""
READ_SECONDS = 10.0
LAG_SECONDS = 0.5
"""How often the event loop's lateness is measured."""

ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "video_foundry_database_readable": ("Whether the rows could be read for this answer", ()),
    "video_foundry_jobs": ("Jobs by kind and state", ("kind", "state")),
    "video_foundry_oldest_queued_seconds": (
        "How long the oldest job that may be claimed has waited",
        ("kind",),
    ),
    "video_foundry_submissions_unknown": (
        "Submissions of unclear outcome: they may have been paid for",
        (),
    ),
    "video_foundry_attention_waiting": ("Jobs that wait for a person's decision", ()),
    "video_foundry_attention_cost": (
        "What submissions of unclear outcome may have cost at most, where a price is known",
        ("currency",),
    ),
    "video_foundry_renders_open": ("Renders under way", ()),
    "video_foundry_slots_used": ("Generations that a provider has at the moment", ("model",)),
    "video_foundry_spend": (
        "What all generations have cost so far, whatever became of them",
        ("provider", "currency"),
    ),
}
"""Gauges that every API replica answers alike: name -> (help, labels)."""

INFO = Info("video_foundry", "The version that runs here")
INFO.info({"version": __version__})
DISK_FREE = Gauge("video_foundry_disk_free_bytes", "Free bytes where files under way are kept")
LOOP_LAG = Histogram(
    "video_foundry_event_loop_lag_seconds",
    "How late the event loop came back to a task that slept",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)

Sample = tuple[tuple[str, ...], float]
Samples = dict[str, list[Sample]]

logger = structlog.get_logger(__name__)


class RowMetrics:
    """The gauges read from the rows of one installation, by one reader at a time."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._reading = asyncio.Lock()
        self._samples: Samples = {}
        self._read_at = float("-inf")
        self._spend: list[Sample] = []
        self._spend_at = float("-inf")

    async def text(self) -> bytes:
        """Everything in Prometheus' format. Rows that cannot be read now are left out, and
        video_foundry_database_readable is 0: an old number would look like a good one."""
        asked_at = time.monotonic()
        async with self._reading:
            if self._read_at < asked_at:  # whoever came while others read shares the next reading
                self._read_at = time.monotonic()
                self._samples = await self._read_safely()
        rows = CollectorRegistry(auto_describe=False)
        rows.register(_Gauges(self._samples))
        return process_metrics(self._ctx.scratch) + generate_latest(rows)

    async def _read_safely(self) -> Samples:
        try:
            async with asyncio.timeout(READ_SECONDS), self._ctx.store.read() as session:
                return await self._read(session)
        except Exception as error:
            if not isinstance(error, PartUnavailable):  # that one was counted where it arose
                PART_FAILURES.labels("database").inc()
            logger.warning("the rows cannot be read for metrics", error=clean(repr(error))[:300])
            return {"video_foundry_database_readable": [((), 0.0)]}

    async def _read(self, session: Session) -> Samples:
        counts = await stats.count_jobs(session)
        waiting = _sum(counts, JobState.NEEDS_ATTENTION)
        return {
            "video_foundry_database_readable": [((), 1.0)],
            "video_foundry_jobs": [((kind, state), float(n)) for kind, state, n in counts],
            "video_foundry_oldest_queued_seconds": await self._ages(session),
            "video_foundry_submissions_unknown": [((), _sum(counts, JobState.UNKNOWN) + waiting)],
            "video_foundry_attention_waiting": [((), waiting)],
            "video_foundry_attention_cost": _totals(
                ((currency,), cost) for currency, cost in await stats.attention_cost(session)
            ),
            "video_foundry_renders_open": [((), float(await stats.count_open_renders(session)))],
            "video_foundry_slots_used": [
                ((model,), float(n)) for model, n in await stats.slots_used(session)
            ],
            "video_foundry_spend": await self._spent(session),
        }

    async def _ages(self, session: Session) -> list[Sample]:
        oldest, now = await stats.oldest_queued(session), self._ctx.clock.now()
        since = ((kind, oldest.get(kind, now)) for kind in ("generate", "compose"))
        return [((kind,), max(0.0, (now - moment).total_seconds())) for kind, moment in since]

    async def _spent(self, session: Session) -> list[Sample]:
        if time.monotonic() - self._spend_at > SPEND_SECONDS:
            rows = await stats.spend(session)
            self._spend = _totals(((provider, unit), cost) for provider, unit, cost in rows)
            self._spend_at = time.monotonic()
        return self._spend


class _Gauges(Collector):
    """One reading, in the form that Prometheus' library writes out."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def collect(self) -> Iterator[Metric]:
        for name, samples in self._samples.items():
            words, labels = ROWS[name]
            family = GaugeMetricFamily(name, words, labels=labels)
            for values, number in samples:
                family.add_metric(values, number)
            yield family


def process_metrics(folder: Path) -> bytes:
    """What this process alone knows, in Prometheus' format. folder: on the disk that matters."""
    with contextlib.suppress(OSError):  # then the readiness says what is wrong with it
        DISK_FREE.set(shutil.disk_usage(folder).free)
    return generate_latest(REGISTRY)


@contextlib.asynccontextmanager
async def watching_the_loop() -> AsyncIterator[None]:
    """While the block runs, how late the event loop is becomes a metric."""
    watching = asyncio.create_task(_watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch() -> None:
    while True:
        started = time.monotonic()
        await asyncio.sleep(LAG_SECONDS)
        LOOP_LAG.observe(max(0.0, time.monotonic() - started - LAG_SECONDS))


def _sum(counts: Iterable[tuple[str, str, int]], wanted: JobState) -> float:
    return float(sum(count for _, state, count in counts if state == wanted))


def _totals(samples: Iterable[Sample]) -> list[Sample]:
    """The samples, those of the same labels added up."""
    totals: dict[tuple[str, ...], float] = {}
    for labels, number in samples:
        totals[labels] = totals.get(labels, 0.0) + number
    return list(totals.items())
