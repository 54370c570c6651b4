"""A film as long as a project may be: what the server works to open it, and to plan it again after
an edit of one segment, against planning it as if it had never been read."""

import tempfile
import time
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.report import Row, load
from video_foundry.api.schemas.project import Project
from video_foundry.bootstrap import running_context
from video_foundry.core.profile import OutputProfile
from video_foundry.db.timeline_segments import LastReads
from video_foundry.services import imports, plans, projects, segments
from video_foundry.services._edit import SegmentContent
from video_foundry.services._segments import SegmentChange
from video_foundry.services.context import MOST_SEGMENTS, Context
from video_foundry.services.render_views import PLAN_JSON
from video_foundry.settings import Settings


async def _cpu(work: Awaitable[Any]) -> tuple[float, Any]:
    """CPU seconds of this process, all threads of it, and what the work answers."""
    begun = time.process_time()
    done = await work
    return time.process_time() - begun, done


async def long_film() -> list[Row]:
    """Opening, an edit, and the plan after it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), example_project=False, embedded_workers=False)
        async with running_context(settings) as ctx:
            return await _rows(ctx)


async def _rows(ctx: Context) -> list[Row]:
    project = str(uuid4())
    brought_in, _ = await _cpu(_bring_in(ctx, project))
    opened, size = await _cpu(_opened(ctx, project))
    await plans.plan_project(ctx, project)
    middle = (await segments.list_segments(ctx, project))[MOST_SEGMENTS // 2].row.id
    change = SegmentChange(given=frozenset({"prompt"}), prompt="something else")
    edited, _ = await _cpu(segments.update_segment(ctx, middle, change))
    again, plan = await _cpu(plans.plan_project(ctx, project))
    anew, same = await _cpu(plans.plan_project(replace(ctx, last_reads=LastReads()), project))
    if plan != same:
        raise RuntimeError("what was read before shows in the plan")
    length = len(PLAN_JSON.dump_json(plan)) / 1e6
    return [
        _row("brought in from a file", brought_in, None, ""),
        _row("opened, answer and all", opened, None, f"{size / 1e6:.1f} MB"),
        _row("one segment edited", edited, None, ""),
        _row("planned again after the edit", again, anew, f"{length:.1f} MB"),
    ]


def _row(what: str, ours: float, theirs: float | None, note: str) -> Row:
    return Row(
        what=f"{what}, {MOST_SEGMENTS:,} segments",
        ours=f"{ours:.2f} s of CPU",
        theirs="" if theirs is None else f"{theirs:.2f} s read for the first time",
        ratio=None if theirs is None else ours / theirs,
        note="; ".join(filter(None, (note, load()))),
    )


async def _bring_in(ctx: Context, project: str) -> None:
    words = "a wide view over the harbour at dusk, slow push in, soft light"
    await imports.import_project(
        ctx,
        project,
        name="long film",
        description="",
        profile=OutputProfile(),
        segments=[
            SegmentContent(
                prompt=f"Shot {n}: {words}",
                model_params={"model": "mock-ai", "duration": 5, "seed": n},
            )
            for n in range(MOST_SEGMENTS)
        ],
    )


async def _opened(ctx: Context, project: str) -> int:
    """Bytes of the answer."""
    view = await projects.get_project(ctx, project)
    return len(Project.of(view).model_dump_json())
