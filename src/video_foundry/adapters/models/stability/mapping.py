"""Between our words and Stability's, both ways. Pure: nothing here sends, reads a file or a
clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from video_foundry.adapters.models.wire.reading import (
    Answer,
    decoded,
    listed,
    one_of,
    phrase,
    plain,
)
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.errors import (
    ModelError,
)
from video_foundry.ports.video_model import GenerationStatus, StatusReport

REFUSALS = Refusals(title="Stability", key_variable="STABILITY_API_KEY")

_SAFETY_WORDS = re.compile(r"moderat|safety|content.?filter|content.?polic", re.IGNORECASE)
_FILTERED = "CONTENT_FILTERED"
_FAILED = "ERROR"
_TEXT_FIELDS = ("aspect_ratio", "negative_prompt", "seed", "style_preset", "cfg_scale")


@dataclass(frozen=True, kw_only=True)
class Made:
    """What an answer to a create call holds. reason: Stability's word for how it ended. picture: a
    PNG file, None where there is none."""

    reason: str
    picture: bytes | None = field(default=None, repr=False)


def create_request(
    wire: Mapping[str, Any], prompt: str, params: Mapping[str, Any]
) -> tuple[str, dict[str, str]]:
    """Path and form of a create call; the answer to it is the picture."""
    form = {"prompt": prompt, "output_format": "png"}
    if "model" in wire:
        form |= {"model": str(wire["model"]), "mode": "text-to-image"}
    for name in _TEXT_FIELDS:
        if params.get(name) is not None:
            form[name] = _as_text(params[name])
    return f"/v2beta/stable-image/generate/{wire['path']}", form


def made(answer: Answer) -> Made | None:
    """What a 2xx answer holds, None for one that is not Stability's."""
    reason = one_of(answer.body.get("finish_reason"))
    if not reason:
        return None
    return Made(reason=reason, picture=decoded(answer.body.get("image")) or None)


def status_report(reason: str) -> StatusReport:
    """How a generation ended, by Stability's word for it. A filtered picture comes blurred, and is
    not used."""
    if reason == _FILTERED:
        return StatusReport(
            status=GenerationStatus.FAILED,
            error_code="moderated",
            error_message="Stability withheld the picture by its content policy",
        )
    if reason == _FAILED:
        return StatusReport(
            status=GenerationStatus.FAILED,
            error_code="provider_error",
            error_message="Stability failed to make the picture",
        )
    return StatusReport(status=GenerationStatus.SUCCEEDED)


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case Stability certainly did not accept."""
    said = _said(answer)
    is_plain = answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.PAYMENT_REQUIRED)
    if not is_plain and _is_moderation(answer):
        return REFUSALS.moderated(said)
    return REFUSALS.by_status(answer, now, said)


def _is_moderation(answer: Answer) -> bool:
    if _SAFETY_WORDS.search(one_of(answer.body.get("name"))):
        return True
    is_forbidden = answer.status == HTTPStatus.FORBIDDEN
    return is_forbidden and _SAFETY_WORDS.search(_said(answer)) is not None


def _said(answer: Answer) -> str:
    """The provider's words, or the name of the status."""
    words = [plain(error) for error in listed(answer.body.get("errors"), most=5)]
    told = "; ".join(word for word in words if word)
    return (told or plain(answer.body.get("name")) or phrase(answer.status))[:600]


def _as_text(value: object) -> str:
    """A form has text alone; a whole number is written without a point."""
    return f"{value:g}" if isinstance(value, float) else str(value)
