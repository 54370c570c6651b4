"""The options that go to each encoder, and what a machine is found to offer."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor, find_ffmpeg
from video_foundry.adapters.ffmpeg.encoding import (
    device_options,
    encoder_filters,
    encoder_name,
    hardware,
    picture_container,
    picture_encoder,
)
from video_foundry.core.profile import (
    FORMATS,
    POSSIBLE_ENCODERS,
    Encoder,
    OutputProfile,
    Quality,
    VideoCodec,
    require_encoder,
)
from video_foundry.errors import BadInput, CompositionFailed
from video_foundry.ports.picture import PictureLayer, PictureStep

QUALITIES: list[Quality] = ["draft", "standard", "high"]
ON_CHIPS: list[tuple[VideoCodec, Encoder]] = [
    (codec, encoder)
    for codec, encoders in POSSIBLE_ENCODERS.items()
    for encoder in encoders
    if encoder != "software"
]
SMALL = OutputProfile(width=192, height=108)
DEVICES = [path for path in ("/dev/dri", "/dev/nvidiactl") if Path(path).exists()]
"""What a machine with a chip has, as far as Linux shows it."""


def test_what_h264_was_made_with_is_what_it_is_made_with() -> None:
    """Pieces made by earlier versions are joined with new ones: nothing here may ever differ."""
    assert picture_encoder(OutputProfile(), threads=3) == [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20"),
        *("-profile:v", "high", "-level:v", "4.0", "-pix_fmt", "yuv420p"),
        *("-g", "24", "-keyint_min", "24", "-sc_threshold", "0", "-bf", "3"),
        *("-flags:v", "+cgop+bitexact", "-x264-params", "open-gop=0:stitchable=1"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-color_range", "tv", "-threads:v", "3"),
        *("-bsf:v", "filter_units=remove_types=6", "-fps_mode:v", "passthrough"),
    ]
    assert picture_container(OutputProfile()) == [
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
        *("-write_tmcd", "0", "-video_track_timescale", "24000", "-f", "mov"),
    ]
    assert device_options(OutputProfile()) == encoder_filters(OutputProfile()) == []


@pytest.mark.parametrize("codec", list(FORMATS))
def test_each_quality_is_another(codec: VideoCodec) -> None:
    told = [
        tuple(picture_encoder(OutputProfile(codec=codec, quality=quality), threads=2))
        for quality in QUALITIES
    ]
    assert len(set(told)) == len(QUALITIES)


# Chips


@pytest.mark.parametrize(("codec", "encoder"), ON_CHIPS)
@pytest.mark.parametrize("quality", QUALITIES)
def test_a_chip_is_told_the_rules_of_pieces(
    codec: VideoCodec, encoder: Encoder, quality: Quality
) -> None:
    profile = OutputProfile(codec=codec, encoder=encoder, quality=quality)
    told = picture_encoder(profile, threads=2)
    pairs = dict(pairwise(told))
    assert pairs["-c:v"] == encoder_name(profile) == f"{codec}_{encoder}"
    assert pairs["-g"] == pairs["-keyint_min"] == "24"
    assert "+cgop" in pairs["-flags:v"]
    assert [pairs[f"-{name}"] for name in ("colorspace", "color_primaries", "color_trc")] == [
        "bt709"
    ] * 3
    assert pairs["-color_range"] == "tv"
    assert pairs["-fps_mode:v"] == "passthrough"
    assert ("-tag:v" in pairs) == (codec == "hevc")
    assert len([one for one in told if one.startswith("-")]) == len(
        {one for one in told if one.startswith("-")}
    )


@pytest.mark.parametrize("encoder", list(hardware.CHIPS))
def test_a_chip_makes_what_it_can_make_and_nothing_else(encoder: Encoder) -> None:
    can = {codec for codec, encoders in POSSIBLE_ENCODERS.items() if encoder in encoders}
    chip = hardware.CHIPS[encoder]
    assert set(chip.qualities) == set(chip.own) == can
    for scale in (*chip.qualities.values(), chip.speeds):
        assert set(scale) == set(QUALITIES)


@pytest.mark.parametrize(("codec", "encoder"), ON_CHIPS)
def test_this_ffmpeg_knows_every_option_that_a_chip_is_told(
    codec: VideoCodec, encoder: Encoder
) -> None:
    profile = OutputProfile(codec=codec, encoder=encoder)
    known = _options_of(encoder_name(profile))
    if known is None:
        pytest.skip(f"this FFmpeg was built without {encoder_name(profile)}")
    told = [one for one in hardware.options(profile) if re.match(r"-[a-z]", one)]
    assert told
    assert {one.partition(":")[0] for one in told} - known - _general_options() == set()


def test_frames_are_handed_to_chips_that_do_not_share_our_memory() -> None:
    profile = OutputProfile(encoder="vaapi")
    assert encoder_filters(profile) == ["format=nv12", "hwupload"]
    assert device_options(profile)[:2] == ["-init_hw_device", "vaapi=chip"]
    assert "-pix_fmt" not in picture_encoder(profile, threads=1)


# What there is


@pytest.fixture(scope="module")
def compositor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FFmpegCompositor]:
    made = FFmpegCompositor(scratch=tmp_path_factory.mktemp("scratch"))
    yield made
    asyncio.run(made.aclose())


async def test_our_own_ffmpeg_encodes_every_codec_by_software(
    compositor: FFmpegCompositor,
) -> None:
    offered = await compositor.encoders()
    assert list(offered) == list(FORMATS)
    assert all(encoders[0] == "software" for encoders in offered.values())


async def test_a_chip_is_offered_only_where_it_works(compositor: FFmpegCompositor) -> None:
    """FFmpeg lists encoders for chips that are not there."""
    listed = {name for name in _listed() if re.search(r"_(nvenc|vaapi|qsv)$", name)}
    assert listed, "this FFmpeg was built for no chip: nothing is tried here"
    offered = await compositor.encoders()
    for codec, encoder in ON_CHIPS:
        if encoder in offered[codec]:
            continue
        with pytest.raises(CompositionFailed, match=rf"^the clip: {codec} cannot .* by {encoder}"):
            await _encode(compositor, replace(SMALL, codec=codec, encoder=encoder))
    if not DEVICES:
        assert offered == dict.fromkeys(FORMATS, ("software",))


async def test_it_is_found_out_once(
    compositor: FFmpegCompositor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await compositor.encoders()
    monkeypatch.setattr(compositor._offers.tools.readers, "ask", None)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", None)
    assert await compositor.encoders() == first


async def test_a_codec_that_is_missing_is_refused_with_what_there_is(
    tmp_path: Path,
) -> None:
    """An FFmpeg as some distributions build it: with x264, without SVT-AV1."""
    real = find_ffmpeg()
    other = tmp_path / "ffmpeg"
    other.write_text(f'#!/bin/sh\n{real.path} "$@" | grep -v libsvtav1\n')
    other.chmod(0o755)
    poor = replace(real, path=other)
    compositor = FFmpegCompositor(scratch=tmp_path / "scratch", ffmpeg=poor)
    assert (await compositor.encoders())["av1"] == ()
    with pytest.raises(CompositionFailed) as refusal:
        await _encode(compositor, replace(SMALL, codec="av1"))
    assert str(refusal.value) == (
        "the clip: av1 cannot be encoded on this machine; what can be encoded is h264, hevc, vp9, "
        "prores; choose another codec"
    )
    await compositor.aclose()


def test_what_cannot_be_anywhere_is_bad_input_with_a_fix() -> None:
    require_encoder("hevc", "nvenc")
    with pytest.raises(BadInput, match="prores cannot be encoded by nvenc here") as refusal:
        require_encoder("prores", "nvenc")
    [problem] = refusal.value.problems
    assert (problem.field, problem.fix) == ("encoder", "choose encoder software")
    with pytest.raises(BadInput, match="nothing") as refusal:
        require_encoder("av1", "software", {"av1": ()}, where="on this machine")
    assert refusal.value.problems[0].field == "codec"


async def _encode(compositor: FFmpegCompositor, profile: OutputProfile) -> None:
    layer = PictureLayer(source=Path("never-read.mp4"), first=0, frames=1)
    step = PictureStep(profile=profile, frames=1, layers=(layer,), label="the clip")
    await compositor.picture(step, Path("never-written.mov"))


@cache
def _options_of(name: str) -> frozenset[str] | None:
    """The private options of one encoder; None when FFmpeg lacks it."""
    if name not in _listed():
        return None
    return frozenset(re.findall(r"^\s+(-[\w-]+)\s", _told("-h", f"encoder={name}"), re.MULTILINE))


@cache
def _general_options() -> frozenset[str]:
    """Options that any encoder, stream or file may be given."""
    own, _, rest = _told("-h", "full").partition("AVCodecContext AVOptions:")
    told = own + rest.partition("\n\n")[0]
    return frozenset(re.findall(r"^\s*(-[\w-]+?)(?:\[[^ ]*|:<?[^ ]*)?\s", told, re.MULTILINE))


@cache
def _listed() -> frozenset[str]:
    return frozenset(re.findall(r"^ V\S{5}\s+(\S+)", _told("-encoders"), re.MULTILINE))


def _told(*arguments: str) -> str:
    command = [str(find_ffmpeg().path), "-hide_banner", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
