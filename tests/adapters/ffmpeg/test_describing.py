"""What a track's decoder is set up with: read from real pieces, refused where it is not told."""

import struct
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg.encoding import picture_container, picture_encoder
from video_foundry.adapters.ffmpeg.mp4.boxes import Box, Malformed, box, find
from video_foundry.adapters.ffmpeg.mp4.describing import Description, read_description
from video_foundry.adapters.ffmpeg.mp4.index import read_index
from video_foundry.adapters.ffmpeg.mp4.tables import Alike, total
from video_foundry.core.profile import OutputProfile, Quality, VideoCodec
from video_foundry.testing.clips import run_ffmpeg

SEQUENCE = bytes.fromhex("0a0f0200002d6a67fd9e357cc810100820")
"""As SVT-AV1 begins a film of 1280 x 720 (level 3.1) with; what it says before is another level."""

FRAME = b"\0\0\1\0icpf" + struct.pack(">HH4s", 12, 0, b"apl0") + b"\xc0\x02\1\1"


def described(codec: VideoCodec, folder: Path, quality: Quality = "standard") -> Description:
    """Of two frames."""
    profile = OutputProfile(width=160, height=96, codec=codec, quality=quality)
    piece = folder / f"{codec}-{quality}.{profile.format.piece}"
    options = [*picture_encoder(profile, threads=1), *picture_container(profile)]
    run_ffmpeg(
        ["-f", "lavfi", "-i", "testsrc=s=160x96:r=24"], "-frames:v", "2", *options, str(piece)
    )
    return read_index(piece).description


def entry_of(name: bytes, *boxes: bytes) -> tuple[bytes, Box]:
    """A sample description with one entry for a picture, and where its content lies."""
    size = struct.pack(">HH", 160, 96)
    data = box(b"stsd", bytes(7) + b"\1", box(name, bytes(24), size, bytes(50), *boxes))
    return data, find(data, b"stsd")


@pytest.mark.parametrize(
    ("codec", "coding", "first"),
    [
        ("h264", b"avc1", b"avcC"),
        ("hevc", b"hvc1", b"hvcC"),
        ("av1", b"av01", b"av1C"),
        ("vp9", b"vp09", b"vpcC"),
        ("prores", b"apch", b""),
    ],
)
def test_each_codec_says_how_it_is_decoded(
    tmp_path: Path, codec: VideoCodec, coding: bytes, first: bytes
) -> None:
    found = described(codec, tmp_path)
    assert (found.coding, found.configuration[4:8], found.size) == (coding, first, (160, 96))
    assert bool(found.head) == (codec == "prores")


@pytest.mark.parametrize("codec", ["hevc", "av1", "prores"])
def test_pieces_of_another_quality_are_told_apart(tmp_path: Path, codec: VideoCodec) -> None:
    """Those of H.264 and VP9 are not: a decoder could not tell them either."""
    assert described(codec, tmp_path, "draft") != described(codec, tmp_path)


def test_the_level_of_av1_is_the_one_in_its_frames() -> None:
    told = box(b"av1C", bytes.fromhex("81000c00"), SEQUENCE[:-1] + b"\0")
    data, stsd = entry_of(b"av01", told)
    found = read_description(data, stsd, SEQUENCE + b"\x32\0")
    assert found.configuration == box(b"av1C", bytes.fromhex("81050c00"), SEQUENCE)


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (b"", "does not begin with a sequence header"),
        (b"\x32\x01\x00", "does not begin with a sequence header"),
        (b"\x0a\x0f" + SEQUENCE[2:6], "does not begin with a sequence header"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff", "has no length"),
        (b"\x0a\x02\x04\x00", "not one of ours"),
        (b"\x0a\x08\x0c" + bytes(7), "not one of ours"),
    ],
)
def test_a_piece_of_av1_that_does_not_begin_as_it_must_is_refused(first: bytes, words: str) -> None:
    data, stsd = entry_of(b"av01", box(b"av1C", bytes.fromhex("81000c00")))
    with pytest.raises(Malformed, match=words):
        read_description(data, stsd, first)


def test_a_frame_of_prores_is_known_by_its_header() -> None:
    data, stsd = entry_of(b"apch")
    assert read_description(data, stsd, FRAME + b"slices").head == FRAME[8:]
    for broken in (b"", FRAME[:9], FRAME.replace(b"icpf", b"icpg")):
        with pytest.raises(Malformed, match="does not begin with a frame of ProRes"):
            read_description(data, stsd, broken)


def test_what_does_not_say_how_it_is_decoded_is_refused() -> None:
    for name in (b"avc1", b"vp09"):
        data, stsd = entry_of(name)
        with pytest.raises(Malformed, match="how it is to be decoded"):
            read_description(data, stsd, b"")
    one = box(b"apch", bytes(78))
    data = box(b"stsd", bytes(8), one, one)
    with pytest.raises(Malformed, match="more than one way"):
        read_description(data, find(data, b"stsd"), FRAME)


def test_sizes_that_are_all_alike_take_no_memory() -> None:
    sizes = Alike(4, 10**12)
    assert (len(sizes), sizes[5], sizes[-1], total(sizes)) == (10**12, 4, 4, 4 * 10**12)
    part = sizes[10:30]
    assert isinstance(part, Alike)
    assert (len(part), total(part), list(part)) == (20, 80, [4] * 20)
    with pytest.raises(IndexError):
        sizes[10**12]
    assert total([1, 2, 3]) == 6
