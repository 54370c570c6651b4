"""What the first bytes of a file tell."""

import pytest

from video_foundry.adapters.ffmpeg.sniff import sniff
from video_foundry.errors import MediaError


@pytest.mark.parametrize(
    ("head", "container", "demuxer"),
    [
        (b"\x00\x00\x00\x18ftypmp42", "mp4", "mov"),
        (b"\x00\x00\x00\x18ftypisom", "mp4", "mov"),
        (b"\x00\x00\x00\x14ftypqt  ", "mov", "mov"),
        (b"\x00\x00\x00\x08wide\x00\x00", "mov", "mov"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "webm", "matroska"),
        (b"\x1aE\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska", "webm", "matroska"),
        (b"\x89PNG\r\n\x1a\n\x00", "png", "png_pipe"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg", "jpeg_pipe"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp", "webp_pipe"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X", "webp", "webp_pipe"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10", "webp", "webp_pipe"),
    ],
)
def test_what_is_accepted_gets_its_own_demuxer(head: bytes, container: str, demuxer: str) -> None:
    kind = sniff(head)
    assert (kind.container, kind.demuxer) == (container, demuxer)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif", "AVIF"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x12", "a WebP picture that moves"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "AVI"),
        (b"#EXTM3U\n#EXTINF:1,\na.ts\n", "playlist"),
        (b"ffconcat version 1.0\n", "playlist"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\x1aE\xdf\xa3\x00\x00\x00", "Matroska"),
        ("Es war einmal ein Film über Wasser".encode(), "text"),
        (bytes(64), "no kind of file"),
    ],
)
def test_everything_else_is_named_with_what_to_give_instead(head: bytes, words: str) -> None:
    with pytest.raises(MediaError, match=words) as caught:
        sniff(head)
    if head:
        assert "MP4, MOV, WebM, PNG, JPEG or still WebP" in caught.value.message
