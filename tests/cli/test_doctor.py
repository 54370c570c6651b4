"""What the doctor says of the database's schema and of parts that do not answer; and that looking
changes nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Command, Done
from tests.db.databases import FILE, fresh_copy

from video_foundry.testing.stack.base import free_port

CANARY = "hunter2canary"
Look = Callable[[str], tuple[int, Any]]


def findings(done: Done) -> dict[str, Any]:
    """Each by its name."""
    return {one["name"]: one for one in done.last["findings"]}


def test_a_folder_without_a_database_is_left_without_one(here: Command, tmp_path: Path) -> None:
    done = here("doctor", "--json")
    schema = findings(done)["schema"]
    assert (done.code, schema["level"]) == (0, "missing")
    assert "video-foundry migrate" in schema["fix"]
    assert not list((tmp_path / "data").glob("*.sqlite3*"))


@pytest.fixture
def look_at(here: Command, tmp_path: Path, empty_file: Path) -> Look:
    """The doctor's exit status and what it says of a database that says it has this schema."""

    def look(present: str) -> tuple[int, Any]:
        fresh_copy(empty_file, tmp_path / "data")
        with closing(sqlite3.connect(tmp_path / "data" / FILE)) as database:
            database.execute("UPDATE alembic_version SET version_num = ?", (present,))
            database.commit()
            done = here("doctor", "--json")
            found = database.execute("SELECT version_num FROM alembic_version").fetchone()
        assert found == (present,), "looking changes nothing"
        schema = findings(done)["schema"]
        assert present in schema["message"]
        return done.code, schema

    return look


def test_an_older_schema_is_named_with_what_to_do(look_at: Look) -> None:
    code, schema = look_at("0001")
    assert (code, schema["level"]) == (0, "missing")
    assert "video-foundry migrate" in schema["fix"]


def test_a_newer_schema_is_broken(look_at: Look) -> None:
    code, schema = look_at("9999")
    assert (code, schema["level"]) == (1, "broken")
    assert "install the version" in schema["fix"]


@pytest.mark.parametrize(
    "words",
    [("storage",), ("storage", "prune", "--to", "0", "--dry-run"), ("doctor", "--integrity")],
    ids=" ".join,
)
def test_commands_that_only_look_leave_an_older_database_as_it_is(
    here: Command, tmp_path: Path, empty_file: Path, words: tuple[str, ...]
) -> None:
    fresh_copy(empty_file, tmp_path / "data")
    assert here(*words).code == 0
    with closing(sqlite3.connect(tmp_path / "data" / FILE)) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.commit()
        done = here(*words)
        (found,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    assert (done.code, found) == (2, "0001")
    assert "DATABASE_URL" in done.err
    assert "video-foundry migrate" in done.err


def test_a_part_that_does_not_answer_is_broken(
    here: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("RABBITMQ_URL", f"amqp://vf:{CANARY}@127.0.0.1:{port}/")
    monkeypatch.setenv("REDIS_URL", f"redis://:{CANARY}@127.0.0.1:{port}/0")
    done = here("doctor", "--json")
    told = findings(done)
    assert (done.code, done.last["ok"]) == (1, False)
    for name, variable in (
        ("broker", "RABBITMQ_URL"),
        ("signal", "REDIS_URL"),
        ("rate", "REDIS_URL"),
    ):
        assert told[name]["level"] == "broken", name
        assert str(port) in told[name]["message"]
        assert variable in told[name]["fix"]
    assert told["database"]["level"] == told["objects"]["level"] == "ok"
    assert CANARY not in done.out + done.err


def test_without_settings_nothing_is_missed(here: Command) -> None:
    told = findings(here("doctor", "--json"))
    for name, variable in (("broker", "RABBITMQ_URL"), ("signal", "REDIS_URL")):
        assert told[name]["level"] == "ok"
        assert variable in told[name]["message"], "what it would be set by"


def test_a_generation_that_waits_for_a_decision_is_named_with_its_price(
    here: Command, tmp_path: Path, empty_file: Path
) -> None:
    fresh_copy(empty_file, tmp_path / "data")
    told = findings(here("doctor", "--json"))
    assert told["decisions"]["level"] == "ok"
    with closing(sqlite3.connect(tmp_path / "data" / FILE)) as database:
        values = ", ".join(f"'{value}'" for value in DOUBT.values())
        database.execute(f"INSERT INTO jobs ({', '.join(DOUBT)}) VALUES ({values})")
        database.commit()
    done = here("doctor", "--json")
    found = findings(done)["job left-behind"]
    assert (done.code, found["level"]) == (0, "missing")
    assert all(words in found["message"] for words in ("veo", "0.6", "EUR", "was deleted", "2026"))
    assert "/api/jobs/left-behind/resolve" in found["fix"]


NOON = "2026-11-23 12:00:00.000000"
DOUBT = {
    "id": "left-behind",
    "kind": "generate",
    "fingerprint": "f",
    "project_id": "gone",
    "state": "needs_attention",
    "payload": "{}",
    "model": "veo",
    "price_low": "0.60",
    "price_high": "0.60",
    "price_known": 1,
    "price_currency": "EUR",
    "error_message": "no answer came",
    **dict.fromkeys(("run_after", "created_at", "updated_at"), NOON),
    **dict.fromkeys(("epoch", "attempt", "deaths", "cancel_requested", "is_standalone"), 0),
}
"""A job's row as a provider that did not answer leaves it."""
