"""A machine with a chip that encodes, played by an FFmpeg that hands what the chip is asked for to
x264: it is offered, used when asked for, never mixed with software, and not used when it breaks the
rules of pieces."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor, find_ffmpeg
from video_foundry.core.composition import Source
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.graph import Known, make_graph
from video_foundry.core.profile import OutputProfile
from video_foundry.errors import CompositionFailed, MachineFailed, PiecesDiffer
from video_foundry.ports.film import FilmCut, FilmStep
from video_foundry.ports.picture import PictureLayer, PictureStep
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.film_reading import read_barcodes

BY_HAND = OutputProfile(width=160, height=90)
BY_CHIP = replace(BY_HAND, encoder="nvenc")

PROGRAM = """\
#!{python}
import os, sys
told = sys.argv[1:]
if "h264_nvenc" in told and os.path.exists(os.path.join(os.path.dirname(__file__), "busy")):
    sys.exit("[h264_nvenc @ 0x55d0c0] OpenEncodeSessionEx failed: out of memory (10)")
if "h264_nvenc" in told:
    own = {{"-preset": ["-preset", "veryfast"], "-cq": ["-crf", "22"], "-g": ["-g", "{distance}"]}}
    left_out = "-tune -rc -b:v -no-scenecut -strict_gop -b_ref_mode -a53cc".split()
    made = []
    while told:
        word = told.pop(0)
        if word in own or word in left_out:
            told.pop(0)
            made += own.get(word, [])
        else:
            made.append("libx264" if word == "h264_nvenc" else word)
    at = made.index("libx264") + 1
    told = made[:at] + ["-x264-params", "open-gop=0:stitchable=1:ref=2:scenecut=0"] + made[at:]
os.execv("{ffmpeg}", ["ffmpeg", *told])
"""


@asynccontextmanager
async def machine(folder: Path, *, distance: int = 24) -> AsyncIterator[FFmpegCompositor]:
    """A compositor whose FFmpeg has such a chip. distance: frames between key frames."""
    real, other = find_ffmpeg(), folder / "ffmpeg"
    words = PROGRAM.format(python=sys.executable, ffmpeg=real.path, distance=distance)
    other.write_text(words)
    other.chmod(0o755)
    compositor = FFmpegCompositor(scratch=folder / "scratch", ffmpeg=replace(real, path=other))
    yield compositor
    await compositor.aclose()


async def make_piece(
    compositor: FFmpegCompositor, source: Path, profile: OutputProfile, target: Path
) -> FilmCut:
    """The whole of a clip of 30 frames as a piece."""
    layer = PictureLayer(source=source, first=0, frames=30)
    step = PictureStep(profile=profile, frames=30, layers=(layer,), label="segment 1")
    await compositor.picture(step, target, None)
    return FilmCut(piece=target, first=0, frames=30)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", ClipSpec(number=5, frames=30, sound=None))


async def test_a_chip_that_is_there_encodes_what_asks_for_it(tmp_path: Path, clip: Path) -> None:
    """And nothing else: what does not ask for it has the very bytes of a machine without one."""
    if not _is_listed():
        pytest.skip("this FFmpeg was built without h264_nvenc")
    async with machine(tmp_path) as compositor:
        offered = await compositor.encoders()
        assert offered["h264"] == ("software", "nvenc")
        assert "nvenc" not in {*offered["hevc"], *offered["av1"]}, "listed, and it fails"
        chip = await make_piece(compositor, clip, BY_CHIP, tmp_path / "chip.mov")
        hand = await make_piece(compositor, clip, BY_HAND, tmp_path / "hand.mov")
        film = tmp_path / "film.mp4"
        await compositor.film(FilmStep(cuts=[chip, chip], sound=[], profile=BY_CHIP), film, None)
        assert read_barcodes(film) == [(5, n) for n in range(30)] * 2
        mixed = FilmStep(cuts=[chip, hand], sound=[], profile=BY_CHIP)
        with pytest.raises(PiecesDiffer, match="not made with the same encoder") as caught:
            await compositor.film(mixed, tmp_path / "mixed.mp4", None)
        assert caught.value.pieces == {str(hand.piece)}
        assert not (tmp_path / "mixed.mp4").exists()
    plain = FFmpegCompositor(scratch=tmp_path / "plain")
    await make_piece(plain, clip, BY_HAND, tmp_path / "plain.mov")
    await plain.aclose()
    assert (tmp_path / "plain.mov").read_bytes() == (tmp_path / "hand.mov").read_bytes()


async def test_a_chip_that_puts_key_frames_elsewhere_is_not_used(
    tmp_path: Path, clip: Path
) -> None:
    async with machine(tmp_path, distance=12) as compositor:
        assert (await compositor.encoders())["h264"] == ("software",)
        with pytest.raises(CompositionFailed, match="segment 1: h264 cannot be encoded by nvenc"):
            await make_piece(compositor, clip, BY_CHIP, tmp_path / "chip.mov")


async def test_a_chip_that_was_busy_is_asked_again(tmp_path: Path, clip: Path) -> None:
    """Other films may take all that it can encode at a time; that says nothing of the next step."""
    if not _is_listed():
        pytest.skip("this FFmpeg was built without h264_nvenc")
    busy, target = tmp_path / "busy", tmp_path / "chip.mov"
    async with machine(tmp_path) as compositor:
        busy.touch()
        assert (await compositor.encoders())["h264"] == ("software",)
        with pytest.raises(MachineFailed, match="segment 1: h264 cannot be encoded by nvenc"):
            await make_piece(compositor, clip, BY_CHIP, target)
        busy.unlink()
        await make_piece(compositor, clip, BY_CHIP, target)
        assert (await compositor.encoders())["h264"] == ("software", "nvenc")
        busy.touch()
        with pytest.raises(MachineFailed, match=r"segment 1: .*OpenEncodeSessionEx failed"):
            await make_piece(compositor, clip, BY_CHIP, target)
        busy.unlink()
        await make_piece(compositor, clip, BY_CHIP, target)


def test_the_same_film_by_a_chip_shares_its_sound_and_no_picture() -> None:
    source = Source(digest="ab" * 32, seconds=Fraction(4))
    clips = (FilmClip(segment_id="s", index=0, source=source),)
    films = [Film(profile=profile, clips=clips) for profile in (BY_HAND, BY_CHIP)]
    hand, chip = (
        {step.fingerprint: step.kind for step in make_graph(film, Known()).steps} for film in films
    )
    assert {hand[mark] for mark in hand.keys() & chip.keys()} == {"sound", "mix"}
    assert {chip[mark] for mark in chip.keys() - hand.keys()} == {"clip", "master"}


def _is_listed() -> bool:
    command = [str(find_ffmpeg().path), "-hide_banner", "-encoders"]
    return (
        "h264_nvenc" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    )
