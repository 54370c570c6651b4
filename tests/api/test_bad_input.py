"""What cannot be is refused with a 4xx that names the field and how to put it right, and changes
nothing: no 500, no revision, no event, no job."""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import pytest
from tests.api.studio import Json, Studio, shot

NOBODY = "00000000-0000-4000-8000-000000000000"
TOO_LONG = "x" * 100_001
LONE = "\ud800"
PROJECTS = "POST /api/projects"
PROJECT = "PUT /api/projects/{project}"
ADD = "POST /api/projects/{project}/segments"
EDIT = "PUT /api/segments/{segment}"
PATCH = "PATCH /api/segments/{segment}"
REORDER = "POST /api/projects/{project}/segments/reorder"
RENDER = "POST /api/projects/{project}/render"
TAKES = "POST /api/segments/{segment}/takes"
CHOOSE = "PUT /api/segments/{segment}/take"
RETRY = "POST /api/segments/{segment}/retry"


@dataclass
class Place:
    """A project that every case is thrown at, the ids its paths may name, and how all was when the
    last test looked."""

    studio: Studio
    project: Json
    ids: dict[str, str]
    last: Any = None

    def state(self) -> Any:
        """What a refused request must leave as it was: every project, every job, every file."""
        projects = self.studio.ask("GET", "/api/projects?limit=500")
        numbers = self.studio.http.get("/metrics").text.splitlines()
        return projects, [n for n in numbers if re.match("video_foundry_(jobs|renders)", n)]

    def fill(self, value: Any) -> Any:
        """`value` with {names} replaced by ids."""
        text = json.dumps(value)
        for name, found in self.ids.items():
            text = text.replace("{" + name + "}", found)
        return json.loads(text)


@pytest.fixture(scope="module")
def place(studio: Studio) -> Place:
    """Two failed segments in one project, one in another."""
    project = studio.project(shot("one", fail="refused"), shot("two", seed=2))
    other = studio.project(shot("other"))
    render = studio.finish(studio.start(studio.project(shot("three", fail="refused"))))
    ids = {
        "project": project["id"],
        "segment": project["segments"][0]["id"],
        "second": project["segments"][1]["id"],
        "stranger": other["segments"][0]["id"],
        "other": other["id"],
        "render": render["id"],
        "nobody": NOBODY,
    }
    return Place(studio, project, ids)


@pytest.fixture
def unchanged(place: Place) -> Iterator[None]:
    """Fails the test when it changed anything."""
    before = place.last or place.state()
    yield
    place.last = place.state()
    assert place.last == before


@pytest.fixture
def changing(place: Place) -> Iterator[Studio]:
    """For tests that do change something: the next look begins anew."""
    yield place.studio
    place.last = None


def params(**changes: Any) -> Json:
    return {"prompt": "p", "model_params": {"model": "mock-ai", **changes}}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


