"""Whether everything is still there, and what is done about what is not: what can be made again is,
and what was paid for is never forgotten."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.api.studio import Json, shot
from tests.sampling import turn
from tests.storage.house import FolderVandal, House, Slow, Told, Vandal, in_turn, paid

from video_foundry.services import integrity, repairs
from video_foundry.testing.clips import ClipSpec, make_clip

DAMAGES = {"object_missing": "remove", "size_mismatch": "truncate", "digest_mismatch": "flip"}
"""What a check finds -> what was done to the object."""


on_both = pytest.mark.parametrize(
    ("house", "kind"),
    turn([(house, kind) for house in ("embedded", "cluster") for kind in DAMAGES], len(DAMAGES)),
    indirect=["house"],
)
"""One kind of damage a turn, done to a folder and to a bucket."""
PIECES = ("clip", "sound", "mix")


def damage(objects: Vandal, digest: str, kind: str) -> None:
    """Let the object be found so."""
    getattr(objects, DAMAGES[kind])(digest)


def only(told: Told, kind: str) -> dict[str, object]:
    """The one finding that there is, of this kind."""
    found = told.kinds()
    assert list(found) == [kind], told.out
    assert len(found[kind]) == 1
    return dict(found[kind][0])


def test_a_sound_installation_is_found_sound(house: House) -> None:
    house.studio.make(house.studio.project(paid("all is well")))
    told = house.check("--deep")
    assert (told.code, told.last["ok"], told.last["findings"]) == (0, True, [])
    assert told.last["objects"] == len(house.objects.digests())
    read = sum(size for kind, (_, size) in house.lies().items() if kind != "local cache")
    assert told.last["bytes_read"] == read, "every byte of every object"
    words = house.run("doctor", "--integrity")
    assert words.code == 0
    assert "everything is there" in words.out


@in_turn
def test_the_doctor_names_the_store_that_it_looked_at(house: House) -> None:
    findings = {f["name"]: f for f in house.run("doctor", "--json").last["findings"]}
    where = house.settings.get("objects_url", str(house.data))
    assert (findings["objects"]["level"], findings["objects"]["message"]) == ("ok", where)


@on_both
def test_what_can_be_made_again_is_made_again(house: House, kind: str) -> None:
    project = house.studio.project(paid("to be damaged"))
    render = house.studio.make(project)
    film, billed = house.bytes_of(render), house.billed()
    made = {*house.pieces_of(render), house.film_of(render)}
    assert len(made) == 4, "a clip, its sound, the mix and the film"
    for digest in made:
        damage(house.objects, digest, kind)
    options = ("--deep",) if kind == "digest_mismatch" else ()
    if options:
        assert house.check().code == 0, "a changed bit is only seen by reading"
    told = house.check(*options)
    assert (told.code, len(told.kinds()[kind])) == (1, 4)
    assert house.check(*options).last["findings"] == told.last["findings"], "looking mends nothing"
    told = house.check(*options, "--repair")
    assert (told.code, told.last["mended"]) == (0, 4)
    assert house.check("--deep").code == 0
    again = house.studio.make(project)
    assert house.bytes_of(again) == film
    assert house.pieces_of(again) == made - {house.film_of(render)}
    assert house.billed() == billed


@on_both
def test_a_paid_clip_is_brought_back_from_its_provider(house: House, kind: str) -> None:
    project = house.studio.project(paid("worth forty cents"))
    house.studio.make(project)
    digest = house.takes_of(project)[0]
    whole, submits = house.objects.read(digest), len(house.ledger.entries())
    damage(house.objects, digest, kind)
    finding = only(house.check("--deep"), kind)
    assert finding["of"] == "take"
    assert "0.40 USD" in str(finding["message"])
    receipt = finding["paid"]
    assert isinstance(receipt, list)
    assert (receipt[0]["cost"], receipt[0]["currency"]) == ("0.40", "USD")
    assert receipt[0]["provider"] == "ledger"
    assert receipt[0]["provider_job_id"] == house.ledger.billed()[-1].id
    told = house.check("--deep", "--repair")
    assert (told.code, only(told, kind)["mended"]) == (0, True)
    assert house.objects.read(digest) == whole
    assert house.check("--deep").code == 0
    assert len(house.ledger.entries()) == submits, "nothing was asked for that could cost money"


def test_a_paid_clip_that_nobody_has_is_never_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = house.studio.project(paid("gone for good"))
    house.studio.make(project)
    digest = house.takes_of(project)[0]
    copy = house.objects.read(digest)
    house.objects.remove(digest)
    with monkeypatch.context() as patch:
        patch.setenv("LEDGER_BASE_URL", "http://127.0.0.1:9")
        for _ in range(2):
            told = house.check("--repair")
            finding = only(told, "object_missing")
            assert (told.code, finding["mended"]) == (1, False)
            assert "backup" in str(finding["note"])
        words = house.run("doctor", "--integrity", "--repair")
        assert words.code == 1
        assert "0.40 USD" in words.out and "ledger" in words.out
    assert len(house.studio.takes(project["segments"][0])) == 1, "the take is still known"
    assert house.studio.plan(project)["to_generate"] == 0, "and is not paid for again unasked"
    assert copy is not None
    house.objects.write(digest, copy)
    assert house.check("--deep").code == 0, "from a backup it is whole again"


def test_an_upload_comes_back_by_uploading_it_again(house: House, tmp_path: Path) -> None:
    own = make_clip(tmp_path / "holiday.mp4", ClipSpec(number=7, frames=12))

    def send() -> str:
        with own.open("rb") as file:
            made = house.studio.ask("POST", "/api/media", 201, files={"file": (own.name, file)})
        return str(made["url"]).rsplit("/", 1)[-1]

    digest = send()
    house.objects.remove(digest)
    told = house.check("--repair")
    finding = only(told, "object_missing")
    assert (told.code, finding["of"], finding["mended"]) == (1, "upload", False)
    assert "holiday.mp4" in str(finding["message"])
    assert send() == digest
    assert house.check("--deep").code == 0


def test_small_pictures_are_drawn_again(house: House) -> None:
    project = house.studio.project(shot("pictured"))
    render = house.studio.make(project)
    segment = house.studio.read(project)["segments"][0]
    small = str(segment["thumbnail_url"]).rsplit("/", 1)[-1]
    poster = str(render["poster_url"]).rsplit("/", 1)[-1]
    house.objects.remove(small)
    house.objects.truncate(poster)
    told = house.check("--deep", "--repair")
    assert told.code == 0
    assert {f["of"] for f in told.last["findings"]} == {"thumbnail"}
    segment = house.studio.read(project)["segments"][0]
    assert house.studio.http.get(segment["thumbnail_url"]).status_code == 200
    seen = house.studio.ask("GET", f"/api/render-jobs/{render['id']}")
    assert house.studio.http.get(seen["poster_url"]).status_code == 200
    assert house.check("--deep").code == 0


@in_turn
def test_objects_that_nobody_knows_go_when_they_are_old_enough(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = house.studio.project(shot("known"))
    stranger = "5" * 64
    house.objects.write(stranger, b"left by a process that was killed")
    told = house.check("--repair")
    assert (told.code, told.last["findings"]) == (0, []), "it may be being filed right now"
    monkeypatch.setattr(integrity, "UNTRACKED_AGE", timedelta(0))
    finding = only(house.check(), "untracked")
    told = house.check("--repair")
    assert (told.code, only(told, "untracked")["mended"]) == (1, False)
    assert "DATABASE_URL" in str(only(told, "untracked")["note"]), "an empty database knows nothing"
    house.studio.make(project)  # now the database has learned of something newer
    assert house.check().code == 1
    assert house.objects.read(stranger) is not None, "looking removes nothing"
    with monkeypatch.context() as patch:
        patch.setattr(repairs, "CLOCK_MARGIN", timedelta(0))
        told = house.check("--repair")
    assert (told.code, only(told, "untracked")["mended"]) == (0, True)
    assert finding["digest"] == stranger
    assert house.objects.read(stranger) is None
    newest = "6" * 64
    house.objects.write(newest, b"newer than all that the database knows")
    assert house.check("--repair").code == 1
    assert house.objects.read(newest) is not None, "the database may be an older copy"


def test_results_whose_bytes_are_known_show_too_that_the_database_is_no_old_copy(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.studio.make(house.studio.project(paid("one")))
    house.objects.write("5" * 64, b"left by a process that was killed")
    monkeypatch.setattr(integrity, "UNTRACKED_AGE", timedelta(0))
    monkeypatch.setattr(repairs, "CLOCK_MARGIN", timedelta(0))
    assert not only(house.check("--repair"), "untracked")["mended"]
    house.studio.make(house.studio.project(paid("two")))  # of which the provider makes the same
    assert only(house.check("--repair"), "untracked")["mended"]


def test_an_hour_is_what_counts_as_old(house: House) -> None:
    if not isinstance(house.objects, FolderVandal):
        pytest.skip("only the time of a local file can be set")
    house.studio.make(house.studio.project(shot("known")))
    for digest, age in (("7" * 64, 3500), ("8" * 64, 3700)):
        house.objects.write(digest, b"some bytes")
        house.objects.age(digest, age)
    assert only(house.check("--repair"), "untracked")["digest"] == "8" * 64
    assert {"7" * 64, "8" * 64} & house.objects.digests() == {"7" * 64}


@in_turn
def test_rows_that_lost_their_other_half_are_mended(house: House) -> None:
    project = house.studio.project(paid("half forgotten"))
    render = house.studio.make(project)
    film, billed = house.bytes_of(render), house.billed()
    take, pieces = house.takes_of(project)[0], house.pieces_of(render)
    for digest in (take, *pieces):
        house.sql("DELETE FROM artifacts WHERE digest = :1", digest, unchecked=True)
    house.sql("UPDATE artifacts SET is_rebuildable = true WHERE is_rebuildable = false")
    assert {f["of"] for f in house.check().kinds()["row_missing"]} == {"take", "composed"}
    told = house.check("--repair")
    assert told.code == 0, told.out
    assert house.check("--deep").code == 0
    assert house.studio.plan(project)["to_generate"] == 0
    assert house.bytes_of(house.studio.make(project)) == film
    assert house.billed() == billed
    assert house.objects.read(take) is not None


def test_what_was_paid_for_stays_even_when_it_is_marked_as_worthless(house: House) -> None:
    project = house.studio.project(paid("mismarked"))
    house.studio.make(project)
    house.sql("UPDATE artifacts SET is_rebuildable = true")
    take = house.takes_of(project)[0]
    assert house.prune("--to", "0", "--films-older-than", "0").code == 0
    assert house.objects.read(take) is not None
    told = house.check("--repair")
    assert (told.code, only(told, "marked_rebuildable")["digest"]) == (0, take)
    assert house.check().code == 0


def made_early(house: House, render: Json, kind: str) -> tuple[str, str]:
    """Fingerprint and digest of the first clip, its sound, or the first stretch of the mix, as soon
    as it is there."""
    query = "SELECT fingerprint, digest FROM render_steps WHERE render_id = :1 AND kind = :2"
    found = house.studio.until(
        lambda: [row for row in house.sql(query, render["id"], kind) if row[1]], bool
    )
    mark, digest = found[0]
    return mark, digest


@pytest.mark.parametrize(
    ("house", "kind"),
    turn([(house, kind) for house in ("embedded", "cluster") for kind in PIECES], len(PIECES)),
    indirect=["house"],
)
def test_a_render_under_way_has_what_it_lost_made_again(
    house: House, slow: Slow, kind: str
) -> None:
    project = house.studio.project(shot("made in time", seconds=10), slow.shot)
    render = house.studio.start(project)
    mark, lost = made_early(house, render, kind)
    house.objects.remove(lost)
    assert house.check("--repair").code == 0
    slow.go()
    done = house.studio.finish(render)
    assert done["status"] == "completed", done["error_message"]
    again = house.sql("SELECT digest FROM compositions WHERE fingerprint = :1", mark)
    assert again[0][0] == lost, "the same, byte for byte"
    assert house.objects.read(lost) is not None
    assert house.check("--deep").code == 0


@pytest.mark.parametrize("kind", turn(PIECES, len(PIECES)))
def test_a_render_notices_by_itself_that_something_has_gone(
    house: House, slow: Slow, kind: str
) -> None:
    project = house.studio.project(shot("lost unseen", seconds=10), slow.shot)
    render = house.studio.start(project)
    _, lost = made_early(house, render, kind)
    house.objects.remove(lost)
    slow.go()
    done = house.studio.finish(render)
    assert done["status"] == "completed", done["error_message"]
    assert house.check("--deep").code == 0


@pytest.mark.parametrize("option", ["--deep", "--repair"])
def test_options_of_the_check_need_the_check(command: Callable[..., Told], option: str) -> None:
    told = command("doctor", option)
    assert told.code == 2
    assert "--integrity" in told.err
