"""Writes the golden scenes (tests/vectors/scenes): projects, and what each frame of their films
shows and lets hear, for the server's and the editor's tests. Knows what to try, not how scenes are
made.

Run `python -m tools.scene_vectors` after a wanted change of the composition.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.easing import EASINGS
from video_foundry.core.item_animation import ItemAnimation
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.transitions import CATALOGUE
from video_foundry.testing.scenes import scenes_of

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "scenes"

Told = dict[str, Any]


def segment(name: str, seconds: float | None = 1, **more: Any) -> Told:
    """A generated clip, as the API says it."""
    plain = dict.fromkeys(("trim", "retime", "framing", "look", "sound", "transition", "media"))
    return {
        "id": name,
        **plain,
        "model_params": {},
        "status": "completed",
        "is_changed": False,
        "asset_url": "/a",
        "duration_seconds": seconds,
        **more,
    }


def item(name: str, kind: str, fields: Told, **more: Any) -> Told:
    """Something beside the segments, as the API says it."""
    return {"id": name, "kind": kind, "segment": None, "media": None, "fields": fields, **more}


def project(
    fps: str, segments: Iterable[Told], items: Iterable[Told] = (), media: Told | None = None
) -> Told:
    """A whole one, and how presets of texts move, which the editor is told beside it."""
    told = {"fps": fps, "segments": list(segments), "items": list(items), "media": media or {}}
    return told | ({"presets": moves_of_presets()} if told["items"] else {})


def moves_of_presets() -> Told:
    """As the vocabulary says it."""
    return {
        name: {"animate_in": _move(one.animate_in), "animate_out": _move(one.animate_out)}
        for name, one in PRESETS.items()
    }


def _move(one: ItemAnimation | None) -> Told | None:
    if one is None:
        return None
    return {"kind": one.kind, "seconds": float(one.seconds), "easing": one.easing}


def transitions() -> Told:
    """Every kind of the catalogue, with every easing, and lengths told and untold."""
    easings = [None, *EASINGS]
    segments = []
    for number, kind in enumerate(CATALOGUE):
        change: Told = {"kind": kind.name}
        if number % 3:
            change["duration"] = 0.25
        if easings[number % len(easings)]:
            change["easing"] = easings[number % len(easings)]
        length = 1.25 if number % 3 == 1 else 2.1
        segments.append(segment(f"s{number}", length, transition=change))
    return project("6", [*segments, segment("last", 2.1)])


def retiming() -> Told:
    """Speed, direction, held frames, trims, stills, moving views, and lengths near those asked."""
    move = {"start": {"scale": 1}, "end": {"scale": 1.5, "x": 0.1, "y": -0.1}, "easing": "smooth"}
    still: Told = {"media": "m", "duration_seconds": None}
    fade = {"kind": "fade", "duration": 0.3}
    freeze = {"at": 0.7, "seconds": 0.5}
    return project(
        "30000/1001",
        [
            segment("plain", 1.03, model_params={"duration": 1}, transition=fade),
            segment("short", 0.98, model_params={"duration": 1}),
            segment("asked", None, asset_url=None, model_params={"duration": 0.8}),
            segment("quick", 2.5, retime={"speed": 2.5}, trim={"start": 0.4, "end": 2.1}),
            segment("slow", 0.9, retime={"speed": 0.5}, transition=fade),
            segment("back", 1.3, retime={"reverse": True}, trim={"start": 0.2, "end": 1.1}),
            segment("held", 1.2, retime={"freeze": freeze}),
            segment("held back", 1.2, retime={"speed": 1.5, "reverse": True, "freeze": freeze}),
            segment("still", trim={"start": 0, "end": 0.8}, framing={"move": move}, **still),
            segment(
                "moved", 1, trim={"start": 0.25, "end": None}, framing={"fit": "fill", "move": move}
            ),
        ],
    )


def rounding() -> Told:
    """Transitions that have room in seconds, and a frame too little once each length is rounded; a
    picture that nobody has given a length."""
    half, third = ({"kind": "fade", "duration": seconds} for seconds in (0.5, 0.3))
    return project(
        "25",
        [
            segment("before", 1, transition=half),
            segment("two halves", 1, transition=half),
            segment("long", 1.2, transition=third),
            segment("nothing but a transition", 0.5, trim={"start": 0.02, "end": 0.32}),
            segment("last", 0.2),
            segment("picture as long as pictures are", None, media="m"),
        ],
    )


def overlays() -> Told:
    """Every preset, every movement, images, captions, and items tied to a segment."""
    texts = [
        item(f"preset {name}", "text", {"text": f"Look {name}", "preset": name, "end": 2.5})
        for name in PRESETS
    ]
    moves = [
        item(
            f"move {kind}",
            "text",
            {
                "text": kind,
                "start": 0.5 + number * 0.1,
                "end": 2 + number * 0.1,
                "animate_in": {"kind": kind, "seconds": 0.4},
                "animate_out": {"kind": kind, "seconds": 0.3, "easing": "ease-in"},
            },
        )
        for number, kind in enumerate(ANIMATIONS)
    ]
    hurried = {"kind": "fade", "seconds": 3}
    captions = "1\n00:00:00,200 --> 00:00:01,000\nOne\n\n2\n00:00:00,700 --> 00:00:01,500\nTwo\n"
    rest = [
        item("logo", "image", {"opacity": 0.6, "start": 0.25}, media="m"),
        item("words", "caption", {"captions": captions}),
        item("unseen", "caption", {"captions": captions, "show": "track"}),
        item("still", "text", {"text": "still", "animate_in": None, "animate_out": "none"}),
        item("tied", "text", {"text": "tied", "start": 0.2}, segment="b"),
        item(
            "hurried",
            "text",
            {"text": "h", "end": 1, "animate_in": hurried, "animate_out": hurried},
        ),
        item("late", "text", {"text": "late", "start": 3, "end": 60}),
    ]
    fade = {"kind": "fade", "duration": 0.5}
    clips = [segment("a", 2, transition=fade), segment("b", 2)]
    return project("12", clips, [*texts, *moves, *rest])


def sounds() -> Told:
    """Fades, keyframes, mute, crossfades, speed, direction, held frames, loops and ducking."""
    keyframes = [{"at": 0.2, "gain_db": -20}, {"at": 1.2, "gain_db": 0}]
    loud = {"gain_db": 3, "fade_in": 0.3, "fade_out": 0.4}
    fade = {"kind": "dissolve", "duration": 0.5}
    freeze = {"at": 0.6, "seconds": 0.5}
    return project(
        "12",
        [
            segment("plain", 1.5, sound=loud, transition=fade),
            segment("shaped", 2, sound={"keyframes": keyframes}, transition=fade),
            segment("quick", 2, retime={"speed": 2}, trim={"start": 0.5, "end": None}),
            segment("back", 1.5, retime={"reverse": True}, trim={"start": 0.25, "end": 1.25}),
            segment("held", 1.5, retime={"freeze": freeze}),
            segment("mute", 1, sound={"muted": True}),
        ],
        [
            item(
                "music",
                "audio",
                {"gain_db": -6, "fade_in": 1, "fade_out": 2, "loop": True, "duck": True},
                media="m",
            ),
            item(
                "under all",
                "audio",
                {"start": 0.5, "duck": {"amount_db": 20, "under": ["voice", "clip"], "hold": 0.1}},
                media="m",
            ),
            item(
                "voice",
                "audio",
                {"role": "voice", "start": 0.25, "trim": {"start": 0.5, "end": 1.4}},
                media="v",
                segment="quick",
            ),
            item("ping", "audio", {"role": "effect", "start": 6, "end": 6.4}, media="v"),
        ],
        {"m": {"kind": "audio", "seconds": 1.7}, "v": {"kind": "audio", "seconds": 2}},
    )


SCENES = {
    "transitions": transitions,
    "retiming": retiming,
    "rounding": rounding,
    "overlays": overlays,
    "sounds": sounds,
}


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in SCENES.items():
        told = make()
        frames = ",\n".join(json.dumps(one, separators=(",", ":")) for one in scenes_of(told))
        text = f'{{"project": {json.dumps(told)},\n"frames": [\n{frames}\n]}}\n'
        (FOLDER / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()
