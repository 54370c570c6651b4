"""Windows of sound: what changes one, and what does not."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.sound import Ducking, SoundItem, SoundShape
from video_foundry.core.sound_windows import (
    AFTER,
    BEFORE,
    WINDOW,
    WindowMix,
    mix_of,
    window_fingerprint,
    window_mixes,
    windows,
)
from video_foundry.core.soundtrack import ClipSound, contributions
from video_foundry.core.timebase import FrameRate

F, D = Fraction, Decimal
FPS = FrameRate(num=24)
WINDOW_FRAMES = 9.6 * 24

SONG = SoundItem(digest="song", seconds=F(600), ducks=Ducking())
VOICE = SoundItem(digest="voice", seconds=F(4), role="voice", start=F(50))


def film(lengths: Sequence[int], **changes: Any) -> list[ClipSound]:
    """Clips of so many frames, one after the other, each of a source of its own."""
    return [
        ClipSound(
            segment=str(index),
            where="sound",
            first=sum(lengths[:index]),
            frames=frames,
            digest=f"clip {frames}",
            seconds=F(60),
            **changes,
        )
        for index, frames in enumerate(lengths)
    ]


def marks(clips: Sequence[ClipSound], items: Sequence[SoundItem] = ()) -> list[str]:
    """The fingerprint of each window's sound."""
    return [
        window_fingerprint(mix, gain=D(0), ceiling=D(-1), codec="aac")
        for mix in window_mixes(contributions(clips, items, FPS))
    ]


def changed(before: Sequence[str], after: Sequence[str]) -> list[int]:
    return [n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]


LENGTHS = [120, 121, 123, 122, 119, 124, 118, 125, 117, 126, 116, 127, 115, 128, 114, 129]


@law
@given(st.integers(0, 3 * WINDOW + 7))
def test_windows_cover_the_film_exactly(total: int) -> None:
    parts = windows(total)
    assert sum(part.samples for part in parts) == total
    assert [part.start for part in parts] == [WINDOW * n for n in range(len(parts))]
    assert [part.is_last for part in parts] == [False] * (len(parts) - 1) + [True] * bool(parts)
    assert all(part.samples > 0 for part in parts)


def test_the_same_film_has_the_same_windows() -> None:
    assert marks(film(LENGTHS), [SONG, VOICE]) == marks(film(LENGTHS), [VOICE, SONG])


