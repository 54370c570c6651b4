"""Between our words and Luma's, both ways. Pure: nothing here sends, reads a file or a clock."""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from video_foundry.adapters.models.wire.reading import (
    Answer,
    address,
    at,
    identifier,
    listed,
    one_of,
    phrase,
    plain,
)
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.adapters.models.wire.results import no_output, require_success
from video_foundry.errors import (
    ModelError,
    Rejected,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

REFUSALS = Refusals(title="Luma", key_variable="LUMA_AGENTS_API_KEY", money="credit")
GRID = 24
"""Luma counts the places of pictures within a clip in frames, of which a second has this many."""
LONGEST_SHOT = 5
"""Longest clip in seconds that takes its frames by name; a longer one takes them by place."""

Ref = Mapping[str, Any]
"""A picture as Luma takes it: `data` with `media_type`, or `file_id`."""

_STATUS = {
    "queued": GenerationStatus.QUEUED,
    "processing": GenerationStatus.RUNNING,
    "completed": GenerationStatus.SUCCEEDED,
    "failed": GenerationStatus.FAILED,
}
_CODES = {"content_moderated": "moderated", "budget_exhausted": "no_credit"}
_SAFETY_WORDS = re.compile(r"moderat|safety|content polic", re.IGNORECASE)
_CREDIT_WORDS = re.compile(r"\bcredits?\b|\bbudget\b|\bbalance\b", re.IGNORECASE)


def create_request(
    wire: Mapping[str, Any], prompt: str, params: Mapping[str, Any], pictures: Mapping[str, Ref]
) -> dict[str, Any]:
    """The body of a create call. wire: what Luma calls the model; pictures: parameter -> picture.
    Raises Rejected."""
    if not prompt.strip():
        raise Rejected("Luma needs a prompt", code="prompt_length")
    common = {
        "model": wire["model"],
        "type": wire["type"],
        "prompt": prompt,
        "aspect_ratio": params.get("aspect_ratio", "16:9"),
    }
    if wire["type"] == "image":
        return {**common, **_image_options(params, pictures)}
    return {**common, "video": _video_options(params, pictures)}


def _image_options(params: Mapping[str, Any], pictures: Mapping[str, Ref]) -> dict[str, Any]:
    options: dict[str, Any] = {"output_format": "png"}
    if params.get("style", "auto") != "auto":
        options["style"] = params["style"]
    if params.get("web_search"):
        options["web_search"] = True
    if "reference_image" in pictures:
        options["image_ref"] = [pictures["reference_image"]]
    return options


def _video_options(params: Mapping[str, Any], pictures: Mapping[str, Ref]) -> dict[str, Any]:
    seconds = int(params.get("duration", LONGEST_SHOT))
    options = {"duration": f"{seconds}s", "resolution": params.get("resolution", "720p")}
    if params.get("loop"):
        options["loop"] = True
    if seconds > LONGEST_SHOT or "middle_frame" in pictures:
        return {**options, **_keyframes(params, pictures, seconds)}
    named = {"start_frame": "first_frame", "end_frame": "last_frame"}
    return {**options, **{n: pictures[p] for n, p in named.items() if p in pictures}}


def _keyframes(
    params: Mapping[str, Any], pictures: Mapping[str, Ref], seconds: int
) -> dict[str, Any]:
    """Pictures by their places, which 10 seconds and more than two pictures need."""
    last = seconds * GRID
    middle = round(params.get("middle_frame_at", seconds / 2) * GRID)
    places = {
        "first_frame": 0,
        "middle_frame": min(max(middle, 1), last - 1),
        "last_frame": last,
    }
    used = [name for name in places if name in pictures]
    if not used:
        return {}
    return {
        "keyframes": [pictures[name] for name in used],
        "keyframe_indexes": [places[name] for name in used],
    }


def generation_id(answer: Answer) -> str | None:
    """The id of a generation that was accepted."""
    return identifier(answer.body.get("id"))


def status_report(generation: Mapping[str, Any]) -> StatusReport:
    """A generation as Luma tells it; a state that we do not know means it is still running."""
    status = _STATUS.get(str(generation.get("state")), GenerationStatus.RUNNING)
    if status is not GenerationStatus.FAILED:
        return StatusReport(status=status)
    return StatusReport(
        status=status,
        error_code=_code(generation.get("failure_code")) or "provider_error",
        error_message=plain(generation.get("failure_reason")) or "Luma gave no reason",
    )


def generation_result(
    generation: Mapping[str, Any], *, schemes: tuple[str, ...], makes: str
) -> GenerationResult:
    """Where what a finished generation made is; `makes`: `video` or `image`.

    Raises GenerationFailed, or Unavailable before the end.
    """
    report = status_report(generation)
    require_success(report, title="Luma", made=f"no {makes}")
    for output in listed(generation.get("output")):
        url = address(at(output, "url"), schemes)
        if url is not None and at(output, "type") == makes:
            return GenerationResult(url=url)
    raise no_output("Luma", makes)


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case Luma certainly did not accept."""
    said, code = _said(answer), _refusal_code(answer)
    if code == "moderated":
        return REFUSALS.moderated(said)
    if code == "no_credit":
        return REFUSALS.no_credit(said)
    return REFUSALS.by_status(answer, now, said)


def upload_refused(file: Mapping[str, Any]) -> str:
    """Why a picture cannot be used, for a message."""
    why = plain(file.get("failure_reason")) or f"it is {plain(file.get('state'))}"
    return f"Luma will not take this picture: {why}"


def _said(answer: Answer) -> str:
    """The provider's words, or the name of the status; Luma nowhere says what an error looks like,
    so that every usual place is looked at."""
    body = answer.body
    found = (
        body.get("detail"),
        body.get("message"),
        body.get("error"),
        at(body, "error", "message"),
    )
    words = next((plain(text) for text in found if plain(text)), "")
    return (words or _issues(body.get("detail")) or phrase(answer.status))[:600]


def _issues(detail: object) -> str:
    told = []
    for issue in listed(detail, most=5):
        place = at(issue, "loc")
        field = ".".join(map(str, place)) if isinstance(place, list) else ""
        told.append(f"{plain(field)}: {plain(at(issue, 'msg'))}")
    return "; ".join(told)


def _refusal_code(answer: Answer) -> str:
    body, words = answer.body, _said(answer)
    for told in (body.get("failure_code"), body.get("code"), at(body, "error", "code")):
        if code := _code(told):
            return code
    if _SAFETY_WORDS.search(words):
        return "moderated"
    may_be_money = answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN)
    return "no_credit" if may_be_money and _CREDIT_WORDS.search(words) else ""


def _code(told: object) -> str:
    """Our word for a failure where there is one, else Luma's own."""
    code = one_of(told)
    return _CODES.get(code, code)
