"""Captions as tracks of a film: FFmpeg finds them in every container with their words, times and
languages, and picture and sound stay what they were."""

import asyncio
import re
from fractions import Fraction
from pathlib import Path

import av
import pytest
from tests.adapters.ffmpeg.test_codecs_playing import CHROMIUM, played
from tests.adapters.ffmpeg.test_mp4 import make_piece, make_sound

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.joining import make_film
from video_foundry.core.captions import read_cues
from video_foundry.core.profile import OutputProfile, VideoCodec
from video_foundry.core.subtitles import Line, Subtitles, subtitles_of
from video_foundry.core.timebase import FrameRate
from video_foundry.ports.film import FilmCut, FilmStep
from video_foundry.ports.picture import PictureLayer, PictureStep
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg

RATE = FrameRate(num=24)
FRAMES = 72
WORDS = """\
1
00:00:00,500 --> 00:00:01,250
Good evening, <i>Zoë</i> & you

2
00:00:01,000 --> 00:00:02,000
über die Straße

3
00:00:02,500 --> 00:00:09,000
こんにちは 👋 < there
"""
SHOWN = [
    (500, 1000, "Good evening, Zoë & you"),
    (1000, 1250, "Good evening, Zoë & you\nüber die Straße"),
    (1250, 2000, "über die Straße"),
    (2500, 3000, "こんにちは 👋 < there"),
]
"""In a film of three seconds."""


def track(language: str | None) -> Subtitles:
    cues = read_cues(WORDS, field="captions")
    return subtitles_of(cues, language=language, field="captions").within(Fraction(3))


def make(folder: Path, codec: VideoCodec, *tracks: Subtitles) -> Path:
    """A film of three seconds: picture alone, but for H.264, which has sound as well."""
    profile = OutputProfile(width=160, height=90, fps=RATE, codec=codec)
    piece = folder / "piece.mov"
    sound: list[Path] = []
    if codec == "h264":
        piece = make_piece(folder, 1, FRAMES, RATE).path
        sound = [_sound(folder)]
    else:
        asyncio.run(_encode(folder, profile, piece))
    film = folder / f"film.{profile.format.container}"
    step = FilmStep(
        cuts=[FilmCut(piece=piece, first=0, frames=FRAMES)],
        sound=sound,
        profile=profile,
        subtitles=tracks,
    )
    asyncio.run(make_film(step, film, None))
    return film


def _sound(folder: Path) -> Path:
    """Just as many packets of AAC as three seconds take."""
    whole = make_sound(folder, 3.0)
    wanted = -(-(3 * 48_000 + 1024) // 1024)
    short = folder / "window.m4a"
    run_ffmpeg(
        ["-i", str(whole.path)], "-c", "copy", "-frames:a", str(wanted), "-f", "mp4", str(short)
    )
    return short


async def _encode(folder: Path, profile: OutputProfile, target: Path) -> None:
    clip = make_clip(folder / "clip.mp4", ClipSpec(number=1, frames=FRAMES, rate="24", sound=None))
    compositor = FFmpegCompositor(scratch=folder / "scratch")
    layer = PictureLayer(source=clip, first=0, frames=FRAMES)
    step = PictureStep(profile=profile, frames=FRAMES, layers=(layer,), label="it")
    await compositor.picture(step, target)
    await compositor.aclose()


def read_tracks(film: Path) -> list[tuple[str, list[tuple[int, int, str]]]]:
    """(language, lines that say something) of each track, as a player reads them."""
    found = []
    with av.open(str(film)) as container:
        for number, stream in enumerate(container.streams.subtitles):
            srt = run_ffmpeg(["-i", str(film)], "-map", f"0:s:{number}", "-f", "srt", "-").decode()
            found.append((stream.language or "und", _srt(srt)))
    return found


_BLOCK = re.compile(r"\d+\n(\S+) --> (\S+)\n(.*?)\n\n", re.DOTALL)


def _srt(text: str) -> list[tuple[int, int, str]]:
    return [
        (_ms(start), _ms(end), re.sub(r"</?font[^>]*>", "", words))
        for start, end, words in _BLOCK.findall(text + "\n\n")
        if words.strip()
    ]


def _ms(clock: str) -> int:
    hours, minutes, seconds = clock.replace(",", ".").split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


@pytest.mark.parametrize("codec", ["h264", "prores", "vp9"])
def test_players_find_words_times_and_languages(tmp_path: Path, codec: VideoCodec) -> None:
    film = make(tmp_path, codec, track("pt-BR"), track(None), track("ja"))
    assert read_tracks(film) == [("por", SHOWN), ("und", SHOWN), ("jpn", SHOWN)]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("codec", ["h264", "vp9"])
def test_a_browser_plays_a_film_that_has_some(tmp_path: Path, codec: VideoCodec) -> None:
    seen = asyncio.run(played(make(tmp_path, codec, track("en"), track("fr")), 40.5 / 24))
    assert seen["at"] == pytest.approx(40 / 24, abs=0.002)
    assert seen["end"] == pytest.approx(3, abs=0.05)
    assert seen["frames"] >= FRAMES * 0.9


@pytest.mark.parametrize("codec", ["h264", "vp9"])
def test_picture_and_sound_stay_what_they_are(tmp_path: Path, codec: VideoCodec) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    both = [
        make(tmp_path / "with", codec, track("en")),
        make(tmp_path / "without", codec),
    ]
    one, other = (
        run_ffmpeg(
            ["-v", "error", "-xerror", "-err_detect", "explode", "-i", str(film)],
            *("-map", "0:v", "-map", "0:a?", "-f", "framemd5", "-"),
        )
        for film in both
    )
    assert one == other
    assert not list(tmp_path.rglob(".*.part*")), "nothing is left beside the film"


def test_silence_and_a_line_at_the_very_end(tmp_path: Path) -> None:
    last = Subtitles(lines=(Line(start=2999, end=3000, text="x"),), language="en")
    film = make(tmp_path, "h264", Subtitles(lines=(), language="fr"), last)
    assert [lines for _, lines in read_tracks(film)] == [[], [(2999, 3000, "x")]]
