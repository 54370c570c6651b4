"""The real application with its objects on a real S3 server: films and clips by range, handed over
by the API itself or by the store where browsers can reach it."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import obstore
import pytest
from tests.api.studio import Json, Studio, shot

from video_foundry.testing.film_reading import read_times
from video_foundry.testing.server import serving
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import S3Server


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The S3 server; its keys are in the environment, as an operator gives them."""
    try:
        with (
            S3Server.running(tmp_path_factory.mktemp("s3")) as running,
            pytest.MonkeyPatch.context() as patch,
        ):
            for name, value in running.settings().items():
                if name.startswith("AWS_"):
                    patch.setenv(name, value)
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


def _studio(folder: Path, bucket: S3Server, **settings: Any) -> Iterator[Studio]:
    prefix = uuid.uuid4().hex
    given = {"objects_url": f"s3://{bucket.bucket}/{prefix}", "s3_endpoint_url": bucket.url}
    with serving(folder / "data", **given, **settings) as server:
        user = Studio(server)
        yield user
        user.close()


@pytest.fixture(scope="module")
def hidden(bucket: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A user of an installation whose store only the server can reach."""
    yield from _studio(tmp_path_factory.mktemp("hidden"), bucket)


@pytest.fixture(scope="module")
def shown(bucket: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A user of an installation whose store has a public endpoint."""
    folder = tmp_path_factory.mktemp("shown")
    yield from _studio(folder, bucket, s3_public_endpoint_url=bucket.url)


@pytest.fixture(scope="module")
def hidden_film(hidden: Studio) -> Json:
    """A finished render."""
    return hidden.make(hidden.project(shot("one", seed=1), shot("two", seed=2)))


@pytest.fixture(scope="module")
def shown_film(shown: Studio) -> Json:
    """A finished render."""
    return shown.make(shown.project(shot("one", seed=1), name="Größer & “besser”"))


# --- a store that only the server can reach ---


def test_a_film_is_made_and_played_from_the_bucket(
    hidden: Studio, hidden_film: Json, bucket: S3Server, tmp_path: Path
) -> None:
    assert len(read_times(hidden.film(hidden_film, tmp_path))) == 24
    assert not (hidden.server.data_dir / "store").exists(), "nothing is kept in a local folder"


def test_the_api_hands_over_ranges_itself(hidden: Studio, hidden_film: Json) -> None:
    url = hidden_film["video_url"]
    whole = hidden.http.get(url)
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    film = whole.content
    for header, expected in {
        "bytes=0-0": film[:1],
        "bytes=100-299": film[100:300],
        "bytes=1000-": film[1000:],
        "bytes=-77": film[-77:],
        f"bytes=5-{len(film) * 2}": film[5:],
    }.items():
        part = hidden.http.get(url, headers={"Range": header})
        assert (part.status_code, part.content) == (206, expected)
        start = film.index(expected) if len(expected) > 50 else 0
        assert part.headers["content-range"].endswith(f"/{len(film)}")
        assert part.headers["content-range"].startswith(f"bytes {start}-")


def test_a_range_outside_the_film_is_refused(hidden: Studio, hidden_film: Json) -> None:
    url = hidden_film["video_url"]
    size = int(hidden.http.head(url).headers["content-length"])
    answer = hidden.http.get(url, headers={"Range": f"bytes={size}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}")


def test_what_the_browser_has_is_not_sent_again(hidden: Studio, hidden_film: Json) -> None:
    etag = hidden.http.head(hidden_film["video_url"]).headers["etag"]
    answer = hidden.http.get(hidden_film["video_url"], headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_film_that_is_gone_from_the_bucket_is_said_to_be(
    hidden: Studio, bucket: S3Server
) -> None:
    render = hidden.make(hidden.project(shot("to be lost", seed=9)))
    etag = hidden.http.head(render["video_url"]).headers["etag"].strip('"')
    store = bucket.store()
    keys = [item["path"] for page in obstore.list(store) for item in page]
    obstore.delete(store, next(key for key in keys if key.endswith(etag)))
    hidden.refused("GET", render["video_url"], 404)


# --- a store that browsers can reach ---


def test_a_film_is_fetched_from_the_store_itself(
    shown: Studio, shown_film: Json, bucket: S3Server
) -> None:
    answer = shown.http.get(shown_film["video_url"])
    assert answer.status_code == 307
    there = answer.headers["location"]
    assert there.startswith(f"{bucket.url}/{bucket.bucket}/")
    assert bucket.secret_key not in there
    assert answer.headers["cache-control"].startswith("private, max-age=")
    whole = httpx2.get(there)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    part = shown.http.get(
        shown_film["video_url"], headers={"Range": "bytes=100-199"}, follow_redirects=True
    )
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    beyond = {"Range": f"bytes={len(whole.content)}-"}
    assert httpx2.get(there, headers=beyond).status_code == 416


def test_a_download_gets_the_name_of_its_project(shown: Studio, shown_film: Json) -> None:
    answer = shown.http.get(
        shown_film["video_url"], params={"download": "true"}, follow_redirects=True
    )
    assert answer.history[0].status_code == 307
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fer%20%20besser.mp4"
    )


def test_a_look_at_the_head_is_answered_here(shown: Studio, shown_film: Json) -> None:
    answer = shown.http.head(shown_film["video_url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")


def test_clips_go_the_same_way_and_small_pictures_do_not(shown: Studio, shown_film: Json) -> None:
    project = shown.ask("GET", f"/api/projects/{shown_film['project_id']}")
    segment = project["segments"][0]
    assert shown.http.get(segment["asset_url"]).status_code == 307
    through = shown.http.get(segment["asset_url"], params={"direct": True})
    assert (through.status_code, through.headers["content-type"]) == (200, "video/mp4")
    small = shown.http.get(segment["thumbnail_url"])
    assert (small.status_code, small.headers["content-type"]) == (200, "image/jpeg")


def test_nobody_is_sent_to_what_is_not_there(shown: Studio) -> None:
    shown.refused("GET", f"/api/artifacts/{'0' * 64}", 404)
