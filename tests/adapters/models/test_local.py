"""Local models as far as they go without their libraries: what a request becomes, what is refused
before anything starts, and what is said when the generating process cannot go on."""

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from video_foundry.adapters.models import builtin, local
from video_foundry.adapters.models.local.adapter import LocalModel
from video_foundry.adapters.models.local.machine import child_environment, this_machine
from video_foundry.adapters.models.local.request import LocalRequest, local_request
from video_foundry.adapters.models.local.studio import studio
from video_foundry.adapters.models.registry import RegisteredModels
from video_foundry.core.catalogue import ModelEntry, effective_params, parse_provider
from video_foundry.errors import BadInput, Rejected
from video_foundry.ports.video_model import GenerationStatus, StatusReport, Submission
from video_foundry.testing.model_contract import settled

PATIENCE = 60.0
ENTRIES = {
    entry.id: entry
    for entry in parse_provider(
        tomllib.loads((Path(local.__file__).parent / "catalogue.toml").read_text("utf-8"))
    )
}
NEEDS_A_PICTURE = {
    name for name, e in ENTRIES.items() if "first_frame" in e.parameters.get("required", ())
}


def submission(entry: ModelEntry, folder: Path, **params: Any) -> Submission:
    """A request for the entry's smallest clip, with a first frame where one is needed."""
    frame = {"first_frame": folder / "first.png"} if entry.id in NEEDS_A_PICTURE else {}
    given = {**dict.fromkeys(frame, "media"), **params}
    return Submission(
        model=entry.id,
        prompt="a lamp",
        params={k: v for k, v in effective_params(entry, given).items() if k not in frame},
        references=frame,
        key="a-key",
        scratch=folder,
    )


def request(name: str, **params: Any) -> LocalRequest:
    return local_request(ENTRIES[name], submission(ENTRIES[name], Path("nowhere"), **params))


def program(folder: Path, text: str) -> dict[str, str]:
    """The environment of a machine whose Python is this shell script."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return {"VIDEO_FOUNDRY_LOCAL_PYTHON": str(file)}


async def until(look: Callable[[], int | None]) -> int:
    """What `look` finds, as soon as it finds something."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if (found := look()) is not None:
                return found
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_asked_for_without_a_word_can_be_made(name: str) -> None:
    entry, made = ENTRIES[name], request(name)
    assert made.width % entry.wire["size_step"] == made.height % entry.wire["size_step"] == 0
    assert (made.frames - 1) % entry.wire["frame_step"] == 0
    assert made.kept <= made.frames <= entry.wire["most_frames"]
    assert made.kept == round(entry.properties["duration"]["default"] * made.fps)
    assert LocalRequest.from_json(made.to_json()) == made


@pytest.mark.parametrize("name", ENTRIES)
def test_the_longest_clip_of_the_catalogue_can_be_made(name: str) -> None:
    longest = ENTRIES[name].properties["duration"]["maximum"]
    assert request(name, duration=longest).frames <= ENTRIES[name].wire["most_frames"]


@pytest.mark.parametrize(
    ("name", "seconds", "fps", "frames", "kept"),
    [
        ("local-ltx", 2, 24, 49, 48),
        ("local-ltx", 0.1, 24, 9, 2),
        ("local-wan", 5, 16, 81, 80),
        ("local-cogvideox", 6, 8, 49, 48),
        ("local-animatediff", 2, 8, 16, 16),
        ("local-svd", 2, 7, 14, 14),
    ],
)
def test_a_family_makes_the_least_count_of_its_own_that_is_enough(
    name: str, seconds: float, fps: int, frames: int, kept: int
) -> None:
    made = request(name, duration=seconds, fps=fps)
    assert (made.frames, made.kept) == (frames, kept)


@pytest.mark.parametrize(
    ("name", "params", "size"),
    [
        ("local-ltx", {"aspect_ratio": "16:9", "resolution": "480p"}, (864, 480)),
        ("local-ltx", {"width": 704, "height": 480}, (704, 480)),
        ("local-wan", {"aspect_ratio": "9:16", "resolution": "720p"}, (720, 1280)),
        ("local-cogvideox", {}, (720, 480)),
        ("local-svd", {}, (1024, 576)),
    ],
)
def test_a_shape_becomes_the_nearest_size(
    name: str, params: dict[str, Any], size: tuple[int, int]
) -> None:
    made = request(name, **params)
    assert (made.width, made.height) == size


