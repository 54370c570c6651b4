"""What is tested of many pairs: a part that follows from the commit alone, another one or all where
that is asked for; and every night all of them."""

from pathlib import Path

import pytest
import yaml
from tests.sampling import ALL, TURN, turn

ROOT = Path(__file__).resolve().parents[2]
CASES = range(6)


@pytest.fixture(autouse=True)
def nothing_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where nobody has said anything; what is set in a test ends with it."""
    for name in (TURN, ALL):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_where_nobody_says_anything_it_is_the_first_part() -> None:
    assert turn(CASES, 3) == [0, 3]


@pytest.mark.parametrize(("asked", "part"), [("1", [1, 4]), ("2", [2, 5]), ("3", [0, 3])])
def test_another_part_can_be_asked_for(
    asked: str, part: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TURN, asked)
    assert turn(CASES, 3) == part


def test_everything_can_be_asked_for_and_is_every_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALL, "1")
    assert turn(CASES, 3) == list(CASES)
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    assert "schedule" in workflow[True]  # YAML reads `on` so
    steps = workflow["jobs"]["nightly"]["steps"]
    assert [step["env"][ALL] for step in steps if step.get("run") == "make test"] == ["1"]
