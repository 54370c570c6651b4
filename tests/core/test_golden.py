"""Identities that must not change by accident: with them every paid result would be forgotten.

A change that is meant raises SALT, a SCHEMA or COMPOSER_VERSION. Write the file anew with
`.venv/bin/python -m tests.core.test_golden`, and say so in CHANGELOG.md.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tests.core.strategies import answer_to, remember

from video_foundry.core.canonical import fingerprint
from video_foundry.core.catalogue import ModelEntry
from video_foundry.core.composition import Source, Trim
from video_foundry.core.effects import Look, PictureEffects, Retime
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.graph import Known, make_graph
from video_foundry.core.overlays import Overlay
from video_foundry.core.plan import Memory, make_plan
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import make_request
from video_foundry.core.timebase import FrameRate
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.core.titles import text_from_json
from video_foundry.core.transitions import make_transition

FILE = Path(__file__).with_name("golden_fingerprints.json")

ENTRY = ModelEntry(
    id="model",
    provider="provider",
    title="Model",
    parameters={
        "type": "object",
        "properties": {
            "duration": {"type": "number", "default": 5},
            "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16"], "default": "16:9"},
            "seed": {"type": "integer"},
            "first_frame": {"type": "string", "format": "media"},
        },
    },
)
HD = OutputProfile()
TALL = OutputProfile(
    width=1080, height=1920, fps=FrameRate(num=30000, den=1001), loudness_lufs=Decimal("-14.5")
)


def requests() -> dict[str, str]:
    plain = make_request(ENTRY, "A road at night", {}, {})
    detailed = make_request(
        ENTRY,
        "日の出 \N{SUNRISE} — “quoted”\n\ttwo lines",
        {"duration": 7.25, "seed": 4_294_967_295, "aspect_ratio": "9:16"},
        {},
    )
    from_picture = make_request(ENTRY, "", {"first_frame": "m"}, {"m": "01" * 32})
    return {
        "request: defaults": plain.fingerprint,
        "request: all kinds of parameters": detailed.fingerprint,
        "request: with a reference": from_picture.fingerprint,
        "request: the second take": replace(plain, variation=1).fingerprint,
    }


def steps() -> dict[str, str]:
    whole = FilmClip(segment_id="a", index=0, source=Source(digest="ab" * 32, seconds=Fraction(5)))
    part = FilmClip(
        segment_id="b",
        index=1,
        source=Source(digest="cd" * 32, seconds=Fraction(4)),
        trim=Trim(start=Fraction(1, 3), end=Fraction(3)),
        effects=PictureEffects(
            retime=Retime(speed=Fraction(3, 2)), look=Look(exposure=Fraction(1, 2))
        ),
    )
    title = text_from_json({"text": "Soon", "start": 1, "end": 2}, field="text.0")
    plain = make_graph(Film(profile=HD, clips=(whole,)), Known())
    mixed = make_graph(
        Film(
            profile=TALL,
            clips=(replace(whole, transition=make_transition("wipe-left", "0.5")), part),
            overlays=(Overlay(item=title, where="text.0"),),
            fonts="fonts",
        ),
        Known(),
    )
    kinds = ("clip", "span", "title", "sound", "measure", "mix", "master")
    first = {kind: next(s for s in mixed.steps if s.kind == kind) for kind in kinds}
    return {
        "film: one clip": plain.master.fingerprint,
        **{f"step: {kind}": first[kind].fingerprint for kind in kinds},
    }


def plans() -> dict[str, str]:
    asked = TimelineSegment(
        id="s1",
        order_index=0,
        trim=Trim(start=Fraction(1, 2), end=Fraction(3)),
        request=make_request(ENTRY, "A road at night", {}, {}),
        entry=ENTRY,
    )
    own = TimelineSegment(
        id="s2", order_index=1, own=Source(digest="ef" * 32, seconds=Fraction(10))
    )
    timeline = Timeline(project_id="p", profile=HD, segments=(asked, own))
    assert asked.request is not None
    known = remember(timeline, {asked.request.fingerprint: answer_to(asked.request)})
    return {
        "plan: nothing is there yet": make_plan(timeline, Memory(results={})).digest,
        "plan: everything is there": make_plan(timeline, known).digest,
    }


def values() -> dict[str, str]:
    numbers = [5, 5.0, Decimal("5.00"), 0.1, -0.0, 10**20, Fraction(1, 3)]
    return {
        "value: numbers": fingerprint("golden", 1, numbers),
        "value: text and structure": fingerprint("golden", 1, {"b": ["ä\n", None], "a": True}),
    }


def present() -> Mapping[str, str]:
    """The identities as this version makes them."""
    return {**requests(), **steps(), **plans(), **values()}


def test_no_identity_has_changed() -> None:
    assert present() == json.loads(FILE.read_text())


def test_all_of_them_are_different() -> None:
    assert len(set(present().values())) == len(present()) == 16


if __name__ == "__main__":
    FILE.write_text(json.dumps(present(), indent=2) + "\n")
