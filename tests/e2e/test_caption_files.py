"""Caption files from the disk: in whatever encoding, their words come in whole, or not at all."""

from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Locator, Page, expect

SOON = 60_000
FRENCH = "1\n00:00:00,200 --> 00:00:00,400\nNow\n\n2\n00:00:00,400 --> 00:00:00,800\nOù est-il ?\n"
RUSSIAN = "1\n00:00:00,200 --> 00:00:00,400\nПривет\n"


def _captions(address: str) -> list[Any]:
    items = httpx2.get(f"{address}/items").raise_for_status().json()
    return [item["fields"]["captions"] for item in items]


def _film(server: str) -> str:
    """A film of one shot; its address in the API."""
    made = httpx2.post(f"{server}/api/projects", json={"name": "Encodings"})
    address = f"{server}/api/projects/{made.raise_for_status().json()['id']}"
    body = {"prompt": "Shot", "model_params": {"model": "mock-ai", "duration": 1}}
    httpx2.post(f"{address}/segments", json=body).raise_for_status()
    return address


def _written(folder: Path, words: str, encoding: str) -> Path:
    file = folder / f"{encoding}.srt"
    file.write_bytes(words.encode(encoding))
    return file


def _open(page: Page, address: str) -> Locator:
    """The editor of a film; its library, with the texts on top."""
    page.goto(address.replace("/api/", "/"))
    page.get_by_role("tab", name="Text").click(timeout=SOON)
    return page.get_by_role("complementary", name="Library")


def _choice(where: Locator) -> Locator:
    return where.get_by_role("region", name="Encoding of the file")


def _name(page: Page, where: Locator, encoding: str) -> None:
    _choice(where).get_by_role("combobox", name="Encoding").click()
    page.get_by_role("option", name=encoding).click()


def test_words_in_another_encoding_are_never_guessed(
    page: Page, server: str, tmp_path: Path
) -> None:
    address = _film(server)
    _open(page, address).get_by_role("button", name="Captions", exact=True).click()
    dialog = page.get_by_role("dialog", name="Captions")
    words = dialog.get_by_role("textbox", name="Captions")
    sample = _choice(dialog).get_by_test_id("sample")

    dialog.get_by_test_id("file-input").set_input_files(_written(tmp_path, FRENCH, "windows-1252"))
    expect(sample).to_have_text("Où est-il ?")
    expect(words).to_have_value("")
    expect(dialog.get_by_role("button", name="Add captions")).to_be_disabled()
    _name(page, dialog, "Cyrillic (Windows-1251)")
    expect(sample).to_have_text("Oщ est-il ?")
    _name(page, dialog, "UTF-16, low byte first")
    expect(sample.or_(_choice(dialog).get_by_role("alert"))).not_to_contain_text("est-il")
    _name(page, dialog, "Western European (Windows-1252)")
    _choice(dialog).get_by_role("button", name="Use these words").click()
    expect(words).to_have_value(FRENCH)
    expect(_choice(dialog)).to_have_count(0)
    dialog.get_by_role("button", name="Add captions").click()
    expect(dialog).to_be_hidden(timeout=SOON)
    assert _captions(address) == [FRENCH]


def test_other_words_for_captions_that_are_there(page: Page, server: str, tmp_path: Path) -> None:
    address = _film(server)
    there = {"kind": "caption", "captions": FRENCH}
    httpx2.post(f"{address}/items", json=there).raise_for_status()
    _open(page, address).get_by_role("button", name="2 captions", exact=False).first.click()
    inspector = page.get_by_role("complementary", name="Inspector")
    words = inspector.get_by_role("textbox", name="SRT or WebVTT")
    expect(words).to_have_value(FRENCH)

    russian = _written(tmp_path, RUSSIAN, "windows-1251")
    inspector.get_by_test_id("file-input").set_input_files(russian)
    _choice(inspector).get_by_role("button", name="Leave the file").click()
    expect(_choice(inspector)).to_have_count(0)
    expect(words).to_have_value(FRENCH)
    inspector.get_by_test_id("file-input").set_input_files(russian)
    _name(page, inspector, "Cyrillic (Windows-1251)")
    _choice(inspector).get_by_role("button", name="Use these words").click()
    expect(words).to_have_value(RUSSIAN)

    plain = _written(tmp_path, FRENCH, "utf-16")
    inspector.get_by_test_id("file-input").set_input_files(plain)
    expect(words).to_have_value(FRENCH)
    expect(_choice(inspector)).to_have_count(0)
