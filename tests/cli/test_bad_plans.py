"""A plan that cannot be carried out is printed all the same, and what stands in its way is told
with the field and the fix, all at once: exit 2, as `render` would."""

import wave
from typing import Any

from tests.cli.conftest import Command, Shell, film

LONG = {"transition": {"kind": "fade", "duration": 0.9}}


def test_everything_that_begins_too_late_is_told_at_once(shell: Shell, here: Command) -> None:
    with wave.open(str(shell.folder / "tone.wav"), "wb") as tone:
        tone.setparams((1, 2, 8000, 0, "NONE", ""))
        tone.writeframes(bytes(range(256)) * 40)
    texts = [{"text": "late", "start": 50}, {"text": "fine"}, {"text": "later", "start": 60}]
    beside: dict[str, Any] = {"text": texts, "audio": [{"media": "tone.wav", "start": 70}]}
    shell.write("film.json", film("one", "two") | beside)

    done = here("plan", "film.json")
    assert done.code == 2
    assert "2 to generate" in done.out
    told = [line for line in done.err.splitlines() if line.startswith("  ")]
    assert [line.split()[0].rstrip(":") for line in told] == [
        "text.0.start",
        "text.2.start",
        "audio.0.start",
    ]
    assert all("1 s)" in line for line in told), "each with what would do"

    as_json = here("plan", "film.json", "--json")
    assert as_json.code == 2
    assert [p["field"] for p in as_json.last["problems"]] == [
        "text.0.start",
        "text.2.start",
        "audio.0.start",
    ]
    render = here("render", "film.json", "-o", "out.mp4", "--json")
    assert (render.code, render.last["error"][:24]) == (2, "it begins at 50 s, but t")


def test_every_transition_without_room_is_told_by_its_place_in_the_file(
    shell: Shell, here: Command
) -> None:
    project = film("one", "two", "three")
    project["segments"] = [segment | LONG for segment in project["segments"]]
    shell.write("film.json", project)
    done = here("plan", "film.json")
    assert done.code == 2
    for number in (0, 1):
        assert f"  segments.{number}.transition.duration" in done.err
    assert "segment 3 is 0.5 s long" in done.err
    assert "make its transitions at most 0.5 s long together" in done.err


def test_what_a_plan_tells_at_once_has_an_end(shell: Shell, here: Command) -> None:
    late = [{"text": f"late {n}", "start": 50 + n} for n in range(200)]
    shell.write("film.json", film("one") | {"text": late})
    done = here("plan", "film.json", "--json")
    assert done.code == 2
    assert len(done.last["problems"]) == 50
