"""Files that others have made are read to the last number, or refused: whatever stands in them."""

import struct
import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from video_foundry.adapters.ffmpeg.coding import coding_of
from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed
from video_foundry.adapters.ffmpeg.mp4.clips import read_clip
from video_foundry.adapters.ffmpeg.mp4.sets import read_sequence, written_configuration
from video_foundry.core.conforming import Coding, coding_from_json
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg

TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "plain.mp4", ClipSpec(frames=48))


def encoded(plain: Path, name: str, *options: str, shape: str = TAGS) -> Path:
    target = plain.with_name(name)
    coder = ("-c:v", "libx264", "-crf", "14", "-threads", "1", "-c:a", "copy")
    run_ffmpeg(["-i", str(plain)], "-vf", shape, *coder, *options, str(target))
    return target


@pytest.fixture(scope="module")
def closed(plain: Path) -> Path:
    return encoded(plain, "closed.mp4", "-g", "12", "-sc_threshold", "0", "-flags", "+cgop")


def coding(path: Path) -> Coding:
    found = coding_from_json(coding_of({"path": str(path)}))
    assert found is not None
    return found


# --- what is there --------------------------------------------------------------------------------

SHAPES: dict[str, tuple[str, ...]] = {
    "odd size": ("-vf", f"{TAGS},scale=146:82"),
    "another aspect": ("-vf", f"{TAGS},setsar=8/9"),
    "full range": ("-vf", TAGS.replace("range=tv", "range=pc")),
    "other colours": (
        "-vf",
        "setparams=range=tv:color_primaries=smpte170m:color_trc=smpte170m:colorspace=smpte170m",
    ),
    "nothing told": ("-vf", "setparams=colorspace=unknown"),
    "High 4:2:2": ("-pix_fmt", "yuv422p10le"),
    "High 4:4:4": ("-pix_fmt", "yuv444p"),
    "fields": ("-vf", f"{TAGS},scale=160:92,setsar=1", "-flags", "+ildct+ilme"),
    "a buffer's model": ("-x264-params", "nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900"),
    "scaling lists": ("-x264-params", "cqm=jvt"),
    "Baseline": ("-profile:v", "baseline"),
    "many B-frames": ("-bf", "8", "-b_strategy", "2"),
    "no B-frames": ("-bf", "0"),
    "pictures' structure": ("-x264-params", "pic-struct=1"),
}


@pytest.mark.parametrize("what", SHAPES)
def test_a_sequence_is_understood_as_another_reader_does(plain: Path, what: str) -> None:
    path = encoded(plain, f"shape-{list(SHAPES).index(what)}.mp4", *SHAPES[what])
    told = read_sequence(read_clip(path).sets.sequence)
    with av.open(str(path)) as container:
        video = container.streams.video[0].codec_context
        frame = next(container.decode(video=0))
        assert told.size == (video.width, video.height)
        assert told.is_yuv420p == (frame.format.name in {"yuv420p", "yuvj420p"})
        assert told.is_full_range == (int(frame.color_range) == 2)
        seen = (int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace))
        assert told.colour == seen
        assert told.is_square == (video.sample_aspect_ratio in (None, 1))
        assert told.is_progressive == (what != "fields")
        data = bytes(video.extradata or b"")
    assert (told.profile, told.constraints, told.level) == tuple(data[1:4])
    assert told.reorder == {"no B-frames": 0, "Baseline": 0}.get(what, 2)


def test_sets_are_written_as_they_were_found(closed: Path) -> None:
    """Byte by byte as FFmpeg does it."""
    data = closed.read_bytes()
    assert written_configuration(read_clip(closed).sets, []) in data


def test_every_sample_lies_where_another_reader_finds_it(closed: Path) -> None:
    index = read_clip(closed).index
    with av.open(str(closed)) as container:
        found = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    assert [next(index.ranges(n, 1)) for n in range(index.samples)] == found
    assert len(index.stretches) > 1  # its sound lies between
    together = list(index.ranges(3, 30))
    assert sum(size for _, size in together) == sum(size for _, size in found[3:33])
    assert together[0][0] == found[3][0]


