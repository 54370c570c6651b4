"""What a provider's answer says about waiting is read in all the ways it may be said."""

from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from video_foundry.errors import Ambiguous, RateLimited, Rejected, Unavailable
from video_foundry.ports.video_model import (
    LONGEST_PAUSE,
    LONGEST_WAIT,
    GenerationStatus,
    StatusReport,
)
from video_foundry.workers.answers import (
    as_report,
    of_submit,
    pause_of,
    understand,
    wait_of,
)

DATE = "Sun, 22 Nov 2026 12:00:00 GMT"


class Refused(Exception):
    """An HTTP client's error, as those of httpx and its kin look."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__(f"status {status}")
        self.response: Any = SimpleNamespace(status_code=status, headers=headers)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT", "date": DATE}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT", "date": DATE}, 0.0),
    ],
    ids=["seconds", "parts of a second", "a date", "a date gone by"],
)
def test_a_told_wait_is_understood(headers: dict[str, str], seconds: float) -> None:
    told = understand(Refused(429, headers))
    assert isinstance(told, RateLimited)
    assert told.retry_after == seconds
    assert wait_of(Refused(429, headers)) == seconds


@pytest.mark.parametrize("value", ["", "soon", "-3", "Sun, 22 Nov 2026 12:00:30 GMT"])
def test_what_says_nothing_leaves_the_wait_to_us(value: str) -> None:
    error = Refused(429, {"retry-after": value})
    told = understand(error)
    assert isinstance(told, RateLimited)
    assert told.retry_after is None
    assert wait_of(error) == 0.0


def test_other_troubles_ask_for_no_wait() -> None:
    assert wait_of(Refused(500, {"retry-after": "7"})) == 0.0
    assert wait_of(ValueError("no answer at all")) == 0.0


@pytest.mark.parametrize("told", ["1e12", "9" * 400])
def test_a_header_puts_nobody_off_for_ever(told: str) -> None:
    error = Refused(429, {"retry-after": told})
    told_by_submit = understand(error)
    assert isinstance(told_by_submit, RateLimited)
    assert told_by_submit.retry_after == LONGEST_WAIT
    assert wait_of(error) == LONGEST_PAUSE


@pytest.mark.parametrize(
    ("told", "submit", "question"),
    [
        (float("inf"), LONGEST_WAIT, LONGEST_PAUSE),
        (float("nan"), None, 0.0),
        (-5.0, 0.0, 0.0),
        (7.0, 7.0, 7.0),
        (None, None, 0.0),
    ],
)
def test_an_adapter_puts_nobody_off_for_ever(
    told: float | None, submit: float | None, question: float
) -> None:
    error = RateLimited("later", retry_after=told)
    understood = understand(error)
    assert isinstance(understood, RateLimited)
    assert understood.retry_after == submit
    assert wait_of(error) == pause_of(told) == question


def test_a_question_around_a_submit_says_nothing_about_it() -> None:
    url = "http://127.0.0.1:9/"
    asked, sent = httpx2.Request("GET", url), httpx2.Request("POST", url)
    for request, expected in ((asked, Ambiguous), (sent, Unavailable)):
        assert isinstance(of_submit(httpx2.ConnectError("refused", request=request)), expected)
    for request, wrong in ((asked, Ambiguous), (sent, Rejected)):
        answer = httpx2.Response(404, request=request)
        error = httpx2.HTTPStatusError("not found", request=request, response=answer)
        assert isinstance(of_submit(error), wrong)
    assert isinstance(of_submit(httpx2.ConnectError("no request at hand")), Unavailable)


@pytest.mark.parametrize("progress", [float("nan"), None])
def test_what_is_no_number_is_no_progress(progress: float | None) -> None:
    report = StatusReport(status=GenerationStatus.RUNNING, progress=progress)
    assert as_report(report).progress is None
