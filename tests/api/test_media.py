"""Own footage and stored bytes: what may be uploaded, what may not and why, and how files are
served in parts to players and browsers."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import randbytes

import httpx2
import pytest
from PIL import Image
from tests.api.studio import Json, Studio, shot

from video_foundry.testing import clips
from video_foundry.testing.clips import ClipSpec, make_clip, make_still
from video_foundry.testing.film_reading import read_barcodes
from video_foundry.testing.server import serving


def uploaded(studio: Studio, path: Path, name: str | None = None) -> Json:
    files = {"file": (name or path.name, path.read_bytes())}
    media: Json = studio.ask("POST", "/api/media", 201, files=files)
    return media


def test_uploads_are_listed_page_by_page_with_the_newest_first(
    studio: Studio, tmp_path: Path
) -> None:
    still = make_still(tmp_path / "still.png", ClipSpec(number=1))
    names = [f"{number}.png" for number in range(5)]
    for name in names:
        uploaded(studio, still, name)
    pages = [
        studio.ask("GET", f"/api/media?limit=2&offset={offset}", 200) for offset in (0, 2, 4, 6)
    ]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [media["filename"] for page in pages for media in page] == names[::-1]


MOVING = {
    "one.mp4": ClipSpec(number=1, frames=12),
    "two.mov": ClipSpec(number=2, frames=12, sound=None),
    "three.webm": ClipSpec(number=3, frames=12, codec="libvpx-vp9", sound="libopus"),
}
STILL = {
    "four.png": ClipSpec(number=4),
    "five.jpg": ClipSpec(number=5),
    "six.webp": ClipSpec(number=6),
}


def test_own_footage_of_every_kind_becomes_one_film(studio: Studio, tmp_path: Path) -> None:
    kinds = []
    segments = []
    for name, spec in (MOVING | STILL).items():
        make = make_clip if name in MOVING else make_still
        media = uploaded(studio, make(tmp_path / name, spec))
        kinds.append((media["kind"], media["content_type"], media["width"], media["height"]))
        assert studio.http.get(media["thumbnail_url"]).headers["content-type"] == "image/jpeg"
        assert studio.http.get(media["url"]).content == (tmp_path / name).read_bytes()
        trim = {} if name in MOVING else {"trim": {"start": 0, "end": 0.25}}
        segments.append({"media": media["id"], **trim})
    assert kinds == [
        ("video", "video/mp4", 160, 90),
        ("video", "video/quicktime", 160, 90),
        ("video", "video/webm", 160, 90),
        ("image", "image/png", 160, 90),
        ("image", "image/jpeg", 160, 90),
        ("image", "image/webp", 160, 90),
    ]
    project = studio.project(*segments)
    assert {s["status"] for s in project["segments"]} == {"completed"}
    plan = studio.plan(project)
    assert {s["action"] for s in plan["segments"]} == {"uploaded"}
    assert (plan["to_generate"], plan["price"]["high"] in ("0", 0)) == (0, True)
    render = studio.make(project)
    shown = read_barcodes(studio.film(render, tmp_path))
    moving = [(clip, frame) for clip in (1, 2, 3) for frame in range(12)]
    assert shown == moving + [(4, 0)] * 6 + [(5, 0)] * 6 + [(6, 0)] * 6


def test_the_same_bytes_under_another_name_are_the_same_reference(
    studio: Studio, tmp_path: Path
) -> None:
    still = make_still(tmp_path / "face.png", ClipSpec(number=7))
    other = make_still(tmp_path / "other.png", ClipSpec(number=8))
    first, renamed = uploaded(studio, still), uploaded(studio, still, "portrait (final).png")
    different = uploaded(studio, other)
    assert uploaded(studio, still)["id"] == first["id"]
    assert (renamed["id"] != first["id"], renamed["url"]) == (True, first["url"])

    project = studio.project(shot("hero", first_frame=first["id"]))
    segment = project["segments"][0]
    studio.ask("POST", f"/api/segments/{segment['id']}/retry", 202)
    assert studio.settled(segment)["status"] == "completed"
    before = studio.generations()
    for media, to_generate in ((renamed, 0), (different, 1), (first, 0)):
        params = {**segment["model_params"], "first_frame": media["id"]}
        studio.edit(segment, model_params=params)
        assert studio.plan(project)["to_generate"] == to_generate
    assert studio.generations() == before


def test_media_and_prompt_can_take_each_others_place(studio: Studio, tmp_path: Path) -> None:
    media = uploaded(studio, make_still(tmp_path / "p.png", ClipSpec(number=9)))
    project = studio.project(shot("words"))
    segment = project["segments"][0]
    own = studio.edit(segment, media=media["id"])
    assert (own["status"], own["asset_url"]) == ("completed", media["url"])
    back = studio.edit(segment, media=None)
    assert (back["prompt"], back["status"], back["media"]) == ("words", "pending", None)


# --- what is no media


def _bytes(data: bytes) -> Callable[[Path], Path]:
    def make(target: Path) -> Path:
        target.write_bytes(data)
        return target

    return make


def _cut(part: float) -> Callable[[Path], Path]:
    def make(target: Path) -> Path:
        whole = make_clip(target.with_name("whole.mp4"), ClipSpec(frames=48))
        return clips.truncated(whole, target, part)

    return make


def _cut_webp(target: Path) -> Path:
    return clips.truncated(make_still(target.with_name("whole.webp")), target, 0.9)


def _moving_webp(target: Path) -> Path:
    first, *rest = (Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue"))
    first.save(target, save_all=True, append_images=rest)
    return target


def _silently_moving_webp(target: Path) -> Path:
    """Does not say in its head that it moves."""
    told = bytearray(_moving_webp(target).read_bytes())
    told[20] &= ~2
    target.write_bytes(told)
    return target


WRONG: dict[str, Callable[[Path], Path]] = {
    "nothing.mp4": _bytes(b""),
    "text.mp4": _bytes(b"this is no film\n" * 100),
    "page.png": _bytes(b"<!doctype html><script>alert(1)</script>"),
    "drawing.png": _bytes(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
    "noise.mov": _bytes(bytes(range(256)) * 64),
    "cut.mp4": _cut(0.6),
    "stub.mp4": _cut(0.01),
    "header.png": _bytes(b"\x89PNG\r\n\x1a\n"),
    "header.jpg": _bytes(b"\xff\xd8\xff\xe0"),
    "header.webp": _bytes(b"RIFF\x00\x00\x00\x00WEBPVP8 "),
    "cut.webp": _cut_webp,
    "moving.webp": _moving_webp,
    "moves.webp": _silently_moving_webp,
    "list.mp4": lambda target: clips.make_playlist(target, "http://127.0.0.1:9/secret"),
    "script.mp4": lambda target: clips.make_concat_script(target, "/etc/passwd"),
    "bomb.png": clips.make_huge_png,
    "flash.gif": _bytes(b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_media_is_refused_with_the_reason(
    studio: Studio, tmp_path: Path, name: str
) -> None:
    before = studio.ask("GET", "/api/media")
    path = WRONG[name](tmp_path / name)
    problem = studio.refused(
        "POST", "/api/media", 422, files={"file": (name, path.read_bytes(), "video/mp4")}
    )
    assert problem["code"] == "bad_media"
    assert problem["errors"][0]["field"] == "file"
    assert "MP4, MOV, WebM, PNG, JPEG or still WebP" in problem["errors"][0]["fix"]
    assert str(studio.server.data_dir) not in problem["detail"]
    assert studio.ask("GET", "/api/media") == before
    assert list(studio.server.data_dir.glob("scratch/*/uploads/*")) == []


def test_a_file_is_what_it_holds_whatever_it_is_called(studio: Studio, tmp_path: Path) -> None:
    still = make_still(tmp_path / "really.png", ClipSpec(number=11))
    media = uploaded(studio, still, "movie.mp4")
    assert (media["kind"], media["content_type"]) == ("image", "image/png")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a" * 400 + ".png", "a" * 200),
        ("..", ".."),
        ("", None),
        ("Überraschung 🎬.png", "Überraschung 🎬.png"),
    ],
)
def test_a_name_is_only_shown(studio: Studio, tmp_path: Path, sent: str, shown: str | None) -> None:
    still = make_still(tmp_path / "n.png", ClipSpec(number=12))
    answer = studio.http.post("/api/media", files={"file": (sent, still.read_bytes())})
    if shown is None:
        assert answer.status_code in (201, 422)
        return
    assert answer.json()["filename"] == shown


def test_a_form_that_is_none(studio: Studio) -> None:
    boundary = {"content-type": "multipart/form-data; boundary=x"}
    for request in (
        {"content": b"raw", "headers": {"content-type": "video/mp4"}},
        {"json": {"file": "x"}},
        {"files": {"other": ("a.mp4", b"x")}},
        {"content": b"", "headers": boundary},
        {"content": b"--x\r\nnonsense", "headers": boundary},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        {"files": [("file", ("a.mp4", b"x")), ("file", ("b.mp4", b"y"))]},
    ):
        answer = studio.http.post("/api/media", **request)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.json()["detail"]


def test_a_file_over_the_cap_is_cut_off(stored_alone: dict[str, str], tmp_path: Path) -> None:
    with serving(tmp_path / "data", upload_max_bytes=100_000, **stored_alone) as small:
        studio = Studio(small)
        problem = studio.refused(
            "POST", "/api/media", 413, files={"file": ("big.mp4", bytes(2_000_000))}
        )
        assert "VIDEO_FOUNDRY_UPLOAD_MAX_BYTES" in problem["errors"][0]["fix"]
        assert "100000" in problem["detail"]
        assert studio.ask("GET", "/api/media") == []
        studio.close()


def test_a_large_upload_needs_no_room_among_the_temporary_files(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container those lie in a small folder in memory; uploads may have gigabytes."""
    large = tmp_path / "large.png"
    Image.frombytes("RGB", (1200, 900), randbytes(1200 * 900 * 3)).save(large)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    media = uploaded(studio, large)
    assert studio.http.get(media["url"]).content == large.read_bytes()


