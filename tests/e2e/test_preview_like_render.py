"""What the preview draws of transitions, titles and images is what the server renders, by SSIM. A
sample of every family here; all that there are with VIDEO_FOUNDRY_PROOF set (`make proof`)."""

import base64
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Locator, Page, expect
from tests.waiting import until

from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.transitions import KINDS
from video_foundry.testing.clips import run_ffmpeg
from video_foundry.testing.pictures import Picture, read_pictures, split_pictures
from video_foundry.testing.sameness import structural_likeness

ALIKE = 0.98
PATIENCE = 240.0
"""Seconds that clips and a film may take on a busy machine."""
FPS = 12
SIZE = (320, 180)
# The drawing is compared, not what the usual compression takes from fine grain.
SETTINGS = {"width": SIZE[0], "height": SIZE[1], "fps": FPS, "quality": "high"}
OVERLAP = FPS // 2
IS_WHOLE = "VIDEO_FOUNDRY_PROOF" in os.environ

FAMILIES: tuple[str, ...] = (
    "dissolve",
    "dip-to-white",
    "blur-dissolve",
    "clock-wipe",
    "checkerboard",
)
FAMILIES += ("push-left", "reveal-right", "split-vertical", "zoom-in")
TRANSITIONS = tuple(KINDS) if IS_WHOLE else FAMILIES
TITLES = tuple(PRESETS) if IS_WHOLE else ("title", "lower-third", "note")
MOVES = tuple(ANIMATIONS) if IS_WHOLE else ("slide-left", "reveal-up")
TURN = 18
"""Frames for which each overlay has the film to itself."""
STAGES = {"coming": 2, "standing": 9, "going": 15}
"""At which of its frames an overlay is looked at."""
SEEN = 5
"""By how much brightness differs where something lies on top."""

