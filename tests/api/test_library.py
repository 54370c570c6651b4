"""What editors list: every take of a project with the one each segment shows, and past renders with
what each made and what it could keep."""

import pytest
from tests.api.plugins import barcode
from tests.api.studio import Json, Studio


@pytest.fixture(scope="module")
def rendered(studio: Studio) -> tuple[Json, Json]:
    """Three clips with a transition after the first, and the render that made them."""
    first = {**barcode(1, prompt="listed"), "transition": {"kind": "dissolve", "duration": 0.25}}
    project = studio.project(first, barcode(2, prompt="listed"), barcode(3, prompt="listed"))
    return project, studio.make(project)


def listed(studio: Studio, project: Json, **query: int) -> list[Json]:
    found: list[Json] = studio.ask("GET", f"/api/projects/{project['id']}/takes", params=query)
    return found


def test_the_takes_of_all_segments_are_listed_in_pages(
    studio: Studio, rendered: tuple[Json, Json]
) -> None:
    project, _ = rendered
    segments = studio.read(project)["segments"]
    assert [(s["take_number"], s["take_count"]) for s in segments] == [(1, 1)] * 3
    studio.ask("POST", f"/api/segments/{segments[0]['id']}/takes", 202, json={"count": 1})
    takes = studio.until(lambda: listed(studio, project), lambda found: len(found) == 4)
    newest = takes[0]
    assert (newest["segment_id"], newest["number"]) == (segments[0]["id"], 2)
    assert {t["id"] for t in takes if t["is_current"]} == {s["take_id"] for s in segments}
    assert [listed(studio, project, limit=2, offset=at) for at in (0, 2)] == [takes[:2], takes[2:]]

    body = {"take_id": newest["id"], "pinned": True}
    chosen = studio.ask("PUT", f"/api/segments/{segments[0]['id']}/take", json=body)
    assert (chosen["take_number"], chosen["take_count"]) == (2, 2)
    assert (listed(studio, project)[0]["is_current"], listed(studio, project)[0]["is_pinned"]) == (
        True,
        True,
    )
    studio.ask("PUT", f"/api/segments/{segments[0]['id']}/take", json={"take_id": None})


def test_the_takes_of_no_project_are_not_found(studio: Studio) -> None:
    studio.refused("GET", f"/api/projects/{'0' * 8}-0000-4000-8000-{'0' * 12}/takes", 404)


def test_a_changed_segment_shows_no_take(studio: Studio) -> None:
    project = studio.project(barcode(4, prompt="before"))
    (segment,) = project["segments"]
    assert (segment["take_number"], segment["is_changed"]) == (None, False)
    studio.make(project)
    edited = studio.edit(segment, prompt="after")
    assert (edited["take_number"], edited["take_count"], edited["is_changed"]) == (None, 1, True)


def test_the_history_says_what_each_render_made_and_why(
    studio: Studio, rendered: tuple[Json, Json]
) -> None:
    project, first = rendered
    work = first["work"]
    assert (work["generated"], work["kept"], work["pieces"]) == (3, 0, 1)
    assert (work["encode_seconds"], work["film_seconds"]) == (1.25, 1.25)
    assert work["words"] == "3 segments made anew, 1 transition, 1.2 s encoded of 1.2 s"
    assert {(one["number"], one["why"]) for one in work["named"]} == {
        (number, "never generated") for number in (1, 2, 3)
    }

    last = studio.read(project)["segments"][2]
    studio.edit(last, prompt="another end")
    second = studio.make(project)
    assert second["work"]["named"] == [
        {"segment_id": last["id"], "number": 3, "why": "changed: prompt"}
    ]
    assert (second["work"]["generated"], second["work"]["kept"]) == (1, 2)
    assert second["work"]["pieces"] == 0, "the transition is copied"
    assert second["work"]["words"] == "1 segment made anew, 0.5 s encoded of 1.2 s"

    third = studio.make(project)
    assert third["work"]["words"] == "Nothing to encode"
    history = studio.ask("GET", f"/api/projects/{project['id']}/render-jobs")
    assert [one["work"] for one in history] == [one["work"] for one in (third, second, first)]
