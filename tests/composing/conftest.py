"""One house for all tests here: later films find what earlier ones left, as in daily life. What was
proved in it can be written down: VIDEO_FOUNDRY_PROOF_REPORT names the file."""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.composing.house import House

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.testing.cutting_room import CuttingRoom, local_tools

REPORT = os.environ.get("VIDEO_FOUNDRY_PROOF_REPORT")


@pytest.fixture(scope="session")
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The ports are real, and their children end with the tests."""
    folder = tmp_path_factory.mktemp("house")
    compositor = FFmpegCompositor(scratch=folder / "scratch")
    sounds, titler = FFmpegSound(scratch=folder / "scratch"), SkiaTitler()
    tools = local_tools(folder, compositor=compositor, sounds=sounds, titler=titler)
    house = House(folder=folder, tools=tools, room=CuttingRoom(folder=folder, tools=tools))
    yield house
    if REPORT:
        seed = str(request.config.getoption("--hypothesis-seed"))
        Path(REPORT).write_text(house.tally.report(seed, datetime.now(UTC)), encoding="utf-8")
    for port in (compositor, sounds, titler):
        asyncio.run(port.aclose())
