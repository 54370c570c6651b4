"""`video-foundry plan`: what rendering a project file would do and cost."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from video_foundry.bootstrap import running_context
from video_foundry.commands.project_file import bring_in, read_project_file
from video_foundry.core.chains import PlannedFallback
from video_foundry.core.money import Price
from video_foundry.core.plan import Plan
from video_foundry.core.planned_segments import PlannedSegment
from video_foundry.errors import BadInput, FieldProblem
from video_foundry.services.plans import plan_project
from video_foundry.services.render_views import PLAN_JSON
from video_foundry.settings import load_settings
from video_foundry.telemetry import configure_logs


async def plan(file: Path, *, as_json: bool, only: Sequence[str] | None = None) -> int:
    """Print the plan; returns 0. only: names of outputs, None for all. Raises BadInput, after the
    plan is printed, for what keeps it from being carried out."""
    settings = load_settings()
    configure_logs(level="ERROR", as_json=False, environment=os.environ)
    project = read_project_file(file)
    async with running_context(settings) as ctx:
        project_id = await bring_in(ctx, file, project)
        made = await plan_project(ctx, project_id, outputs=only)
    if as_json:
        print(json.dumps(PLAN_JSON.dump_python(made, mode="json")))
    else:
        _show(made)
    _refuse_problems(made)
    return 0


def _refuse_problems(made: Plan) -> None:
    """Segments are named by their place in the file, from 0: their ids are not in it."""
    if made.ready:
        return
    places = {one.segment_id: f"segments.{one.order_index}." for one in made.segments}
    problems = [
        FieldProblem(
            field=f"{places.get(one.segment_id or '', '')}{one.field}",
            message=one.message,
            fix=one.fix,
        )
        for one in made.problems
    ]
    raise BadInput(made.problems[0].message, problems=problems)


def _show(made: Plan) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False)
    for heading in ("#", "Action", "Model", "Price", "Why"):
        table.add_column(heading)
    for segment in made.segments:
        table.add_row(*_row(segment))
    console.print(table)
    if len(made.outputs) > 1:
        console.print(_outputs(made))
    console.print(
        f"{made.to_generate} to generate, {made.reused} reused, "
        f"{made.encode_seconds:g} s to encode, {priced(made.price)}, about {made.seconds:g} s"
    )


def _outputs(made: Plan) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("Output", "Picture", "File", "To encode"):
        table.add_column(heading)
    for one in made.outputs:
        work = "nothing changed" if one.is_unchanged else f"{one.encode_seconds:g} s"
        if one.shared_seconds:
            work += f", {one.shared_seconds:g} s of it shared"
        coding = " ".join(word for word in (one.codec, one.quality) if word and word != "standard")
        picture = f"{one.width}x{one.height} {coding}".strip()
        table.add_row(one.name, f"{picture}, {one.fps} fps", one.container, work)
    return table


def _row(segment: PlannedSegment) -> tuple[str, ...]:
    why = segment.reason.message
    for change in segment.reason.changes:
        why += f"\n{change.field}: {change.old!r} -> {change.new!r}"
    for picture in segment.pictures:
        made = f"{picture.action}, {picture.model}, {priced(picture.price)}"
        why += f"\n{picture.field.replace('_', ' ')}: {made}: {picture.reason.message}"
    for number, other in enumerate(segment.fallbacks, start=1):
        why += f"\n{_fallback(number, other)}"
    return (
        str(segment.order_index + 1),
        segment.action,
        segment.model or "",
        priced(segment.price),
        why,
    )


def _fallback(number: int, other: PlannedFallback) -> str:
    """A request that stands in, with what it loses."""
    said = f"fallback {number}: {other.model}, {priced(other.price)}"
    if other.unavailable is not None:
        return f"{said}; passed over: {other.unavailable}"
    lost = ", ".join(one.parameter for one in other.lost)
    moved = ", ".join(f"{one.parameter} {one.old!r} -> {one.new!r}" for one in other.changed)
    return said + (f"; without {lost}" if lost else "") + (f"; {moved}" if moved else "")


def priced(price: Price) -> str:
    """A price as people write it."""
    if not price.is_known:
        return "price unknown"
    if price.high == 0:
        return "free"
    if price.low == price.high:
        return f"{price.low.normalize():f} {price.currency}"
    return f"{price.low.normalize():f} to {price.high.normalize():f} {price.currency}"
