"""A provider calls back: its generation is asked for at once instead of at the next poll, and that
is all that any call can bring about, be it true, forged, repeated, late, huge or for nobody."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
from pydantic import ValidationError
from tests.api.studio import Studio

from video_foundry import (
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelFactory,
    VideoModelInterface,
)
from video_foundry.api.routes.webhooks import BODY_LIMIT
from video_foundry.core.catalogue import ModelEntry
from video_foundry.jobs.hints import REST
from video_foundry.ports.video_model import Webhook
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.server import serving

AN_HOUR = 3_600.0
GENUINE = {"X-Signature": "by the provider"}
OUTSIDE = "vf.example.com"


class CallingModel(VideoModelInterface):
    """A provider that would be asked once an hour, and signs what it calls back."""

    submissions: ClassVar[list[Submission]] = []
    asked: ClassVar[list[str]] = []
    checked: ClassVar[list[Webhook]] = []
    done: ClassVar[threading.Event] = threading.Event()
    clip: ClassVar[Path]

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Not used: `submit` is."""
        raise NotImplementedError

    async def submit(self, submission: Submission) -> str:
        """Accept everything."""
        self.submissions.append(submission)
        return submission.key

    async def get_status(self, job_id: str) -> StatusReport:
        """Running until the test says that it is done."""
        self.asked.append(job_id)
        status = GenerationStatus.SUCCEEDED if self.done.is_set() else GenerationStatus.RUNNING
        return StatusReport(status=status, poll_after=AN_HOUR)

    async def get_result(self, job_id: str) -> Path:
        """The clip."""
        return self.clip

    async def cancel_generation(self, job_id: str) -> bool:
        """Stop at once."""
        return True

    async def is_genuine_webhook(self, webhook: Webhook) -> bool:
        """By a header."""
        self.checked.append(webhook)
        return webhook.headers.get("x-signature") == GENUINE["X-Signature"]


class SilentModel(CallingModel):
    """Another provider, which never gives an address away."""

    is_genuine_webhook = VideoModelInterface.is_genuine_webhook


