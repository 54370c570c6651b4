"""How `make test` runs its stages: lanes side by side, what each says whole, and no stage begins
after one that failed."""

import io
import os
from pathlib import Path

import pytest

from tools import lanes
from tools.lanes import Stage

SECONDS = 60
"""How long a stage waits for another, on a busy machine."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where stages leave files for one another."""
    return tmp_path


class Reader(io.StringIO):
    """Sees what is written, and leaves the file `told` once it has seen certain words."""

    def __init__(self, folder: Path, words: str) -> None:
        super().__init__()
        self.folder, self.words = folder, words

    def write(self, text: str) -> int:
        if self.words in text:
            (self.folder / "told").touch()
        return super().write(text)


def stage(folder: Path, title: str, script: str) -> Stage:
    """A shell script."""
    return Stage(title, ["/bin/sh", "-ec", script], folder)


def wait_for(name: str) -> str:
    """Words of a script: go on when a file is there."""
    return f"n=0; until [ -e {name} ]; do n=$((n+1)); [ $n -lt {SECONDS * 20} ]; sleep 0.05; done"


def run(*given: list[Stage]) -> tuple[int, str]:
    """How it ended, and what a reader saw."""
    seen = io.StringIO()
    return lanes.run(given, os.environ, seen), seen.getvalue()


def test_lanes_go_side_by_side_and_the_stages_of_one_in_turn(folder: Path) -> None:
    first = stage(folder, "first", f"touch a; {wait_for('b')}; touch c")
    second = stage(folder, "second", "[ -e c ]")
    other = stage(folder, "other", f"{wait_for('a')}; touch b")
    status, seen = run([first, second], [other])
    assert status == 0, seen
    assert sorted(line[:4] for line in seen.splitlines() if "==> " in line) == ["==> "] * 3
    assert seen.index(": first") < seen.index(": second")


def test_what_stages_say_is_not_mixed(folder: Path) -> None:
    first = stage(folder, "first", f"echo one; touch a; {wait_for('b')}; echo two >&2")
    other = stage(folder, "other", f"{wait_for('a')}; echo three; touch b")
    status, seen = run([first], [other])
    assert status == 0, seen
    assert "one\ntwo\n" in seen


def test_a_failure_fails_all_and_what_is_under_way_goes_on(folder: Path) -> None:
    failing = stage(folder, "failing", f"{wait_for('begun')}; echo the reason; exit 3")
    never = stage(folder, "never", "touch never")
    going = stage(folder, "going on", f"touch begun; {wait_for('told')}; echo and so did I")
    last = stage(folder, "last", "touch last")

    seen = Reader(folder, "FAILED")
    assert lanes.run([[failing, never], [going, last]], os.environ, seen) == 3
    said = seen.getvalue()
    assert "the reason\n    FAILED (exit status 3)" in said
    assert "and so did I\n    passed" in said
    assert not (folder / "never").exists() and not (folder / "last").exists()


def test_a_command_that_is_not_there_is_a_failure_with_its_reason(folder: Path) -> None:
    status, seen = run([Stage("missing", ["/no/such/command"], folder)])
    assert status == 127
    assert "/no/such/command" in seen


def test_a_reader_is_told_what_is_under_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "TELL_SECONDS", 0.05)
    seen = Reader(folder, "half way")
    slow = stage(folder, "slow", f"echo half way; {wait_for('told')}")
    assert lanes.run([[slow]], os.environ, seen) == 0
    assert "... 0 min: slow: half way\n" in seen.getvalue()
