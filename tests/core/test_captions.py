"""Caption files: read whole, refused with the line, shown together where they overlap, written."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.caption_reading import LARGEST_FILE, Cue, decoded, read_cues
from video_foundry.core.captions import to_items, to_srt, to_vtt
from video_foundry.core.placement import Placement
from video_foundry.core.titles import MOST_OVERLAYS
from video_foundry.errors import BadInput

F = Fraction

SRT = """1
00:00:01,000 --> 00:00:02,500
Hello, <b>world</b>!

2
00:00:03,000 --> 00:01:04,250 X1:10 X2:20
<i>Two
lines</i>

3
01:00:00,000 --> 01:00:01,000
{\\an8}Up here
"""

VTT = """WEBVTT - a title
Kind: captions

STYLE
::cue { color: red }

NOTE
not shown --

intro
00:01.000 --> 00:02.500 align:start line:0
<v Amara>Fish &amp; <c.loud>chips</c> &lt;3

00:03.000 --> 00:04.000 line:90%
<00:03.500>Soon
"""


def cue(start: int, end: int, text: str = "x", **more: bool) -> Cue:
    return Cue(start=F(start), end=F(end), text=text, **more)


def refused(text: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_cues(text, field="captions.0")
    assert caught.value.problems[0].fix
    return caught.value


def test_srt_is_read() -> None:
    first, second, third = read_cues(SRT, field="c")
    assert (first.start, first.end, first.text) == (F(1), F(5, 2), "Hello, world!")
    assert (second.end, second.text, second.is_italic) == (F(257, 4), "Two\nlines", True)
    assert (third.start, third.text, third.is_on_top) == (F(3600), "Up here", True)
    assert [c.line for c in (first, second, third)] == [2, 6, 11]


def test_webvtt_is_read() -> None:
    first, second = read_cues(VTT, field="c")
    assert (first.start, first.end, first.text) == (F(1), F(5, 2), "Fish & chips <3")
    assert first.is_on_top
    assert (second.text, second.is_on_top) == ("Soon", False)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_line_end_and_mark_at_the_beginning_is_understood(end: str, encoding: str) -> None:
    data = SRT.replace("Hello", "Grüße, мир").replace("\n", end).encode(encoding)
    cues = read_cues(decoded(data, field="c"), field="c")
    assert cues[0].text == "Grüße, мир, world!"
    assert len(cues) == 3


def test_another_encoding_is_read_when_it_is_named() -> None:
    data = SRT.replace("Hello", "Привет").encode("windows-1251")
    with pytest.raises(BadInput) as caught:
        decoded(data, field="c")
    assert caught.value.message.startswith("line 3 ")
    assert caught.value.problems[0].field == "c.file"
    assert "windows-1251" in str(caught.value.problems[0].fix)
    text = decoded(data, encoding="windows-1251", field="c")
    assert read_cues(text, field="c")[0].text == "Привет, world!"


def test_an_unknown_encoding_and_a_file_that_is_none_are_refused() -> None:
    with pytest.raises(BadInput, match="'rot13' is not an encoding") as caught:
        decoded(b"x", encoding="rot13", field="c")
    assert caught.value.problems[0].field == "c.encoding"
    with pytest.raises(BadInput, match=r"line 2 .* as shift_jis") as caught:
        decoded(b"a\n\x81", encoding="shift_jis", field="c")
    assert caught.value.problems[0].field == "c.encoding"
    with pytest.raises(BadInput, match="may have"):
        decoded(b"\0" * (LARGEST_FILE + 1), field="c")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no captions"),
        ("WEBVTT\n\nNOTE only this\n", 1, "no captions"),
        ("just some words\n", 1, "belongs to no caption"),
        (SRT.replace("00:00:03,000 -->", "00:00:0x,000 -->"), 6, "not a pair of times"),
        (SRT.replace("00:00:03,000 -->", "00:00:03,000 to"), 5, "belongs to no caption"),
        (SRT.replace("00:01:04,250", "00:00:03,000"), 6, "ends at 3.000 s but begins at 3.000 s"),
        (SRT.replace("\n\n3\n", "\n"), 9, "no blank line between two captions"),
        (SRT.replace("<i>Two\n", "<i>Two\n\n"), 9, "belongs to no caption"),
        (SRT.replace("00:00:01,000", "00:61:01,000"), 2, "not a pair of times"),
    ],
)
def test_the_wrong_line_is_named(text: str, line: int, words: str) -> None:
    error = refused(text)
    assert error.message.startswith(f"line {line}: "), error.message
    assert words in error.message
    assert error.problems[0].field == f"captions.0.line {line}"


def test_captions_without_words_are_left_out() -> None:
    cues = read_cues("1\n00:01.000 --> 00:02.000\n\n2\n00:03.000 --> 00:04.000\nHi\n", field="c")
    assert [c.text for c in cues] == ["Hi"]


@pytest.mark.parametrize("text", ["I <3 you & me", "a < b > c", "{curly} braces", "1 --- 2"])
def test_what_only_looks_like_markup_is_kept(text: str) -> None:
    assert read_cues(f"1\n00:01.000 --> 00:02.000\n{text}\n", field="c")[0].text == text


# As overlays


def shown(cues: list[Cue]) -> list[tuple[int, int | None, str]]:
    items = to_items(cues, field="c")
    return [
        (int(i.timing.start), None if i.timing.end is None else int(i.timing.end), i.text)
        for i in items
    ]


def test_overlapping_captions_are_shown_together_the_earlier_above() -> None:
    assert shown([cue(0, 4, "a"), cue(2, 6, "b"), cue(6, 7, "c")]) == [
        (0, 2, "a"),
        (2, 4, "a\nb"),
        (4, 6, "b"),
        (6, 7, "c"),
    ]


def test_captions_on_top_do_not_mix_with_those_below() -> None:
    items = to_items([cue(0, 4, "a"), cue(1, 3, "b", is_on_top=True)], field="c")
    assert [(i.text, i.placement.anchor) for i in items] == [("a", "bottom"), ("b", "top")]


def test_the_look_and_the_place_are_those_asked_for() -> None:
    (item,) = to_items(
        [cue(0, 4, "a", is_italic=True)],
        preset="caption-box",
        overrides={"color": "#ffee00"},
        placement=Placement(anchor="top-left"),
        field="c",
    )
    assert (item.style.italic, item.style.color, item.preset) == (True, "#ffee00", "caption-box")
    assert item.placement.anchor == "top-left"


def test_too_many_at_once_or_in_all_are_refused() -> None:
    with pytest.raises(BadInput, match="more than 6 captions are shown at once"):
        to_items([cue(0, 9)] * 7, field="c")
    with pytest.raises(BadInput, match="10,001"):
        to_items([cue(n, n + 1) for n in range(MOST_OVERLAYS + 1)], field="c")


spans = st.tuples(st.integers(0, 40), st.integers(1, 4)).map(lambda s: cue(s[0], s[0] + s[1]))


@law
@given(
    st.lists(spans, max_size=6).map(
        lambda cues: [Cue(start=c.start, end=c.end, text=str(n)) for n, c in enumerate(cues)]
    )
)
def test_at_every_moment_just_the_captions_of_that_moment_are_shown(cues: list[Cue]) -> None:
    items = to_items(cues, field="c")
    assert all(a.timing.end <= b.timing.start for a, b in pairwise(items) if a.timing.end)
    for half in range(0, 100, 1):
        moment = F(half, 2) + F(1, 4)
        wanted = {c.text for c in cues if c.start <= moment < c.end}
        found = [i for i in items if i.timing.end and i.timing.start <= moment < i.timing.end]
        assert {line for i in found for line in i.text.split("\n")} == wanted


# The normal form

plain_cues = st.builds(
    lambda start, length, text, italic, top: Cue(
        start=F(start, 1000),
        end=F(start + length, 1000),
        text=text,
        is_italic=italic,
        is_on_top=top,
    ),
    st.integers(0, 10**7),
    st.integers(1, 10**5),
    st.sampled_from(["one", "two\nlines", "Grüße & «мир»", "日本語", "a < b"]),
    st.booleans(),
    st.booleans(),
)


@law
@given(st.lists(plain_cues, min_size=1, max_size=5))
def test_the_normal_form_is_read_back_as_it_was(cues: list[Cue]) -> None:
    ordered = sorted(cues, key=lambda c: (c.start, c.end))
    for written in (to_srt(ordered), to_vtt(ordered)):
        found = read_cues(written, field="c")
        strip = [(c.start, c.end, c.text, c.is_italic, c.is_on_top) for c in found]
        assert strip == [(c.start, c.end, c.text, c.is_italic, c.is_on_top) for c in ordered]


def test_the_files_of_the_normal_form_look_as_expected(tmp_path: Path) -> None:
    cues = [Cue(start=F(1), end=F(3723, 2), text="Hi <there>", is_italic=True)]
    assert to_srt(cues) == "1\n00:00:01,000 --> 00:31:01,500\n<i>Hi <there></i>\n\n"
    assert to_vtt(cues) == ("WEBVTT\n\n00:00:01.000 --> 00:31:01.500\n<i>Hi &lt;there&gt;</i>\n\n")
