"""Between our words and Runway's, both ways. Pure: nothing here sends, reads a file or a clock."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from video_foundry.core.money import Money
from video_foundry.errors import (
    GenerationFailed,
    ModelError,
    Moderated,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

WIRE_MODEL = "gen4.5"
PROMPT_UNITS = 1000
"""Longest prompt in UTF-16 code units, which is how Runway counts."""
USD_PER_CREDIT = Decimal("0.01")

_RATIOS = {
    "16:9": "1280:720",
    "9:16": "720:1280",
    "1:1": "960:960",
    "4:3": "1104:832",
    "3:4": "832:1104",
    "21:9": "1584:672",
}
_STATUS = {
    "PENDING": GenerationStatus.QUEUED,
    "THROTTLED": GenerationStatus.QUEUED,
    "RUNNING": GenerationStatus.RUNNING,
    "SUCCEEDED": GenerationStatus.SUCCEEDED,
    "FAILED": GenerationStatus.FAILED,
    "CANCELLED": GenerationStatus.CANCELLED,
}
_SAFETY_WORDS = re.compile(r"moderat|safety|content polic", re.IGNORECASE)
_CREDIT_WORDS = re.compile(r"\bcredits?\b|\bbalance\b", re.IGNORECASE)
_MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


def create_request(
    prompt: str, params: Mapping[str, Any], *, image: str | None
) -> tuple[str, dict[str, Any]]:
    """Path and body of a create call; `image` is a URI of the first frame. Raises Rejected."""
    units = len(prompt.encode("utf-16-le", "surrogatepass")) // 2
    if not 1 <= units <= PROMPT_UNITS:
        raise Rejected(
            f"Runway takes prompts of 1 to {PROMPT_UNITS} characters, this one has {units}",
            code="prompt_length",
        )
    body = {
        "model": WIRE_MODEL,
        "promptText": prompt,
        "ratio": _RATIOS[params.get("aspect_ratio", "16:9")],
        "duration": int(params.get("duration", 5)),
    }
    if params.get("seed") is not None:
        body["seed"] = int(params["seed"])
    if image is None:
        return "/v1/text_to_video", body
    return "/v1/image_to_video", {**body, "promptImage": image}


def image_type(head: bytes) -> str:
    """The media type of a picture by its first 12 bytes. Raises Rejected for other kinds."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    raise Rejected(
        "Runway takes a first frame as JPEG, PNG or WebP, and this file is neither",
        code="first_frame_type",
    )


def status_report(task: Mapping[str, Any]) -> StatusReport:
    """A task as Runway tells it; a status word that we do not know means it is still running."""
    status = _STATUS.get(str(task.get("status")), GenerationStatus.RUNNING)
    failed = status is GenerationStatus.FAILED
    return StatusReport(
        status=status,
        progress=_progress(task.get("progress")),
        error_code=_failure_code(task.get("failureCode")) if failed else None,
        error_message=_plain(task.get("failure")) or "Runway gave no reason" if failed else None,
        cost=_cost(task),
    )


def generation_result(task: Mapping[str, Any], *, schemes: tuple[str, ...]) -> GenerationResult:
    """Where a finished task's video is. Raises GenerationFailed, or Unavailable before the end."""
    report = status_report(task)
    if report.status in (GenerationStatus.QUEUED, GenerationStatus.RUNNING):
        raise Unavailable("Runway has not finished this generation yet")
    if report.status is not GenerationStatus.SUCCEEDED:
        reason = report.error_message or "it was cancelled"
        raise GenerationFailed(f"Runway made no video: {reason}", code=report.error_code)
    output = task.get("output")
    url = output[0] if isinstance(output, list) and output else None
    if not isinstance(url, str) or not url.startswith(tuple(f"{s}://" for s in schemes)):
        raise GenerationFailed("Runway called it a success but named no video", code="no_output")
    return GenerationResult(url=url, cost=report.cost)


def refusal(
    status: int, body: Mapping[str, Any], *, retry_after: str | None, now: datetime
) -> ModelError:
    """What an answer of 300 to 499 means: in each case Runway certainly did not accept."""
    said = _said(status, body)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(f"Runway: {said}", retry_after=_seconds(retry_after, now))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) and not _is_moderation(body):
        return NotAuthorised(f"Runway refused the key in RUNWAY_API_KEY: {said}")
    if _is_moderation(body):
        return Moderated(f"Runway refused the request by its content policy: {said}")
    if status == HTTPStatus.PAYMENT_REQUIRED or _CREDIT_WORDS.search(str(body.get("error", ""))):
        return NoCredit(f"the Runway account has no credits left: {said}")
    if status < 400:
        return Rejected(f"Runway redirects elsewhere ({said}); check RUNWAY_BASE_URL")
    return Rejected(f"Runway refused the request: {said}")


def _said(status: int, body: Mapping[str, Any]) -> str:
    """The provider's words with the fields they speak of, or the name of the status."""
    words = _plain(body.get("error")) or _phrase(status)
    issues = body.get("issues")
    for issue in issues[:5] if isinstance(issues, list) else ():
        if isinstance(issue, Mapping) and _plain(issue.get("message")):
            path = issue.get("path")
            field = ".".join(map(str, path)) if isinstance(path, list) else ""
            words += f"; {_plain(field)}: {_plain(issue['message'])}"
    return words[:600]


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _plain(text: object) -> str:
    """Foreign text for a message: a string, one line, not endless."""
    return " ".join(text.split())[:300] if isinstance(text, str) else ""


def _failure_code(code: object) -> str:
    """`moderated` for everything in a SAFETY family, otherwise Runway's own code."""
    if not isinstance(code, str) or not code:
        return "provider_error"
    return "moderated" if "SAFETY" in code.upper().split(".") else code[:100]


def _is_moderation(body: Mapping[str, Any]) -> bool:
    if _failure_code(body.get("failureCode") or body.get("code")) == "moderated":
        return True
    error = body.get("error")
    return isinstance(error, str) and _SAFETY_WORDS.search(error) is not None


def _progress(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return min(1.0, max(0.0, float(value)))


def _cost(task: Mapping[str, Any]) -> Money | None:
    """What the task cost; Runway says so once it is over."""
    cost = task.get("cost")
    credits_used = cost.get("credits") if isinstance(cost, Mapping) else None
    if isinstance(credits_used, bool) or not isinstance(credits_used, int | float):
        return None
    try:
        return Money(amount=Decimal(str(credits_used)) * USD_PER_CREDIT)
    except (InvalidOperation, ValueError):
        return None


def _seconds(retry_after: str | None, now: datetime) -> float | None:
    """Retry-After, which is a number of seconds or a date."""
    if retry_after is None:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d+)?", retry_after.strip()):
        return float(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())
