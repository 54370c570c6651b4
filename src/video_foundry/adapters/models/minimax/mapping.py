"""Between our words and MiniMax's, both ways and for both of its interfaces. Pure: nothing here
sends, reads a file or a clock."""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from video_foundry.adapters.models.wire.reading import Answer, address, at, one_of, phrase, plain
from video_foundry.errors import (
    Ambiguous,
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

OK = 0
_SERVER_CODES = (1000, 1001, 1024, 1033)
_LIMIT_CODES = (1002, 1039, 1041, 2056)
_KEY_CODES = (1004, 2049)
_CREDIT_CODES = (1008,)
_POLICY_CODES = (1026, 1027)
"""The content policy: 1026 is about what went in, 1027 about what came out."""

_STATUS = {
    "queueing": GenerationStatus.QUEUED,
    "preparing": GenerationStatus.QUEUED,
    "processing": GenerationStatus.RUNNING,
    "success": GenerationStatus.SUCCEEDED,
    "fail": GenerationStatus.FAILED,
    "queued": GenerationStatus.QUEUED,
    "running": GenerationStatus.RUNNING,
    "succeeded": GenerationStatus.SUCCEEDED,
    "failed": GenerationStatus.FAILED,
    "cancelled": GenerationStatus.CANCELLED,
}
"""The words of both interfaces; v1 writes them with a capital."""
_CODE_IN_WORDS = re.compile(r"\((\d{4})\)\s*$")
"""v2 says its codes at the end of its sentences."""


# --- create calls ------------------------------------------------------------------------------


def create_v1(
    model: str, prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
) -> dict[str, Any]:
    """Body of a create call to v1. frames: `first_frame` and `last_frame` as data addresses."""
    body: dict[str, Any] = {
        "model": model,
        "prompt": prompt,
        "duration": int(params.get("duration", 6)),
        "resolution": str(params.get("resolution", "768p")).upper(),
    }
    if "prompt_optimizer" in params:
        body["prompt_optimizer"] = bool(params["prompt_optimizer"])
    return body | {f"{name}_image": picture for name, picture in frames.items()}


def create_v2(
    model: str, prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
) -> dict[str, Any]:
    """Body of a create call to v2. frames: `first_frame` and `last_frame` as data addresses; with
    one of them the clip takes its shape, without any it must be told one."""
    content: list[dict[str, Any]] = [{"type": "text", "text": prompt}]
    content += [
        {"type": "image_url", "image_url": {"url": picture}, "role": name}
        for name, picture in frames.items()
    ]
    return {
        "model": model,
        "content": content,
        "resolution": str(params.get("resolution", "768p")).upper(),
        "duration": int(params.get("duration", 5)),
        "ratio": "adaptive" if frames else params.get("aspect_ratio", "16:9"),
    }


def task_id(answer: Answer, now: datetime) -> str | None:
    """The id of a task that was accepted, from either interface. Raises why not where a success is
    none."""
    code = _code(answer)
    if code not in (None, OK):
        raise meaning(code, _said(answer), retry_after=answer.retry_after(now))
    return _text(at(answer.body, "task_id") or at(answer.body, "task", "id"))


# --- questions ---------------------------------------------------------------------------------


def report_v1(answer: Answer, now: datetime) -> StatusReport:
    """How a task of v1 stands. A status word that we do not know means it is still running; without
    any, raises why it could not be asked."""
    told = answer.body.get("status")
    if not isinstance(told, str) or not told:
        raise could_not_ask(answer, now)
    status = _status(told)
    if status is not GenerationStatus.FAILED:
        return StatusReport(status=status)
    said = plain(at(answer.body, "base_resp", "status_msg"))
    return _failed(_code(answer), said if said.lower() != "success" else "")


def file_of(answer: Answer, now: datetime) -> str:
    """The id of the file with a finished task's video (v1). Raises GenerationFailed, or Unavailable
    before the end."""
    _require_success(report_v1(answer, now))
    file_id = _text(answer.body.get("file_id"))
    if file_id is None:
        raise _no_output()
    return file_id


def result_v1(answer: Answer, now: datetime, *, schemes: tuple[str, ...]) -> GenerationResult:
    """Where a file is, for about nine hours. Raises Unavailable when it is not told: the file is
    paid for, so it is asked for again."""
    url = address(at(answer.body, "file", "download_url"), schemes)
    if url is None:
        raise could_not_ask(answer, now)
    return GenerationResult(url=url)


def report_v2(answer: Answer, now: datetime) -> StatusReport:
    """How a task of v2 stands, in the manner of `report_v1`."""
    told = at(answer.body, "task", "status")
    if not isinstance(told, str) or not told:
        raise could_not_ask(answer, now)
    status = _status(told)
    if status is not GenerationStatus.FAILED:
        return StatusReport(status=status)
    error = at(answer.body, "task", "error")
    said = plain(at(error, "message"))
    return _failed(_number(at(error, "code")) or _number_in(said), said)


def result_v2(answer: Answer, now: datetime, *, schemes: tuple[str, ...]) -> GenerationResult:
    """Where a finished task's video is (v2). Raises GenerationFailed, or Unavailable before the
    end."""
    _require_success(report_v2(answer, now))
    url = address(at(answer.body, "task", "content", "url"), schemes)
    if url is None:
        raise _no_output()
    return GenerationResult(url=url)


def could_not_ask(answer: Answer, now: datetime) -> ModelError:
    """Why a question with status 2xx told nothing; the generation itself goes on."""
    code = _code(answer)
    if code in (*_LIMIT_CODES, *_KEY_CODES):
        return meaning(code, _said(answer), retry_after=answer.retry_after(now))
    return Unavailable(f"MiniMax could not tell how the generation stands: {_said(answer)}")


# --- refusals ----------------------------------------------------------------------------------


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case MiniMax certainly did not accept."""
    code, said, wait = _code(answer), _said(answer), answer.retry_after(now)
    if code not in (None, OK, *_SERVER_CODES):
        return meaning(code, said, retry_after=wait)
    match answer.status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(f"MiniMax: {said}", retry_after=wait)
        case HTTPStatus.PAYMENT_REQUIRED:
            return NoCredit(f"the MiniMax account has no balance left: {said}")
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return NotAuthorised(f"MiniMax refused the key in MINIMAX_API_KEY: {said}")
        case status if status < 400:
            return Rejected(f"MiniMax redirects elsewhere ({said}); check MINIMAX_BASE_URL")
        case _:
            return Rejected(f"MiniMax refused the request: {said}")


def meaning(code: int | None, said: str, *, retry_after: float | None) -> ModelError:
    """What a code other than 0 in answer to a create call means, whatever the status was."""
    if code in _LIMIT_CODES:
        return RateLimited(f"MiniMax: {said}", retry_after=retry_after)
    if code in _CREDIT_CODES:
        return NoCredit(f"the MiniMax account has no balance left: {said}")
    if code in _POLICY_CODES:
        return Moderated(f"MiniMax refused the request by its content policy: {said}")
    if code in _KEY_CODES:
        return NotAuthorised(f"MiniMax refused the key in MINIMAX_API_KEY: {said}")
    if code in _SERVER_CODES:
        return Ambiguous(f"MiniMax failed over a submit ({said}): it may have accepted it")
    return Rejected(f"MiniMax refused the request: {said}")


# --- within ------------------------------------------------------------------------------------


def _status(told: str) -> GenerationStatus:
    return _STATUS.get(told.lower(), GenerationStatus.RUNNING)


def _failed(code: int | None, said: str) -> StatusReport:
    is_policy = code in _POLICY_CODES
    return StatusReport(
        status=GenerationStatus.FAILED,
        error_code="moderated" if is_policy else str(code) if code else "provider_error",
        error_message=said or "MiniMax gave no reason",
    )


def _require_success(report: StatusReport) -> None:
    if report.status in (GenerationStatus.QUEUED, GenerationStatus.RUNNING):
        raise Unavailable("MiniMax has not finished this generation yet")
    if report.status is not GenerationStatus.SUCCEEDED:
        reason = report.error_message or "it was cancelled"
        raise GenerationFailed(f"MiniMax made no video: {reason}", code=report.error_code)


def _no_output() -> GenerationFailed:
    return GenerationFailed("MiniMax called it a success but named no video", code="no_output")


def _code(answer: Answer) -> int | None:
    """A code by v1's place for it, else by v2's."""
    old = _number(at(answer.body, "base_resp", "status_code"))
    if old is not None:
        return old
    error = answer.body.get("error")
    return _number(at(error, "code")) or _number_in(plain(at(error, "message")))


def _said(answer: Answer) -> str:
    """The provider's words with its code, or the name of the status."""
    old = plain(at(answer.body, "base_resp", "status_msg"))
    words = old or plain(at(answer.body, "error", "message")) or phrase(answer.status)
    code = _code(answer)
    return words if code is None or str(code) in words else f"{words} (code {code})"


def _number(value: object) -> int | None:
    """A code as a number or as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    text = one_of(value)
    return int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else None


def _number_in(words: str) -> int | None:
    found = _CODE_IN_WORDS.search(words)
    return int(found[1]) if found else None


def _text(value: object) -> str | None:
    """An id, which is text or a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
