"""`video-foundry export`: a project file's film as a timeline, with and without its files."""

from urllib.parse import unquote

import opentimelineio as otio
from tests.cli.conftest import Command, Shell, film


def test_the_timeline_lies_beside_its_files(shell: Shell, here: Command) -> None:
    shell.write("film.json", film("one", "two"))
    assert here("render", "film.json", "-o", "film.mp4").code == 0
    done = here("export", "film.json", "--to", "film.otio", "--media", "my clips", "--json")
    assert done.code == 0, done.err
    assert (done.last["format"], done.last["losses"]) == ("otio", [])
    assert done.last["files"] == ["my clips/001-one.mp4", "my clips/002-two.mp4"]
    timeline = otio.adapters.read_from_file(str(shell.folder / "film.otio"))
    clips = [one for one in timeline.tracks[0] if isinstance(one, otio.schema.Clip)]
    for one in clips:
        assert (shell.folder / unquote(one.media_reference.target_url)).stat().st_size > 0
    assert round(timeline.duration().value) == 24
    shown = here("export", "film.json", "--to", "film.edl")
    assert "--media FOLDER" in shown.out
    assert "Segment 1: its sound is left out." in shown.err
    assert "FROM CLIP: media/001-one.mp4" in (shell.folder / "film.edl").read_text()


def test_what_has_no_clip_yet_is_told_and_nothing_is_generated(shell: Shell, here: Command) -> None:
    shell.write("film.json", film("one"))
    done = here("export", "film.json", "--to", "film.xml", "--json")
    assert done.code == 0, done.err
    assert done.last["files"] == []
    assert done.last["losses"] == [
        "Segment 1: there is no clip yet; a gap with its prompt stands in its place."
    ]
    assert here("plan", "film.json", "--json").last["to_generate"] == 1


def test_a_file_that_names_no_format_is_refused(shell: Shell, here: Command) -> None:
    shell.write("film.json", film("one"))
    for name in "film.fcpxml", "film":
        refused = here("export", "film.json", "--to", name)
        assert refused.code == 2
        assert "--to" in refused.err
        assert ".otio" in refused.err
        assert not (shell.folder / name).exists()
    refused = here("export", "film.json", "--to", "none/film.otio")
    assert (refused.code, "--to" in refused.err) == (2, True)
