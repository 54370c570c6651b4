"""A project file that cannot be is refused by the place of what is wrong in it, and nothing of it
is kept: neither in a new project nor in one that is there."""

from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from tests.db.databases import Database
from tests.db.desk import Desk, models_of
from tests.recovery.gate import Gate
from tests.recovery.world import PROFILE, MovableClock, world

from video_foundry.errors import BadInput, NotFound
from video_foundry.services import imports, projects
from video_foundry.services._edit import SegmentContent
from video_foundry.services.context import Context


def shot(prompt: str, **params: object) -> SegmentContent:
    """A segment to be generated."""
    return SegmentContent(prompt=prompt, model_params={"model": "desk-key", **params})


WRONG = {
    "media": SegmentContent(model_params={}, media_id=str(uuid4())),
    "model_params.duration": shot("too long", duration=99),
}


@pytest.mark.parametrize("field", WRONG)
async def test_what_cannot_be_is_named_by_its_place(
    field: str, database: Database, tmp_path: Path
) -> None:
    async def bring_in(ctx: Context, project_id: str, *segments: SegmentContent) -> None:
        await imports.import_project(
            ctx, project_id, name="film", description="", profile=PROFILE, segments=segments
        )

    models = models_of(Desk(dice=Random(0), clips=tmp_path))
    async with world(tmp_path, models, Gate(), MovableClock(), database) as ctx:
        new, known = str(uuid4()), str(uuid4())
        await bring_in(ctx, known, shot("one"), shot("two"))
        for project_id in (new, known):
            with pytest.raises(BadInput) as refused:
                await bring_in(ctx, project_id, shot("changed"), WRONG[field], shot("three"))
            assert [p.field for p in refused.value.problems] == [f"segments.1.{field}"]
        with pytest.raises(NotFound):
            await projects.get_project(ctx, new)
        kept = (await projects.get_project(ctx, known)).segments
        assert [view.row.prompt for view in kept] == ["one", "two"]
