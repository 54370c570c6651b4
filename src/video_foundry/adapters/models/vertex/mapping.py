"""Between our words and Vertex AI's, both ways. Pure: nothing here sends, reads a file or a
clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.wire import google
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import Answer, at, decoded, listed, plain
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.adapters.models.wire.results import require_success
from video_foundry.errors import GenerationFailed, ModelError, Rejected
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

REFUSALS = Refusals(title="Vertex AI", key_variable="VERTEX_ACCESS_TOKEN", money="money")
CANCELLED = 1
"""Google's code for something that was stopped."""
_PARAMETERS = {
    "duration": "durationSeconds",
    "aspect_ratio": "aspectRatio",
    "resolution": "resolution",
    "audio": "generateAudio",
    "seed": "seed",
    "negative_prompt": "negativePrompt",
    "person_generation": "personGeneration",
    "resize_mode": "resizeMode",
}
_FRAMES = {"first_frame": "image", "last_frame": "lastFrame"}


def create_request(
    prompt: str,
    params: Mapping[str, Any],
    pictures: Mapping[str, Picture],
    *,
    storage_uri: str = "",
) -> dict[str, Any]:
    """The body of a create call. pictures: parameter -> picture; storage_uri: the bucket that the
    video goes to, "" for the answer itself. Raises Rejected."""
    if not prompt.strip():
        raise Rejected("Veo needs a prompt", code="prompt_length")
    frames = {theirs: _media(pictures[our]) for our, theirs in _FRAMES.items() if our in pictures}
    told = {n: params[our] for our, n in _PARAMETERS.items() if params.get(our) not in (None, "")}
    parameters = {"sampleCount": 1, **told}
    if "resizeMode" in told:
        parameters["resizeMode"] = told["resizeMode"].upper()
    if storage_uri:
        parameters["storageUri"] = storage_uri
    return {"instances": [{"prompt": prompt, **frames}], "parameters": parameters}


def _media(picture: Picture) -> dict[str, str]:
    return {"bytesBase64Encoded": picture.base64, "mimeType": picture.kind}


def operation_name(answer: Answer) -> str | None:
    """The name of an operation that was accepted."""
    told = answer.body.get("name")
    return told if isinstance(told, str) and "/operations/" in told else None


def status_report(operation: Mapping[str, Any]) -> StatusReport:
    """An operation as Vertex AI tells it, which is done or not; done without a video is failed."""
    if operation.get("done") is not True:
        return StatusReport(status=GenerationStatus.RUNNING)
    error = operation.get("error")
    if isinstance(error, dict):
        return _with_error(error)
    if _video(operation):
        return StatusReport(status=GenerationStatus.SUCCEEDED)
    filtered = at(operation, "response", "raiMediaFilteredCount")
    reasons = at(operation, "response", "raiMediaFilteredReasons")
    said = "; ".join(map(plain, listed(reasons, most=5)))
    if said or filtered:
        return _failed("moderated", said or "the video was withheld by the content policy")
    return _failed("no_output", "Veo called it a success but gave no video")


def _with_error(error: Mapping[str, Any]) -> StatusReport:
    if error.get("code") == CANCELLED:
        return StatusReport(status=GenerationStatus.CANCELLED)
    said = plain(error.get("message")) or "Vertex AI gave no reason"
    return _failed("moderated" if google.is_safety(said) else "provider_error", said)


def _failed(code: str, why: str) -> StatusReport:
    return StatusReport(status=GenerationStatus.FAILED, error_code=code, error_message=why)


def generation_result(
    operation: Mapping[str, Any], *, storage_base_url: str, headers: Mapping[str, str]
) -> GenerationResult:
    """The video of a finished operation, or its place in a bucket, which is read with `headers`.

    Raises GenerationFailed, or Unavailable before the end.
    """
    report = status_report(operation)
    require_success(report, title="Vertex AI")
    video = _video(operation)
    place = video.get("gcsUri")
    if isinstance(place, str) and place.startswith("gs://"):
        url = f"{storage_base_url}/{quote(place.removeprefix('gs://'))}"
        return GenerationResult(url=url, headers=headers)
    content = decoded(video.get("bytesBase64Encoded"))
    if not content:
        raise GenerationFailed("Veo gave a video that cannot be read", code="no_output")
    return GenerationResult(content=content)


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case Vertex AI certainly did not accept."""
    return google.refusal(answer, now, REFUSALS)


def _video(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first video, empty for none."""
    video = at(operation, "response", "videos", 0)
    has_any = at(video, "gcsUri") or at(video, "bytesBase64Encoded")
    return video if has_any and isinstance(video, dict) else {}
