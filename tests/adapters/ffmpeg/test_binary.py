"""Which FFmpeg is chosen."""

from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import binary
from video_foundry.adapters.ffmpeg.binary import FFmpegBinary, find_ffmpeg, inspect_ffmpeg
from video_foundry.errors import CompositionFailed

ANSWER = """ffmpeg version {version} Copyright (c) 2000-2025 the FFmpeg developers
configuration: --enable-gpl {options}
libavutil      58.  2.100 / 58.  2.100
libavcodec     {codec}.  3.100 / {codec}.  3.100
"""
COMPLETE = "--enable-libx264 --enable-libzimg --enable-libvpx"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the PATH; tests put an `ffmpeg` into it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def _fake(folder: Path, *, version: str, codec: int, options: str = COMPLETE) -> Path:
    path = folder / "ffmpeg"
    answer = ANSWER.format(version=version, codec=codec, options=options)
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}END\n")
    path.chmod(0o755)
    return path


def test_a_new_enough_one_on_the_path_is_taken(install: Path) -> None:
    path = _fake(install, version="7.1.1-3", codec=61)
    assert find_ffmpeg() == FFmpegBinary(
        path=path, version="7.1.1-3", has_zscale=True, has_vpx=True
    )


@pytest.mark.parametrize("lacking", ["libzimg", "libvpx"])
def test_one_that_lacks_what_some_clips_need_gives_way_to_the_wheels(
    install: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    options = COMPLETE.replace(f"--enable-{lacking}", f"--disable-{lacking}")
    path = _fake(install, version="7.1.1-3", codec=61, options=options)
    found = find_ffmpeg()
    assert found.path != path
    assert found.has_zscale
    assert found.has_vpx
    monkeypatch.setattr(binary, "_in_wheel", lambda: None)
    assert find_ffmpeg().path == path


def test_a_git_build_is_known_by_its_library(install: Path) -> None:
    path = _fake(install, version="N-120000-gabcdef", codec=62)
    assert find_ffmpeg().path == path


@pytest.mark.parametrize(
    ("codec", "options", "reason"),
    [(59, "--enable-libx264", "too old"), (61, "--disable-libx264", "without libx264")],
)
def test_an_unfit_one_gives_way_to_the_wheels(
    install: Path, codec: int, options: str, reason: str
) -> None:
    path = _fake(install, version="5.1.9", codec=codec, options=options)
    assert reason in str(inspect_ffmpeg(path))
    found = find_ffmpeg()
    assert found.path.parent.name == "binaries"
    assert found.has_zscale


def test_none_at_all_is_said_with_what_was_seen(
    install: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake(install, version="5.1.9", codec=59)
    monkeypatch.setattr(binary, "_in_wheel", lambda: None)
    with pytest.raises(CompositionFailed, match=r"too old \(5\.1\.9\)"):
        find_ffmpeg()


def test_what_cannot_be_run_is_no_ffmpeg(tmp_path: Path) -> None:
    assert "cannot be run" in str(inspect_ffmpeg(tmp_path / "nowhere"))
