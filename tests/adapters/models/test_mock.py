"""What `mock-ai` makes, how it fails on request, and what its catalogue entries say."""

import asyncio
import time
import tomllib
from collections.abc import AsyncIterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from video_foundry.adapters.models import mock
from video_foundry.adapters.models.mock.adapter import MockLookupModel, MockModel, MockNoneModel
from video_foundry.core.catalogue import ModelEntry, effective_params, parse_provider, price_of
from video_foundry.errors import (
    Ambiguous,
    BadInput,
    GenerationFailed,
    GenerationLost,
    ModelError,
    Moderated,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationStatus, StatusReport, Submission


@pytest.fixture
def entries() -> dict[str, ModelEntry]:
    text = (Path(mock.__file__).parent / "catalogue.toml").read_text()
    return {entry.id: entry for entry in parse_provider(tomllib.loads(text))}


@pytest.fixture
async def model() -> AsyncIterator[MockModel]:
    made = MockModel()
    yield made
    await made.aclose()


class Sender:
    """Makes submissions with fresh keys and folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def __call__(
        self,
        prompt: str = "A red kite over the dunes",
        *,
        key: str | None = None,
        references: Mapping[str, Path] | None = None,
        **params: Any,
    ) -> Submission:
        self.count += 1
        scratch = self.folder / str(self.count)
        scratch.mkdir()
        return Submission(
            model="mock-ai",
            prompt=prompt,
            params={"duration": 1, **params},
            references=references or {},
            key=key or f"key-{self.count}",
            scratch=scratch,
        )


@pytest.fixture
def sending(tmp_path: Path) -> Sender:
    return Sender(tmp_path)


async def over(model: MockModel, job_id: str) -> StatusReport:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        report = await model.get_status(job_id)
        if report.status is not GenerationStatus.RUNNING:
            return report
        await asyncio.sleep(0.01)
    pytest.fail("the mock model hangs")


async def made(model: MockModel, submission: Submission) -> Path:
    job_id = await model.submit(submission)
    report = await over(model, job_id)
    assert report.status is GenerationStatus.SUCCEEDED, report.error_message
    return await model.get_result(job_id)


Facts = tuple[int, int, Fraction | int, int, bool]


def facts(path: Path) -> Facts:
    """Width, height, rate, decoded frames, whether there is sound."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        size = (stream.width, stream.height)
        rate = Fraction(stream.average_rate or 0)
        sound = bool(container.streams.audio)
        return (*size, rate, sum(1 for _ in container.decode(video=0)), sound)


def test_the_catalogue_offers_the_same_model_with_three_promises(
    entries: dict[str, ModelEntry],
) -> None:
    promises = {name: entry.idempotency for name, entry in entries.items()}
    assert promises == {"mock-ai": "key", "mock-ai-lookup": "lookup", "mock-ai-none": "none"}
    classes = {
        "mock-ai": MockModel,
        "mock-ai-lookup": MockLookupModel,
        "mock-ai-none": MockNoneModel,
    }
    for name, entry in entries.items():
        assert entry.idempotency == classes[name].idempotency
        assert entry.is_local
        assert price_of(entry, {}).high == 0
        assert entry.media_parameters == ("first_frame", "last_frame")
        assert entry.parameters == entries["mock-ai"].parameters


def test_defaults_are_filled_in_and_typos_are_named(entries: dict[str, ModelEntry]) -> None:
    params = effective_params(entries["mock-ai"], {"model": "mock-ai"})
    assert params["duration"] == 5
    assert params["aspect_ratio"] == "16:9"
    assert "first_frame" not in params
    with pytest.raises(BadInput) as caught:
        effective_params(entries["mock-ai"], {"duratoin": 3, "seed": -1})
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"model_params.duratoin", "model_params.seed"}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, (640, 360, 24, 24, True)),
        ({"aspect_ratio": "9:16", "fps": 30}, (360, 640, 30, 30, True)),
        ({"aspect_ratio": "21:9", "duration": 0.5}, (840, 360, 24, 12, True)),
        ({"aspect_ratio": "4:5", "fps": 1}, (360, 450, 1, 1, True)),
        ({"aspect_ratio": "1:1", "resolution": "720p", "duration": 0.5}, (720, 720, 24, 12, True)),
    ],
)
async def test_the_clip_is_what_was_asked_for(
    model: MockModel, sending: Sender, params: dict[str, Any], expected: Facts
) -> None:
    assert facts(await made(model, sending(**params))) == expected


