"""The catalogues that come with the program keep every rule, each alone and all together; what
plug-ins bring is refused at the start when it cannot be."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from video_foundry import VideoModelFactory, VideoModelInterface
from video_foundry.adapters.models import builtin, registry
from video_foundry.core.catalogue import ModelEntry, PriceRow, parse_provider
from video_foundry.core.catalogue_check import catalogue_problems
from video_foundry.core.retarget import Shot, retarget
from video_foundry.errors import BadInput
from video_foundry.ports.accounts import Account, StoredAccount

FOLDERS = sorted(file.parent for file in builtin.HERE.glob("*/catalogue.toml"))
TODAY = datetime.now(UTC).date()


def entries_of(folder: Path) -> list[ModelEntry]:
    return parse_provider(tomllib.loads((folder / "catalogue.toml").read_text("utf-8")))


def errors(entries: list[ModelEntry]) -> list[str]:
    return [
        f"{p.provider}: {p.model}.{p.field}: {p.message} ({p.fix})"
        for p in catalogue_problems(entries, today=TODAY)
        if p.level == "error" and p.field != "successor"
    ]


def test_there_are_catalogues() -> None:
    assert {"mock", "runway", "storyboard"} <= {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_catalogue_keeps_the_rules(folder: Path) -> None:
    assert errors(entries_of(folder)) == []


def test_all_catalogues_together_keep_the_rules() -> None:
    every = [entry for folder in FOLDERS for entry in entries_of(folder)]
    found = catalogue_problems(every, today=TODAY)
    assert [p for p in found if p.level == "error"] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_plain_shot_can_be_moved_to_every_model_that_makes_video(folder: Path) -> None:
    """To each from the built-in animatic, with a first frame for those that need one."""
    animatic = next(e for e in entries_of(builtin.HERE / "storyboard") if e.makes == "video")
    shot = Shot(given={"duration": 5, "seed": 7, "aspect_ratio": "16:9"}, aspect=(1280, 720))
    for entry in entries_of(folder):
        if entry.retired is not None or entry.makes != "video":
            continue
        outcome = retarget(shot, animatic, entry)
        needed = dict.fromkeys(outcome.missing, "a-picture")
        if set(needed) <= set(entry.media_parameters):
            given = {**shot.given, **needed}
            again = retarget(replace(shot, given=given), animatic, entry)
            assert again.fits, (entry.id, again.missing, again.problems)


class Quiet(VideoModelInterface):
    """A model that is only ever registered."""

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        raise NotImplementedError

    async def get_status(self, job_id: str) -> str:
        raise NotImplementedError

    async def get_result(self, job_id: str) -> str:
        raise NotImplementedError


ENTRY = ModelEntry(id="quiet.1", provider="me", title="Quiet")


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test registers is gone after it."""
    held = registry._REGISTRY
    own = replace(
        held,
        adapters=dict(held.adapters),
        entries=dict(held.entries),
        built_in=set(held.built_in),
        account_settings=dict(held.account_settings),
    )
    monkeypatch.setattr(registry, "_REGISTRY", own)
    builtin.register()
    yield


@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"aliases": ("mock-ai",)}, "quiet.1.aliases"),
        ({"concurrency": 0}, "quiet.1.concurrency"),
        ({"parameters": {"type": "thing"}}, "quiet.1.parameters.type"),
        (
            {"prices": (PriceRow(amount=Decimal(1), when={"size": 1}),)},
            "quiet.1.prices.0.when.size",
        ),
        ({"successor": "nobody"}, "quiet.1.successor"),
        ({"typical_seconds": None}, "quiet.1.typical_seconds"),
    ],
)
def test_a_plug_in_s_wrong_entry_is_refused_at_the_start(wrong: dict[str, Any], field: str) -> None:
    VideoModelFactory.register("quiet.1", Quiet, entry=replace(ENTRY, **wrong))
    with pytest.raises(BadInput, match=r"catalogue entry of 'quiet\.1' cannot be used") as caught:
        registry.RegisteredModels(TODAY)
    assert caught.value.code == "bad_catalogue_entry"
    assert [p.field for p in caught.value.problems] == [field]
    assert caught.value.problems[0].fix


