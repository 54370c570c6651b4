"""Requests that stand in for a refused one: how a render keeps them, or a job that somebody asked
for by itself, and the step from one to the next, in the transaction in which it was refused. Never
after a doubt (`core.jobs.may_stand_in`), and never for more than was agreed to for one clip.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import may_stand_in
from video_foundry.core.money import Money, Price, is_within
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

Link = Mapping[str, Any]
"""A request that stands in, as JSON: see `link_to_json`."""


def link_to_json(
    clip: NewJob, pictures: Sequence[NewJob], asked_seconds: str | None, *, agreed: Price
) -> dict[str, Any]:
    """A request that stands in, with the pictures that it is made from. agreed: to what was agreed
    for one clip, by whichever request of its chain."""
    return {
        "clip": _job_to_json(clip),
        "pictures": [_job_to_json(one) for one in pictures],
        "asked_seconds": asked_seconds,
        "agreed": _price_to_json(agreed),
    }


def _job_to_json(new: NewJob) -> dict[str, Any]:
    return {
        "fingerprint": new.fingerprint,
        "base_fingerprint": new.base_fingerprint,
        "payload": new.payload,
        "model": new.model,
        "price": new.price and _price_to_json(new.price),
    }


def _price_to_json(price: Price) -> list[str | bool]:
    return [f"{price.low:f}", f"{price.high:f}", price.currency, price.is_known]


def _price(told: Sequence[Any] | None) -> Price:
    low, high, currency, is_known = told or ("0", "0", "USD", False)
    return Price(low=Decimal(low), high=Decimal(high), currency=currency, is_known=is_known)


def _job(told: Mapping[str, Any], asker: Mapping[str, Any]) -> NewJob:
    """asker: what else is said of a job, such as whose turn it takes."""
    return NewJob(
        kind="generate",
        fingerprint=told["fingerprint"],
        base_fingerprint=told["base_fingerprint"],
        payload=told["payload"],
        model=told["model"],
        price=_price(told["price"]),
        **asker,
    )


def _of_render(
    render: RenderRow, row: RenderSegmentRow, *, has_stand_in: bool = False
) -> dict[str, Any]:
    return {
        "project_id": render.project_id,
        "segment_id": row.segment_id,
        "priority": priority_of(render.priority),
        "has_stand_in": has_stand_in,
    }


def _next_link(links: Sequence[Link], refused: JobRow) -> tuple[Link, *tuple[Link, ...]] | None:
    """The first of these that is within what was agreed to, and those behind it; None for none.
    Some refusals are billed: what they cost is gone from it."""
    if not links:
        return None
    spent = _spent(links[0].get("spent"), refused)
    told = [f"{spent.amount:f}", spent.currency] if spent else None
    for place, link in enumerate(links):
        # Links that an older version has written do not say what was agreed to.
        if is_within(_price(link["clip"]["price"]), spent, _price(link.get("agreed"))):
            return (link, *({**one, "spent": told} for one in links[place + 1 :]))
    return None


def _spent(before: Sequence[str] | None, refused: JobRow) -> Money | None:
    """What the refused ones of a chain have cost, as far as their providers tell."""
    earlier = Money(amount=Decimal(before[0]), currency=before[1]) if before else None
    if not refused.cost_amount:
        return earlier
    now = Money(amount=refused.cost_amount, currency=refused.cost_currency or "USD")
    if earlier is None:
        return now
    # Of two currencies there is no sum, and none that a bound could be held against.
    is_one = earlier.currency == now.currency
    return earlier.plus(now) if is_one else Money(amount=now.amount, currency="XXX")


async def stand_in(tx: Tx, job: JobRow) -> JobRow | None:
    """Ask the next model for what somebody asked for by itself, where this job was refused; its
    job, None where there is no other model or nothing may stand in. It is asked for by the same
    segments, and kept to the price that was agreed to for all of them."""
    if not job.is_standalone or not _is_refused(job):
        return None
    links = _next_link(job.stand_ins or (), job)
    if links is None:
        return None
    link, *rest = links
    asker = {
        "project_id": job.project_id,
        "segment_id": job.segment_id,
        "priority": priority_of(job.priority),
        "is_standalone": True,
        "has_stand_in": bool(rest),
    }
    clip = replace(_job(link["clip"], asker), stand_ins=tuple(map(dict, rest)))
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
    found = ((row, _next_of(row, jobs.get(row.job_id or ""))) for row in waiting)
    refused = {row: links for row, links in found if links}
    if not refused:
        return False
    for row in refused:
        await note_ask(tx, render.id, row.fingerprint or "", row.job_id)
    await _ask_next(tx, render, refused)
    return True


def _next_of(row: RenderSegmentRow, job: JobRow | None) -> tuple[Link, ...] | None:
    """What is asked for now, and what stands behind it; None unless its job was refused."""
    if job is None or not _is_refused(job):
        return None
    return _next_link(row.fallbacks or (), job)


def _is_refused(job: JobRow) -> bool:
    return may_stand_in(job.state, job.error_code)


async def _ask_next(
    tx: Tx, render: RenderRow, nexts: Mapping[RenderSegmentRow, Sequence[Link]]
) -> None:
    askers = {
        row: _of_render(render, row, has_stand_in=len(links) > 1) for row, links in nexts.items()
    }
    clips = {row: _job(links[0]["clip"], askers[row]) for row, links in nexts.items()}
    pictures = {
        row: [_job(one, askers[row]) for one in links[0]["pictures"]]
        for row, links in nexts.items()
    }
    marks = {new.fingerprint for new in clips.values()}
    marks |= {new.fingerprint for several in pictures.values() for new in several}
    there = await results_there(tx.session, marks)
    asked = with_needs([(clips[row], pictures[row]) for row in nexts], there)
    jobs = {job.fingerprint: job for job in await enqueue_all(tx, asked)} if asked else {}
    for row, (link, *rest) in nexts.items():
        mark = clips[row].fingerprint
        row.fallbacks = [dict(one) for one in rest] or None
        row.fingerprint, row.asked_seconds = mark, link["asked_seconds"]
        row.job_id = jobs[mark].id if mark in jobs else None
        for one in pictures[row]:
            if one.fingerprint in jobs:
                await note_ask(tx, render.id, one.fingerprint, jobs[one.fingerprint].id)
    await write_columns(
        tx.session, list(nexts), "fingerprint", "asked_seconds", "job_id", "fallbacks"
    )


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
