"""Between our words and Replicate's, both ways. Pure: nothing here sends or reads anything."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from video_foundry.adapters.models.wire.reading import (
    Answer,
    address,
    identifier,
    phrase,
    plain,
    share,
)
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.adapters.models.wire.results import no_output, require_success
from video_foundry.errors import (
    ModelError,
    Rejected,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

REFUSALS = Refusals(title="Replicate", key_variable="REPLICATE_API_TOKEN", money="credit")
DELIVERY = "replicate.delivery"
"""Where Replicate keeps results; its documentation asks for the key there."""
LARGEST_MARK = 2**31 - 1
"""Largest seed that every model takes."""

_STATUS = {
    "starting": GenerationStatus.QUEUED,
    "processing": GenerationStatus.RUNNING,
    "succeeded": GenerationStatus.SUCCEEDED,
    "failed": GenerationStatus.FAILED,
    "canceled": GenerationStatus.CANCELLED,
    # Its deadline passed before it began; nothing is billed.
    "aborted": GenerationStatus.CANCELLED,
}
_SAFETY_WORDS = re.compile(
    r"flagged|\bE005\b|\bnsfw\b|moderat|content polic|safety (?:filter|system|check)", re.IGNORECASE
)
_ERROR_CODE = re.compile(r"\((?:code: )?([A-Z]{1,3}\d{0,5})\)")
_WAIT = re.compile(r"resets? in ~?\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PROGRESS = re.compile(r"(\d{1,3})%\|")
_SUFFIXES = (".mp4", ".webm", ".mov", ".mkv", ".png", ".jpg", ".jpeg", ".webp")


def create_request(
    wire: Mapping[str, Any],
    prompt: str,
    params: Mapping[str, Any],
    *,
    frames: Mapping[str, str] | None = None,
    mark: int | None = None,
) -> tuple[str, dict[str, Any]]:
    """Path and body of a create call. Raises Rejected.

    wire: the catalogue's: `ref` is owner/name, `names` what the model calls a parameter, `fixed`
    what is always sent, `mark` the input that may carry `mark`. Without a `ref` the parameters name
    the model. frames: parameter name -> address of a picture.
    """
    if not prompt:
        raise Rejected("Replicate's models need a prompt", code="prompt_length")
    pictures = frames or {}
    if "ref" not in wire:
        return _any_model(prompt, params, pictures)
    names = wire.get("names", {})
    told = {names.get(name, name): value for name, value in {**params, **pictures}.items()}
    content = {"prompt": prompt, **wire.get("fixed", {}), **told}
    carrier = wire.get("mark")
    if mark is not None and carrier and content.get(carrier) is None:
        content[carrier] = mark
    return f"/v1/models/{wire['ref']}/predictions", {"input": content}


def _any_model(
    prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    own = dict(params.get("input", {}))
    said = {params.get("prompt_name", "prompt"): prompt}
    said |= {params.get("first_frame_name", "image"): url for url in frames.values()}
    twice = sorted(own.keys() & said.keys())
    if twice:
        raise Rejected(
            f"`input` also sets {', '.join(twice)}, which the segment itself gives",
            code="bad_parameter",
        )
    content = {**own, **said}
    ref, version = params["model_ref"], params.get("version")
    if version is None:
        return f"/v1/models/{ref}/predictions", {"input": content}
    return "/v1/predictions", {"version": f"{ref}:{version}", "input": content}


def called_back(webhook_url: str | None) -> dict[str, Any]:
    """What is added to a create call so that its end is told to an address; nothing for none."""
    if webhook_url is None:
        return {}
    return {"webhook": webhook_url, "webhook_events_filter": ["completed"]}


def mark_of(key: str) -> int:
    """A seed that says whose submission a prediction is: the same for the same key, from 1 on."""
    digest = hashlib.sha256(f"video-foundry:{key}".encode()).digest()
    return 1 + int.from_bytes(digest[:8]) % LARGEST_MARK


def marked(predictions: Iterable[Any], *, ref: str, carrier: str, mark: int) -> str | None:
    """The id of the prediction that carries our mark, None where there is none."""
    for told in predictions:
        if not isinstance(told, Mapping) or told.get("model") != ref:
            continue
        content = told.get("input")
        if isinstance(content, Mapping) and content.get(carrier) == mark:
            return identifier(told.get("id"))
    return None


def next_cursor(listing: Mapping[str, Any]) -> str | None:
    """The cursor of the next page; the address around it is not followed."""
    parts = _parts(listing.get("next"))
    return parse_qs(parts.query).get("cursor", [None])[0] if parts else None


def prediction_id(answer: Answer) -> str | None:
    """The id of a prediction that was accepted."""
    return identifier(answer.body.get("id"))


def status_report(told: Mapping[str, Any], *, schemes: tuple[str, ...]) -> StatusReport:
    """A prediction as Replicate tells it; a status word that we do not know means it is still
    running. A success without a file is a failure."""
    status = _STATUS.get(str(told.get("status")), GenerationStatus.RUNNING)
    if status is GenerationStatus.FAILED:
        why = plain(told.get("error")) or "Replicate gave no reason"
        return StatusReport(status=status, error_code=_failure_code(why), error_message=why)
    if status is GenerationStatus.SUCCEEDED and _result_url(told, schemes) is None:
        return _without_result(told)
    return StatusReport(status=status, progress=_progress(told))


def generation_result(
    told: Mapping[str, Any], *, schemes: tuple[str, ...], key_headers: Mapping[str, str]
) -> GenerationResult:
    """Where a finished prediction's file is. Raises GenerationFailed, or Unavailable before the
    end. key_headers go to Replicate's own store alone."""
    report = status_report(told, schemes=schemes)
    require_success(report, title="Replicate", made="no result")
    url = _result_url(told, schemes)
    if url is None:  # never: a success without one is reported as a failure
        raise no_output("Replicate", "file")
    return GenerationResult(url=url, headers=key_headers if is_delivery(url) else {})


