"""A list of models to fall back on: shown in the plan, within the cap, used when one refuses for
certain, and never after a doubt."""

from decimal import Decimal
from typing import Any

from tests.api.plugins import barcode
from tests.api.studio import Json, Studio, shot


def refusing(prompt: str, *fallbacks: object, fail: str = "moderated", **params: Any) -> Json:
    """A shot whose own model refuses it."""
    return shot(prompt, fail=fail, fallbacks=list(fallbacks), **params)


WILLING = {"model": "mock-ai", "fail": "none"}


def test_the_plan_shows_the_chain_and_counts_the_dearest(studio: Studio) -> None:
    project = studio.project(refusing("in turn", "storyboard", "barcode-paid", seed=7))
    plan = studio.plan(project)
    (planned,) = plan["segments"]
    assert planned["model"] == "mock-ai"
    drawn, bars = planned["fallbacks"]
    assert (drawn["model"], bars["model"]) == ("storyboard", "barcode-paid")
    assert "fail" in {one["parameter"] for one in drawn["lost"]}
    assert {one["parameter"]: one["new"] for one in drawn["changed"]} == {"duration": 1}
    assert Decimal(bars["price"]["high"]) == Decimal("0.20")
    assert Decimal(plan["price"]["low"]) == 0
    assert Decimal(plan["price"]["high"]) == Decimal("0.20")
    problem = studio.refused(
        "POST", f"/api/projects/{project['id']}/render", 402, json={"max_cost": "0.19"}
    )
    assert problem["code"] == "over_max_cost"


def test_a_refusal_falls_back_and_is_not_asked_again(studio: Studio) -> None:
    project = studio.project(refusing("refused once", WILLING), shot("beside it"))
    before = studio.generations()
    studio.make(project)
    assert studio.generations() == before + 3
    first = studio.read(project)["segments"][0]
    assert (first["status"], first["error_code"]) == ("completed", None)
    assert first["asset_url"] == studio.takes(first)[0]["asset_url"]
    plan = studio.plan(project)
    assert plan["to_generate"] == 0
    assert plan["segments"][0]["reason"]["code"] == "unchanged"
    studio.make(project)
    ids = [segment["id"] for segment in reversed(studio.read(project)["segments"])]
    body = {"segment_ids": ids}
    studio.ask("POST", f"/api/projects/{project['id']}/segments/reorder", json=body)
    studio.ask("POST", f"/api/segments/{first['id']}/duplicate", 201)
    assert studio.plan(project)["to_generate"] == 0, "reordering and copying are free"
    assert studio.generations() == before + 3


def test_one_after_the_other_until_none_is_left(studio: Studio) -> None:
    last = {"model": "mock-ai", "fail": "refused"}
    project = studio.project(refusing("all in vain", {"model": "mock-ai", "fail": "failed"}, last))
    before = studio.generations()
    render = studio.finish(studio.start(project))
    assert (render["status"], render["error_code"]) == ("failed", "rejected")
    assert studio.generations() == before + 3
    segment = studio.read(project)["segments"][0]
    assert (segment["status"], segment["error_code"]) == ("failed", "rejected")


def test_never_after_a_doubt(studio: Studio) -> None:
    doubtful = {"model": "mock-ai-none", "fail": "timeout-after-accept", "duration": 0.5}
    segment = {"prompt": "who knows", "model_params": {**doubtful, "fallbacks": [WILLING]}}
    project = studio.project(segment)
    before = studio.generations()
    render = studio.start(project)
    studio.until(
        lambda: studio.ask("GET", f"/api/render-jobs/{render['id']}"),
        lambda now: now["status"] == "needs_attention",
    )
    assert studio.generations() == before + 1
    job = studio.read(project)["segments"][0]["job_id"]
    studio.ask("POST", f"/api/jobs/{job}/resolve", json={"action": "abandon"})
    over = studio.finish(render)
    assert (over["status"], over["error_code"]) == ("failed", "abandoned")
    assert studio.generations() == before + 1, "a person gave it up; nobody knows what was paid"


def test_a_model_that_cannot_be_used_is_passed_over(studio: Studio) -> None:
    fallbacks = [{"model": "mock-ai", "duration": 0.5}]
    params = {"model": "runway-gen4.5", "fallbacks": fallbacks}
    project = studio.project({"prompt": "no key", "model_params": params})
    (planned,) = studio.plan(project)["segments"]
    assert planned["model"] == "mock-ai"
    assert "RUNWAY_API_KEY" in planned["reason"]["message"]
    assert planned["fallbacks"] == []
    studio.make(project)


def test_what_is_not_a_list_of_models_is_refused(studio: Studio) -> None:
    project = studio.project()
    path = f"/api/projects/{project['id']}/segments"
    for told, field in (
        ("mock-ai", "model_params.fallbacks"),
        ([7], "model_params.fallbacks"),
        (["mock-ai"] * 9, "model_params.fallbacks"),
        (["no-such-model"], "model_params.fallbacks.0.model"),
        ([{"model": "mock-ai", "colour": 1}], "model_params.fallbacks.0.colour"),
        (["storyboard-frame"], "model_params.fallbacks.0.model"),
    ):
        problem = studio.refused("POST", path, 422, json=shot("wrong", fallbacks=told))
        assert problem["errors"][0]["field"] == field, problem


def test_moving_to_another_model_keeps_the_list(studio: Studio) -> None:
    project = studio.project(barcode(3, fallbacks=["mock-ai"]))
    body = {"to": "storyboard"}
    studio.ask("POST", f"/api/projects/{project['id']}/retarget", json=body)
    params = studio.read(project)["segments"][0]["model_params"]
    assert (params["model"], params["fallbacks"]) == ("storyboard", ["mock-ai"])