CASES: list[tuple[str, Any, int, str]] = [
    # projects
    (PROJECTS, {}, 422, "name"),
    (PROJECTS, {"name": ""}, 422, "name"),
    (PROJECTS, {"name": " \t\n"}, 422, "name"),
    (PROJECTS, {"name": None}, 422, "name"),
    (PROJECTS, {"name": 7}, 422, "name"),
    (PROJECTS, {"name": "x" * 301}, 422, "name"),
    (PROJECTS, {"name": "a\x00b"}, 422, "name"),
    (PROJECTS, {"name": LONE}, 422, "name"),
    (PROJECTS, {"name": "x", "description": "x" * 20_001}, 422, "description"),
    (PROJECTS, {"name": "x", "description": None}, 422, "description"),
    (PROJECTS, {"name": "x", "id": NOBODY}, 422, "id"),
    (PROJECTS, {"name": "x", "revision": 5}, 422, "revision"),
    (PROJECTS, [], 422, "body"),
    (PROJECTS, "name", 422, "body"),
    (PROJECTS, None, 422, "body"),
    (PROJECTS, {"name": "x", "settings": []}, 422, "settings"),
    (PROJECTS, {"name": "x", "settings": {"width": 0}}, 422, "settings.width"),
    (PROJECTS, {"name": "x", "settings": {"width": -1280}}, 422, "settings.width"),
    (PROJECTS, {"name": "x", "settings": {"width": 4098}}, 422, "settings.width"),
    (PROJECTS, {"name": "x", "settings": {"width": 10**30}}, 422, "settings.width"),
    (PROJECTS, {"name": "x", "settings": {"height": 721}}, 422, "settings.height"),
    (PROJECTS, {"name": "x", "settings": {"height": "720"}}, 422, "settings.height"),
    (PROJECTS, {"name": "x", "settings": {"height": 720.5}}, 422, "settings.height"),
    (PROJECTS, {"name": "x", "settings": {"height": True}}, 422, "settings.height"),
    (PROJECTS, {"name": "x", "settings": {"fps": 0}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": -24}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": 121}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": "24/0"}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": "fast"}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": 24.123456789}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": "1e99999999999"}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": "9" * 5000}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": True}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": [24]}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"fps": None}}, 422, "settings.fps"),
    (PROJECTS, {"name": "x", "settings": {"loudness_lufs": 3}}, 422, "settings.loudness_lufs"),
    (PROJECTS, {"name": "x", "settings": {"loudness_lufs": -50}}, 422, "settings.loudness_lufs"),
    (PROJECTS, {"name": "x", "settings": {"loudness_lufs": "x"}}, 422, "settings.loudness_lufs"),
    (PROJECTS, {"name": "x", "settings": {"colour": "red"}}, 422, "settings.colour"),
    (PROJECT, {"name": ""}, 422, "name"),
    (PROJECT, {"name": None}, 422, "name"),
    (PROJECT, {"settings": {"fps": 24, "width": 15}}, 422, "settings.width"),
    (PROJECT, {"segments": []}, 422, "segments"),
    ("PUT /api/projects/{nobody}", {"name": "x"}, 404, "project_id"),
    ("PUT /api/projects/nonsense", {"name": "x"}, 422, "project_id"),
    # new segments
    (ADD, {}, 422, "body"),
    (ADD, {"prompt": ""}, 422, "prompt"),
    (ADD, {"prompt": "   \n\t"}, 422, "prompt"),
    (ADD, {"prompt": TOO_LONG, "model_params": {"model": "mock-ai"}}, 422, "prompt"),
    (ADD, {"prompt": "a\x00b", "model_params": {"model": "mock-ai"}}, 422, "prompt"),
    (ADD, {"prompt": LONE, "model_params": {"model": "mock-ai"}}, 422, "prompt"),
    (ADD, {"prompt": ["p"], "model_params": {"model": "mock-ai"}}, 422, "prompt"),
    (ADD, {"prompt": "p"}, 422, "model_params.model"),
    (ADD, {"prompt": "p", "model_params": None}, 422, "model_params"),
    (ADD, {"prompt": "p", "model_params": []}, 422, "model_params"),
    (ADD, {"prompt": "p", "model_params": [["model", "mock-ai"]]}, 422, "model_params"),
    (ADD, {"prompt": "p", "model_params": "mock-ai"}, 422, "model_params"),
    (ADD, params(model=None), 422, "model_params.model"),
    (ADD, params(model=7), 422, "model_params.model"),
    (ADD, params(model=["mock-ai"]), 422, "model_params.model"),
    (ADD, params(model={"id": "mock-ai"}), 422, "model_params.model"),
    (ADD, params(model=""), 422, "model_params.model"),
    (ADD, params(model="mok-ai"), 422, "model_params.model"),
    (ADD, params(model="m" * 10_000), 422, "model_params.model"),
    (ADD, params(model="../../etc/passwd"), 422, "model_params.model"),
    (ADD, params(duration=-5), 422, "model_params.duration"),
    (ADD, params(duration=0), 422, "model_params.duration"),
    (ADD, params(duration=1e9), 422, "model_params.duration"),
    (ADD, params(duration=10**15), 422, "model_params.duration"),
    (ADD, params(duration=10**40), 422, "model_params"),
    (ADD, params(duration="5"), 422, "model_params.duration"),
    (ADD, params(duration=True), 422, "model_params.duration"),
    (ADD, params(duration=None), 422, "model_params.duration"),
    (ADD, params(duration=[5]), 422, "model_params.duration"),
    (ADD, params(seed=-1), 422, "model_params.seed"),
    (ADD, params(seed=2**32), 422, "model_params.seed"),
    (ADD, params(seed=1.5), 422, "model_params.seed"),
    (ADD, params(aspect_ratio="banana"), 422, "model_params.aspect_ratio"),
    (ADD, params(durration=5), 422, "model_params.durration"),
    (ADD, params(first_frame="face.png"), 422, "model_params.first_frame"),
    (ADD, params(first_frame=NOBODY), 422, "model_params.first_frame"),
    (ADD, params(first_frame="{project}"), 422, "model_params.first_frame"),
    (ADD, params(first_frame=5), 422, "model_params.first_frame"),
    (ADD, params(negative_prompt=deep(3)), 422, "model_params.negative_prompt"),
    (ADD, params(negative_prompt="a\x00b"), 422, "model_params"),
    (ADD, params(negative_prompt=LONE), 422, "model_params"),
    (ADD, params(**{"a\x00b": 1}), 422, "model_params"),
    (ADD, params(**{"$decimal": "5"}), 422, "model_params"),
    (ADD, params(duration={"$decimal": "5"}), 422, "model_params"),
    (ADD, params(extra=deep(20)), 422, "model_params"),
    (ADD, params(extra=deep(400)), 422, "model_params"),
    (ADD, params(extra=list(range(3000))), 422, "model_params"),
    (ADD, params(**{f"p{n}": n for n in range(3000)}), 422, "model_params"),
    (ADD, {**params(), "order_index": -1}, 422, "order_index"),
    (ADD, {**params(), "order_index": 0}, 409, "order_index"),
    (ADD, {**params(), "order_index": 2**31}, 422, "order_index"),
    (ADD, {**params(), "order_index": 2**63}, 422, "order_index"),
    (ADD, {**params(), "order_index": 1.5}, 422, "order_index"),
    (ADD, {**params(), "order_index": "1"}, 422, "order_index"),
    (ADD, {**params(), "order_index": True}, 422, "order_index"),
    (ADD, {**params(), "trim": {"start": -1}}, 422, "trim.start"),
    (ADD, {**params(), "trim": {"end": 0}}, 422, "trim.end"),
    (ADD, {**params(), "trim": {"start": 2, "end": 1}}, 422, "trim"),
    (ADD, {**params(), "trim": {"start": 1, "end": 1}}, 422, "trim"),
    (ADD, {**params(duration=1), "trim": {"start": 0, "end": 1.01}}, 422, "trim"),
    (ADD, {**params(duration=1), "trim": {"start": 1}}, 422, "trim"),
    (ADD, {**params(), "trim": {"end": 1e300}}, 422, "trim.end"),
    (ADD, {**params(), "trim": {"middle": 1}}, 422, "trim.middle"),
    (ADD, {**params(), "trim": [0, 1]}, 422, "trim"),
    (ADD, {"media": "clip.mp4"}, 422, "media"),
    (ADD, {"media": NOBODY}, 422, "media"),
    (ADD, {"media": "{segment}"}, 422, "media"),
    (ADD, {**params(), "status": "completed"}, 422, "status"),
    (ADD, {**params(), "asset_url": "http://127.0.0.1/"}, 422, "asset_url"),
    (ADD, {"prompt": "p", "model_params": {"model": "storyboard", "duration": 61}}, 422,
     "model_params.duration"),
    ("POST /api/projects/{nobody}/segments", params(), 404, "project_id"),
    # edits
    (EDIT, {"prompt": ""}, 422, "prompt"),
    (EDIT, {"prompt": None}, 422, "prompt"),
    (EDIT, {"prompt": TOO_LONG}, 422, "prompt"),
    (EDIT, {"model_params": {"duration": 5}}, 422, "model_params.model"),
    (EDIT, {"model_params": {"model": "mock-ai", "duration": 600}}, 422, "model_params.duration"),
    (EDIT, {"model_params": {"model": "nope"}, "prompt": "p"}, 422, "model_params.model"),
    (EDIT, {"order_index": 1}, 409, "order_index"),
    (EDIT, {"order_index": None}, 422, "order_index"),
    (EDIT, {"project_id": "{other}"}, 422, "project_id"),
    (EDIT, {"media": NOBODY}, 422, "media"),
    (EDIT, {"trim": {"start": 99}}, 422, "trim"),
    (PATCH, {"prompt": "a\x00"}, 422, "prompt"),
    (PATCH, {"id": NOBODY}, 422, "id"),
    ("PUT /api/segments/{nobody}", {"prompt": "x"}, 404, "segment_id"),
    ("PUT /api/segments/{project}", {"prompt": "x"}, 404, "segment_id"),
    ("PUT /api/segments/1", {"prompt": "x"}, 422, "segment_id"),
    # reorder
    (REORDER, {}, 422, "segment_ids"),
    (REORDER, {"segment_ids": []}, 422, "segment_ids"),
    (REORDER, {"segment_ids": ["{segment}"]}, 422, "segment_ids"),
    (REORDER, {"segment_ids": ["{segment}", "{segment}"]}, 422, "segment_ids"),
    (REORDER, {"segment_ids": ["{segment}", "{second}", "{second}"]}, 422, "segment_ids"),
    (REORDER, {"segment_ids": ["{segment}", "{stranger}"]}, 422, "segment_ids"),
    (REORDER, {"segment_ids": ["{segment}", "{second}", "{stranger}"]}, 422, "segment_ids"),
    (REORDER, {"segment_ids": ["{segment}", NOBODY]}, 422, "segment_ids"),
    (REORDER, {"segment_ids": ["{segment}", "x"]}, 422, "segment_ids.1"),
    (REORDER, {"segment_ids": "{segment}"}, 422, "segment_ids"),
    (REORDER, {"segment_ids": [NOBODY] * 10_001}, 422, "segment_ids"),
    # renders, takes
    (RENDER, {"plan_digest": "abc"}, 422, "plan_digest"),
    (RENDER, {"plan_digest": "Z" * 64}, 422, "plan_digest"),
    (RENDER, {"plan_digest": 5}, 422, "plan_digest"),
    (RENDER, {"plan_digest": "0" * 64}, 409, "plan_digest"),
    (RENDER, {"max_cost": -1}, 422, "max_cost"),
    (RENDER, {"max_cost": "free"}, 422, "max_cost"),
    (RENDER, {"max_cost": "NaN"}, 422, "max_cost"),
    (RENDER, {"max_cost": "1e-999999999"}, 422, "max_cost"),
    (RENDER, {"max_cost": "1e999999999"}, 422, "max_cost"),
    (RENDER, {"max_cost": 1_000_001}, 422, "max_cost"),
    (RENDER, {"max_cost": [1]}, 422, "max_cost"),
    (RENDER, {"force": True}, 422, "force"),
    ("POST /api/projects/{nobody}/render", {}, 404, "project_id"),
    ("POST /api/projects/{nobody}/plan", {}, 404, "project_id"),
    (TAKES, {"count": 0}, 422, "count"),
    (TAKES, {"count": 9}, 422, "count"),
    (TAKES, {"count": 10**20}, 422, "count"),
    (TAKES, {"count": "1"}, 422, "count"),
    (TAKES, {"count": True}, 422, "count"),
    (TAKES, {"cuont": 1}, 422, "cuont"),
    ("POST /api/segments/{nobody}/takes", {}, 404, "segment_id"),
    (RETRY, {"max_cost": -1}, 422, "max_cost"),
    ("POST /api/segments/{nobody}/retry", {}, 404, "segment_id"),
    ("POST /api/segments/{nobody}/duplicate", {}, 404, "segment_id"),
    (CHOOSE, {}, 422, "take_id"),
    (CHOOSE, {"take_id": NOBODY}, 404, "take_id"),
    (CHOOSE, {"take_id": "first"}, 422, "take_id"),
    (CHOOSE, {"take_id": None, "pinned": True}, 422, "take_id"),
    (CHOOSE, {"take_id": None, "pinned": "yes"}, 422, "pinned"),
    ("POST /api/jobs/{nobody}/resolve", {"action": "abandon"}, 404, "job_id"),
    ("POST /api/jobs/{render}/resolve", {"action": "abandon"}, 404, "job_id"),
    ("POST /api/jobs/{nobody}/cancel", {}, 404, "job_id"),
    ("POST /api/jobs/{render}/cancel", None, 404, "job_id"),
    ("POST /api/jobs/{nobody}/cancel", {"segment_id": "mine"}, 422, "segment_id"),
    ("GET /api/segments/{segment}/takes/price?count=0", None, 422, "count"),
    ("GET /api/segments/{segment}/takes/price?count=9", None, 422, "count"),
    ("GET /api/segments/{nobody}/takes/price", None, 404, "segment_id"),
    ("POST /api/render-jobs/{nobody}/cancel", {}, 404, "render_job_id"),
    ("POST /api/render-jobs/{project}/cancel", {}, 404, "render_job_id"),
    ("GET /api/render-jobs/{render}/video", None, 409, "render_job_id"),
    ("DELETE /api/segments/{project}", None, 404, "segment_id"),
    ("DELETE /api/projects/{segment}", None, 404, "project_id"),
    # reading
    ("GET /api/projects?limit=0", None, 422, "limit"),
    ("GET /api/projects?limit=501", None, 422, "limit"),
    ("GET /api/projects?limit=all", None, 422, "limit"),
    ("GET /api/projects?limit=1.5", None, 422, "limit"),
    ("GET /api/projects?offset=-1", None, 422, "offset"),
    ("GET /api/projects?offset=99999999999999999999", None, 422, "offset"),
    ("GET /api/media?limit=%00", None, 422, "limit"),
    ("GET /api/render-jobs/{render}/video?download=perhaps", None, 422, "download"),
    ("GET /api/projects/{segment}", None, 404, "project_id"),
    ("GET /api/projects/%00", None, 422, "project_id"),
    ("GET /api/projects/..%2f..%2fetc%2fpasswd/segments", None, 404, ""),
    ("GET /api/media/{project}", None, 404, "media_id"),
    ("GET /api/artifacts/" + "0" * 64, None, 404, "digest"),
    ("GET /api/artifacts/" + "g" * 64, None, 422, "digest"),
    ("GET /api/projects/" + "9" * 5000, None, 422, "project_id"),
]  # fmt: skip


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("where", "body", "status", "field_name"),
    CASES,
    ids=[f"{n}: {w[:40]} {ascii(b)[:60]}" for n, (w, b, _, _) in enumerate(CASES)],
)
def test_it_is_refused(place: Place, where: str, body: Any, status: int, field_name: str) -> None:
    method, path = where.split(" ", 1)
    for name, found in place.ids.items():
        path = path.replace("{" + name + "}", found)
    request: dict[str, Any] = {}
    if method not in ("GET", "DELETE"):
        request = {"json": place.fill(body)} if body is not None else {"content": b"null"}
        request["headers"] = {"content-type": "application/json"}
        if "json" in request:  # lone surrogates are legal JSON, but not legal text
            request["content"] = json.dumps(request.pop("json")).encode("ascii")
    problem = place.studio.refused(method, path, status, **request)
    if not field_name:
        return
    wrong = {e["field"]: e for e in problem["errors"]}
    assert field_name in wrong, wrong
    assert wrong[field_name]["message"]
    assert len(problem["detail"]) < 1500
    if status != 404:
        assert wrong[field_name]["fix"], wrong[field_name]


