"""Bad answers of providers, as whoever uses the API meets them: the segment says why in words, what
was paid for is kept where there is something to keep, and the shots beside it are made.
One adapter is asked how things stand until they are done; one answers with the result at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from tests.api.studio import Json, Studio, shot

from video_foundry import VideoModelFactory
from video_foundry.adapters.models import registry
from video_foundry.adapters.models.runway.adapter import RunwayModel
from video_foundry.adapters.models.stability.adapter import StabilityModel
from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.runway import RunwayEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.emulators.stability import StabilityEmulator
from video_foundry.testing.provider_contract import read_catalogue
from video_foundry.testing.server import serving

KEY = "key_canary0123456789"
POLLED, AT_ONCE = "runway-in-a-hurry", "stability-in-a-hurry"
LOOPBACK = ("127.0.0.1", "localhost")
LARGEST = 4 * 1024**2
"""Bytes of the largest result that is fetched here; five billion of them are there to be had."""
SECONDS = 2
FOR_POLLED, FOR_AT_ONCE = "0.24", "0.03"
"""US dollars for one clip and for one picture, by the catalogue."""
STANDS = ("completed", "failed", "cancelled", "needs_attention")


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film between two good shots, and what came of it. bad: its other segments, by their
    fault."""

    render: Json
    good: list[Json]
    bad: dict[str, Json]


@dataclass(frozen=True, kw_only=True)
class House:
    """A server, and the two providers that it takes for the real ones."""

    studio: Studio
    polled: Running
    at_once: Running

    def film(self, shots: dict[str, Json]) -> Film:
        """The film with these shots, when nothing moves it on."""
        project = self.studio.project(shot("before"), *shots.values(), shot("after"))
        render = self.studio.start(project)
        self.studio.until(lambda: self.now(render), lambda now: now["status"] in STANDS)
        first, *between, last = [self.studio.settled(each) for each in project["segments"]]
        bad = dict(zip(shots, between, strict=True))
        return Film(render=self.now(render), good=[first, last], bad=bad)

    def now(self, render: Json) -> Json:
        """A render as it stands."""
        told: Json = self.studio.ask("GET", f"/api/render-jobs/{render['id']}")
        return told


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    """Models of the catalogue that are asked about all the time, known in this module alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_REGISTRY", registry._Registry())
        for provider, model, name, adapter in (
            ("runway", "runway-gen4.5", POLLED, RunwayModel),
            ("stability", "stability-core", AT_ONCE, StabilityModel),
        ):
            listed = next(e for e in read_catalogue(provider) if e.id == model)
            ours = replace(listed, id=name, aliases=(), alias_notes={}, successor=None)
            entry = replace(ours, poll_seconds=0.02, requests_per_minute=0)
            VideoModelFactory.register(name, partial(adapter, entry), entry=entry)
        yield


@pytest.fixture(scope="module")
def house(registered: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("bad")
    with (
        pytest.MonkeyPatch.context() as patch,
        running(RunwayEmulator(Settings(key=KEY, short_side=90))) as polled,
        running(StabilityEmulator(Settings(key=KEY))) as at_once,
    ):
        for prefix, place in (("RUNWAY", polled), ("STABILITY", at_once)):
            patch.setenv(f"{prefix}_API_KEY", KEY)
            patch.setenv(f"{prefix}_BASE_URL", place.url)
        with serving(
            folder / "data", fetch_allow_hosts=LOOPBACK, fetch_max_bytes=LARGEST
        ) as server:
            studio = Studio(server)
            yield House(studio=studio, polled=polled, at_once=at_once)
            studio.close()


def clip(fault: str) -> Json:
    """A shot by the provider that is polled."""
    params = {"model": POLLED, "duration": SECONDS}
    return {"prompt": f"a boat at sea [fault: {fault}]", "model_params": params}


def with_picture(fault: str) -> Json:
    """A shot that begins with a picture by the provider that answers at once."""
    picture = {"model": AT_ONCE, "prompt": f"a harbour [fault: {fault}]"}
    return shot(f"the camera moves, after {fault}", first_frame=picture)


def creates_for(place: Running, fault: str) -> int:
    """How often a generation was asked for that meets this fault."""
    told = f"[fault: {fault}]"
    return sum(told in str(entry.body) for entry in place.emulator.ledger.entries("create"))


def is_readable(words: str) -> bool:
    """Whether it is a sentence for people: no traceback, no type's name, no key."""
    machine = ("Traceback", "Error(", "Exception", "<html", "None", KEY)
    return len(words.split()) > 4 and not any(word in words for word in machine)


