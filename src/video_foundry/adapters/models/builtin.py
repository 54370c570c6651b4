"""The models that come with the program, registered through the same door as everybody else's."""

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from video_foundry.adapters.models.accounts import AtAnyAccount
from video_foundry.adapters.models.registry import AdapterFactory, load_provider
from video_foundry.core.catalogue import ModelEntry
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import VideoModelInterface

HERE = Path(__file__).parent

BY_MODEL: dict[str, dict[str, str]] = {
    "mock": {
        "mock-ai": "MockModel",
        "mock-ai-lookup": "MockLookupModel",
        "mock-ai-none": "MockNoneModel",
    },
    "storyboard": {
        "storyboard": "StoryboardModel",
        "storyboard-frame": "StoryboardFrameModel",
    },
}
"""provider folder -> model id -> class in its adapter module; made without arguments."""

BY_ENTRY: dict[str, str] = {
    "comfyui": "ComfyUIModel",
    "fal": "FalModel",
    "gemini": "GeminiModel",
    "kling": "KlingModel",
    "local": "LocalModel",
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
    return AtAnyAccount(_WhenUsed(provider, class_name), entry)


@dataclass(frozen=True)
class _WhenUsed:
    """The class that serves a provider's models, imported when it is first asked for something."""

    provider: str
    class_name: str

    @property
    def dialect(self) -> Any:
        """Of the class. Raises AttributeError for one that speaks to no provider over HTTP."""
        return _class_of(self.provider, self.class_name).dialect

    def __call__(self, entry: ModelEntry, account: Account | None) -> VideoModelInterface:
        """An adapter of one model at an account, None for the environment's."""
        return _make(self.provider, self.class_name, entry, account)


def _make(provider: str, class_name: str, *arguments: Any) -> VideoModelInterface:
    adapter: VideoModelInterface = _class_of(provider, class_name)(*arguments)
    return adapter


def _class_of(provider: str, class_name: str) -> Any:
    return getattr(import_module(f"video_foundry.adapters.models.{provider}.adapter"), class_name)
