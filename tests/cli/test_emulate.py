"""`video-foundry emulate`: a provider's stand-in that a render takes for the provider."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import SMALL, Command, Shell

from video_foundry.adapters.models.builtin import HERE
from video_foundry.testing.film_reading import read_times

KEY = "key_canary0123456789"


@contextmanager
def emulated(shell: Shell, *arguments: str) -> Iterator[dict[str, str]]:
    """The variables that an emulator names once it can be called."""
    with shell.start("emulate", *arguments, "--port", "0") as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline()]
            while "FETCH_ALLOW_HOSTS" not in lines[-1]:
                lines.append(process.stdout.readline())
                assert lines[-1], "it ended before it could be called"
            yield dict(line.split()[-1].split("=", 1) for line in lines)
        finally:
            process.terminate()


def paid_film(shell: Shell, *prompts: str) -> Path:
    segments = [
        {"prompt": p, "model_params": {"model": "runway-gen4.5", "duration": 2}} for p in prompts
    ]
    return shell.write("film.json", {"name": "paid", "settings": SMALL, "segments": segments})


def calls(ledger: Path, kind: str) -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    return [entry for entry in entries if entry["kind"] == kind]


def test_a_render_takes_it_for_the_provider_and_pays_once(shell: Shell) -> None:
    ledger = shell.folder / "ledger.jsonl"
    with emulated(
        shell, "runway", "--key", KEY, "--seconds", "0.2", "--short-side", "90",
        "--ledger", str(ledger), "--fault", "rate_limited", "--fault", "expired",
    ) as variables:  # fmt: skip
        paying = replace(
            shell, environment={**shell.environment, **variables, "RUNWAY_API_KEY": KEY}
        )
        file = paid_film(shell, "A boat", "A harbour")
        first = paying.run("render", file, "-o", "out.mp4", "--json")
        assert (first.code, first.last["status"]) == (0, "completed"), first.err
        assert (first.last["generated"], Decimal(first.last["cost"])) == (2, Decimal("0.48"))
        assert len(read_times(shell.folder / "out.mp4")) == 96
        again = paying.run("render", file, "-o", "out.mp4", "--json")
        assert (again.last["generated"], again.last["reused"]) == (0, 2)

    creates = calls(ledger, "create")
    assert sorted((c["accepted"], c["fault"]) for c in creates) == [
        (False, "rate_limited"), (True, ""), (True, ""),
    ]  # fmt: skip
    assert all(KEY not in value for c in creates for value in c["headers"].values())
    assert any(c["status"] == 403 for c in calls(ledger, "media"))


def test_a_doubtful_submit_is_never_sent_again(shell: Shell) -> None:
    ledger = shell.folder / "ledger.jsonl"
    with emulated(shell, "--ledger", str(ledger), "--fault", "drop") as variables:
        paying = replace(
            shell, environment={**shell.environment, **variables, "RUNWAY_API_KEY": KEY}
        )
        done = paying.run("render", paid_film(shell, "A boat"), "-o", "out.mp4", "--json")
    assert done.code == 1
    assert done.last["status"] == "needs_attention"
    assert [c["accepted"] for c in calls(ledger, "create")] == [True]


def test_a_success_without_a_result_fails_at_once_with_the_reason_and_the_price(
    shell: Shell,
) -> None:
    with emulated(shell, "runway", "--seconds", "0.2", "--fault", "no_output") as variables:
        paying = replace(
            shell, environment={**shell.environment, **variables, "RUNWAY_API_KEY": KEY}
        )
        done = paying.run("render", paid_film(shell, "A boat"), "-o", "out.mp4", "--json")
    assert (done.code, done.last["status"]) == (1, "failed")
    assert "named no result" in str(done.last["error"])
    assert Decimal(done.last["cost"]) == Decimal("0.24")


def test_every_provider_has_one_and_says_how_to_get_there(shell: Shell) -> None:
    providers = [tomllib.loads(f.read_text()) for f in HERE.glob("*/catalogue.toml")]
    known = {name for p in providers for name in p["provider"].get("variables", ())}
    wanted = {name for name in known if name.endswith("_BASE_URL")} - {"VERTEX_STORAGE_BASE_URL"}
    with emulated(shell) as variables:
        assert set(variables) - {"VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS"} == wanted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "there is no emulator called 'nobody'"),
        (("runway", "--fault", "earthquake"), "there is no fault called 'earthquake'"),
        (("runway", "--certificate", "x.pem"), "TLS needs a certificate and its key"),
    ],
)
def test_wrong_words_are_named(here: Command, arguments: tuple[str, ...], words: str) -> None:
    done = here("emulate", *arguments)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err