def test_groups_that_are_not_closed_are_told(plain: Path, closed: Path) -> None:
    assert (coding(closed).groups, coding(closed).faults) == (((12, 4),), ())
    opened = encoded(
        plain, "open.mp4", "-bf", "3", "-x264-params", "open-gop=1:keyint=12:min-keyint=12"
    )
    assert coding(opened).faults == ("its groups of pictures are open",)


def test_where_a_clip_can_be_left_is_where_decoding_has_caught_up(plain: Path) -> None:
    """Held against the order in which another reader finds the frames."""
    path = encoded(plain, "leaves.mp4", "-g", "48", "-bf", "3", "-flags", "+cgop")
    with av.open(str(path)) as container:
        stamps = [packet.pts for packet in container.demux(video=0) if packet.size]
    order = sorted(stamp for stamp in stamps if stamp is not None)
    caught_up = [n for n in range(len(stamps) + 1) if set(stamps[:n]) == set(order[:n])]
    assert list(coding(path).leaves) == caught_up
    assert len(caught_up) > 10


def test_what_is_no_such_file_says_so(plain: Path, tmp_path: Path) -> None:
    webm = make_clip(tmp_path / "clip.webm", ClipSpec(codec="libvpx-vp9", frames=5, sound="opus"))
    assert coding(webm).faults
    (tmp_path / "empty.mp4").touch()
    assert coding(tmp_path / "empty.mp4").faults == ("it has no index",)


# --- whatever stands there ------------------------------------------------------------------------


@given(
    changes=st.lists(st.tuples(st.floats(0, 0.9999), st.binary(min_size=1, max_size=8)), max_size=4)
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_in_an_index_brings_the_reader_down(
    closed: Path, changes: list[tuple[float, bytes]]
) -> None:
    data = bytearray(closed.read_bytes())
    start = data.index(b"moov") - 4
    (length,) = struct.unpack_from(">I", data, start)
    for place, put in changes:
        at = start + 8 + int(place * (length - 8))
        data[at : at + len(put)] = put
    broken = closed.with_name("broken.mp4")
    broken.write_bytes(data)
    begun = time.process_time()
    answer = coding_of({"path": str(broken)})
    assert coding_from_json(answer) is not None
    assert time.process_time() - begun < 5  # a fiftieth of it is usual


def counted(table: bytes, at: int) -> Callable[[bytearray], None]:
    """Sets a number of a table to the largest there is. at: bytes behind the table's name."""

    def change(data: bytearray) -> None:
        where = data.index(table) + 4 + at
        struct.pack_into(">I", data, where, 0xFFFFFFFF)

    return change


@pytest.mark.parametrize(
    ("table", "at"),
    [
        (b"stts", 4),
        (b"stts", 8),
        (b"stts", 12),
        (b"ctts", 4),
        (b"ctts", 8),
        (b"ctts", 12),
        (b"stsc", 4),
        (b"stsc", 8),
        (b"stsc", 12),
        (b"stsz", 4),
        (b"stsz", 8),
        (b"stsz", 12),
        (b"stco", 4),
        (b"stco", 8),
        (b"stss", 4),
        (b"stsd", 4),
    ],
)
def test_the_largest_numbers_are_refused_before_anything_is_made_of_them(
    closed: Path, tmp_path: Path, table: bytes, at: int
) -> None:
    data = bytearray(closed.read_bytes())
    counted(table, at)(data)
    path = tmp_path / "huge.mp4"
    path.write_bytes(data)
    if (table, at) == (b"stsd", 4):  # how many there are is counted, not believed
        assert coding(path).faults == ()
        return
    with pytest.raises(Malformed):
        read_clip(path)


def test_a_million_frames_in_no_bytes_are_refused(closed: Path, tmp_path: Path) -> None:
    """All of one size, which takes twelve bytes to say."""
    data = bytearray(closed.read_bytes())
    at = data.index(b"stsz") + 8
    struct.pack_into(">II", data, at, 1, 0xFFFFFFF0)
    path = tmp_path / "many.mp4"
    path.write_bytes(data)
    with pytest.raises(Malformed, match="frames"):
        read_clip(path)


@pytest.mark.parametrize("length", range(0, 24, 3))
def test_a_sequence_that_is_cut_off_is_refused(closed: Path, length: int) -> None:
    whole = read_clip(closed).sets.sequence
    with pytest.raises(Malformed):
        read_sequence(whole[:length])
