"""The FFmpeg compositor keeps the contract of its ports in every codec, and its films are built as
players and browsers want them."""

import struct
from collections.abc import Iterator

import av
import pytest
from tests.contracts.ffmpeg_parts import FFmpegParts

from video_foundry.testing.codec_contract import CodecContract, Made

TAGS = {"h264": "avc1", "hevc": "hvc1", "av1": "av01", "vp9": None, "prores": "apch"}
PIXELS = {"prores": "yuv422p10le"}
BT709, LIMITED = 1, 1

SEGMENT, SEEK_HEAD, INFO, TRACKS = 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B
CUES, CLUSTER, BLOCK, TIME = 0x1C53BB6B, 0x1F43B675, 0xA3, 0xE7
SEEK, SEEK_ID, SEEK_AT = 0x4DBB, 0x53AB, 0x53AC
CUE, CUE_TIME, CUE_TRACK, CUE_AT = 0xBB, 0xB3, 0xB7, 0xF1

Element = tuple[int, int, int]
"""Its name, and where its content begins and ends."""


class TestFFmpegCodecs(FFmpegParts, CodecContract):
    def test_nothing_of_the_tools_is_left_in_it(self, made: Made) -> None:
        data = made.film.read_bytes()
        for trace in (b"Lavf", b"Lavc", b"x264", b"x265", b"SVT", b"libvpx", b"libopus"):
            assert trace not in data

    def test_it_says_what_it_holds(self, made: Made) -> None:
        codec = made.step.profile.codec
        with av.open(str(made.film)) as container:
            [video], [audio] = container.streams.video, container.streams.audio
            frame = next(container.decode(video))
            assert isinstance(frame, av.VideoFrame)
            colours = (frame.colorspace, frame.color_primaries, frame.color_trc)
            assert colours == (BT709, BT709, BT709)
            assert frame.color_range == LIMITED
            assert frame.format.name == PIXELS.get(codec, "yuv420p")
            assert (audio.rate, audio.channels) == (48_000, 2)
            if TAGS[codec]:
                assert video.codec_context.codec_tag == TAGS[codec]

    @pytest.mark.parametrize("made", ["h264", "hevc", "av1", "prores"], indirect=True)
    def test_the_index_of_an_mp4_or_mov_stands_first(self, made: Made) -> None:
        kind = made.step.profile.format.container
        data, at, names = made.film.read_bytes(), 0, []
        while at < len(data):
            length, name = struct.unpack_from(">I4s", data, at)
            names.append(name)
            at += length
        assert names == [b"ftyp", b"moov", b"mdat"]
        assert at == len(data)
        assert data[8:12] == (b"qt  " if kind == "mov" else b"isom")
        assert data.count(b"stsd") == 2
        for box in (b"nclc", b"fiel", b"mhlr", b"dhlr"):
            assert (box in data) == (kind == "mov")

    @pytest.mark.parametrize("made", ["av1"], indirect=True)
    def test_the_sequence_header_of_av1_is_the_one_in_its_frames(self, made: Made) -> None:
        data = made.film.read_bytes()
        at = data.index(b"av1C")
        (length,) = struct.unpack_from(">I", data, at - 4)
        header = data[at + 8 : at - 4 + length]
        assert header[0] >> 3 == 1
        # Every group of frames begins with it.
        frames = data[data.index(b"mdat") :]
        assert frames.count(header) == sum(-(-cut.frames // 24) for cut in made.step.cuts)

    @pytest.mark.parametrize("made", ["vp9"], indirect=True)
    def test_a_webm_can_be_sought_in_from_its_first_bytes(self, made: Made) -> None:
        data = made.film.read_bytes()
        (_, head), (segment, inside) = _named(data, 0, len(data))
        assert head[1] < segment
        assert inside[1] == len(data)
        start = inside[0]
        parts = list(_elements(data, *inside))
        first = [name for name, _, _ in parts[:5]]
        assert first == [SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER]
        assert {name for name, _, _ in parts[4:]} == {CLUSTER}
        begins = {at - start: name for name, at, _ in _with_heads(data, *inside)}
        for _, at, end in _elements(data, *parts[0][1:]):
            found = {name: data[a:b] for name, a, b in _elements(data, at, end)}
            assert begins[int.from_bytes(found[SEEK_AT])] == int.from_bytes(found[SEEK_ID])
        self._check_cues(data, start, parts[3], begins)

    def _check_cues(self, data: bytes, start: int, cues: Element, begins: dict[int, int]) -> None:
        """Each names a cluster, its time, and that begins with a key frame of the picture."""
        times = []
        for _, at, end in _elements(data, *cues[1:]):
            found = {name: (a, b) for name, a, b in _elements(data, at, end)}
            time = int.from_bytes(data[slice(*found[CUE_TIME])])
            where = {name: (a, b) for name, a, b in _elements(data, *found[CUE_TRACK])}
            place = int.from_bytes(data[slice(*where[CUE_AT])])
            assert begins[place] == CLUSTER
            (_, a, b), *_ = _elements(data, start + place, len(data))
            (clock, c, d), (block, e, _), *_ = _elements(data, a, b)
            assert (clock, int.from_bytes(data[c:d])) == (TIME, time)
            assert (block, data[e : e + 4]) == (BLOCK, b"\x81\x00\x00\x80")
            times.append(time)
        assert times == sorted(set(times))
        assert len(times) == sum(name == CLUSTER for name in begins.values())


def _named(data: bytes, at: int, end: int) -> list[tuple[int, tuple[int, int]]]:
    return [(name, (a, b)) for name, a, b in _elements(data, at, end)]


def _elements(data: bytes, at: int, end: int) -> Iterator[Element]:
    """EBML elements one after the other."""
    for name, begin, stop in _with_heads(data, at, end):
        width = (name.bit_length() + 7) // 8
        yield name, begin + width + _width(data[begin + width]), stop


def _with_heads(data: bytes, at: int, end: int) -> Iterator[Element]:
    """The same, from where the names stand."""
    while at < end:
        name = data[at : at + _width(data[at])]
        sized = at + len(name)
        width = _width(data[sized])
        length = int.from_bytes(data[sized : sized + width]) & (1 << 7 * width) - 1
        stop = sized + width + length
        assert stop <= end
        yield int.from_bytes(name), at, stop
        at = stop


def _width(first: int) -> int:
    """Bytes of a number of EBML's, from the first of them."""
    return 9 - first.bit_length()
