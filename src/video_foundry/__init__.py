"""Video Foundry: long videos from AI-generated segments; plan before spend, never pay twice."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from video_foundry.adapters.models.registry import VideoModelFactory
    from video_foundry.ports.video_model import (
        GenerationResult,
        GenerationStatus,
        StatusReport,
        Submission,
        VideoModelInterface,
    )

__version__ = "0.2.0.dev0"

__all__ = [
    "GenerationResult",
    "GenerationStatus",
    "StatusReport",
    "Submission",
    "VideoModelFactory",
    "VideoModelInterface",
    "__version__",
]

_HOMES = {
    "VideoModelFactory": "video_foundry.adapters.models.registry",
    "GenerationResult": "video_foundry.ports.video_model",
    "GenerationStatus": "video_foundry.ports.video_model",
    "StatusReport": "video_foundry.ports.video_model",
    "Submission": "video_foundry.ports.video_model",
    "VideoModelInterface": "video_foundry.ports.video_model",
}


def __getattr__(name: str) -> Any:
    """The public names, loaded when first used: child processes that need one module of ours must
    not pay for all of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
