"""What a render made and what it kept, in numbers and in words, told from its plan. How far it has
come is not told here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from video_foundry.core.plan import Plan

MOST_NAMED = 12
"""Segments that are named one by one; what is beyond is only counted."""


@dataclass(frozen=True, kw_only=True)
class MadeSegment:
    """A segment that was generated. number: its place in the film, from 1. why: in words."""

    segment_id: str
    number: int
    why: str


@dataclass(frozen=True, kw_only=True)
class RenderWork:
    """What a render made and what it could keep.

    generated, kept: segments. pictures: made for clips first. named: the first of those generated.
    encoded: segments of which something was encoded with nothing on top. pieces: segments where a
    transition begins or a title lies and picture was encoded for it. titles: drawn. is_mixed:
    whether the sound was mixed anew. encode_seconds: of picture that was encoded; film_seconds:
    length of the main film. Both None while a model decides how long its clip will be.
    """

    generated: int
    kept: int
    pictures: int
    named: tuple[MadeSegment, ...]
    encoded: int
    pieces: int
    titles: int
    is_mixed: bool
    encode_seconds: float | None
    film_seconds: float | None
    words: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a plan does not say. has_transitions, has_overlays: anywhere in the film."""

    has_transitions: bool
    has_overlays: bool
    encode_seconds: float | None
    film_seconds: float | None


def work_of(plan: Plan, told: Told) -> RenderWork:
    """What the render of a plan makes."""
    made = [step for step in plan.steps if step.action == "make"]
    kinds = {kind: {s.segment_id for s in made if s.kind == kind} for kind in ("clip", "span")}
    work = RenderWork(
        generated=plan.to_generate,
        kept=plan.reused,
        pictures=plan.pictures_to_generate,
        named=tuple(_named(plan))[:MOST_NAMED],
        encoded=len(kinds["clip"]),
        pieces=len(kinds["span"]),
        titles=sum(step.kind in ("title", "image") for step in made),
        is_mixed=any(step.kind == "mix" for step in made),
        encode_seconds=told.encode_seconds,
        film_seconds=told.film_seconds,
        words="",
    )
    return replace(work, words=_sentence(_parts(work, told)))


def _named(plan: Plan) -> Iterator[MadeSegment]:
    for number, one in enumerate(plan.segments, start=1):
        if one.action == "generate":
            why = one.reason.message
            yield MadeSegment(segment_id=one.segment_id, number=number, why=why)


def _parts(work: RenderWork, told: Told) -> Iterator[str]:
    """The parts of the sentence."""
    if work.generated:
        yield f"{_count(work.generated, 'segment')} made anew"
    if work.pictures:
        yield f"{_count(work.pictures, 'picture')} made for them"
    if work.pieces:
        yield _pieces(work.pieces, told)
    if work.titles:
        yield f"{_count(work.titles, 'title')} drawn"
    if work.encode_seconds:
        yield _encoded(work.encode_seconds, work.film_seconds)
    elif work.encode_seconds is not None:
        yield "no picture encoded, the sound mixed anew" if work.is_mixed else "nothing to encode"


def _pieces(count: int, told: Told) -> str:
    if not told.has_overlays:
        return _count(count, "transition")
    segments = _count(count, "segment")
    return f"{segments} with {'transitions or titles' if told.has_transitions else 'titles'}"


def _encoded(seconds: float, film: float | None) -> str:
    # Several outputs may encode more than the film is long.
    whole = "" if film is None or seconds > film else f" of {_short(film)} s"
    return f"{_short(seconds)} s encoded{whole}"


def _count(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def _short(seconds: float) -> str:
    return f"{seconds:.1f}".removesuffix(".0")


def _sentence(parts: Iterator[str]) -> str:
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]
