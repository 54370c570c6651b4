"""What differs between the families of pipelines: their classes in diffusers, and what each takes
under which name. Everything that they have in common stands in `generation`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from video_foundry.adapters.models.local.request import LocalRequest

Arguments = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Family:
    """pipeline: class in diffusers. from_picture: the class when there is a first frame. takes: the
    classes that its weights may name. arguments: of a call, beyond the common ones. full_precision:
    parts that are kept in float32. motion_adapter: whether it needs one beside its weights."""

    pipeline: str
    takes: tuple[str, ...]
    arguments: Callable[[LocalRequest, Any], Arguments]
    from_picture: str | None = None
    full_precision: tuple[str, ...] = ()
    motion_adapter: bool = False

    def class_for(self, request: LocalRequest) -> str:
        """Name of the class that answers a request."""
        return (request.first_frame and self.from_picture) or self.pipeline


def _prompted(request: LocalRequest) -> Arguments:
    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt or None,
        "guidance_scale": request.guidance,
    }


def _ltx(request: LocalRequest, pipeline: Any) -> Arguments:
    found = {**_prompted(request), "frame_rate": request.fps}
    if pipeline.vae.config.timestep_conditioning:
        # Weights from 0.9.1 on decode a little noise away as well; these are their authors' values.
        found |= {"decode_timestep": 0.05, "decode_noise_scale": 0.025}
    return found


def _wan(request: LocalRequest, _: Any) -> Arguments:
    # Without one the family uses none, where others use an empty one.
    return {**_prompted(request), "negative_prompt": request.negative_prompt or ""}


def _cogvideox(request: LocalRequest, pipeline: Any) -> Arguments:
    longest = pipeline.transformer.config.max_text_seq_length
    return {**_prompted(request), "max_sequence_length": longest}


def _animatediff(request: LocalRequest, _: Any) -> Arguments:
    return {**_prompted(request), "decode_chunk_size": 8}


def _svd(request: LocalRequest, _: Any) -> Arguments:
    return {
        "fps": request.fps,
        "max_guidance_scale": request.guidance,
        "motion_bucket_id": int(request.options["motion"]),
        "noise_aug_strength": request.options["noise"],
        "decode_chunk_size": 4,
    }


FAMILIES: Mapping[str, Family] = {
    "ltx": Family(
        pipeline="LTXPipeline",
        from_picture="LTXImageToVideoPipeline",
        takes=("LTXPipeline", "LTXImageToVideoPipeline", "LTXConditionPipeline"),
        arguments=_ltx,
    ),
    "wan": Family(
        pipeline="WanPipeline", takes=("WanPipeline",), arguments=_wan, full_precision=("vae",)
    ),
    "wan-image": Family(
        pipeline="WanImageToVideoPipeline",
        takes=("WanImageToVideoPipeline",),
        arguments=_wan,
        full_precision=("vae", "image_encoder"),
    ),
    "cogvideox": Family(
        pipeline="CogVideoXPipeline", takes=("CogVideoXPipeline",), arguments=_cogvideox
    ),
    "cogvideox-image": Family(
        pipeline="CogVideoXImageToVideoPipeline",
        takes=("CogVideoXImageToVideoPipeline",),
        arguments=_cogvideox,
    ),
    "animatediff": Family(
        pipeline="AnimateDiffPipeline",
        takes=("AnimateDiffPipeline", "StableDiffusionPipeline"),
        arguments=_animatediff,
        motion_adapter=True,
    ),
    "svd": Family(
        pipeline="StableVideoDiffusionPipeline",
        takes=("StableVideoDiffusionPipeline",),
        arguments=_svd,
    ),
}
"""What a request's `family` says -> the family."""
