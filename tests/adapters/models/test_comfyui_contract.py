"""The traps of the trade, for ComfyUI: from words, from a picture, and for a picture."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from video_foundry.adapters.models.comfyui.adapter import ComfyUIModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.emulators.comfyui import ComfyUIEmulator
from video_foundry.emulators.emulator import Emulator
from video_foundry.emulators.server import Running
from video_foundry.errors import ModelError, Rejected
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import ProviderContract, settled

WORKFLOWS = Path(__file__).parents[3] / "examples" / "comfyui"


def named(name: str, **params: Any) -> dict[str, Any]:
    """Parameters that name one of the shipped workflows."""
    digest = hashlib.sha256((WORKFLOWS / f"{name}.json").read_bytes()).hexdigest()
    return {"workflow": name, "workflow_sha256": digest, **params}


class ComfyUIContract(ProviderContract):
    """What all kinds of workflow share."""

    provider = "comfyui"
    adapter_class: ClassVar[type[HttpModel[Any]]] = ComfyUIModel
    emulator_class: ClassVar[type[Emulator]] = ComfyUIEmulator
    cancels = True
    stops_for_free = True
    # The server has no content policy; the emulator says what it says of any wrong workflow.
    refusals: ClassVar[Mapping[str, type[ModelError]]] = {"moderated": Rejected}

    def settings(self, prefix: str) -> Mapping[str, str]:
        return {f"{prefix}_WORKFLOWS": str(WORKFLOWS)}

    async def test_a_withheld_result_is_called_moderated(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        """There is nobody who would withhold one: it is a failure like any other."""
        served.emulator.script.put("moderated_after")
        report = await settled(adapter, await adapter.submit(submission))
        assert report.status is GenerationStatus.FAILED
        assert report.error_code == "torch.OutOfMemoryError"


class TestTextToVideo(ComfyUIContract):
    model = "comfyui"
    params: ClassVar[Mapping[str, Any]] = named("wan-text-to-video", duration=1.0625, seed=7)


class TestImageToVideo(ComfyUIContract):
    model = "comfyui"
    params: ClassVar[Mapping[str, Any]] = named("wan-image-to-video", duration=1.0625)

    def references(self, folder: Path) -> Mapping[str, Path]:
        return {"first_frame": _picture(folder)}


class TestPicture(ComfyUIContract):
    model = "comfyui-image"
    params: ClassVar[Mapping[str, Any]] = named("sdxl-picture", seed=3)


def _picture(folder: Path) -> Path:
    path = folder / "frame.png"
    Image.new("RGB", (32, 16), (200, 30, 30)).save(path)
    return path