# --- results that cannot be used -----------------------------------------------------------------

UNUSABLE = {
    "not_a_video": (clip, "bad_media", "this is a web page"),
    "truncated": (clip, "bad_media", "cut off"),
    "redirect_create": (clip, "rejected", "check RUNWAY_BASE_URL"),
    "no_output": (with_picture, "no_output", "Stability called it a success but sent no picture"),
    "not_a_video of a picture": (with_picture, "no_output", "sent no picture"),
    "redirect_create of a picture": (with_picture, "rejected", "check STABILITY_BASE_URL"),
}


def fault_of(name: str) -> str:
    return name.partition(" ")[0]


@pytest.fixture(scope="module")
def unusable(house: House) -> Film:
    return house.film({name: made(fault_of(name)) for name, (made, *_) in UNUSABLE.items()})


def test_the_shots_beside_are_made_and_what_was_paid_is_told(house: House, unusable: Film) -> None:
    assert [segment["status"] for segment in unusable.good] == ["completed", "completed"]
    assert unusable.render["status"] == "failed"
    assert unusable.render["error_message"].startswith("segment ")
    assert is_readable(unusable.render["error_message"])
    paid = 2 * Decimal(FOR_POLLED) + 2 * Decimal(FOR_AT_ONCE)
    assert Decimal(house.now(unusable.render)["cost_actual"]["amount"]) == paid


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_result_that_cannot_be_used_is_a_reason(house: House, unusable: Film, name: str) -> None:
    made, code, words = UNUSABLE[name]
    segment = unusable.bad[name]
    assert (segment["status"], segment["error_code"]) == ("failed", code)
    assert words in segment["error_message"]
    assert is_readable(segment["error_message"])
    assert segment["error_message"].startswith("its first frame") is (made is with_picture)
    assert creates_for(house.polled if made is clip else house.at_once, fault_of(name)) == 1


# --- results that are there, and that we refuse to fetch ------------------------------------------

HELD = {
    "huge_result": ("too_large", f"larger than {LARGEST} bytes; VIDEO_FOUNDRY_FETCH_MAX_BYTES"),
    "redirect_result": ("address_refused", "169.254.169.254 is not on the public internet"),
}


@pytest.fixture(scope="module")
def held(house: House) -> Film:
    return house.film({fault: clip(fault) for fault in HELD})


@pytest.mark.parametrize("fault", HELD)
def test_what_its_provider_still_has_is_fetched_again_and_never_bought_again(
    house: House, held: Film, fault: str
) -> None:
    code, words = HELD[fault]
    segment = held.bad[fault]
    assert (segment["status"], segment["error_code"]) == ("needs_attention", code)
    assert words in segment["error_message"]
    assert is_readable(segment["error_message"])
    assert segment["can_fetch"]
    url = f"/api/segments/{segment['id']}/retry"
    again = house.studio.ask("POST", url, 202, json={"max_cost": "0"})
    assert again["status"] == "generating"
    assert again["job_id"] == segment["job_id"]
    settled = house.studio.settled(segment)
    assert (settled["status"], settled["error_code"]) == ("needs_attention", code)
    assert creates_for(house.polled, fault) == 1


def test_a_film_waits_for_a_clip_that_is_held_and_plans_to_pay_nothing(
    house: House, held: Film
) -> None:
    render = held.render
    assert render["status"] == "needs_attention"
    assert render["error_message"].startswith("segment 2: the clip is made, but it cannot be")
    assert Decimal(render["cost_actual"]["amount"]) == 2 * Decimal(FOR_POLLED)
    plan = house.studio.plan({"id": render["project_id"]})
    assert Decimal(plan["price"]["high"]) == 0


# --- answers that leave in doubt what was bought -------------------------------------------------

DOUBTFUL = {"html": "no id", "half": "got lost", "huge": "far too long"}


@pytest.fixture(scope="module")
def doubtful(house: House) -> Film:
    polled = {name: clip(name) for name in DOUBTFUL}
    return house.film({**polled, **{f"{name} at once": with_picture(name) for name in DOUBTFUL}})


