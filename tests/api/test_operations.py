"""Edits as operations: each applied once however often it is sent, refused where somebody else has
changed the same, and told to everybody who listens. The vectors are those that the web runs too."""

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
from tests.api.studio import Json, Studio, shot

VECTORS = Path(__file__).parents[1] / "vectors" / "operations"
CASES = [
    pytest.param(case, id=f"{file.stem}-{case['name']}")
    for file in sorted(VECTORS.glob("*.json"))
    for case in json.loads(file.read_text())
]


def new_id() -> str:
    """An id as a client makes it."""
    return str(uuid4())


def named(value: Any, run: str) -> Any:
    """Vectors name things by @ and a letter; the API wants ids."""
    if isinstance(value, str) and value.startswith("@"):
        return str(uuid5(NAMESPACE_URL, run + value))
    if isinstance(value, list):
        return [named(one, run) for one in value]
    if isinstance(value, dict):
        return {named(key, run): named(inner, run) for key, inner in value.items()}
    return value


def send(studio: Studio, project: Json, *changes: Json, client: str | None = None) -> Json:
    """The answer to operations; each is a step of its own unless it says."""
    operations = [{"id": new_id(), "step": new_id(), **change} for change in changes]
    answer: Json = studio.ask(
        "POST",
        f"/api/projects/{project['id']}/operations",
        json={"client": client or new_id(), "operations": operations},
    )
    return answer


def statuses(answer: Json) -> list[str]:
    """What became of each operation."""
    return [one["status"] for one in answer["outcomes"]]


