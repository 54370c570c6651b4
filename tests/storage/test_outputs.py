"""Files of a project's outputs: of each the newest is kept, and one that is lost is made again."""

from tests.api.studio import Json, shot
from tests.storage.house import House, in_turn

OUTPUTS = [
    {"name": "tall", "width": 90, "height": 160},
    {"name": "teaser", "kind": "gif", "width": 64},
]


def a_film(house: House, prompt: str) -> Json:
    project = house.studio.project(shot(prompt))
    path = f"/api/projects/{project['id']}"
    changed: Json = house.studio.ask("PATCH", path, json={"outputs": OUTPUTS})
    return changed


def digests(house: House, render: Json) -> dict[str, str]:
    """name of an output -> digest of its file."""
    query = "SELECT name, digest FROM render_outputs WHERE render_id = :1"
    return {row[0]: row[1] for row in house.sql(query, render["id"])}


@in_turn
def test_the_newest_film_of_each_output_is_kept(house: House) -> None:
    project = a_film(house, "first cut")
    old = house.studio.make(project)
    before = digests(house, old)
    assert house.lies()["films"][0] == 3
    house.studio.edit(project["segments"][0], prompt="second cut")
    new = house.studio.make(project, outputs=["tall"])
    assert house.prune("--to", "0").last["films"] == 0
    assert house.lies()["films"][0] == 4, "no film is a piece under the cap"
    told = house.prune("--films-older-than", "0")
    assert (told.code, told.last["films"]) == (0, 1)
    assert house.objects.read(before["tall"]) is None
    assert house.objects.read(before["main"]) and house.objects.read(before["teaser"])
    assert house.objects.read(digests(house, new)["tall"])
    seen = house.studio.ask("GET", f"/api/render-jobs/{old['id']}")
    there = {one["name"]: (one["url"] is not None, one["was_made"]) for one in seen["outputs"]}
    assert there == {"main": (True, True), "tall": (False, True), "teaser": (True, True)}
    gone = house.studio.refused("GET", f"/api/render-jobs/{old['id']}/outputs/tall", 409)
    assert gone["code"] == "film_removed"
    assert house.check("--deep").code == 0
    house.studio.edit(project["segments"][0], prompt="first cut")
    assert digests(house, house.studio.make(project)) == before, "made again when wanted"


def test_a_lost_film_of_an_output_is_forgotten_and_made_again(house: House) -> None:
    project = a_film(house, "a lost cut")
    render = house.studio.make(project)
    before = digests(house, render)
    house.objects.remove(before["tall"])
    house.objects.remove(before["teaser"])
    told = house.check("--repair")
    found = {f["digest"]: f["of"] for f in told.last["findings"]}
    assert {found.get(before["tall"]), found.get(before["teaser"])} == {"composed"}
    plan = house.studio.plan(project)
    unchanged = {one["name"]: one["is_unchanged"] for one in plan["outputs"]}
    assert unchanged == {"main": True, "tall": False, "teaser": False}
    again = house.studio.make(project)
    assert digests(house, again) == before
    assert house.objects.read(before["tall"]) and house.objects.read(before["teaser"])
    assert house.check("--deep").code == 0
