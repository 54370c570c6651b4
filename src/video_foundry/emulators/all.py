"""The emulators by name, and all of them behind one address."""

from importlib import import_module

from starlette.applications import Starlette
from starlette.routing import Mount

from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.errors import BadInput

ALL = "all"
EMULATORS: dict[str, str] = {
    "comfyui": "ComfyUIEmulator",
    "fal": "FalEmulator",
    "gemini": "GeminiEmulator",
    "kling": "KlingEmulator",
    "luma": "LumaEmulator",
    "minimax": "MiniMaxEmulator",
    "openrouter": "OpenRouterEmulator",
    "replicate": "ReplicateEmulator",
    "runway": "RunwayEmulator",
    "stability": "StabilityEmulator",
    "vertex": "VertexEmulator",
}
"""name, which is also its module's -> class."""


def make_emulator(name: str, settings: Settings) -> Emulator:
    """The emulator of this name. Raises BadInput for a name that there is none of."""
    if name not in EMULATORS:
        known = ", ".join([*EMULATORS, ALL])
        raise BadInput(
            f"there is no emulator called {name[:80]!r}", field="NAME", fix=f"choose from: {known}"
        )
    module = import_module(f"video_foundry.emulators.{name}")
    emulator: Emulator = getattr(module, EMULATORS[name])(settings)
    return emulator


def joined(emulators: list[Emulator]) -> Starlette:
    """One server for several: each has its own name as the first part of its paths."""
    return Starlette(routes=[Mount(f"/{e.name}", app=e.app()) for e in emulators])
