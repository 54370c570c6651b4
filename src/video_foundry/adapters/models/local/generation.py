"""One clip from a request: the pipeline is loaded once and kept, called, and what it made is looked
at before it is written. Runs in the generating process alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps

from video_foundry.adapters.models.local.clip import write_clip
from video_foundry.adapters.models.local.failure import CannotGenerate
from video_foundry.adapters.models.local.families import FAMILIES
from video_foundry.adapters.models.local.machine import Machine
from video_foundry.adapters.models.local.request import LocalRequest
from video_foundry.adapters.models.local.weights import load

Tell = Callable[[float], None]
Frames = NDArray[np.floating[Any]]
"""Frames x height x width x 3, from 0 to 1."""

LOADED, MADE = 0.05, 0.95
"""Shares of a generation after which the pipeline is loaded, and all steps are done."""

_held: dict[str, Any] = {}
"""The one pipeline in memory, by what requests call it."""


def generate(machine: Machine, request: LocalRequest, target: Path, tell: Tell) -> None:
    """Write the clip of a request. Raises CannotGenerate."""
    try:
        pipeline = _pipeline(machine, request)
        tell(LOADED)
        with torch.inference_mode():
            frames = _frames(pipeline, request, tell)
    except (torch.OutOfMemoryError, MemoryError) as error:
        message = (
            "there is not enough memory for this clip: make it smaller or shorter, choose smaller "
            "weights, or set VIDEO_FOUNDRY_LOCAL_OFFLOAD=sequential"
        )
        raise CannotGenerate(message, code="out_of_memory") from error
    write_clip(_checked(frames, request), request.fps, target)


def _pipeline(machine: Machine, request: LocalRequest) -> Any:
    if request.pipeline not in _held:
        _held.clear()
        _held[request.pipeline] = load(machine, request)
    return _held[request.pipeline]


def _frames(pipeline: Any, request: LocalRequest, tell: Tell) -> Frames:
    def step_done(_: Any, index: int, _when: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        tell(LOADED + (MADE - LOADED) * min(1.0, (index + 1) / request.steps))
        return tensors

    pipeline.set_progress_bar_config(disable=True)
    made = pipeline(
        **FAMILIES[request.family].arguments(request, pipeline),
        **_pictures(request),
        width=request.width,
        height=request.height,
        num_frames=request.frames,
        num_inference_steps=request.steps,
        # Drawn on the CPU, so that the same seed is the same noise on every device.
        generator=torch.Generator("cpu").manual_seed(request.seed),
        callback_on_step_end=step_done,
        output_type="np",
    )
    return np.asarray(made.frames[0])


def _pictures(request: LocalRequest) -> dict[str, Image.Image]:
    if request.first_frame is None:
        return {}
    try:
        with Image.open(request.first_frame) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise CannotGenerate(f"the first frame is no picture: {error}", code="bad_media") from error
    return {"image": ImageOps.fit(upright, (request.width, request.height))}


def _checked(frames: Frames, request: LocalRequest) -> Frames:
    """As many as the clip has. Raises CannotGenerate for what nobody wants to look at."""
    wanted = (request.height, request.width, 3)
    if frames.shape[1:] != wanted or len(frames) < request.kept:
        message = f"the pipeline made {frames.shape} where {(request.kept, *wanted)} was asked for"
        raise CannotGenerate(message, code="wrong_shape")
    if not np.isfinite(frames).all():
        message = (
            "the pipeline made numbers that are no colours: VIDEO_FOUNDRY_LOCAL_DTYPE=float32, or "
            "bfloat16 where the device has it, usually helps"
        )
        raise CannotGenerate(message, code="not_a_number")
    return frames[: request.kept]