RAW: list[tuple[bytes, str]] = [
    (b"", "application/json"),
    (b"{", "application/json"),
    (b'{"name": "x"', "application/json"),
    (b"{'name': 'x'}", "application/json"),
    (b'{"name": "x",}', "application/json"),
    (b'{"name": "\xff\xfe"}', "application/json"),
    (b'{"name": NaN}', "application/json"),
    (b"\xef\xbb\xbf{}", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b'{"name": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "application/json"),
    (b'{"name": ' + b"9" * 10_000 + b"}", "application/json"),
    (b'{"name": "x"}' * 2, "application/json"),
    (b"name=x", "application/x-www-form-urlencoded"),
    (b"name: x", "application/yaml"),
    (b'{"name": "x"}', "text/plain"),
    (b'{"name": "x"}', "application/xml"),
    (b'{"name": "x"}', "nonsense"),
    (b'{"name": "x"}', "application/json\x80"),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("body", "kind"), RAW, ids=[f"{b[:20]!r} {k}" for b, k in RAW])
def test_a_body_that_is_no_json_is_refused(place: Place, body: bytes, kind: str) -> None:
    headers = [(b"content-type", kind.encode("latin-1"))]
    answer = place.studio.http.request("POST", "/api/projects", content=body, headers=headers)
    assert answer.status_code in (400, 415, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("name", "number"),
    [("start", "NaN"), ("start", "Infinity"), ("end", "-Infinity"), ("end", "1e400")],
)
def test_numbers_that_json_does_not_know(place: Place, name: str, number: str) -> None:
    trim = b'{"prompt": "p", "model_params": {"model": "mock-ai"}, "trim": {"%s": %s}}'
    seed = b'{"prompt": "p", "model_params": {"model": "mock-ai", "seed": %s}}'
    address = f"/api/projects/{place.project['id']}/segments"
    for content, wrong in (
        (trim % (name.encode(), number.encode()), f"trim.{name}"),
        (seed % number.encode(), "model_params"),
    ):
        headers = {"content-type": "application/json"}
        problem = place.studio.refused("POST", address, 422, content=content, headers=headers)
        assert problem["errors"][0]["field"] == wrong
        assert "finite" in problem["detail"]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "header",
    ["abc", '"abc"', "-1", "1.5", '"', "", '"1", "2"', "9" * 40, "²", "None", "0x1", '""'],
)
def test_an_if_match_that_is_no_revision(place: Place, header: str) -> None:
    address = f"/api/segments/{place.ids['segment']}"
    headers = [(b"If-Match", header.encode())]
    problem = place.studio.refused("PUT", address, 422, json={"prompt": "p"}, headers=headers)
    assert problem["errors"][0]["field"] == "If-Match"
    assert problem["errors"][0]["fix"]


