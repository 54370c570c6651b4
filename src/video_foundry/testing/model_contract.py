"""What every model adapter must do, as tests: subclass ModelContract and override two fixtures.

Shipped for authors of plug-ins; needs pytest and pytest-asyncio. Nothing here knows a provider.
"""

# ruff: noqa: S101 - these are tests, shipped
import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from video_foundry.errors import GenerationLost
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelInterface,
)

LONGEST_PAUSE = 0.25
"""Seconds for which an adapter may keep everything else in the process from running."""

OVER = (GenerationStatus.SUCCEEDED, GenerationStatus.FAILED, GenerationStatus.CANCELLED)


class ModelContract:
    """Tests for one adapter.

    class TestMine(ModelContract):
        @pytest.fixture
        def adapter(self): ...      # the adapter; the suite closes it
        @pytest.fixture
        def submission(self, tmp_path): ...   # one that succeeds, with `duration` in its params

    longest_generation: seconds after which a generation counts as stuck.
    """

    longest_generation = 60.0

    @pytest.fixture
    def adapter(self) -> VideoModelInterface:
        """Override: a fresh adapter."""
        raise NotImplementedError("override the fixture `adapter`")

    @pytest.fixture
    def submission(self, tmp_path: Path) -> Submission:
        """Override: a submission that succeeds, with an empty scratch folder."""
        raise NotImplementedError("override the fixture `submission`")

    @pytest.fixture
    async def model(self, adapter: VideoModelInterface) -> AsyncIterator[VideoModelInterface]:
        """The adapter, closed after the test."""
        yield adapter
        await adapter.aclose()

    async def test_a_submit_gives_an_id_and_a_status(
        self, model: VideoModelInterface, submission: Submission
    ) -> None:
        job_id = await model.submit(submission)
        assert isinstance(job_id, str)
        assert job_id
        assert (await report(model, job_id)).status in GenerationStatus

    async def test_it_ends_in_a_playable_video_of_the_asked_length(
        self, model: VideoModelInterface, submission: Submission
    ) -> None:
        job_id = await model.submit(submission)
        last = await settled(model, job_id, self.longest_generation)
        assert last.status is GenerationStatus.SUCCEEDED, last.error_message
        result = await model.get_result(job_id)
        if isinstance(result, GenerationResult):
            result = result.path or str(result.url)
        if isinstance(result, str):
            assert result.startswith(("http://", "https://"))
            return
        asked = Fraction(str(submission.params["duration"]))
        seconds, frame = decoded_length(result)
        assert abs(seconds - asked) <= frame, f"{float(seconds)} s instead of {float(asked)} s"

    async def test_progress_stays_between_0_and_1_and_never_falls(
        self, model: VideoModelInterface, submission: Submission
    ) -> None:
        job_id = await model.submit(submission)
        told = [0.0]
        end = time.monotonic() + self.longest_generation
        while (now := await report(model, job_id)).status not in OVER and time.monotonic() < end:
            told.append(told[-1] if now.progress is None else now.progress)
            await asyncio.sleep(0.02)
        assert told == sorted(told)
        assert told[-1] <= 1

    async def test_other_keys_are_other_generations(
        self, model: VideoModelInterface, submission: Submission
    ) -> None:
        ids = [await model.submit(submission), await model.submit(another(submission, "other"))]
        assert len(set(ids)) == 2

    async def test_one_key_is_one_generation(
        self, model: VideoModelInterface, submission: Submission
    ) -> None:
        if model.idempotency != "key":
            pytest.skip("this model does not promise it")
        first = await model.submit(submission)
        assert await model.submit(submission) == first

    async def test_a_generation_can_be_looked_up_by_its_key(
        self, model: VideoModelInterface, submission: Submission
    ) -> None:
        if model.idempotency != "lookup":
            assert await model.find_generation("never-sent") is None
            pytest.skip("this model does not promise it")
        job_id = await model.submit(submission)
        assert await model.find_generation(submission.key) == job_id
        assert await model.find_generation("never-sent") is None

    async def test_an_unknown_id_is_a_lost_generation(self, model: VideoModelInterface) -> None:
        with pytest.raises(GenerationLost):
            await model.get_status("no-such-job")
        with pytest.raises(GenerationLost):
            await model.get_result("no-such-job")

    async def test_cancelling_is_safe_at_any_time(
        self, model: VideoModelInterface, submission: Submission
    ) -> None:
        assert await model.cancel_generation("no-such-job") is False
        at_once = await model.submit(submission)
        stopped = await model.cancel_generation(at_once)
        last = await settled(model, at_once, self.longest_generation)
        assert last.status is GenerationStatus.CANCELLED or not stopped
        assert isinstance(await model.cancel_generation(at_once), bool)

        job_id = await model.submit(another(submission, "after-a-cancel"))
        assert (
            await settled(model, job_id, self.longest_generation)
        ).status is GenerationStatus.SUCCEEDED
        assert await model.cancel_generation(job_id) is False
        assert (await report(model, job_id)).status is GenerationStatus.SUCCEEDED

    async def test_nothing_else_waits_for_it(
        self, model: VideoModelInterface, submission: Submission
    ) -> None:
        async with longest_pause() as pauses:
            job_id = await model.submit(submission)
            await settled(model, job_id, self.longest_generation)
            await model.get_result(job_id)
        assert max(pauses) < LONGEST_PAUSE


def another(submission: Submission, name: str) -> Submission:
    """The same request with another key and scratch folder."""
    scratch = submission.scratch / name
    scratch.mkdir()
    return replace(submission, key=f"{submission.key}-{name}", scratch=scratch)


async def report(model: VideoModelInterface, job_id: str) -> StatusReport:
    """The status as a report; an unknown word means running."""
    told = await model.get_status(job_id)
    if isinstance(told, StatusReport):
        return told
    known = told in set(GenerationStatus)
    return StatusReport(status=GenerationStatus(told) if known else GenerationStatus.RUNNING)


async def settled(model: VideoModelInterface, job_id: str, seconds: float) -> StatusReport:
    """The report with which the generation ended. Fails the test after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = await report(model, job_id)
        if now.status in OVER:
            return now
        await asyncio.sleep(0.05)
    pytest.fail(f"the generation was not over after {seconds} s")


def decoded_length(path: Path) -> tuple[Fraction, Fraction]:
    """Seconds of picture, counted by decoding every frame, and the length of one frame."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = Fraction(stream.average_rate or 24)
        frames = sum(1 for _ in container.decode(stream))
    return frames / rate, 1 / rate


@asynccontextmanager
async def longest_pause() -> AsyncIterator[list[float]]:
    """Measures how late the event loop comes back to a task that only wants to sleep a little."""
    pauses = [0.0]

    async def beat() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            pauses.append(time.monotonic() - before - 0.01)

    task = asyncio.create_task(beat())
    try:
        yield pauses
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
