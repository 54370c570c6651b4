"""What is kept for ever, what may go, and that nothing is missed that has gone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.api.studio import shot
from tests.storage.house import House, Told, both, paid

from video_foundry.db import storage as storage_queries
from video_foundry.testing.clips import ClipSpec, make_clip


def upload(house: House, path: Path) -> str:
    """The id of an uploaded file."""
    with path.open("rb") as file:
        made = house.studio.ask("POST", "/api/media", 201, files={"file": (path.name, file)})
    return str(made["id"])


@both
def test_pruning_drops_what_can_be_made_again_and_nothing_else(
    house: House, tmp_path: Path
) -> None:
    own = make_clip(tmp_path / "own.mp4", ClipSpec(number=9, frames=12))
    media = upload(house, own)
    project = house.studio.project(paid("a lighthouse"), {"media": media})
    render = house.studio.make(project)
    film, billed = house.bytes_of(render), house.billed()
    clips = house.clips_of(render)
    before = house.lies()
    assert before["takes"][0] == before["uploads"][0] == before["films"][0] == 1
    assert before["clips"][0] == len(set(clips)) == 2
    assert before["untracked"] == (0, 0)
    stored = house.objects.digests()
    assert sum(count for kind, (count, _) in before.items() if kind != "local cache") == len(stored)

    told = house.prune("--to", "0", "--dry-run")
    assert (told.code, told.last["clips"], told.last["films"]) == (0, 2, 0)
    assert told.last["bytes"] == before["clips"][1]
    assert house.objects.digests() == stored, "a dry run changes nothing"

    told = house.prune("--to", "0")
    assert (told.code, told.last["clips"], told.last["films"]) == (0, 2, 0)
    assert house.objects.digests() == stored - set(clips)
    after = house.lies()
    for kind in ("takes", "uploads", "films", "thumbnails"):
        assert after[kind] == before[kind]
    assert after["clips"] == after["untracked"] == (0, 0)
    assert house.check("--deep").code == 0
    assert house.bytes_of(render) == film

    first, second = project["segments"]
    swap = {"segment_ids": [second["id"], first["id"]]}
    house.studio.ask("POST", f"/api/projects/{project['id']}/segments/reorder", json=swap)
    other = house.studio.make(project)
    assert sorted(house.clips_of(other)) == sorted(clips), "made again, byte for byte"
    house.prune("--to", "0")
    swap = {"segment_ids": [first["id"], second["id"]]}
    house.studio.ask("POST", f"/api/projects/{project['id']}/segments/reorder", json=swap)
    assert house.bytes_of(house.studio.make(project)) == film
    assert house.billed() == billed, "nothing was paid for again"


@both
def test_the_longest_unused_go_first_and_no_more_than_must(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_queries, "TOUCH_EVERY", storage_queries.TOUCH_EVERY * 0)
    projects = [house.studio.project(shot("one of three", seed=n)) for n in range(3)]
    clips = [house.clips_of(house.studio.make(project))[0] for project in projects]
    # The first is used once more: a film of a doubled segment needs its clip.
    house.studio.ask("POST", f"/api/segments/{projects[0]['segments'][0]['id']}/duplicate", 201)
    house.studio.make(projects[0])
    sizes = {d: len(house.objects.read(d) or b"") for d in clips}
    keep = sizes[clips[0]] + sizes[clips[2]]
    told = house.prune("--to", str(keep))
    assert told.last["clips"] == 1
    assert house.objects.digests() & set(clips) == {clips[0], clips[2]}
    assert house.prune("--to", str(keep)).last["clips"] == 0


@both
def test_films_go_only_when_asked_for_and_never_the_newest(house: House) -> None:
    project = house.studio.project(shot("first cut"))
    old = house.studio.make(project)
    house.studio.edit(project["segments"][0], prompt="second cut")
    new = house.studio.make(project)
    alone = house.studio.make(house.studio.project(shot("another film")))
    assert house.prune("--to", "0").last["films"] == 0
    assert house.prune("--films-older-than", "1").last["films"] == 0, "used a moment ago"
    old_film = house.film_of(old)
    told = house.prune("--films-older-than", "0")
    assert (told.code, told.last["films"]) == (0, 1)
    assert house.objects.read(old_film) is None
    assert house.bytes_of(new) and house.bytes_of(alone)
    seen = house.studio.ask("GET", f"/api/render-jobs/{old['id']}")
    assert (seen["status"], seen["video_url"]) == ("completed", None)
    assert house.studio.http.get(f"/api/render-jobs/{old['id']}/video").status_code in (409, 410)
    assert house.check("--deep").code == 0
    house.studio.edit(project["segments"][0], prompt="first cut")
    assert house.film_of(house.studio.make(project)) == old_film, "made again when wanted"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--to", "much"], "--to"),
        (["--to", "-1G"], "--to"),
        ([], "VIDEO_FOUNDRY_REBUILDABLE_MAX_BYTES"),
        (["--films-older-than", "-3"], "films-older-than"),
    ],
)
def test_wrong_wishes_are_refused_by_name(
    command: Callable[..., Told], arguments: list[str], names: str
) -> None:
    told = command("storage", "prune", *arguments)
    assert told.code == 2
    assert names in told.err
