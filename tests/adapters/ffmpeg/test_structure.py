"""Damage seen in the outer form of a file, without a decoder."""

from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import sniff
from video_foundry.adapters.ffmpeg.structure import find_damage
from video_foundry.testing.clips import flipped, make_clip, make_still, truncated

NAMES = ["a.mp4", "a.mov", "a.mkv", "a.png", "a.jpg"]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    for name in NAMES:
        (make_still if name[2:] in ("png", "jpg") else make_clip)(folder / name)
    return folder


def _damage(path: Path) -> str | None:
    return find_damage(path, sniff.sniff(path.read_bytes()[: sniff.HEAD]))


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_file_is_whole(media: Path, name: str) -> None:
    assert _damage(media / name) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.99])
def test_any_cut_is_seen(media: Path, tmp_path: Path, name: str, part: float) -> None:
    damage = _damage(truncated(media / name, tmp_path / name, part))
    assert damage is not None
    assert "cut off" in damage


def test_bytes_after_the_end_are_no_damage(media: Path, tmp_path: Path) -> None:
    for name in NAMES:
        longer = tmp_path / name
        longer.write_bytes((media / name).read_bytes() + b"some trailer of a camera maker")
        assert _damage(longer) is None


def test_a_cluster_that_breaks_its_checksum_is_seen(media: Path, tmp_path: Path) -> None:
    damage = _damage(flipped(media / "a.mkv", tmp_path / "a.mkv", at=0.5))
    assert damage is not None
    assert "checksum" in damage


def test_the_thumbnail_inside_a_jpeg_does_not_hide_its_cut(media: Path, tmp_path: Path) -> None:
    whole = (media / "a.jpg").read_bytes()
    segment = b"\xff\xe1" + (len(whole) + 2).to_bytes(2) + whole
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole[:2] + segment + whole[2:-40])
    assert _damage(cut) is not None


@pytest.mark.parametrize("tail", [b"", b"\x00", b"\xff" * 40, bytes(40), b"\x00\x00\x00\x01mdat"])
def test_nonsense_behind_a_good_start_ends_quietly(tmp_path: Path, tail: bytes) -> None:
    starts = (b"\x00\x00\x00\x18ftypmp42", b"\x1aE\xdf\xa3\x84webm", b"\xff\xd8\xff\xe0")
    for number, start in enumerate(starts):
        path = tmp_path / str(number)
        path.write_bytes(start + tail)
        _damage(path)
