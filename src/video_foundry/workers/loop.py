"""The worker loop: claims jobs, keeps their leases alive, hands them to a handler, and gives them
back on the way out. What a job does is the handler's business."""

import asyncio
import contextlib
import contextvars
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

from video_foundry import telemetry
from video_foundry.core.previews import LINE as PREVIEWS
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import JobRow
from video_foundry.errors import PartUnavailable
from video_foundry.jobs import queue
from video_foundry.jobs.hints import hints_for
from video_foundry.jobs.waiting import Room
from video_foundry.ports.metrics import LATE_HEARTBEATS, LEASES_LOST
from video_foundry.ports.wake import JobKind
from video_foundry.services._halts import Standstill, standstill
from video_foundry.services.context import Context
from video_foundry.workers.accounts import room_for
from video_foundry.workers.hand import LATE_SHARE, Brief, Handle
from video_foundry.workers.tidy import tidy

POLL_SECONDS = 1.0
"""How long a lost hint may cost."""
PROGRESS_STEP = 0.05
"""A smaller step is told to whoever listens, and not written down."""
WATCH_SECONDS = 0.4
"""How soon a cancelled job notices."""
STARTING_AT_ONCE = 32
"""Jobs that a worker brings on their way at the same time; those that are followed do not count."""
GRACE_SECONDS = 20.0
"""How long a stopping worker lets submits under way finish."""
GIVE_BACK_SECONDS = 10.0
"""How long giving jobs back may take before it is left to their leases."""
CRASH_REST_SECONDS = 5.0
"""How long a job rests after its handler broke."""
PART_REST_SECONDS = 2.0
"""How long a job rests that met a part of the installation that was away."""
FROZEN_LOOK_SECONDS = 2.0
"""How often transactions of processes that fell silent are looked for."""
TIDY_SECONDS = 600.0
"""How often files that killed workers left behind are looked for."""

logger = structlog.get_logger(__name__)


Handler = Callable[[Handle], Awaitable[float | None]]
"""Does what is to be done for a job now; returns after how many seconds there is more, or None
when it is out of our hands."""


