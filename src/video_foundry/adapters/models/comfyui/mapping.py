"""Between our words and ComfyUI's, both ways. Pure: nothing here sends, reads a file or a clock."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from video_foundry.adapters.models.comfyui.graph import Graph, output_nodes
from video_foundry.adapters.models.wire.reading import (
    Answer,
    at,
    identifier,
    listed,
    one_of,
    phrase,
    plain,
)
from video_foundry.core.catalogue import Output
from video_foundry.errors import (
    GenerationFailed,
    ModelError,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
)
from video_foundry.ports.video_model import GenerationStatus, StatusReport

KEY_NAME = "video_foundry"
"""What our key is called in `extra_data`: older servers choose ids themselves."""

_FILMS = ((".mp4", ".mov", ".mkv", ".webm"), (".gif", ".webp"))
_PICTURES = ((".png", ".jpg", ".jpeg", ".webp"),)
_ID, _EXTRA = 1, 3
"""Where id and extra data stand in a queue item and in a history entry's `prompt`."""


def create_request(graph: Graph, *, key: str, client_id: str) -> dict[str, Any]:
    """Body of the call that queues a workflow. client_id: whom progress is told to."""
    return {
        "prompt": graph,
        "prompt_id": key,
        "client_id": client_id,
        "extra_data": {KEY_NAME: key},
    }


def prompt_id(answer: Answer) -> str | None:
    """The id of a workflow that was queued."""
    return identifier(answer.body.get("prompt_id"))


def place_in(queue: Mapping[str, Any], job_id: str) -> GenerationStatus | None:
    """Where a job stands in the queue; None when it is not there."""
    if any(at(item, _ID) == job_id for item in queue["queue_running"]):
        return GenerationStatus.RUNNING
    if any(at(item, _ID) == job_id for item in queue["queue_pending"]):
        return GenerationStatus.QUEUED
    return None


def id_in_queue(queue: Mapping[str, Any], key: str) -> str | None:
    """The id of the job that was queued with our key."""
    return _id_of((*queue["queue_running"], *queue["queue_pending"]), key)


def id_in_history(history: Mapping[str, Any], key: str) -> str | None:
    """The id of a job of the past that was queued with our key."""
    return _id_of([at(entry, "prompt") for entry in history.values()], key)


def _id_of(items: Any, key: str) -> str | None:
    for item in items:
        told = at(item, _ID)
        if isinstance(told, str) and key in (told, at(item, _EXTRA, KEY_NAME)):
            return told
    return None


def ended(entry: Mapping[str, Any]) -> StatusReport:
    """How a job of the history ended. A word that nobody knows means that it still runs."""
    word = at(entry, "status", "status_str")
    if word == "error":
        return _failure(entry)
    # Jobs of older servers have no status at all.
    is_done = word == "success" or entry.get("status") is None
    return StatusReport(
        status=GenerationStatus.SUCCEEDED if is_done else GenerationStatus.RUNNING,
        progress=1.0 if is_done else None,
    )


def _failure(entry: Mapping[str, Any]) -> StatusReport:
    told = {str(at(m, 0)): at(m, 1) for m in listed(at(entry, "status", "messages"))}
    if "execution_interrupted" in told:
        return StatusReport(status=GenerationStatus.CANCELLED)
    error = told.get("execution_error")
    node = plain(at(error, "node_type"))
    words = plain(at(error, "exception_message")) or "ComfyUI gave no reason"
    return StatusReport(
        status=GenerationStatus.FAILED,
        error_code=one_of(at(error, "exception_type")) or "provider_error",
        error_message=f"{node}: {words}" if node else words,
    )


def result_path(entry: Mapping[str, Any], makes: Output) -> str:
    """Path and query of the file that a finished job is for. Raises GenerationFailed.

    Saved files come before those for a preview, films of a kind that holds sound before animated
    pictures, and a marked node before all others.
    """
    graph = at(entry, "prompt", 2)
    wanted = output_nodes(graph) if isinstance(graph, Mapping) else []
    files = [*_files(entry, wanted), *_files(entry, None)]
    for kind in ("output", "temp"):
        for suffixes in _FILMS if makes == "video" else _PICTURES:
            for file in files:
                suffix = PurePosixPath(file["filename"]).suffix.lower()
                if file["type"] == kind and suffix in suffixes:
                    return "/view?" + urlencode(file)
    raise GenerationFailed(
        f"the workflow ended without saving a {makes}" + _instead(files), code="no_output"
    )


def _instead(files: list[dict[str, str]]) -> str:
    names = [file["filename"] for file in files[:3]]
    return f"; it saved {plain(', '.join(names), 120)}" if names else ""


def _files(entry: Mapping[str, Any], nodes: list[str] | None) -> Iterator[dict[str, str]]:
    """Every file in the outputs, whatever the list is called in which it stands."""
    outputs = entry.get("outputs")
    for node_id, output in outputs.items() if isinstance(outputs, Mapping) else ():
        if nodes is not None and node_id not in nodes:
            continue
        for told in output.values() if isinstance(output, Mapping) else ():
            for item in listed(told):
                if isinstance(at(item, "filename"), str):
                    yield {
                        "filename": item["filename"],
                        "subfolder": one_of(item.get("subfolder"), 1000),
                        "type": one_of(item.get("type")) or "output",
                    }


def uploaded_name(answer: Answer) -> str | None:
    """What a workflow calls a picture that was uploaded."""
    name, folder = answer.body.get("name"), answer.body.get("subfolder")
    if not isinstance(name, str) or not name:
        return None
    return f"{folder}/{name}" if isinstance(folder, str) and folder else name


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case nothing was queued. ComfyUI itself asks for
    no key and sets no limits, but what stands in front of a server may."""
    said = _said(answer)
    match answer.status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(f"ComfyUI: {said}", retry_after=answer.retry_after(now))
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return NotAuthorised(f"the ComfyUI server lets nobody in without signing in: {said}")
        case HTTPStatus.PAYMENT_REQUIRED:
            return NoCredit(f"the ComfyUI server asks for money: {said}")
        case status if status < HTTPStatus.BAD_REQUEST:
            return Rejected(f"ComfyUI redirects elsewhere ({said}); check COMFYUI_BASE_URL")
        case _:
            return Rejected(f"ComfyUI refused the workflow: {said}")


def _said(answer: Answer) -> str:
    """The server's words with what it finds wrong in each node, or the name of the status."""
    error = answer.body.get("error")
    words = plain(at(error, "message")) or plain(error) or phrase(answer.status)
    if details := plain(at(error, "details")):
        words += f" ({details})"
    problems = answer.body.get("node_errors")
    for node_id, told in list(problems.items())[:5] if isinstance(problems, Mapping) else ():
        for problem in listed(at(told, "errors"))[:3]:
            said = f"{plain(at(problem, 'message'))}: {plain(at(problem, 'details'))}"
            words += f"; node {plain(node_id)} ({plain(at(told, 'class_type'))}): {said}"
    return words[:600]
