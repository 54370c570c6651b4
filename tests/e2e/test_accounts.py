"""Keys of providers in the page: what else an account can say is asked for by what its provider
takes, and goes elsewhere only together with the key."""

from typing import Any

import httpx2
from playwright.sync_api import Page, expect

SOON = 20_000


def _accounts(server: str) -> list[Any]:
    told: list[Any] = httpx2.get(f"{server}/api/accounts").raise_for_status().json()["accounts"]
    return told


def test_an_account_says_what_its_provider_takes(page: Page, server: str) -> None:
    page.goto(f"{server}/settings")
    page.get_by_role("button", name="Add a key").first.click(timeout=SOON)
    add = page.get_by_role("dialog", name="Add a key")
    add.get_by_role("combobox", name="Provider").click()
    page.get_by_role("option", name="Runway").first.click()
    expect(add.get_by_label("Project")).to_have_count(0)
    add.get_by_role("combobox", name="Provider").click()
    page.get_by_role("option", name="Vertex").first.click()
    add.get_by_label("Name").fill("films")
    add.get_by_label("Key", exact=True).fill("ya29.token-of-the-studio-1234")
    add.get_by_label("Project").fill("my-films")
    add.get_by_role("button", name="Add key").click()
    expect(page.get_by_text("project my-films")).to_be_visible(timeout=SOON)
    (account,) = _accounts(server)
    assert (account["provider"], account["settings"]) == ("vertex", {"project": "my-films"})

    page.get_by_role("button", name="Edit films").click()
    edit = page.get_by_role("dialog", name="Edit films")
    expect(edit.get_by_label("Project")).to_have_value("my-films")
    edit.get_by_label("Location").fill("europe-west4")
    edit.get_by_role("button", name="Save").click()
    expect(edit.get_by_role("alert")).to_contain_text("only together with the key", timeout=SOON)
    assert _accounts(server)[0]["settings"] == {"project": "my-films"}
    edit.get_by_label("New key").fill("ya29.token-of-the-studio-5678")
    edit.get_by_role("button", name="Save").click()
    expect(page.get_by_text("location europe-west4")).to_be_visible(timeout=SOON)
    assert "5678" in _accounts(server)[0]["key_end"]
    httpx2.delete(f"{server}/api/accounts/{account['id']}").raise_for_status()
