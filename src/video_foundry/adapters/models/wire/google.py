"""How Google's APIs refuse, which those of its providers here share. Pure: nothing here sends,
reads a file or a clock."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from video_foundry.adapters.models.wire.reading import Answer, at, listed, one_of, phrase, plain
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.errors import (
    ModelError,
)

_SAFETY_WORDS = re.compile(
    r"safety|responsible ai|usage guidelines|content polic|prohibited|moderat|sensitive|\brai\b",
    re.IGNORECASE,
)
# The everyday message of a rate limit speaks of "plan and billing details" too: not a matter of
# money, so the word alone says nothing.
_MONEY_WORDS = re.compile(
    r"prepa(id|yment)|credits? (is|are|has|have)|billing (account|to be enabled)|enable billing",
    re.IGNORECASE,
)
_MONEY_REASONS = {"BILLING_DISABLED", "BILLING_NOT_ENABLED"}
_KEY_REASONS = {"API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "ACCESS_TOKEN_EXPIRED"}


def is_safety(message: object) -> bool:
    """Whether Google's words for a failure speak of its policies."""
    return _SAFETY_WORDS.search(plain(message)) is not None


def refusal(answer: Answer, now: datetime, refusals: Refusals) -> ModelError:
    """What an answer of 300 to 499 means: in each case it was certainly not accepted."""
    status, said = answer.status, _said(answer)
    reasons = {one_of(at(detail, "reason")) for detail in _details(answer)}
    if reasons & _MONEY_REASONS or _MONEY_WORDS.search(said):
        return refusals.no_credit(said)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return refusals.rate_limited(said, _wait(answer, now))
    if reasons & _KEY_REASONS:
        return refusals.not_authorised(said)
    if is_safety(said):
        return refusals.moderated(said)
    return refusals.by_status(answer, now, said)


def _said(answer: Answer) -> str:
    """Google's words with the fields they speak of, or the name of the status."""
    words = plain(at(answer.body, "error", "message")) or phrase(answer.status)
    for detail in _details(answer):
        for violation in at(detail, "fieldViolations") or ():
            field, why = plain(at(violation, "field")), plain(at(violation, "description"))
            words += f"; {field}: {why}"
    return words[:600]


def _wait(answer: Answer, now: datetime) -> float | None:
    """The wait that is asked for: in the header, else as `34s` among the details."""
    told = answer.retry_after(now)
    if told is not None:
        return told
    delays = (one_of(at(detail, "retryDelay")) for detail in _details(answer))
    found = (re.fullmatch(r"(\d{1,9}(?:\.\d+)?)s", delay) for delay in delays)
    return next((float(match[1]) for match in found if match), None)


def _details(answer: Answer) -> Iterator[Mapping[str, Any]]:
    for detail in listed(at(answer.body, "error", "details"), most=10):
        if isinstance(detail, dict):
            yield detail
