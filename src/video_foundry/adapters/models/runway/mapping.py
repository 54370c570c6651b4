"""Between our words and Runway's, both ways. Pure: nothing here sends, reads a file or a clock."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from video_foundry.adapters.models.wire.reading import (
    Answer,
    address,
    at,
    identifier,
    listed,
    money,
    one_of,
    phrase,
    plain,
    share,
)
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.adapters.models.wire.results import no_output, require_success
from video_foundry.core.catalogue import ModelEntry
from video_foundry.core.money import Money
from video_foundry.errors import (
    ModelError,
    Rejected,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

REFUSALS = Refusals(title="Runway", key_variable="RUNWAY_API_KEY", money="credits")
PROMPT_UNITS = 1000
"""Longest prompt in UTF-16 code units, which is how Runway counts."""
USD_PER_CREDIT = Decimal("0.01")

_OPTIONS: tuple[tuple[str, str, type], ...] = (
    ("duration", "duration", int),
    ("seed", "seed", int),
    ("audio", "audio", bool),
    ("negative_prompt", "negativePrompt", str),
)
"""our parameter, Runway's field, its type there."""
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


def create_request(
    entry: ModelEntry, prompt: str, params: Mapping[str, Any], images: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    """Path and body of a create call. images: URIs of `first_frame` and `last_frame`, where given.
    Raises Rejected."""
    _refuse_length(prompt, least=0 if entry.wire.get("prompt_is_optional") else 1)
    body: dict[str, Any] = {"model": entry.wire["model"], "ratio": _ratio(entry, params)}
    if prompt:
        body["promptText"] = prompt
    for ours, theirs, kind in _OPTIONS:
        if params.get(ours) is not None:
            body[theirs] = kind(params[ours])
    if entry.makes == "image":
        return "/v1/text_to_image", body
    if "first_frame" not in images:
        return "/v1/text_to_video", body
    return "/v1/image_to_video", {**body, "promptImage": _prompt_image(images)}


def _refuse_length(prompt: str, *, least: int) -> None:
    units = len(prompt.encode("utf-16-le", "surrogatepass")) // 2
    if not least <= units <= PROMPT_UNITS:
        raise Rejected(
            f"Runway takes prompts of {least} to {PROMPT_UNITS} characters, this one has {units}",
            code="prompt_length",
        )


def _ratio(entry: ModelEntry, params: Mapping[str, Any]) -> str:
    """The size in Runway's words, by the shape and, where the model has several, the resolution."""
    shape = str(params.get("aspect_ratio", "16:9"))
    resolution = params.get("resolution")
    ratio: str = entry.wire["ratios"][f"{shape}@{resolution}" if resolution else shape]
    return ratio


def _prompt_image(images: Mapping[str, str]) -> str | list[dict[str, str]]:
    if "last_frame" not in images:
        return images["first_frame"]
    return [
        {"uri": images[f"{position}_frame"], "position": position} for position in ("first", "last")
    ]


def task_id(answer: Answer) -> str | None:
    """The id of a task that was accepted."""
    return identifier(answer.body.get("id"))


def status_report(task: Mapping[str, Any]) -> StatusReport:
    """A task as Runway tells it; a status word that we do not know means it is still running."""
    status = _STATUS.get(str(task.get("status")), GenerationStatus.RUNNING)
    failed = status is GenerationStatus.FAILED
    return StatusReport(
        status=status,
        progress=share(task.get("progress")),
        error_code=_failure_code(task.get("failureCode")) if failed else None,
        error_message=plain(task.get("failure")) or "Runway gave no reason" if failed else None,
        cost=_cost(task),
    )


def generation_result(task: Mapping[str, Any], *, schemes: tuple[str, ...]) -> GenerationResult:
    """Where a finished task's video or picture is. Raises GenerationFailed, and Unavailable before
    the end."""
    report = status_report(task)
    require_success(report, title="Runway", made="nothing")
    url = address(at(task, "output", 0), schemes)
    if url is None:
        raise no_output("Runway", "result")
    return GenerationResult(url=url, cost=report.cost)


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case Runway certainly did not accept."""
    body, said = answer.body, _said(answer)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return REFUSALS.by_status(answer, now, said)
    if _is_moderation(body):
        return REFUSALS.moderated(said)
    is_key = answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    if not is_key and _CREDIT_WORDS.search(str(body.get("error", ""))):
        return REFUSALS.no_credit(said)
    return REFUSALS.by_status(answer, now, said)


def _said(answer: Answer) -> str:
    """The provider's words with the fields they speak of, or the name of the status."""
    words = plain(answer.body.get("error")) or phrase(answer.status)
    for issue in listed(answer.body.get("issues"), most=5):
        message = plain(at(issue, "message"))
        path = at(issue, "path")
        if message:
            field = ".".join(map(str, path)) if isinstance(path, list) else ""
            words += f"; {plain(field)}: {message}"
    return words[:600]


def _failure_code(code: object) -> str:
    """`moderated` for everything in a SAFETY family, otherwise Runway's own code."""
    told = one_of(code)
    if not told:
        return "provider_error"
    return "moderated" if "SAFETY" in told.upper().split(".") else told


def _is_moderation(body: Mapping[str, Any]) -> bool:
    if _failure_code(body.get("failureCode") or body.get("code")) == "moderated":
        return True
    return _SAFETY_WORDS.search(plain(body.get("error"))) is not None


def _cost(task: Mapping[str, Any]) -> Money | None:
    """What the task cost; Runway says so once it is over."""
    return money(at(task, "cost", "credits"), each=USD_PER_CREDIT)
