"""Accounts at providers over HTTP: keys go in and never come out; generations go to the accounts in
their order, a place at a time; one without money stands still and says why. The providers are
emulators, one a key, so that it shows who was asked what."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.api.studio import ENDED, Json, Studio

from video_foundry import VideoModelFactory
from video_foundry.adapters.models import registry
from video_foundry.adapters.models.runway.adapter import RunwayModel
from video_foundry.core.catalogue import ModelEntry
from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.runway import RunwayEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.ports.accounts import Account
from video_foundry.testing.provider_contract import read_catalogue
from video_foundry.testing.server import RunningServer, serving

SECOND_KEY = "key_canary_of_the_studio_2222"
MODEL = "runway-in-a-hurry"
LOOPBACK = ("127.0.0.1", "localhost")
"""Where the emulators' results are."""


@dataclass(frozen=True)
class AtAccount:
    """Registered as any plug-in may be: usable with the environment's key and with stored ones."""

    entry: ModelEntry

    def __call__(self) -> RunwayModel:
        return RunwayModel(self.entry)

    def at(self, account: Account) -> RunwayModel:
        """With a stored key."""
        return RunwayModel(self.entry, account)


@dataclass(frozen=True, kw_only=True)
class House:
    """A server with one account in its environment, and another place where keys are taken."""

    studio: Studio
    first: Running
    second: Running
    server: RunningServer
    first_key: str

    def add(self, name: str = "studio", **more: Any) -> Json:
        """The second account, stored."""
        body = {"provider": "runway", "name": name, "key": SECOND_KEY, **more}
        added: Json = self.studio.ask(
            "POST", "/api/accounts", 201, json={"base_url": self.second.url, **body}
        )
        return added

    def account(self, name: str) -> Json:
        """How an account stands, by its name."""
        listed: list[Json] = self.studio.ask("GET", "/api/accounts")["accounts"]
        return next(one for one in listed if one["name"] == name)

    def shot(self, prompt: str) -> Json:
        """A segment that is being generated."""
        segment = {"prompt": prompt, "model_params": {"model": MODEL, "duration": 2}}
        project = self.studio.project(segment)
        self.studio.start(project)
        made: Json = project["segments"][0]
        return made

    def creates(self) -> tuple[int, int]:
        """Create calls so far, at the first account and at the second."""
        first, second = (
            len(o.emulator.ledger.entries("create")) for o in (self.first, self.second)
        )
        return first, second

    def accepted(self) -> tuple[int, int]:
        """Generations that would be billed, at the first account and at the second."""
        first, second = (len(o.emulator.ledger.accepted) for o in (self.first, self.second))
        return first, second


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    """Our model is known here alone: other tests look at the list of all models."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_REGISTRY", registry._Registry())
        _register()
        yield


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all who leave nothing under way."""
    with serving(
        tmp_path_factory.mktemp("accounts") / "data", fetch_allow_hosts=LOOPBACK
    ) as server:
        yield server