def says(whole: Any, part: Any) -> bool:
    """Whether `whole` says all that `part` says; fields that `part` leaves out may say anything."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            says(whole.get(name), value) for name, value in part.items()
        )
    return bool(whole == part)


def edit(segment: Json, was: str, prompt: str) -> Json:
    """Another prompt, by somebody who saw `was`."""
    return {
        "type": "edit_segment",
        "segment": segment["id"],
        "set": {"prompt": prompt},
        "was": {"prompt": was},
    }


def prompts(studio: Studio, project: Json) -> list[str]:
    """The prompts in order."""
    return [one["prompt"] for one in studio.read(project)["segments"]]


@pytest.mark.parametrize("vector", CASES)
def test_vectors(studio: Studio, vector: Json) -> None:
    run = new_id()
    project = studio.project()
    case = named(vector, run)
    begin: list[Json] = []
    if case["before"]["segments"]:
        segments = case["before"]["segments"]
        begin.append({"type": "insert_segments", "segments": segments, "after": None})
    if case["before"]["items"]:
        begin.append({"type": "insert_items", "items": case["before"]["items"], "after": None})
    if begin:
        assert set(statuses(send(studio, project, *begin))) == {"applied"}
    assert statuses(send(studio, project, *case["operations"])) == case["outcomes"]
    after, now = case["after"], studio.read(project)
    if "segments" in after:
        assert [one["id"] for one in now["segments"]] == [one["id"] for one in after["segments"]]
        for stands, wanted in zip(now["segments"], after["segments"], strict=True):
            assert says(stands, wanted), (stands, wanted)
    if "items" in after:
        items = studio.ask("GET", f"/api/projects/{project['id']}/items")
        assert [one["id"] for one in items] == [one["id"] for one in after["items"]]
        for stands, wanted in zip(items, after["items"], strict=True):
            assert says(stands, wanted), (stands, wanted)
            assert "fields" not in wanted or stands["fields"] == wanted["fields"]
    assert says(now, after.get("project", {}))
    assert says(now["settings"], after.get("settings", {}))


def test_one_that_is_sent_again_is_applied_once(studio: Studio) -> None:
    project = studio.project(shot("one"), shot("two"))
    first = project["segments"][0]
    move = {
        "type": "move_segments",
        "segments": [first["id"]],
        "after": project["segments"][1]["id"],
        "id": new_id(),
        "step": new_id(),
    }
    once = send(studio, project, move)
    back = {"type": "move_segments", "segments": [first["id"]], "after": None}
    send(studio, project, back)
    again = send(studio, project, move)
    assert statuses(again) == ["applied"]
    assert prompts(studio, project) == ["one", "two"], "the later move stands"
    assert again["revision"] == once["revision"] + 1


def test_a_conflict_names_field_theirs_and_mine(studio: Studio) -> None:
    project = studio.project(shot("one"))
    segment = project["segments"][0]
    send(studio, project, edit(segment, "one", "theirs"))
    refused = send(studio, project, edit(segment, "one", "mine"))["outcomes"][0]
    assert refused["status"] == "conflict"
    assert refused["clashes"] == [{"field": "prompt", "theirs": "theirs", "mine": "mine"}]


def test_one_that_cannot_be_read_is_refused_by_field_and_keeps_nobody_back(studio: Studio) -> None:
    project = studio.project(shot("one"), shot("two"))
    one, two = project["segments"]
    wrong = {
        "type": "edit_segment",
        "segment": one["id"],
        "set": {"trim": {"start": -1}},
        "was": {"trim": None},
    }
    answer = send(studio, project, wrong, edit(two, "two", "zwei"))
    assert statuses(answer) == ["refused", "applied"]
    assert answer["outcomes"][0]["errors"][0]["field"] == "trim.start"


def test_undoing_a_deletion_brings_back_id_takes_choice_and_pin(studio: Studio) -> None:
    project = studio.project(shot("take me", seed=901))
    segment = project["segments"][0]
    studio.make(project)
    studio.edit(segment, prompt="take me too")
    studio.make(project)
    old = studio.takes(segment)[-1]
    pin = {"take_id": old["id"], "pinned": True}
    studio.ask("PUT", f"/api/segments/{segment['id']}/take", json=pin)
    before, takes = studio.read(project), studio.takes(segment)
    jobs = studio.generations()
    delete = {
        "type": "delete_segments",
        "segments": [segment["id"]],
        "id": new_id(),
        "step": new_id(),
    }
    send(studio, project, delete)
    assert studio.read(project)["segments"] == []
    back = {
        "id": segment["id"],
        "prompt": "take me too",
        "model_params": segment["model_params"],
    }
    insert = {
        "type": "insert_segments",
        "segments": [back],
        "after": None,
        "restores": delete["id"],
    }
    assert statuses(send(studio, project, insert)) == ["applied"]
    now = studio.read(project)["segments"][0]
    same = ("id", "prompt", "take_id", "chosen_take_id", "pinned", "asset_url", "take_count")
    assert {n: now[n] for n in same} == {n: before["segments"][0][n] for n in same}
    kept = ("id", "number", "asset_url", "is_pinned")
    assert [{n: t[n] for n in kept} for t in studio.takes(segment)] == [
        {n: t[n] for n in kept} for t in takes
    ]
    assert studio.generations() == jobs, "nothing is generated again"


def test_undoing_a_choice_brings_back_the_one_before(studio: Studio) -> None:
    project = studio.project(shot("choose", seed=902))
    segment = project["segments"][0]
    studio.make(project)
    studio.edit(segment, prompt="choose again")
    studio.make(project)
    new, old = studio.takes(segment)
    assert studio.read(project)["segments"][0]["take_id"] == new["id"]
    choose = {
        "id": new_id(),
        "step": new_id(),
        "type": "choose_take",
        "segment": segment["id"],
        "set": {"take_id": old["id"], "pinned": True},
        "was": {"take_id": None, "pinned": False},
    }
    assert statuses(send(studio, project, choose)) == ["applied"]
    assert studio.read(project)["segments"][0]["take_id"] == old["id"]
    back = {
        "type": "choose_take",
        "segment": segment["id"],
        "set": choose["was"],
        "was": choose["set"],
        "restores": choose["id"],
    }
    assert statuses(send(studio, project, back)) == ["applied"]
    assert studio.read(project)["segments"][0]["take_id"] == new["id"]
    assert len(studio.takes(segment)) == 2, "no take is deleted"


def test_everybody_who_listens_is_told(studio: Studio) -> None:
    project = studio.project(shot("one"))
    client, change = new_id(), edit(project["segments"][0], "one", "two")
    with studio.listen(f"/api/projects/{project['id']}/events?after={project['event_seq']}") as ear:
        answer = send(studio, project, change, client=client)
        event = json.loads(ear.recv(timeout=30))
    assert event["type"] == "project.operations"
    told = event["data"]
    assert (told["client"], told["revision"]) == (client, answer["revision"])
    assert says(told["operations"][0], change)