def is_delivery(url: str) -> bool:
    """Whether an address lies in Replicate's own store, and the key may go there."""
    parts = _parts(url)
    host = (parts.hostname or "").lower() if parts else ""
    is_theirs = host == DELIVERY or host.endswith(f".{DELIVERY}")
    return parts is not None and parts.scheme == "https" and is_theirs


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case Replicate certainly did not accept."""
    said = plain(answer.body.get("detail")) or plain(answer.body.get("title"))
    said = said or phrase(answer.status)
    told = answer.retry_after(now)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS and told is None:
        return REFUSALS.rate_limited(said, _wait_in_words(said))
    if answer.status == HTTPStatus.NOT_FOUND:
        return REFUSALS.unknown_model(said)
    error = REFUSALS.by_status(answer, now, said)
    # The status comes first: what it says plainly is not made out of words.
    is_open = type(error) is Rejected and answer.status >= HTTPStatus.BAD_REQUEST
    return REFUSALS.moderated(said) if is_open and _SAFETY_WORDS.search(said) else error


def _wait_in_words(said: str) -> float | None:
    """Seconds of `Your rate limit resets in ~30s.`"""
    found = _WAIT.search(said)
    return float(found[1]) * _SECONDS[found[2]] if found else None


def _failure_code(why: str) -> str:
    if _SAFETY_WORDS.search(why):
        return "moderated"
    found = _ERROR_CODE.search(why)
    return found[1] if found else "provider_error"


def _without_result(told: Mapping[str, Any]) -> StatusReport:
    if told.get("data_removed") is True:
        code, why = "data_removed", "Replicate has removed the result, as it does after an hour"
    else:
        code, why = "no_output", "Replicate called it a success but named no file"
    return StatusReport(status=GenerationStatus.FAILED, error_code=code, error_message=why)


def _progress(told: Mapping[str, Any]) -> float | None:
    """What the model prints about itself, where it prints a bar; Replicate has no field for it."""
    logs = told.get("logs")
    found = _PROGRESS.findall(logs[-4000:]) if isinstance(logs, str) else []
    return share(float(found[-1]), of=100) if found else None


def _result_url(told: Mapping[str, Any], schemes: tuple[str, ...]) -> str | None:
    """The file among the output, which is an address, a list of some or an object with some: the
    first that is named like a video or a picture, else the first."""
    urls = list(_addresses(told.get("output"), schemes))
    named = (url for url in urls if _path(url).endswith(_SUFFIXES))
    return next(named, urls[0] if urls else None)


def _path(url: str) -> str:
    parts = _parts(url)
    return parts.path.lower() if parts else ""


def _parts(url: object) -> SplitResult | None:
    """A foreign address taken apart, None for what is none."""
    try:
        return urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        return None


def _addresses(output: Any, schemes: tuple[str, ...], depth: int = 4) -> Iterator[str]:
    url = address(output, schemes)
    if url is not None and _parts(url) is not None:
        yield url
    elif depth and isinstance(output, Mapping | list):
        parts = output.values() if isinstance(output, Mapping) else output
        for part in parts:
            yield from _addresses(part, schemes, depth - 1)
