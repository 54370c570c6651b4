"""Between our words and MiniMax's, both ways and for both of its interfaces. Pure: nothing here
sends, reads a file or a clock."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from video_foundry.adapters.models.wire.reading import (
    Answer,
    address,
    at,
    integer,
    number_or_identifier,
    one_of,
    phrase,
    plain,
)
from video_foundry.adapters.models.wire.refusals import Codes, Refusals
from video_foundry.adapters.models.wire.results import no_output, require_success
from video_foundry.errors import (
    ModelError,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

TITLE = "MiniMax"
REFUSALS = Refusals(title=TITLE, key_variable="MINIMAX_API_KEY", money="balance")
OK = 0
CODES = Codes(
    server=(1000, 1001, 1024, 1033),
    limit=(1002, 1039, 1041, 2056),
    key=(1004, 2049),
    money=(1008,),
    # 1026 is about what went in, 1027 about what came out.
    policy=(1026, 1027),
)

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
    return number_or_identifier(at(answer.body, "task_id") or at(answer.body, "task", "id"))


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
    require_success(report_v1(answer, now), title=TITLE)
    file_id = number_or_identifier(answer.body.get("file_id"))
    if file_id is None:
        raise no_output(TITLE)
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
    require_success(report_v2(answer, now), title=TITLE)
    url = address(at(answer.body, "task", "content", "url"), schemes)
    if url is None:
        raise no_output(TITLE)
    return GenerationResult(url=url)


def could_not_ask(answer: Answer, now: datetime) -> ModelError:
    """Why a question with status 2xx told nothing; the generation itself goes on."""
    code = _code(answer)
    if code in (*CODES.limit, *CODES.key):
        return meaning(code, _said(answer), retry_after=answer.retry_after(now))
    return Unavailable(f"MiniMax could not tell how the generation stands: {_said(answer)}")


# --- refusals ----------------------------------------------------------------------------------


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case MiniMax certainly did not accept."""
    code, said, wait = _code(answer), _said(answer), answer.retry_after(now)
    if code not in (None, OK, *CODES.server):
        return meaning(code, said, retry_after=wait)
    return REFUSALS.by_status(answer, now, said)


def meaning(code: int | None, said: str, *, retry_after: float | None) -> ModelError:
    """What a code other than 0 in answer to a create call means, whatever the status was."""
    return REFUSALS.by_code(code, CODES, said, wait=retry_after)


# --- within ------------------------------------------------------------------------------------


def _status(told: str) -> GenerationStatus:
    return _STATUS.get(told.lower(), GenerationStatus.RUNNING)


def _failed(code: int | None, said: str) -> StatusReport:
    is_policy = code in CODES.policy
    return StatusReport(
        status=GenerationStatus.FAILED,
        error_code="moderated" if is_policy else str(code) if code else "provider_error",
        error_message=said or "MiniMax gave no reason",
    )


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
    number = integer(value)
    if number is not None:
        return number
    text = one_of(value)
    return int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else None


def _number_in(words: str) -> int | None:
    found = _CODE_IN_WORDS.search(words)
    return int(found[1]) if found else None
