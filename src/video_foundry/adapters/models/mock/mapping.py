"""From our request to what the simulated provider works with: sizes, frames, the kind of failure.

Pure: nothing here encodes, waits or keeps state.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from video_foundry.ports.video_model import Submission

FRAME_RATIOS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5), "21:9": (21, 9)}

FILE_FAULTS = frozenset(
    {"truncated", "wrong-size", "wrong-frame-rate", "no-audio", "short", "not-a-video"}
)
"""Failures that only show in the file."""


@dataclass(frozen=True, kw_only=True)
class ClipSpec:
    """The clip to encode: pixels, frames a second, number of frames, sound, what it shows."""

    prompt: str
    negative_prompt: str
    width: int
    height: int
    fps: int
    frames: int
    seed: int
    audio: bool
    pictures: Mapping[str, Path] = field(default_factory=dict)

    @property
    def hash_bytes(self) -> bytes:
        """What colours and tone are drawn from: differs with prompt, parameters and seed."""
        shown = [self.prompt, self.negative_prompt, self.width, self.height, self.fps, self.frames]
        text = json.dumps([*shown, self.seed, self.audio])
        return hashlib.sha256(text.encode("utf-8", "replace")).digest()


@dataclass(frozen=True, kw_only=True)
class MockRequest:
    """One request as the simulated provider sees it; latency and retry_after in seconds."""

    clip: ClipSpec
    latency: float
    fail: str
    fail_times: int
    retry_after: float
    identity: str
    """Equal for equal requests: `fail_times` counts by it."""


def read(submission: Submission) -> MockRequest:
    """The request of a submission; parameters that are missing get the catalogue's defaults."""
    params = submission.params
    width, height = frame_size(
        str(params.get("aspect_ratio", "16:9")), str(params.get("resolution", "360p"))
    )
    fps = int(params.get("fps", 24))
    clip = ClipSpec(
        prompt=submission.prompt,
        negative_prompt=str(params.get("negative_prompt") or ""),
        width=width,
        height=height,
        fps=fps,
        frames=max(1, round(Fraction(str(params.get("duration", 5))) * fps)),
        seed=int(params.get("seed", 0)),
        audio=bool(params.get("audio", True)),
        pictures=dict(submission.references),
    )
    return MockRequest(
        clip=clip,
        latency=float(params.get("latency", 0)),
        fail=str(params.get("fail", "none")),
        fail_times=int(params.get("fail_times", 0)),
        retry_after=float(params.get("retry_after", 1)),
        identity=_identity(submission.prompt, params),
    )


def frame_size(aspect_ratio: str, resolution: str) -> tuple[int, int]:
    """Width and height in pixels, both even; the short side is the resolution's number."""
    across, down = FRAME_RATIOS[aspect_ratio]
    short = int(resolution.removesuffix("p"))
    scale = Fraction(short, min(across, down))
    return _even(across * scale), _even(down * scale)


def spoiled(clip: ClipSpec, fault: str) -> ClipSpec:
    """The clip as a faulty provider would make it; faults of the bytes alone leave it as it is."""
    changes: dict[str, dict[str, Any]] = {
        "wrong-size": {
            "width": _even(Fraction(clip.width * 3, 4)),
            "height": _even(Fraction(clip.height * 2, 3)),
        },
        "wrong-frame-rate": {
            "fps": clip.fps + 6,
            "frames": max(1, round(Fraction(clip.frames * (clip.fps + 6), clip.fps))),
        },
        "no-audio": {"audio": False},
        "short": {"frames": max(1, clip.frames // 2)},
    }
    return ClipSpec(**{**vars(clip), **changes.get(fault, {})})


def _even(value: Fraction) -> int:
    return max(2, round(value / 2) * 2)


def _identity(prompt: str, params: Mapping[str, Any]) -> str:
    text = json.dumps([prompt, params], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
