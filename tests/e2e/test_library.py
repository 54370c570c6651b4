"""The library: media, titles and sounds are found and put on the film by click, by key and by drag;
clips show their sound, their take and what is changed; the history says what each render made."""

import math
import re
import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from video_foundry.testing.clips import ClipSpec, make_clip

SOON = 30_000
MADE = 90_000
"""Milliseconds that a short render may take on a busy machine."""


class Film:
    """A film of clips of one second, as the server knows it."""

    def __init__(self, server: str, clips: int) -> None:
        self.api = httpx2.Client(base_url=f"{server}/api", timeout=30)
        self.id = str(self._post("/projects", {"name": "Library"})["id"])
        # What was made for one film is known to all: words of its own keep this one apart.
        self.word = uuid4().hex[:8]
        for number in range(1, clips + 1):
            params = {"model": "mock-ai", "duration": 1, "seed": number}
            body = {"prompt": f"Harbour {number} {self.word}", "model_params": params}
            self._post(f"/projects/{self.id}/segments", body)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self.api.post(path, json=body).raise_for_status().json()

    def read(self, path: str = "") -> Any:
        return self.api.get(f"/projects/{self.id}{path}").raise_for_status().json()

    @property
    def segments(self) -> list[Any]:
        found: list[Any] = self.read()["segments"]
        return found


@pytest.fixture
def film(server: str) -> Iterator[Film]:
    """Two clips that are not made yet."""
    film = Film(server, 2)
    yield film
    film.api.close()


def _open(page: Page, server: str, film: Film, tab: str) -> Locator:
    page.goto(f"{server}/projects/{film.id}")
    page.get_by_role("tab", name=tab).click(timeout=SOON)
    return page.get_by_role("complementary", name="Library")


def _render(page: Page, count: int) -> None:
    """Renders; `count`: how many films there are then."""
    page.get_by_role("button", name="Render", exact=True).click()
    films = page.get_by_role("button", name=re.compile(rf"^Films\s*{count}$"))
    expect(films).to_be_visible(timeout=MADE)


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)


def _drag_to_strip(page: Page, thing: Locator, share: float) -> None:
    """Drags something to a place of the film, 0..1 of what is seen of the main track."""
    source = thing.bounding_box()
    track = page.get_by_role("listbox", name="Clips").bounding_box()
    assert source is not None
    assert track is not None
    page.mouse.move(source["x"] + source["width"] / 2, source["y"] + 12)
    page.mouse.down()
    x, y = track["x"] + track["width"] * share, track["y"] + track["height"] / 2
    page.mouse.move(x - 9, y, steps=3)
    page.mouse.move(x, y, steps=2)
    expect(page.locator("[data-guide]")).to_be_visible()
    page.mouse.up()
    expect(page.locator("[data-library-ghost]")).to_have_count(0)


def _tone(path: Path, seconds: float) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        pitch = 2 * math.pi * (300 + int(uuid4()) % 200) / 8000
        samples = (int(20_000 * math.sin(n * pitch)) for n in range(int(8000 * seconds)))
        out.writeframes(b"".join(struct.pack("<h", one) for one in samples))
    return path


def test_uploads_are_found_by_words_kind_and_use_and_added_at_the_playhead(
    page: Page, server: str, film: Film, tmp_path: Path
) -> None:
    name = f"walk {film.word}.mp4"
    footage = make_clip(tmp_path / name, ClipSpec(number=7, frames=24))
    library = _open(page, server, film, "Media")
    library.get_by_test_id("file-input").set_input_files(footage)
    library.get_by_role("searchbox", name="Search media").fill(f"{film.word} walk")
    card = library.get_by_role("list", name="Media").get_by_role("listitem")
    expect(card).to_have_count(1, timeout=SOON)
    expect(card).to_contain_text("Not used")
    assert len(film.segments) == 2, "sending a file puts nothing on the film"

    library.get_by_text("Takes", exact=True).click()
    expect(library.get_by_text("Nothing here fits")).to_be_visible()
    library.get_by_text("Uploads", exact=True).click()
    page.keyboard.press("Shift+2")
    page.keyboard.press("End")
    add = card.get_by_role("button", name=f"Add {name} at the playhead")
    add.focus()
    page.keyboard.press("Enter")
    expect(card).to_contain_text("In the film", timeout=SOON)
    _saved(page)
    media = film.segments[2]["media"]
    assert media is not None

    library.get_by_role("checkbox", name="Not used").check()
    expect(library.get_by_text("Nothing here fits")).to_be_visible()
    library.get_by_role("checkbox", name="Not used").uncheck()
    _drag_to_strip(page, card, 0.02)
    _saved(page)
    assert [one["media"] for one in film.segments] == [media, None, None, media]


def test_a_take_becomes_a_segment_of_its_own_without_being_made_again(
    page: Page, server: str, film: Film
) -> None:
    first = film.segments[0]["id"]
    for _ in range(2):
        film.api.post(f"/segments/{first}/takes", json={"count": 1}).raise_for_status()
    library = _open(page, server, film, "Media")
    library.get_by_role("searchbox", name="Search media").fill(film.word)
    cards = library.get_by_role("list", name="Media").get_by_role("listitem")
    expect(cards).to_have_count(2, timeout=MADE)

    library.get_by_role("button", name="Look at take 2 of segment 1").click()
    expect(page.get_by_role("region", name="Candidate")).to_contain_text("take 2")
    page.keyboard.press("Escape")
    unused = library.get_by_role("button", name="Add take 2 of segment 1 at the playhead")
    unused.click()
    clips = page.get_by_role("listbox", name="Clips").get_by_role("option")
    expect(clips).to_have_count(3, timeout=SOON)
    expect(cards.filter(has_text="In the film")).to_have_count(2, timeout=SOON)
    expect(clips.filter(has_text="Take 2 of 2")).to_have_count(1, timeout=SOON)
    _saved(page)
    takes = {take["number"]: take for take in film.api.get(f"/segments/{first}/takes").json()}
    shown = [one["asset_url"] for one in film.segments]
    assert shown.count(takes[2]["asset_url"]) == 1
    assert shown.count(takes[1]["asset_url"]) == 1
    assert film.api.post(f"/projects/{film.id}/plan").json()["to_generate"] == 1
    # With the take that is shown, it came in as one step.
    page.get_by_role("button", name=re.compile("^Undo: ")).click()
    expect(clips).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Redo: ")).click()
    expect(clips.filter(has_text="Take 2 of 2")).to_have_count(1, timeout=SOON)


