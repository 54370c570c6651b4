"""The models that come with the program, registered through the same door as everybody else's."""

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from video_foundry.adapters.models.registry import AdapterFactory, load_provider
from video_foundry.core.catalogue import ModelEntry
from video_foundry.ports.video_model import VideoModelInterface

HERE = Path(__file__).parent

BY_MODEL: dict[str, dict[str, str]] = {
    "mock": {
        "mock-ai": "MockModel",
        "mock-ai-lookup": "MockLookupModel",
        "mock-ai-none": "MockNoneModel",
    },
    "storyboard": {"storyboard": "StoryboardModel"},
}
"""provider folder -> model id -> class in its adapter module; made without arguments."""

BY_ENTRY: dict[str, str] = {
    "comfyui": "ComfyUIModel",
    "fal": "FalModel",
    "gemini": "GeminiModel",
    "kling": "KlingModel",
    "luma": "LumaModel",
    "minimax": "MiniMaxModel",
    "openrouter": "OpenRouterModel",
    "replicate": "ReplicateModel",
    "runway": "RunwayModel",
    "stability": "StabilityModel",
    "vertex": "VertexModel",
}
"""provider folder -> the class that serves every model of its catalogue that is not retired; made
with the model's entry."""


def register() -> None:
    """Register every built-in model; their code is imported when it is first used."""
    for provider, models in BY_MODEL.items():
        load_provider(HERE / provider, partial(_own_class, provider, models))
    for provider, class_name in BY_ENTRY.items():
        load_provider(HERE / provider, partial(_common_class, provider, class_name))


def _own_class(provider: str, models: dict[str, str], entry: ModelEntry) -> AdapterFactory | None:
    name = models.get(entry.id)
    return None if name is None else partial(_make, provider, name)


def _common_class(provider: str, class_name: str, entry: ModelEntry) -> AdapterFactory | None:
    return partial(_make, provider, class_name, entry)


def _make(provider: str, class_name: str, *arguments: Any) -> VideoModelInterface:
    module = import_module(f"video_foundry.adapters.models.{provider}.adapter")
    adapter: VideoModelInterface = getattr(module, class_name)(*arguments)
    return adapter
