"""The film writer: what is copied by byte ranges decodes as strictly, and shows the very frames, as
if it had been one encode; and files that do not belong together are refused."""

import struct
from collections.abc import Callable
from fractions import Fraction
from io import FileIO
from pathlib import Path
from random import Random
from typing import Any

import av
import pytest

from video_foundry.adapters.ffmpeg.encoding import picture_container, picture_encoder
from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed
from video_foundry.adapters.ffmpeg.mp4.chunks import BLOCK, Blocks
from video_foundry.adapters.ffmpeg.mp4.film import (
    PictureTrack,
    Slice,
    SoundTrack,
    write_film,
)
from video_foundry.adapters.ffmpeg.mp4.index import TrackIndex, read_index
from video_foundry.adapters.ffmpeg.mp4.tracks import Inputs
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg
from video_foundry.testing.film_reading import read_barcodes, read_sound, read_times

RATES = [FrameRate(num=24), FrameRate(num=30_000, den=1001), FrameRate(num=60)]


def make_piece(folder: Path, number: int, frames: int, rate: FrameRate) -> TrackIndex:
    """A piece as the composer makes it: frames that say which they are, picture alone."""
    spec = ClipSpec(number=number, frames=frames, rate=str(rate), sound=None)
    source = make_clip(folder / f"{number}.mp4", spec)
    profile = OutputProfile(width=160, height=90, fps=rate)
    piece = folder / f"{number}.mov"
    run_ffmpeg(
        ["-i", str(source)],
        *picture_encoder(profile, threads=1),
        *("-map", "0:v", *picture_container(profile), str(piece)),
    )
    return read_index(piece)


def make_sound(folder: Path, seconds: float) -> TrackIndex:
    """AAC packets of a tone."""
    target = folder / "tone.m4a"
    tone = ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}"]
    run_ffmpeg(tone, "-ac", "2", "-c:a", "aac", "-q:a", "2", "-f", "mp4", str(target))
    return read_index(target)