async def test_the_same_request_gives_the_same_bytes(model: MockModel, sending: Sender) -> None:
    first = (await made(model, sending(seed=7))).read_bytes()
    again = (await made(MockModel(), sending(seed=7, latency=0.05))).read_bytes()
    other_seed = (await made(model, sending(seed=8))).read_bytes()
    other_prompt = (await made(model, sending("A blue kite", seed=7))).read_bytes()
    assert first == again
    assert len({first, other_seed, other_prompt}) == 3


async def test_reference_pictures_are_seen_in_the_clip(
    model: MockModel, sending: Sender, tmp_path: Path
) -> None:
    red, broken = tmp_path / "red.png", tmp_path / "broken.png"
    Image.new("RGB", (64, 64), (230, 20, 20)).save(red)
    broken.write_bytes(b"no picture")
    path = await made(model, sending(references={"first_frame": red, "last_frame": broken}))
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    corner = frame[40, 300]
    assert corner[0] > 100 > corner[2]


async def test_a_clip_without_sound_has_no_sound_track(model: MockModel, sending: Sender) -> None:
    assert facts(await made(model, sending(audio=False)))[4] is False


@pytest.mark.parametrize("prompt", ["", "日本語 🚀", "a" * 5000, "\x00\ud800 half", "\n\t"])
async def test_any_text_is_safe(model: MockModel, sending: Sender, prompt: str) -> None:
    assert facts(await made(model, sending(prompt, duration=0.5)))[3] == 12


async def test_latency_shows_as_progress(model: MockModel, sending: Sender) -> None:
    waiting = await model.submit(sending(latency=600, duration=0.5))
    told = [await model.get_status(waiting)]
    async with asyncio.timeout(20):
        while told[-1].progress == told[0].progress:
            await asyncio.sleep(0.01)
            told.append(await model.get_status(waiting))
    assert {report.status for report in told} == {GenerationStatus.RUNNING}
    shares = [report.progress for report in told if report.progress is not None]
    assert len(shares) == len(told)
    assert 0 <= shares[0] < shares[-1] < 1
    with pytest.raises(GenerationFailed, match="not there"):
        await model.get_result(waiting)
    soon = await model.submit(sending(latency=0.01, duration=0.5))
    assert (await over(model, soon)).status is GenerationStatus.SUCCEEDED


@pytest.mark.parametrize(
    ("fail", "error"),
    [
        ("refused", Rejected),
        ("moderated", Moderated),
        ("rate-limited", RateLimited),
        ("unavailable", Unavailable),
    ],
)
async def test_refusals_accept_nothing(
    model: MockModel, sending: Sender, fail: str, error: type[ModelError]
) -> None:
    for _ in range(2):
        with pytest.raises(error):
            await model.submit(sending(fail=fail))


async def test_a_rate_limit_says_when_to_come_back(model: MockModel, sending: Sender) -> None:
    asked: dict[str, Any] = {"fail": "rate-limited", "fail_times": 2, "retry_after": 3.5}
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            await model.submit(sending(**asked))
        assert caught.value.retry_after == 3.5
    assert facts(await made(model, sending(**asked)))[3] == 24


async def test_failures_are_counted_for_each_request(model: MockModel, sending: Sender) -> None:
    asked: dict[str, Any] = {"fail": "unavailable", "fail_times": 1}
    for prompt in ("one", "two"):
        with pytest.raises(Unavailable):
            await model.submit(sending(prompt, **asked))
    assert await model.submit(sending("one", **asked))


