"""`make setup`: the virtual environment, the locked packages, the project itself, the web UI and
the fonts; with `--dev` also the programs that the tests use.

Every step is stamped, so that a second run does nothing. Runs on the machine's own Python before
anything is installed, hence on the standard library alone.
"""

import argparse
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tools import fonts, node, services, stamps, web_ui

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"


class SetupError(Exception):
    """Setting up cannot go on; the message says what to do."""


def main() -> int:
    """Set up, with the development packages too when asked. Returns the exit status."""
    options = argparse.ArgumentParser(prog="make setup", description=__doc__)
    options.add_argument("--dev", action="store_true", help="also what `make test` needs")
    try:
        set_up(development=options.parse_args().dev)
    except (SetupError, services.ServicesError, web_ui.WebUiError, fonts.FontsError) as error:
        print(f"\nSetting up failed: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        command = " ".join(str(word) for word in error.cmd)
        print(f"\nSetting up failed: `{command}` ended with {error.returncode}", file=sys.stderr)
        return 1
    return 0


def set_up(*, development: bool) -> None:
    """All steps in order. Raises what `main` names, or CalledProcessError."""
    ensure_venv()
    if development:
        services.ensure()
    install_locked("requirements.lock")
    if development:
        install_locked("requirements-dev.lock")
    install_project()
    if web_ui.ensure(ROOT, node_environment):
        say("web UI built")
    if fonts.ensure(ROOT, font_packages, web_modules):
        say("fonts brought in")


def node_environment() -> dict[str, str]:
    """Node.js for building the UI, said aloud because it takes its time."""
    say("building the web UI (npm ci, npm run build)")
    return node.environment(ROOT, PYTHON)


def font_packages() -> Path:
    """The packages that carry the fonts, said aloud because they are large."""
    say("fetching the fonts (26 MB)")
    return fonts.installed(ROOT, PYTHON)


def web_modules() -> Path:
    """The modules of the web UI: one of them carries the emoji."""
    web_ui.ensure_modules(ROOT / "web", node.environment(ROOT, PYTHON))
    return ROOT / "web" / "node_modules"


def ensure_venv() -> None:
    """Make .venv, or make it anew when it no longer works here. Raises SetupError."""
    home = STAMPS / "home"
    if not venv_works(home):
        say(f"making .venv with Python {sys.version.split()[0]}")
        require_ensurepip()
        # Not .venv's own Python, should that be what runs this: it is about to go.
        python = getattr(sys, "_base_executable", sys.executable)
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([python, "-m", "venv", VENV], check=True)
    elif not list(VENV.glob("lib/python3*/site-packages/pip")):
        # Some tools make virtual environments without pip.
        require_ensurepip()
        subprocess.run([PYTHON, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    stamps.write(home, str(VENV))


def venv_works(home: Path) -> bool:
    """Whether .venv stands where it was made (its commands name that place) and starts."""
    if home.exists() and not stamps.is_current(home, str(VENV)):
        return False
    if Path(sys.prefix) == VENV:
        return True  # it is what runs this
    if not PYTHON.exists():
        return False
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0


def require_ensurepip() -> None:
    """Raises SetupError naming the package that Debian splits off from Python."""
    if find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            "this Python cannot make virtual environments (its module ensurepip is missing).\n"
            f"  On Debian and Ubuntu: apt-get install python{version}-venv"
        )


def install_locked(name: str) -> None:
    """Install exactly what the lock file names, every file checked against its hash."""
    lock = ROOT / name
    stamp, digest = STAMPS / name, stamps.digest_of(ROOT, [lock])
    if stamps.is_current(stamp, digest):
        return
    say(f"installing {name}")
    pip("--require-hashes", "--requirement", str(lock))
    stamps.write(stamp, digest)


def install_project() -> None:
    """Install the project so that its sources stay editable, resolving and downloading nothing."""
    stamp, digest = STAMPS / "project", stamps.digest_of(ROOT, [ROOT / "pyproject.toml"], str(ROOT))
    if stamps.is_current(stamp, digest) and (VENV / "bin" / "video-foundry").exists():
        return
    say("installing video-foundry itself")
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamps.write(stamp, digest)


def pip(*arguments: str) -> None:
    """`pip install` in .venv. Raises CalledProcessError."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([PYTHON, "-m", "pip", "install", *quiet, *arguments], check=True)


def say(what: str) -> None:
    """One line of progress, at once."""
    print(f"==> {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
