"""From a submission to what the generating process is asked for, as JSON and back. Pure: sizes and
frame counts that a family can make are worked out here, from the catalogue entry."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, Self

from video_foundry.core.catalogue import ModelEntry, with_defaults
from video_foundry.errors import Rejected
from video_foundry.ports.video_model import Submission


@dataclass(frozen=True, kw_only=True)
class LocalRequest:
    """One clip to generate. width, height: pixels. frames: how many are generated, a count that the
    family can make; kept: how many of them the clip has. weights: names by role; `main` is the
    pipeline. first_frame: path of a picture. options: what only this family knows."""

    family: str
    weights: dict[str, str]
    prompt: str
    negative_prompt: str
    width: int
    height: int
    frames: int
    kept: int
    fps: int
    seed: int
    steps: int
    guidance: float
    first_frame: str | None = None
    options: dict[str, float] = field(default_factory=dict)

    @property
    def pipeline(self) -> str:
        """Equal for requests that one loaded pipeline can answer."""
        return json.dumps([self.family, self.weights, self.first_frame is None], sort_keys=True)

    def to_json(self) -> str:
        """One line that `from_json` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The request of a line that `to_json` wrote."""
        return cls(**json.loads(text))


def local_request(entry: ModelEntry, submission: Submission) -> LocalRequest:
    """What a submission asks for. Raises Rejected for what the family cannot make."""
    params = with_defaults(entry, submission.params)
    width, height = frame_size(params, step=entry.wire["size_step"])
    fps = int(params["fps"])
    kept = max(1, round(Fraction(str(params["duration"])) * fps))
    first = submission.references.get("first_frame")
    if first is None and "first_frame" in entry.parameters.get("required", ()):
        raise Rejected(f"{entry.id} needs a first frame", code="no_first_frame")
    return LocalRequest(
        family=entry.wire["family"],
        weights=_weights(params),
        prompt=submission.prompt,
        negative_prompt=str(params.get("negative_prompt") or ""),
        width=width,
        height=height,
        frames=frame_count(kept, entry, fps),
        kept=kept,
        fps=fps,
        seed=int(params["seed"]),
        steps=int(params["steps"]),
        guidance=float(params["guidance"]),
        first_frame=None if first is None else str(first),
        options={name: params[name] for name in ("motion", "noise") if name in params},
    )


def _weights(params: Mapping[str, Any]) -> dict[str, str]:
    named = {"main": params["weights"], "motion": params.get("motion_weights")}
    return {role: str(name) for role, name in named.items() if name}


def frame_size(params: Mapping[str, Any], *, step: int) -> tuple[int, int]:
    """Width and height in pixels, both multiples of `step`: the exact ones, else those nearest to
    the shape whose short side is the resolution."""
    if "width" in params and "height" in params:
        return int(params["width"]), int(params["height"])
    across, down = (int(part) for part in params["aspect_ratio"].split(":"))
    scale = Fraction(int(params["resolution"].removesuffix("p")), min(across, down))
    return _nearest(across * scale, step), _nearest(down * scale, step)


def _nearest(side: Fraction, step: int) -> int:
    return max(step, round(side / step) * step)


def frame_count(kept: int, entry: ModelEntry, fps: int) -> int:
    """The least count that the family can make and that is enough: it makes one frame more than a
    multiple of its step. Raises Rejected where the most is not enough."""
    step, most = int(entry.wire["frame_step"]), int(entry.wire["most_frames"])
    frames = ceil((kept - 1) / step) * step + 1
    frames = max(frames, step + 1)
    if frames > most:
        raise Rejected(
            f"{entry.id} makes at most {most} frames, which is {most / fps:.2g} seconds at {fps} "
            "frames a second: make it shorter, or the frame rate lower",
            code="too_many_frames",
        )
    return frames
