"""What the first visit to the editor has to fetch stays small; read from the UI as it is built."""

import subprocess
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"


def test_the_first_load_of_the_editor_stays_within_its_budget() -> None:
    command = ["node", "scripts/check-size.mjs"]
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=False)
    assert "kB  of 260 kB" in done.stdout, done.stderr
    assert done.returncode == 0, done.stdout
