"""Reading what adapters answer and raise; a three-method adapter may answer in words. Pure."""

from pathlib import Path

from video_foundry.errors import (
    Ambiguous,
    ModelError,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

_WORDS: dict[str, GenerationStatus] = {
    **dict.fromkeys(("queued", "pending", "throttled", "starting"), GenerationStatus.QUEUED),
    **dict.fromkeys(
        ("succeeded", "success", "completed", "complete", "done", "finished", "ready"),
        GenerationStatus.SUCCEEDED,
    ),
    **dict.fromkeys(("failed", "failure", "error", "errored"), GenerationStatus.FAILED),
    **dict.fromkeys(("cancelled", "canceled", "aborted"), GenerationStatus.CANCELLED),
}


def as_report(answer: GenerationStatus | StatusReport | str) -> StatusReport:
    """A status in whatever form it came. An unknown word means: still running."""
    if isinstance(answer, StatusReport):
        return answer
    word = str(answer.value if isinstance(answer, GenerationStatus) else answer).strip().lower()
    return StatusReport(status=_WORDS.get(word, GenerationStatus.RUNNING))


def as_result(answer: str | Path | GenerationResult) -> GenerationResult:
    """A result in whatever form it came. A bare string is always a URL, never a path."""
    if isinstance(answer, GenerationResult):
        return answer
    if isinstance(answer, Path):
        return GenerationResult(path=answer)
    return GenerationResult(url=str(answer))


def understand(error: Exception) -> ModelError | Exception:
    """What an exception from a submit means. Errors of the tree speak for themselves; those of HTTP
    clients are read by their response; a failure to connect means that nothing was sent."""
    if isinstance(error, ModelError):
        return error
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int):
        return _by_status(status, error)
    if type(error).__name__ in ("ConnectError", "ConnectTimeout") or isinstance(
        error, ConnectionRefusedError
    ):
        return Unavailable("the provider cannot be reached")
    if isinstance(error, TimeoutError):
        return Ambiguous("the provider did not answer in time; it may have accepted the request")
    return error


def _by_status(status: int, error: Exception) -> ModelError:
    text = f"the provider answered {status}"
    match status:
        case 401 | 403:
            return NotAuthorised(f"{text}: the key was refused")
        case 402:
            return NoCredit(f"{text}: the account has no credit")
        case 429:
            return RateLimited(f"{text}: too many requests", retry_after=_retry_after(error))
        case _ if 400 <= status < 500 and status != 408:
            return Rejected(text)
        case _:
            return Ambiguous(f"{text}; it may have accepted the request")


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:
        return None  # absent, or a date: the ordinary backoff will do