@pytest.mark.parametrize("fault", DOUBTFUL)
def test_an_answer_to_a_submit_that_says_nothing_waits_for_a_person(
    house: House, doubtful: Film, fault: str
) -> None:
    segment = doubtful.bad[fault]
    assert (segment["status"], segment["error_code"]) == ("needs_attention", "submit_unclear")
    assert DOUBTFUL[fault] in segment["error_message"]
    assert "may have accepted it" in segment["error_message"]
    assert creates_for(house.polled, fault) == 1, "it is not sent again"


@pytest.mark.parametrize("fault", DOUBTFUL)
def test_a_picture_that_may_have_been_paid_for_waits_for_a_person(
    house: House, doubtful: Film, fault: str
) -> None:
    segment = doubtful.bad[f"{fault} at once"]
    assert (segment["status"], segment["error_code"]) == ("needs_attention", "submit_unclear")
    assert "Stability" in segment["error_message"]
    assert is_readable(segment["error_message"])
    assert creates_for(house.at_once, fault) == 1, "it is not sent again"


def test_the_film_waits_openly_while_the_rest_is_made(doubtful: Film) -> None:
    assert doubtful.render["status"] == "needs_attention"
    assert [segment["status"] for segment in doubtful.good] == ["completed", "completed"]


# --- what is odd, and can be used ----------------------------------------------------------------

LENGTHS = {
    "one_frame": 1 / 24,
    "wrong_length": SECONDS / 2,
    "poll_html": SECONDS,
    "poll_limited": SECONDS,
}

NOTICES = {
    "one_frame": "asked for 2 s, the clip has 0.04 s",
    "wrong_length": "asked for 2 s, the clip has 1 s",
}


@pytest.fixture(scope="module")
def usable(house: House) -> Film:
    house.polled.emulator.settings = replace(house.polled.emulator.settings, retry_after=0.1)
    return house.film({fault: clip(fault) for fault in LENGTHS})


@pytest.mark.parametrize("fault", LENGTHS)
def test_what_can_be_used_is_kept_as_the_take_that_it_is(
    house: House, usable: Film, fault: str
) -> None:
    segment = usable.bad[fault]
    (take,) = house.studio.takes(segment)
    assert take["duration_seconds"] == pytest.approx(LENGTHS[fault], abs=0.001)
    assert take["cost"]["amount"] == FOR_POLLED
    assert segment["status"] == "completed"
    assert segment["notice"] == take["notice"] == NOTICES.get(fault)
    assert creates_for(house.polled, fault) == 1


def test_a_film_of_odd_clips_is_as_long_as_they_are(usable: Film) -> None:
    assert usable.render["status"] == "completed"
    frames = sum(round(seconds * 24) for seconds in LENGTHS.values())
    assert usable.render["frames"] == 12 + frames + 12, "no frame is made up"


def test_a_film_names_the_clips_that_are_not_as_long_as_was_asked(usable: Film) -> None:
    told = {one["segment_id"]: (one["number"], one["message"]) for one in usable.render["notices"]}
    assert told == {
        usable.bad[fault]["id"]: (list(LENGTHS).index(fault) + 2, words)
        for fault, words in NOTICES.items()
    }


def test_a_clip_too_short_for_its_transition_is_named_and_kept(house: House) -> None:
    dissolve = {"kind": "dissolve", "duration": 0.4}
    words = "a pier [fault:one_frame]"
    film = house.film({"": {**clip(""), "prompt": words, "transition": dissolve}})
    assert film.render["status"] == "failed"
    assert "segment" in film.render["error_message"]
    assert is_readable(film.render["error_message"])
    (take,) = house.studio.takes(film.bad[""])
    assert take["cost"]["amount"] == FOR_POLLED


def test_a_clip_that_ends_before_its_trim_begins_is_named_and_kept(house: House) -> None:
    trimmed = {"prompt": "a quay [fault:wrong_length]", "trim": {"start": 1.5, "end": 2}}
    film = house.film({"": {**clip(""), **trimmed}})
    assert film.render["status"] == "failed"
    assert film.render["error_code"] == "past_the_clip"
    assert film.render["error_message"] == (
        "segment 2: its trim begins at 1.5 s, and its clip is 1 s long (2 s were asked for)"
    )
    assert is_readable(film.render["error_message"])
    (take,) = house.studio.takes(film.bad[""])
    assert take["cost"]["amount"] == FOR_POLLED
    assert [segment["status"] for segment in film.good] == ["completed", "completed"]
