"""The installed command in a process of its own, with a data folder of its own."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.nursery import Nursery

from video_foundry.cli import main

COMMAND = Path(sys.executable).with_name("video-foundry")
SMALL = {"width": 160, "height": 90, "fps": 24}


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> Any:
        """The JSON object on the last line of standard output."""
        return json.loads(self.out.splitlines()[-1])


@dataclass(frozen=True)
class Shell:
    """A folder to work in, and the command. nursery: starts it quickly."""

    folder: Path
    environment: dict[str, str]
    nursery: Nursery

    def start(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        """The command, running."""
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | Path) -> Done:
        """The command, at its end."""
        words = [str(argument) for argument in arguments]
        ended = self.nursery.run(words, cwd=self.folder, env=self.environment)
        assert "Traceback" not in ended.stderr, ended.stderr
        return Done(ended.returncode, ended.stdout, ended.stderr)

    def write(self, name: str, content: Any) -> Path:
        """A file: text and bytes as they are, anything else as JSON (which is YAML too)."""
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path


Command = Callable[..., Done]


@pytest.fixture
def shell(tmp_path: Path, nursery: Nursery) -> Shell:
    """An empty folder and an empty memory."""
    (tmp_path / "work").mkdir()
    kept = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment["VIDEO_FOUNDRY_DATA_DIR"] = str(tmp_path / "data")
    return Shell(tmp_path / "work", environment, nursery)


@pytest.fixture
def here(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command's entry point called in this process: a tenth of the time of a new one."""
    log = logging.getLogger()
    monkeypatch.setattr(log, "handlers", list(log.handlers))
    monkeypatch.setattr(log, "level", log.level)
    monkeypatch.chdir(shell.folder)
    for name, value in shell.environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["video-foundry", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run


def film(*prompts: str, **params: Any) -> dict[str, Any]:
    """A project file: half a second for each prompt."""
    return {
        "name": "a film",
        "settings": SMALL,
        "segments": [
            {"prompt": p, "model_params": {"model": "mock-ai", "duration": 0.5, **params}}
            for p in prompts
        ],
    }
