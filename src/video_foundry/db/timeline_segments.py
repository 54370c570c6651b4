"""Segments as values, each made from what is stored of it and nothing else; and the last ones of
some projects, kept so that reading a film again makes only those anew that say something else.
Holds no session: what is stored has been read before."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from video_foundry.core.asks import Ask, Picture, Unavailable, make_asks
from video_foundry.core.catalogue import Catalogue, ModelEntry
from video_foundry.core.composition import Source
from video_foundry.core.request import GenerationRequest
from video_foundry.core.retarget import Shot
from video_foundry.core.timeline import ChosenTake, TimelineSegment
from video_foundry.db.facts import source_from, trim_from_json
from video_foundry.db.films import picture_from_json, sound_from_json, transition_from_json
from video_foundry.errors import BadInput, FieldProblem
from video_foundry.ports.models import ModelDirectory

MOST_KEPT = 30_000
"""Segments that a process keeps, some 5 kB each: those of the projects that it read last."""

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is stored of a segment that its requests are made from. digests: media id -> digest, of
    the files that it names. aspect: width and height of the project."""

    prompt: str
    model_params: Json
    trim: Json | None
    digests: Mapping[str, str]
    aspect: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that a segment's value is made from, the models aside: what is equal makes equal values.

    position: its place, from 0. trim, transition, effects, sound: as stored. own: its own footage,
    else its wish. chosen: a take that somebody chose, for what was asked for then (`chosen_for`).
    previous, pictures: what the last render asked for, and the pictures for that, by fingerprint.
    """

    id: str
    position: int
    trim: Json | None
    transition: Json | None
    effects: Json | None
    sound: Json | None
    own: Source | None
    wish: Wish
    chosen_for: str | None
    chosen: ChosenTake | None
    previous: GenerationRequest | None
    pictures: Mapping[str, GenerationRequest]


Made = tuple[Told, TimelineSegment]
"""A segment with what it was made from."""


@dataclass
class LastRead:
    """What was made of one project when it was read last. catalogue: by whose models its segments
    were made, by id. sources: fingerprint -> what was stored of a clip, and the clip. requests:
    segment id -> what was stored of the last render's request, and the request."""

    segments: tuple[Catalogue | None, Mapping[str, Made]] = (None, {})
    sources: Mapping[str, tuple[tuple[Any, ...], Source]] = field(default_factory=dict)
    requests: Mapping[str, tuple[Json, GenerationRequest]] = field(default_factory=dict)


class LastReads:
    """What was made of the projects that were read last; forgetting any of it costs time only."""

    def __init__(self, most_segments: int = MOST_KEPT) -> None:
        self._most = most_segments
        self._by_project: OrderedDict[str, LastRead] = OrderedDict()

    def of(self, project_id: str) -> LastRead:
        """Of one project, which others make room for."""
        found = self._by_project.setdefault(project_id, LastRead())
        self._by_project.move_to_end(project_id)
        self._make_room()
        return found

    def _make_room(self) -> None:
        kept = sum(len(one.segments[1]) for one in self._by_project.values())
        while kept > self._most and len(self._by_project) > 1:
            _, gone = self._by_project.popitem(last=False)
            kept -= len(gone.segments[1])


class _Models:
    """The models as they are while one film is read: each is asked once whether it can be used."""

    def __init__(self, models: ModelDirectory) -> None:
        self._models = models
        self.catalogue = models.catalogue
        self._answers: dict[str, str | None] = {}

    def unavailable(self, entry: ModelEntry) -> str | None:
        """Why a model cannot be used now."""
        if entry.id not in self._answers:
            self._answers[entry.id] = self._models.unavailable(entry)
        return self._answers[entry.id]

    def say_the_same_of(self, asks: Sequence[Ask]) -> bool:
        """Whether these could be sent, or not, for the same reasons as when they were made."""
        asked: list[Ask | Picture] = [*asks, *(one for ask in asks for one in ask.pictures)]
        return all(self.unavailable(one.entry) == one.unavailable for one in asked)


