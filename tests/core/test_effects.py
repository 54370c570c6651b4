"""Effects: exact both ways, neutral parts leave no trace, limits are told, and retimed time."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video_foundry.core.canonical import fingerprint
from video_foundry.core.effects import (
    NEUTRAL,
    Crop,
    Framing,
    Freeze,
    Look,
    Move,
    PictureEffects,
    Retime,
    Viewport,
    canonical,
    check_freeze,
    from_json,
    placed,
    source_moment,
    to_json,
    virtual_frames,
    virtual_seconds,
)
from video_foundry.core.looks import apply, cube_of, matrix_of, parse_cube, write_cube
from video_foundry.core.timebase import FrameRate
from video_foundry.core.views import view_at
from video_foundry.errors import BadInput

RATE = FrameRate(num=24)


def parts(low: str, high: str) -> st.SearchStrategy[Fraction]:
    return st.fractions(Fraction(low), Fraction(high), max_denominator=1000)


@st.composite
def viewports(draw: st.DrawFn) -> Viewport:
    scale = draw(parts("1", "10"))
    room = (1 - 1 / scale) / 2
    share = st.fractions(-1, 1, max_denominator=100)
    return Viewport(scale=scale, x=room * draw(share), y=room * draw(share))


moves = st.builds(
    Move,
    start=viewports(),
    end=viewports(),
    easing=st.sampled_from(["linear", "smooth", "ease-in"]),
    first=st.integers(0, 500),
    frames=st.integers(1, 500),
)
freezes = st.builds(Freeze, at=parts("0", "20"), seconds=parts("1/10", "30"))
retimes = st.builds(
    Retime, speed=parts("1/20", "20"), is_reversed=st.booleans(), freeze=st.none() | freezes
)
effects = st.builds(
    PictureEffects,
    retime=retimes,
    framing=st.builds(
        Framing,
        fit=st.sampled_from(["fit", "fill", "stretch"]),
        crop=st.none() | st.builds(Crop, left=parts("0", "0.4"), bottom=parts("0", "0.9")),
        scale=parts("1/20", "8"),
        x=parts("-2", "2"),
        move=st.none() | moves,
        background=st.sampled_from(["black", "#a0b1c2"]),
    ),
    look=st.builds(
        Look,
        exposure=parts("-5", "5"),
        contrast=parts("0", "3"),
        lut=st.none() | st.just("ab" * 32),
    ),
)


@settings(max_examples=40)
@given(effects)
def test_json_is_exact_both_ways(value: PictureEffects) -> None:
    assert from_json(json.loads(json.dumps(to_json(value)))) == value


@settings(max_examples=40)
@given(effects, effects)
def test_unlike_effects_have_unlike_fingerprints(one: PictureEffects, two: PictureEffects) -> None:
    same = fingerprint("x", 1, canonical(one)) == fingerprint("x", 1, canonical(two))
    assert same == (one == two) or canonical(one) == canonical(two)


def test_neutral_parts_leave_no_trace() -> None:
    assert to_json(NEUTRAL) == canonical(NEUTRAL) == {}
    idle = PictureEffects(framing=Framing(crop=Crop(), move=Move(first=7, frames=90)))
    assert canonical(idle) == {}
    assert from_json(to_json(idle)) == idle
    assert to_json(PictureEffects(look=Look(contrast=Fraction(3, 2)))) == {
        "look": {"contrast": "3/2"}
    }


def test_numbers_can_be_written_in_many_ways() -> None:
    speeds: list[Any] = [1.5, "1.5", "3/2", Decimal("1.5"), Fraction(3, 2)]
    read = [from_json({"retime": {"speed": speed}}).retime.speed for speed in speeds]
    assert read == [Fraction(3, 2)] * 5
    assert from_json({"look": {"contrast": 0.1}}).look.contrast == Fraction(1, 10)


@pytest.mark.parametrize(
    ("value", "field", "words"),
    [
        ({"retime": {"speed": 25}}, "retime.speed", ["25", "0.05 to 20"]),
        ({"retime": {"speed": 0}}, "retime.speed", ["0.05 to 20"]),
        ({"retime": {"speed": True}}, "retime.speed", ["not a number"]),
        ({"retime": {"speed": float("nan")}}, "retime.speed", ["not a number"]),
        ({"retime": {"reverse": "yes"}}, "retime.reverse", ["true or false"]),
        ({"retime": {"freeze": {"at": 1}}}, "retime.freeze.seconds", ["not a number"]),
        ({"retime": {"freeze": {"at": 1, "seconds": 0}}}, "retime.freeze.seconds", ["above 0"]),
        ({"retime": {"freeze": {"at": -1, "seconds": 1}}}, "retime.freeze.at", ["-1 s"]),
        ({"framing": {"fit": "cover"}}, "framing.fit", ["fit, fill, stretch"]),
        ({"framing": {"crop": {"left": 0.5, "right": 0.5}}}, "framing.crop.right", ["together"]),
        ({"framing": {"scale": 9}}, "framing.scale", ["0.05 to 8"]),
        ({"framing": {"background": "red;"}}, "framing.background", ["#rrggbb"]),
        ({"framing": {"move": {"end": {"scale": 0.5}}}}, "framing.move.end.scale", ["1 to 10"]),
        (
            {"framing": {"move": {"end": {"scale": 2, "x": 0.3}}}},
            "framing.move.end.x",
            ["leaves the frame", "-0.25 to 0.25"],
        ),
        ({"framing": {"move": {"easing": "fast"}}}, "framing.move.easing", ["linear"]),
        ({"look": {"exposure": 6}}, "look.exposure", ["-5 to 5"]),
        ({"look": {"lut": "../x.cube"}}, "look.lut", ["digest"]),
        ({"look": {"satturation": 1}}, "look.satturation", ["use 'saturation'"]),
        ({"look": []}, "look", ["in place of an object"]),
    ],
)
def test_nonsense_is_refused_with_field_limit_and_fix(
    value: object, field: str, words: list[str]
) -> None:
    with pytest.raises(BadInput) as caught:
        from_json(value, field="segments.0.effects")
    [problem] = caught.value.problems
    assert problem.field == f"segments.0.effects.{field}"
    for word in words:
        assert word in f"{problem.message}; {problem.fix}"


# Time


def test_the_length_of_a_retimed_clip() -> None:
    assert virtual_seconds(Fraction(5), Retime()) == 5
    assert virtual_seconds(Fraction(5), Retime(speed=Fraction(2), is_reversed=True)) == Fraction(
        5, 2
    )
    held = Retime(speed=Fraction(1, 2), freeze=Freeze(at=Fraction(1), seconds=Fraction(3)))
    assert virtual_seconds(Fraction(5), held) == 13
    assert virtual_frames(Fraction(5), held, RATE) == 13 * 24
    assert virtual_frames(Fraction(1, 1000), Retime(), RATE) == 1


def test_where_a_frame_of_a_retimed_clip_comes_from() -> None:
    def moment(frame: int, retime: Retime) -> Fraction:
        return source_moment(frame, Fraction(2), retime, RATE)

    assert moment(12, Retime()) == Fraction(1, 2)
    assert moment(12, Retime(speed=Fraction(3))) == Fraction(3, 2)
    assert moment(0, Retime(is_reversed=True)) == Fraction(47, 24)
    assert moment(47, Retime(is_reversed=True)) == 0
    freeze = Retime(freeze=Freeze(at=Fraction(1, 2), seconds=Fraction(1)))
    assert [moment(n, freeze) for n in (11, 12, 20, 36, 37)] == [
        Fraction(11, 24), Fraction(1, 2), Fraction(1, 2), Fraction(1, 2), Fraction(13, 24),
    ]  # fmt: skip
    assert moment(999, Retime()) == 2


@settings(max_examples=40)
@given(retimes, parts("1/10", "30"), st.integers(0, 400))
def test_a_retimed_clip_runs_one_way_within_its_source(
    retime: Retime, seconds: Fraction, frame: int
) -> None:
    here, later = (source_moment(n, seconds, retime, RATE) for n in (frame, frame + 1))
    assert 0 <= min(here, later) <= max(here, later) <= seconds
    assert here >= later if retime.is_reversed else here <= later


def test_a_frame_past_the_end_cannot_be_held() -> None:
    value = from_json({"retime": {"freeze": {"at": 3, "seconds": 1}}})
    check_freeze(value, Fraction(3), field="effects")
    with pytest.raises(BadInput, match=r"no frame to hold at 3 s; the clip is 2.5 s long"):
        check_freeze(value, Fraction(5, 2), field="effects")


# Moving views


@settings(max_examples=40)
@given(moves, st.integers(-5, 600))
def test_a_view_never_leaves_the_frame(move: Move, frame: int) -> None:
    left, top, width, height = view_at(move, frame)
    assert width == height > 0
    assert left >= -1e-9
    assert top >= -1e-9
    assert left + width <= 1 + 1e-9
    assert top + height <= 1 + 1e-9


def test_a_view_runs_from_start_to_end_over_the_use() -> None:
    move = Move(end=Viewport(scale=Fraction(4)), easing="linear")
    framing = placed(PictureEffects(framing=Framing(move=move)), first=10, frames=21).framing
    assert framing.move is not None
    sides = [view_at(framing.move, frame)[2] for frame in (0, 10, 15, 20, 30, 99)]
    assert sides == pytest.approx([1, 1, 2**-0.5, 1 / 2, 1 / 4, 1 / 4])
    assert placed(NEUTRAL, first=10, frames=21) == NEUTRAL


# Looks


def test_a_neutral_look_changes_no_colour() -> None:
    colour = (0.2, 0.5, 0.9)
    assert apply(matrix_of(Look()), colour) == pytest.approx(colour)


def test_what_a_look_does() -> None:
    grey = (0.5, 0.5, 0.5)
    no_colour = apply(matrix_of(Look(saturation=Fraction(0))), (1.0, 0.0, 0.0))
    assert no_colour == pytest.approx((0.2126,) * 3)
    assert apply(matrix_of(Look(contrast=Fraction(2))), grey) == pytest.approx(grey)
    # A stop doubles the light, which a display raises by the power of 2.2.
    brighter = apply(matrix_of(Look(exposure=Fraction(1))), (0.25, 0.25, 0.25))
    assert brighter[1] ** 2.2 == pytest.approx(2 * 0.25**2.2)
    red, green, blue = apply(matrix_of(Look(temperature=Fraction(1))), grey)
    assert red > green > blue
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue == pytest.approx(0.5)


def test_a_cube_of_two_steps_holds_a_look() -> None:
    matrix = matrix_of(Look(exposure=Fraction(1), saturation=Fraction(2)))
    cube = parse_cube(write_cube(cube_of(matrix)))
    assert cube.size == 2
    assert cube.colours[1] == pytest.approx(apply(matrix, (1, 0, 0)))
    assert cube.colours[6] == pytest.approx(apply(matrix, (0, 1, 1)))


IDENTITY = "\n".join(f"{n & 1} {n >> 1 & 1} {n >> 2}" for n in range(8))


def test_a_cube_file_with_all_its_trimmings_is_read() -> None:
    text = f'\ufeff# made by hand\nTITLE "a # b"\n\nLUT_3D_SIZE 2\nDOMAIN_MAX 1 1 2\n{IDENTITY}\n'
    cube = parse_cube(text)
    assert (cube.size, cube.high, cube.colours[4]) == (2, (1, 1, 2), (0, 0, 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no line LUT_3D_SIZE"),
        ("hello world\n", "line 1 something else than three numbers"),
        ("LUT_1D_SIZE 16\n", "line 1 one-dimensional tables"),
        ("LUT_3D_SIZE 200\n", "line 1 a size that is not from 2 to 65"),
        (f"LUT_3D_SIZE 3\n{IDENTITY}", "only 8 of the 27 colours"),
        (f"LUT_3D_SIZE 2\n{IDENTITY}\n0 0 0", "more than the 8 colours"),
        (f"LUT_3D_SIZE 2\n{IDENTITY[:-1]}nan", "line 9 a number out of range"),
        (f"LUT_3D_SIZE 2\nDOMAIN_MIN 1 1 1\n{IDENTITY}", "DOMAIN_MAX that is not above"),
        (f"LUT_3D_SIZE 2\nFILE ../x\n{IDENTITY}", "line 2 'FILE'"),
    ],
)
def test_a_damaged_cube_file_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_cube(text, field="look.lut")
