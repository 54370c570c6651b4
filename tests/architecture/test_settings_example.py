"""`.env.example` tells the truth: every setting and no other, each with its true default."""

import re
import tomllib
from pathlib import Path

import pytest

from video_foundry.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(
    (ROOT / "src" / "video_foundry" / "adapters" / "models").glob("*/catalogue.toml")
)
EXAMPLE = dict(
    re.findall(r"^#([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
)

OF_OTHERS = {
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"),
    *("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY", "GOOGLE_APPLICATION_CREDENTIALS"),
    *("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME"),
    *("OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"),
}
"""What the libraries for object stores and for traces read by themselves."""

PLACES = {"DATABASE_URL", "VIDEO_FOUNDRY_DATA_DIR"}
"""Shown with an example, for what holds without them depends on the machine."""


def variable(name: str) -> str:
    """The environment variable that a field of Settings is read from."""
    alias = Settings.model_fields[name].validation_alias
    return str(alias or f"VIDEO_FOUNDRY_{name}").upper()


def variables_of_providers() -> set[str]:
    """The key of each provider, and the further variables that its catalogue names."""
    providers = [tomllib.loads(file.read_text())["provider"] for file in CATALOGUES]
    keys = {p["env_key"] for p in providers if "env_key" in p}
    return keys.union(*(p.get("variables", ()) for p in providers))


def test_every_setting_and_no_other_stands_in_the_example() -> None:
    assert (
        set(EXAMPLE)
        == {variable(name) for name in Settings.model_fields} | variables_of_providers() | OF_OTHERS
    )


def test_what_the_example_shows_is_what_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in EXAMPLE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    shown = {name: value for name, value in EXAMPLE.items() if name not in PLACES}
    without = Settings()
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in shown.items()))
    assert Settings() == without
    for name, value in shown.items():
        monkeypatch.setenv(name, value)
    assert Settings() == without


def test_what_a_form_asks_of_an_account_is_a_variable_of_its_provider_too() -> None:
    for file in CATALOGUES:
        document = tomllib.loads(file.read_text())
        provider, asked = document["provider"], document.get("account_settings", {})
        ends = {name.partition("_")[2].lower() for name in provider.get("variables", ())}
        assert set(asked) <= ends, f"{file.parent.name}: {set(asked) - ends}"
        for name, schema in asked.items():
            assert schema["type"] == "string", f"{name}: accounts hold strings"
            assert schema["title"], name
            assert "secret" not in name, "what is set is shown"
