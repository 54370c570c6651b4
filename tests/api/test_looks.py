"""A LUT of one's own through the API: uploaded once, named by its digest, seen in the film, and
refused by name and line where it is none."""

from itertools import product
from pathlib import Path

import pytest
from tests.api.studio import Json, Studio
from tests.api.test_media import uploaded

from video_foundry.testing.clips import make_flat
from video_foundry.testing.film_reading import read_colour


def cube(target: Path, swap: bool = True) -> Path:
    """A LUT that lets red and blue change places; or that changes nothing."""
    ends = (0, 1)
    rows = [(b, g, r) if swap else (r, g, b) for b, g, r in product(ends, ends, ends)]
    lines = ['TITLE "swap"', "LUT_3D_SIZE 2", *(" ".join(map(str, row)) for row in rows)]
    target.write_text("\n".join(lines) + "\n")
    return target


def bt709(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Y, Cb, Cr in limited range (ITU-R BT.709, 3.2 to 3.5)."""
    r, g, b = (part / 255 for part in (red, green, blue))
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return 16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748


@pytest.fixture(scope="module")
def clip(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    made = make_flat(path, "0xc06020")
    media: str = uploaded(studio, made)["id"]
    return media


def test_a_lut_is_seen_in_the_film_and_taken_away_again(
    studio: Studio, clip: str, tmp_path: Path
) -> None:
    lut = uploaded(studio, cube(tmp_path / "swap.cube"))
    assert (lut["kind"], lut["filename"]) == ("lut", "swap.cube")
    assert (lut["duration_seconds"], lut["thumbnail_url"]) == (None, None)
    project = studio.project({"media": clip})
    plain = read_colour(studio.film(studio.make(project), tmp_path))
    segment = studio.edit(project["segments"][0], look={"lut": lut["digest"]})
    assert segment["look"]["lut"] == lut["digest"]
    swapped = read_colour(studio.film(studio.make(project), tmp_path))
    assert plain == pytest.approx(bt709(0xC0, 0x60, 0x20), abs=3)
    assert swapped == pytest.approx(bt709(0x20, 0x60, 0xC0), abs=3)
    studio.edit(segment, look=None)
    steps: list[Json] = studio.plan(project)["steps"]
    assert [s["kind"] for s in steps if s["action"] == "make"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("LUT_3D_SIZE 2\n0 0 0\n", "only 1 of the 8 colours"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "line 1 one-dimensional tables"),
        ("LUT_3D_SIZE 2\n" + "0 0 red\n" * 8, "line 2 something else than three numbers"),
        ("a poem", "something else than three numbers"),
        ("", "no line LUT_3D_SIZE"),
    ],
)
def test_what_is_no_lut_is_refused_with_its_line(studio: Studio, text: str, words: str) -> None:
    problem = studio.refused(
        "POST", "/api/media", 422, files={"file": ("look.cube", text.encode(), "text/plain")}
    )
    assert problem["errors"][0]["field"] == "file"
    assert words in problem["detail"]
    assert ".cube" in problem["errors"][0]["fix"]


@pytest.mark.parametrize("lut", ["0" * 64, "swap.cube", "", "../etc/passwd"])
def test_a_lut_that_is_not_there(studio: Studio, clip: str, lut: str) -> None:
    project = studio.project({"media": clip})
    segment = project["segments"][0]["id"]
    change = {"look": {"lut": lut}}
    problem = studio.refused("PUT", f"/api/segments/{segment}", 422, json=change)
    assert problem["errors"][0]["field"].endswith("look.lut")
    assert "upload the .cube file" in problem["errors"][0]["fix"]


def test_files_are_used_for_what_they_hold(studio: Studio, clip: str, tmp_path: Path) -> None:
    lut = uploaded(studio, cube(tmp_path / "plain.cube", swap=False))
    path = f"/api/projects/{studio.project({'media': clip})['id']}"
    problem = studio.refused("POST", f"{path}/segments", 422, json={"media": lut["id"]})
    assert "table of colours and no picture" in problem["detail"]
    clip_file = next(m for m in studio.ask("GET", "/api/media") if m["id"] == clip)
    own = studio.ask("POST", f"{path}/segments", 201, json={"media": clip})
    change = {"look": {"lut": clip_file["digest"]}}
    problem = studio.refused("PUT", f"/api/segments/{own['id']}", 422, json=change)
    assert problem["errors"][0]["field"].endswith("look.lut")
    logo = {"kind": "image", "media": clip}
    problem = studio.refused("POST", f"{path}/items", 422, json=logo)
    assert "a video and no image" in problem["detail"]
