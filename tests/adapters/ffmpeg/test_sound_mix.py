"""The mix before it is encoded: windows against the whole, gains, fades, ducking and the limit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.ffmpeg.sounds import (
    RATE,
    Desk,
    level,
    music,
    noise,
    part,
    speech,
    tone,
    track_of,
    write,
)
from tests.core.strategies import law

from video_foundry.adapters.ffmpeg.sound.child.dsp import limiter
from video_foundry.adapters.ffmpeg.sound.child.dsp.wav import Wav
from video_foundry.core.sound_windows import WINDOW, window_mixes
from video_foundry.core.soundtrack import Contribution, Duck, Fade

DUCK = Duck(amount=1200, attack=25, hold=50, release=75, under=("voice",))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write(
        tmp_path_factory.mktemp("sounds"),
        {
            "music": music(12),
            "noise": noise(8, 0.3),
            "loud": np.clip(noise(6, 0.9, seed=2), -1, 1),
            "speech": speech(9),
            "tone": tone(440, 20, 0.25),
        },
    )


LENGTHS = {"music": 12, "noise": 8, "loud": 6, "speech": 9, "tone": 20}


@st.composite
def timelines(draw: st.DrawFn) -> tuple[list[Contribution], int]:
    """Anything over anything: sounds of every kind, with every kind of shape."""
    total = draw(st.integers(1, 2 * WINDOW + WINDOW // 2))
    return [draw(a_part(total)) for _ in range(draw(st.integers(1, 6)))], total


@st.composite
def a_part(draw: st.DrawFn, total: int) -> Contribution:
    name = draw(st.sampled_from(sorted(LENGTHS)))
    # Near the edges of windows more often than anywhere else.
    start = draw(st.integers(0, total - 1) | st.just(max(0, min(WINDOW - 5, total - 1))))
    offset = draw(st.integers(0, LENGTHS[name] * RATE - 1))
    samples = draw(st.integers(1, min(LENGTHS[name] * RATE - offset, total - start)))
    gains = draw(st.lists(st.integers(-3000, 1200), min_size=1, max_size=4))
    places = sorted(
        draw(st.sets(st.integers(0, total), min_size=len(gains), max_size=len(gains)))
        if len(gains) <= total
        else range(len(gains))
    )
    fades = draw(
        st.lists(
            st.builds(
                Fade,
                start=st.integers(start, start + samples),
                samples=st.integers(1, RATE),
                is_out=st.booleans(),
                power=st.booleans(),
            ),
            max_size=2,
        )
    )
    role: Any = draw(st.sampled_from(["clip", "music", "voice", "effect"]))
    duck = DUCK if role == "music" and draw(st.booleans()) else None
    return part(
        name,
        start,
        samples,
        role=role,
        offset=offset,
        points=tuple(zip(places, gains, strict=True)),
        fades=tuple(fades),
        duck=duck,
    )


@law
@given(timeline=timelines(), gain=st.sampled_from([0, 600, 1800]))
def test_windows_mixed_apart_are_the_whole_sample_for_sample(
    files: dict[str, Path], timeline: tuple[list[Contribution], int], gain: int
) -> None:
    parts, total = timeline
    desk = Desk(files, gain=gain, ceiling=-100)
    track = track_of(parts, total)
    assert np.array_equal(desk.joined(track), desk.whole(track))


@pytest.mark.parametrize("early", [0, 1, 1000, 3000, 5000, 30_000, 50_000, 59_000])
@pytest.mark.parametrize("name", ["loud", "speech"])
def test_what_ends_before_a_window_is_still_felt_within_it(
    files: dict[str, Path], name: str, early: int
) -> None:
    """The limiter that comes back, and music that does, after a sound of the window before."""
    end = WINDOW - early
    voice = part(name, end - 2 * RATE, 2 * RATE, role="voice")
    song = part("music", WINDOW - 5 * RATE, 9 * RATE, role="music", duck=DUCK)
    desk = Desk(files, gain=900, ceiling=-100)
    track = track_of([song, voice], WINDOW + 5 * RATE)
    whole = desk.whole(track)
    assert np.array_equal(desk.joined(track), whole)
    without = desk.whole(track_of([song], track.samples))
    assert not np.array_equal(without[WINDOW:], whole[WINDOW:])


@pytest.mark.parametrize("late", [0, 1, 100, 260, 5000, 11_000])
def test_what_begins_after_a_window_is_felt_within_it_already(
    files: dict[str, Path], late: int
) -> None:
    voice = part("loud", WINDOW + late, 2 * RATE, role="voice")
    song = part("music", WINDOW - 5 * RATE, 9 * RATE, role="music", duck=DUCK)
    desk = Desk(files, gain=900, ceiling=-100)
    track = track_of([song, voice], WINDOW + 5 * RATE)
    whole = desk.whole(track)
    assert np.array_equal(desk.joined(track), whole)
    without = desk.whole(track_of([song], track.samples))
    assert not np.array_equal(without[:WINDOW], whole[:WINDOW])


def test_what_an_encoder_is_given_around_a_window_is_the_neighbours_sound(
    files: dict[str, Path],
) -> None:
    voice = part("speech", WINDOW - 2 * RATE, 5 * RATE, role="voice")
    song = part("music", WINDOW - 6 * RATE, 12 * RATE, role="music", duck=DUCK)
    track = track_of([song, voice], 2 * WINDOW + 777)
    desk = Desk(files, gain=1500, ceiling=-100)
    whole = desk.whole(track)
    mix = window_mixes(track)[1]
    around = desk.window(mix, -12_480, WINDOW + 3072)
    end = min(2 * WINDOW + 3072, track.samples)
    assert np.array_equal(around[: end - WINDOW + 12_480], whole[WINDOW - 12_480 : end])


def test_a_sound_alone_passes_through_bit_for_bit(files: dict[str, Path]) -> None:
    quiet = Desk(write(files["noise"].parent, {"quiet": noise(6, 0.1)}))
    alone = quiet.whole(track_of([part("quiet", 1000, 6 * RATE)], 7 * RATE))
    expected = Wav(str(quiet.files["quiet"])).read(0, 6 * RATE)
    assert np.array_equal(alone[1000 : 1000 + 6 * RATE], expected)
    assert not alone[:1000].any()
    assert not alone[1000 + 6 * RATE :].any()


def test_a_sound_of_more_than_its_header_can_say_is_read_to_its_end(tmp_path: Path) -> None:
    path = write(tmp_path, {"endless": tone(440, 1)})["endless"]
    data = bytearray(path.read_bytes())
    data[40:44] = b"\xff" * 4
    path.write_bytes(data)
    sound = Wav(str(path))
    assert sound.samples == RATE
    assert not sound.read(RATE, 10).any()


def test_gains_and_keyframes_go_straight_in_decibels(files: dict[str, Path]) -> None:
    shape = ((RATE, -1200), (3 * RATE, 0), (4 * RATE, -600))
    mixed = Desk(files).whole(track_of([part("tone", 0, 5 * RATE, points=shape)], 5 * RATE))
    plain = level(tone(440, 1))

    def at(second: float) -> float:
        middle = round(second * RATE)
        return level(mixed[middle - 1200 : middle + 1200]) - plain

    for second, gain in [(0.5, -12), (1.0, -12), (2.0, -6), (2.5, -3), (3.5, -3), (4.5, -6)]:
        assert at(second) == pytest.approx(gain, abs=0.1)


def test_fades_rise_from_silence_and_fall_to_it(files: dict[str, Path]) -> None:
    fades = (
        Fade(start=0, samples=RATE, is_out=False),
        Fade(start=2 * RATE, samples=RATE, is_out=True),
    )
    mixed = Desk(files).whole(track_of([part("tone", 0, 3 * RATE, fades=fades)], 3 * RATE))
    tops = np.abs(mixed[:, 0]).reshape(-1, 480).max(axis=1) / 0.25
    assert tops[0] < 0.02
    assert tops[50] == pytest.approx(0.505, abs=0.01)
    assert tops[100:200] == pytest.approx(1, abs=0.01)
    assert tops[-1] < 0.02


def test_sounds_that_cross_keep_their_energy(files: dict[str, Path]) -> None:
    """Two unlike sounds of one loudness: it is the same before, within and after."""
    cross: dict[str, Any] = {"start": 2 * RATE, "samples": RATE, "power": True}
    parts = [
        part("noise", 0, 3 * RATE, fades=(Fade(is_out=True, **cross),)),
        part("noise", 2 * RATE, 3 * RATE, offset=4 * RATE, fades=(Fade(is_out=False, **cross),)),
    ]
    mixed = Desk(files, ceiling=2400).whole(track_of(parts, 5 * RATE))
    levels = [level(mixed[at : at + 4800]) for at in range(0, 5 * RATE, 4800)]
    assert max(levels) - min(levels) < 0.4


def test_music_steps_back_while_somebody_speaks(files: dict[str, Path]) -> None:
    talk = write(files["tone"].parent, {"talk": tone(1000, 2, 0.2)})
    desk = Desk({**files, **talk})

    def music_level(*voices: Contribution) -> Callable[[float], float]:
        song = part("tone", 0, 10 * RATE, role="music", duck=DUCK)
        mixed = desk.whole(track_of([song, *voices], 10 * RATE))
        if voices:
            mixed = mixed - desk.whole(track_of(voices, 10 * RATE))
        return lambda second: level(mixed[round(second * RATE) :][:960])

    alone = music_level()
    spoken = music_level(part("talk", 4 * RATE, 2 * RATE, role="voice"))

    def down(second: float) -> float:
        return alone(second) - spoken(second)

    assert down(3.7) == pytest.approx(0, abs=0.05), "before the attack"
    assert down(3.865) == pytest.approx(6, abs=0.3), "half way, a quarter of a second before"
    assert down(4.0) == pytest.approx(12, abs=0.1), "all the way when the voice begins"
    assert down(5.9) == pytest.approx(12, abs=0.1)
    assert down(6.45) == pytest.approx(12, abs=0.1), "held"
    assert down(6.865) == pytest.approx(6, abs=0.3), "half way back"
    assert down(7.3) == pytest.approx(0, abs=0.05), "and back"


def test_pauses_shorter_than_the_hold_do_not_let_the_music_up(files: dict[str, Path]) -> None:
    talk = write(files["tone"].parent, {"word": tone(1000, 0.5, 0.2)})
    desk = Desk({**files, **talk})
    words = [part("word", round(at * RATE), RATE // 2, role="voice") for at in (2, 2.9, 3.8)]
    song = part("tone", 0, 8 * RATE, role="music", duck=DUCK)
    mixed = desk.whole(track_of([song, *words], 8 * RATE))
    pauses = [mixed[round(at * RATE) :][:4800] for at in (2.6, 3.5)]
    assert all(level(pause) == pytest.approx(level(tone(440, 1)) - 12, abs=0.1) for pause in pauses)


@pytest.mark.parametrize("role", ["clip", "effect", "music"])
def test_music_steps_back_for_nobody_else(files: dict[str, Path], role: Any) -> None:
    song = part("tone", 0, 4 * RATE, role="music", duck=DUCK)
    other = part("noise", RATE, 2 * RATE, role=role)
    desk = Desk(files, ceiling=2400)
    apart = [desk.whole(track_of([one], 4 * RATE)) for one in (song, other)]
    assert np.array_equal(desk.whole(track_of([song, other], 4 * RATE)), apart[0] + apart[1])


def test_a_silent_voice_ducks_nothing(files: dict[str, Path]) -> None:
    song = part("tone", 0, 4 * RATE, role="music", duck=DUCK)
    whisper = part("noise", RATE, 2 * RATE, role="voice", points=((0, -5000),))
    desk = Desk(files)
    ducked = desk.whole(track_of([song, whisper], 4 * RATE))
    assert level(ducked[2 * RATE : 3 * RATE]) == pytest.approx(level(tone(440, 1)), abs=0.05)


# The limiter


def test_a_peak_between_samples_is_found() -> None:
    """A quarter of the sampling rate, sampled off its tops: they lie 3 dB above any sample."""
    places = np.arange(9600)
    one = np.sin(np.pi / 2 * places + np.pi / 4).astype(np.float32)
    between = np.stack([one, np.zeros_like(one)], axis=1)
    assert np.abs(between).max() == pytest.approx(0.7071, abs=1e-4)
    assert limiter.true_peaks(between)[100:-100].max() == pytest.approx(1, abs=0.005)


@pytest.mark.parametrize("gain", [0, 600, 1200, 2400])
def test_no_true_peak_passes_the_ceiling(files: dict[str, Path], gain: int) -> None:
    parts = [part("loud", 0, 6 * RATE), part("music", 0, 6 * RATE), part("speech", 0, 6 * RATE)]
    held = Desk(files, gain=gain, ceiling=-100).whole(track_of(parts, 6 * RATE))
    peak = limiter.true_peaks(held).max()
    assert 10 ** (-1.6 / 20) < peak <= 10 ** (-0.93 / 20)


def test_what_stays_under_the_ceiling_is_left_alone(files: dict[str, Path]) -> None:
    sound = Wav(str(files["speech"])).read(0, 9 * RATE)
    assert limiter.limit(sound, 0.9) is sound


def test_a_click_is_pressed_down_briefly_and_gently() -> None:
    sound = tone(440, 2, 0.25)
    sound[RATE : RATE + 40] += 0.9
    held = limiter.limit(sound, 0.5)
    assert limiter.true_peaks(held).max() <= 0.505
    assert np.array_equal(held[: RATE - 600], sound[: RATE - 600])
    assert np.array_equal(held[RATE + 5400 :], sound[RATE + 5400 :])
    gain = held[:, 0] / np.where(np.abs(sound[:, 0]) > 0.01, sound[:, 0], np.nan)
    down = -20 * np.log10(np.nanmedian(gain[RATE + 10 : RATE + 30]))
    half_way = -20 * np.log10(np.nanmedian(gain[RATE + 2300 : RATE + 2500]))
    assert down > 6
    assert half_way == pytest.approx(down / 2, rel=0.15), "back in a tenth of a second"
    steps = np.abs(np.diff(gain[~np.isnan(gain)]))
    assert np.nanmax(steps) < 0.02, "no step that could be heard as a click of its own"