def test_a_clip_that_is_too_long_for_its_frame_rate_is_refused_with_what_would_do() -> None:
    with pytest.raises(Rejected, match=r"at most 121 frames, which is 2 seconds at 60") as refused:
        request("local-wan", duration=5, fps=60)
    assert refused.value.code == "too_many_frames"


@pytest.mark.parametrize(
    "weights", ["../secret", "/etc/weights", "a/b/c", "a/../b", "", "org/..", "~/weights"]
)
def test_weights_are_named_and_never_a_path_that_leads_elsewhere(weights: str) -> None:
    with pytest.raises(BadInput, match="weights"):
        effective_params(ENTRIES["local-wan"], {"weights": weights})


def test_a_size_that_the_family_cannot_make_is_refused_by_the_catalogue() -> None:
    with pytest.raises(BadInput, match="width"):
        effective_params(ENTRIES["local-ltx"], {"width": 500, "height": 320})
    with pytest.raises(BadInput, match="height"):
        effective_params(ENTRIES["local-ltx"], {"width": 512})


def test_one_pipeline_serves_requests_for_the_same_weights_alone() -> None:
    first, second = request("local-wan", seed=1), request("local-wan", seed=2, duration=1)
    assert first.pipeline == second.pipeline
    assert first.pipeline != request("local-wan", weights="other").pipeline
    assert first.pipeline != request("local-ltx").pipeline


def test_without_its_libraries_a_model_is_listed_with_what_to_install() -> None:
    builtin.register()
    today = date(2026, 11, 1)
    entry = ENTRIES["local-ltx"]
    told = RegisteredModels(today, {}).unavailable(entry)
    assert told == "not installed: pip install 'video-foundry[local]'"
    elsewhere = {"VIDEO_FOUNDRY_LOCAL_PYTHON": "/opt/models/bin/python"}
    assert RegisteredModels(today, elsewhere).unavailable(entry) is None
    assert not entry.needs_nothing


async def test_without_its_libraries_nothing_is_begun(tmp_path: Path) -> None:
    entry = ENTRIES["local-wan"]
    model = LocalModel(entry, {})
    with pytest.raises(Rejected, match=r"pip install 'video-foundry\[local\]'"):
        await model.submit(submission(entry, tmp_path))
    assert studio().pid is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEVICE", "gpu"), ("DTYPE", "int4"), ("OFFLOAD", "yes"), ("KEEP_SECONDS", "nan")],
)
def test_a_setting_that_says_nothing_is_named(name: str, value: str) -> None:
    with pytest.raises(Rejected, match=f"VIDEO_FOUNDRY_LOCAL_{name}"):
        this_machine({f"VIDEO_FOUNDRY_LOCAL_{name}": value})


def test_the_generating_process_sees_no_key_and_asks_no_hub() -> None:
    environment = {
        "RUNWAY_API_KEY": "secret",
        "DATABASE_URL": "postgresql://user:secret@here/it",
        "HF_TOKEN": "secret",
        "HF_HOME": "/models",
        "CUDA_VISIBLE_DEVICES": "1",
    }
    seen = child_environment(this_machine(environment), environment)
    assert "secret" not in str(seen)
    assert (seen["HF_HUB_OFFLINE"], seen["HF_HOME"]) == ("1", "/models")
    assert seen["CUDA_VISIBLE_DEVICES"] == "1"
    told = {**environment, "VIDEO_FOUNDRY_LOCAL_DOWNLOAD": "1"}
    online = child_environment(this_machine(told), told)
    assert online["HF_TOKEN"] == "secret"
    assert "HF_HUB_OFFLINE" not in online
    assert "RUNWAY_API_KEY" not in online


WORKER = """
import asyncio, sys
from pathlib import Path
from video_foundry.adapters.models.local.generator import Generator
from video_foundry.adapters.models.local.machine import this_machine
from video_foundry.adapters.models.local.request import LocalRequest

async def work():
    environment = {"TMPDIR": sys.argv[1]}
    generator = await Generator.start(this_machine(environment), environment)
    print(generator.pid, flush=True)
    await generator.generate(LocalRequest.from_json(sys.argv[2]), Path("clip.mp4"), print)

asyncio.run(work())
"""


