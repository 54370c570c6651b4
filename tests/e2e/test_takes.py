"""Takes in the editor: looking at one changes nothing, using one is a single step, comparing,
copying settings back, and several at once."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

SOON = 30_000


class Film:
    """A film of one segment, as the server knows it."""

    def __init__(self, server: str) -> None:
        self.api = httpx2.Client(base_url=f"{server}/api", timeout=30)
        self.project = str(self._post("/projects", {"name": "Takes"})["id"])
        params = {"model": "mock-ai", "duration": 1, "seed": 7}
        # What was made for one film is known to all: words of its own keep this one apart.
        self.prompt = f"A harbour at night {uuid4().hex[:8]}"
        body = {"prompt": self.prompt, "model_params": params}
        self.segment = str(self._post(f"/projects/{self.project}/segments", body)["id"])

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self.api.post(path, json=body).raise_for_status().json()

    def add(self, path: str, body: dict[str, Any]) -> None:
        self._post(path, body)

    def put(self, path: str, **body: Any) -> None:
        self.api.put(path, json=body).raise_for_status()

    def patch(self, path: str, **body: Any) -> None:
        self.api.patch(path, json=body).raise_for_status()

    def segments(self) -> Any:
        return self.api.get(f"/projects/{self.project}").raise_for_status().json()["segments"]

    @property
    def now(self) -> Any:
        return self.api.get(f"/segments/{self.segment}").raise_for_status().json()

    @property
    def cut(self) -> str:
        return str(self.now["take_id"])

    def takes(self) -> dict[int, Any]:
        found = self.api.get(f"/segments/{self.segment}/takes").raise_for_status().json()
        return {take["number"]: take for take in found}


@pytest.fixture
def film(page: Page, server: str) -> Iterator[Film]:
    """The open editor with a first take in the cut and a second one beside it."""
    film = Film(server)
    try:
        _open(page, server, film)
        yield film
    finally:
        film.api.close()


def _open(page: Page, server: str, film: Film) -> None:
    page.goto(f"{server}/projects/{film.project}")
    page.get_by_text(film.prompt).first.click(timeout=SOON)
    _new_take(page)
    expect(_cards(page)).to_have_count(1, timeout=SOON)
    _new_take(page)
    expect(_cards(page)).to_have_count(2, timeout=SOON)
    assert film.cut == film.takes()[1]["id"], "a finished take changed the cut"


def _new_take(page: Page) -> None:
    # Before its price is known, a click asks first.
    _takes(page).get_by_role("button", name="New take free").click(timeout=SOON)


def _takes(page: Page) -> Locator:
    return page.get_by_role("region", name="Takes")


def _cards(page: Page) -> Locator:
    return _takes(page).get_by_role("button", name="Look at take")


def _bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Candidate")


def _picture(page: Page, name: str) -> Locator:
    return page.get_by_role("img", name=name, exact=True)


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)


def test_looking_at_a_take_leaves_the_cut_and_using_it_is_one_step(page: Page, film: Film) -> None:
    before = film.now["updated_at"]
    page.keyboard.press("]")
    expect(_bar(page)).to_contain_text("take 2")
    expect(_picture(page, "Segment 1 with take 2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(_bar(page)).to_be_hidden()
    expect(_picture(page, "Segment 1 of the cut")).to_be_visible()
    assert (film.cut, film.now["updated_at"]) == (film.takes()[1]["id"], before)

    page.keyboard.press("]")
    expect(_bar(page)).to_be_visible()
    page.keyboard.press("Enter")
    expect(_bar(page)).to_be_hidden()
    expect(_cards(page).and_(page.get_by_label("Look at take 2, in the cut"))).to_be_visible()
    _saved(page)
    assert film.cut == film.takes()[2]["id"]

    page.keyboard.press("Control+z")
    expect(page.get_by_label("Look at take 1, in the cut")).to_be_visible()
    _saved(page)
    assert film.cut == film.takes()[1]["id"]
    assert sorted(film.takes()) == [1, 2]


def test_a_locked_seed_stays_and_the_take_says_which_it_was(page: Page, film: Film) -> None:
    page.get_by_role("button", name="Lock the seed for new takes").click()
    _new_take(page)
    expect(_cards(page)).to_have_count(3, timeout=SOON)
    page.get_by_label("Look at take 3").click()
    expect(page.get_by_role("region", name="About take 3")).to_contain_text("seed 7, locked")
    page.get_by_role("button", name="Unlock the seed").click()
    _new_take(page)
    expect(_cards(page)).to_have_count(4, timeout=SOON)
    page.get_by_label("Look at take 4").click()
    expect(page.get_by_role("region", name="About take 4")).to_contain_text("seed 10")
    kept = {number: take["keeps_seed"] for number, take in film.takes().items()}
    assert kept == {1: False, 2: False, 3: True, 4: False}


@pytest.mark.usefixtures("film")
def test_the_cut_is_flipped_to_while_the_key_is_held_and_stands_beside(page: Page) -> None:
    cut = _shown(page)
    _cards(page).and_(page.get_by_label("Look at take 2")).click()
    expect(_picture(page, "Segment 1 with take 2")).to_be_visible()
    before = _differs_from(page, cut)  # the frame itself, which comes after its name
    page.keyboard.down("c")
    expect(_picture(page, "Segment 1 of the cut")).to_be_visible()
    flipped = _differs_from(page, before)
    page.keyboard.up("c")
    expect(_picture(page, "Segment 1 with take 2")).to_be_visible()
    _differs_from(page, flipped)

    page.keyboard.press("Shift+C")
    both = [_picture(page, f"Segment 1 {one}") for one in ("of the cut", "with take 2")]
    for picture in both:
        expect(picture).to_be_visible()
    page.keyboard.press("ArrowRight")
    for picture in both:
        expect(picture).to_have_attribute("data-frame", "1", timeout=SOON)
    page.get_by_role("button", name="Play", exact=True).click()
    for picture in both:
        expect(picture).not_to_have_attribute("data-frame", "1", timeout=SOON)


SAMPLE = """() => {
  const canvas = document.querySelector('section[aria-label="Preview"] canvas');
  const small = Object.assign(document.createElement("canvas"), { width: 16, height: 9 });
  const context = small.getContext("2d");
  context.drawImage(canvas, 0, 0, 16, 9);
  return context.getImageData(0, 0, 16, 9).data.join();
}"""


def _shown(page: Page) -> str:
    """What the preview shows, once it has drawn something."""
    expect(page.locator("canvas[data-frame]").first).to_be_visible(timeout=SOON)
    page.wait_for_function("(" + SAMPLE + ")().replaceAll(/[0,]|255/g, '') !== ''", timeout=SOON)
    return str(page.evaluate(SAMPLE))


def _differs_from(page: Page, before: str) -> str:
    page.wait_for_function(f"(before) => ({SAMPLE})() !== before", arg=before, timeout=SOON)
    return str(page.evaluate(SAMPLE))


def test_settings_of_a_take_come_back_for_nothing_and_in_one_step(page: Page, film: Film) -> None:
    first = film.takes()[1]
    page.get_by_role("textbox", name="Prompt").fill("A harbour at noon")
    _saved(page)
    _cards(page).and_(page.get_by_label("Look at take 1")).click()
    about = _takes(page).get_by_role("region", name="About take 1")
    expect(about).to_contain_text("A harbour at noon")
    expect(about).to_contain_text("seed 7")
    about.get_by_role("button", name="Use these settings").click()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value(film.prompt)
    _saved(page)
    plan = film.api.post(f"/projects/{film.project}/plan").raise_for_status().json()
    assert [row["action"] for row in plan["segments"]] == ["reuse"]
    assert film.cut == first["id"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value("A harbour at noon")


def test_four_variations_are_four_takes_and_none_of_them_enters_the_cut(
    page: Page, film: Film
) -> None:
    page.keyboard.press("Shift+G")
    expect(_cards(page)).to_have_count(6, timeout=SOON)
    takes = film.takes()
    assert film.cut == takes[1]["id"]
    assert len({take["asset_url"] for take in takes.values()}) == 6
    assert sorted(take["variation"] for take in takes.values()) == [0, 1, 2, 3, 4, 5]


def test_what_is_cut_comes_back_with_its_takes_its_pin_and_its_title(
    page: Page, film: Film
) -> None:
    film.put(f"/segments/{film.segment}/take", take_id=film.takes()[2]["id"], pinned=True)
    film.patch(f"/segments/{film.segment}", prompt="Nobody ever asked for this")
    title = {"kind": "text", "text": "Harbour", "segment": film.segment, "start": 0, "end": 0.5}
    film.add(f"/projects/{film.project}/items", title)
    pinned = film.now
    assert (pinned["pinned"], pinned["take_id"]) == (True, film.takes()[2]["id"])
    other = {"prompt": "Another", "model_params": {"model": "mock-ai", "duration": 1}}
    film.add(f"/projects/{film.project}/segments", other)
    clips = page.get_by_role("listbox", name="Clips").get_by_role("option")
    titles = page.get_by_role("list", name="Texts").get_by_role("button")
    expect(clips).to_have_count(2, timeout=SOON)
    expect(titles).to_have_count(1, timeout=SOON)

    clips.first.click()
    page.keyboard.press("Control+x")
    expect(clips).to_have_count(1)
    expect(titles).to_have_count(0)
    page.keyboard.press("Control+v")
    expect(clips).to_have_count(2)
    expect(titles).to_have_count(1)
    _saved(page)
    kept = ("id", "prompt", "pinned", "take_id", "take_count", "asset_url")
    assert [film.now[name] for name in kept] == [pinned[name] for name in kept]

    # What was cut is there again: from now on it is copied, for nothing.
    page.keyboard.press("Control+v")
    expect(clips).to_have_count(3)
    expect(titles).to_have_count(2)
    _saved(page)
    copy = film.segments()[-1]
    assert copy["id"] != film.segment
    assert [copy[name] for name in kept[1:3]] == [pinned[name] for name in kept[1:3]]
    assert copy["asset_url"] == pinned["asset_url"]
    plan = film.api.post(f"/projects/{film.project}/plan").raise_for_status().json()
    assert [row["action"] for row in plan["segments"]].count("pinned") == 2
