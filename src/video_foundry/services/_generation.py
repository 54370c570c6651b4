"""What renders, takes and retries ask for, and whether it may be: no use case lives here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from video_foundry.core.asks import Ask, Picture
from video_foundry.core.catalogue import ModelEntry, price_of
from video_foundry.core.chains import clip_price
from video_foundry.core.fairness import Priority
from video_foundry.core.money import Price
from video_foundry.core.plan import PlanProblem
from video_foundry.core.request import GenerationRequest
from video_foundry.db.store import Tx
from video_foundry.db.tables import JobRow
from video_foundry.errors import BadInput, FieldProblem, PaymentRefused
from video_foundry.jobs.asks import note_asks
from video_foundry.jobs.chains import link_to_json, with_needs
from video_foundry.jobs.enqueue import NewJob, enqueue_all
from video_foundry.jobs.filing import tell_of

ClipJobs: TypeAlias = tuple[NewJob, Sequence[NewJob]]
"""The job of a clip, and those of the pictures that it is made from."""


def generation(
    request: GenerationRequest,
    entry: ModelEntry,
    *,
    project_id: str,
    segment_id: str,
    is_standalone: bool = False,
    priority: Priority = "normal",
    has_stand_in: bool = False,
) -> NewJob:
    """The job of this request, for a clip or a picture. The canonical request travels in the row.
    has_stand_in: another model is asked where it is refused."""
    fingerprint = request.fingerprint
    return NewJob(
        kind="generate",
        fingerprint=fingerprint,
        base_fingerprint=request.base_fingerprint if request.variation else fingerprint,
        payload={"request": request.to_json(), **_unless_video(entry)},
        project_id=project_id,
        segment_id=segment_id,
        model=entry.id,
        price=price_of(entry, request.submit_params(entry)),
        is_standalone=is_standalone,
        priority=priority,
        has_stand_in=has_stand_in,
    )


def _unless_video(entry: ModelEntry) -> dict[str, str]:
    return {} if entry.makes == "video" else {"makes": entry.makes}


def asked_by_itself(
    chain: Sequence[Ask], *, project_id: str, segment_id: str, priority: Priority
) -> ClipJobs:
    """The jobs of a clip that somebody asks for by itself, of the first of a chain; those behind it
    stand in where it is refused."""
    told = partial(_standalone, project_id=project_id, segment_id=segment_id, priority=priority)
    agreed = clip_price(chain, ())
    links = [
        link_to_json(told(one), [told(picture) for picture in one.pictures], None, agreed=agreed)
        for one in chain[1:]
    ]
    first, has_stand_in = chain[0], bool(links)
    clip = replace(told(first, has_stand_in=has_stand_in), stand_ins=tuple(links))
    return clip, [told(one, has_stand_in=has_stand_in) for one in first.pictures]


def _standalone(
    asked: Ask | Picture,
    *,
    project_id: str,
    segment_id: str,
    priority: Priority,
    has_stand_in: bool = False,
) -> NewJob:
    return generation(
        asked.request,
        asked.entry,
        project_id=project_id,
        segment_id=segment_id,
        priority=priority,
        is_standalone=True,
        has_stand_in=has_stand_in,
    )


async def ask_by_itself(
    tx: Tx, asked: Mapping[str, Sequence[ClipJobs]], there: Collection[str]
) -> dict[str, JobRow]:
    """Enqueue what segments, by their ids, ask for by themselves; fingerprint -> job. there:
    requests that have a result. The caller holds the projects that ask for the same."""
    wanted = with_needs([one for several in asked.values() for one in several], there)
    if not wanted:
        return {}
    jobs = {job.fingerprint: job for job in await enqueue_all(tx, wanted)}
    await note_asks(
        tx,
        {
            (jobs[one.fingerprint].id, segment_id)
            for segment_id, several in asked.items()
            for clip, pictures in several
            for one in (clip, *pictures)
            if one.fingerprint in jobs
        },
    )
    await tell_of(tx, list(jobs.values()))
    return jobs


def refuse_problems(problems: Sequence[PlanProblem]) -> None:
    """Raise BadInput that names each of these, where there are any."""
    if not problems:
        return
    raise BadInput(
        problems[0].message,
        code="plan_not_ready",
        problems=[
            FieldProblem(
                field=p.field if p.segment_id is None else f"segments.{p.segment_id}.{p.field}",
                message=p.message,
                fix=p.fix,
            )
            for p in problems
        ],
    )


def price_of_job(job: JobRow) -> Price:
    """What a generation may cost."""
    return Price(
        low=job.price_low or Decimal(0),
        high=job.price_high or Decimal(0),
        currency=job.price_currency or "USD",
        is_known=job.price_known,
    )


def check_price(price: Price, max_cost: Decimal | None) -> None:
    """Raise PaymentRefused when `price` may exceed `max_cost`, or is not known."""
    if max_cost is None:
        return
    if not price.is_known:
        raise PaymentRefused(
            "the price of this is not known, so it cannot be kept under max_cost",
            field="max_cost",
            fix="leave max_cost out to accept an unknown price, or choose a model with a price",
        )
    if price.high > max_cost:
        raise PaymentRefused(
            f"this may cost up to {price.high:f} {price.currency}, over your limit of "
            f"{max_cost:f} {price.currency}; nothing was started",
            field="max_cost",
            fix=f"raise max_cost to {price.high:f}, or change the segments that cost most",
        )


def check_available(entry: ModelEntry, unavailable: str | None) -> None:
    """Raise BadInput when the model cannot be used now."""
    if unavailable is not None:
        raise BadInput(
            f"{entry.id}: {unavailable}",
            field="model_params.model",
            code="model_unavailable",
        )
