"""A family of transitions that is drawn otherwise than before disowns its own pieces alone."""

from dataclasses import replace
from fractions import Fraction

import pytest

from video_foundry.core.composition import DRAWN_ANEW, Source
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.graph import Known, Step, make_graph
from video_foundry.core.profile import OutputProfile
from video_foundry.core.transitions import make_transition


def steps_of(*kinds: str) -> dict[str, Step]:
    """Of clips that change into one another so: by fingerprint."""
    clip = FilmClip(
        segment_id="", index=0, source=Source(digest="a" * 64, seconds=Fraction(5), has_sound=False)
    )
    clips = tuple(
        replace(clip, segment_id=f"s{n}", index=n, transition=change)
        for n, change in enumerate([*map(make_transition, kinds), None])
    )
    made = make_graph(Film(profile=OutputProfile(), clips=clips), Known())
    return {step.fingerprint: step for step in made.steps}


def test_only_what_holds_such_a_transition_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("push-left", "fade", "push-up", "slide-left")
    before = steps_of(*kinds)
    raised = {**DRAWN_ANEW, "push": DRAWN_ANEW["push"] + 1}
    monkeypatch.setattr("video_foundry.core.graph.DRAWN_ANEW", raised)
    after = steps_of(*kinds)
    gone = [step for mark, step in before.items() if mark not in after]
    drawn = [step.spec["transition"]["kind"] for step in gone if step.kind == "span"]
    assert sorted(drawn) == ["push-left", "push-up"]
    assert [step.kind for step in gone if step.kind != "span"] == ["master"]
    assert len(after) == len(before)
