"""Films whose clips come as providers give them: by an address, by one that wants the key, and as
bytes within an answer. Each is paid for once, and nothing of it is left lying about."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from video_foundry import VideoModelFactory
from video_foundry.adapters.models import registry
from video_foundry.adapters.models.gemini.adapter import GeminiModel
from video_foundry.adapters.models.luma.adapter import LumaModel
from video_foundry.adapters.models.vertex.adapter import VertexModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.bootstrap import running_context, working
from video_foundry.commands.project_file import bring_in, read_project_file
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.gemini import GeminiEmulator
from video_foundry.emulators.luma import LumaEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.emulators.vertex import VertexEmulator
from video_foundry.services.render_views import RenderView
from video_foundry.services.renders import get_render, start_render
from video_foundry.settings import Settings as Installation
from video_foundry.testing.provider_contract import read_catalogue

KEY = "canary-0123456789"


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered here is gone afterwards."""
    monkeypatch.setattr(registry, "_REGISTRY", registry._Registry())


async def film_of(settings: Installation, file: Path) -> RenderView:
    """Render a project file in this process."""
    async with running_context(settings) as ctx:
        project_id = await bring_in(ctx, file, read_project_file(file))
        view = await start_render(ctx, project_id)
        async with working(ctx, settings), asyncio.timeout(120):
            while view.row.status not in RENDER_ENDED:
                await asyncio.sleep(0.05)
                view = await get_render(ctx, view.row.id)
    return view


@dataclass(frozen=True, kw_only=True)
class Case:
    """A model with a clip of some whole seconds. more: variables beside key and address."""

    adapter: type[HttpModel[Any]]
    emulator: type[Emulator]
    model: str
    seconds: int
    more: Mapping[str, str] = field(default_factory=dict)

    def register(self, served: Running) -> dict[str, str]:
        """Make the model usable; returns the variables of its account."""
        (listed,) = [e for e in read_catalogue(served.emulator.name) if e.id == self.model]
        entry = replace(listed, poll_seconds=0.02, requests_per_minute=0)
        VideoModelFactory.register(self.model, partial(self.adapter, entry), entry=entry)
        key = str(entry.env_key)
        prefix = key.removesuffix("_API_KEY").removesuffix("_ACCESS_TOKEN")
        return {key: KEY, f"{prefix}_BASE_URL": served.url, **self.more}

    def write_project(self, file: Path) -> None:
        """A film of one segment."""
        params = {"model": self.model, "duration": self.seconds}
        size = {"width": 320, "height": 180, "fps": 24}
        segments = [{"prompt": "a fox", "model_params": params}]
        file.write_text(yaml.safe_dump({"name": "F", "settings": size, "segments": segments}))


LUMA = Case(adapter=LumaModel, emulator=LumaEmulator, model="luma-ray-3.2", seconds=5)
GEMINI = Case(
    adapter=GeminiModel, emulator=GeminiEmulator, model="gemini-omni-1.2-flash", seconds=3
)
VERTEX = Case(
    adapter=VertexModel,
    emulator=VertexEmulator,
    model="vertex-veo-3.1",
    seconds=4,
    more={"VERTEX_PROJECT": "p"},
)


@pytest.mark.parametrize("case", [LUMA, GEMINI, VERTEX], ids=lambda case: str(case.model))
async def test_a_clip_becomes_a_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    with running(case.emulator(Settings(key=KEY))) as served:
        for name, value in case.register(served).items():
            monkeypatch.setenv(name, value)
        file = tmp_path / "film.yaml"
        case.write_project(file)
        port = served.url.rpartition(":")[2]
        hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        settings = Installation(data_dir=tmp_path / "data", fetch_allow_hosts=hosts)
        view = await film_of(settings, file)
        assert view.row.status == "completed", view.row.error_message
        assert view.master is not None
        assert view.master.facts["frames"] == 24 * case.seconds
        assert len(served.emulator.ledger.accepted) == 1
    assert [path for path in (tmp_path / "data").rglob("result") if path.is_file()] == []
