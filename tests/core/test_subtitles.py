"""Tracks of captions: never two lines at a time, nothing beyond the film, the same words at the
same moments as in the file."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.caption_reading import Cue
from video_foundry.core.subtitles import Subtitles, language_of_track, subtitles_of
from video_foundry.errors import BadInput

often = settings(law, max_examples=100, derandomize=False)
"""Cheap to try, and full of corners."""

MOMENTS = st.integers(0, 20_000)
CUES = st.lists(
    st.builds(
        lambda start, length, text: Cue(
            start=Fraction(start, 1000), end=Fraction(start + length, 1000), text=text
        ),
        MOMENTS,
        st.integers(1, 3000),
        st.sampled_from(["one", "two", "three"]),
    ),
    max_size=5,
)


@often
@given(cues=CUES, seconds=st.fractions(0, 25), moment=MOMENTS)
def test_at_every_moment_what_is_said_then(cues: list[Cue], seconds: Fraction, moment: int) -> None:
    whole = subtitles_of(cues, language=None, field="captions")
    track = whole.within(seconds)
    ends = [0, *(line.end for line in track.lines)]
    assert all(end <= line.start < line.end for end, line in zip(ends, track.lines, strict=False))
    assert not track.lines or track.lines[-1].end <= seconds * 1000 + 1
    now = Fraction(moment, 1000)
    due = sorted(cue.text for cue in cues if cue.start <= now < cue.end and now + 1 < seconds)
    shown = [line.text for line in track.lines if line.start <= moment < line.end]
    if due:
        assert sorted(shown[0].split("\n")) == due
    assert Subtitles.of(track.plain()) == track


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hant-TW", "yue", None])
def test_languages(language: str | None) -> None:
    assert language_of_track(language, field="language") == language


@pytest.mark.parametrize("language", ["", "e", "english", "en_US", 5, "en-" + "x" * 20])
def test_what_is_no_language(language: object) -> None:
    with pytest.raises(BadInput, match="is not a language"):
        language_of_track(language, field="language")
