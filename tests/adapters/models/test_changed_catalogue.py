"""A stored project whose model is another one by now: the plan names the segment and the fix, and
nothing is spent; moving it to another model puts it right."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from video_foundry import VideoModelFactory, VideoModelInterface
from video_foundry.adapters.models import registry
from video_foundry.bootstrap import running_context
from video_foundry.core.catalogue import ModelEntry
from video_foundry.errors import BadInput
from video_foundry.services._edit import SegmentContent
from video_foundry.services.plans import plan_project
from video_foundry.services.projects import create_project
from video_foundry.services.renders import start_render
from video_foundry.services.retarget import retarget_project
from video_foundry.services.segments import add_segment
from video_foundry.settings import Settings


class Brush(VideoModelInterface):
    """A model that nobody ever asks."""

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        raise AssertionError("nothing may be submitted")

    async def get_status(self, job_id: str) -> str:
        raise AssertionError("nothing was submitted")

    async def get_result(self, job_id: str) -> str:
        raise AssertionError("nothing was made")


ENTRY = ModelEntry(
    id="brush",
    provider="me",
    title="Brush",
    parameters={
        "type": "object",
        "additionalProperties": False,
        "properties": {"seed": {"type": "integer", "minimum": 0, "maximum": 99}},
    },
)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test registers is gone after it."""
    held = registry._REGISTRY
    own = replace(
        held,
        adapters=dict(held.adapters),
        entries=dict(held.entries),
        built_in=set(held.built_in),
    )
    monkeypatch.setattr(registry, "_REGISTRY", own)
    yield


async def project_with_a_brush(settings: Settings) -> str:
    """A stored project, made while the model made video."""
    VideoModelFactory.register("brush", Brush, entry=ENTRY)
    async with running_context(settings) as ctx:
        made = await create_project(ctx, name="a film")
        for model in ("mock-ai", "brush"):
            content = SegmentContent(prompt="a road", model_params={"model": model, "seed": 7})
            await add_segment(ctx, made.row.id, content)
    return made.row.id


@pytest.mark.parametrize(
    ("now", "code", "field"),
    [
        (replace(ENTRY, makes="image"), "not_a_video_model", "segments.1.model_params.model"),
        (
            replace(ENTRY, parameters={**ENTRY.parameters, "properties": {}}),
            "bad_parameter",
            "segments.1.model_params.seed",
        ),
    ],
)
async def test_a_plan_names_the_segment_that_no_longer_fits(
    tmp_path: Path, now: ModelEntry, code: str, field: str
) -> None:
    settings = Settings(data_dir=tmp_path)
    project_id = await project_with_a_brush(settings)
    VideoModelFactory.register("brush", Brush, entry=now)
    async with running_context(settings) as ctx:
        for ask in (plan_project, start_render):
            with pytest.raises(BadInput, match="segment 2: ") as caught:
                await ask(ctx, project_id)
            assert caught.value.code == code
            assert [p.field for p in caught.value.problems] == [field]
            assert caught.value.problems[0].fix
        moved = await retarget_project(ctx, project_id, to="mock-ai")
        assert [move.action for move in moved.moves] == ["unchanged", "changed"]
        plan = await plan_project(ctx, project_id)
        assert (plan.ready, plan.to_generate) == (True, 1), "both ask for the same now"


async def test_a_model_that_retired_is_refused_before_money_with_its_successor(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path)
    project_id = await project_with_a_brush(settings)
    gone = replace(ENTRY, retired="its maker has closed", successor="mock-ai")
    VideoModelFactory.register("brush", Brush, entry=gone)
    async with running_context(settings) as ctx:
        plan = await plan_project(ctx, project_id)
        (problem,) = plan.problems
        assert problem.segment_id == plan.segments[1].segment_id
        assert "its maker has closed" in problem.message
        assert "mock-ai" in (problem.fix or "")
        with pytest.raises(BadInput, match="its maker has closed") as caught:
            await start_render(ctx, project_id)
        assert caught.value.code == "plan_not_ready"


async def test_a_model_that_is_gone_altogether_can_be_moved_away_from(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    project_id = await project_with_a_brush(settings)
    for known in (registry._REGISTRY.entries, registry._REGISTRY.adapters):
        known.pop("brush")
    async with running_context(settings) as ctx:
        with pytest.raises(BadInput, match="segment 2: ") as caught:
            await plan_project(ctx, project_id)
        assert caught.value.code == "unknown_model"
        before = (await retarget_project(ctx, project_id, to="mock-ai", is_dry_run=True)).before
        assert not before.is_known, "what a model cost that nobody knows is not known"
        await retarget_project(ctx, project_id, to="mock-ai")
        assert (await plan_project(ctx, project_id)).ready
