"""Finding weights, in a folder or in the hub's cache, and making a pipeline of them on a device.
Runs in the generating process alone. Only safetensors are read: other formats can hold programs."""

from pathlib import Path
from typing import Any

import diffusers
import torch

from video_foundry.adapters.models.local.failure import CannotGenerate
from video_foundry.adapters.models.local.families import FAMILIES, Family
from video_foundry.adapters.models.local.machine import Machine
from video_foundry.adapters.models.local.request import LocalRequest

VARIANTS = (None, "fp16", "bf16")
"""File names that a repository may have its weights under, the plain one first."""


def load(machine: Machine, request: LocalRequest) -> Any:
    """The pipeline that answers a request, on its device. Raises CannotGenerate."""
    family, device = FAMILIES[request.family], device_of(machine)
    place = found(machine, request.weights["main"])
    brings = _described(machine, place, request, family)
    kinds = _kinds(machine, device, family)
    parts = {}
    if family.motion_adapter and "motion_adapter" not in brings:
        name = found(machine, request.weights["motion"])
        parts["motion_adapter"] = _made(diffusers.MotionAdapter, machine, name, kinds["default"])
    pipeline_class = getattr(diffusers, family.class_for(request))
    pipeline = _made(pipeline_class, machine, place, kinds, **parts)
    if parts:
        _paced(pipeline)
    return _placed(pipeline, machine, device)


def found(machine: Machine, name: str) -> str:
    """The folder of this name, else the name itself, which the hub's cache may know."""
    folder = Path(machine.folder) / name
    # The catalogue's pattern lets no `..` through; this is for those who go round it.
    is_inside = ".." not in Path(name).parts and not Path(name).is_absolute()
    return str(folder) if machine.folder and is_inside and folder.is_dir() else name


def device_of(machine: Machine) -> str:
    """The device asked for, else the best there is. Raises CannotGenerate for one that is not."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if machine.device == "auto":
        return next((device for device, is_there in there.items() if is_there), "cpu")
    if not there.get(machine.device, True):
        message = f"this machine has no {machine.device}: change VIDEO_FOUNDRY_LOCAL_DEVICE"
        raise CannotGenerate(message, code="no_device")
    return machine.device


def _kinds(machine: Machine, device: str, family: Family) -> dict[str, torch.dtype]:
    """Part -> type of its numbers; `default` for those that are not named."""
    if machine.dtype != "auto":
        wanted = getattr(torch, machine.dtype)
    elif device == "cuda":
        wanted = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    else:
        wanted = torch.float16 if device == "mps" else torch.float32
    return {"default": wanted, **dict.fromkeys(family.full_precision, torch.float32)}


def _described(
    machine: Machine, place: str, request: LocalRequest, family: Family
) -> dict[str, Any]:
    """What the weights say they are. Raises CannotGenerate for those of another family."""
    try:
        told = diffusers.DiffusionPipeline.load_config(
            place, local_files_only=not machine.may_download
        )
    except (OSError, ValueError) as error:
        raise _not_there(machine, request.weights["main"]) from error
    named = told.get("_class_name")
    if named not in family.takes:
        message = (
            f"{request.weights['main']} is for {named}, and this model takes {family.takes[0]}"
        )
        raise CannotGenerate(message, code="wrong_weights")
    return dict(told)


def _made(kind: Any, machine: Machine, place: str, dtype: Any, **parts: Any) -> Any:
    problem: Exception | None = None
    for variant in VARIANTS:
        try:
            return kind.from_pretrained(
                place,
                torch_dtype=dtype,
                variant=variant,
                use_safetensors=True,
                local_files_only=not machine.may_download,
                **parts,
            )
        except (OSError, ValueError) as error:
            problem = problem or error
    raise _unreadable(machine, place, problem)


def _unreadable(machine: Machine, place: str, problem: Exception | None) -> CannotGenerate:
    if not Path(place).is_dir():
        return _not_there(machine, place)
    why = str(problem).split("\n")[0][:300]
    return CannotGenerate(f"the weights in {place} cannot be read: {why}", code="bad_weights")


def _not_there(machine: Machine, name: str) -> CannotGenerate:
    looked = [f"the folder {machine.folder}"] if machine.folder else []
    looked.append("the hub" if machine.may_download else "the hub's cache on this machine")
    advice = (
        "check the name"
        if machine.may_download
        else f"fetch them with `hf download {name}`, or allow it with VIDEO_FOUNDRY_LOCAL_DOWNLOAD"
    )
    where = " or ".join(looked)
    return CannotGenerate(f"no weights called {name} in {where}: {advice}", code="no_weights")


def _paced(pipeline: Any) -> None:
    """With the steps that motion adapters were trained with: the weights are for still pictures."""
    pipeline.scheduler = diffusers.DDIMScheduler.from_config(
        pipeline.scheduler.config,
        clip_sample=False,
        timestep_spacing="linspace",
        beta_schedule="linear",
        steps_offset=1,
    )


def _placed(pipeline: Any, machine: Machine, device: str) -> Any:
    """On the device; by default a graphics card holds only the part that is at work."""
    offload = machine.offload
    if offload == "auto":
        offload = "model" if device == "cuda" else "none"
    if offload == "none" or device == "cpu":
        pipeline.to(device)
    elif offload == "model":
        pipeline.enable_model_cpu_offload(device=device)
    else:
        pipeline.enable_sequential_cpu_offload(device=device)
    if device == "cuda" and hasattr(pipeline.vae, "enable_tiling"):
        pipeline.vae.enable_tiling()
    return pipeline
