"""What the tests of local models share: the Python that has the libraries, and tiny weights of
every family."""

import json
import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.local_models.shots import SMALL, TINY, Ask

from video_foundry.adapters.models import local
from video_foundry.core.catalogue import ModelEntry, effective_params, parse_provider
from video_foundry.ports.video_model import Submission

HERE = Path(__file__).parent
PYTHON = os.environ.get("VIDEO_FOUNDRY_LOCAL_PYTHON", "")
"""Read at once: afterwards no setting of the machine reaches a test."""


@pytest.fixture(scope="session")
def python() -> str:
    """The Python with the libraries, named by `make local-models`."""
    if not PYTHON:
        pytest.skip("VIDEO_FOUNDRY_LOCAL_PYTHON names no Python with torch and diffusers")
    return PYTHON


@pytest.fixture(scope="session")
def weights(python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tiny random weights of every family."""
    folder = tmp_path_factory.mktemp("weights")
    made = subprocess.run(
        [python, HERE / "tiny_weights.py", folder],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-3000:]
    sizes = json.loads(made.stdout.splitlines()[-1])
    assert all(0 < size < 10_000_000 for size in sizes.values())
    return folder


@pytest.fixture
def environment(python: str, weights: Path) -> dict[str, str]:
    """The settings of a machine with these weights."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(weights),
        "VIDEO_FOUNDRY_LOCAL_PYTHON": python,
        "VIDEO_FOUNDRY_LOCAL_WEIGHTS": str(weights),
        "VIDEO_FOUNDRY_LOCAL_DEVICE": "cpu",
    }


@pytest.fixture(scope="session")
def entries() -> dict[str, ModelEntry]:
    """The local models."""
    text = (Path(local.__file__).parent / "catalogue.toml").read_text("utf-8")
    return {entry.id: entry for entry in parse_provider(tomllib.loads(text))}


@pytest.fixture
def ask(entries: dict[str, ModelEntry], tmp_path: Path) -> Ask:
    """Makes submissions: `ask(model, prompt, picture=..., **params)`, each with a folder and a key
    of its own."""
    count = 0

    def made(
        model: str, prompt: str = "a lamp", picture: str = "navy", **params: Any
    ) -> Submission:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        frames = {}
        if "first_frame" in entries[model].parameters.get("required", ()):
            Image.new("RGB", (96, 80), picture).save(folder / "first.png")
            frames["first_frame"] = folder / "first.png"
        given = {**SMALL, **TINY[model], **params, **dict.fromkeys(frames, "media")}
        held = effective_params(entries[model], given)
        return Submission(
            model=model,
            prompt=prompt,
            params={name: value for name, value in held.items() if name not in frames},
            references=frames,
            key=f"key-{count}",
            scratch=folder,
        )

    return made
