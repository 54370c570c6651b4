"""Media facts as stored in `artifacts.facts`, exact both ways (fractions as "num/den" text)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from video_foundry.core.composition import Source, Trim
from video_foundry.core.conforming import coding_from_json, coding_to_json
from video_foundry.core.profile import OutputProfile, picture_from_json, picture_json
from video_foundry.db.tables import ArtifactRow
from video_foundry.ports.compositor import MediaFacts


def facts_to_json(facts: MediaFacts) -> dict[str, Any]:
    """What a probe found, as JSON."""
    coding = facts.coding
    return {
        "kind": facts.kind,
        "container": facts.container,
        "width": facts.width,
        "height": facts.height,
        "duration": str(facts.duration),
        "frame_rate": str(facts.frame_rate) if facts.frame_rate else None,
        "frames": facts.frames,
        "has_audio": facts.has_audio,
        "video_codec": facts.video_codec,
        "audio_codec": facts.audio_codec,
        "is_variable_rate": facts.is_variable_rate,
        **({"coding": coding_to_json(coding)} if coding else {}),
    }


def seconds_of(artifact: ArtifactRow) -> Fraction:
    """Length of a stored clip in seconds, 0 for images."""
    return Fraction(artifact.facts.get("duration", "0"))


def source_of(artifact: ArtifactRow, asked_seconds: Fraction | None = None) -> Source:
    """A stored clip as the composition sees it."""
    return source_from(artifact.digest, artifact.facts, asked_seconds)


def source_from(
    digest: str, facts: dict[str, Any], asked_seconds: Fraction | None = None
) -> Source:
    """The same, from what is stored of the clip. facts: as `facts_to_json` wrote them."""
    return Source(
        digest=digest,
        seconds=Fraction(facts.get("duration", "0")),
        is_image=facts.get("kind") == "image",
        has_sound=bool(facts.get("has_audio", True)),
        asked_seconds=asked_seconds,
        coding=coding_from_json(facts.get("coding")),
    )


def trim_from_json(stored: dict[str, Any] | None) -> Trim | None:
    """The trim that `trim_to_json` wrote."""
    if stored is None:
        return None
    end = stored.get("end")
    return Trim(
        start=Fraction(stored.get("start", "0")), end=Fraction(end) if end is not None else None
    )


def trim_to_json(trim: Trim | None) -> dict[str, Any] | None:
    """A trim as JSON."""
    if trim is None:
        return None
    return {"start": str(trim.start), "end": str(trim.end) if trim.end is not None else None}


def profile_from_json(stored: dict[str, Any]) -> OutputProfile:
    """The profile that `profile_to_json` wrote."""
    loudness = stored.get("loudness_lufs")
    return replace(
        picture_from_json(stored),
        loudness_lufs=Decimal(loudness) if loudness is not None else None,
    )


def profile_to_json(profile: OutputProfile) -> dict[str, Any]:
    """A profile as JSON; the frame rate as "24" or "30000/1001"."""
    loudness = profile.loudness_lufs
    return {
        **picture_json(profile),
        "loudness_lufs": f"{loudness:f}" if loudness is not None else None,
    }
