"""What can be said of a film's sound, and how it is laid out in samples."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from video_foundry.core.sound import (
    MOST_ITEMS,
    MOST_KEYFRAMES,
    SHORTEST_LOOP,
    Ducking,
    SoundItem,
    SoundShape,
    check_item,
    check_items,
    check_shape,
)
from video_foundry.core.sound_limits import MOST_AT_ONCE, MOST_BEGINNINGS
from video_foundry.core.soundtrack import (
    DECODE_GRID,
    ClipSound,
    Contribution,
    Hush,
    Soundtrack,
    contributions,
)
from video_foundry.core.timebase import LONGEST_FILM, FrameRate
from video_foundry.errors import BadInput

F, D = Fraction, Decimal
FPS24, NTSC = FrameRate(num=24), FrameRate(num=30_000, den=1001)

SONG = SoundItem(digest="song", seconds=F(60))


def clip(first: int, frames: int, **changes: Any) -> ClipSound:
    """A segment of the film, of a source of 30 s."""
    known: dict[str, Any] = {
        "segment": f"s{first}",
        "where": "segments.0.sound",
        "first": first,
        "frames": frames,
        "digest": f"clip{first}",
        "seconds": F(30),
    }
    return ClipSound(**known | changes)


def heard(track: Soundtrack, role: str) -> list[Contribution]:
    return [one for one in track.contributions if one.role == role]


# What cannot be


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"shape": SoundShape(gain_db=D(25))}, "gain_db", "25 dB is out of range"),
        ({"shape": SoundShape(gain_db=D("-60.5"))}, "gain_db", "out of range"),
        ({"shape": SoundShape(gain_db=D("NaN"))}, "gain_db", "out of range"),
        ({"shape": SoundShape(fade_in=F(-1))}, "fade_in", "shorter than 0 s"),
        ({"shape": SoundShape(fade_in=F(20), fade_out=F(41))}, "fade_out", "61 s.*lasts 60 s"),
        ({"shape": SoundShape(fade_in=F(3)), "end": F(2)}, "fade_in", "3 s.*lasts 2 s"),
        ({"shape": SoundShape(keyframes=((F(-1), D(0)),))}, "keyframes.0", "keyframe 1"),
        ({"shape": SoundShape(keyframes=((F(1), D(0)), (F(1), D(0))))}, "keyframes.1", "frame 2"),
        ({"shape": SoundShape(keyframes=((F(1), D(90)),))}, "keyframes.0.gain_db", "90 dB"),
        ({"start": F(-1)}, "start", "before the film"),
        ({"start": F(5), "end": F(5)}, "end", "before it begins"),
        ({"seconds": F(0)}, "media", "no sound"),
        ({"trim_start": F(60)}, "trim.start", "60 s long"),
        ({"trim_start": F(5), "trim_end": F(4)}, "trim.end", "before it begins"),
        ({"trim_end": F(1, 10), "loops": True}, "loop", "too short"),
        ({"ducks": Ducking(amount_db=D(61))}, "duck.amount_db", "61 dB"),
        ({"ducks": Ducking(attack=F(3))}, "duck.attack", "3 s"),
        ({"ducks": Ducking(hold=F(6))}, "duck.hold", "6 s"),
        ({"ducks": Ducking(release=F(-1))}, "duck.release", "-1 s"),
        ({"ducks": Ducking(under=("music",))}, "duck.under", "voices or clips"),
        ({"ducks": Ducking(), "role": "voice"}, "duck", "under a voice"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_limit_and_fix(
    changes: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        check_item(replace(SONG, **changes), "audio.3")
    [problem] = refused.value.problems
    assert problem.field == f"audio.3.{field}"
    assert problem.fix


def test_too_many_are_refused() -> None:
    with pytest.raises(BadInput, match="1,001 sounds; 1,000 are the most"):
        check_items([SONG] * (MOST_ITEMS + 1))
    frames = tuple((F(n, 100), D(0)) for n in range(MOST_KEYFRAMES + 1))
    with pytest.raises(BadInput, match="1,001 keyframes"):
        check_shape(SoundShape(keyframes=frames), "sound")


def test_a_clips_shape_is_held_against_its_length_on_the_film() -> None:
    long_fade = SoundShape(fade_out=F(3))
    contributions([clip(0, 72, shape=long_fade)], [], FPS24)
    with pytest.raises(BadInput, match="3 s, and the sound lasts 2 s") as refused:
        contributions([clip(0, 48, shape=long_fade)], [], FPS24)
    assert refused.value.problems[0].field == "segments.0.sound.fade_out"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"start": F(10)}, "start", "begin at 10 s of a film of 10 s"),
        ({"start": F(-3), "segment": "s0"}, "start", "-3 s"),
        ({"segment": "gone"}, "segment", "does not have"),
    ],
)
def test_an_item_outside_of_the_film_is_refused(
    changes: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        contributions([clip(0, 240)], [SONG, replace(SONG, **changes)], FPS24)
    assert refused.value.problems[0].field == f"audio.1.{field}"


# Clips


def test_cuts_leave_no_gap_and_drift_nowhere_after_ten_minutes() -> None:
    lengths = [97, 101, 113] * 60
    firsts = [sum(lengths[:n]) for n in range(len(lengths))]
    track = contributions(
        [clip(at, frames) for at, frames in zip(firsts, lengths, strict=True)], [], NTSC
    )
    whole = sum(lengths)
    assert whole > 600 * 29.97
    assert track.samples == round(F(whole * 48_000 * 1001, 30_000))
    assert track.contributions[0].start == 0
    assert track.contributions[-1].end == track.samples
    assert all(a.end == b.start for a, b in pairwise(track.contributions))


def test_sounds_cross_where_their_pictures_do() -> None:
    track = contributions([clip(0, 100, overlap_out=15), clip(85, 100, overlap_in=15)], [], NTSC)
    first, second = track.contributions
    [leaving], [coming] = first.fades, second.fades
    assert (leaving.is_out, leaving.power) == (True, True)
    assert (coming.is_out, coming.power) == (False, True)
    assert (leaving.start, leaving.samples) == (coming.start, coming.samples)
    assert leaving.start == NTSC.samples_of(85) == second.start
    assert leaving.start + leaving.samples == NTSC.samples_of(100) == first.end


def test_silent_and_muted_clips_need_no_decoding() -> None:
    silent = [
        clip(0, 24, has_sound=False),
        clip(24, 24, shape=SoundShape(is_muted=True)),
        clip(48, 24, start=F(30)),
    ]
    track = contributions(silent, [], FPS24)
    assert track.contributions == ()
    assert track.sounds == {}
    assert track.samples == 144_000


def test_a_trim_moves_the_place_in_the_decoded_sound_and_decodes_nothing_new() -> None:
    before = contributions([clip(0, 48, start=F(2))], [], FPS24)
    after = contributions([clip(0, 60, start=F(7, 2))], [], FPS24)
    assert before.sounds.keys() == after.sounds.keys()
    assert before.contributions[0].offset == 96_000
    assert after.contributions[0].offset == 168_000


def test_only_the_stretches_that_are_used_are_decoded() -> None:
    long = clip(0, 48, start=F(3599), seconds=F(7200))
    [sound] = contributions([long], [], FPS24).sounds.values()
    assert (sound.start, sound.samples) == (359 * DECODE_GRID, 2 * DECODE_GRID)
    short = clip(0, 48, seconds=F(2))
    [sound] = contributions([short], [], FPS24).sounds.values()
    assert (sound.start, sound.samples) == (0, 96_000)


def test_speed_and_direction_belong_to_what_is_decoded() -> None:
    plain = contributions([clip(0, 48)], [], FPS24).sounds.keys()
    fast = contributions([clip(0, 48, speed=F(2))], [], FPS24)
    back = contributions([clip(0, 48, is_reversed=True)], [], FPS24)
    assert len(plain | fast.sounds.keys() | back.sounds.keys()) == 3
    [sound] = back.sounds.values()
    assert sound.seconds == 30
    [sound] = contributions([clip(0, 48, speed=F(8))], [], FPS24).sounds.values()
    assert sound.samples == 180_000, "30 s at eightfold speed are 3.75 s"


def test_a_frozen_picture_is_silent_and_the_sound_goes_on_where_it_stopped() -> None:
    track = contributions([clip(0, 96, hush=Hush(first=24, frames=48))], [], FPS24)
    before, after = track.contributions
    assert (before.start, before.end) == (0, 48_000)
    assert (after.start, after.end) == (144_000, 192_000)
    assert after.offset == before.offset + before.samples
    assert before.fades[-1].is_out
    assert not after.fades[-1].is_out


def test_keyframes_are_added_to_the_gain_in_hundredths_of_a_decibel() -> None:
    shape = SoundShape(gain_db=D("-6.255"), keyframes=((F(0), D(0)), (F(1, 2), D("3.5"))))
    track = contributions([clip(24, 24, shape=shape)], [], FPS24)
    assert track.contributions[0].points == ((48_000, -626), (72_000, -276))


# Items


def test_an_item_lies_where_it_was_put() -> None:
    item = replace(SONG, start=F(3, 2), trim_start=F(1, 4), trim_end=F(9, 4))
    track = contributions([clip(0, 240)], [item], FPS24)
    [one] = heard(track, "music")
    assert (one.start, one.samples) == (72_000, 96_000)
    assert one.offset + track.sounds[one.sound].start == 12_000


def test_an_item_ends_with_the_film_and_fades_out_there() -> None:
    song = replace(SONG, start=F(2), shape=SoundShape(fade_out=F(1)))
    [one] = heard(contributions([clip(0, 240)], [song], FPS24), "music")
    assert one.end == 480_000
    [fade] = one.fades
    assert (fade.start, fade.samples) == (432_000, 48_000)


def test_fades_that_the_films_end_leaves_no_room_for_are_shortened_alike() -> None:
    song = replace(SONG, start=F(9), shape=SoundShape(fade_in=F(3), fade_out=F(1)))
    [one] = heard(contributions([clip(0, 240)], [song], FPS24), "music")
    assert [(f.start, f.samples) for f in one.fades] == [(432_000, 36_000), (468_000, 12_000)]


def test_a_loop_repeats_without_a_gap_until_its_end_or_the_films() -> None:
    loop = replace(SONG, loops=True, trim_end=F(3), start=F(1), shape=SoundShape(fade_in=F(4)))
    track = contributions([clip(0, 240)], [loop], FPS24)
    rounds = heard(track, "music")
    assert rounds[0].start == 48_000
    assert all(a.end == b.start for a, b in pairwise(rounds))
    assert rounds[-1].end == 480_000
    assert [one.samples for one in rounds] == [144_000] * 3
    assert [len(one.fades) for one in rounds] == [1, 1, 0], "the fade reaches into the second"
    assert len({one.sound for one in rounds}) == 1
    until = replace(loop, end=F(5))
    assert heard(contributions([clip(0, 240)], [until], FPS24), "music")[-1].end == 240_000


def test_an_anchored_item_moves_along_with_its_segment() -> None:
    voice = SoundItem(digest="v", seconds=F(2), role="voice", segment="b", start=F(1, 2))
    for first in (24, 100):
        clips = [clip(0, first), clip(first, 240, segment="b")]
        [one] = heard(contributions(clips, [voice], FPS24), "voice")
        assert one.start == FPS24.samples_of(first) + 24_000


def test_an_item_may_begin_before_the_segment_it_is_tied_to() -> None:
    whoosh = SoundItem(digest="w", seconds=F(1), role="effect", segment="b", start=F(-1, 4))
    clips = [clip(0, 24), clip(24, 48, segment="b")]
    [one] = heard(contributions(clips, [whoosh], FPS24), "effect")
    assert one.start == 36_000


def test_a_film_without_anything_is_no_film() -> None:
    track = contributions([], [], FPS24)
    assert (track.samples, track.contributions) == (0, ())


# How much may be heard


def test_a_hundred_sounds_are_heard_at_once_and_not_one_more() -> None:
    """Those that follow one another to the sample are not heard at once."""
    film = [clip(0, 24 * 10)]
    at_once = [replace(SONG, end=F(4))] * MOST_AT_ONCE
    after = [replace(SONG, start=F(4))] * MOST_AT_ONCE
    assert len(heard(contributions(film, [*at_once, *after], FPS24), "music")) == 2 * MOST_AT_ONCE
    muted = replace(SONG, start=F(3), shape=SoundShape(is_muted=True))
    contributions(film, [*at_once, muted], FPS24)
    with pytest.raises(BadInput, match=r"more than 100 sounds .* from 3 s on") as refusal:
        contributions(film, [*at_once, replace(SONG, start=F(3))], FPS24)
    assert refusal.value.problems[0].field == "audio.100.start"


def test_sounds_are_not_repeated_without_end() -> None:
    """Refused before any of them is laid out: a thousand loops would take all memory."""
    film = [clip(0, 24 * 3600, seconds=F(3600))]
    tick = replace(SONG, trim_end=F(1, 2), loops=True)
    assert len(heard(contributions(film, [tick], FPS24), "music")) == 7_200
    with pytest.raises(BadInput, match=r"7,200 .* begin 201,600 times; 200,000 are") as refusal:
        contributions(film, [tick] * 28, FPS24)
    assert refusal.value.problems[0].field == "audio.27.loop"
    assert MOST_BEGINNINGS >= LONGEST_FILM / SHORTEST_LOOP, "the longest film can have any loop"