def read_segments(
    told: Sequence[Told], models: ModelDirectory, last: LastRead
) -> tuple[TimelineSegment, ...]:
    """The segments, those of the last reading again where nothing else is said of them. Raises
    BadInput, naming the place, for one that no longer fits its model: catalogues change."""
    book = _Models(models)
    catalogue, before = last.segments
    if catalogue is not book.catalogue:
        before = {}
    now = {one.id: _made(one, before.get(one.id), book) for one in told}
    last.segments = (book.catalogue, now)
    return tuple(segment for _, segment in now.values())


def _made(told: Told, before: Made | None, book: _Models) -> Made:
    """before: the same segment at the last reading, by the same catalogue."""
    asks: Sequence[Ask] = ()
    if before is not None and book.say_the_same_of(before[1].asks):
        if before[0] == told:
            return before
        asks = before[1].asks if before[0].wish == told.wish else ()
    try:
        if told.own is None:
            asks = asks or asks_for(told.wish, book.catalogue, book.unavailable)
        return told, _segment(told, asks)
    except BadInput as error:
        raise _placed(error, told.position) from error


def _placed(error: BadInput, position: int) -> BadInput:
    return BadInput(
        f"segment {position + 1}: {error.message}",
        problems=[
            FieldProblem(field=f"segments.{position}.{p.field}", message=p.message, fix=p.fix)
            for p in error.problems
        ],
        code=error.code,
    )


def asks_for(wish: Wish, catalogue: Catalogue, unavailable: Unavailable) -> tuple[Ask, ...]:
    """The canonical requests that a segment stands for: its own, and those that stand in for it.
    Raises BadInput by field."""
    trim = trim_from_json(wish.trim)
    shot = Shot(
        given=wish.model_params,
        prompt=wish.prompt,
        seconds=None if trim is None else trim.end or trim.start,
        aspect=wish.aspect,
    )
    return make_asks(catalogue, shot, wish.digests, unavailable)


def _segment(told: Told, asks: Sequence[Ask]) -> TimelineSegment:
    """The value. asks: none for own footage."""
    bare = TimelineSegment(
        id=told.id,
        order_index=told.position,
        trim=trim_from_json(told.trim),
        transition=transition_from_json(told.transition),
        effects=picture_from_json(told.effects),
        sound=sound_from_json(told.sound),
        own=told.own,
    )
    if told.own is not None:
        return bare
    first, *others = asks
    return replace(
        bare,
        request=first.request,
        entry=first.entry,
        unavailable=first.unavailable,
        model_note=first.model_note,
        pictures=first.pictures,
        fallbacks=tuple(others),
        chosen=_holding(told, first.request),
        previous=told.previous,
        previous_pictures=told.pictures,
    )


def _holding(told: Told, request: GenerationRequest) -> ChosenTake | None:
    """The take that was chosen, while it holds: for what was asked for then, or pinned."""
    chosen = told.chosen
    if chosen is None or not (chosen.pinned or told.chosen_for == request.fingerprint):
        return None
    return chosen


def known_sources(stored: Mapping[str, tuple[Any, ...]], last: LastRead) -> dict[str, Source]:
    """Clips by fingerprint, those of the last reading again where the same is stored of them.
    stored: arguments of `source_from`."""
    found = {}
    for mark, told in stored.items():
        before = last.sources.get(mark)
        found[mark] = before if before and before[0] == told else (told, source_from(*told))
    last.sources = found
    return {mark: source for mark, (_, source) in found.items()}


def last_requests(stored: Mapping[str, Json], last: LastRead) -> dict[str, GenerationRequest]:
    """Requests by segment, their variations aside; those of the last reading again where the same
    is stored of them."""
    found = {}
    for segment_id, told in stored.items():
        before = last.requests.get(segment_id)
        found[segment_id] = before if before and before[0] == told else (told, _unvaried(told))
    last.requests = found
    return {segment_id: request for segment_id, (_, request) in found.items()}


def _unvaried(stored: Json) -> GenerationRequest:
    return replace(GenerationRequest.from_json(stored), variation=0)
