"""Requests that stand in for a refused one: how a render keeps them, or a job that somebody asked
for by itself, and the step from one to the next, in the transaction in which it was refused. Never
after a doubt: see `core.jobs.may_stand_in`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import may_stand_in
from video_foundry.core.money import Price
from video_foundry.db.bulk import write_columns
from video_foundry.db.generations import digests_of
from video_foundry.db.jobs import whole_jobs
from video_foundry.db.once import insert_once
from video_foundry.db.store import Tx
from video_foundry.db.tables import (
    JobRow,
    RenderAskRow,
    RenderRow,
    RenderSegmentRow,
)
from video_foundry.jobs.asks import pass_asks_on
from video_foundry.jobs.enqueue import NewJob, enqueue_all
from video_foundry.jobs.steps import priority_of


def link_to_json(
    clip: NewJob, pictures: Sequence[NewJob], asked_seconds: str | None
) -> dict[str, Any]:
    """A request that stands in, with the pictures that it is made from."""
    return {
        "clip": _job_to_json(clip),
        "pictures": [_job_to_json(one) for one in pictures],
        "asked_seconds": asked_seconds,
    }


def _job_to_json(new: NewJob) -> dict[str, Any]:
    price = new.price
    return {
        "fingerprint": new.fingerprint,
        "base_fingerprint": new.base_fingerprint,
        "payload": new.payload,
        "model": new.model,
        "price": price and [f"{price.low:f}", f"{price.high:f}", price.currency, price.is_known],
    }


def _job(told: Mapping[str, Any], asker: Mapping[str, Any]) -> NewJob:
    """asker: what else is said of a job, such as whose turn it takes."""
    low, high, currency, is_known = told["price"] or ("0", "0", "USD", False)
    return NewJob(
        kind="generate",
        fingerprint=told["fingerprint"],
        base_fingerprint=told["base_fingerprint"],
        payload=told["payload"],
        model=told["model"],
        price=Price(low=Decimal(low), high=Decimal(high), currency=currency, is_known=is_known),
        **asker,
    )


def _of_render(render: RenderRow, row: RenderSegmentRow) -> dict[str, Any]:
    return {
        "project_id": render.project_id,
        "segment_id": row.segment_id,
        "priority": priority_of(render.priority),
        "has_stand_in": len(row.fallbacks or ()) > 1,
    }


async def stand_in(tx: Tx, job: JobRow) -> JobRow | None:
    """Ask the next model for what somebody asked for by itself, where this job was refused; its
    job, None where there is no other model or nothing may stand in. It is asked for by the same
    segments, and kept to the price that was agreed to for all of them."""
    if not job.stand_ins or not job.is_standalone or not _is_refused(job):
        return None
    link, *rest = job.stand_ins
    asker = {
        "project_id": job.project_id,
        "segment_id": job.segment_id,
        "priority": priority_of(job.priority),
        "is_standalone": True,
        "has_stand_in": bool(rest),
    }
    clip = replace(_job(link["clip"], asker), stand_ins=tuple(rest))
    pictures = [_job(one, asker) for one in link["pictures"]]
    marks = {clip.fingerprint, *(one.fingerprint for one in pictures)}
    wanted = with_needs([(clip, pictures)], await results_there(tx.session, marks))
    jobs = {one.fingerprint: one for one in await enqueue_all(tx, wanted)} if wanted else {}
    await pass_asks_on(tx, job.id, [one.id for one in jobs.values()])
    return jobs.get(clip.fingerprint)


async def fall_back(tx: Tx, render: RenderRow, rows: Sequence[RenderSegmentRow]) -> bool:
    """Ask the next model where one has refused; whether there was any. Doing it twice changes
    nothing: a segment asks for something else then."""
    waiting = [row for row in rows if row.digest is None and row.fallbacks and row.job_id]
    jobs = await whole_jobs(tx.session, {row.job_id or "" for row in waiting}) if waiting else {}
    refused = [row for row in waiting if _is_refused(jobs.get(row.job_id or ""))]
    if not refused:
        return False
    for row in refused:
        await note_ask(tx, render.id, row.fingerprint or "", row.job_id)
    await _ask_next(tx, render, refused)
    return True


def _is_refused(job: JobRow | None) -> bool:
    return job is not None and may_stand_in(job.state, job.error_code)


async def _ask_next(tx: Tx, render: RenderRow, rows: Sequence[RenderSegmentRow]) -> None:
    nexts = [(row, (row.fallbacks or [])[0]) for row in rows]
    clips = {row: _job(link["clip"], _of_render(render, row)) for row, link in nexts}
    pictures = {
        row: [_job(one, _of_render(render, row)) for one in link["pictures"]] for row, link in nexts
    }
    marks = {new.fingerprint for new in clips.values()}
    marks |= {new.fingerprint for several in pictures.values() for new in several}
    there = await results_there(tx.session, marks)
    asked = with_needs([(clips[row], pictures[row]) for row in rows], there)
    jobs = {job.fingerprint: job for job in await enqueue_all(tx, asked)} if asked else {}
    for row, link in nexts:
        mark = clips[row].fingerprint
        row.fallbacks = (row.fallbacks or [])[1:] or None
        row.fingerprint, row.asked_seconds = mark, link["asked_seconds"]
        row.job_id = jobs[mark].id if mark in jobs else None
        for one in pictures[row]:
            if one.fingerprint in jobs:
                await note_ask(tx, render.id, one.fingerprint, jobs[one.fingerprint].id)
    await write_columns(tx.session, rows, "fingerprint", "asked_seconds", "job_id", "fallbacks")


def with_needs(
    asked: Sequence[tuple[NewJob, Sequence[NewJob]]], there: Collection[str]
) -> list[NewJob]:
    """What is to be enqueued for these clips and their pictures: what is there is not asked for,
    and a clip waits for the pictures that are not."""
    wanted = []
    for clip, pictures in asked:
        if clip.fingerprint in there:
            continue
        missing = [one for one in pictures if one.fingerprint not in there]
        marks = tuple(dict.fromkeys(one.fingerprint for one in missing))
        wanted += [*missing, replace(clip, needs=marks)]
    return wanted


async def results_there(session: AsyncSession, fingerprints: Collection[str]) -> set[str]:
    """Those of these requests that the memory of paid work holds an answer to."""
    return set(await digests_of(session, fingerprints))


async def note_ask(tx: Tx, render_id: str, fingerprint: str, job_id: str | None) -> None:
    """Note that a render has asked for this beside the clips that it waits for now."""
    row = RenderAskRow(render_id=render_id, fingerprint=fingerprint, job_id=job_id)
    await insert_once(tx.session, row)
