"""What is kept for ever, what may go, and that nothing is missed that has gone."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.plugins import barcode
from tests.api.studio import Json, shot
from tests.storage.house import House, Slow, Told, both, in_turn, paid

from video_foundry.bootstrap import running_context
from video_foundry.db import storage as storage_queries
from video_foundry.services._objects import clear_bytes
from video_foundry.settings import load_settings
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
    pieces = house.pieces_of(render)
    composed = house.clips_of(render) + house.clips_of(render, "sound")
    before = house.lies()
    assert before["takes"][0] == before["uploads"][0] == before["films"][0] == 1
    assert before["clips"][0] == len(pieces) == 5, "picture and sound of both, and the mix"
    assert set(composed) < pieces
    assert before["untracked"] == (0, 0)
    stored = house.objects.digests()
    assert sum(count for kind, (count, _) in before.items() if kind != "local cache") == len(stored)

    told = house.prune("--to", "0", "--dry-run")
    assert (told.code, told.last["clips"], told.last["films"]) == (0, 5, 0)
    assert told.last["bytes"] == before["clips"][1]
    assert house.objects.digests() == stored, "a dry run changes nothing"

    told = house.prune("--to", "0")
    assert (told.code, told.last["clips"], told.last["films"]) == (0, 5, 0)
    assert house.objects.digests() == stored - pieces
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
    swapped = house.clips_of(other)[::-1] + house.clips_of(other, "sound")[::-1]
    assert swapped == composed, "made again, byte for byte"
    house.prune("--to", "0")
    swap = {"segment_ids": [first["id"], second["id"]]}
    house.studio.ask("POST", f"/api/projects/{project['id']}/segments/reorder", json=swap)
    assert house.bytes_of(house.studio.make(project)) == film
    assert house.billed() == billed, "nothing was paid for again"


@in_turn
def test_a_levelled_film_is_not_made_again_for_want_of_its_pieces(house: House) -> None:
    """How loud it is was found out once: nobody has to listen again to know which film it is."""
    segments = (shot("one"), shot("two", seed=1))
    project = house.studio.project(*segments, loudness_lufs=-23)
    first = house.studio.make(project)
    assert house.prune("--to", "0").last["clips"] == len(house.pieces_of(first)) - 1
    assert house.lies()["clips"] == (0, 0)
    composed = house.studio.jobs("compose")
    assert {step["action"] for step in house.studio.plan(project)["steps"]} == {"reuse"}
    again = house.studio.start(project)
    assert again["status"] == "completed", "there was nothing to wait for"
    assert house.bytes_of(again) == house.bytes_of(first)
    assert house.studio.jobs("compose") == composed
    assert house.check("--deep").code == 0


@both
def test_the_longest_unused_go_first_and_no_more_than_must(
    house: House, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.go()
    monkeypatch.setattr(storage_queries, "TOUCH_EVERY", storage_queries.TOUCH_EVERY * 0)
    projects = [house.studio.project(barcode(n)) for n in (1, 2, 3)]
    made = [house.pieces_of(house.studio.make(project)) for project in projects]
    # The first is used once more: a film of a doubled segment needs its picture and its sound.
    house.studio.ask("POST", f"/api/segments/{projects[0]['segments'][0]['id']}/duplicate", 201)
    kept = made[2] | house.pieces_of(house.studio.make(projects[0]))
    gone = (made[0] | made[1]) - kept
    assert len(gone) == 4, "the first mix, and picture, sound and mix of the second"
    room = sum(house.size_of(digest) for digest in kept)
    told = house.prune("--to", str(room))
    assert told.last["clips"] == len(gone)
    assert house.objects.digests() & (kept | gone) == kept
    assert house.prune("--to", str(room)).last["clips"] == 0
    assert house.prune("--to", str(room - 1)).last["clips"] == 1


@in_turn
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


def when_there(house: House, render: Json, kind: str) -> str:
    """Digest of the first segment's picture or sound, as soon as it is composed."""
    return str(house.studio.until(lambda: house.clips_of(render, kind)[0], bool))


