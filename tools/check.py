"""`make test` and `make lint`: every check in order, up to the first one that fails.

What is checked stands in `stages`; how a check works is the business of the tool that it calls.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools import node, web_ui

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
WEB = ROOT / "web"
BROWSER = "VIDEO_FOUNDRY_CHROMIUM"
SKIP_BROWSER = "VIDEO_FOUNDRY_SKIP_BROWSER"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

AT_ONCE = str((os.cpu_count() or 1) + 1)
"""Tests at a time: many of them wait for processes that were killed."""

NO_BROWSER = f"""\
No Chromium was found, and the browser tests need one. Any of these will do:
  Debian, Ubuntu:           apt-get install chromium
  one that is elsewhere:    {BROWSER}=/path/to/chromium make test
  leave the tests out:      {SKIP_BROWSER}=1 make test"""


@dataclass(frozen=True)
class Stage:
    """One check: a heading, a command and where it runs. `lint` ones need no running product."""

    title: str
    command: Sequence[str]
    cwd: Path = ROOT
    lint: bool = False
    env: Mapping[str, str] = field(default_factory=dict)


def stages(browser: str | None) -> list[Stage]:
    """Quick ones first; pytest last, so that its summary is what a reader sees at the end."""
    python = [
        Stage("Python: format", [command("ruff"), "format", "--check", "."], lint=True),
        Stage("Python: lint", [command("ruff"), "check", "."], lint=True),
        Stage("Python: types", [command("mypy")], lint=True),
        Stage("Python: architecture", [command("lint-imports")], lint=True),
    ]
    client = [sys.executable, "-m", "tools.api_client", "--check"]
    web = [
        Stage("Web: client fits the API", client, lint=True),
        Stage("Web: format, lint, types, architecture", ["npm", "run", "check"], WEB, lint=True),
        Stage("Web: unit tests", ["npm", "test"], WEB),
    ]
    pytest = [command("pytest")]
    # Local models need gigabytes of their own: `make local-models`.
    apart = [f"--ignore=tests/{name}" for name in ("e2e", "cluster", "local_models")]
    tests = [
        Stage("Python: tests", [*pytest, "-n", AT_ONCE, *apart, "tests"]),
        # Alone: a dozen processes that are killed and frozen need the whole machine.
        Stage("Cluster: tests", [*pytest, "tests/cluster"]),
    ]
    if browser is not None:
        env = {BROWSER: browser}
        tests.append(Stage("Browser: tests", [*pytest, "-n", "2", "tests/e2e"], env=env))
    return [*python, *web, *tests]


def command(name: str) -> str:
    """A command of the virtual environment."""
    return str(BIN / name)


def main() -> int:
    """Run all stages, or the static ones with `--lint`. Returns the exit status."""
    options = argparse.ArgumentParser(prog="make test", description=__doc__)
    options.add_argument("--lint", action="store_true", help="only what reads the sources")
    lint = options.parse_args().lint
    browser = None if lint else find_browser()
    if not lint and browser is None and os.environ.get(SKIP_BROWSER) != "1":
        print(NO_BROWSER, file=sys.stderr)
        return 1
    return run([stage for stage in stages(browser) if stage.lint or not lint])


def find_browser() -> str | None:
    """The Chromium to test with: the one named in the environment, else one on the PATH."""
    if os.environ.get(SKIP_BROWSER) == "1":
        print(f"{SKIP_BROWSER}=1: the browser tests are left out", flush=True)
        return None
    named = os.environ.get(BROWSER)
    names = [named] if named else BROWSERS
    return next((found for name in names if (found := shutil.which(name))), None)


def run(selected: Sequence[Stage]) -> int:
    """Run the stages in order up to the first that fails. Returns its exit status, or 0."""
    env = node.environment(ROOT, BIN / "python")
    # The tests start hundreds of processes; each would translate every module anew.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    web_ui.ensure_modules(WEB, env)
    for number, stage in enumerate(selected, 1):
        print(f"\n==> [{number}/{len(selected)}] {stage.title}", flush=True)
        started = time.monotonic()
        outcome = subprocess.run(
            stage.command, cwd=stage.cwd, env={**env, **stage.env}, check=False
        )
        if outcome.returncode:
            print(f"\nFAILED: {stage.title} (exit status {outcome.returncode})", file=sys.stderr)
            return outcome.returncode
        if number < len(selected):
            print(f"    passed in {time.monotonic() - started:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