def test_titles_come_in_by_click_by_key_and_by_drag(page: Page, server: str, film: Film) -> None:
    library = _open(page, server, film, "Text")
    library.get_by_role("button", name="Add Lower third at the playhead").click()
    expect(page.get_by_role("textbox", name="Words")).to_have_value("Your title", timeout=SOON)
    library.get_by_role("button", name="Add End card at the playhead").focus()
    page.keyboard.press("Enter")
    texts = library.get_by_role("region", name="Texts").get_by_role("listitem")
    expect(texts).to_have_count(2, timeout=SOON)
    title = library.get_by_role("button", name="Add Title at the playhead")
    _drag_to_strip(page, title, 0.5)
    expect(texts).to_have_count(3, timeout=SOON)
    _saved(page)
    said = [(one["fields"]["preset"], one["fields"]["start"]) for one in film.read("/items")]
    assert [preset for preset, _ in said] == ["lower-third", "end-card", "title"]
    assert said[0][1] == 0
    page.get_by_role("button", name=re.compile("^Undo: ")).click()
    expect(texts).to_have_count(2)


def test_a_sound_is_seen_heard_and_put_where_it_belongs(
    page: Page, server: str, film: Film, tmp_path: Path
) -> None:
    name = f"rain {film.word}.wav"
    library = _open(page, server, film, "Audio")
    library.get_by_test_id("file-input").set_input_files(_tone(tmp_path / name, 1.5))
    row = library.get_by_role("list", name="Sounds").get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text("Not used", timeout=SOON)
    expect(row.locator("[data-waveform='drawn']")).to_be_visible(timeout=MADE)
    loud = row.locator("canvas").evaluate(
        "canvas => canvas.getContext('2d')"
        ".getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte > 0)"
    )
    assert loud, "nothing is drawn"

    row.get_by_role("button", name=f"Listen to {name}").click()
    row.get_by_role("button", name=f"Stop {name}").click()
    expect(row.get_by_role("button", name=f"Listen to {name}")).to_be_visible()

    library.get_by_text("Voice", exact=True).click()
    row.get_by_role("button", name=f"Add {name} at the playhead").click()
    expect(row).to_contain_text("In the film", timeout=SOON)
    library.get_by_text("Effect", exact=True).click()
    _drag_to_strip(page, row, 0.5)
    expect(row).to_contain_text("2 times in the film", timeout=SOON)
    _saved(page)
    voice, effect = (one["fields"] for one in film.read("/items"))
    assert (voice["role"], voice.get("start", 0)) == ("voice", 0)
    assert (effect["role"], effect["start"]) == ("effect", pytest.approx(1, abs=0.1))


def test_a_library_that_does_not_come_says_so_and_is_asked_again(
    page: Page, server: str, film: Film
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=500, json={"title": "Broken", "status": 500, "detail": "out of order"})

    page.route(re.compile("/api/media\\?"), refuse)
    library = _open(page, server, film, "Audio")
    expect(library.get_by_role("alert")).to_contain_text("out of order", timeout=SOON)
    page.unroute(re.compile("/api/media\\?"))
    library.get_by_role("button", name="Try again").click()
    expect(library.get_by_role("alert")).to_have_count(0, timeout=SOON)


def test_clips_show_their_sound_and_what_is_changed(
    page: Page, server: str, film: Film, tmp_path: Path
) -> None:
    footage = make_clip(tmp_path / "loud.mp4", ClipSpec(number=9, frames=48))
    sent = film.api.post("/media", files={"file": ("loud.mp4", footage.read_bytes())})
    film.api.post(f"/projects/{film.id}/segments", json={"media": sent.json()["id"]})
    page.goto(f"{server}/projects/{film.id}")
    _render(page, 1)
    clips = page.get_by_role("listbox", name="Clips").get_by_role("option")
    expect(clips.nth(2).locator("[data-clip-wave]")).to_be_visible(timeout=MADE)

    clips.nth(1).click()
    expect(page.get_by_role("heading", name="Segment 2", exact=True)).to_be_visible(timeout=SOON)
    page.get_by_role("textbox", name="Prompt").fill(f"A quiet bay {film.word}")
    expect(clips.nth(1)).to_contain_text("Changed: prompt", timeout=SOON)
    assert film.segments[1]["take_number"] is None

    _render(page, 2)
    page.get_by_role("button", name=re.compile("^Films")).click()
    history = page.get_by_role("dialog", name="Films").get_by_role("listitem")
    expect(history.nth(0)).to_contain_text("1 segment made anew, 1 s encoded of 4 s")
    expect(history.nth(0)).to_contain_text("free")
    history.nth(0).get_by_text("What was made anew").click()
    expect(history.nth(0)).to_contain_text("Segment 2 changed: prompt")