@pytest.mark.usefixtures("own_registry")
def test_a_plug_in_may_say_little_and_may_replace_a_model() -> None:
    VideoModelFactory.register("quiet.1", Quiet)
    VideoModelFactory.register("mock-ai", Quiet)
    found = registry.RegisteredModels(TODAY).catalogue.entries
    assert found["quiet.1"].title == found["mock-ai"].title.replace("mock-ai", "quiet.1")


@pytest.mark.usefixtures("own_registry")
def test_a_model_of_tomorrow_cannot_be_used_and_says_from_when() -> None:
    entry = replace(ENTRY, available_from=date(2027, 1, 15))
    VideoModelFactory.register("quiet.1", Quiet, entry=entry)
    for today, why in (
        (date(2027, 1, 14), "it cannot be used yet: its provider offers it from 2027-01-15 on"),
        (date(2027, 1, 15), None),
    ):
        models = registry.RegisteredModels(today, {})
        assert models.unavailable(models.catalogue.entries["quiet.1"]) == why


@pytest.mark.usefixtures("own_registry")
def test_a_model_past_its_end_names_its_successor() -> None:
    entry = replace(ENTRY, available_until=date(2026, 9, 24), successor="mock-ai")
    VideoModelFactory.register("quiet.1", Quiet, entry=entry)
    after = registry.RegisteredModels(date(2026, 9, 25), {})
    assert after.unavailable(after.catalogue.entries["quiet.1"]) == (
        "its provider retired it on 2026-09-24; choose mock-ai"
    )
    before = registry.RegisteredModels(date(2026, 9, 24), {})
    assert before.unavailable(before.catalogue.entries["quiet.1"]) is None


@pytest.mark.usefixtures("own_registry")
def test_a_model_retires_while_the_program_runs() -> None:
    last_day = date(2026, 9, 24)
    VideoModelFactory.register("quiet.1", Quiet, entry=replace(ENTRY, available_until=last_day))
    days = iter([last_day, last_day, date(2026, 9, 25)])
    models = registry.RegisteredModels(lambda: next(days), {})
    assert "quiet.1" in models.catalogue.usable_ids()
    assert "quiet.1" not in models.catalogue.usable_ids()


class AtAcme(Quiet):
    """As `register_provider` wants it: made with an entry, at an account."""

    def __init__(self, entry: ModelEntry, account: Account | None) -> None:
        self.entry, self.account = entry, account


ACME = """
[provider]
name = "acme"
env_key = "ACME_API_KEY"

[account_settings.region]
type = "string"
title = "Region"

[[models]]
id = "acme-2"
title = "Acme 2"
"""


@pytest.mark.usefixtures("own_registry")
def test_a_plug_in_s_provider_takes_stored_keys(tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_text(ACME)
    VideoModelFactory.register_provider(tmp_path, AtAcme)
    models = registry.RegisteredModels(TODAY, {})
    provider = next(one for one in models.providers() if one.id == "acme")
    assert (provider.can_store, list(provider.settings)) == (True, ["region"])
    entry = models.catalogue.entries["acme-2"]
    assert "ACME_API_KEY" in (models.unavailable(entry) or "")
    settings = {"region": "north"}
    stored = StoredAccount(
        id="a1", provider="acme", name="studio", sealed_key="sealed", settings=settings
    )
    models.know([stored])
    assert models.unavailable(entry) is None
    assert models.accounts(entry) == ("a1",)
    adapter = models.adapter("acme-2", "a1")
    assert isinstance(adapter, AtAcme)
    assert (adapter.entry.id, adapter.account and adapter.account.setting("region")) == (
        "acme-2",
        "north",
    )
    with_key = models.adapter("acme-2")
    assert isinstance(with_key, AtAcme)
    assert with_key.account is None, "the environment's, which the adapter finds itself"


@pytest.mark.usefixtures("own_registry")
def test_settings_that_are_no_table_are_refused(tmp_path: Path) -> None:
    wrong = ACME.replace("[account_settings.region]", "[account_settings]")
    (tmp_path / "catalogue.toml").write_text(wrong)
    with pytest.raises(BadInput, match="account_settings is not a table of tables"):
        VideoModelFactory.register_provider(tmp_path, AtAcme)