TOLD = (
    *("-pix_fmt", "yuv420p", "-color_range", "tv", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709"),
)
"""Browsers guess the colours of clips that do not tell them; the render guesses better."""


@dataclass
class Film:
    """A film that is made to be looked at: its project, and which frames show what."""

    project: str
    transitions: dict[str, int] = field(default_factory=dict)
    plain: int = 0
    """A frame of the last clip with nothing on it."""
    overlays: dict[str, int] = field(default_factory=dict)

    @property
    def frames(self) -> list[int]:
        """All that are looked at."""
        return sorted({*self.transitions.values(), self.plain, *self.overlays.values()})


@dataclass(frozen=True)
class Compared:
    """Pictures by frame, as the preview drew them and as they were rendered."""

    film: Film
    previewed: Mapping[int, Picture]
    rendered: Mapping[int, Picture]


@pytest.fixture(scope="module")
def compared(
    server: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Compared]:
    """Everything made, rendered and looked at once."""
    folder = tmp_path_factory.mktemp("alike")
    with httpx2.Client(base_url=f"{server}/api", timeout=PATIENCE) as api:
        film = _film(api, folder)
        _render(api, film.project, folder / "film.mp4")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    previewed = dict(zip(film.frames, _previewed(page, server, film), strict=True))
    page.close()
    rendered = read_pictures(folder / "film.mp4", SIZE)
    yield Compared(film, previewed, {frame: rendered[frame] for frame in film.frames})


# Making


def _film(api: httpx2.Client, folder: Path) -> Film:
    """Each clip goes over into the next by another transition; the last lies under the overlays."""
    clips = [_upload(api, name, _clip(folder / name)) for name in ("straight.mp4", "turned.mp4")]
    backdrop = _upload(api, "backdrop.png", _png(_backdrop()))
    overlays = _overlays(_upload(api, "ball.png", _png(_ball())))
    made = api.post("/projects", json={"name": "Side by side", "settings": SETTINGS})
    film = Film(str(made.raise_for_status().json()["id"]))
    segments = [
        _segment(clips[at % 2], transition=kind and {"kind": kind, "duration": 0.5})
        for at, kind in enumerate((*TRANSITIONS, None))
    ]
    under = _segment(backdrop, trim={"end": 1 + len(overlays) * TURN / FPS})
    _insert(api, film.project, [*segments, under])
    # Each clip gives half of itself to the transition before it and half to the one after it.
    middles = range(OVERLAP + OVERLAP // 2, FPS * len(segments), OVERLAP)
    film.transitions = dict(zip(TRANSITIONS, middles, strict=False))
    begin = FPS * len(segments) - OVERLAP * len(TRANSITIONS)
    film.plain = begin + FPS // 2
    for at, (name, (kind, body)) in enumerate(overlays.items()):
        first = begin + FPS + at * TURN
        times = {"start": first / FPS, "end": (first + TURN) / FPS}
        api.post(
            f"/projects/{film.project}/items", json={"kind": kind, **body, **times}
        ).raise_for_status()
        film.overlays |= {f"{name}, {stage}": first + frame for stage, frame in STAGES.items()}
    return film


def _overlays(ball: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Kind and fields of every item, by a name for it."""
    titles = {
        f"text as {preset}": ("text", {"text": "Light, 光\nand more", "preset": preset})
        for preset in TITLES
    }
    moves = {
        f"image by {kind}": (
            "image",
            {
                "media": ball,
                "scale": 0.4,
                "placement": {"anchor": "center"},
                "animate_in": {"kind": kind, "seconds": 0.5},
                "animate_out": {"kind": kind, "seconds": 0.5},
            },
        )
        for kind in MOVES
    }
    return {**titles, **moves}


def _clip(target: Path) -> bytes:
    """A second of many colours, in one of two ways."""
    change = ",hflip,hue=h=120" if target.stem == "turned" else ""
    source = f"testsrc2=s=320x180:r={FPS}:d=1{change},scale=out_color_matrix=bt709:out_range=tv"
    run_ffmpeg(["-f", "lavfi", "-i", source], "-crf", "10", *TOLD, str(target))
    return target.read_bytes()


def _backdrop() -> Image.Image:
    """Darker to the left, bluer to the bottom."""
    across, down = np.meshgrid(np.linspace(40, 150, SIZE[0]), np.linspace(60, 120, SIZE[1]))
    return Image.fromarray(np.stack([across, (across + down) / 2, down], 2).astype(np.uint8))


def _ball() -> Image.Image:
    """Soft at its edges."""
    drawn = Image.new("L", (200, 200))
    ImageDraw.Draw(drawn).ellipse((30, 30, 170, 170), fill=255)
    ball = Image.new("RGBA", drawn.size, (240, 190, 60, 255))
    ball.putalpha(drawn.filter(ImageFilter.GaussianBlur(8)))
    return ball


def _png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "png")
    return written.getvalue()


def _upload(api: httpx2.Client, name: str, content: bytes) -> str:
    made = api.post("/media", files={"file": (name, content)})
    return str(made.raise_for_status().json()["id"])


def _segment(media: str, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "media": media, **{name: at for name, at in more.items() if at}}


def _insert(api: httpx2.Client, project: str, segments: list[dict[str, Any]]) -> None:
    ids = {"id": str(uuid4()), "step": str(uuid4())}
    insert = {"type": "insert_segments", "after": None, "segments": segments, **ids}
    body = {"client": str(uuid4()), "operations": [insert]}
    answer = api.post(f"/projects/{project}/operations", json=body).raise_for_status().json()
    assert [outcome["status"] for outcome in answer["outcomes"]] == ["applied"], answer


# Looking


def _render(api: httpx2.Client, project: str, target: Path) -> None:
    job = api.post(f"/projects/{project}/render", json={}).raise_for_status().json()["id"]

    def is_over() -> bool:
        state = api.get(f"/render-jobs/{job}").json()
        assert state["status"] not in {"failed", "cancelled"}, state["error_message"]
        return bool(state["status"] == "completed")

    until(is_over, PATIENCE)
    until(lambda: _has_small_copies(api, project), PATIENCE)
    target.write_bytes(api.get(f"/render-jobs/{job}/video").raise_for_status().content)


def _has_small_copies(api: httpx2.Client, project: str) -> bool:
    """What the preview plays as soon as it is there: nobody shall see both in one film."""
    segments = api.get(f"/projects/{project}").raise_for_status().json()["segments"]
    digests = sorted({one["asset_url"].rpartition("/")[2] for one in segments[:2]})
    body = {"digests": digests, "kinds": ["proxy"], "project_id": project}
    previews = api.post("/previews", json=body).raise_for_status().json()["previews"]
    return [one["proxy"]["state"] for one in previews] == ["ready", "ready"]


def _previewed(page: Page, server: str, film: Film) -> list[Picture]:
    """The film's frames as the preview draws them, pixel for pixel."""
    page.goto(f"{server}/projects/{film.project}")
    canvas = page.get_by_role("region", name="Preview").locator("canvas")
    expect(canvas).to_have_attribute("data-frame", "0", timeout=30_000)
    assert canvas.evaluate("canvas => [canvas.width, canvas.height]") == list(SIZE)
    drawn = b"".join(_drawn(page, canvas, frame) for frame in film.frames)
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s:v", f"{SIZE[0]}x{SIZE[1]}", "-i", "pipe:0"]
    to_film = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    return split_pictures(run_ffmpeg(raw, "-vf", to_film, "-f", "rawvideo", "-", stdin=drawn), SIZE)


def _drawn(page: Page, canvas: Locator, frame: int) -> bytes:
    """Red, green and blue of each pixel."""
    position = page.get_by_role("textbox", name="Position")
    position.fill(f"{frame}f")
    position.press("Enter")
    expect(canvas).to_have_attribute("data-frame", str(frame), timeout=30_000)
    expect(canvas).to_have_attribute("data-whole", "true", timeout=30_000)
    address = canvas.evaluate("canvas => canvas.toDataURL('image/png')")
    png = base64.b64decode(address.partition(",")[2])
    return Image.open(io.BytesIO(png)).convert("RGB").tobytes()


# Comparing

Box = tuple[int, int, int, int]
"""left, top, right, bottom: whole windows of SSIM in the planes of colour too."""


def _likeness(one: Picture, two: Picture, box: Box = (0, 0, *SIZE)) -> float:
    """SSIM over brightness and colour by their numbers of samples, 1 for the same picture."""
    shares = zip((4, 1, 1), one.planes, two.planes, strict=True)
    return sum(
        share * structural_likeness(_part(a, box), _part(b, box)) for share, a, b in shares
    ) / len(one.planes + two.planes)


def _part(plane: NDArray[Any], box: Box) -> NDArray[Any]:
    """What of a plane lies in a box of the picture."""
    left, top, right, bottom = (side * plane.shape[1] // SIZE[0] for side in box)
    return plane[top:bottom, left:right]


def _changed(one: Picture, two: Picture) -> Box | None:
    """The box in which two pictures differ, with a little around it."""
    rows, columns = np.nonzero(np.abs(one.bright - two.bright) > SEEN)
    if len(rows) == 0:
        return None
    low = [max(0, int(places.min()) - 8) // 16 * 16 for places in (columns, rows)]
    high = [-(-(int(places.max()) + 9) // 16) * 16 for places in (columns, rows)]
    return (low[0], low[1], min(SIZE[0], high[0]), min(SIZE[1], high[1]))


def test_half_way_through_transitions_the_preview_is_the_render(compared: Compared) -> None:
    found = {
        kind: _likeness(compared.previewed[frame], compared.rendered[frame])
        for kind, frame in compared.film.transitions.items()
    }
    assert found.keys() == set(TRANSITIONS)
    assert {kind: alike for kind, alike in found.items() if alike < ALIKE} == {}


def test_titles_and_images_that_come_and_go_are_those_of_the_render(compared: Compared) -> None:
    """Compared where they are alone: around them everything is alike anyhow."""
    plain, found = compared.rendered[compared.film.plain], {}
    for name, frame in compared.film.overlays.items():
        previewed, rendered = compared.previewed[frame], compared.rendered[frame]
        box = _changed(plain, rendered)
        assert box is not None, f"{name}: nothing was rendered"
        found[name] = _likeness(previewed, rendered, box)
    assert {name: alike for name, alike in found.items() if alike < ALIKE} == {}
