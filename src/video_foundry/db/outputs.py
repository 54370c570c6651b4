"""Outputs as stored: what a project says of them, and what each render makes, with its files."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.outputs import Animated, Output, main_output, read_outputs
from video_foundry.db.facts import profile_from_json, profile_to_json
from video_foundry.db.given import given
from video_foundry.db.tables import ProjectRow, RenderOutputRow, RenderRow


def outputs_of_project(project: ProjectRow) -> tuple[Output, ...]:
    """All that a project is rendered to, the main film first. Raises BadInput by field for what
    cannot be."""
    return read_outputs(project.outputs or [], profile_from_json(project.settings))


def output_to_json(output: Output) -> dict[str, Any]:
    """An output as a render keeps it, whatever becomes of the project's settings."""
    animated = output.animated
    return {
        "profile": profile_to_json(output.profile),
        "animated": animated
        and {
            "kind": animated.kind,
            "width": animated.width,
            "fps": animated.fps,
            "seconds": str(animated.seconds),
        },
    }


def output_of(row: RenderOutputRow) -> Output:
    """What `output_to_json` wrote."""
    animated = row.spec["animated"]
    return Output(
        name=row.name,
        profile=profile_from_json(row.spec["profile"]),
        animated=animated and Animated(**{**animated, "seconds": Fraction(animated["seconds"])}),
    )


def new_output_rows(render_id: str, outputs: Sequence[Output]) -> list[RenderOutputRow]:
    """Rows for what a render is to make."""
    return [
        RenderOutputRow(
            render_id=render_id, position=position, name=one.name, spec=output_to_json(one)
        )
        for position, one in enumerate(outputs)
    ]


def only_film(render: RenderRow) -> RenderOutputRow:
    """The one output of a render that an older version has accepted, as a row."""
    output = main_output(profile_from_json(render.profile))
    (row,) = new_output_rows(render.id, [output])
    row.digest = render.master_digest
    return row


async def output_rows_of(
    session: AsyncSession, render_ids: Collection[str]
) -> dict[str, list[RenderOutputRow]]:
    """render id -> its outputs in order; none for a render that an older version has accepted."""
    found: dict[str, list[RenderOutputRow]] = {render_id: [] for render_id in render_ids}
    query = (
        select(RenderOutputRow)
        .where(RenderOutputRow.render_id.in_(given(session, render_ids)))
        .order_by(RenderOutputRow.render_id, RenderOutputRow.position)
    )
    for row in await session.scalars(query):
        found[row.render_id].append(row)
    return found