@law
@given(at=st.integers(1, len(LENGTHS) - 1), frames=st.integers(1, 400))
def test_inserting_a_clip_changes_only_windows_from_there_on(at: int, frames: int) -> None:
    before = marks(film(LENGTHS))
    after = marks(film([*LENGTHS[:at], frames, *LENGTHS[at:]]))
    place = FPS.samples_of(sum(LENGTHS[:at]))
    untouched = max(0, (place - AFTER) // WINDOW)
    assert before[:untouched] == after[:untouched]
    assert before[untouched:] != after[untouched:]


def test_a_changed_clip_changes_the_windows_that_it_reaches_into_and_no_other() -> None:
    clips = film(LENGTHS)
    place = sum(LENGTHS[:4]) / WINDOW_FRAMES, sum(LENGTHS[:5]) / WINDOW_FRAMES
    louder = [*clips[:4], replace(clips[4], shape=SoundShape(gain_db=D(3))), *clips[5:]]
    assert changed(marks(clips), marks(louder)) == list(range(int(place[0]), int(place[1]) + 1))


def test_the_musics_gain_changes_the_windows_of_the_music_alone() -> None:
    short = replace(SONG, start=F(15), end=F(25), ducks=None)
    louder = replace(short, shape=SoundShape(gain_db=D(-3)))
    assert changed(marks(film(LENGTHS), [short]), marks(film(LENGTHS), [louder])) == [1, 2]


def test_a_keyframe_changes_only_what_lies_between_its_neighbours() -> None:
    def song(gain: Decimal) -> SoundItem:
        keys = tuple((F(second), gain if second == 32 else D(0)) for second in range(0, 80, 2))
        return replace(SONG, shape=SoundShape(keyframes=keys))

    assert changed(marks(film(LENGTHS), [song(D(0))]), marks(film(LENGTHS), [song(D(-6))])) == [3]


def test_a_fade_out_is_no_matter_of_earlier_windows() -> None:
    fading = replace(SONG, shape=SoundShape(fade_out=F(5)))
    found = changed(marks(film(LENGTHS), [SONG]), marks(film(LENGTHS), [fading]))
    assert found == [7, 8]


def test_a_voice_changes_the_music_as_far_as_it_steps_back_and_no_further() -> None:
    without = marks(film(LENGTHS), [SONG])
    with_voice = marks(film(LENGTHS), [SONG, VOICE])
    assert changed(without, with_voice) == [5]
    # It begins just after a window: the music of the window before already sinks.
    early = replace(VOICE, start=F(48) + F(1, 5))
    assert changed(without, marks(film(LENGTHS), [SONG, early])) == [4, 5]
    # It ends just before a window: the music of the next one still comes back.
    late = replace(VOICE, start=F(48) - F(5))
    assert changed(without, marks(film(LENGTHS), [SONG, late])) == [4, 5]
    steady = replace(SONG, ducks=None)
    assert changed(marks(film(LENGTHS), [steady]), marks(film(LENGTHS), [steady, early])) == [5]


def test_a_role_is_of_no_matter_where_nothing_listens() -> None:
    steady = replace(SONG, ducks=None)
    as_effect = replace(VOICE, role="effect")
    assert marks(film(LENGTHS), [steady, VOICE]) == marks(film(LENGTHS), [steady, as_effect])


def test_sound_that_moves_by_whole_windows_is_known_already() -> None:
    quiet = film([1152 * 3], has_sound=False)
    voice = replace(VOICE, start=F(10))
    moved = replace(voice, start=F(10) + F(WINDOW * 5, 48_000))
    before, after = marks(quiet, [voice]), marks(quiet, [moved])
    assert before[1] == after[6]
    assert len(set(before)) == 4, "the first, the last, one with a voice, and silence"


def test_gain_ceiling_and_codec_are_part_of_what_a_window_is() -> None:
    mix = window_mixes(contributions(film([240]), [], FPS))[0]
    plain: dict[str, Any] = {"gain": D(0), "ceiling": D(-1), "codec": "aac"}
    others: list[dict[str, Any]] = [{"gain": D("0.5")}, {"ceiling": D(0)}, {"codec": "opus"}]
    all_marks = {window_fingerprint(mix, **plain | other) for other in [{}, *others]}
    assert len(all_marks) == 4
    assert mix.measure not in all_marks


def test_where_a_window_stands_is_nothing_to_its_measurement() -> None:
    track = contributions(film([240 * 4], has_sound=False), [], FPS)
    found = [mix.measure for mix in window_mixes(track)]
    assert found[0] == found[1] == found[2]


def test_a_window_survives_json() -> None:
    shape = SoundShape(fade_in=F(1), keyframes=((F(0), D(0)), (F(9), D(-6))))
    items = [replace(SONG, shape=shape), replace(VOICE, start=F(8))]
    for mix in window_mixes(contributions(film(LENGTHS), items, FPS)):
        assert WindowMix.of(json.loads(json.dumps(mix.plain))) == mix


@law
@given(
    lengths=st.lists(st.integers(1, 500), min_size=1, max_size=8),
    starts=st.lists(st.fractions(0, 30, max_denominator=1000), max_size=4),
)
def test_finding_what_reaches_into_a_window_finds_all_of_it(
    lengths: list[int], starts: list[Fraction]
) -> None:
    clips = film(lengths)
    end = FPS.seconds_of(sum(lengths))
    voices = [replace(VOICE, start=start) for start in starts if start < end]
    track = contributions(clips, [SONG, *voices], FPS)
    for mix, window in zip(window_mixes(track), windows(track.samples), strict=True):
        assert mix == mix_of(track.contributions, window)
        for strand in mix.strands:
            assert strand.samples > 0
            assert strand.offset >= 0
        audible = [one for one in mix.strands if one.role is None]
        assert all(one.start >= -BEFORE for one in audible)
        assert all(one.start + one.samples <= mix.samples + AFTER for one in audible)


@pytest.mark.parametrize("count", [1, 3])
def test_sounds_are_named_once_each(count: int) -> None:
    loop = replace(SONG, loops=True, trim_end=F(1), ducks=None)
    mix = window_mixes(contributions(film([240], has_sound=False), [loop] * count, FPS))[0]
    assert len(mix.sounds) == 1
    assert len(mix.strands) == 10 * count
