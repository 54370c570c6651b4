"""What may be done to a project itself, whichever way it is asked for: its name, its description,
what it is rendered to. The callers lock it, raise its revision and tell of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from video_foundry.core.profile import OutputProfile
from video_foundry.db.bulk import write_columns
from video_foundry.db.facts import profile_from_json
from video_foundry.db.store import Tx
from video_foundry.db.tables import ProjectRow
from video_foundry.db.timeline import segments_of
from video_foundry.jobs.filing import file_known_takes
from video_foundry.services._edit import set_requests, settled
from video_foundry.services.context import Context


@dataclass(frozen=True, kw_only=True)
class ProjectChange:
    """A partial edit; None for what stays. reshape: makes the new profile from the present one.
    outputs: all there are to be beside the main film."""

    name: str | None = None
    description: str | None = None
    reshape: Callable[[OutputProfile], OutputProfile] | None = None
    outputs: Sequence[Mapping[str, Any]] | None = None


async def change_project(ctx: Context, tx: Tx, row: ProjectRow, change: ProjectChange) -> None:
    """Change what is given; requests that follow the project's shape change with it. Raises
    BadInput by field."""
    row.name = row.name if change.name is None else change.name
    row.description = row.description if change.description is None else change.description
    if change.reshape is not None or change.outputs is not None:
        _set_outputs(row, change.reshape, change.outputs)
    if change.reshape is not None:
        asking = await segments_of(tx.session, row.id)
        await set_requests(ctx, tx, row, asking)
        await write_columns(tx.session, asking, "fingerprint")
        await file_known_takes(tx, asking)
    row.updated_at = tx.now
    await tx.session.flush()


def _set_outputs(
    row: ProjectRow,
    reshape: Callable[[OutputProfile], OutputProfile] | None,
    outputs: Sequence[Mapping[str, Any]] | None,
) -> None:
    profile = profile_from_json(row.settings)
    changed = profile if reshape is None else reshape(profile)
    settled_now = settled(changed, row.outputs or () if outputs is None else outputs)
    row.settings, row.outputs = settled_now["settings"], settled_now["outputs"]
