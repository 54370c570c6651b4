"""WebM, written by hand: numbers of EBML, clusters of slow films, and what is refused."""

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg.encoding import picture_container, picture_encoder
from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed
from video_foundry.adapters.ffmpeg.mp4.index import TrackIndex, read_index
from video_foundry.adapters.ffmpeg.mp4.tracks import PictureTrack, Slice, SoundTrack
from video_foundry.adapters.ffmpeg.webm.clusters import Block, clusters
from video_foundry.adapters.ffmpeg.webm.elements import element, number, signed, size_of
from video_foundry.adapters.ffmpeg.webm.film import write_film
from video_foundry.core.profile import OutputProfile, VideoCodec
from video_foundry.core.timebase import FrameRate
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg
from video_foundry.testing.codec_contract import written_times
from video_foundry.testing.film_reading import read_barcodes

SLOW = FrameRate(num=1, den=2)
USUAL = FrameRate(num=24)


def make_piece(
    folder: Path, frames: int, rate: FrameRate, *, codec: VideoCodec = "vp9"
) -> TrackIndex:
    """A piece as the composer makes it, of frames that say which they are."""
    spec = ClipSpec(number=5, frames=frames, rate=f"{rate.num}/{rate.den}", sound=None)
    source = make_clip(folder / "source.mp4", spec)
    profile = OutputProfile(width=160, height=90, fps=rate, codec=codec, quality="draft")
    piece = folder / f"{codec}.{profile.format.piece}"
    options = [*picture_encoder(profile, threads=1), *picture_container(profile)]
    run_ffmpeg(["-i", str(source)], *options, str(piece))
    return read_index(piece)


def make_sound(folder: Path, codec: str) -> TrackIndex:
    target = folder / "tone.mp4"
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"]
    run_ffmpeg(tone, "-ac", "2", "-c:a", codec, str(target))
    return read_index(target)


def track_of(piece: TrackIndex, rate: FrameRate, times: int = 1) -> PictureTrack:
    return PictureTrack(
        slices=[Slice(index=piece, first=0, count=piece.samples)] * times,
        width=160,
        height=90,
        timescale=rate.num * 100,
        step=rate.den * 100,
    )


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (0, "80"),
        (126, "fe"),
        (127, "407f"),
        (16_382, "7ffe"),
        (16_383, "203fff"),
        (2**28 - 2, "1ffffffe"),
        (2**28 - 1, "080fffffff"),
        (2**40, "050000000000"),
    ],
)
def test_a_length_takes_as_few_bytes_as_hold_it(length: int, written: str) -> None:
    """All ones would mean that it is not known."""
    assert size_of(length).hex() == written


def test_elements_are_written_as_they_are_read() -> None:
    assert number(0xD7, 0).hex() == "d78100"
    assert number(0x2AD7B1, 1_000_000).hex() == "2ad7b1830f4240"
    assert element(0x1A45DFA3, b"x").hex() == "1a45dfa38178"
    assert [signed(0x75A2, value).hex() for value in (1, 127, 128, 13_500_000)] == [
        "75a28101",
        "75a2817f",
        "75a2820080",
        "75a28400cdfe60",
    ]


def test_a_film_of_few_frames_a_minute_keeps_its_times(tmp_path: Path) -> None:
    """The time of a block is counted from its cluster's in 16 bits: 32 seconds at most."""
    piece = make_piece(tmp_path, 30, SLOW)
    film = tmp_path / "film.webm"
    write_film(film, track_of(piece, SLOW), None)
    assert written_times(film) == [Fraction(2 * n) for n in range(30)]
    assert read_barcodes(film) == [(5, n) for n in range(30)]
    made = list(clusters(track_of(piece, SLOW), None))
    assert [one.time for one in made if one.is_key] == [0, 48_000]
    assert len(made) == 3


def test_a_long_film_is_written_in_little_memory(tmp_path: Path) -> None:
    """Ten minutes of picture and sound; all that is kept of it are times and sizes of clusters."""
    piece, sound = make_piece(tmp_path, 24, USUAL), make_sound(tmp_path, "libopus")
    seconds = 600
    packets = [Slice(index=sound, first=0, count=100)] * (seconds // 2)
    extra = Slice(index=sound, first=0, count=1)
    track = SoundTrack(
        slices=[*packets, extra], packet=960, lead_in=312, samples=seconds * 48_000, rate=48_000
    )
    picture = track_of(piece, USUAL, seconds)
    told: list[float] = []
    tracemalloc.start()
    write_film(tmp_path / "film.webm", picture, track, report=told.append)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000
    assert told == sorted(told)
    assert told[-1] == 1
    assert (tmp_path / "film.webm").stat().st_size > seconds * sum(piece.sizes)


def test_only_the_last_packet_is_cut_and_by_just_what_is_too_much(tmp_path: Path) -> None:
    piece, sound = make_piece(tmp_path, 24, USUAL), make_sound(tmp_path, "libopus")
    track = SoundTrack(
        slices=[Slice(index=sound, first=0, count=51)],
        packet=960,
        lead_in=312,
        samples=48_000,
        rate=48_000,
    )
    packets = [
        block
        for cluster in clusters(track_of(piece, USUAL), track)
        for block in cluster.blocks
        if block.track == 2
    ]
    assert [block.time for block in packets] == [20 * n for n in range(51)]
    too_much = Fraction(51 * 960 - 312 - 48_000, 48_000)
    assert [block.padding for block in packets] == [0] * 50 + [round(too_much * 10**9)]
    for block in packets:
        written = len(block.before(0)) + block.size + len(block.after())
        assert block.written_size == written


def test_what_is_no_vp9_or_no_opus_is_refused(tmp_path: Path) -> None:
    picture = track_of(make_piece(tmp_path, 24, USUAL), USUAL)
    sound = make_sound(tmp_path, "aac")
    slices = [Slice(index=sound, first=0, count=sound.samples)]
    aac = SoundTrack(slices=slices, packet=1024, lead_in=1024, samples=48_000, rate=48_000)
    target = tmp_path / "film.webm"
    with pytest.raises(Malformed, match="not Opus"):
        write_film(target, picture, aac)
    with pytest.raises(Malformed, match="not VP9"):
        other = make_piece(tmp_path, 24, USUAL, codec="av1")
        write_film(target, track_of(other, USUAL), None)
    with pytest.raises(Malformed, match="not in the order"):
        write_film(target, track_of(make_piece(tmp_path, 24, USUAL, codec="h264"), USUAL), None)
    with pytest.raises(Malformed, match="another size"):
        write_film(target, replace(picture, width=320), None)
    assert not target.exists()


def test_a_piece_that_ends_early_is_noticed(tmp_path: Path) -> None:
    piece = make_piece(tmp_path, 24, USUAL)
    piece.path.write_bytes(piece.path.read_bytes()[: piece.offset + 100])
    with pytest.raises(Malformed, match="ends before"):
        write_film(tmp_path / "film.webm", track_of(piece, USUAL), None)


def test_blocks_are_ordered_by_their_times_and_picture_comes_first() -> None:
    here = Path("piece")
    blocks = [Block(40, 2, True, here, 0, 1), Block(40, 1, False, here, 0, 1)]
    assert sorted(blocks)[0].track == 1
