"""Plan before spend: what a plan says, and that nothing starts over the cap, on a plan that has
drifted, or with a model that cannot be used."""

from decimal import Decimal

from tests.api.plugins import barcode
from tests.api.studio import Json, Studio, shot


def nothing_started(studio: Studio, project: Json, jobs_before: int) -> None:
    """No job, no render, no change of any segment."""
    assert studio.generations() == jobs_before
    assert studio.ask("GET", f"/api/projects/{project['id']}/render-jobs") == []
    assert studio.read(project)["revision"] == project["revision"]
    assert {s["status"] for s in studio.read(project)["segments"]} <= {"pending"}


def test_a_plan_names_action_reason_price_and_steps(studio: Studio) -> None:
    project = studio.project(barcode(1, model="barcode-paid", prompt="a price tag"), shot("free"))
    before = studio.generations()
    plan = studio.plan(project)
    paid, free = plan["segments"]
    assert (paid["action"], paid["reason"]["code"]) == ("generate", "new")
    assert Decimal(paid["price"]["high"]) == Decimal("0.20"), "half a second at 0.40 a second"
    assert Decimal(free["price"]["high"]) == 0
    assert Decimal(plan["price"]["low"]) == Decimal(plan["price"]["high"]) == Decimal("0.20")
    assert (plan["to_generate"], plan["reused"], plan["frames"]) == (2, 0, 24)
    assert [s["kind"] for s in plan["steps"]] == [
        *("clip", "clip", "sound", "sound", "mix", "master")
    ]
    assert plan["seconds"] > 0
    assert studio.plan(project) == plan, "looking changes nothing"
    nothing_started(studio, project, before)


def test_a_changed_field_is_named_with_old_and_new_value(studio: Studio) -> None:
    project = studio.project(barcode(2, prompt="before"))
    studio.make(project)
    segment = studio.edit(
        project["segments"][0],
        prompt="after",
        model_params={"model": "barcode", "number": 3, "duration": 1},
    )
    planned = studio.plan(project)["segments"][0]
    assert planned["segment_id"] == segment["id"]
    assert planned["reason"]["code"] == "changed"
    assert planned["reason"]["changes"] == [
        {"field": "params.duration", "old": 0.5, "new": 1},
        {"field": "params.number", "old": 2, "new": 3},
        {"field": "prompt", "old": "before", "new": "after"},
    ]


def test_a_plan_that_has_drifted_is_refused_with_the_new_one(studio: Studio) -> None:
    project = studio.project(barcode(4, prompt="as shown"))
    seen = studio.plan(project)["digest"]
    studio.edit(project["segments"][0], prompt="as changed by somebody else")
    project, before = studio.read(project), studio.generations()
    problem = studio.refused(
        "POST", f"/api/projects/{project['id']}/render", 409, json={"plan_digest": seen}
    )
    assert problem["code"] == "plan_drifted"
    assert problem["plan"] == studio.plan(project)
    assert problem["plan"]["digest"] != seen
    assert problem["errors"][0]["field"] == "plan_digest"
    nothing_started(studio, project, before)


def test_a_plan_over_the_cap_is_refused(studio: Studio) -> None:
    project = studio.project(*(barcode(n, model="barcode-paid", prompt="dear") for n in (5, 6)))
    before = studio.generations()
    for cap in ("0", 0, "0.39", 0.399999):
        problem = studio.refused(
            "POST", f"/api/projects/{project['id']}/render", 402, json={"max_cost": cap}
        )
        assert problem["code"] == "over_max_cost"
        assert problem["errors"][0]["field"] == "max_cost"
        assert "0.4" in problem["detail"]
    nothing_started(studio, project, before)
    render = studio.make(project, max_cost="0.40")
    assert Decimal(render["cost_actual"]["amount"]) == Decimal("0.40")
    assert render["cost_is_known"] is True
    again = studio.start(project, max_cost="0")
    assert Decimal(again["cost_actual"]["amount"]) == 0, "what is there costs nothing"


def test_what_was_billed_in_another_currency_is_told_beside(studio: Studio) -> None:
    shots = (barcode(9, model="barcode-paid"), barcode(10, model="barcode-abroad"))
    render = studio.make(studio.project(*shots))
    assert Decimal(render["cost_estimate"]["high"]) == Decimal("0.40")
    assert render["cost_actual"] == {"amount": "0.2", "currency": "USD"}
    assert render["other_costs"] == [{"amount": "3", "currency": "CNY"}]


def test_an_unknown_price_never_passes_a_cap(studio: Studio) -> None:
    project = studio.project(barcode(7, model="barcode-dear", prompt="who knows"))
    assert studio.plan(project)["price"]["is_known"] is False
    before = studio.generations()
    problem = studio.refused(
        "POST", f"/api/projects/{project['id']}/render", 402, json={"max_cost": 1000}
    )
    assert "not known" in problem["detail"]
    nothing_started(studio, project, before)


def test_the_cap_holds_for_takes_and_retries_too(studio: Studio) -> None:
    project = studio.project(barcode(8, model="barcode-paid", prompt="one more"))
    segment, before = project["segments"][0], studio.generations()
    url = f"/api/segments/{segment['id']}"
    studio.refused("POST", f"{url}/retry", 402, json={"max_cost": "0.19"})
    studio.refused("POST", f"{url}/takes", 402, json={"count": 3, "max_cost": "0.59"})
    nothing_started(studio, project, before)


def test_a_model_without_a_key_says_which_one_to_set_before_anything_starts(
    studio: Studio,
) -> None:
    announced = {
        "prompt": "Futuristic app interface",
        "model_params": {"model": "runway-gen3", "duration": 5, "aspect_ratio": "16:9"},
    }
    project = studio.project(shot("can be made"), announced)
    before = studio.generations()
    plan = studio.plan(project)
    assert plan["ready"] is False
    assert len(plan["problems"]) == 1
    problem = studio.refused("POST", f"/api/projects/{project['id']}/render", 422)
    assert "no key for this model: set RUNWAY_API_KEY, or choose" in problem["detail"]
    assert project["segments"][1]["id"] in problem["errors"][0]["field"]
    studio.refused("POST", f"/api/segments/{project['segments'][1]['id']}/takes", 422)
    nothing_started(studio, project, before)


def test_a_retired_name_says_what_to_choose(studio: Studio) -> None:
    project = studio.project({"prompt": "p", "model_params": {"model": "stability-ai"}})
    problem = studio.refused("POST", f"/api/projects/{project['id']}/render", 422)
    assert "storyboard" in problem["detail"]


def test_a_project_without_segments_is_not_rendered(studio: Studio) -> None:
    project = studio.project()
    problem = studio.refused("POST", f"/api/projects/{project['id']}/render", 422)
    assert problem["errors"] == [
        {
            "field": "segments",
            "message": "the project has no segments",
            "fix": "add at least one segment",
        }
    ]
    assert studio.plan(project)["ready"] is False


def test_the_catalogue_names_the_models_and_why_one_cannot_be_used(studio: Studio) -> None:
    models = {m["id"]: m for m in studio.ask("GET", "/api/models")["models"]}
    assert models["mock-ai"]["is_available"] and models["storyboard"]["is_available"]
    assert "RUNWAY_API_KEY" in models["runway-gen4.5"]["unavailable_reason"]
    assert "runway-gen3" in models["runway-gen4.5"]["aliases"]
    assert models["barcode-paid"]["prices"][0]["amount"] == "0.40"
    assert models["mock-ai"]["parameters"]["properties"]["duration"]["maximum"] == 60