class BrokenModel(CallingModel):
    """Another, whose check goes wrong."""

    async def is_genuine_webhook(self, webhook: Webhook) -> bool:
        """Break."""
        raise RuntimeError("the check broke")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A user of a server that can be reached from outside."""
    folder = tmp_path_factory.mktemp("webhooks")
    CallingModel.clip = make_clip(folder / "clip.mp4", ClipSpec(number=1, frames=12))
    for model in (CallingModel, SilentModel, BrokenModel):
        name = model.__name__.removesuffix("Model").lower()
        entry = ModelEntry(id=name, provider=name, title=name, idempotency="none")
        VideoModelFactory.register(name, model, entry=entry)
    with serving(folder / "data", public_url=f"https://{OUTSIDE}/") as running:
        user = Studio(running)
        yield user
        user.close()


class Under:
    """One generation under way, asked for once: what its provider knows and does."""

    def __init__(self, studio: Studio, model: str) -> None:
        CallingModel.done.clear()
        before = len(CallingModel.submissions)
        shot = {"prompt": f"a card {before}", "model_params": {"model": model}}
        self.studio = studio
        self.render = studio.start(studio.project(shot))
        studio.until(lambda: len(CallingModel.submissions), lambda n: n > before)
        self.submission = CallingModel.submissions[-1]
        studio.until(lambda: self.questions, lambda n: n == 1)

    @property
    def path(self) -> str:
        """Of the address that was given away."""
        url = httpx2.URL(self.submission.webhook_url or "")
        assert (url.scheme, url.host) == ("https", OUTSIDE)
        return url.path

    @property
    def questions(self) -> int:
        """How often its provider was asked how it stands."""
        return CallingModel.asked.count(self.submission.key)

    def call(self, path: str = "", **request: Any) -> int:
        """Call back; returns the status."""
        answer = self.studio.http.post(path or self.path, **request)
        return answer.status_code

    def end(self) -> None:
        """End it, so that nothing is left for the next test."""
        self.studio.ask("POST", f"/api/render-jobs/{self.render['id']}/cancel")


@pytest.fixture
def under(studio: Studio) -> Iterator[Under]:
    """A generation that its provider has, and that would be asked for in an hour."""
    made = Under(studio, "calling")
    yield made
    made.end()


@pytest.fixture
def hinted(under: Under) -> Under:
    """The same, after one true call that was heeded."""
    under.studio.until(
        lambda: under.call(headers=GENUINE, content=b"anything"), lambda _: under.questions > 1
    )
    return under


def nothing_follows(under: Under) -> None:
    """No question is asked in the time in which a hint would have been heeded twice."""
    before = under.questions
    time.sleep(1.0)
    assert under.questions == before


def test_a_true_call_leads_to_a_question_at_once(hinted: Under) -> None:
    assert hinted.call(headers=GENUINE) == 202
    assert CallingModel.checked[-2].body == b"anything", "as it came"


def test_a_film_is_done_though_its_provider_is_polled_once_an_hour(
    studio: Studio, under: Under
) -> None:
    CallingModel.done.set()
    path = f"/api/render-jobs/{under.render['id']}"
    studio.until(
        lambda: (under.call(headers=GENUINE), studio.ask("GET", path))[1],
        lambda now: now["status"] == "completed",
    )
    asked = under.questions
    assert under.call(headers=GENUINE) == 202, "a late one is answered as any other"
    assert under.questions == asked
    sent = [s for s in CallingModel.submissions if s.key == under.submission.key]
    assert len(sent) == 1


def test_one_that_comes_again_and_again_is_heeded_now_and_then(hinted: Under) -> None:
    before = hinted.questions
    begin = time.monotonic()
    for _ in range(60):
        assert hinted.call(headers=GENUINE) == 202
    seconds = time.monotonic() - begin
    time.sleep(1.0)
    assert hinted.questions - before <= 1 + (seconds + 1.0) / REST.total_seconds()


@pytest.mark.parametrize("headers", [{}, {"X-Signature": "by somebody"}])
def test_a_forged_one_does_nothing(under: Under, headers: dict[str, str]) -> None:
    time.sleep(REST.total_seconds())  # so that a true one would be heeded
    assert under.call(headers=headers, content=b'{"status": "succeeded"}') == 403
    nothing_follows(under)


@pytest.mark.parametrize("model", ["silent", "broken"])
def test_what_cannot_be_checked_is_not_believed(studio: Studio, model: str) -> None:
    under = Under(studio, model)
    time.sleep(REST.total_seconds())
    assert under.call(headers=GENUINE) == 403
    nothing_follows(under)
    under.end()


@pytest.mark.parametrize(
    "place",
    [
        "/api/webhooks/calling/00000000-0000-4000-8000-000000000000",
        "/api/webhooks/calling/%27%20or%201=1",
        "/api/webhooks/nobody/{token}",
        "/api/webhooks/silent/{token}",
    ],
)
def test_one_for_nobody_is_answered_and_not_even_checked(under: Under, place: str) -> None:
    checked = len(CallingModel.checked)
    time.sleep(REST.total_seconds())
    assert under.call(place.format(token=under.submission.key), headers=GENUINE) == 202
    assert len(CallingModel.checked) == checked
    nothing_follows(under)


def test_one_that_is_too_large_is_refused_unread(under: Under) -> None:
    checked = len(CallingModel.checked)
    assert under.call(headers=GENUINE, content=bytes(BODY_LIMIT + 1)) == 413
    assert len(CallingModel.checked) == checked
    assert under.call(headers=GENUINE, content=bytes(BODY_LIMIT)) == 202


def test_nothing_but_a_call_is_taken(under: Under) -> None:
    assert under.studio.http.get(under.path).status_code == 405
    assert under.call(f"{under.path}{'x' * 100}", headers=GENUINE) == 422


def test_the_name_that_is_known_outside_opens_nothing_else(studio: Studio, under: Under) -> None:
    named = {"Host": OUTSIDE, **GENUINE}
    assert under.call(headers=named) == 202
    for path in ("/api/projects", "/api/webhooks", "/", "/metrics", "/api/webhooks-not"):
        status = studio.http.get(path, headers=named).status_code
        assert (path, status) in [(path, 421), ("/api/webhooks", 404)]


def test_calls_are_counted_by_what_they_came_to(hinted: Under) -> None:
    hinted.call()
    told = hinted.studio.http.get("/metrics").text
    for heard in ("hinted", "forged"):
        assert f'video_foundry_webhooks_total{{heard="{heard}",provider="calling"}}' in told


def test_without_a_public_address_none_is_given_away(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        user = Studio(running)
        before = len(CallingModel.submissions)
        user.start(user.project({"prompt": "alone", "model_params": {"model": "calling"}}))
        user.until(lambda: len(CallingModel.submissions), lambda n: n > before)
        assert CallingModel.submissions[-1].webhook_url is None
        user.close()


@pytest.mark.parametrize(
    "wrong",
    [
        "vf.example.com",
        "http://vf.example.com",
        "https://",
        "https://a:b@vf.example.com",
        "ftp://a",
    ],
)
def test_a_public_address_that_nobody_could_call_is_refused(tmp_path: Path, wrong: str) -> None:
    with (
        pytest.raises(ValidationError, match="providers can reach"),
        serving(tmp_path / "data", public_url=wrong),
    ):
        raise AssertionError("it started")
