"""What asking for takes of a segment by itself would start, and what it may cost: the same for who
only looks and for who asks. No use case lives here, and nothing is changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from video_foundry.core.asks import Ask, needed_first
from video_foundry.core.chains import (
    clip_price,
    missing_pictures,
    obstacle,
    pictures_price,
    seconds_of_request,
)
from video_foundry.core.jobs import OPEN
from video_foundry.core.money import Price, total_price
from video_foundry.core.request import GenerationRequest
from video_foundry.db.facts import profile_from_json
from video_foundry.db.generations import requests_answered
from video_foundry.db.jobs import requests_open
from video_foundry.db.store import Session
from video_foundry.db.tables import JobRow, ProjectRow, SegmentRow
from video_foundry.db.timeline import asks_of, media_by_id, media_ids
from video_foundry.errors import BadInput
from video_foundry.jobs.chains import results_there
from video_foundry.jobs.queue import latest_jobs
from video_foundry.services._edit import project_of, segment_of
from video_foundry.services._generation import check_available
from video_foundry.services.context import Context


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A segment with all that it asks for."""

    segment: SegmentRow
    project: ProjectRow
    asks: tuple[Ask, ...]

    @property
    def marks(self) -> list[str]:
        """Every request that may be open for it: clips, and pictures for them."""
        return [*(ask.request.fingerprint for ask in self.asks), *needed_first(self.asks)]


@dataclass(frozen=True, kw_only=True)
class PlannedTakes:
    """What would be started. chains: of each take what is sent, and what stands in for it in order.
    there, open: requests that have a result, and those that are under way."""

    chains: Sequence[Sequence[Ask]]
    there: Collection[str]
    open: Collection[str]

    @property
    def price(self) -> Price:
        """What all of it may cost, from the cheapest to the dearest that may be sent."""
        return total_price([*self.clip_prices, self.pictures_price])

    @property
    def clip_prices(self) -> list[Price]:
        """What each take's clip may cost."""
        return [clip_price(chain, self.open) for chain in self.chains]

    @property
    def pictures_price(self) -> Price:
        """What pictures that are made for them may cost; all takes are made from the same."""
        return pictures_price(self.chains[0], self.there, self.open)

    @property
    def seconds(self) -> float:
        """How long it usually takes until all are there: they are made side by side, after their
        pictures, each by the model that is asked first."""
        first = [chain[0] for chain in self.chains]
        pictures = [one for ask in first for one in missing_pictures(ask, self.there)]
        before = max(map(seconds_of_request, pictures), default=0.0)
        return before + max(map(seconds_of_request, first), default=0.0)


async def asked_by(ctx: Context, session: Session, segment_id: str) -> Asked:
    """What a segment asks for. Raises NotFound, and BadInput for own footage."""
    segment = await segment_of(session, segment_id)
    project = await project_of(session, segment.project_id)
    if segment.media_id is not None:
        raise BadInput(
            "this segment shows your own media; there is nothing to generate",
            field="segment_id",
            fix="give it a prompt and a model instead of media",
        )
    media = await media_by_id(session, media_ids([segment]))
    asks = asks_of(segment, ctx.models, profile_from_json(project.settings), media)
    return Asked(segment=segment, project=project, asks=asks)


async def planned_takes(
    session: Session, asked: Asked, count: int, *, keep_seed: bool = False
) -> PlannedTakes:
    """`count` new takes, by the first model that can be used, the others standing in. keep_seed:
    they have the segment's. Raises BadInput where no model can be used."""
    found = await _usable(session, asked.asks)
    firsts = [await _next_variation(session, ask.request) for ask in found]
    pairs = list(zip(found, firsts, strict=True))
    chains = [[_variation(ask, first + n, keep_seed) for ask, first in pairs] for n in range(count)]
    return await _planned(session, asked, chains)


async def planned_retry(
    session: Session, asked: Asked, jobs: Mapping[str, JobRow]
) -> PlannedTakes | None:
    """What the segment asks for, from what is under way on; None where it is there already."""
    marks = {ask.request.fingerprint for ask in asked.asks}
    if await results_there(session, marks):
        return None
    started = next((n for n, ask in enumerate(asked.asks) if _is_open(ask, jobs)), None)
    chain = await _usable(session, asked.asks) if started is None else asked.asks[started:]
    return await _planned(session, asked, [chain])


def _is_open(ask: Ask, jobs: Mapping[str, JobRow]) -> bool:
    job = jobs.get(ask.request.fingerprint)
    return job is not None and job.state in OPEN


async def _planned(session: Session, asked: Asked, chains: Sequence[Sequence[Ask]]) -> PlannedTakes:
    clips = {ask.request.fingerprint for chain in chains for ask in chain}
    marks = clips | {*asked.marks}
    open_ = {m for m, job in (await latest_jobs(session, marks)).items() if job.state in OPEN}
    return PlannedTakes(chains=chains, there=await results_there(session, marks), open=open_)


async def _usable(session: Session, asks: Sequence[Ask]) -> list[Ask]:
    """Those that can be sent now: the model can be used, and each of the pictures is there or can
    be made. Raises BadInput where there is none."""
    there = await results_there(session, needed_first(asks))
    found = [ask for ask in asks if obstacle(ask, there) is None]
    if not found:
        check_available(asks[0].entry, obstacle(asks[0], there))
    return found


def _variation(ask: Ask, number: int, keep_seed: bool) -> Ask:
    wanted = replace(ask.request, variation=number, keeps_seed=keep_seed)
    return replace(ask, request=wanted)


async def _next_variation(session: Session, request: GenerationRequest) -> int:
    """One more than any variation of this request that was made or is open anywhere: a take asked
    for on purpose must be a new one."""
    base = request.base_fingerprint
    made = await requests_answered(session, base)
    used = [GenerationRequest.from_json(r).variation for r in made]
    asked = [
        GenerationRequest.from_json(r) for r in await requests_open(session, base, request.model)
    ]
    used += [r.variation for r in asked if r.base_fingerprint == base]
    return max(used, default=0) + 1
