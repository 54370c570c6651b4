"""Each provider has a page that says what its catalogue does: the key and the address, every model,
the days that prices are of, what is limited, and how all of it is known."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from video_foundry.adapters.models.builtin import HERE
from video_foundry.core.catalogue import ModelEntry
from video_foundry.testing.provider_contract import read_catalogue

PAGES = Path(__file__).parents[3] / "docs" / "providers"
ELSEWHERE = {"local": "local-models.md", "mock": "models.md", "storyboard": "models.md"}
"""Those that are nobody's service, and where they are told of."""
PROVIDERS = sorted(file.parent.name for file in HERE.glob("*/catalogue.toml"))
SERVICES = [name for name in PROVIDERS if name not in ELSEWHERE]


def page_of(provider: str) -> str:
    return (PAGES / f"{provider}.md").read_text("utf-8")


def settings_of(provider: str) -> dict[str, Any]:
    """What the catalogue says of the provider itself."""
    told = tomllib.loads((HERE / provider / "catalogue.toml").read_text("utf-8"))
    found: dict[str, Any] = told["provider"]
    return found


def living(provider: str) -> list[ModelEntry]:
    return [entry for entry in read_catalogue(provider) if entry.retired is None]


def test_every_provider_has_a_page() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(SERVICES)
    for page in set(ELSEWHERE.values()):
        assert (PAGES.parent / page).is_file()


@pytest.mark.parametrize("provider", SERVICES)
def test_a_page_names_the_key_and_every_setting(provider: str) -> None:
    told, page = settings_of(provider), page_of(provider)
    wanted = [*told.get("variables", ()), *([told["env_key"]] if told.get("env_key") else [])]
    assert wanted
    assert [name for name in wanted if f"`{name}`" not in page] == []


@pytest.mark.parametrize("provider", SERVICES)
def test_a_page_names_every_model(provider: str) -> None:
    page = page_of(provider)
    assert [entry.id for entry in living(provider) if f"`{entry.id}`" not in page] == []


@pytest.mark.parametrize("provider", SERVICES)
def test_a_page_says_of_which_day_its_prices_are(provider: str) -> None:
    rows = [row for entry in living(provider) for row in entry.prices if row.as_of is not None]
    page = page_of(provider)
    months = {f"{row.as_of:%Y-%m}" for row in rows}
    assert [month for month in months if month not in page] == []


@pytest.mark.parametrize("provider", SERVICES)
def test_a_page_says_what_is_limited_and_how_all_is_known(provider: str) -> None:
    page = page_of(provider).lower()
    assert "limits" in page
    assert "what is known" in page
    assert "cancel" in page
