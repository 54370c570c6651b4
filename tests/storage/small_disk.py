"""A disk that can be filled and freed in an instant: a tmpfs in a mount namespace of its own, whose
size is set to what it holds. Programs are started inside that namespace."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

ROOMY = "size=1g,nr_inodes=1000000"
"""While it is not full; only what is written takes memory."""
PAGE = 4096
START_SECONDS = 60.0

_ASK = """
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1] + "/video-foundry.sqlite3", timeout=30)
print(json.dumps(database.execute(sys.argv[2]).fetchall()))
"""


class NoNamespaces(Exception):
    """This machine lets us have no mount namespace of our own; the message says why."""


@dataclass
class SmallDisk:
    """folder: where the disk is mounted, for programs started with `enter`."""

    folder: Path
    keeper: "subprocess.Popen[str]"

    @classmethod
    @contextlib.contextmanager
    def mounted(cls, folder: Path) -> Iterator["SmallDisk"]:
        """A roomy disk until the block ends. Raises NoNamespaces."""
        folder.mkdir(parents=True)
        script = 'mount -t tmpfs -o "$0" tmpfs "$1" && echo mounted && exec sleep infinity'
        with subprocess.Popen(
            ["unshare", "--map-root-user", "--mount", "sh", "-c", script, ROOMY, str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as keeper:
            assert keeper.stdout is not None and keeper.stderr is not None
            try:
                if keeper.stdout.readline().strip() != "mounted":
                    keeper.wait()
                    raise NoNamespaces(keeper.stderr.read().strip())
                yield cls(folder, keeper)
            finally:
                keeper.kill()

    @property
    def seen(self) -> Path:
        """The same folder as seen from outside."""
        return Path(f"/proc/{self.keeper.pid}/root{self.folder}")

    def enter(self, *command: str) -> list[str]:
        """`command`, to be run where the disk is mounted."""
        place = ["--target", str(self.keeper.pid), "--user", "--mount", "--preserve-credentials"]
        return ["nsenter", *place, *command]

    def fill(self, *, spare: int = 0) -> None:
        """Leave no more than `spare` bytes free."""
        while True:
            held = os.statvfs(self.seen)
            used = (held.f_blocks - held.f_bfree) * held.f_frsize
            # Refused when somebody has written since we looked: then we look again.
            with contextlib.suppress(subprocess.CalledProcessError):
                self._resize(str(used + spare // PAGE * PAGE))
                return

    def fill_names(self) -> None:
        """Leave room for content, and for no further file or folder."""
        while True:
            held = os.statvfs(self.seen)
            with contextlib.suppress(subprocess.CalledProcessError):  # as in `fill`
                self._remount(f"nr_inodes={held.f_files - held.f_ffree}")
                return

    def free(self) -> None:
        """Roomy again."""
        self._remount(ROOMY)

    def _resize(self, size: str) -> None:
        self._remount(f"size={size}")

    def _remount(self, options: str) -> None:
        # With its type and without /etc/mtab: else mount repeats options that we may not set.
        words = ["mount", "-i", "-t", "tmpfs", "-o", f"remount,{options}", "tmpfs"]
        subprocess.run(self.enter(*words, str(self.folder)), check=True, capture_output=True)


@dataclass
class ServerOnDisk:
    """`video-foundry serve` with its data on the disk."""

    disk: SmallDisk
    log: Path
    settings: Mapping[str, str]
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def websocket_url(self) -> str:
        """The same for WebSockets."""
        return self.base_url.replace("http", "ws", 1)

    @property
    def data_dir(self) -> Path:
        """Its data, as seen from outside."""
        return self.disk.seen / "data"

    def environment(self) -> dict[str, str]:
        """Of every command on this data folder."""
        temporary = self.log.parent / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            **{n: v for n, v in os.environ.items() if not n.startswith("VIDEO_FOUNDRY_")},
            "TMPDIR": str(temporary),
            "VIDEO_FOUNDRY_DATA_DIR": str(self.disk.folder / "data"),
            "VIDEO_FOUNDRY_EXAMPLE_PROJECT": "false",
            "VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS": "127.0.0.1",
            "VIDEO_FOUNDRY_FFMPEG_THREADS": "1",
            "VIDEO_FOUNDRY_PLUGINS": "video_foundry.testing.ledger_models",
            **self.settings,
        }

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command on the same data folder, at its end."""
        return subprocess.run(
            self.disk.enter(sys.executable, "-m", "video_foundry", *arguments),
            env=self.environment(),
            cwd=self.log.parent,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def sql(self, statement: str) -> list[Any]:
        """What the database answers, asked on the disk itself."""
        words = [sys.executable, "-c", _ASK, str(self.disk.folder / "data"), statement]
        asked = subprocess.run(self.disk.enter(*words), check=True, capture_output=True)
        found: list[Any] = json.loads(asked.stdout)
        return found

    @contextlib.contextmanager
    def running(self) -> Iterator["ServerOnDisk"]:
        """Until the block ends; then stopped as an operator would."""
        with socket.socket() as tried:
            tried.bind(("127.0.0.1", 0))
            self.port = tried.getsockname()[1]
        words = [sys.executable, "-m", "video_foundry", "serve", "--port", str(self.port)]
        with (
            self.log.open("ab") as log,
            subprocess.Popen(
                self.disk.enter(*words),
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            ) as process,
        ):
            self.process = process
            try:
                self._wait_until_up()
                yield self
                process.send_signal(signal.SIGTERM)
                process.wait(START_SECONDS)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def _wait_until_up(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(httpx2.RequestError):
                httpx2.get(f"{self.base_url}/healthz", timeout=2, trust_env=False)
                return
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.05)
        raise TimeoutError(self.log.read_text()[-3000:])
