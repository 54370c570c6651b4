"""Why a render cannot be finished: which clip or step failed, and which outputs are lost with it.
Pure judgement over rows; what follows from it is decided in `renders`."""

import re
from collections.abc import Mapping, Sequence

from video_foundry.core.graph import label_of
from video_foundry.core.jobs import TERMINAL, JobState
from video_foundry.core.outputs import MAIN
from video_foundry.db.tables import JobRow, RenderOutputRow, RenderSegmentRow, RenderStepRow

Jobs = Mapping[str, JobRow]
Why = tuple[str, str]
"""A code, and the reason in words."""


def has_failed(job: JobRow | None) -> bool:
    """Whether a job has ended without a result."""
    return job is not None and job.state in TERMINAL and job.state != JobState.SUCCEEDED


def lost_outputs(
    steps: Sequence[RenderStepRow], outputs: Sequence[RenderOutputRow], jobs: Jobs
) -> int:
    """Outputs (bits) that cannot be made: a step of theirs has failed, or the main film that they
    are an animated picture of is lost."""
    lost = 0
    for row in steps:
        if row.digest is None and has_failed(_job(row.job_id, jobs)):
            lost |= row.outputs
    main = next((place for place, one in enumerate(outputs) if one.name == MAIN), None)
    if main is not None and lost >> main & 1:
        lost |= sum(1 << n for n, one in enumerate(outputs) if one.spec["animated"] is not None)
    return lost


def why_no_clip(rows: Sequence[RenderSegmentRow], jobs: Jobs) -> Why | None:
    """Why there is no film at all: a clip is missing for good, once nothing that was paid for is
    open."""
    waiting = [row for row in rows if not row.digest]
    if _is_generating(waiting, jobs):
        return None
    for row in waiting:
        job = _job(row.job_id, jobs)
        if job is not None and has_failed(job):
            return _why(job, label_of(row.position, None))
    return None


def why_in_doubt(rows: Sequence[RenderSegmentRow], jobs: Jobs) -> Why | None:
    """What a render waits for a person with: the first of its clips in doubt, else another job of
    its, such as that of a picture; None for nothing."""
    for row in rows:
        job = _job(row.job_id, jobs)
        if job is not None and job.state == JobState.NEEDS_ATTENTION:
            return _why(job, label_of(row.position, None))
    waiting = (job for job in jobs.values() if job.state == JobState.NEEDS_ATTENTION)
    found = next(waiting, None)
    return None if found is None else _why(found, None)


def why_lost(
    rows: Sequence[RenderSegmentRow],
    steps: Sequence[RenderStepRow],
    outputs: Sequence[RenderOutputRow],
    jobs: Jobs,
    labels: Mapping[str, str],
) -> Why | None:
    """Why not all outputs can be made, once those that can are there and nothing that was paid for
    is open. labels: by a step's fingerprint, how this film names the segment or item that it is
    about."""
    if _is_generating([row for row in rows if not row.digest], jobs):
        return None
    lost = lost_outputs(steps, outputs, jobs)
    missing = [place for place, one in enumerate(outputs) if one.digest is None]
    if any(not lost >> place & 1 for place in missing):
        return None
    for row in steps:
        job = _job(row.job_id, jobs)
        if row.digest is None and job is not None and has_failed(job):
            code, reason = _why(job, labels.get(row.fingerprint))
            return code, f"{_named(row, outputs)}{reason}"
    return None


def _named(row: RenderStepRow, outputs: Sequence[RenderOutputRow]) -> str:
    """The outputs of a step, unless it is of all of them."""
    names = [one.name for place, one in enumerate(outputs) if row.outputs >> place & 1]
    if len(names) == len(outputs):
        return ""
    word = "output" if len(names) == 1 else "outputs"
    return f"{word} {', '.join(names)}: "


def _is_generating(waiting: Sequence[RenderSegmentRow], jobs: Jobs) -> bool:
    asked = [_job(row.job_id, jobs) for row in waiting]
    return any(job is not None and job.state not in TERMINAL for job in asked)


def _job(job_id: str | None, jobs: Jobs) -> JobRow | None:
    return jobs.get(job_id) if job_id else None


def _why(job: JobRow, label: str | None) -> Why:
    where = "" if label is None else f"{label}: "
    return job.error_code or "cancelled", f"{where}{_bare(job)}"


_LABEL = re.compile(r"^(?:segment|text|captions|image|audio) \d+:? ")
"""What `core.graph.label_of` says of a segment and of an item, where a message begins with it."""


def _bare(job: JobRow) -> str:
    """What became of a job, without the name of the segment or item where it was asked for first:
    here that may be another one."""
    return _LABEL.sub("", job.error_message or job.state)
