"""Between our words and fal's, both ways; what differs between its apps is data of the catalogue.
Pure: nothing here sends, reads a file or a clock."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from video_foundry.adapters.models.wire.reading import (
    Answer,
    address,
    at,
    finite,
    listed,
    money,
    one_of,
    phrase,
    plain,
)
from video_foundry.adapters.models.wire.refusals import Refusals
from video_foundry.adapters.models.wire.results import no_output
from video_foundry.core.money import Money
from video_foundry.errors import (
    GenerationLost,
    ModelError,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

REFUSALS = Refusals(title="fal", key_variable="FAL_KEY", money="money")
QUEUED, RUNNING = GenerationStatus.QUEUED, GenerationStatus.RUNNING
SUCCEEDED, FAILED = GenerationStatus.SUCCEEDED, GenerationStatus.FAILED
CANCELLED = GenerationStatus.CANCELLED

_STATUS = {"IN_QUEUE": QUEUED, "IN_PROGRESS": RUNNING, "COMPLETED": SUCCEEDED}
_APP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_NAMESPACES = ("workflows", "comfy")
"""Apps of these have their owner in second place."""
_FORMS: Mapping[str, Callable[[Any], Any]] = {"text": "{:g}".format, "seconds": "{:g}s".format}
_MODERATED = "content_policy_violation"
_SAFETY_WORDS = re.compile(r"content polic|moderat|nsfw|safety (?:system|checker)", re.IGNORECASE)
_MONEY_WORDS = re.compile(r"\bbalance\b|\bbilling\b|\bcredits?\b|\blocked\b", re.IGNORECASE)
_OPEN = (401, 403, 404, 408, 410, 429)
"""Refusals of a question, which say nothing of the generation."""
_PLACES: tuple[tuple[str | int, ...], ...] = (
    ("video", "url"),
    ("videos", 0, "url"),
    ("images", 0, "url"),
    ("image", "url"),
    ("output", "url"),
    ("output", 0, "url"),
    ("video",),
    ("video_url",),
    ("output",),
)
"""Where apps put their file: fal's own in the first four, others where they like."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One request in fal's queue. root: the part of the app's path that the queue knows it by,
    such as `fal-ai/kling-video`; app: the whole path, which prices are listed under."""

    root: str
    request_id: str
    app: str

    @property
    def path(self) -> str:
        """Where its result is asked for; the status is below it."""
        return f"/{self.root}/requests/{self.request_id}"

    def __str__(self) -> str:
        return f"{self.root}:{self.request_id}:{self.app}"


def ticket_of(job_id: str) -> Ticket:
    """Read a job id of ours. Raises GenerationLost for what cannot be one."""
    root, _, rest = job_id.partition(":")
    request_id, _, app = rest.partition(":")
    if not (_APP.fullmatch(root) and _REQUEST_ID.fullmatch(request_id) and _APP.fullmatch(app)):
        raise GenerationLost("this is no id of a generation at fal")
    return Ticket(root=root, request_id=request_id, app=app)


def accepted(app: str, answer: Answer) -> str | None:
    """The job id of a request that was accepted.

    fal's own address of the result says what the queue calls the app; only its path is believed,
    so that the key goes nowhere else.
    """
    request_id = answer.body.get("request_id")
    if not (isinstance(request_id, str) and _REQUEST_ID.fullmatch(request_id)):
        return None
    told = answer.body.get("response_url")
    root = _root_told(told, request_id) if isinstance(told, str) else None
    return str(Ticket(root=root or _root(app), request_id=request_id, app=app))


# --- what is asked for --------------------------------------------------------------------------


def request(
    wire: Mapping[str, Any], prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    """The app's path and its arguments. frames: parameter name -> address of a picture.

    Raises Rejected.
    """
    given = {k: v for k, v in {**params, **frames}.items() if v is not None}
    return _free(prompt, given) if wire.get("free") else _known(wire, prompt, given)


def create_path(app: str, *, webhook: str = "", key: str = "") -> str:
    """Where a request is posted to; a webhook names it by our key, so that one whose answer got
    lost can still be told apart."""
    if not webhook:
        return f"/{quote(app)}"
    parts = urlsplit(webhook)
    query = "&".join(filter(None, (parts.query, urlencode({"key": key} if key else {}))))
    return f"/{quote(app)}?{urlencode({'fal_webhook': urlunsplit(parts._replace(query=query))})}"


def lifecycle(seconds: str) -> dict[str, str]:
    """Headers that say how long fal keeps the files of a request; none for no number."""
    if not re.fullmatch(r"\d{1,9}", seconds):
        return {}
    told = json.dumps({"expiration_duration_seconds": int(seconds)})
    return {"X-Fal-Object-Lifecycle-Preference": told}


def _known(
    wire: Mapping[str, Any], prompt: str, given: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    way = _way(wire, given)
    if way is None:
        raise Rejected("this model does not take what was given", code="wrong_kind")
    names = {**wire.get("names", {}), **way.get("names", {})}
    body: dict[str, Any] = {}
    if wire.get("prompt", True):
        body["prompt"] = _words(prompt)
    for name in way["takes"]:
        if name in given:
            body[names.get(name, name)] = _said(wire, name, given[name])
    return way["app"], {**body, **wire.get("fixed", {})}


def _way(wire: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """How the model is called with these frames, None when it cannot be."""
    if "first_frame" not in given:
        kinds: tuple[str, ...] = ("text",)
    else:
        kinds = ("first_last", "image") if "last_frame" in given else ("image",)
    return next((wire[kind] for kind in kinds if kind in wire), None)


def _said(wire: Mapping[str, Any], name: str, value: Any) -> Any:
    """A value in fal's words."""
    form = _FORMS.get(wire.get("forms", {}).get(name, ""))
    if form is not None:
        return form(value)
    words = wire.get("values", {}).get(name, {})
    if isinstance(value, str):
        return words.get(value, value)
    # 5.0 is the same as 5 to us; to fal's apps it is not.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _free(prompt: str, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    app = given.get("app")
    if not (isinstance(app, str) and _APP.fullmatch(app)):
        raise Rejected("app is not the path of an app of fal", code="bad_app")
    body = dict(given.get("arguments", {}))
    if name := given.get("prompt_argument", "prompt"):
        body[name] = _words(prompt)
    for frame in ("first_frame", "last_frame"):
        if frame in given:
            body[given[f"{frame}_argument"]] = given[frame]
    return app, body


