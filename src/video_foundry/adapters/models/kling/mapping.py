"""Between our words and Kling's, both ways. Pure: nothing here sends, reads a file or a clock."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from video_foundry.adapters.models.wire.reading import (
    Answer,
    address,
    at,
    integer,
    listed,
    money,
    number_or_identifier,
    phrase,
    plain,
)
from video_foundry.adapters.models.wire.refusals import Codes, Refusals
from video_foundry.adapters.models.wire.results import no_output, require_success
from video_foundry.core.money import Money
from video_foundry.errors import (
    GenerationLost,
    ModelError,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

REFUSALS = Refusals(title="Kling", key_variable="KLING_API_KEY", money="credit")
ACCEPTED = 0
CODES = Codes(
    # The key, the account, its right to a model, or the place that it is used from.
    key=(1000, 1001, 1002, 1003, 1004, 1100, 1103, 1304),
    # Arrears, and a package that is used up: both come with status 429 and never heal by waiting.
    money=(1101, 1102),
    policy=(1300, 1301),
    limit=(1302, 1303),
    server=range(5000, 6000),
)
_LOST_CODES = (1202, 1203)

_STATUS = {
    "submitted": GenerationStatus.QUEUED,
    "processing": GenerationStatus.RUNNING,
    "succeeded": GenerationStatus.SUCCEEDED,
    "failed": GenerationStatus.FAILED,
}
_SAFETY_WORDS = re.compile(
    r"moderat|safety|sensitive|risk control|content polic|violat", re.IGNORECASE
)


def create_request(
    wire: Mapping[str, Any],
    prompt: str,
    params: Mapping[str, Any],
    *,
    frames: Mapping[str, str],
    options: Mapping[str, str],
) -> tuple[str, dict[str, Any]]:
    """Path and body of a create call.

    wire: the entry's paths, `text` and `image`. frames: `first_frame` and `last_frame` as base64
    without a prefix. options: `external_task_id`, what the task can be found by,
    and `callback_url`. From text the prompt stands alone; with
    pictures it is one of the contents, and the clip has their shape.
    """
    settings = _settings(params, takes_shape=not frames)
    body: dict[str, Any] = {"settings": settings}
    if options:
        body["options"] = dict(options)
    if not frames:
        return str(wire["text"]), {"prompt": prompt, **body}
    contents = [{"type": "prompt", "text": prompt}]
    contents += [{"type": name, "url": picture} for name, picture in frames.items()]
    return str(wire["image"]), {"contents": contents, **body}


def _settings(params: Mapping[str, Any], *, takes_shape: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "resolution": params.get("resolution", "720p"),
        "duration": int(params.get("duration", 5)),
    }
    if takes_shape:
        settings["aspect_ratio"] = params.get("aspect_ratio", "16:9")
    if "audio" in params:
        settings["audio"] = "native" if params["audio"] else "off"
    if "multi_shot" in params:
        settings["multi_shot"] = bool(params["multi_shot"])
    return settings


def task_id(answer: Answer, now: datetime) -> str | None:
    """The id of a task that was accepted. Raises why not where Kling says so within a success."""
    code = _code(answer)
    if code is None:
        return None
    if code != ACCEPTED:
        raise meaning(code, _said(answer), retry_after=answer.retry_after(now))
    return id_of(answer.body.get("data"))


def id_of(task: object) -> str | None:
    """A task's id, which is text or a number."""
    return number_or_identifier(at(task, "id"))


def tasks(answer: Answer, now: datetime) -> list[Any]:
    """The tasks of an answer with status 2xx. Raises why there are none to be read: the tasks
    themselves go on, whatever it is."""
    code, listed = _code(answer), answer.body.get("data")
    if code == ACCEPTED and isinstance(listed, list):
        return listed
    if code in _LOST_CODES:
        raise GenerationLost("Kling does not know this generation (any more)")
    if code in (*CODES.limit, *CODES.key):
        raise meaning(code, _said(answer), retry_after=answer.retry_after(now))
    raise Unavailable(f"Kling could not tell how the generation stands: {_said(answer)}")


def task_among(listed: list[Any], field: str, value: str) -> dict[str, Any] | None:
    """The task whose `field` has this value, None where there is none."""
    for task in listed:
        if isinstance(task, dict) and str(task.get(field)) == value:
            return task
    return None


def not_listed() -> ModelError:
    """For a task that Kling accepted and does not list. Outputs are kept for thirty days, so this
    is more likely an early question than a lost task."""
    return Unavailable("Kling does not list this generation at the moment")


def status_report(task: Mapping[str, Any], *, currency: str) -> StatusReport:
    """A task as Kling tells it; a status word that we do not know means it is still running."""
    status = _STATUS.get(str(task.get("status")), GenerationStatus.RUNNING)
    failed = status is GenerationStatus.FAILED
    message = plain(task.get("message"))
    return StatusReport(
        status=status,
        error_code=_failure_code(message) if failed else None,
        error_message=message or "Kling gave no reason" if failed else None,
        cost=_cost(task.get("billing"), currency),
    )


def generation_result(
    task: Mapping[str, Any], *, schemes: tuple[str, ...], currency: str
) -> GenerationResult:
    """Where a finished task's video is. Raises GenerationFailed, or Unavailable before the end."""
    report = status_report(task, currency=currency)
    require_success(report, title="Kling")
    url = _video_of(task.get("outputs"), schemes)
    if url is None:
        raise no_output("Kling")
    return GenerationResult(url=url, cost=report.cost)


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case Kling certainly did not accept."""
    code, said, wait = _code(answer), _said(answer), answer.retry_after(now)
    if code is not None and code != ACCEPTED and code not in CODES.server:
        return meaning(code, said, retry_after=wait)
    return REFUSALS.by_status(answer, now, said)


def meaning(code: int, said: str, *, retry_after: float | None) -> ModelError:
    """What a code other than 0 in answer to a create call means, whatever the status was."""
    return REFUSALS.by_code(code, CODES, said, wait=retry_after)


def _code(answer: Answer) -> int | None:
    return integer(answer.body.get("code"))


def _said(answer: Answer) -> str:
    """The provider's words with its code, or the name of the status."""
    code, words = _code(answer), plain(answer.body.get("message"))
    words = words or phrase(answer.status)
    return words if code is None else f"{words} (code {code})"


def _failure_code(message: str) -> str:
    """Kling tells why a task failed in words alone."""
    return "moderated" if _SAFETY_WORDS.search(message) else "provider_error"


def _video_of(outputs: object, schemes: tuple[str, ...]) -> str | None:
    for output in listed(outputs):
        if at(output, "type") in ("video", None):
            url = address(at(output, "url"), schemes)
            if url is not None:
                return url
    return None


def _cost(billing: object, currency: str) -> Money | None:
    """What was billed in money. Units of a package have no price of their own: with one among
    them, what it cost is not known."""
    if not isinstance(billing, list) or not billing:
        return None
    total = Decimal(0)
    for row in billing:
        is_cash = at(row, "charge_type") == "cash"
        told = money(at(row, "amount"), currency=currency) if is_cash else None
        if told is None:
            return None
        total += told.amount
    return money(total, currency=currency)