@in_turn
def test_what_a_render_under_way_needs_stays(house: House, slow: Slow) -> None:
    project = house.studio.project(shot("soon there"), slow.shot)
    render = house.studio.start(project)
    early = {when_there(house, render, kind) for kind in ("clip", "sound")}
    assert house.prune("--to", "0").last["clips"] == 0
    assert house.objects.digests() >= early
    slow.go()
    done = house.studio.finish(render)
    assert done["status"] == "completed", done["error_message"]
    pieces = house.pieces_of(render)
    assert pieces > early
    assert house.prune("--to", "0").last["clips"] == len(pieces)
    assert not house.objects.digests() & pieces


def must_go(house: House, wanted: int) -> int:
    """How many pieces are to go for so many bytes, the longest unused first."""
    query = (
        "SELECT size FROM artifacts WHERE is_rebuildable AND digest NOT IN "
        "(SELECT master_digest FROM render_jobs WHERE master_digest IS NOT NULL) "
        "ORDER BY coalesce(last_used_at, created_at), digest"
    )
    freed = 0
    for number, (size,) in enumerate(house.sql(query), start=1):
        freed += size
        if freed >= wanted:
            return number
    raise AssertionError("there are not so many bytes")


def test_workers_keep_the_store_under_its_cap(house: House) -> None:
    projects = [house.studio.project(shot("one of four", seed=n)) for n in range(4)]
    films = [house.bytes_of(house.studio.make(project)) for project in projects]
    count, size = house.lies()["clips"]
    assert count >= 2 * len(projects)
    cap = size // 2
    expected = count - must_go(house, size - cap)
    with house.served_again(rebuildable_max_bytes=cap) as studio:
        kept = studio.until(lambda: house.lies()["clips"], lambda lying: lying[1] <= cap)
        assert kept[0] == expected, "no more went than had to"
        studio.edit(projects[0]["segments"][0], trim={"start": 0, "end": 0.25})
        studio.make(projects[0])
        studio.edit(projects[0]["segments"][0], trim=None)
        assert studio.http.get(studio.make(projects[0])["video_url"]).content == films[0]


@both
def test_bytes_are_not_cleared_while_somebody_files_them(house: House) -> None:
    lost = "9" * 64
    house.objects.write(lost, b"stored, and about to be filed")

    async def race() -> tuple[set[str], set[str]]:
        async with running_context(load_settings(embedded_workers=False)) as ctx:
            if ctx.store.is_sqlite:
                return set(), await clear_bytes(ctx, [lost])
            async with ctx.store.write() as filing:
                await storage_queries.hold_bytes(filing.session, [lost])
                meanwhile = await clear_bytes(ctx, [lost])
            return meanwhile, await clear_bytes(ctx, [lost])

    assert asyncio.run(race()) == (set(), {lost})
    assert house.objects.read(lost) is None


STEPS = st.one_of(
    st.tuples(st.just("render"), st.sampled_from(["dawn", "noon", "dusk"])),
    st.tuples(st.just("prune"), st.sampled_from(["0", "100K", "250K"])),
    st.tuples(st.just("films"), st.just("0")),
    st.tuples(st.sampled_from(["lose", "truncate"]), st.integers(0, 20)),
)


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=6))
def test_whatever_is_dropped_and_mended_a_render_gives_the_same_for_nothing(
    house: House, steps: list[tuple[str, Any]]
) -> None:
    known = house.memory
    for step, value in steps:
        match step:
            case "render":
                house.remember(value)
            case "prune":
                assert house.prune("--to", value).code == 0
            case "films":
                assert house.prune("--films-older-than", value).code == 0
            case _:
                house.spoil(step, value)
                assert house.check("--repair").code == 0
    assert house.check("--deep").code == 0
    before = dict(known)
    paid_so_far = house.billed()
    for prompt, film in before.items():
        assert house.remember(prompt) == film
    assert house.billed() == paid_so_far


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
