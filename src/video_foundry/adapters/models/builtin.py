"""The models that come with the program, registered through the same door as everybody else's."""

from functools import partial
from importlib import import_module
from pathlib import Path

from video_foundry.adapters.models.registry import AdapterFactory, load_provider
from video_foundry.ports.video_model import VideoModelInterface

HERE = Path(__file__).parent

ADAPTERS: dict[str, dict[str, str]] = {
    "mock": {
        "mock-ai": "MockModel",
        "mock-ai-lookup": "MockLookupModel",
        "mock-ai-none": "MockNoneModel",
    },
    "storyboard": {"storyboard": "StoryboardModel"},
    "runway": {"runway-gen4.5": "RunwayModel"},
    "stability": {},
}
"""provider folder -> model id -> class in its adapter module."""


def register() -> None:
    """Register every built-in model; their code is imported when it is first used."""
    for provider, models in ADAPTERS.items():
        factories: dict[str, AdapterFactory] = {
            model: partial(_make, provider, name) for model, name in models.items()
        }
        load_provider(HERE / provider, factories)


def _make(provider: str, class_name: str) -> VideoModelInterface:
    module = import_module(f"video_foundry.adapters.models.{provider}.adapter")
    adapter: VideoModelInterface = getattr(module, class_name)()
    return adapter
