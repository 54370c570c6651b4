"""Previews for editors: what there is of them, and asking for what there is not. An ask answers at
once; a step that failed rests before it is tried again."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import structlog

from video_foundry.core.previews import (
    KINDS,
    Filmstrip,
    Outline,
    PreviewKind,
    PreviewStep,
    Proxy,
    Subject,
    Waveform,
    outline,
    rest_after,
)
from video_foundry.db.media import artifact_by_digest, artifacts_by_digest
from video_foundry.db.previews import (
    Made,
    Tried,
    made_previews,
    subject_of,
    tried_previews,
)
from video_foundry.db.storage import TOUCH_EVERY, touch
from video_foundry.db.store import Session, retried
from video_foundry.errors import FoundryError, NotFound
from video_foundry.jobs.previews import ask_at_once, ask_for_previews
from video_foundry.services.context import Context

AT_ONCE = 1000
"""Steps that one transaction enqueues."""

logger = structlog.get_logger(__name__)

State = Literal["ready", "making", "failed", "off"]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What somebody wants to see. project_id: for whom, as projects take turns. again: try at once
    what failed, however short ago."""

    digests: Sequence[str]
    kinds: Sequence[PreviewKind] = KINDS
    project_id: str | None = None
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """How one artifact of a preview stands. made: when ready. tried: its error, when failed,
    and its progress. again_at: when a failed one may be tried again."""

    state: State
    made: Made | None = None
    tried: Tried = field(default_factory=Tried)
    again_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PreviewsView:
    """The previews of one artifact that were asked for. parts: how each step stands, and perhaps
    others, by fingerprint."""

    outline: Outline
    parts: Mapping[str, Part]

    @property
    def subject(self) -> Subject:
        """What they are of."""
        return self.outline.subject

    @property
    def filmstrips(self) -> Sequence[tuple[Filmstrip, list[Part]]]:
        """Each with how its sheets stand; none for what has no picture, or was not asked for."""
        return [
            (strip, [self._part(step) for step in steps]) for strip, steps in self.outline.strips
        ]

    @property
    def waveform(self) -> tuple[Waveform, Part] | None:
        """None for what has no sound, or was not asked for."""
        found = self.outline.waveform
        return None if found is None else (found[0], self._part(found[1]))

    @property
    def proxy(self) -> tuple[Proxy, Part] | None:
        """None for what does not move, or was not asked for."""
        found = self.outline.proxy
        return None if found is None else (found[0], self._part(found[1]))

    def _part(self, step: PreviewStep) -> Part:
        return self.parts[step.fingerprint]


async def get_previews(ctx: Context, ask: Ask) -> PreviewsView:
    """The previews of the one artifact asked for. Raises NotFound."""
    found = await list_previews(ctx, ask)
    if not found:
        raise NotFound(f"there is no artifact {ask.digests[0]}", field="digest")
    return found[0]


async def list_previews(ctx: Context, ask: Ask) -> list[PreviewsView]:
    """The previews of all artifacts asked for that exist, in the order of the ask. What is missing
    is enqueued: that takes a number of statements which hardly grows with that of the artifacts."""
    now = ctx.store.now()
    async with ctx.store.read() as session:
        outlines = [outline(s, ask.kinds) for s in await _subjects(session, ask.digests)]
        steps = {step.fingerprint: step for found in outlines for step in found.steps}
        parts = await _parts(session, steps.keys())
    if ctx.preview_policy != "off":
        missing = [steps[mark] for mark, part in parts.items() if _is_wanted(part, ask, now)]
        for start in range(0, len(missing), AT_ONCE):
            parts |= await _enqueue(ctx, missing[start : start + AT_ONCE], ask.project_id)
    await _note_use(ctx, parts.values(), now)
    return [PreviewsView(outline=found, parts=parts) for found in outlines]


async def _subjects(session: Session, digests: Sequence[str]) -> list[Subject]:
    artifacts = await artifacts_by_digest(session, set(digests))
    wanted = dict.fromkeys(digests)
    return [subject_of(artifacts[digest]) for digest in wanted if digest in artifacts]


async def _parts(session: Session, marks: Set[str]) -> dict[str, Part]:
    """How each step stands, in the order of `marks`, before anything is asked for."""
    if not marks:
        return {}
    made = await made_previews(session, marks)
    tried = await tried_previews(session, marks - made.keys()) if len(made) < len(marks) else {}
    return {mark: _part(made.get(mark), tried.get(mark, Tried())) for mark in marks}


def _part(made: Made | None, tried: Tried) -> Part:
    if made is not None:
        return Part(state="ready", made=made)
    if tried.open_job:
        return Part(state="making", tried=tried)
    if tried.failures and tried.failed_at is not None:
        again_at = tried.failed_at + rest_after(tried.failures)
        return Part(state="failed", tried=tried, again_at=again_at)
    return Part(state="off")


def _is_wanted(part: Part, ask: Ask, now: datetime) -> bool:
    """Whether there is none, nor one under way, nor one that failed just now."""
    is_rested = part.again_at is not None and (ask.again or part.again_at <= now)
    return part.state == "off" or (part.state == "failed" and is_rested)


@retried
async def _enqueue(
    ctx: Context, steps: Sequence[PreviewStep], project_id: str | None
) -> dict[str, Part]:
    async with ctx.store.write() as tx:
        jobs = await ask_for_previews(tx, steps, project_id)
    return {
        step.fingerprint: Part(state="making", tried=Tried(open_job=job.id))
        for step, job in zip(steps, jobs, strict=True)
    }


async def _note_use(ctx: Context, parts: Collection[Part], now: datetime) -> None:
    """Remember that somebody looks at these, so that others go first when room is made. To the
    hour, and whatever goes wrong with it is nobody's trouble."""
    used = {p.made.digest for p in parts if p.made and now - p.made.used_at >= TOUCH_EVERY}
    if not used:
        return
    try:
        async with ctx.store.write() as tx:
            await touch(tx.session, tx.now, used)
    except FoundryError:
        return  # they are shown all the same


async def ask_when_filed(ctx: Context, digest: str, project_id: str | None) -> None:
    """Where previews are made at once: ask for those of a result that was filed a moment ago. What
    goes wrong with it is made good by the first look at them, and must not touch what was paid."""
    if ctx.preview_policy != "eager":
        return
    try:
        await _ask_at_once(ctx, digest, project_id)
    except FoundryError as error:
        logger.warning("previews were not asked for", digest=digest, reason=error.message)


@retried
async def _ask_at_once(ctx: Context, digest: str, project_id: str | None) -> None:
    async with ctx.store.write() as tx:
        await ask_at_once(tx, await artifact_by_digest(tx.session, digest), project_id)