class WorkerLoop:
    """Runs jobs of one kind, up to `capacity` at once, until stopped."""

    def __init__(self, ctx: Context, kind: JobKind, handler: Handler, *, capacity: int) -> None:
        self._ctx = ctx
        self._kind = kind
        self._handler = handler
        self._capacity = capacity
        self._owner = str(uuid4())
        self._hands: dict[str, Handle] = {}
        self._stopping = asyncio.Event()
        self._freed = asyncio.Event()
        self._renewed_at = time.monotonic()
        self._is_ill = False
        self._is_leaving = False
        # Ours by the rows, but in no hand: taken this moment, or given back in vain.
        self._strays: set[str] = set()
        # Of timers, so that each does not hold on to what is bound for its job.
        self._context = contextvars.copy_context()

    async def run(self) -> None:
        """Work until `stop`. Errors of the machinery are logged and survived."""
        helpers = [
            asyncio.create_task(self._forever(self._tidy, TIDY_SECONDS, at_once=True)),
            asyncio.create_task(self._forever(self._heartbeat, queue.HEARTBEAT_SECONDS)),
            asyncio.create_task(self._forever(self._watch_cancels, WATCH_SECONDS)),
            asyncio.create_task(self._forever(self._end_frozen, FROZEN_LOOK_SECONDS)),
        ]
        try:
            while not self._stopping.is_set():
                self._freed.clear()  # before claiming: a hand may become free meanwhile
                taken = await self._claim_safely()
                if not taken:
                    await self._wait_for_work()
            await self._drain()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    def stop(self) -> None:
        """Stop claiming; `run` returns when everything is finished or given back."""
        self._stopping.set()
        self._freed.set()
        for hand in self._hands.values():
            hand.is_stopping = True

    async def _claim_safely(self) -> int:
        try:
            taken = await self._claim()
        except Exception as error:
            self._complain("claiming failed", error)
            await asyncio.sleep(POLL_SECONDS)
            return 0
        if self._is_ill:
            self._is_ill = False
            logger.info("the database is back", kind=self._kind)
        return taken

    def _complain(self, what: str, error: Exception) -> None:
        """One line when a part goes away, not one a second; anything else in full."""
        if not isinstance(error, PartUnavailable):
            logger.error(what, kind=self._kind, exc_info=error)
        elif not self._is_ill:
            self._is_ill = True
            logger.warning(what, kind=self._kind, part=error.part, reason=error.message)

    async def _claim(self) -> int:
        room = self._room()
        if room <= 0:
            return 0
        async with self._ctx.store.read() as session:
            still = await self._standstill(session)
            now, halted = self._ctx.store.now(), still.models
            if not await queue.any_claimable(session, self._kind, now, halted=halted):
                return 0
        async with self._ctx.store.write() as tx:
            by_model = await self._room_by_model(tx)
            jobs = await queue.claim(tx, self._kind, self._owner, room, room=by_model)
            if len(jobs) == room:
                tx.wakes.add(self._kind)  # there may be more, for somebody who has room
        for job in jobs:
            self._start(job)
        return len(jobs)

    def _room(self) -> int:
        """How many more jobs may be taken: as many as capacity allows, of which a few at a time are
        being brought to their provider."""
        starting = sum(hand.is_starting for hand in self._hands.values())
        return min(self._capacity - len(self._hands), STARTING_AT_ONCE - starting)

    @property
    def _is_generating(self) -> bool:
        return self._kind == "generate"

    async def _standstill(self, session: Session) -> Standstill:
        return await standstill(self._ctx, session) if self._is_generating else Standstill()

    async def _room_by_model(self, tx: Tx) -> Room:
        if self._is_generating:
            return await room_for(self._ctx, tx.session, await self._standstill(tx.session))
        # Half of the hands at most, so that renders always find one.
        previews = sum(hand.brief.model == PREVIEWS for hand in self._hands.values())
        return Room(places={PREVIEWS: max(1, self._capacity // 2) - previews})

    def _start(self, job: JobRow) -> None:
        brief = Brief.of(job)
        hand = Handle(brief=brief, row=job, owner=self._owner, moved_on=self._freed.set)
        hand.hinted_at = job.run_after  # which every row has, hint or not
        self._hands[job.id] = hand
        self._take_up(hand)

    def _take_up(self, hand: Handle) -> None:
        hand.timer = None
        if self._is_leaving:
            return
        name = f"{self._kind}:{hand.brief.id}"
        hand.task = asyncio.create_task(self._run_one(hand), name=name)

    async def _run_one(self, hand: Handle) -> None:
        """Let the handler do what is to be done now; then the job rests, or is out of our hands."""
        job_id, rest, hand.is_hinted = hand.brief.id, None, False
        try:
            rest = await self._handle(hand)
        finally:
            is_ours = self._hands.get(job_id) is hand
            if is_ours and rest is not None:
                hand.forget()
                hand.task = None
                loop = asyncio.get_running_loop()
                seconds = 0.0 if hand.is_hinted else rest  # a hint that came while it was asked
                hand.timer = loop.call_later(seconds, self._take_up, hand, context=self._context)
            else:
                if is_ours:
                    del self._hands[job_id]
                self._freed.set()

    async def _handle(self, hand: Handle) -> float | None:
        brief = hand.brief
        names = {
            "job_id": brief.id,
            "kind": brief.kind,
            "model": brief.model,
            "project_id": brief.project_id,
        }
        with bound_contextvars(**names):
            try:
                if hand.is_brief:  # a poll without news would be a span every few seconds
                    return await self._handler(hand)
                with telemetry.span("job", **names):
                    return await self._handler(hand)
            except queue.LeaseLost:
                LEASES_LOST.labels(self._kind).inc()
                logger.warning("the lease was lost; nothing more is written for this job")
            except asyncio.CancelledError:
                logger.info("job given back unfinished")
                raise
            except PartUnavailable as error:
                logger.warning("the job waits for a part of the installation", reason=error.message)
                await self._give_back([brief.id], rest_seconds=PART_REST_SECONDS)
            except Exception:
                logger.exception("the job's handler broke; the job is given back")
                await self._give_back([brief.id], rest_seconds=CRASH_REST_SECONDS, crashed=True)
        return None

    async def _wait_for_work(self) -> None:
        """Until a hint, a free hand or the poll interval, whichever comes first."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._freed.wait())]
        if self._room() > 0:  # with both hands full, a hint is for somebody else
            seconds = POLL_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 - spreads polls
            waits.append(asyncio.create_task(self._ctx.wake.wait(self._kind, seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _forever(
        self, step: Callable[[], Awaitable[None]], seconds: float, *, at_once: bool = False
    ) -> None:
        await asyncio.sleep(0 if at_once else seconds)
        while True:
            try:
                await step()
            except Exception as error:
                self._complain("worker housekeeping failed", error)
            await asyncio.sleep(seconds)

    async def _tidy(self) -> None:
        await tidy(self._ctx, self._kind)

    async def _end_frozen(self) -> None:
        if ended := await self._ctx.store.end_frozen():
            logger.warning("transactions of processes that fell silent were ended", sessions=ended)

    async def _heartbeat(self) -> None:
        late = time.monotonic() - self._renewed_at > queue.LEASE.total_seconds() * LATE_SHARE
        self._renewed_at = time.monotonic()
        if late and self._hands:
            LATE_HEARTBEATS.labels(self._kind).inc()
            logger.warning("the heartbeat was late; jobs may have gone to others", kind=self._kind)
        asked, asked_at = dict(self._hands), time.monotonic()  # jobs taken meanwhile are not meant
        async with self._ctx.store.write(urgent=True) as tx:
            held = await queue.renew(tx, self._owner, asked.keys())
            await queue.keep_progress(tx, self._owner, self._changed_progress())
            strays = await queue.owned(tx.session, self._owner) - asked.keys()
            done = await queue.succeeded(tx.session, asked.keys() - held)
        for job_id, hand in asked.items():
            if job_id in held:
                hand.held_at = asked_at
            else:
                self._drop(hand, is_done=job_id in done)
        await self._give_back(sorted(strays & self._strays - self._hands.keys()))
        self._strays = strays

    def _changed_progress(self) -> dict[str, float]:
        changed = {
            job_id: hand.progress
            for job_id, hand in self._hands.items()
            if abs(hand.progress - hand.stored_progress) >= PROGRESS_STEP
        }
        for job_id, share in changed.items():
            self._hands[job_id].stored_progress = share
        return changed

    def _drop(self, hand: Handle, *, is_done: bool) -> None:
        """Leave a job alone that went to somebody else, or has ended. is_done: with success, maybe
        a moment ago by what is at work on it, which then has something to do after that."""
        if hand.stay_down():
            del self._hands[hand.brief.id]
            self._freed.set()
        elif hand.task is not None and hand.is_safe and not is_done:
            hand.task.cancel()

    async def _watch_cancels(self) -> None:
        if not self._hands:
            return
        async with self._ctx.store.read() as session:
            called_off = await queue.cancel_requested(session, self._owner)
        for job_id, hand in self._hands.items():
            if job_id in called_off:
                self._cancel(hand)
            elif hand.is_cancelled:
                hand.go_on()
        if self._is_generating and self._ctx.public_url:  # else there is nobody who could hint
            await self._watch_hints()

    async def _watch_hints(self) -> None:
        async with self._ctx.store.read() as session:
            hints = await hints_for(session, self._owner, self._ctx.store.now())
        for job_id, at in hints.items():
            hand = self._hands.get(job_id)
            if hand is not None and hand.hint(at) and hand.stay_down():
                self._take_up(hand)

    def _cancel(self, hand: Handle) -> None:
        is_news = not hand.is_cancelled
        hand.cancel()
        if is_news and hand.stay_down():
            self._take_up(hand)

    async def _drain(self) -> None:
        """Let submits finish, stop the rest, give the leases back."""
        ours = list(self._hands)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self._until_safe()
        self._is_leaving = True  # from here on, rests end in nothing
        tasks = [h.task for h in self._hands.values() if h.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for hand in self._hands.values():
            hand.stay_down()
        await self._give_back(ours)

    async def _until_safe(self) -> None:
        while not all(hand.is_safe for hand in self._hands.values()):
            self._freed.clear()
            await self._freed.wait()

    async def _give_back(
        self, ids: list[str], *, rest_seconds: float = 0.0, crashed: bool = False
    ) -> None:
        """Best done now; what cannot be given back comes back when its lease runs out."""
        if not ids:
            return
        try:
            async with asyncio.timeout(GIVE_BACK_SECONDS):
                await self._release(ids, rest_seconds, crashed)
        except (PartUnavailable, TimeoutError) as error:
            logger.warning("jobs not given back", jobs=len(ids), reason=str(error))

    @retried
    async def _release(self, ids: list[str], rest_seconds: float, crashed: bool) -> None:
        async with self._ctx.store.write() as tx:
            await queue.release(tx, self._owner, ids, rest_seconds=rest_seconds, crashed=crashed)
            tx.wakes.add(self._kind)
