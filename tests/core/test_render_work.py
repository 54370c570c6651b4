"""What a render made, in words: told from its plan and from what is known of its film."""

from typing import Any

import pytest

from video_foundry.core.money import NOTHING
from video_foundry.core.plan import Plan
from video_foundry.core.planned import PlannedStep
from video_foundry.core.planned_segments import PlannedSegment
from video_foundry.core.reasons import Reason
from video_foundry.core.render_work import MOST_NAMED, Told, work_of

TOLD: dict[str, Any] = {
    "has_transitions": True,
    "has_overlays": False,
    "encode_seconds": 6.5,
    "film_seconds": 40.0,
}


def step(kind: Any, segment: str | None, *, made: bool = True) -> PlannedStep:
    return PlannedStep(
        kind=kind,
        action="make" if made else "reuse",
        segment_id=segment,
        fingerprint=None,
        seconds=1.0,
    )


def new_segment(number: int) -> PlannedSegment:
    return PlannedSegment(
        segment_id=f"s{number}",
        order_index=number,
        action="generate",
        reason=Reason(code="changed", message="changed: seed"),
        model="m",
        price=NOTHING,
        seconds=1.0,
        frames=24,
        fingerprint="f",
        digest=None,
    )


def plan(*steps: PlannedStep, new: int = 0, **change: Any) -> Plan:
    return Plan(
        digest="d",
        ready=True,
        problems=(),
        segments=tuple(new_segment(number) for number in range(new)),
        steps=steps,
        price=NOTHING,
        seconds=0.0,
        to_generate=new,
        reused=0,
        frames=None,
        **change,
    )


def words(made: Plan, **told: Any) -> str:
    return work_of(made, Told(**{**TOLD, **told})).words


def test_a_render_is_told_in_a_sentence() -> None:
    crossing = (step("span", "s0"), step("span", "s0"), step("span", "s3", made=False))
    assert words(plan(*crossing, step("clip", "s1"), new=2)) == (
        "2 segments made anew, 1 transition, 6.5 s encoded of 40 s"
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"has_overlays": False}, "2 transitions"),
        ({"has_overlays": True}, "2 segments with transitions or titles"),
        ({"has_overlays": True, "has_transitions": False}, "2 segments with titles"),
    ],
)
def test_pieces_are_called_what_the_film_has(told: dict[str, bool], said: str) -> None:
    assert words(plan(step("span", "a"), step("span", "b")), **told).startswith(said)


def test_what_several_outputs_encode_is_not_set_against_the_film() -> None:
    assert words(plan(), encode_seconds=80.0) == "80 s encoded"


def test_nothing_unknown_is_told() -> None:
    assert words(plan(new=1), encode_seconds=None, film_seconds=None) == "1 segment made anew"
    assert words(plan(step("mix", None)), encode_seconds=0.0) == (
        "No picture encoded, the sound mixed anew"
    )
    assert words(plan(), encode_seconds=0.0) == "Nothing to encode"


def test_of_many_segments_the_first_are_named() -> None:
    work = work_of(plan(new=MOST_NAMED + 3, pictures_to_generate=1), Told(**TOLD))
    assert (work.generated, len(work.named)) == (MOST_NAMED + 3, MOST_NAMED)
    assert (work.named[1].number, work.named[1].why) == (2, "changed: seed")
    assert "1 picture made for them" in work.words
