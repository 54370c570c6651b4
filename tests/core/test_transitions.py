"""The catalogue, and the laws that every transition keeps wherever one looks."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from video_foundry.core.easing import EASINGS
from video_foundry.core.masks import SHAPES
from video_foundry.core.transitions import (
    CATALOGUE,
    KINDS,
    STILL,
    Moment,
    TransitionKind,
    make_transition,
    moment_at,
    read_transition,
)
from video_foundry.errors import BadInput
from video_foundry.testing.moments import seen_at

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).with_name("golden_transitions.json")
ASPECT = 16 / 9
PLACES = [(x / 10 + 0.03, y / 6 + 0.04) for x in range(10) for y in range(6)]

EVERY_KIND = [pytest.param(kind, id=kind.name) for kind in CATALOGUE]


def shares(moment: Moment) -> Iterator[float]:
    """How much of B shows at each place."""
    return (seen_at(moment, x, y, ASPECT).share for x, y in PLACES)


def test_the_catalogue_has_what_users_expect() -> None:
    sides = ("left", "right", "up", "down")
    wanted = {
        *("fade", "dissolve", "dip-to-black", "dip-to-white", "blur-dissolve"),
        *(f"{way}-{side}" for way in ("wipe", "slide", "push", "reveal") for side in sides),
        *("wipe-diagonal", "circle-open", "circle-close", "clock-wipe", "zoom-in", "zoom-out"),
        *("doors-open", "doors-close", "doors-open-vertical", "doors-close-vertical"),
        *("split-horizontal", "split-vertical", "checkerboard", "blinds-horizontal"),
    }
    assert wanted <= set(KINDS)
    assert len({kind.label for kind in CATALOGUE}) == len(CATALOGUE) == len(KINDS)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_an_entry_is_complete(kind: TransitionKind) -> None:
    assert kind.label
    assert kind.family
    assert kind.description.endswith(".")
    assert kind.description[0].isupper()
    assert 0 < kind.seconds <= 1
    assert kind.easing in EASINGS


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_it_starts_as_the_first_picture_and_ends_as_the_second(kind: TransitionKind) -> None:
    start, end = kind.moment(0.0), kind.moment(1.0)
    assert set(shares(start)) == {0.0}
    assert set(shares(end)) == {1.0}
    assert (start.veil, end.veil) == (0, 0)
    assert (start.a, end.b) == (STILL, STILL)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_second_picture_never_gives_way_again(kind: TransitionKind) -> None:
    before = [0.0] * len(PLACES)
    for step in range(41):
        now = list(shares(kind.moment(step / 40)))
        assert all(was <= is_now + 1e-9 for was, is_now in zip(before, now, strict=True))
        before = now


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_half_way_it_is_neither(kind: TransitionKind) -> None:
    moment = kind.moment(0.5)
    shown = sum(shares(moment)) / len(PLACES)
    assert 0.2 < shown < 0.8 or moment.veil == 1


def test_a_dip_is_the_flat_colour_half_way() -> None:
    for colour in ("black", "white"):
        moment = KINDS[f"dip-to-{colour}"].moment(0.5)
        assert (moment.veil, moment.veil_colour) == (1, colour)


def test_what_moves_moves_where_its_name_says() -> None:
    for side, (x, y) in {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}.items():
        slide, push = (KINDS[f"{way}-{side}"].moment(0.25) for way in ("slide", "push"))
        reveal, wipe = (KINDS[f"{way}-{side}"].moment(0.25) for way in ("reveal", "wipe"))
        assert (slide.b.x, slide.b.y) == (-0.75 * x, -0.75 * y)
        assert (slide.a, reveal.b) == (STILL, STILL)
        assert (push.a.x, push.a.y, push.b.x, push.b.y) == (x / 4, y / 4, -0.75 * x, -0.75 * y)
        assert (reveal.a.x, reveal.a.y) == (x / 4, y / 4)
        # The side from which the edge comes has turned, the one it runs to has not.
        assert seen_at(wipe, 0.5 - 0.49 * x, 0.5 - 0.49 * y, ASPECT).share == 1
        assert seen_at(wipe, 0.5 + 0.49 * x, 0.5 + 0.49 * y, ASPECT).share == 0


def test_the_formulas_give_what_they_always_gave() -> None:
    """Other drawings of them, in a browser say, are held to the same file."""
    golden = json.loads(GOLDEN.read_text())
    assert golden["aspect"] == pytest.approx(ASPECT)
    assert set(golden["shares"]) == set(KINDS)
    for name, rows in golden["shares"].items():
        for progress, wanted in zip(golden["progress"], rows, strict=True):
            moment = KINDS[name].moment(progress)
            found = [seen_at(moment, x, y, ASPECT).share for x, y in golden["places"]]
            assert found == pytest.approx(wanted, abs=2e-6), (name, progress)


def test_every_shape_is_used_and_known() -> None:
    used = {kind.moment(0.5).mask.shape for kind in CATALOGUE if kind.moment(0.5).mask}  # type: ignore[union-attr]  # the condition says so
    assert used == set(SHAPES)


def test_an_easing_bends_the_progress() -> None:
    assert moment_at("fade", "linear", Fraction(1, 4)).weight == 0.25
    assert moment_at("fade", "ease-in", Fraction(1, 4)).weight == 1 / 64


def test_what_is_not_told_comes_from_the_catalogue() -> None:
    made = read_transition({"kind": "dissolve"})
    assert (made.seconds, made.easing) == (KINDS["dissolve"].seconds, KINDS["dissolve"].easing)
    told = read_transition({"kind": "fade", "duration": "0.25", "easing": "smooth"})
    assert (told.seconds, told.easing) == (Fraction(1, 4), "smooth")


@pytest.mark.parametrize(
    ("value", "field", "words"),
    [
        ({"kind": "wipe-lft"}, "kind", ["'wipe-lft'", "fade", "checkerboard", "use 'wipe-left'"]),
        ({}, "kind", ["None", "use one of fade"]),
        ({"kind": "fade", "duration": 11}, "duration", ["11 s", "0.01 to 10 s"]),
        ({"kind": "fade", "duration": 0}, "duration", ["0 s", "0.01 to 10 s"]),
        ({"kind": "fade", "duration": "long"}, "duration", ["'long' is not a number"]),
        ({"kind": "fade", "duration": "1e999999"}, "duration", ["is not a number"]),
        ({"kind": "fade", "easing": "bouncy"}, "easing", ["bouncy", "ease-in-out"]),
        ({"kind": "fade", "durration": 1}, "durration", ["use 'duration'"]),
        ("fade", None, ["in place of an object"]),
    ],
)
def test_nonsense_is_refused_with_field_limit_and_fix(
    value: object, field: str | None, words: list[str]
) -> None:
    with pytest.raises(BadInput) as caught:
        read_transition(value, field="segments.3.transition")
    [problem] = caught.value.problems
    assert problem.field == ".".join(["segments.3.transition", *([field] if field else [])])
    for word in words:
        assert word in f"{problem.message}; {problem.fix}"


def test_a_transition_can_be_made_of_parts() -> None:
    assert make_transition("fade", Fraction(1, 2), "linear").seconds == Fraction(1, 2)


def test_every_kind_has_its_stills_in_the_docs() -> None:
    page = (ROOT / "docs" / "transitions.md").read_text()
    for kind in CATALOGUE:
        assert f"`{kind.name}`<br>{kind.label} | {kind.description} " in page
        assert f"| {float(kind.seconds):g} | `{kind.easing}` |" in page
        assert (ROOT / "docs" / "images" / "transitions" / f"{kind.name}.webp").stat().st_size
    stills = list((ROOT / "docs" / "images" / "transitions").iterdir())
    assert len(stills) == len(CATALOGUE)
    assert sum(still.stat().st_size for still in stills) < 400_000