def test_a_form_may_come_in_any_pieces_with_other_fields_beside_the_file(
    studio: Studio, tmp_path: Path
) -> None:
    data = make_still(tmp_path / "pieces.png", ClipSpec(number=14)).read_bytes()
    head = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    head += b'--x\r\nContent-Disposition: form-data; name="file"; filename="p.png"\r\n\r\n'
    body = head + data + b"\r\n--x--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    pieces = (body[at : at + 7] for at in range(0, len(body), 7))
    answer = studio.http.post("/api/media", content=pieces, headers=headers)
    assert answer.status_code == 201, answer.text
    assert studio.http.get(answer.json()["url"]).content == data
    cut_off = studio.http.post("/api/media", content=body[:-20], headers=headers)
    assert (cut_off.status_code, "too early" in cut_off.json()["detail"]) == (400, True)


# --- how files are served


@pytest.fixture(scope="module")
def film(studio: Studio) -> tuple[str, bytes]:
    """The address and the bytes of a finished film."""
    project = studio.project(shot("served"), name='Trailer: "Ünï" / final\r\nSet-Cookie: x')
    address: str = studio.make(project)["video_url"]
    return address, studio.http.get(address).content


def part(studio: Studio, address: str, wanted: str, **headers: str) -> httpx2.Response:
    return studio.http.get(address, headers={"Range": wanted, **headers})


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, None),
        ("bytes=-100", -100, None),
        ("bytes=5-999999999", 5, None),
        ("bytes=-999999999", 0, None),
        ("BYTES=0-9", 0, 10),
    ],
)
def test_a_part_of_a_film(
    studio: Studio, film: tuple[str, bytes], wanted: str, start: int, end: int | None
) -> None:
    address, whole = film
    answer = part(studio, address, wanted)
    assert answer.status_code == 206
    assert answer.content == whole[start:end]
    first = start if start >= 0 else len(whole) + start
    last = first + len(answer.content) - 1
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
    assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=-0", "bytes=" + "9" * 30 + "-"])
