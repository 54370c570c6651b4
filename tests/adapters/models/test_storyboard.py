"""What the storyboard model reads in a prompt, draws, sounds like, and how its process behaves."""

import asyncio
import subprocess
import sys
import time
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from video_foundry.adapters.models import storyboard
from video_foundry.adapters.models.storyboard.adapter import StoryboardModel
from video_foundry.adapters.models.storyboard.child import draw
from video_foundry.adapters.models.storyboard.lettering import Type, broken, clean
from video_foundry.adapters.models.storyboard.reading import read_brief
from video_foundry.adapters.models.storyboard.request import DrawingRequest, drawing_request
from video_foundry.adapters.models.storyboard.shot import SCENES, Shot
from video_foundry.adapters.models.storyboard.sound import LOUDNESS, SAMPLE_RATE, bed, loudness
from video_foundry.core.catalogue import ModelEntry, effective_params, parse_provider, price_of
from video_foundry.errors import BadInput, GenerationFailed
from video_foundry.ports.video_model import GenerationStatus, StatusReport, Submission

PROMPTS = {
    "abstract": "Abstract silk ribbons, brand intro",
    "city": "Neon city street at night in the rain",
    "forest": "Deep forest with fog, a girl walking",
    "interface": "Futuristic app interface with glowing blue UI",
    "interior": "A cozy cafe interior in the morning",
    "landscape": "Snow falls on a mountain valley at dawn",
    "object": "A steaming cup of coffee, macro",
    "ocean": "A lighthouse above the ocean at golden hour",
    "people": "A couple in conversation at dusk",
    "road": "A car drives down a desert highway",
    "space": "An astronaut above a ringed planet",
}
STYLES = ("auto", "ink", "paper", "neon", "dusk")


def small(prompt: str, **changes: Any) -> DrawingRequest:
    """A request that is quick to draw."""
    values: dict[str, Any] = {
        "width": 320,
        "height": 180,
        "frames": 24,
        "seed": 1,
        "shot": "12A",
        "style": "auto",
        "camera": "auto",
        "audio": True,
    }
    return DrawingRequest(prompt=prompt, **{**values, **changes})


@pytest.fixture
def entry() -> ModelEntry:
    text = (Path(storyboard.__file__).parent / "catalogue.toml").read_text()
    found, _ = parse_provider(tomllib.loads(text))
    return found


def test_the_catalogue_entry_is_free_local_and_complete(entry: ModelEntry) -> None:
    params = effective_params(entry, {})
    request = drawing_request("x", params)
    assert (request.width, request.height, request.seconds) == (960, 540, 4)
    assert entry.is_local
    assert price_of(entry, params).high == 0
    assert entry.env_key is None
    with pytest.raises(BadInput):
        effective_params(entry, {"duration": 61})


@pytest.mark.parametrize(
    ("ratio", "size"),
    [
        ("16:9", (960, 540)),
        ("9:16", (540, 960)),
        ("1:1", (540, 540)),
        ("4:5", (540, 676)),
        ("21:9", (1260, 540)),
    ],
)
def test_ratios_are_even_pixels(ratio: str, size: tuple[int, int]) -> None:
    request = drawing_request("x", {"aspect_ratio": ratio})
    assert (request.width, request.height) == size


def test_a_shot_code_belongs_to_the_request() -> None:
    first = drawing_request("A hill", {"seed": 1}).shot
    assert drawing_request("A hill", {"seed": 1, "audio": False}).shot == first
    assert drawing_request("A hill", {"seed": 2}).shot != first
    assert drawing_request("A hill", {"shot": "9C"}).shot == "9C"


def test_a_request_survives_the_pipe() -> None:
    request = small("half a pair \ud83d, a NUL \x00, 日本語\n")
    assert DrawingRequest.from_json(request.to_json()) == request
    assert "\n" not in request.to_json()


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Slow push in on a mountain lake at sunrise", {"light": "dawn", "move": "push in"}),
        ("Aerial drone shot over a snowy valley", {"scene": "landscape", "size": "aerial"}),
        ("Crane up over Tokyo at midnight, rain", {"scene": "city", "weather": "rain"}),
        ("PAN LEFT across the dashboard", {"scene": "interface", "move": "pan left"}),
        ("Camera orbits a perfume bottle", {"scene": "object", "move": "orbit"}),
        ("Two friends talk, close-up", {"scene": "people", "size": "close"}),
        ("Sailboats under stormy skies", {"scene": "ocean", "light": "storm"}),
    ],
)
def test_prompts_are_read_as_a_director_would(prompt: str, expected: dict[str, str]) -> None:
    brief = read_brief(prompt, seed=0, camera="auto")
    assert {name: getattr(brief, name) for name in expected} == expected