def _words(prompt: str) -> str:
    if not prompt.strip():
        raise Rejected("fal's models need a prompt, and this one is empty", code="prompt_length")
    return prompt


def _root(app: str) -> str:
    parts = app.split("/")
    return "/".join(parts[: 3 if parts[0] in _NAMESPACES else 2])


def _root_told(url: str, request_id: str) -> str | None:
    root = urlsplit(url).path.strip("/").removesuffix(f"/requests/{request_id}")
    return root if _APP.fullmatch(root) and "/requests/" not in f"{root}/" else None


# --- what is answered ---------------------------------------------------------------------------


def status_report(told: Mapping[str, Any]) -> StatusReport:
    """A status as fal tells it. SUCCEEDED means no more than that it is over: `verdict` knows how.
    A word that we do not know means that it is still running."""
    return StatusReport(status=_STATUS.get(str(told.get("status")), RUNNING))


def verdict(
    told: Mapping[str, Any], answer: Answer, *, schemes: tuple[str, ...]
) -> StatusReport | None:
    """How a request that is over ended, from its status and the answer to its result call; None
    when that answer says nothing about it."""
    failure = _failure(answer) or _told_failure(told, answer)
    if failure is not None:
        code, why = failure
        if "cancel" in code:
            return StatusReport(status=CANCELLED)
        return StatusReport(status=FAILED, error_code=code, error_message=why)
    if not answer.is_success or answer.json is None:
        return None
    return _output_report(answer.body, schemes)


def generation_result(
    answer: Answer, cost: Money | None, *, schemes: tuple[str, ...]
) -> GenerationResult:
    """Where the file is. Raises GenerationFailed where there is none."""
    url = _output(answer.body, schemes)
    if url is None:
        raise no_output("fal", "file")
    return GenerationResult(url=url, cost=cost)


def is_gone(answer: Answer) -> bool:
    """Whether the answer to a cancel says that the request was taken out of the queue."""
    return answer.status == HTTPStatus.OK and answer.body.get("status") == "OK"


