"""`make test` and `make lint`: what is checked, and what runs side by side.

What reads the sources comes first, then the tests. How a check works is the business of the tool
that it calls, how several run at once that of `tools.lanes`.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import lanes, node, web_ui
from tools.lanes import Lane, Stage

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
WEB = ROOT / "web"
BROWSER = "VIDEO_FOUNDRY_CHROMIUM"
SKIP_BROWSER = "VIDEO_FOUNDRY_SKIP_BROWSER"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

AT_ONCE = str(max(os.cpu_count() or 1, 2) + 1)
"""Tests at a time in the first lane: some wait for something at every moment."""

NO_BROWSER = f"""\
No Chromium was found, and the browser tests need one. Any of these will do:
  Debian, Ubuntu:           apt-get install chromium
  one that is elsewhere:    {BROWSER}=/path/to/chromium make test
  leave the tests out:      {SKIP_BROWSER}=1 make test"""


def static() -> list[Lane]:
    """What reads the sources, and needs no running product."""
    client = [sys.executable, "-m", "tools.api_client", "--check"]
    python = [
        Stage("Python: format", [command("ruff"), "format", "--check", "."], ROOT),
        Stage("Python: lint", [command("ruff"), "check", "."], ROOT),
        Stage("Python: types", [command("mypy")], ROOT),
        Stage("Python: architecture", [command("lint-imports")], ROOT),
    ]
    web = [
        Stage("Web: client fits the API", client, ROOT),
        Stage("Web: format, lint, types, architecture", ["npm", "run", "check"], WEB),
    ]
    return [python, web]


def tests(browser: str | None) -> list[Lane]:
    """The tests in two lanes. Those in the second mostly wait, for processes that were killed and
    for a page to be painted, and leave much of a machine to the first."""
    # Local models need gigabytes of their own: `make local-models`.
    apart = [f"--ignore=tests/{name}" for name in ("e2e", "cluster", "local_models")]
    slowest = ["--durations=15", "--durations-min=10"]
    # One cluster is killed all the time; the tests that need another, unharmed one share it.
    by_file = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    pytest = command("pytest")
    python = Stage("Python: tests", [pytest, "-n", AT_ONCE, *slowest, *apart, "tests"], ROOT)
    cluster = Stage("Cluster: tests", [pytest, *by_file, "tests/cluster"], ROOT)
    units = Stage("Web: unit tests", ["npm", "test"], WEB)
    if browser is None:
        return [[python], [units, cluster]]
    clicking = [pytest, "-n", "2", "tests/e2e"]
    clicks = Stage("Browser: tests", clicking, ROOT, env={BROWSER: browser})
    return [[python], [units, cluster, clicks]]


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
    return run([static()] if lint else [static(), tests(browser)])


def find_browser() -> str | None:
    """The Chromium to test with: the one named in the environment, else one on the PATH."""
    if os.environ.get(SKIP_BROWSER) == "1":
        print(f"{SKIP_BROWSER}=1: the browser tests are left out", flush=True)
        return None
    named = os.environ.get(BROWSER)
    names = [named] if named else BROWSERS
    return next((found for name in names if (found := shutil.which(name))), None)


def run(parts: Sequence[Sequence[Lane]]) -> int:
    """Run the parts in order up to the first that fails. Returns its exit status, or 0."""
    env = node.environment(ROOT, BIN / "python")
    # The tests start hundreds of processes; each would translate every module anew.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    web_ui.ensure_modules(WEB, env)
    for part in parts:
        if status := lanes.run(part, env):
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
