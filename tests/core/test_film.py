"""Which frames of which clip the film shows, and what makes a composing step another one."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import digests, law, profiles, rates, seconds, trims

from video_foundry.core import composition
from video_foundry.core.composition import (
    LENGTH_TOLERANCE,
    ClipUse,
    Source,
    Trim,
    expected_frames,
    master_fingerprint,
    normalise_fingerprint,
    use_of,
)
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate

D24 = FrameRate(num=24)
FRAME = Fraction(1, 24)
uses = st.builds(
    ClipUse,
    digest=digests,
    start=st.fractions(0, 10, max_denominator=100),
    frames=st.integers(1, 500),
)


def clip(length: Fraction | int | str, *, asked: Fraction | int | None = None) -> Source:
    """A clip of this length, generated for `asked` seconds."""
    wanted = None if asked is None else Fraction(asked)
    return Source(digest="ab" * 32, seconds=Fraction(length), asked_seconds=wanted)


@law
@given(seconds, rates)
def test_an_untrimmed_clip_is_used_whole(length: Fraction, rate: FrameRate) -> None:
    use = use_of(clip(length), None, rate)
    assert use.start == 0
    assert use.frames == max(1, rate.frames_in(length))


@law
@given(seconds, trims(), rates)
def test_a_trim_is_kept_to_the_frame(length: Fraction, trim: Trim, rate: FrameRate) -> None:
    use = use_of(clip(length), trim, rate)
    end = length if trim.end is None else min(trim.end, length)
    assert use.start == trim.start
    assert use.frames == max(1, rate.frames_in(max(Fraction(0), end - trim.start)))


@law
@given(st.none() | trims(), rates)
def test_a_still_lasts_as_long_as_its_trim_or_four_seconds(
    trim: Trim | None, rate: FrameRate
) -> None:
    use = use_of(Source(digest="ab" * 32, seconds=Fraction(0), is_image=True), trim, rate)
    seconds = trim.end - trim.start if trim and trim.end is not None else Fraction(4)
    assert use.start == 0
    assert use.frames == max(1, rate.frames_in(seconds))


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
def test_a_generated_clip_of_nearly_the_asked_length_has_the_asked_length(
    came: Fraction, frames: int
) -> None:
    assert use_of(clip(came, asked=5), None, D24).frames == frames


def test_own_footage_is_never_cut_to_what_nobody_asked_for() -> None:
    assert use_of(clip(5 + LENGTH_TOLERANCE), None, D24).frames == 132


@law
@given(seconds, st.fractions(0, LENGTH_TOLERANCE, max_denominator=1000), st.none() | trims(), rates)
def test_a_clip_shows_the_frames_that_its_plan_foretold(
    asked: Fraction, more: Fraction, trim: Trim | None, rate: FrameRate
) -> None:
    """So the length of the film in a plan is the length of the film."""
    foretold = expected_frames(asked, trim, rate)
    assert use_of(clip(asked + more, asked=asked), trim, rate).frames == foretold


def test_a_length_that_only_the_model_knows_is_not_foretold() -> None:
    assert expected_frames(None, None, D24) is None


@law
@given(uses, profiles)
def test_everything_that_reaches_the_pixels_is_in_a_clip_s_fingerprint(
    use: ClipUse, profile: OutputProfile
) -> None:
    mark = normalise_fingerprint(use, profile)
    for other in (
        replace(use, digest="ef" * 32),
        replace(use, start=use.start + Fraction(1, 3)),
        replace(use, frames=use.frames + 1),
    ):
        assert normalise_fingerprint(other, profile) != mark
    for changed in (
        replace(profile, width=profile.width + 2),
        replace(profile, height=profile.height + 2),
        replace(profile, fps=FrameRate(num=77)),
    ):
        assert normalise_fingerprint(use, changed) != mark


@law
@given(uses, profiles)
def test_loudness_concerns_the_film_alone(use: ClipUse, profile: OutputProfile) -> None:
    louder = replace(profile, loudness_lufs=Decimal("-3"))
    assert normalise_fingerprint(use, louder) == normalise_fingerprint(use, profile)
    assert master_fingerprint([use], louder) != master_fingerprint([use], profile)


@law
@given(st.lists(uses, min_size=2, max_size=4, unique=True), profiles)
def test_a_film_is_its_clips_in_their_order(clips: list[ClipUse], profile: OutputProfile) -> None:
    mark = master_fingerprint(clips, profile)
    assert mark == master_fingerprint(list(clips), profile)
    assert mark != master_fingerprint(clips[::-1], profile)
    assert mark != master_fingerprint(clips[1:], profile)
    assert mark != master_fingerprint([*clips, clips[0]], profile)


def test_another_composer_disowns_all_composed_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    use, profile = ClipUse(digest="ab" * 32, start=Fraction(0), frames=24), OutputProfile()
    before = normalise_fingerprint(use, profile), master_fingerprint([use], profile)
    monkeypatch.setattr(composition, "COMPOSER_VERSION", composition.COMPOSER_VERSION + 1)
    after = normalise_fingerprint(use, profile), master_fingerprint([use], profile)
    assert set(before).isdisjoint(after)
