"""Which frames of which clip the film shows, and what makes a piece of picture another one."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import digests, law, profiles, rates, seconds, trims

from video_foundry.core.composition import COMPOSER_VERSION, LENGTH_TOLERANCE, Source, Trim
from video_foundry.core.effects import (
    Crop,
    Framing,
    Look,
    PictureEffects,
    Retime,
)
from video_foundry.core.film import Film, FilmClip, Use, use_of
from video_foundry.core.graph import Known, make_graph
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate

D24 = FrameRate(num=24)
FRAME = Fraction(1, 24)
fast = OutputProfile(width=320, height=180)
lengths = st.fractions(Fraction(1, 2), 8, max_denominator=24)


def clip(
    length: Fraction | int | str, *, asked: Fraction | int | None = None, **more: Any
) -> FilmClip:
    """A clip of this length, generated for `asked` seconds."""
    wanted = None if asked is None else Fraction(asked)
    source = Source(digest="ab" * 32, seconds=Fraction(length), asked_seconds=wanted)
    return FilmClip(segment_id="s", index=0, source=source, **more)


def pieces(clips: Sequence[FilmClip], profile: OutputProfile = fast) -> list[str]:
    """Fingerprints of the picture of these clips, in film order."""
    placed = tuple(replace(c, index=i, segment_id=f"s{i}") for i, c in enumerate(clips))
    made = make_graph(Film(profile=profile, clips=placed), Known())
    return [step.fingerprint for step in made.steps if step.kind == "clip"]


def film(clips: Sequence[FilmClip], profile: OutputProfile = fast) -> str:
    """The film's own fingerprint."""
    placed = tuple(replace(c, index=i, segment_id=f"s{i}") for i, c in enumerate(clips))
    return make_graph(Film(profile=profile, clips=placed), Known()).master.fingerprint


@law
@given(seconds, rates)
def test_an_untrimmed_clip_is_used_whole(length: Fraction, rate: FrameRate) -> None:
    assert use_of(clip(length), rate) == Use(first=0, frames=max(1, rate.frames_in(length)))


@law
@given(seconds, trims(), rates)
def test_a_trim_is_kept_to_the_frame(length: Fraction, trim: Trim, rate: FrameRate) -> None:
    use = use_of(clip(length, trim=trim), rate)
    start = min(trim.start, length)
    end = length if trim.end is None else min(trim.end, length)
    last = max(1, rate.frames_in(length)) - 1
    assert use.first == min(rate.frames_in(start), last)
    assert use.frames == max(1, rate.frames_in(end) - use.first)


@law
@given(st.none() | trims(), rates)
def test_a_still_lasts_as_long_as_its_trim_or_four_seconds(
    trim: Trim | None, rate: FrameRate
) -> None:
    still = Source(digest="ab" * 32, seconds=Fraction(0), is_image=True)
    use = use_of(FilmClip(segment_id="s", index=0, source=still, trim=trim), rate)
    seconds = trim.end - trim.start if trim and trim.end is not None else Fraction(4)
    assert use == Use(first=0, frames=max(1, rate.frames_in(seconds)))


@pytest.mark.parametrize(
    ("came", "frames"),
    [
        (Fraction(5), 120),
        (5 + LENGTH_TOLERANCE, 120),  # a little longer: cut to what was asked for
        (5 + LENGTH_TOLERANCE + Fraction(1, 1000), 132),  # too much longer: it is what it is
        (5 - FRAME, 120),  # a frame short: held on its last frame
        (5 - 2 * FRAME, 118),  # more than that: it is shorter
        (Fraction(2), 48),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_generated_clip_of_nearly_the_asked_length_has_the_asked_length(
    came: Fraction, frames: int, is_reversed: bool
) -> None:
    effects = PictureEffects(retime=Retime(is_reversed=is_reversed))
    assert use_of(clip(came, asked=5, effects=effects), D24).frames == frames


def test_backwards_begins_where_what_was_asked_for_ends() -> None:
    """The frames past it, which nobody asked for, are not what is shown first."""
    backwards = PictureEffects(retime=Retime(is_reversed=True))
    assert use_of(clip(5 + 3 * FRAME, asked=5, effects=backwards), D24) == Use(first=3, frames=120)


def test_own_footage_is_never_cut_to_what_nobody_asked_for() -> None:
    assert use_of(clip(5 + LENGTH_TOLERANCE), D24).frames == 132


@law
@given(seconds, st.fractions(0, LENGTH_TOLERANCE, max_denominator=1000), st.none() | trims(), rates)
def test_a_clip_shows_the_frames_that_its_plan_foretold(
    asked: Fraction, more: Fraction, trim: Trim | None, rate: FrameRate
) -> None:
    """So the length of the film in a plan is the length of the film."""
    foretold = use_of(clip(asked, asked=asked, trim=trim), rate).frames
    assert use_of(clip(asked + more, asked=asked, trim=trim), rate).frames == foretold


@law
@given(lengths, digests)
def test_everything_that_reaches_the_pixels_is_in_a_piece_s_fingerprint(
    length: Fraction, other: str
) -> None:
    one = clip(length)
    mark = set(pieces([one]))
    changed_effects = [
        PictureEffects(retime=Retime(speed=Fraction(3, 2))),
        PictureEffects(framing=Framing(fit="fill")),
        PictureEffects(framing=Framing(crop=Crop(left=Fraction(1, 10)))),
        PictureEffects(look=Look(saturation=Fraction(1, 2))),
    ]
    for changed in (
        replace(one, source=replace(one.source, digest=other)),
        *(replace(one, effects=effects) for effects in changed_effects),
    ):
        assert mark.isdisjoint(pieces([changed]))
    for profile in (
        replace(fast, width=fast.width + 2),
        replace(fast, height=fast.height + 2),
        replace(fast, fps=FrameRate(num=77)),
    ):
        assert mark.isdisjoint(pieces([one], profile))


@law
@given(lengths, profiles)
def test_loudness_concerns_the_sound_alone(length: Fraction, profile: OutputProfile) -> None:
    quiet = replace(profile, loudness_lufs=None)
    louder = replace(profile, loudness_lufs=Decimal("-13"))
    assert pieces([clip(length)], quiet) == pieces([clip(length)], louder)
    assert film([clip(length)], quiet) != film([clip(length)], louder)


@law
@given(st.lists(digests, min_size=2, max_size=4, unique=True), lengths)
def test_a_film_is_its_clips_in_their_order(names: list[str], length: Fraction) -> None:
    clips = [replace(clip(length), source=replace(clip(length).source, digest=n)) for n in names]
    mark = film(clips)
    assert mark == film(list(clips))
    assert mark != film(clips[::-1])
    assert mark != film(clips[1:])
    assert mark != film([*clips, clips[0]])


def test_another_composer_disowns_all_composed_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {*pieces([clip(5)]), film([clip(5)])}
    for module in ("graph", "cuts"):
        name = f"video_foundry.core.{module}.COMPOSER_VERSION"
        monkeypatch.setattr(name, COMPOSER_VERSION + 1)
    assert before.isdisjoint({*pieces([clip(5)]), film([clip(5)])})
