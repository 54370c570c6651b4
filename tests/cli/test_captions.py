"""Captions of project files: in whatever encoding they are, and as far as the film goes."""

import pytest
from tests.cli.conftest import Command, Shell, film

WORDS = "1\n00:00.100 --> 00:00.400\nOù est le café ?\n\n2\n00:00.400 --> 00:00.900\n«Là-bas»\n"
LATE = "\n3\n00:00.900 --> 00:05.000\nto the end\n\n4\n00:09.000 --> 00:10.000\nnever\n"


@pytest.mark.parametrize("encoding", ["windows-1252", "ISO-8859-15", "utf-16"])
def test_a_file_of_another_encoding_says_the_same_words(
    shell: Shell, here: Command, encoding: str
) -> None:
    captions = {"file": "words.srt"}
    shell.write("words.srt", WORDS)
    shell.write("film.json", film("one", "two") | {"captions": [captions]})
    usual = here("plan", "film.json", "--json")
    assert usual.code == 0, usual.err

    shell.write("words.srt", WORDS.encode(encoding))
    shell.write("film.json", film("one", "two") | {"captions": [captions | {"encoding": encoding}]})
    named = here("plan", "film.json", "--json")
    assert named.code == 0, named.err
    assert named.last["digest"] == usual.last["digest"]


@pytest.mark.parametrize("show", ["burnt", "both"])
def test_captions_past_the_end_are_left_out_as_from_a_track(
    shell: Shell, here: Command, show: str
) -> None:
    shell.write("words.srt", WORDS + LATE)
    beside = {"captions": [{"file": "words.srt", "show": show}]}
    shell.write("film.json", film("one", "two") | beside)
    plan = here("plan", "film.json", "--json")
    assert plan.code == 0, plan.err
    assert [one["kind"] for one in plan.last["steps"]].count("title") == 3

    shell.write("film.json", film("one") | beside)
    shorter = here("render", "film.json", "-o", "film.mp4", "--json")
    assert shorter.code == 0, shorter.err
    assert shorter.last["frames"] == 12
    steps = here("plan", "film.json", "--json").last["steps"]
    assert [one["kind"] for one in steps].count("title") == 2


def test_captions_all_of_which_lie_past_the_end_keep_no_film_from_being_made(
    shell: Shell, here: Command
) -> None:
    shell.write("words.srt", "1\n00:09.000 --> 00:10.000\nnever\n")
    beside = {"captions": [{"file": "words.srt", "show": "both"}]}
    shell.write("film.json", film("one") | beside)
    done = here("render", "film.json", "-o", "film.mp4", "--json")
    assert done.code == 0, done.err
