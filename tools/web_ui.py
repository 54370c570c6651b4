"""Building the web UI from web/ into the package, when its sources have changed.

Used by `make setup` and by the wheel's build hook; how Node.js is found is not known here.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools import stamps

OUTPUT = Path("src", "video_foundry", "webui")
SKIPPED = frozenset({"node_modules", "dist", "coverage", "test-results", "e2e"})

Environment = Callable[[], dict[str, str]]
"""Makes the environment that has node and npm; called only when something must be built."""


class WebUiError(Exception):
    """The UI could not be built; the message says why."""


def ensure(root: Path, environment: Environment) -> bool:
    """Build the UI unless it is up to date; returns whether it was built. Raises WebUiError."""
    web, index = root / "web", root / OUTPUT / "index.html"
    if not (web / "package.json").is_file():
        # A source distribution may carry the built UI without its sources.
        if index.is_file():
            return False
        raise WebUiError(f"there are no web UI sources in {web}: the checkout is incomplete")
    stamp, digest = root / OUTPUT / ".built-from", stamps.digest_of(web, sources(web))
    if index.is_file() and stamps.is_current(stamp, digest):
        return False
    with_node = environment()
    ensure_modules(web, with_node)
    npm(web, with_node, "run", "build")
    if not index.is_file():
        raise WebUiError(f"`npm run build` ended without making {index}")
    stamps.write(stamp, digest)
    return True


def ensure_modules(web: Path, environment: dict[str, str]) -> None:
    """`npm ci`, unless the installed modules come from the same lock file. Raises WebUiError."""
    lock = web / "package-lock.json"
    if not lock.is_file():
        raise WebUiError(f"{lock} is missing: `npm ci` installs from it")
    # Some modules are binaries for one platform, so those of another are of no use.
    digest = stamps.digest_of(web, [lock], sys.platform, platform.machine())
    stamp = web / "node_modules" / ".installed-from"
    if not stamps.is_current(stamp, digest):
        npm(web, environment, "ci", "--no-audit", "--no-fund")
        stamps.write(stamp, digest)


def npm(web: Path, environment: dict[str, str], *arguments: str) -> None:
    """Run one npm command in web/. Raises WebUiError naming the command when it fails."""
    command = ["npm", *arguments]  # looked up on the PATH of `environment`
    outcome = subprocess.run(command, cwd=web, env=environment, check=False)
    if outcome.returncode:
        words = " ".join(command)
        raise WebUiError(f"`{words}` in {web} failed with exit status {outcome.returncode}")


def sources(web: Path) -> list[Path]:
    """Every file that can change the built UI: all of web/ but tests and what is made there."""
    found: list[Path] = []
    for folder, folders, files in os.walk(web):
        folders[:] = [name for name in folders if name not in SKIPPED and not name.startswith(".")]
        found += [Path(folder, name) for name in files if ".test." not in name]
    return found
