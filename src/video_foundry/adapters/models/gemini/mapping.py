"""Between our words and the Gemini API's, both ways. Pure: nothing here sends, reads a file or a
clock."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from video_foundry.adapters.models.wire import google
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import (
    Answer,
    address,
    at,
    decoded,
    identifier,
    listed,
    plain,
)
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.adapters.models.wire.results import require_success
from video_foundry.errors import GenerationFailed, ModelError, Rejected
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

REFUSALS = Refusals(title="Gemini", key_variable="GEMINI_API_KEY", money="money")
FRAMES = ("first_frame", "last_frame")
REFERENCES = ("reference_image", "reference_image_2", "reference_image_3")

_STATUS = {
    "queued": GenerationStatus.QUEUED,
    "in_progress": GenerationStatus.RUNNING,
    "completed": GenerationStatus.SUCCEEDED,
    "cancelled": GenerationStatus.CANCELLED,
    **dict.fromkeys(
        ("failed", "incomplete", "budget_exceeded", "requires_action", "requires_continuation"),
        GenerationStatus.FAILED,
    ),
}
_WHY = {
    "incomplete": "Gemini stopped before the video was whole",
    "budget_exceeded": "the budget of the Gemini account was used up",
    "requires_action": "Gemini asked for an answer instead of making a video",
    "requires_continuation": "Gemini stopped half-way and made no video",
}
_CODES = {"budget_exceeded": "no_credit"}


def create_request(
    wire_model: str, prompt: str, params: Mapping[str, Any], pictures: Mapping[str, Picture]
) -> dict[str, Any]:
    """The body of a create call; pictures: parameter -> picture. Raises Rejected."""
    if not prompt.strip():
        raise Rejected("Gemini needs a prompt", code="prompt_length")
    shown = [pictures[name] for name in (*FRAMES, *REFERENCES) if name in pictures]
    content = [{"type": "image", "data": p.base64, "mime_type": p.kind} for p in shown]
    return {
        "model": wire_model,
        "background": True,
        "generation_config": {"video_config": {"task": _task(pictures)}},
        "input": [{"type": "user_input", "content": [*content, {"type": "text", "text": prompt}]}],
        "response_format": {
            "type": "video",
            "aspect_ratio": params.get("aspect_ratio", "16:9"),
            "duration": f"{int(params.get('duration', 5))}s",
            "resolution": params.get("resolution", "720p"),
            "delivery": "uri",
        },
    }


def _task(pictures: Mapping[str, Picture]) -> str:
    if not pictures:
        return "text_to_video"
    return "image_to_video" if "first_frame" in pictures else "reference_to_video"


def interaction_id(answer: Answer) -> str | None:
    """The id of an interaction that was accepted."""
    return identifier(answer.body.get("id"))


def status_report(interaction: Mapping[str, Any]) -> StatusReport:
    """An interaction as Gemini tells it; a status that we do not know means it is still running,
    and a success without a video is none."""
    word = str(interaction.get("status"))
    status = _STATUS.get(word, GenerationStatus.RUNNING)
    if status is GenerationStatus.SUCCEEDED and next(_videos(interaction), None) is None:
        return _failed("no_output", _said(interaction) or "Gemini made no video, and no complaint")
    if status is not GenerationStatus.FAILED:
        return StatusReport(status=status)
    why = _said(interaction) or _WHY.get(word, "Gemini gave no reason")
    return _failed(_CODES.get(word, word if word != "failed" else "provider_error"), why)


def _failed(code: str, why: str) -> StatusReport:
    told = "moderated" if google.is_safety(why) else code
    return StatusReport(status=GenerationStatus.FAILED, error_code=told, error_message=why)


def generation_result(
    interaction: Mapping[str, Any],
    *,
    base_url: str,
    schemes: tuple[str, ...],
    headers: Mapping[str, str],
) -> GenerationResult:
    """Where a finished interaction's video is, with `headers`, which hold the key, where it is kept
    by the API itself. Raises GenerationFailed, or Unavailable before the end."""
    report = status_report(interaction)
    require_success(report, title="Gemini")
    for video in _videos(interaction):
        url = address(video.get("uri"), schemes)
        if url is not None:
            return GenerationResult(url=url, headers=headers if _same(url, base_url) else {})
        content = decoded(video.get("data"))
        if content:
            return GenerationResult(content=content)
    raise GenerationFailed("Gemini named a video that cannot be read", code="no_output")


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case Gemini certainly did not accept."""
    return google.refusal(answer, now, REFUSALS)


def _videos(interaction: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parts that carry a video, wherever among the steps they are."""
    for step in listed(interaction.get("steps")):
        for part in listed(at(step, "content")):
            if at(part, "type") == "video" and (part.get("uri") or part.get("data")):
                yield part


def _said(interaction: Mapping[str, Any]) -> str:
    """What Gemini says went wrong: its errors, those of its steps, or what it answered instead."""
    told = [at(error, "message") for error in listed(interaction.get("errors"))]
    for step in listed(interaction.get("steps")):
        told.append(at(step, "error", "message"))
        if at(step, "type") == "model_output":
            told += [at(part, "text") for part in listed(at(step, "content"))]
    return "; ".join(plain(text) for text in told if plain(text))[:600]


def _same(url: str, base_url: str) -> bool:
    there, here = urlsplit(url), urlsplit(base_url)
    return (there.scheme, there.netloc) == (here.scheme, here.netloc)
