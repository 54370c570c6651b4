"""The traps of the trade, for Runway."""

from typing import ClassVar

from video_foundry.adapters.models.runway.adapter import RunwayModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.emulators.emulator import Emulator
from video_foundry.emulators.runway import RunwayEmulator
from video_foundry.testing.provider_contract import ProviderContract


class TestRunway(ProviderContract):
    provider = "runway"
    model = "runway-gen4.5"
    adapter_class: ClassVar[type[HttpModel]] = RunwayModel
    emulator_class: ClassVar[type[Emulator]] = RunwayEmulator
    cancels = True
