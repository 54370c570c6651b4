"""What cannot be put together is refused before any work: exit 2, with the item, what is wrong with
it and the limit, and nothing generated."""

import re
import wave
from typing import Any

import pytest
from tests.cli.conftest import Command, Done, Shell, film

FADE = {"transition": {"kind": "fade", "duration": 0.9}}


def told(*clips: dict[str, Any], **beside: Any) -> dict[str, Any]:
    """A film of two segments of half a second. clips: what is done to them; beside: items."""
    made = film("one", "two")
    segments = [
        segment | (clips[n] if n < len(clips) else {}) for n, segment in enumerate(made["segments"])
    ]
    return made | {"segments": segments} | beside


def text(**changes: Any) -> dict[str, Any]:
    return told(text=[{"text": "fine"}, {"text": "not so"} | changes])


def sound(**changes: Any) -> dict[str, Any]:
    return told(audio=[{"media": "tone.wav", "role": "music"} | changes])


def captions(name: str, **changes: Any) -> dict[str, Any]:
    return told(captions=[{"file": name} | changes])


def many(count: int) -> list[dict[str, Any]]:
    """Texts that stand one beside the other, and are all alike."""
    return [{"text": "x"}] * count


def in_doubt(count: int) -> list[dict[str, Any]]:
    """Texts of which only setting them shows that they fit."""
    return [{"text": f"{n}: " + "so long that it must be set, " * 6} for n in range(count)]


NO_ROOM = {
    "text": "Far too long. " * 70,
    "preset": "lower-third",
    "style": {"max_height": "0.1"},
}

CUES = "".join(
    f"{n}\n00:00:00,{n % 1000:03} --> 00:00:00,{n % 1000 + 1:03}\nword {n}\n\n"
    for n in range(10_001)
    if n % 1000 < 999
)
"""No more than a few at once."""


FILMS: list[tuple[str, dict[str, Any], str, str]] = [
    ("a transition longer than its clips", told(FADE), "segments.", r"segment 1 is 0\.5 s"),
    ("an unknown transition", told({"transition": {"kind": "fode"}}), "segments.0.tr", "fade"),
    ("a text after the film's end", text(start=50), "text.1.start", r"\b1 s|0 to"),
    ("a text before its beginning", text(start=-1), "text.1.start", r"\b0\b"),
    ("a text that ends before it begins", text(start=0.5, end=0.2), "text.1.end", r"0\.5"),
    ("a text tied to no segment", text(segment=9), "text.1.segment", r"\b2\b"),
    ("an unknown font", text(style={"font": "Comic Sans"}), "text.1.style.font", "Inter|one of"),
    ("an unknown colour", text(style={"color": "reddish"}), "text.1.style.color", "#"),
    ("an unknown preset", text(preset="tittle"), "text.1.preset", "title"),
    ("an unknown animation", text(animate_in={"kind": "explode"}), "text.1.animate_in", "fade"),
    ("a text without room", text(**NO_ROOM), "text.1.text", "does not fit.*shorten"),
    (
        "a text without room after many in doubt",
        told(text=[*in_doubt(60), NO_ROOM]),
        "text.60.text",
        "does not fit.*shorten",
    ),
    ("captions without times", captions("words.srt"), "captions.0", "-->|line 1"),
    ("captions that are no text", captions("noise.mp3"), "captions.0.file", "UTF-8|text"),
    (
        "captions in letters of their own",
        captions("old.srt"),
        "captions.0.file",
        "(?s)line 3 .*UTF-8.*`encoding`.*windows-1252",
    ),
    (
        "captions in other letters than is said",
        captions("old.srt", encoding="shift_jis"),
        "captions.0.encoding",
        "(?s)line 3 .*shift_jis.*windows-1252",
    ),
    (
        "an unknown encoding",
        captions("old.srt", encoding="rot13"),
        "captions.0.encoding",
        "(?s)rot13.*windows-1252",
    ),
    ("captions that are not there", captions("gone.srt"), "captions.0.file", "gone.srt"),
    ("more captions at once than can be read", captions("many.srt"), "captions.0", "6"),
    ("a sound that is none", sound(media="noise.mp3"), "audio.0.media", "noise.mp3"),
    ("a sound that is not there", sound(media="gone.mp3"), "audio.0.media", "gone.mp3"),
    ("a gain out of range", sound(gain_db=90), "audio.0.gain_db", r"\d\d"),
    ("a clip's gain out of range", told({"sound": {"gain_db": 90}}), "segments.0.sound.gain", "24"),
    ("a fade that is too long", sound(fade_in=-1), "audio.0.fade_in", r"\b0\b"),
    ("a logo that is none", told(images=[{"media": "noise.mp3"}]), "images.0.media", "noise"),
    ("more texts at once than can be drawn", told(text=many(101)), "text.100.start", "100 texts"),
    ("more texts than can be shown", told(text=many(10_001)), "text", "10,?000"),
]


@pytest.mark.parametrize(
    ("project", "field", "limit"), [f[1:] for f in FILMS], ids=[f[0] for f in FILMS]
)
def test_it_is_refused_before_any_work(
    shell: Shell, here: Command, project: dict[str, Any], field: str, limit: str
) -> None:
    shell.write("film.json", project)
    shell.write("noise.mp3", bytes(range(128, 256)) * 50)
    with wave.open(str(shell.folder / "tone.wav"), "wb") as tone:
        tone.setparams((1, 2, 8000, 0, "NONE", ""))
        tone.writeframes(bytes(range(256)) * 40)
    shell.write("words.srt", "no times here\n")
    shell.write("old.srt", "1\n00:00.100 --> 00:00.400\nCafé\n".encode("windows-1252"))
    shell.write("many.srt", CUES)
    done = here("render", "film.json", "-o", "out.mp4", "--json")
    check_refused(done, field, limit)
    assert not (shell.folder / "out.mp4").exists()


def check_refused(done: Done, field: str, limit: str) -> None:
    """Nothing was begun, and the words say which item it is and what would do."""
    assert done.code == 2, done.err
    outcome = done.last
    assert (outcome["status"], outcome["generated"], outcome["output"]) == ("invalid", 0, None)
    assert re.search(rf"^  {re.escape(field)}", done.err, re.MULTILINE), done.err
    assert re.search(limit, done.err), done.err
    assert len(done.err) < 4000
