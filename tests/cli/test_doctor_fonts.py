"""What the doctor says of the fonts that titles are set in: the families, or what is missing."""

from pathlib import Path

from tests.cli.conftest import Command

from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.commands.doctor import fonts_finding
from video_foundry.core.fonts import FAMILIES, FONT_FILES


def test_the_doctor_names_every_family(here: Command) -> None:
    done = here("doctor", "--json")
    found = {finding["name"]: finding for finding in done.last["findings"]}
    assert found["fonts"]["level"] == "ok"
    assert found["fonts"]["message"].split(", ") == list(FAMILIES)


def test_the_doctor_names_a_missing_font_and_the_fix(tmp_path: Path) -> None:
    *there, lost = FONT_FILES
    for name in there:
        (tmp_path / name).touch()
    finding = fonts_finding(SkiaTitler(tmp_path))
    assert finding.level == "missing", "films without titles can still be made"
    assert lost in finding.message
    assert "make setup" in finding.message
