"""Between our words and OpenRouter's, both ways. Pure: nothing here sends or reads anything."""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from video_foundry.adapters.models.wire.reading import (
    Answer,
    address,
    at,
    identifier,
    listed,
    money,
    phrase,
    plain,
)
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.adapters.models.wire.results import no_output, require_success
from video_foundry.core.money import Money
from video_foundry.errors import (
    Ambiguous,
    ModelError,
    Rejected,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

REFUSALS = Refusals(title="OpenRouter", key_variable="OPENROUTER_API_KEY", money="credits")
CLIENT_CLOSED = 499
"""OpenRouter's word that the caller went away; we did not, so what it did is not known."""

_NAMES = {
    "duration": "duration",
    "aspect_ratio": "aspect_ratio",
    "resolution": "resolution",
    "audio": "generate_audio",
    "seed": "seed",
}
_FRAMES = ("first_frame", "last_frame")
_STATUS = {
    "pending": GenerationStatus.QUEUED,
    "in_progress": GenerationStatus.RUNNING,
    "completed": GenerationStatus.SUCCEEDED,
    "failed": GenerationStatus.FAILED,
    "expired": GenerationStatus.FAILED,
    "cancelled": GenerationStatus.CANCELLED,
}
_SAFETY_WORDS = re.compile(
    r"moderat|content polic|flagged|prohibited content|safety (?:filter|system|polic|check)"
    r"|content[_ ]filter|responsible ai",
    re.IGNORECASE,
)


def create_body(
    wire: Mapping[str, Any],
    prompt: str,
    params: Mapping[str, Any],
    *,
    frames: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The body of a create call. Raises Rejected.

    wire: the catalogue's: `model` is OpenRouter's name; without one the parameters name the model.
    frames: parameter name -> address of a picture, which may be a data: URI.
    """
    if not prompt:
        raise Rejected("OpenRouter's models need a prompt", code="prompt_length")
    body: dict[str, Any] = {"model": wire.get("model") or params["model_ref"], "prompt": prompt}
    body |= {_NAMES[name]: _theirs(value) for name, value in params.items() if name in _NAMES}
    pictures = [_frame(kind, frames[kind]) for kind in _FRAMES if frames and kind in frames]
    if pictures:
        body["frame_images"] = pictures
    if params.get("provider_options"):
        body["provider"] = {"options": params["provider_options"]}
    return body


def _theirs(value: Any) -> Any:
    """OpenRouter writes sizes in thousands large: 2K and 4K."""
    return value.upper() if value in ("1k", "2k", "4k") else value


def _frame(kind: str, url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, "frame_type": kind}


def video_id(answer: Answer) -> str | None:
    """The id of a job that was accepted."""
    return identifier(answer.body.get("id"))


def status_report(told: Mapping[str, Any], *, schemes: tuple[str, ...]) -> StatusReport:
    """A job as OpenRouter tells it; a status word that we do not know means it is still running. A
    success without a video is a failure."""
    word = str(told.get("status"))
    status, cost = _STATUS.get(word, GenerationStatus.RUNNING), _cost(told)
    if status is GenerationStatus.FAILED:
        why = plain(told.get("error")) or _WITHOUT_REASON.get(word, "OpenRouter gave no reason")
        code = "moderated" if _SAFETY_WORDS.search(why) else _CODES.get(word, "provider_error")
        return StatusReport(status=status, error_code=code, error_message=why, cost=cost)
    if status is GenerationStatus.SUCCEEDED and _video_url(told, schemes) is None:
        return StatusReport(
            status=GenerationStatus.FAILED,
            error_code="no_output",
            error_message="OpenRouter called it a success but named no video",
            cost=cost,
        )
    return StatusReport(status=status, cost=cost)


_CODES = {"expired": "expired"}
_WITHOUT_REASON = {"expired": "OpenRouter gave the job up before it was done"}


def generation_result(
    told: Mapping[str, Any],
    *,
    schemes: tuple[str, ...],
    base_url: str,
    key_headers: Mapping[str, str],
) -> GenerationResult:
    """Where a finished job's video is. Raises GenerationFailed, or Unavailable before the end.

    key_headers go along where the video lies at OpenRouter itself.
    """
    report = status_report(told, schemes=schemes)
    require_success(report, title="OpenRouter")
    url = _video_url(told, schemes)
    if url is None:  # never: a success without one is reported as a failure
        raise no_output("OpenRouter")
    origin = _origin(base_url)
    headers = key_headers if origin and _origin(url) == origin else {}
    return GenerationResult(url=url, headers=headers, cost=report.cost)


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means; but for 499 OpenRouter certainly did not accept."""
    said = plain(at(answer.body, "error", "message")) or phrase(answer.status)
    if answer.status == CLIENT_CLOSED:
        return Ambiguous(f"OpenRouter answered 499 to a submit ({said}): it may have accepted it")
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return REFUSALS.by_status(answer, now, said)
    reasons = _moderation_reasons(answer)
    if reasons or (answer.status not in _NOT_CONTENT and _SAFETY_WORDS.search(said)):
        return REFUSALS.moderated(f"{said} ({reasons})" if reasons else said)
    if answer.status == HTTPStatus.NOT_FOUND:
        return REFUSALS.unknown_model(said)
    return REFUSALS.by_status(answer, now, said)


_NOT_CONTENT = (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.NOT_FOUND)


def _moderation_reasons(answer: Answer) -> str:
    """Why a 403 was one of content, "" where it was not."""
    told = map(plain, listed(at(answer.body, "error", "metadata", "reasons")))
    return ", ".join(filter(None, told))[:300]


def _video_url(told: Mapping[str, Any], schemes: tuple[str, ...]) -> str | None:
    """OpenRouter's own address, which needs the key; else a signed one, which does not."""
    own = address(at(told, "unsigned_urls", 0), schemes)
    return own or address(at(told, "urls", 0), schemes)


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, parts.hostname, port


def _cost(told: Mapping[str, Any]) -> Money | None:
    """What the job cost. With a key of one's own at the maker (BYOK), OpenRouter's part is not the
    whole, so nothing is said."""
    if at(told, "usage", "is_byok") is True:
        return None
    return money(at(told, "usage", "cost"))