def refusal(answer: Answer, now: datetime) -> ModelError:
    """What an answer of 300 to 499 means: in each case fal certainly did not accept."""
    status, said, code = answer.status, _spoken(answer), _code(answer)
    if code == "moderated" and status != HTTPStatus.TOO_MANY_REQUESTS:
        return REFUSALS.moderated(said)
    if status == HTTPStatus.FORBIDDEN and _MONEY_WORDS.search(said):
        return REFUSALS.no_credit(said)
    return REFUSALS.by_status(answer, now, said, code=code or None)


def billed_units(answer: Answer) -> Decimal | None:
    """How much is billed, in the app's own unit; None where fal does not say."""
    told = answer.headers.get("x-fal-billable-units", "").strip()
    try:
        units = Decimal(told)
    except InvalidOperation:
        return None
    return units if units.is_finite() and units >= 0 else None


def cost_of(units: Decimal, prices: Answer, app: str) -> Money | None:
    """What so many units of an app cost by fal's price list; None when it is not in it."""
    for row in listed(at(prices.json, "prices")):
        price = finite(at(row, "unit_price"))
        if at(row, "endpoint_id") == app and price is not None:
            currency = at(row, "currency")
            return money(
                units,
                each=Decimal(str(price)),
                currency=currency if isinstance(currency, str) and len(currency) == 3 else "USD",
            )
    return None


def upload_slot(answer: Answer) -> tuple[str, str]:
    """Where a file is to be put, and its address afterwards. Raises Unavailable."""
    place, url = answer.body.get("upload_url"), answer.body.get("file_url")
    if not (isinstance(place, str) and isinstance(url, str)):
        raise Unavailable("fal offered no place for the picture")
    return place, url


def _output_report(body: Mapping[str, Any], schemes: tuple[str, ...]) -> StatusReport:
    if at(body, "has_nsfw_concepts", 0) is True:
        # The picture is there, and it is black.
        why = "fal withheld the picture: its safety checker found it unfit"
        return StatusReport(status=FAILED, error_code="moderated", error_message=why)
    if _output(body, schemes) is None:
        why = "fal called it a success but named no file"
        return StatusReport(status=FAILED, error_code="no_output", error_message=why)
    return StatusReport(status=SUCCEEDED)


def _output(body: Mapping[str, Any], schemes: tuple[str, ...]) -> str | None:
    found = (address(at(body, *place), schemes) for place in _PLACES)
    return next(filter(None, found), None)


def _failure(answer: Answer) -> tuple[str, str] | None:
    """Code and reason when the answer to a result call tells how the generation failed, and not
    only that it could not be told now: then a paid result may still be had."""
    if answer.status < 400 or "detail" not in answer.body:
        return None
    code = _code(answer)
    is_the_models = bool(one_of(at(answer.body, "detail", 0, "type")))
    is_the_runs = answer.status not in _OPEN and (bool(code) or answer.status < 500)
    if not (is_the_models or is_the_runs):
        return None
    return code or "provider_error", _spoken(answer)


def _told_failure(told: Mapping[str, Any], answer: Answer) -> tuple[str, str] | None:
    """Code and reason when the status has told that it failed, and the result is not there."""
    why, code = plain(told.get("error")), one_of(told.get("error_type"))
    if answer.is_success or not (why or code):
        return None
    if _SAFETY_WORDS.search(why) or code == _MODERATED:
        code = "moderated"
    return code or "provider_error", why or code


def _code(answer: Answer) -> str:
    """What kind of failure an answer speaks of, "" where it does not say: `moderated`, the type
    of the model's first complaint, or that of the queue."""
    kind = one_of(at(answer.body, "detail", 0, "type"))
    kind = kind or one_of(answer.body.get("error_type"))
    kind = kind or one_of(answer.headers.get("x-fal-error-type"))
    if kind == _MODERATED or _SAFETY_WORDS.search(_spoken(answer)):
        return "moderated"
    return kind


def _spoken(answer: Answer) -> str:
    """fal's words with the fields that they speak of, or the name of the status."""
    detail = answer.body.get("detail")
    if not isinstance(detail, list):
        return plain(detail) or phrase(answer.status)
    said = []
    for issue in detail[:5]:
        place = at(issue, "loc")
        field = ".".join(map(str, place[1:])) if isinstance(place, list) else ""
        said.append(": ".join(filter(None, (plain(field), plain(at(issue, "msg"))))))
    return "; ".join(filter(None, said))[:600] or phrase(answer.status)