def film_of(
    target: Path,
    slices: list[Slice],
    rate: FrameRate,
    sound: TrackIndex | None = None,
    *,
    fine: int = 100,
) -> Path:
    """Write a film of slices, with as much of the sound as it needs. fine: ticks that a frame's
    time is divided by."""
    frames = sum(one.count for one in slices)
    samples = rate.samples_of(frames)
    track = None
    if sound is not None:
        packets = -(-(samples + 1024) // 1024)
        track = SoundTrack(
            slices=[Slice(index=sound, first=0, count=packets)],
            packet=1024,
            lead_in=1024,
            samples=samples,
            rate=48_000,
        )
    picture = PictureTrack(
        slices=slices, width=160, height=90, timescale=rate.num * fine, step=rate.den * fine
    )
    write_film(target, picture, track)
    return target


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_whole_groups_are_copied_in_any_order(tmp_path: Path, rate: FrameRate) -> None:
    one, two = (make_piece(tmp_path, number, 80, rate) for number in (1, 2))
    slices = [
        Slice(index=one, first=24, count=48),
        Slice(index=two, first=0, count=80),
        Slice(index=one, first=72, count=8),
        Slice(index=two, first=72, count=8),
        Slice(index=one, first=0, count=24),
    ]
    film = film_of(tmp_path / "film.mp4", slices, rate, make_sound(tmp_path, 11))
    wanted = [
        (number, frame)
        for number, frames in [
            (1, range(24, 72)),
            (2, range(80)),
            (1, range(72, 80)),
            (2, range(72, 80)),
            (1, range(24)),
        ]
        for frame in frames
    ]
    assert read_barcodes(film) == wanted
    assert read_times(film) == [Fraction(n) / rate.fraction for n in range(len(wanted))]
    assert len(read_sound(film)) == rate.samples_of(len(wanted))


def test_a_length_that_32_bits_cannot_count_is_exact(tmp_path: Path) -> None:
    """As a film of ten hours at 119.88 frames a second has it."""
    rate, piece = RATES[0], make_piece(tmp_path, 1, 80, RATES[0])
    whole = Slice(index=piece, first=0, count=80)
    fine = 2**32 // (79 * rate.den)
    film = film_of(tmp_path / "film.mp4", [whole], rate, make_sound(tmp_path, 4), fine=fine)
    assert read_times(film) == [Fraction(n, 24) for n in range(80)]
    assert read_barcodes(film) == [(1, n) for n in range(80)]
    with av.open(str(film)) as container:
        video = container.streams.video[0]
        assert video.duration is not None
        assert video.time_base is not None
        assert video.duration * video.time_base == Fraction(80, 24)


def test_the_picture_is_the_pieces_bytes(tmp_path: Path) -> None:
    piece = make_piece(tmp_path, 1, 48, RATES[0])
    film = film_of(tmp_path / "film.mp4", [Slice(index=piece, first=24, count=24)], RATES[0])
    skipped, copied = sum(piece.sizes[:24]), sum(piece.sizes[24:])
    body = piece.path.read_bytes()[piece.offset + skipped :][:copied]
    assert film.read_bytes().endswith(body)


def test_the_same_film_is_the_same_file(tmp_path: Path) -> None:
    piece = make_piece(tmp_path, 1, 48, RATES[0])
    slices = [Slice(index=piece, first=0, count=48)]
    first = film_of(tmp_path / "a.mp4", slices, RATES[0]).read_bytes()
    assert film_of(tmp_path / "b.mp4", slices, RATES[0]).read_bytes() == first


def test_a_cut_within_a_group_of_pictures_is_refused(tmp_path: Path) -> None:
    piece = make_piece(tmp_path, 1, 48, RATES[0])
    for first, count in [(3, 21), (0, 20), (24, 30)]:
        with pytest.raises(Malformed):
            film_of(tmp_path / "f.mp4", [Slice(index=piece, first=first, count=count)], RATES[0])


def test_pieces_of_other_settings_are_refused(tmp_path: Path) -> None:
    one = make_piece(tmp_path, 1, 24, RATES[0])
    other = make_piece(tmp_path, 2, 24, RATES[2])
    slices = [Slice(index=one, first=0, count=24), Slice(index=other, first=0, count=24)]
    with pytest.raises(Malformed, match=r"frame rate|encoder settings"):
        film_of(tmp_path / "film.mp4", slices, RATES[0])


@pytest.mark.parametrize("keep", [0, 20, 200])
def test_a_file_without_an_index_is_refused(tmp_path: Path, keep: int) -> None:
    piece = make_piece(tmp_path, 1, 24, RATES[0]).path
    short = tmp_path / "short.mov"
    short.write_bytes(piece.read_bytes()[:keep])
    with pytest.raises(Malformed):
        read_index(short)


def test_a_file_of_two_tracks_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mov", ClipSpec(number=1, frames=24))
    with pytest.raises(Malformed, match="2 tracks"):
        read_index(clip)


def test_a_piece_that_ends_early_is_noticed(tmp_path: Path) -> None:
    piece = make_piece(tmp_path, 1, 24, RATES[0])
    data = piece.path.read_bytes()
    piece.path.write_bytes(data[: piece.offset + 100])
    with pytest.raises(Malformed, match="ends before"):
        film_of(tmp_path / "film.mp4", [Slice(index=piece, first=0, count=24)], RATES[0])


def test_the_index_stands_first(tmp_path: Path) -> None:
    piece = make_piece(tmp_path, 1, 24, RATES[0])
    film = film_of(tmp_path / "film.mp4", [Slice(index=piece, first=0, count=24)], RATES[0])
    data, names, at = film.read_bytes(), [], 0
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        names.append(name)
        at += length
    assert names == [b"ftyp", b"moov", b"mdat"]
    assert at == len(data)


class Sparing(FileIO):
    """Writes less than it is given, as a nearly full disk does."""

    def write(self, content: Any) -> int:
        """At most 300,000 bytes."""
        return super().write(content[:300_000])


def test_ranges_of_files_are_written_one_after_the_other(tmp_path: Path) -> None:
    """Those that are larger than what is written at a time, too."""
    chance = Random(7)
    sources = [tmp_path / "a", tmp_path / "b"]
    for source in sources:
        source.write_bytes(chance.randbytes(3 * BLOCK))
    lengths = [1, BLOCK - 10, 9, BLOCK, 2 * BLOCK + 777, 5, 123_456]
    ranges = [(chance.choice(sources), chance.randrange(BLOCK // 2), size) for size in lengths]
    with Sparing(tmp_path / "film", "wb") as file, Blocks(file) as blocks, Inputs() as inputs:
        blocks.write(b"head" * BLOCK)
        for source, offset, size in ranges:
            blocks.copy(inputs, source, offset, size)
        blocks.write(b"end")
    parts = [source.read_bytes()[offset : offset + size] for source, offset, size in ranges]
    assert (tmp_path / "film").read_bytes() == b"head" * BLOCK + b"".join(parts) + b"end"


def test_a_file_that_has_become_shorter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(bytes(100))
    with (
        pytest.raises(Malformed, match="ends before"),
        Inputs() as inputs,
        FileIO(tmp_path / "film", "wb") as file,
        Blocks(file) as blocks,
    ):
        blocks.copy(inputs, tmp_path / "short", 50, 51)


class GivenUp(Exception):
    """Nobody wants the film any more."""


def given_up_after(times: int) -> Callable[[float], None]:
    """Is told of what is written, and loses interest when it has been told so many times."""
    left = iter(range(times))

    def report(_: float) -> None:
        if next(left, None) is None:
            raise GivenUp

    return report


def test_a_film_that_nobody_wants_any_more_is_not_begun(tmp_path: Path) -> None:
    """Its tables alone take a while in a long one, so it is asked before anything is written."""
    piece = make_piece(tmp_path, 1, 24, RATES[0])
    slices, target = [Slice(index=piece, first=0, count=24)] * 600, tmp_path / "film.mp4"
    picture = PictureTrack(slices=slices, width=160, height=90, timescale=24, step=1)
    told: list[float] = []
    write_film(target, picture, None, report=told.append)
    asked = told.count(0.0)
    assert asked > 50
    for interest in range(0, asked, 7):
        target.unlink(missing_ok=True)
        with pytest.raises(GivenUp):
            write_film(target, picture, None, report=given_up_after(interest))
        assert not target.exists()
