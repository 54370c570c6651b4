"""`video-foundry keys`: stored from standard input, listed by their ends, tried, sealed anew,
forgotten; and never an argument, an output or a plain byte on the disk."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.conftest import COMMAND, Command, Done, Shell
from tests.db.databases import FILE

from video_foundry.db.accounts import key_mark
from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.replicate import ReplicateEmulator
from video_foundry.emulators.server import Running, running

KEY = "r8_canary_of_the_command_line_7777"


@pytest.fixture
def replicate() -> Iterator[Running]:
    """A provider that takes this key alone."""
    with running(ReplicateEmulator(Settings(key=KEY))) as served:
        yield served


@pytest.fixture
def keys(shell: Shell, tmp_path: Path) -> Shell:
    """A shell whose secret is its own."""
    own = {"VIDEO_FOUNDRY_SECRET_KEY_FILE": str(tmp_path / "secret.key")}
    return replace(shell, environment={**shell.environment, **own})


def typed(shell: Shell, *words: str, key: str = KEY) -> Done:
    """The command with a key on its standard input."""
    done = subprocess.run(
        [COMMAND, *words],
        cwd=shell.folder,
        env=shell.environment,
        input=f"{key}\n",
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_key_is_stored_tried_sealed_anew_and_forgotten(
    keys: Shell, replicate: Running, tmp_path: Path
) -> None:
    words = ("keys", "add", "replicate", "--name", "studio", "--base-url", replicate.url)
    added = typed(keys, *words)
    assert (added.code, "7777" in added.out) == (0, True), added.err
    tried = keys.run("keys", "test", "replicate/studio")
    assert (tried.code, "ada" in tried.out) == (0, True), tried.out
    sealed = (tmp_path / "secret.key").read_text()
    assert keys.run("keys", "rotate").code == 0
    assert (tmp_path / "secret.key").read_text() != sealed
    (listed,) = keys.run("keys", "list", "--json").last["accounts"]
    assert (listed["name"], listed["key_end"]) == ("studio", "7777")
    assert listed["problem"] is None, "it cannot be read after the rotation"
    for said in (added, tried):
        assert KEY not in said.out + said.err
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file
    assert keys.run("keys", "remove", "replicate/studio").code == 0
    assert keys.run("keys", "list", "--json").last["accounts"] == []
    assert replicate.emulator.ledger.entries("create") == []


def test_the_doctor_tries_a_key_and_lets_nothing_go_on_that_stands_still(
    keys: Shell, replicate: Running, tmp_path: Path
) -> None:
    words = ("keys", "add", "replicate", "--name", "studio", "--base-url", replicate.url)
    assert typed(keys, *words).code == 0
    assert keys.run("keys", "test", "replicate/studio").code == 0
    with closing(sqlite3.connect(tmp_path / "data" / FILE)) as database:
        database.execute(
            "UPDATE account_states SET halt_code = 'no_credit', halt_message = 'it is empty',"
            " halted_at = tested_at, halted_key = ?",
            (key_mark(KEY),),
        )
        database.commit()
        before = database.execute("SELECT * FROM account_states").fetchall()
        assert len(before) == 1
        told = {f["name"]: f for f in keys.run("doctor", "--json").last["findings"]}
        assert database.execute("SELECT * FROM account_states").fetchall() == before
    key = told["key replicate/studio"]
    assert (key["level"], "ada" in key["message"]) == ("missing", True), "it was tried"
    assert "it is empty" in key["message"]
    assert "keys resume" in key["fix"]


def test_without_its_secret_a_stored_key_says_what_is_missing(
    keys: Shell, here: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert typed(keys, "keys", "add", "luma").code == 0
    monkeypatch.setenv("VIDEO_FOUNDRY_SECRET_KEY", here("keys", "new-secret").out.strip())
    (listed,) = here("keys", "list", "--json").last["accounts"]
    assert "VIDEO_FOUNDRY_SECRET_KEY" in listed["problem"]
    doctor = here("doctor", "--json").last["findings"]
    (told,) = [one for one in doctor if one["name"] == "key luma/main"]
    assert (told["level"], "VIDEO_FOUNDRY_SECRET_KEY" in told["message"]) == ("missing", True)


def test_wrong_words_are_refused_by_name(here: Command, keys: Shell) -> None:
    nobody = here("keys", "test", "runway/nobody")
    assert (nobody.code, "runway/nobody" in nobody.err) == (2, True)
    unknown = typed(keys, "keys", "add", "nobody")
    assert (unknown.code, "choose one of" in unknown.err, KEY in unknown.err) == (2, True, False)
    argument = typed(keys, "keys", "add", "runway", KEY)
    assert argument.code == 2, "a key as an argument"
    wrong = typed(keys, "keys", "add", "runway", "--setting", "nothing")
    assert (wrong.code, "NAME=VALUE" in wrong.err) == (2, True)


@pytest.fixture
def contained(shell: Shell, tmp_path: Path) -> Shell:
    """A shell as in a container: the home folder is the data folder."""
    return replace(shell, environment={**shell.environment, "HOME": str(tmp_path / "data")})


def test_in_a_container_no_secret_is_made_beside_the_data(contained: Shell, tmp_path: Path) -> None:
    refused = typed(contained, "keys", "add", "luma")
    assert (refused.code, "VIDEO_FOUNDRY_SECRET_KEY" in refused.err) == (2, True)
    assert "new-secret" in refused.err, "and how it is made"
    assert contained.run("keys", "rotate").code == 2
    assert not list((tmp_path / "data").rglob("secret.key"))
    assert contained.run("doctor").code == 0, "all else goes without"
    secret = contained.run("keys", "new-secret").out.strip()
    given = {**contained.environment, "VIDEO_FOUNDRY_SECRET_KEY": secret}
    assert typed(replace(contained, environment=given), "keys", "add", "luma").code == 0
    assert not list((tmp_path / "data").rglob("secret.key"))


def test_a_secret_from_before_is_still_read_and_said_to_lie_in_the_wrong_place(
    contained: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "data" / ".config" / "video-foundry" / "secret.key"
    file.parent.mkdir(parents=True)
    file.write_text(contained.run("keys", "new-secret").out)
    assert typed(contained, "keys", "add", "luma").code == 0
    (listed,) = contained.run("keys", "list", "--json").last["accounts"]
    assert listed["problem"] is None
    told = {f["name"]: f for f in contained.run("doctor", "--json").last["findings"]}
    secret = told["secret of stored keys"]
    assert (secret["level"], "beside what it protects" in secret["message"]) == ("missing", True)
    assert "VIDEO_FOUNDRY_SECRET_KEY" in secret["fix"]


def test_a_secret_beside_what_it_protects_is_refused(shell: Shell, tmp_path: Path) -> None:
    inside = str(tmp_path / "data" / "secret.key")
    beside = replace(
        shell, environment={**shell.environment, "VIDEO_FOUNDRY_SECRET_KEY_FILE": inside}
    )
    refused = beside.run("keys", "list")
    assert (refused.code, "data folder" in refused.err) == (2, True)