@pytest.fixture
def house(shared: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """New places, a new key in the environment, no stored account."""
    with _house(shared, monkeypatch) as house:
        yield house
        _call_all_off(house.studio)
        for account in house.studio.ask("GET", "/api/accounts")["accounts"]:
            if account["variable"] is None:
                house.studio.until(partial(_forget, house.studio, account), bool)


def _call_all_off(studio: Studio) -> None:
    """Nothing is left to those who come after."""
    for project in studio.ask("GET", "/api/projects"):
        for render in studio.ask("GET", f"/api/projects/{project['id']}/render-jobs"):
            if render["status"] not in ENDED:
                studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")


def _forget(studio: Studio, account: Json) -> bool:
    """Whether nothing is under way there any more."""
    answer = studio.http.delete(f"/api/accounts/{account['id']}")
    return answer.status_code == 204


@pytest.fixture
def own_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house whose generations never end."""
    with serving(tmp_path / "data") as server, _house(server, monkeypatch) as house:
        for place in (house.first, house.second):
            place.emulator.script.put("never")
        yield house


def _register() -> None:
    entry = next(e for e in read_catalogue("runway") if e.id == "runway-gen4.5")
    names: dict[str, Any] = {"id": MODEL, "aliases": (), "alias_notes": {}, "successor": None}
    quick = replace(entry, **names, poll_seconds=0.05, concurrency=1)
    VideoModelFactory.register(MODEL, AtAccount(quick), entry=quick)


@contextmanager
def _house(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    first_key = f"key_canary_{uuid4().hex}"  # another key is an account that stands nowhere still
    with (
        running(RunwayEmulator(Settings(key=first_key))) as first,
        running(RunwayEmulator(Settings(key=SECOND_KEY))) as second,
    ):
        monkeypatch.setenv("RUNWAY_API_KEY", first_key)
        monkeypatch.setenv("RUNWAY_BASE_URL", first.url)
        studio = Studio(server)
        try:
            yield House(
                studio=studio, first=first, second=second, server=server, first_key=first_key
            )
        finally:
            studio.close()


# --- keys --------------------------------------------------------------------------------------


def test_a_key_goes_in_and_never_comes_out(house: House) -> None:
    added = house.add()
    assert (added["key_end"], added["position"], added["last_test"]) == ("2222", 0, None)
    told = house.studio.http.get("/api/accounts").text
    tested = house.studio.http.post(f"/api/accounts/{added['id']}/test").text
    renamed = house.studio.http.patch(f"/api/accounts/{added['id']}", json={"name": "other"}).text
    for text in (told, tested, renamed):
        assert "2222" in text
        assert SECOND_KEY not in text
        assert house.first_key not in text
    for file in house.server.data_dir.rglob("*"):
        assert not file.is_file() or SECOND_KEY.encode() not in file.read_bytes(), file


def test_a_refusal_does_not_repeat_the_key(house: House) -> None:
    for body in (
        {"provider": "runway", "name": "x", "key": f"{SECOND_KEY} and a blank"},
        {"provider": "nobody", "name": "x", "key": SECOND_KEY},
        {"provider": "runway", "name": "default", "key": SECOND_KEY},
        {"provider": "runway", "name": "x", "key": SECOND_KEY, "base_url": "http://example.com"},
        {"provider": "runway", "name": "x", "key": [SECOND_KEY]},
    ):
        refused = house.studio.refused("POST", "/api/accounts", 422, json=body)
        assert SECOND_KEY not in str(refused)
        assert refused["errors"][0]["field"]


def test_a_key_is_sent_nowhere_else_without_being_given_again(house: House) -> None:
    added = house.add()
    path = f"/api/accounts/{added['id']}"
    elsewhere = {"base_url": "https://thief.example"}
    assert house.studio.refused("PATCH", path, 422, json=elsewhere)["code"] == "key_needed"
    settings = {"settings": {"store_url": "https://thief.example"}}
    assert house.studio.refused("PATCH", path, 422, json=settings)["code"] == "key_needed"
    moved = house.studio.ask("PATCH", path, json={**elsewhere, "key": SECOND_KEY})
    assert moved["base_url"] == "https://thief.example"


def test_the_environments_account_is_first_and_stays(house: House) -> None:
    ids = [house.add(name)["id"] for name in ("b", "a")]
    house.studio.ask("PATCH", f"/api/accounts/{ids[1]}", json={"position": 0})
    listed = house.studio.ask("GET", "/api/accounts")["accounts"]
    assert [one["name"] for one in listed] == ["default", "a", "b"]
    assert listed[0]["variable"] == "RUNWAY_API_KEY"
    path = "/api/accounts/runway:default"
    assert house.studio.refused("DELETE", path, 422)["code"] == "environment_account"
    assert house.studio.refused("PATCH", path, 422, json={"name": "x"})["errors"]
    house.studio.refused("POST", "/api/accounts", 409, json={**_named("A"), "key": SECOND_KEY})


def _named(name: str) -> Json:
    return {"provider": "runway", "name": name}


def test_trying_a_key_says_what_the_provider_says_and_generates_nothing(house: House) -> None:
    good, wrong = house.add(), house.add("wrong", key="key_that_nobody_knows_at_all")
    tried = house.studio.ask("POST", f"/api/accounts/{good['id']}/test")["last_test"]
    assert (tried["outcome"], "1000 credits" in tried["message"]) == ("good", True)
    refused = house.studio.ask("POST", f"/api/accounts/{wrong['id']}/test")["last_test"]
    assert refused["outcome"] == "refused"
    nobody = house.add("nobody", base_url="http://127.0.0.1:9")
    away = house.studio.ask("POST", f"/api/accounts/{nobody['id']}/test")["last_test"]
    assert away["outcome"] == "unavailable"
    own = house.studio.ask("POST", "/api/accounts/runway:default/test")["last_test"]
    assert own["outcome"] == "good"
    assert house.creates() == (0, 0)


def test_a_stored_key_is_enough(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNWAY_API_KEY")
    models = {m["id"]: m for m in house.studio.ask("GET", "/api/models")["models"]}
    assert "RUNWAY_API_KEY" in models[MODEL]["unavailable_reason"]
    house.add()
    models = {m["id"]: m for m in house.studio.ask("GET", "/api/models")["models"]}
    assert models[MODEL]["is_available"]
    made = house.studio.settled(house.shot("a stored key"))
    assert made["status"] == "completed", made["error_message"]
    assert house.accepted() == (0, 1)


# --- which account -----------------------------------------------------------------------------


def test_two_accounts_work_at_once_and_each_is_asked_about_its_own(own_house: House) -> None:
    own_house.add()
    for prompt in ("one", "two", "three"):
        own_house.shot(prompt)
    own_house.studio.until(own_house.accepted, lambda seen: sum(seen) >= 2)
    ids = [
        place.emulator.ledger.accepted[0].job_id for place in (own_house.first, own_house.second)
    ]
    for place, own in zip((own_house.first, own_house.second), ids, strict=True):
        looks = own_house.studio.until(partial(place.emulator.ledger.entries, "look"), bool)
        assert {look.job_id for look in looks} == {own}
    assert own_house.accepted() == (1, 1), "one place each, and the third one waits"


def test_an_account_with_work_under_way_is_not_forgotten(own_house: House) -> None:
    added = own_house.add()
    for prompt in ("four", "five"):
        own_house.shot(prompt)
    own_house.studio.until(own_house.accepted, lambda seen: seen == (1, 1))
    refused = own_house.studio.refused("DELETE", f"/api/accounts/{added['id']}", 409)
    assert refused["code"] == "account_in_use"


def test_an_account_without_work_is_forgotten(house: House) -> None:
    added = house.add()
    house.studio.ask("DELETE", f"/api/accounts/{added['id']}", 204)
    house.studio.refused("DELETE", f"/api/accounts/{added['id']}", 404)
    assert house.studio.settled(house.shot("only one is left"))["status"] == "completed"
    assert house.accepted() == (1, 0)


# --- money -------------------------------------------------------------------------------------


def test_without_money_the_next_account_takes_it_and_those_after(house: House) -> None:
    house.add()
    house.first.emulator.script.put("no_credit")
    for prompt in ("six", "seven"):
        assert house.studio.settled(house.shot(prompt))["status"] == "completed"
    assert (house.creates(), house.accepted()) == ((1, 2), (0, 2))
    halt = house.account("default")["halt"]
    assert halt["code"] == "no_credit"
    assert "not have enough credits" in halt["message"]


def _held(house: House, segment: Json) -> Json:
    """The segment when it says that it waits for money."""
    held: Json = house.studio.until(
        lambda: house.studio.ask("GET", f"/api/segments/{segment['id']}"),
        lambda now: now["error_code"] is not None,
    )
    return held


def test_with_none_left_the_queue_stops_and_says_so(house: House) -> None:
    house.first.emulator.script.put("no_credit")
    for prompt in ("eight", "nine"):
        held = _held(house, house.shot(prompt))
        assert (held["status"], held["error_code"]) == ("generating", "no_credit")
        assert "not have enough credits" in held["error_message"]
    assert house.creates() == (1, 0), "the second one was not sent"
    assert "nothing was sent" in held["error_message"]
    assert house.studio.ask("GET", f"/api/segments/{held['id']}")["status"] == "generating"


@pytest.mark.parametrize("how", ["resume", "test"])
def test_all_that_waited_goes_on_after_a_resume_or_a_good_test(house: House, how: str) -> None:
    house.first.emulator.script.put("no_credit")
    segments = [house.shot(f"ten, then {how}"), house.shot(f"and behind it, {how}")]
    for segment in segments:
        _held(house, segment)
    after = house.studio.ask("POST", f"/api/accounts/runway:default/{how}")
    assert after["halt"] is None
    for segment in segments:
        made = house.studio.settled(segment)
        assert made["status"] == "completed", made["error_message"]
        assert made["error_code"] is None
    assert (house.creates(), house.accepted()) == ((3, 0), (2, 0))


def test_who_waits_hears_when_the_account_goes_on(house: House) -> None:
    house.first.emulator.script.put("no_credit")
    segment = house.shot("somebody listens")
    _held(house, segment)
    house.studio.ask("POST", "/api/accounts/runway:default/resume")
    house.studio.settled(segment)
    with house.studio.listen(f"/api/projects/{segment['project_id']}/events?after=0") as ear:
        while (told := json.loads(ear.recv(timeout=30)))["type"] != "account.changed":
            pass
    assert told["data"] == {"provider": "runway"}


def test_what_waits_for_money_goes_to_an_account_that_is_stored_meanwhile(house: House) -> None:
    house.first.emulator.script.put("no_credit")
    segment = house.shot("somebody brings a key")
    _held(house, segment)
    house.add()
    made = house.studio.settled(segment)
    assert made["status"] == "completed", made["error_message"]
    assert (house.creates(), house.accepted()) == ((1, 1), (0, 1))


def test_a_model_to_fall_back_on_does_not_wait_for_money(house: House) -> None:
    house.first.emulator.script.put("no_credit")
    for prompt in ("poor", "and poor behind it"):
        fallbacks = [{"model": "mock-ai", "duration": 2}]
        params = {"model": MODEL, "duration": 2, "fallbacks": fallbacks}
        project = house.studio.project({"prompt": prompt, "model_params": params})
        house.studio.start(project)
        made = house.studio.settled(project["segments"][0])
        assert made["status"] == "completed", made["error_message"]
    assert house.creates() == (1, 0)


def falling_back(house: House, prompt: str, *fallbacks: Json) -> Json:
    """A render's segment, settled, whose model withholds the clip and bills it."""
    house.first.emulator.script.put("moderated_after")
    params = {"model": MODEL, "duration": 2, "fallbacks": list(fallbacks)}
    project = house.studio.project({"prompt": prompt, "model_params": params})
    house.studio.start(project)
    return house.studio.settled(project["segments"][0])


SAME_AGAIN = {"model": MODEL, "duration": 2, "seed": 5}
"""As dear as what was refused, so that both are more than was agreed to."""


def test_what_a_refusal_cost_is_taken_off_what_was_agreed_to(house: House) -> None:
    made = falling_back(house, "billed", SAME_AGAIN, {"model": "mock-ai", "duration": 2})
    assert made["status"] == "completed", "what costs nothing stands in all the same"
    assert made["take_count"] == 1
    assert house.accepted() == (1, 0), "two clips were not agreed to"


def test_nothing_stands_in_beyond_what_was_agreed_to(house: House) -> None:
    refused = falling_back(house, "billed, and no more", SAME_AGAIN)
    assert (refused["status"], refused["error_code"]) == ("failed", "moderated")
    assert house.accepted() == (1, 0)
    again = house.studio.ask("POST", f"/api/segments/{refused['id']}/retry", status=202)
    assert house.studio.settled(again)["status"] == "completed", "agreed to anew"
    assert house.accepted() == (2, 0)


def test_a_retry_keeps_to_what_was_agreed_to_as_well(house: House) -> None:
    refused = falling_back(house, "billed twice", SAME_AGAIN)
    house.first.emulator.script.put("moderated_after")
    house.studio.ask("POST", f"/api/segments/{refused['id']}/retry", status=202)
    house.studio.until(house.accepted, lambda now: now == (2, 0))
    over = house.studio.settled(refused)
    assert (over["status"], over["error_code"]) == ("failed", "moderated")
    assert house.accepted() == (2, 0)


def test_a_render_says_that_it_waits_for_money_and_can_be_cancelled(house: House) -> None:
    house.first.emulator.script.put("no_credit")
    segment = {"prompt": "a whole film", "model_params": {"model": MODEL, "duration": 2}}
    project = house.studio.project(segment)
    render = house.studio.start(project)
    path = f"/api/render-jobs/{render['id']}"
    waiting = house.studio.until(
        lambda: house.studio.ask("GET", path), lambda now: now["status"] == "needs_attention"
    )
    assert waiting["error_code"] == "no_credit"
    assert house.studio.ask("POST", f"{path}/cancel")["status"] == "cancelled"
    assert house.studio.read(project)["segments"][0]["status"] == "pending"


def test_a_cap_ends_by_itself_when_the_provider_says_when(house: House) -> None:
    house.add()
    place = house.first.emulator
    place.settings = replace(place.settings, retry_after=7200.0)
    place.script.put("rate_limited")
    assert house.studio.settled(house.shot("a cap"))["status"] == "completed"
    halt = house.account("default")["halt"]
    assert halt["code"] == "daily_cap"
    seconds = (_moment(halt["until"]) - _moment(halt["since"])).total_seconds()
    assert abs(seconds - 7200) < 60
    assert house.accepted() == (0, 1)


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def test_a_refused_test_lifts_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    added = house.add()
    monkeypatch.delenv("RUNWAY_API_KEY")
    house.second.emulator.script.put("no_credit")
    assert _held(house, house.shot("eleven"))["error_code"] == "no_credit"
    assert house.account("studio")["halt"]["code"] == "no_credit"
    path = f"/api/accounts/{added['id']}"
    place = house.second.emulator
    place.settings = replace(place.settings, key="key_of_nobody_any_more")
    tried = house.studio.ask("POST", f"{path}/test")
    assert (tried["last_test"]["outcome"], tried["halt"]["code"]) == ("refused", "no_credit")
    # Another key is another matter, though it is the same account.
    changed = house.studio.ask("PATCH", path, json={"key": "key_that_nobody_knows_at_all"})
    assert changed["halt"] is None


def test_another_key_in_the_environment_is_another_matter(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.first.emulator.script.put("no_credit")
    segment = house.shot("twelve")
    assert _held(house, segment)["error_code"] == "no_credit"
    assert house.account("default")["halt"]
    monkeypatch.setenv("RUNWAY_API_KEY", "key_another_of_the_environment_3333")
    assert house.account("default")["halt"] is None


def test_the_directory_names_who_takes_keys(house: House) -> None:
    providers = {p["id"]: p for p in house.studio.ask("GET", "/api/accounts")["providers"]}
    assert providers["runway"] == {
        "id": "runway",
        "title": "Runway",
        "env_key": "RUNWAY_API_KEY",
        "can_store": True,
        "settings": {"type": "object", "properties": {}},
    }
    assert "mock" not in providers


def test_the_directory_says_what_else_an_account_can_say(house: House) -> None:
    providers = {p["id"]: p for p in house.studio.ask("GET", "/api/accounts")["providers"]}
    project = providers["vertex"]["settings"]["properties"]["project"]
    assert (project["type"], project["title"]) == ("string", "Project")
    assert providers["kling"]["settings"]["properties"]["currency"]["enum"] == ["USD", "CNY"]
