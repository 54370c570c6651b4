"""From our submission to the request that the drawing process reads as JSON, and back. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Self

FPS = 24
"""Frames a second of every storyboard."""

FRAME_RATIOS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5), "21:9": (21, 9)}


@dataclass(frozen=True, kw_only=True)
class DrawingRequest:
    """One shot to draw: size in pixels, number of frames at FPS, and what it shows.

    opening: path of the picture that it begins with. is_still: its first frame alone, as a picture.
    """

    prompt: str
    width: int
    height: int
    frames: int
    seed: int
    shot: str
    style: str
    camera: str
    audio: bool
    opening: str | None = None
    is_still: bool = False

    @property
    def seconds(self) -> float:
        """Length of the shot."""
        return self.frames / FPS

    def to_json(self) -> str:
        """One line that `from_json` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The request of a line that `to_json` wrote."""
        return cls(**json.loads(text))


def drawing_request(prompt: str, params: Mapping[str, Any]) -> DrawingRequest:
    """The request for a prompt; parameters that are missing get the catalogue's defaults."""
    width, height = frame_size(
        str(params.get("aspect_ratio", "16:9")), str(params.get("resolution", "540p"))
    )
    return DrawingRequest(
        prompt=prompt,
        width=width,
        height=height,
        frames=max(1, round(Fraction(str(params.get("duration", 4))) * FPS)),
        seed=int(params.get("seed", 0)),
        shot=str(params.get("shot") or shot_code(prompt, params)),
        style=str(params.get("style", "auto")),
        camera=str(params.get("camera", "auto")),
        audio=bool(params.get("audio", True)),
    )


def frame_size(aspect_ratio: str, resolution: str) -> tuple[int, int]:
    """Width and height in pixels, both even; the short side is the resolution's number."""
    across, down = FRAME_RATIOS[aspect_ratio]
    scale = Fraction(int(resolution.removesuffix("p")), min(across, down))
    return _even(across * scale), _even(down * scale)


def shot_code(prompt: str, params: Mapping[str, Any]) -> str:
    """A short code such as "K7-42": the same for the same request, seldom for another."""
    shown = {k: v for k, v in params.items() if k != "audio"}
    text = json.dumps([prompt, shown], sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    return f"{letters[digest[0] % len(letters)]}{digest[1] % 10}-{digest[2] % 100:02d}"


def _even(value: Fraction) -> int:
    return max(2, round(value / 2) * 2)