def test_a_part_that_is_not_there(studio: Studio, film: tuple[str, bytes], wanted: str) -> None:
    answer = part(studio, film[0], wanted)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(film[1])}"


@pytest.mark.parametrize(
    "wanted", ["bytes=", "bytes=a-b", "bytes=--5", "items=0-5", "bytes=0-1,5-6", "bytes=²-5", "-"]
)
def test_a_range_that_is_none_gets_the_whole(
    studio: Studio, film: tuple[str, bytes], wanted: str
) -> None:
    answer = studio.http.get(film[0], headers=[(b"Range", wanted.encode())])
    assert (answer.status_code, answer.content) == (200, film[1])


def test_headers_of_a_film(studio: Studio, film: tuple[str, bytes]) -> None:
    address, whole = film
    head = studio.http.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole))
    get = studio.http.get(address)
    for answer in (head, get):
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"] == "inline"
        assert "sandbox" in answer.headers["content-security-policy"]
    tag = get.headers["etag"]
    assert part(studio, address, "bytes=0-9", **{"If-Range": tag}).status_code == 206
    assert part(studio, address, "bytes=0-9", **{"If-Range": '"old"'}).content == whole
    assert studio.http.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert studio.http.get(address, headers={"If-None-Match": f'"x", W/{tag}'}).status_code == 304
    assert studio.http.head(address, headers={"Range": "bytes=0-9"}).content == b""


def test_a_download_is_called_like_the_project(studio: Studio, film: tuple[str, bytes]) -> None:
    answer = studio.http.get(f"{film[0]}?download=true")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Trailer")
    assert answer.headers["content-disposition"].endswith(".mp4")
    assert "set-cookie" not in answer.headers
    assert answer.content == film[1]


def test_clips_and_thumbnails_are_served_alike(studio: Studio, film: tuple[str, bytes]) -> None:
    render = studio.ask("GET", film[0].removesuffix("/video"))
    segment = studio.ask("GET", f"/api/projects/{render['project_id']}")["segments"][0]
    for address, kind in (
        (segment["asset_url"], "video/mp4"),
        (segment["thumbnail_url"], "image/jpeg"),
        (render["poster_url"], "image/jpeg"),
    ):
        answer = part(studio, address, "bytes=0-9")
        assert (answer.status_code, len(answer.content)) == (206, 10)
        assert answer.headers["content-type"] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert studio.http.head(address).status_code == 200
    digest = segment["asset_url"].rsplit("/", 1)[1]
    studio.refused("GET", f"/api/thumbnails/{digest}", 404)
    for bad in ("0" * 64, "0" * 63, digest.upper(), "..%2f..%2fetc%2fpasswd", "%00"):
        answer = studio.http.get(f"/api/artifacts/{bad}")
        assert answer.status_code in (404, 422), bad
