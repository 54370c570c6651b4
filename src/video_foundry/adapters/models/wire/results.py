"""What stands before the result of a generation: that it is over, and that it went well. Pure."""

from video_foundry.errors import GenerationFailed, Unavailable
from video_foundry.ports.video_model import GenerationStatus, StatusReport


def require_success(report: StatusReport, *, title: str, made: str = "no video") -> None:
    """Raise Unavailable before the end, and GenerationFailed after any end but success.

    title: the provider in sentences; made: what came of it instead of a success.
    """
    if report.status in (GenerationStatus.QUEUED, GenerationStatus.RUNNING):
        raise Unavailable(f"{title} has not finished this generation yet")
    if report.status is not GenerationStatus.SUCCEEDED:
        reason = report.error_message or "it was cancelled"
        raise GenerationFailed(f"{title} made {made}: {reason}", code=report.error_code)


def no_output(title: str, what: str = "video") -> GenerationFailed:
    """A success without what it was for."""
    return GenerationFailed(f"{title} called it a success but named no {what}", code="no_output")