def test_the_camera_parameter_wins_over_the_prompt() -> None:
    assert read_brief("pan left over hills", seed=0, camera="tilt up").move == "tilt up"


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_every_scene_is_a_picture_that_moves(scene: str) -> None:
    style = STYLES[sorted(SCENES).index(scene) % len(STYLES)]
    shot = Shot(small(PROMPTS[scene], style=style, camera="pan right"))
    assert shot.stage.brief.scene == scene
    first, last = shot.frame(0).astype(int), shot.frame(23).astype(int)
    assert first.shape == (180, 320, 3)
    assert first.std() > 12, "the frame is nearly empty"
    assert np.abs(first - last).mean() > 1.5, "nothing moves"


@pytest.mark.parametrize("style", STYLES)
def test_styles_and_seeds_are_different_pictures(style: str) -> None:
    shown = Shot(small(PROMPTS["landscape"], style=style)).frame(12).astype(int)
    other = Shot(small(PROMPTS["landscape"], style=style, seed=2)).frame(12).astype(int)
    assert np.abs(shown - other).mean() > 2
    if style != "auto":
        plain = Shot(small(PROMPTS["landscape"])).frame(12).astype(int)
        assert np.abs(shown - plain).mean() > 4


@pytest.mark.parametrize(
    "camera", ["static", "push in", "pull out", "tilt up", "tilt down", "orbit"]
)
@pytest.mark.parametrize("size", [(102, 180), (420, 180)])
def test_no_move_shows_the_edge_of_the_drawing(camera: str, size: tuple[int, int]) -> None:
    request = small(PROMPTS["ocean"], camera=camera, width=size[0], height=size[1], frames=24 * 20)
    shot = Shot(request)
    for index in (0, request.frames - 1):
        frame = shot.frame(index)
        for edge in (frame[60:120, 0], frame[60:120, -1], frame[-1], frame[0]):
            assert edge.max() > 12, "an undrawn edge is black"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t ",
        "\x00\x07\ud800\udfff\ufffe",
        "🚀🎬👩‍👩‍👧",
        "夜の東京、雨の路地を歩く侍。ネオンが水たまりに映る",
        "مدينة قديمة عند الغروب",
        "ירושלים בלילה",
        "ক্যামেরা ধীরে ধীরে এগিয়ে যায়",
        "x" * 3000,
        "a\u0301\u0302\u0303" * 300,
        "Straße, œuvre, Ελλάδα, Київ — “quotes” …",
    ],
)
def test_any_text_can_be_set(text: str) -> None:
    type_ = Type("medium", 20)
    lines = broken(clean(text), type_, 300, 2)
    assert len(lines) <= 2
    assert all(type_.width(line) <= 330 for line in lines)
    assert Shot(small(text, shot=text[:12])).frame(3).shape == (180, 320, 3)


def test_captions_break_into_even_lines() -> None:
    type_ = Type("medium", 20)
    text = "A lone hiker looks over the valley while the first light touches the peaks"
    lines = broken(text, type_, 560, 2)
    assert " ".join(lines) == text
    widths = [type_.width(line) for line in lines]
    assert min(widths) > 0.7 * max(widths)
    assert broken(text * 5, type_, 300, 2)[-1].endswith("…")


