"""The environment for tests of local models is made once, from the lock, and never half. A tiny
machine whose Python makes another that writes down what it was asked for."""

import subprocess
from pathlib import Path

import pytest

from tools import local_models

BASE = """#!/bin/sh
mkdir -p "$3/bin"
cat > "$3/bin/python" <<'END'
#!/bin/sh
echo "$*" >> "{root}/pip.log"
[ ! -e "{root}/offline" ]
END
chmod 755 "$3/bin/python"
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The Python of the tiny machine, whose root is its folder."""
    (tmp_path / local_models.LOCK).write_text("av==1\n")
    python = tmp_path / "python3"
    python.write_text(BASE.format(root=tmp_path))
    python.chmod(0o755)
    return python


def installs(root: Path) -> list[str]:
    """What pip was asked to install, in order."""
    log = root / "pip.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [line.partition("--no-input ")[2] for line in lines]


def made(root: Path, base: Path) -> list[str]:
    """What is installed by making it (once more)."""
    before = len(installs(root))
    local_models.ensure(root, base, lambda _: None)
    return installs(root)[before:]


def test_it_is_made_once_and_anew_when_the_lock_changes(tmp_path: Path, base: Path) -> None:
    lock = tmp_path / local_models.LOCK
    everything = [local_models.TORCH, f"--require-hashes --no-deps --requirement {lock}"]
    assert made(tmp_path, base) == everything
    assert made(tmp_path, base) == []
    lock.write_text("av==2\n")
    assert made(tmp_path, base) == everything


def test_what_failed_is_done_again(tmp_path: Path, base: Path) -> None:
    (tmp_path / "offline").touch()
    with pytest.raises(subprocess.CalledProcessError):
        made(tmp_path, base)
    (tmp_path / "offline").unlink()
    assert len(made(tmp_path, base)) == 2
