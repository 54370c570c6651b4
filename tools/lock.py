"""`make lock`: pin every dependency with its hashes, for all platforms and Pythons at once.

Keeps the present pins where they still satisfy pyproject.toml; `--upgrade` takes the newest. No
lock names a package registry: where packages come from is each machine's own business.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv" / "lock-tools"

LOCKS: dict[str, list[str]] = {
    "requirements.lock": ["pyproject.toml", "--group", "build"],
    "requirements-otel.lock": [
        *("pyproject.toml", "--extra", "otel", "--group", "build"),
        *("--constraint", "requirements.lock"),
    ],
    "requirements-dev.lock": ["--group", "dev", "--constraint", "requirements.lock"],
    "requirements-node.lock": ["--group", "node"],
    "requirements-fonts.lock": ["--group", "fonts"],
    "requirements-local.lock": [
        *("--group", "local-models", "--constraint", "requirements.lock"),
        *("--no-emit-package", "torch"),
    ],
}
"""Each lock with what is pinned in it; in this order, because some keep to the first.
requirements-otel.lock stands in for the first where traces are sent to a collector;
requirements-local.lock is without torch, see pyproject.toml."""

COMMON = [
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make lock",
]


def main() -> int:
    """Write all locks. Returns the exit status."""
    uv = installed_uv()
    for name, inputs in LOCKS.items():
        print(f"==> {name}", flush=True)
        command = ["pip", "compile", *inputs, *COMMON, *sys.argv[1:], "--output-file", name]
        outcome = subprocess.run([uv, *command], cwd=ROOT, check=False)
        if outcome.returncode:
            return outcome.returncode
    return 0


def installed_uv() -> Path:
    """uv in a virtual environment of its own, for it is needed by nothing else."""
    uv = TOOLS / "bin" / "uv"
    if not uv.exists():
        subprocess.run([sys.executable, "-m", "venv", TOOLS], check=True)
        subprocess.run([TOOLS / "bin" / "python", "-m", "pip", "install", "-q", "uv"], check=True)
    return uv


if __name__ == "__main__":
    sys.exit(main())