def has_ended(pid: int) -> bool:
    """Whether a process is over, be it that nobody has asked for its status yet."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return told.rpartition(")")[2].split()[0] == "Z"


def test_it_waits_for_the_device_and_ends_with_the_worker_that_wanted_its_clip(
    tmp_path: Path,
) -> None:
    lock = tmp_path / f"video-foundry-{os.getuid()}-auto-all.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # another worker generates on this device
        command = [sys.executable, "-c", WORKER, str(tmp_path), request("local-wan").to_json()]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        # It would have given up by now, for there is no torch, did it not wait for its turn.
        waits_until(lambda: str(lock) in open_files(pid))
        assert not has_ended(pid)
        worker.kill()
        worker.wait()
        waits_until(lambda: has_ended(pid))
        worker.stdout.close()


def open_files(pid: int) -> set[str]:
    """What a process has open; empty for one that is over."""
    with contextlib.suppress(OSError):
        return {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()}
    return set()


def waits_until(holds: Callable[[], bool]) -> None:
    """Return when it holds. Fails after a long while."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


async def outcome(model: LocalModel, asked: Submission) -> StatusReport:
    """How a generation ended; the model is closed then."""
    try:
        return await settled(model, await model.submit(asked), PATIENCE)
    finally:
        await model.aclose()


async def test_a_python_without_the_libraries_is_named(tmp_path: Path) -> None:
    link = tmp_path / "python"
    link.symlink_to(sys.executable)  # without the packages of this environment
    entry = ENTRIES["local-wan"]
    model = LocalModel(entry, {"VIDEO_FOUNDRY_LOCAL_PYTHON": str(link)})
    ended = await outcome(model, submission(entry, tmp_path))
    assert (ended.status, ended.error_code) == (GenerationStatus.FAILED, "not_installed")
    assert str(link) in str(ended.error_message)


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    entry = ENTRIES["local-wan"]
    model = LocalModel(entry, {"VIDEO_FOUNDRY_LOCAL_PYTHON": str(tmp_path / "none")})
    ended = await outcome(model, submission(entry, tmp_path))
    assert ended.error_code == "not_installed"
    assert "cannot be started" in str(ended.error_message)


async def test_a_process_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    entry = ENTRIES["local-wan"]
    model = LocalModel(entry, program(tmp_path, "echo 'no such device' >&2; exit 7"))
    ended = await outcome(model, submission(entry, tmp_path))
    assert (ended.status, ended.error_code) == (GenerationStatus.FAILED, "generator_died")
    assert ended.error_message == "the generating process ended with 7: no such device"


async def test_a_process_that_is_killed_says_that_memory_ran_out(tmp_path: Path) -> None:
    entry = ENTRIES["local-wan"]
    model = LocalModel(entry, program(tmp_path, "exec sleep 600"))
    asked = submission(entry, tmp_path)
    job_id = await model.submit(asked)
    assert await model.submit(asked) == job_id
    os.kill(await until(lambda: studio().pid), signal.SIGKILL)
    ended = await settled(model, job_id, PATIENCE)
    assert (ended.status, ended.error_code) == (GenerationStatus.FAILED, "generator_died")
    assert "run out of memory" in str(ended.error_message)
    assert studio().pid is None
    await model.aclose()


async def test_cancelling_ends_the_process_and_lets_the_next_one_have_its_turn(
    tmp_path: Path,
) -> None:
    entry = ENTRIES["local-wan"]
    model = LocalModel(entry, program(tmp_path, "exec sleep 600"))
    first = await model.submit(submission(entry, tmp_path))
    running = await until(lambda: studio().pid)
    other = ENTRIES["local-ltx"]
    # Another model, and so another adapter: the machine is the same.
    waiting = LocalModel(other, program(tmp_path, "exec sleep 600"))
    second = await waiting.submit(submission(other, tmp_path))
    await asyncio.sleep(0)
    assert (await waiting.get_status(second)).status is GenerationStatus.QUEUED
    assert await model.cancel_generation(first) is True
    assert (await model.get_status(first)).status is GenerationStatus.CANCELLED
    with pytest.raises(ProcessLookupError):
        os.kill(running, 0)
    following = await until(lambda: studio().pid)
    assert following != running
    await waiting.aclose()
    with pytest.raises(ProcessLookupError):
        os.kill(following, 0)
    await model.aclose()