def test_an_edit_based_on_an_old_revision_is_refused_with_the_present_one(
    changing: Studio,
) -> None:
    studio = changing
    project = studio.project(shot("one"), shot("two"))
    old, segment = project["revision"], project["segments"][0]
    writes: list[tuple[str, str, Any]] = [
        ("PUT", f"/api/projects/{project['id']}", {"name": "n"}),
        ("PATCH", f"/api/projects/{project['id']}", {"description": "d"}),
        ("DELETE", f"/api/projects/{project['id']}", None),
        ("POST", f"/api/projects/{project['id']}/segments", shot("three")),
        ("PUT", f"/api/segments/{segment['id']}", {"prompt": "p"}),
        ("PATCH", f"/api/segments/{segment['id']}", {"prompt": "p"}),
        ("DELETE", f"/api/segments/{segment['id']}", None),
        ("POST", f"/api/segments/{segment['id']}/duplicate", None),
        ("PUT", f"/api/segments/{segment['id']}/take", {"take_id": None}),
        (
            "POST",
            f"/api/projects/{project['id']}/segments/reorder",
            {"segment_ids": [s["id"] for s in reversed(project["segments"])]},
        ),
    ]
    studio.edit(segment, prompt="somebody else was here")
    now = studio.read(project)
    assert now["revision"] == old + 1
    for method, path, body in writes:
        request = {"json": body} if body is not None else {}
        stale = {"If-Match": f'"{old}"'}
        problem = studio.refused(method, path, 409, headers=stale, **request)
        assert (problem["code"], problem["revision"]) == ("stale_revision", now["revision"])
    assert studio.read(project) == now
    for tag in (
        f'"{now["revision"]}"',
        f'W/"{now["revision"] + 1}"',
        str(now["revision"] + 2),
        "*",
    ):
        studio.ask(
            "PUT", f"/api/segments/{segment['id']}", json={"prompt": tag}, headers={"If-Match": tag}
        )


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "where",
    [
        "DELETE /api/projects",
        "PUT /api/projects",
        "PATCH /api/models",
        "POST /api/models",
        "DELETE /api/media",
        "PUT /api/projects/{project}/segments",
        "DELETE /api/render-jobs/{render}",
        "POST /api/segments/{segment}",
        "GET /api/projects/{project}/plan",
        "GET /api/segments/{segment}/duplicate",
        "DELETE /health",
        "POST /",
        "TRACE /api/projects",
        "PROPFIND /api/projects",
    ],
)
def test_a_method_that_is_not_offered(place: Place, where: str) -> None:
    method, path = where.split(" ", 1)
    answer = place.studio.http.request(method, place.fill(path))
    assert answer.status_code == 405, answer.text
    assert answer.headers["allow"]
    assert answer.json()["detail"]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/projects/{project}/nothing",
        "//api/projects",
        "/api//projects",
        "/api/projects//",
        "/api/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../pyproject.toml",
        "/assets/%2e%2e/%2e%2e/api/app.py",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%00",
        "/" + "a" * 20_000,
        "/api/" + "a/" * 5_000,
    ],
)
def test_addresses_that_lead_nowhere(place: Place, path: str) -> None:
    answer = place.studio.http.get(place.fill(path), follow_redirects=False)
    assert answer.status_code in (200, 404, 414, 422)
    assert "root:" not in answer.text
    assert "[project]" not in answer.text
    if path.startswith("/api"):
        assert answer.status_code != 200