@pytest.mark.parametrize("fail", ["timeout-after-accept", "server-error-after-accept"])
async def test_a_key_finds_the_generation_of_an_unclear_submit(
    model: MockModel, sending: Sender, fail: str
) -> None:
    with pytest.raises(Ambiguous):
        await model.submit(sending(fail=fail, key="mine"))
    job_id = await model.submit(sending(fail=fail, key="mine"))
    assert (await over(model, job_id)).status is GenerationStatus.SUCCEEDED


async def test_a_look_up_finds_the_generation_of_an_unclear_submit(sending: Sender) -> None:
    model = MockLookupModel()
    with pytest.raises(Ambiguous):
        await model.submit(sending(fail="timeout-after-accept", key="mine"))
    job_id = await model.find_generation("mine")
    assert job_id is not None
    assert (await over(model, job_id)).status is GenerationStatus.SUCCEEDED
    await model.aclose()


async def test_without_keys_and_look_up_nothing_helps(sending: Sender) -> None:
    model = MockNoneModel()
    for _ in range(2):
        with pytest.raises(Ambiguous):
            await model.submit(sending(fail="timeout-after-accept", key="mine"))
    assert await model.find_generation("mine") is None
    await model.aclose()


@pytest.mark.parametrize(
    ("fail", "code"), [("failed", "internal_error"), ("moderated-after-accept", "moderated")]
)
async def test_a_generation_can_fail_at_the_provider(
    model: MockModel, sending: Sender, fail: str, code: str
) -> None:
    report = await over(model, await model.submit(sending(fail=fail)))
    assert report.status is GenerationStatus.FAILED
    assert report.error_code == code
    assert report.error_message


@pytest.mark.parametrize(
    ("fail", "expected"),
    [
        ("wrong-size", (480, 240, 24, 24, True)),
        ("wrong-frame-rate", (640, 360, 30, 30, True)),
        ("no-audio", (640, 360, 24, 24, False)),
        ("short", (640, 360, 24, 12, True)),
    ],
)
async def test_files_can_be_other_than_asked(
    model: MockModel, sending: Sender, fail: str, expected: Facts
) -> None:
    assert facts(await made(model, sending(fail=fail))) == expected


@pytest.mark.parametrize("fail", ["truncated", "not-a-video"])
async def test_files_can_be_broken(model: MockModel, sending: Sender, fail: str) -> None:
    path = await made(model, sending(fail=fail))
    with pytest.raises((av.error.FFmpegError, AssertionError)):
        assert facts(path)[3] == 24


async def test_a_restart_forgets(model: MockModel, sending: Sender) -> None:
    job_id = await model.submit(sending())
    restarted = MockLookupModel()
    with pytest.raises(GenerationLost):
        await restarted.get_status(job_id)
    assert await restarted.find_generation("key-1") is None
    await restarted.aclose()


async def test_a_scratch_folder_that_is_gone_fails_the_generation(
    model: MockModel, sending: Sender
) -> None:
    submission = sending()
    submission.scratch.rmdir()
    report = await over(model, await model.submit(submission))
    assert report.status is GenerationStatus.FAILED
    assert "could not be written" in (report.error_message or "")


async def test_it_works_without_a_submission() -> None:
    model = MockModel()
    job_id = await model.initiate_generation("three methods", {"duration": 0.5})
    assert (await over(model, job_id)).status is GenerationStatus.SUCCEEDED
    path = await model.get_result(job_id)
    assert path.is_file()
    await model.aclose()
    assert not path.exists()


async def test_many_at_once_take_little_longer_than_one(model: MockModel, sending: Sender) -> None:
    start = time.monotonic()
    await asyncio.gather(*(made(model, sending(f"take {i}", latency=1)) for i in range(30)))
    assert 1 <= time.monotonic() - start < 6
