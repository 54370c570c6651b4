"""Every family for real, with tiny random weights: from the words, through diffusers, to a file."""

import asyncio
import hashlib
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tests.local_models.shots import TINY, Ask

from video_foundry.adapters.models.local.adapter import LocalModel
from video_foundry.adapters.models.local.studio import studio
from video_foundry.core.catalogue import ModelEntry
from video_foundry.ports.video_model import GenerationStatus, StatusReport, Submission
from video_foundry.testing.model_contract import decoded_length, settled

PATIENCE = 300.0
"""Seconds; the libraries alone take half a minute to import on a busy machine."""
ENDLESS = 200
"""Steps that nobody waits for."""

Make = Callable[[str], LocalModel]


@pytest.fixture
async def make(environment: dict[str, str], entries: dict[str, ModelEntry]) -> AsyncIterator[Make]:
    """Makes adapters of models, and closes them."""
    made: list[LocalModel] = []

    def one(name: str) -> LocalModel:
        made.append(LocalModel(entries[name], environment))
        return made[-1]

    yield one
    for model in made:
        await model.aclose()
    assert studio().pid is None


async def clip(model: LocalModel, asked: Submission) -> Path:
    """The file of a generation that must succeed."""
    job_id = await model.submit(asked)
    ended = await settled(model, job_id, PATIENCE)
    assert ended.status is GenerationStatus.SUCCEEDED, ended
    return await model.get_result(job_id)


async def failure(model: LocalModel, asked: Submission) -> StatusReport:
    """The report of a generation that must fail."""
    ended = await settled(model, await model.submit(asked), PATIENCE)
    assert ended.status is GenerationStatus.FAILED, ended
    return ended


async def under_way(model: LocalModel, job_id: str) -> StatusReport:
    """The report as soon as steps are being done."""
    async with asyncio.timeout(PATIENCE):
        while ((now := await model.get_status(job_id)).progress or 0) <= 0.05:
            assert now.status in (GenerationStatus.QUEUED, GenerationStatus.RUNNING), now
            await asyncio.sleep(0.02)
    return now


def goes_first(pid: int) -> bool:
    """Whether the kernel takes this process before any other when memory runs out."""
    return Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == "1000"


async def nobody_works() -> None:
    """Return when there is no generating process any more."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if studio().pid is None:
                return
            await asyncio.sleep(0.02)


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", TINY)
async def test_the_same_request_gives_the_same_clip_and_another_seed_another(
    name: str, make: Make, ask: Ask
) -> None:
    model = make(name)
    asked = ask(name, seed=1)
    first = await clip(model, asked)
    pid = studio().pid
    seconds, frame = decoded_length(first)
    assert abs(float(seconds) - asked.params["duration"]) <= float(frame)
    assert digest(await clip(model, ask(name, seed=1))) == digest(first)
    assert digest(await clip(model, ask(name, seed=2))) != digest(first)
    if name in ("local-wan-image", "local-cogvideox-image", "local-svd"):
        assert digest(await clip(model, ask(name, picture="gold", seed=1))) != digest(first)
    if name != "local-svd":  # which takes no words
        assert digest(await clip(model, ask(name, "a ship", seed=1))) != digest(first)
    assert studio().pid == pid  # the pipeline was loaded once for all of them


async def test_ltx_begins_with_a_picture_where_there_is_one(
    make: Make, ask: Ask, tmp_path: Path
) -> None:
    model, plain = make("local-ltx"), ask("local-ltx")
    Image.new("RGB", (96, 80), "gold").save(tmp_path / "gold.png")
    framed = replace(ask("local-ltx"), references={"first_frame": tmp_path / "gold.png"})
    assert digest(await clip(model, framed)) != digest(await clip(model, plain))
    (tmp_path / "text.png").write_text("no picture")
    spoiled = replace(ask("local-ltx"), references={"first_frame": tmp_path / "text.png"})
    assert (await failure(model, spoiled)).error_code == "bad_media"


async def test_cancelling_takes_less_than_a_step_and_gives_the_memory_back(
    make: Make, ask: Ask
) -> None:
    model = make("local-wan")
    job_id = await model.submit(ask("local-wan", steps=ENDLESS, width=256, height=256))
    await under_way(model, job_id)
    pid = studio().pid
    assert pid is not None
    begun = time.monotonic()
    assert await model.cancel_generation(job_id) is True
    assert time.monotonic() - begun < 10
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert (await model.get_status(job_id)).status is GenerationStatus.CANCELLED
    await clip(model, ask("local-wan"))


async def test_a_generation_that_is_killed_ends_with_the_reason_and_the_next_one_works(
    make: Make, ask: Ask
) -> None:
    model = make("local-wan")
    job_id = await model.submit(ask("local-wan", steps=ENDLESS))
    await under_way(model, job_id)
    pid = studio().pid
    assert pid is not None
    assert goes_first(pid)
    os.kill(pid, signal.SIGKILL)
    ended = await settled(model, job_id, PATIENCE)
    assert (ended.status, ended.error_code) == (GenerationStatus.FAILED, "generator_died")
    await clip(model, ask("local-wan"))


async def test_weights_that_are_not_there_or_of_another_family_are_named(
    make: Make, ask: Ask, weights: Path
) -> None:
    model = make("local-wan")
    missing = await failure(model, ask("local-wan", weights="Wan-AI/Nothing"))
    assert missing.error_code == "no_weights"
    assert "hf download Wan-AI/Nothing" in str(missing.error_message)
    assert str(weights) in str(missing.error_message)
    other = await failure(model, ask("local-wan", weights="ltx"))
    assert other.error_code == "wrong_weights"
    assert "LTXPipeline" in str(other.error_message)
    assert "WanPipeline" in str(other.error_message)


async def test_weights_are_found_in_the_hub_s_cache_without_asking_it(
    environment: dict[str, str],
    entries: dict[str, ModelEntry],
    ask: Ask,
    weights: Path,
    tmp_path: Path,
) -> None:
    cached, revision = tmp_path / "hub" / "models--tiny--wan", "0" * 40
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(revision)
    shutil.copytree(weights / "wan", cached / "snapshots" / revision)
    told = {**environment, "HF_HOME": str(tmp_path), "VIDEO_FOUNDRY_LOCAL_WEIGHTS": ""}
    model = LocalModel(entries["local-wan"], told)
    await clip(model, ask("local-wan", weights="tiny/wan"))
    await model.aclose()


async def test_only_one_pipeline_is_in_memory(make: Make, ask: Ask) -> None:
    wan, animated = make("local-wan"), make("local-animatediff")
    await clip(wan, ask("local-wan"))
    before = studio().pid
    assert before is not None
    await clip(animated, ask("local-animatediff"))
    assert studio().pid != before
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


async def test_a_pipeline_that_nobody_asks_for_is_given_up(
    environment: dict[str, str], entries: dict[str, ModelEntry], ask: Ask
) -> None:
    resting = {**environment, "VIDEO_FOUNDRY_LOCAL_KEEP_SECONDS": "0"}
    model = LocalModel(entries["local-wan"], resting)
    await clip(model, ask("local-wan"))
    await nobody_works()
    await model.aclose()