def test_a_body_over_the_limit_is_not_read(place: Place) -> None:
    address = place.studio.server.base_url.removeprefix("http://")
    with contextlib.closing(HTTPConnection(address, timeout=30)) as raw:
        raw.putrequest("POST", "/api/projects")
        raw.putheader("Content-Length", str(9 * 1024 * 1024))
        raw.endheaders()
        answer = raw.getresponse()  # before a single byte of the body was sent
        assert answer.status == 413
        assert "8388608" in json.loads(answer.read())["detail"]


def test_an_answer_names_some_of_very_many_wrong_fields(place: Place) -> None:
    where = f"/api/projects/{place.project['id']}/segments"
    for path, body in (
        (f"{where}/reorder", {"segment_ids": ["x"] * 10_000}),
        (where, params(**{f"p{n}": n for n in range(1500)})),
    ):
        problem = place.studio.refused("POST", path, 422, json=body)
        assert 10 <= len(problem["errors"]) <= 100


def test_the_nearest_model_and_parameter_are_named(place: Place) -> None:
    address = f"/api/projects/{place.project['id']}/segments"
    problem = place.studio.refused("POST", address, 422, json=params(model="mokai"))
    assert "did you mean 'mock-ai'" in problem["errors"][0]["fix"]
    problem = place.studio.refused("POST", address, 422, json=params(durations=5))
    assert "did you mean 'duration'" in problem["errors"][0]["fix"]
    several = params(durations=5, seed=-1, fps=1000)
    problem = place.studio.refused("POST", address, 422, json=several)
    assert {e["field"] for e in problem["errors"]} == {
        "model_params.durations", "model_params.seed", "model_params.fps",
    }  # fmt: skip


def test_what_was_sent_is_not_echoed_at_length(place: Place) -> None:
    for body in (
        {"name": "<script>alert(1)</script>" * 20},
        {"<script>" * 100: 1},
        {"name": [9] * 9},
    ):
        problem = place.studio.refused("POST", "/api/projects", 422, json=body)
        assert "alert(1)" not in json.dumps(problem)
        assert len(json.dumps(problem)) < 2000


def test_edges_that_are_allowed(changing: Studio) -> None:
    """The other side of each limit."""
    studio = changing
    project = studio.project(name="n" * 300, width=16, height=4096, fps="30000/1001")
    assert project["settings"]["fps"] == "30000/1001"
    address = f"/api/projects/{project['id']}/segments"
    longest = {"prompt": "x" * 100_000, "model_params": {"model": "mock-ai", "duration": 60}}
    studio.ask("POST", address, 201, json={**longest, "order_index": 1_000_000})
    trimmed = {**params(duration=1), "trim": {"start": 0.5, "end": 1}, "order_index": 0}
    studio.ask("POST", address, 201, json=trimmed)
    studio.ask("POST", address, 201, json=params(seed=4_294_967_295, fps=60), timeout=60)