@pytest.mark.parametrize("prompt", [PROMPTS["ocean"], PROMPTS["city"]])
def test_the_sound_is_quiet_soft_at_the_ends_and_repeatable(prompt: str) -> None:
    brief = read_brief(prompt, seed=3, camera="auto")
    sound = bed(brief, prompt, 3, 3 * SAMPLE_RATE)
    assert sound.shape == (2, 3 * SAMPLE_RATE)
    assert abs(loudness(sound) - LOUDNESS) < 0.3
    assert np.abs(sound).max() < 0.5
    assert np.abs(sound[:, :200]).max() < 0.002
    assert np.array_equal(sound, bed(brief, prompt, 3, 3 * SAMPLE_RATE))


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    request = small(PROMPTS["city"], frames=12)
    for name in ("one", "two"):
        draw(request, tmp_path / name)
    draw(small(PROMPTS["city"], frames=12, seed=2), tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_the_file_is_what_was_asked_for(tmp_path: Path) -> None:
    request = small(PROMPTS["people"], frames=30)
    draw(request, tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert video.average_rate == 24
        stamps = [frame.pts or 0 for frame in container.decode(video=0)]
    steps = set(np.diff(stamps).tolist())
    assert len(stamps) == 30
    assert len(steps) == 1
    with av.open(str(tmp_path / "clip.mp4")) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert abs(samples - 30 * SAMPLE_RATE // 24) <= 1024
    draw(small(PROMPTS["people"], frames=2, audio=False), tmp_path / "silent.mp4")
    with av.open(str(tmp_path / "silent.mp4")) as container:
        assert not container.streams.audio


@pytest.fixture
async def model() -> AsyncIterator[StoryboardModel]:
    made = StoryboardModel()
    yield made
    await made.aclose()


def submission(folder: Path, **params: Any) -> Submission:
    return Submission(
        model="storyboard",
        prompt=PROMPTS["people"],
        params={"duration": 1, "aspect_ratio": "1:1", **params},
        references={},
        key="key",
        scratch=folder,
    )


def written(folder: Path) -> dict[str, int]:
    """Names and sizes of the files in a folder."""
    return {path.name: path.stat().st_size for path in folder.iterdir()}


async def until(model: StoryboardModel, job_id: str, seconds: float = 60) -> StatusReport:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        report = await model.get_status(job_id)
        if report.status not in (GenerationStatus.QUEUED, GenerationStatus.RUNNING):
            return report
        await asyncio.sleep(0.02)
    pytest.fail("the drawing hangs")


async def test_the_clip_lies_alone_in_the_scratch_folder(
    model: StoryboardModel, tmp_path: Path
) -> None:
    job_id = await model.submit(submission(tmp_path))
    with pytest.raises(GenerationFailed, match="not there"):
        await model.get_result(job_id)
    assert (await until(model, job_id)).status is GenerationStatus.SUCCEEDED
    path = await model.get_result(job_id)
    assert list(written(tmp_path)) == [path.name]


async def test_a_cancelled_drawing_leaves_no_process_and_no_clip(
    model: StoryboardModel, tmp_path: Path
) -> None:
    job_id = await model.submit(submission(tmp_path, duration=30))
    for _ in range(1000):
        if (await model.get_status(job_id)).progress:
            break
        await asyncio.sleep(0.02)
    assert await model.cancel_generation(job_id)
    assert (await model.get_status(job_id)).status is GenerationStatus.CANCELLED
    sizes = written(tmp_path)
    await asyncio.sleep(0.3)
    assert written(tmp_path) == sizes
    assert "storyboard.mp4" not in sizes


async def test_a_drawing_that_cannot_be_written_fails_with_the_reason(
    model: StoryboardModel, tmp_path: Path
) -> None:
    job_id = await model.submit(submission(tmp_path / "gone"))
    report = await until(model, job_id)
    assert report.status is GenerationStatus.FAILED
    assert "No such file" in (report.error_message or "")


def test_the_drawing_process_ends_with_its_parent(tmp_path: Path) -> None:
    request = drawing_request(PROMPTS["people"], {"duration": 20})
    source = str(Path(storyboard.__file__).parents[4])
    program = (
        f"import sys; sys.path.insert(0, {source!r}); "
        "from video_foundry.adapters.models.storyboard.child import main; main()"
    )
    lines = f"{request.to_json()}\n{tmp_path / 'clip.mp4'}\n"
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], input=lines.encode(), check=False, timeout=60,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 3
    assert time.monotonic() - start < 30
    assert not (tmp_path / "clip.mp4").exists()
