"""Models of one's own come in by every door, answer in every form, and make real films."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.nursery import Nursery

from video_foundry import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    VideoModelFactory,
    VideoModelInterface,
)
from video_foundry.adapters.models import registry
from video_foundry.bootstrap import running_context, working
from video_foundry.commands.project_file import bring_in, read_project_file
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.services.render_views import RenderView
from video_foundry.services.renders import get_render, start_render
from video_foundry.settings import Settings
from video_foundry.testing.clips import make_clip

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


class Machine:
    """The command line with a data folder of its own."""

    def __init__(self, nursery: Nursery, folder: Path, **environment: str) -> None:
        self.nursery = nursery
        self.folder = folder
        inherited = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        data = {"VIDEO_FOUNDRY_DATA_DIR": str(folder / "data")}
        self.environment = inherited | data | environment

    def run(self, *arguments: str) -> dict[str, Any]:
        """What the command printed as JSON."""
        ended = self.nursery.run(arguments, cwd=self.folder, env=self.environment)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        answer: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
        return answer

    def render(self, *segments: Mapping[str, Any]) -> dict[str, Any]:
        """Render these segments, without a server."""
        write_project(self.folder / "film.yaml", *segments)
        return self.run("render", "film.yaml", "-o", "film.mp4", "--json")


def write_project(file: Path, *segments: Mapping[str, Any]) -> None:
    small = {"width": 320, "height": 180, "fps": 24}
    file.write_text(yaml.safe_dump({"name": "Mine", "settings": small, "segments": [*segments]}))


def listed(models: dict[str, Any], name: str) -> dict[str, Any]:
    """One model of `video-foundry models --json`."""
    (found,) = [m for m in models["models"] if m["id"] == name]
    return dict(found)


def test_an_installed_package_brings_its_model(tmp_path: Path, nursery: Nursery) -> None:
    packages = tmp_path / "packages"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-index", "--no-deps", "--no-build-isolation"),
            *("--target", str(packages), str(EXAMPLES / "own-model")),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    machine = Machine(nursery, tmp_path, PYTHONPATH=str(packages))
    sunrise = listed(machine.run("models", "--json"), "sunrise")
    assert sunrise["is_available"]
    assert sunrise["prices"] == []
    asked = {"prompt": "a calm sea", "model_params": {"model": "sunrise", "duration": 1}}
    first = machine.render(asked)
    assert (first["status"], first["generated"], first["frames"]) == ("completed", 1, 24)
    assert (tmp_path / "film.mp4").stat().st_size > 1000
    again = machine.render(asked)
    assert (again["generated"], again["reused"]) == (0, 1)


def test_a_named_module_brings_its_model_with_a_catalogue_entry(
    tmp_path: Path, nursery: Nursery
) -> None:
    machine = Machine(
        nursery, tmp_path, PYTHONPATH=str(EXAMPLES), VIDEO_FOUNDRY_PLUGINS="colour_bars"
    )
    bars = listed(machine.run("models", "--json"), "colour-bars")
    assert bars["is_local"]
    assert set(bars["parameters"]["properties"]) == {"duration", "pattern"}
    film = machine.render(
        {"prompt": "bars", "model_params": {"model": "colour-bars", "duration": 1}}
    )
    assert (film["status"], film["frames"], film["cost"]) == ("completed", 24, "0")


class ThreeMethods(VideoModelInterface):
    """Answers at once with the same clip, in the form that a subclass gives it."""

    clip: Path
    address: str

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        return f"job for {prompt}"

    async def get_status(self, job_id: str) -> Any:
        return GenerationStatus.SUCCEEDED

    async def get_result(self, job_id: str) -> Any:
        return self.clip


class PlainWord(ThreeMethods):
    """Says how it stands in its own words, the first of them strange to us."""

    def __init__(self) -> None:
        self._asked = 0

    async def get_status(self, job_id: str) -> Any:
        self._asked += 1
        return "warming the lamps" if self._asked == 1 else "COMPLETED"


class Report(ThreeMethods):
    """Tells its progress."""

    async def get_status(self, job_id: str) -> Any:
        return StatusReport(status=GenerationStatus.SUCCEEDED, progress=1.0)


class ResultByPath(ThreeMethods):
    """A GenerationResult with a path."""

    async def get_result(self, job_id: str) -> Any:
        return GenerationResult(path=self.clip)


class ResultByUrl(ThreeMethods):
    """A GenerationResult with an address and a header."""

    async def get_result(self, job_id: str) -> Any:
        return GenerationResult(url=self.address, headers={"X-Key": "secret"})


class PlainUrl(ThreeMethods):
    """A bare string: always an address."""

    async def get_result(self, job_id: str) -> Any:
        return self.address


FORMS = (ThreeMethods, PlainWord, Report, ResultByPath, ResultByUrl, PlainUrl)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[int]:
    """A provider's web server with one clip; its port."""
    make_clip(tmp_path / "clip.mp4")  # 24 frames
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered here is gone afterwards."""
    monkeypatch.setattr(registry, "_REGISTRY", registry._Registry())


async def film_of(settings: Settings, file: Path) -> RenderView:
    """Render a project file in this process."""
    async with running_context(settings) as ctx:
        project_id = await bring_in(ctx, file, read_project_file(file))
        view = await start_render(ctx, project_id)
        async with working(ctx, settings), asyncio.timeout(60):
            while view.status not in (*RENDER_ENDED, "needs_attention"):
                await asyncio.sleep(0.1)
                view = await get_render(ctx, view.row.id)
    return view


@pytest.mark.usefixtures("own_registry")
async def test_three_methods_are_enough_in_every_form(
    tmp_path: Path, provider: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ThreeMethods, "clip", tmp_path / "clip.mp4", raising=False)
    address = f"http://127.0.0.1:{provider}/clip.mp4"
    monkeypatch.setattr(ThreeMethods, "address", address, raising=False)
    for form in FORMS:
        VideoModelFactory.register(form.__name__, form)
    write_project(
        tmp_path / "film.yaml",
        *(
            {"prompt": form.__name__, "model_params": {"model": form.__name__, "anything": 1}}
            for form in FORMS
        ),
    )
    settings = Settings(data_dir=tmp_path / "data", fetch_allow_hosts=(f"127.0.0.1:{provider}",))
    view = await film_of(settings, tmp_path / "film.yaml")
    assert view.row.status == "completed", view.row.error_message
    assert view.row.segments_completed == len(FORMS)
    assert not view.cost_is_known
    assert view.master is not None
    assert view.master.facts["frames"] == 24 * len(FORMS)


@pytest.mark.usefixtures("own_registry")
async def test_an_address_in_this_machine_is_not_fetched_unless_it_was_opened_by_name(
    tmp_path: Path, provider: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://127.0.0.1:{provider}/clip.mp4"
    monkeypatch.setattr(ThreeMethods, "address", address, raising=False)
    VideoModelFactory.register("careless", PlainUrl)
    write_project(tmp_path / "film.yaml", {"prompt": "x", "model_params": {"model": "careless"}})
    view = await film_of(Settings(data_dir=tmp_path / "data"), tmp_path / "film.yaml")
    code, reason = view.trouble
    assert (view.status, code) == ("needs_attention", "address_refused")
    assert (reason or "").startswith("segment 1: ")


@pytest.mark.usefixtures("own_registry")
def test_registering_a_name_again_replaces_it() -> None:
    VideoModelFactory.register("mine", PlainWord)
    VideoModelFactory.register("mine", Report)
    assert VideoModelFactory.names() == ["mine"]
    assert isinstance(VideoModelFactory.create("mine"), Report)


def test_a_module_that_cannot_be_imported_is_named_with_the_fix(
    tmp_path: Path, nursery: Nursery
) -> None:
    program = Path(sys.executable).with_name("video-foundry")
    environment = Machine(nursery, tmp_path, VIDEO_FOUNDRY_PLUGINS="no_such_module").environment
    ended = subprocess.run(
        [program, "models"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "VIDEO_FOUNDRY_PLUGINS names 'no_such_module'" in ended.stderr
    assert "PYTHONPATH" in ended.stderr
