"""Errors as problem documents (RFC 9457): the one place that turns the error tree into HTTP. What
the caller sent is never echoed back: it may hold anything."""

import errno
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException

from video_foundry.api.schemas.base import Problem
from video_foundry.errors import (
    BadInput,
    Conflict,
    FieldProblem,
    FoundryError,
    MediaError,
    NotFound,
    PartUnavailable,
    PaymentRefused,
)
from video_foundry.services.render_views import PLAN_JSON
from video_foundry.services.renders import PlanDrifted

PROBLEM = "application/problem+json"
RETRY_SECONDS = 2
"""When a caller is asked to come again while a part of the installation is away."""
MOST_PROBLEMS = 50
"""Wrong fields that one answer names; a body can hold very many."""

logger = structlog.get_logger(__name__)


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = PROBLEM


def problem(
    status: int,
    code: str,
    detail: str,
    problems: Sequence[FieldProblem] = (),
    *,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """A problem document with a readable `detail`."""
    body = {
        "type": f"urn:video-foundry:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [
            {"field": p.field, "message": p.message, "fix": p.fix} for p in problems[:MOST_PROBLEMS]
        ],
        **jsonable_encoder(dict(extra or {})),
    }
    return ProblemResponse(body, status_code=status, headers=dict(headers or {}))


_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BY_CODE = {"too_large": 413, "not_multipart": 415, "unchecked": 503, "disk_full": 507}


def _status_of(error: FoundryError) -> int:
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    match error:
        case NotFound():
            return 404
        case PaymentRefused():
            return 402
        case Conflict():
            return 409
        case BadInput() | MediaError():
            return 422
        case _:
            return 500


async def _foundry_error(_request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, FoundryError):
        raise error
    if isinstance(error, PartUnavailable):
        return _away(error)
    status = _status_of(error)
    if status >= 500:
        logger.error("request failed", code=error.code, detail=error.message)
    problems = error.problems if isinstance(error, BadInput) else ()
    extra = dict(error.extra) if isinstance(error, BadInput) else {}
    if isinstance(error, PlanDrifted):
        extra["plan"] = PLAN_JSON.dump_python(error.plan, mode="json")
    return problem(status, error.code, _sentence(error.message, problems), problems, extra=extra)


def _away(error: PartUnavailable) -> ProblemResponse:
    """What a part says of itself (addresses, users) is for the log; callers learn which part."""
    logger.warning("a part is away", part=error.part, reason=error.message)
    headers = {"Retry-After": str(RETRY_SECONDS)}
    status, detail = 503, "cannot be used at the moment; try again in a few seconds"
    if error.code == "disk_full":
        status, detail = 507, "has no room left on its disk; free some space there"
    told = f"the {error.part} {detail}"
    return problem(status, error.code, told, extra={"part": error.part}, headers=headers)


def _sentence(message: str, problems: Sequence[FieldProblem]) -> str:
    fix = next((p.fix for p in problems if p.fix), None)
    return f"{message}: {fix}" if fix and fix not in message else message


async def _invalid(_request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    details = error.errors()
    if any(d["type"] == "json_invalid" for d in details):
        return problem(400, "malformed_json", "the body is not valid JSON: check it and send again")
    problems = field_problems(details)
    first = problems[0]
    return problem(422, "bad_input", f"{first.field}: {first.message}", problems)


def field_problems(details: Sequence[ErrorDetails] | Sequence[Any]) -> list[FieldProblem]:
    """Pydantic's findings as ours, without what was sent."""
    return [
        FieldProblem(field=_path(d["loc"]), message=_clean(d["msg"]), fix=_fix(d))
        for d in details[:MOST_PROBLEMS]
    ]


def _path(loc: Sequence[int | str]) -> str:
    parts = [str(part)[:80] for part in loc]
    if len(parts) > 1 and parts[0] in ("body", "query", "path", "header"):
        parts = parts[1:]
    return ".".join(parts).encode("utf-8", "replace").decode()


def _clean(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:300].encode("utf-8", "replace").decode()


_FIXES: dict[str, str] = {
    "missing": "give it a value",
    "string_too_long": "shorten it to {max_length} characters",
    "string_too_short": "give it a value",
    "string_type": "give text",
    "string_unicode": "send valid Unicode",
    "string_pattern_mismatch": "write it in the form that the message names",
    "too_long": "give at most {max_length}",
    "too_short": "give at least {min_length}",
    "extra_forbidden": "remove it, or check the spelling",
    "greater_than": "give more than {gt}",
    "greater_than_equal": "give {ge} or more",
    "less_than": "give less than {lt}",
    "less_than_equal": "give {le} or less",
    "multiple_of": "give a multiple of {multiple_of}",
    "literal_error": "choose {expected}",
    "decimal_max_digits": "write it with at most {max_digits} digits",
    "int_from_float": "give a whole number",
    "finite_number": "give a finite number",
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size"), "give a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "give a number"),
    **dict.fromkeys(("decimal_type", "decimal_parsing"), "give a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "give true or false"),
    **dict.fromkeys(("uuid_type", "uuid_parsing"), "give an id as the API wrote it"),
    **dict.fromkeys(
        ("dict_type", "model_type", "model_attributes_type"),
        'give a JSON object, {{"...": ...}}, as application/json',
    ),
    "list_type": "give a list, [...]",
}
"""Pydantic's type of error -> what to do; braces are filled from the error's context."""


def _fix(detail: Any) -> str | None:
    if detail["type"] == "value_error":  # our own words: what is wrong; what to do
        return _clean(detail["msg"]).partition("; ")[2] or None
    template = _FIXES.get(detail["type"])
    return template.format_map(detail.get("ctx", {})) if template else None


async def _http_error(request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, HTTPException):
        raise error
    status, detail, headers = error.status_code, str(error.detail), dict(error.headers or {})
    if status == 404:
        detail = "there is nothing at this address: /docs lists what there is"
    elif status == 405:
        headers["Allow"] = _allowed(request)
        detail = f"this address does not take {request.method}: it takes {headers['Allow']}"
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    return problem(status, code, detail, headers=headers)


def _allowed(request: Request) -> str:
    """Every method of an address: the router itself names those of one route only."""
    offered = {
        method
        for path, methods in request.app.state.addresses
        if path.match(request.scope["path"])
        for method in methods
    }
    return ", ".join(sorted(offered)) or "GET"


async def _os_error(request: Request, error: Exception) -> ProblemResponse:
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        logger.error("the disk is full", path=request.url.path)
        return problem(507, "disk_full", "the disk of the server is full: free some space there")
    return await _crash(request, error)


async def _crash(request: Request, error: Exception) -> ProblemResponse:
    logger.error("unexpected error", path=request.url.path, exc_info=error)
    return problem(500, "internal", "something went wrong here; the log of the server says what")


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(FoundryError, _foundry_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OSError, _os_error)
    app.add_exception_handler(Exception, _crash)


DESCRIPTIONS = {
    400: "The request is malformed",
    402: "It may cost more than max_cost; nothing was started",
    404: "There is no such thing",
    409: "It clashes with the present state",
    413: "The body is too large",
    415: "The content type is not supported",
    416: "The range lies outside the file",
    422: "A field is wrong; `errors` names it, the limit and the fix",
    503: "A part of the installation is away; Retry-After says when to try again",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for problems with these statuses."""
    return {
        status: {
            "description": DESCRIPTIONS[status],
            "model": Problem,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }
