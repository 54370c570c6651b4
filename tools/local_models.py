"""`make local-models`: the tests of local models, in an environment of their own with torch and
diffusers, so that neither changes the product's. Made once, under .venv; gigabytes.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools import stamps

ROOT = Path(__file__).resolve().parent.parent
LOCK = "requirements-local.lock"
TORCH = "torch==2.13.0"
"""Not in the lock: its file is another for every kind of machine, and so is its hash."""


def main() -> int:
    """Make the environment unless it is there, and run the tests. Returns the exit status."""
    base = ROOT / ".venv" / "bin"
    ensure(ROOT, base / "python", lambda words: print(f"==> {words}", flush=True))
    env = {**os.environ, "VIDEO_FOUNDRY_LOCAL_PYTHON": str(home(ROOT) / "bin" / "python")}
    command = [str(base / "pytest"), "tests/local_models"]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def home(root: Path) -> Path:
    """Where the environment is, once it is made."""
    return root / ".venv" / "local-models"


def ensure(root: Path, base: Path, say: Callable[[str], None]) -> None:
    """Make it unless it is there already. base: the Python that makes it. Raises
    CalledProcessError."""
    stamp = home(root) / ".made-from"
    digest = stamps.digest_of(root, [root / LOCK], TORCH)
    if stamps.is_current(stamp, digest):
        return
    say(f"installing {TORCH} and {LOCK}")
    shutil.rmtree(home(root), ignore_errors=True)
    subprocess.run([base, "-m", "venv", home(root)], check=True)
    _pip(root, TORCH)
    _pip(root, "--require-hashes", "--no-deps", "--requirement", str(root / LOCK))
    stamps.write(stamp, digest)


def _pip(root: Path, *arguments: str) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    python = str(home(root) / "bin" / "python")
    command = [python, "-m", "pip", "install", *quiet, *arguments]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
