"""`/readyz` names the part that is ill, and why, without secrets, and sees when it is well again.
The process lives on, and its metrics do not pretend."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from tests.db.databases import FILE
from tests.operate.conftest import COMMAND, Json, Start, until

from video_foundry.adapters.vault import new_secret
from video_foundry.testing.server import serving
from video_foundry.testing.stack.base import NotInstalled, free_port
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.redis import Redis

CANARY = "hunter2-canary"


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A database server of our own."""
    try:
        with Postgres.running(tmp_path / "postgres") as server:
            yield server
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of our own, with a password."""
    try:
        with Redis.running(tmp_path / "redis") as server:
            yield server
    except NotInstalled as missing:
        pytest.skip(str(missing))


def get(url: str, path: str) -> httpx2.Response:
    """Ask it."""
    return httpx2.get(f"{url}{path}", timeout=60, trust_env=False)


def ill(answer: httpx2.Response) -> Json:
    """The parts that do not work, and why."""
    body = answer.json()
    found = {part: why for part, why in body["checks"].items() if why != "ok"}
    assert (answer.status_code == 200) == (found == {}) == body["ready"]
    return found


def becomes_ready(url: str) -> None:
    """Wait until every part works again."""
    until("ready again", lambda: get(url, "/readyz").status_code == 200)


def test_a_lost_object_store_is_named_and_found_again(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        assert ill(get(server.base_url, "/readyz")) == {}
        store = tmp_path / "data" / "store"
        store.rename(tmp_path / "away")
        store.write_text("a file where a folder should be")
        assert set(ill(get(server.base_url, "/readyz"))) == {"objects"}
        assert get(server.base_url, "/healthz").status_code == 200
        store.unlink()
        (tmp_path / "away").rename(store)
        assert ill(get(server.base_url, "/readyz")) == {}


def test_a_worker_answers_like_the_server(start: Start, tmp_path: Path) -> None:
    worker = start("worker", "--port", "0")
    assert ill(worker.get("/readyz")) == {}
    store = tmp_path / "work" / "data" / "store"
    store.rename(tmp_path / "away")
    store.write_text("a file where a folder should be")
    assert set(ill(worker.get("/readyz"))) == {"objects"}
    assert worker.get("/healthz").status_code == 200
    assert worker.stop() == 0


def test_a_killed_redis_is_named_and_found_again(tmp_path: Path, redis: Redis) -> None:
    with serving(tmp_path / "data", redis_url=redis.url) as server:
        becomes_ready(server.base_url)
        redis.kill()
        answer = get(server.base_url, "/readyz")
        assert set(ill(answer)) == {"signal", "rate"}
        assert redis.password not in answer.text
        assert get(server.base_url, "/api/projects/").status_code == 200
        redis.start()
        becomes_ready(server.base_url)


def test_a_killed_database_is_named_and_found_again(tmp_path: Path, postgres: Postgres) -> None:
    url = postgres.url.replace("@", f":{CANARY}@")
    with serving(tmp_path / "data", database_url=url) as server:
        becomes_ready(server.base_url)
        assert "video_foundry_database_readable 1.0" in get(server.base_url, "/metrics").text
        postgres.kill()
        answer = get(server.base_url, "/readyz")
        assert set(ill(answer)) == {"database"}
        assert CANARY not in answer.text
        assert get(server.base_url, "/healthz").status_code == 200
        told = until("metrics that say so", lambda: _unreadable(server.base_url))
        assert "video_foundry_jobs{" not in told, "an old number would look like a good one"
        assert 'video_foundry_part_failures_total{part="database"}' in told
        postgres.start()
        becomes_ready(server.base_url)


def _unreadable(url: str) -> str | None:
    answer = get(url, "/metrics")
    assert answer.status_code == 200
    return answer.text if "video_foundry_database_readable 0.0" in answer.text else None


def test_what_fails_in_the_background_is_counted_and_tried_again(
    start: Start, tmp_path: Path
) -> None:
    """A server that once could not look for keys hears of one that another process stores later."""
    shared = {
        "VIDEO_FOUNDRY_DATA_DIR": str(tmp_path / "shared"),
        "VIDEO_FOUNDRY_SECRET_KEY": new_secret(),
        "VIDEO_FOUNDRY_ALOWED_HOSTS": "misspelt.example",
    }
    server = start("serve", "--no-workers", "--port", str(free_port()), folder="api", **shared)
    until("the server", lambda: _status(f"{server.url}/readyz") == 200)
    warned = server.logged("no setting has this name; it is ignored")
    assert warned is not None
    assert warned["variable"] == "VIDEO_FOUNDRY_ALOWED_HOSTS"
    assert warned["nearest"] == "VIDEO_FOUNDRY_ALLOWED_HOSTS"
    with closing(sqlite3.connect(tmp_path / "shared" / FILE, timeout=30)) as database:
        database.execute("ALTER TABLE accounts RENAME TO accounts_away")
        counted = 'video_foundry_background_failures_total{task="accounts"}'
        until("a failure", lambda: counted in server.get("/metrics").text)
        database.execute("ALTER TABLE accounts_away RENAME TO accounts")
    told = server.logged("work in the background failed; trying again")
    assert told is not None
    assert "accounts" in told["exception"]
    added = subprocess.run(
        [COMMAND, "keys", "add", "luma"],
        cwd=tmp_path,
        env={**os.environ, **shared},
        input=f"{CANARY}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert added.returncode == 0, added.stderr
    until("the new key", lambda: _can_use(server.url, "luma"))
    assert server.logged("work in the background goes well again")
    assert server.stop() == 0


def _status(address: str) -> int | None:
    try:
        return get(address, "").status_code
    except httpx2.TransportError:
        return None


def _can_use(url: str, provider: str) -> bool:
    models = get(url, "/api/models").json()["models"]
    return any(m["is_available"] for m in models if m["provider"] == provider)
