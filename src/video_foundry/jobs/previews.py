"""Asking for previews in the caller's transaction: their steps join the queue in a line of their
own, with the least haste, so that what renders need comes first."""

from collections.abc import Sequence

from video_foundry.core.previews import LINE, PreviewStep, outline
from video_foundry.db.previews import missing_previews, subject_of
from video_foundry.db.store import Tx
from video_foundry.db.tables import ArtifactRow, JobRow
from video_foundry.jobs.enqueue import NewJob, enqueue_all


async def ask_for_previews(
    tx: Tx, steps: Sequence[PreviewStep], project_id: str | None = None
) -> list[JobRow]:
    """Have these made; those under way are shared. Returns the job of each. project_id: whose turn
    it is, for projects take turns. The number of statements does not grow with that of the steps.
    """
    if not steps:
        return []
    return await enqueue_all(tx, [_job(step, project_id) for step in steps])


async def ask_at_once(tx: Tx, artifact: ArtifactRow | None, project_id: str | None = None) -> None:
    """Have all previews made of a clip or sound that is being filed, but for those that were made
    or tried before."""
    if artifact is not None:
        steps = await missing_previews(tx.session, outline(subject_of(artifact)).steps)
        await ask_for_previews(tx, steps, project_id)


def _job(step: PreviewStep, project_id: str | None) -> NewJob:
    return NewJob(
        kind="compose",
        fingerprint=step.fingerprint,
        payload=step.payload,
        project_id=project_id,
        model=LINE,
        priority="low",
    )
