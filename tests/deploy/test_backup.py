"""Back up and restore as docs/deploy.md says, word for word: what was paid for is there again, the
doctor finds nothing amiss, and the same film renders without paying."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import S3Store
from tests.deploy.smoke import Smoke
from tests.nursery import Nursery

from video_foundry.testing.server import serving
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TRIED = re.compile(r"<!-- tried: ([\w-]+) -->\n```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = dict(TRIED.findall((ROOT / "docs" / "deploy.md").read_text("utf-8")))
FILM = {
    "name": "kept",
    "settings": {"width": 160, "height": 90, "fps": 24},
    "segments": [
        {"prompt": prompt, "model_params": {"model": "mock-ai", "duration": 0.5}}
        for prompt in ("one", "two", "three")
    ],
}


def environment(**variables: str | Path) -> dict[str, str]:
    """Nothing of this machine's settings, and these."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    kept["PATH"] = f"{BIN}{os.pathsep}{kept['PATH']}"
    return kept | {name: str(value) for name, value in variables.items()}


def follow(block: str, **variables: str | Path) -> None:
    """Run a block of the document."""
    command = ["bash", "-euo", "pipefail", "-c", BLOCKS[block]]
    done = subprocess.run(
        command, env=environment(**variables), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


Foundry = Callable[..., Any]
"""Words after `video-foundry`, and variables -> the JSON that the command ends with."""


@pytest.fixture
def foundry(tmp_path: Path, nursery: Nursery) -> Foundry:
    """The command, in the test's folder."""

    def run(*arguments: str, **variables: str | Path) -> Any:
        done = nursery.run([*arguments, "--json"], cwd=tmp_path, env=environment(**variables))
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


def assert_healthy(foundry: Foundry, **variables: str | Path) -> None:
    """Every part works, and every object is what its row says, byte for byte."""
    assert foundry("doctor", **variables)["ok"]
    deep = foundry("doctor", "--integrity", "--deep", **variables)
    assert (deep["ok"], deep["findings"]) == (True, [])
    assert deep["artifacts"] > 0


def test_sqlite_backed_up_while_it_works(tmp_path: Path, foundry: Foundry) -> None:
    data, backup, restored = tmp_path / "data", tmp_path / "backup", tmp_path / "restored"
    with serving(data) as server:
        smoke = Smoke(server.base_url)
        done, busy = smoke.project("one", "two"), smoke.project("three", "four")
        smoke.render(done)
        smoke.start(busy)
        follow("sqlite-backup", DATA=data, BACKUP=backup)
    follow("sqlite-restore", DATA=restored, BACKUP=backup)
    with serving(restored) as server:
        smoke = Smoke(server.base_url)
        (open_render,) = smoke.ask("GET", f"/api/projects/{busy}/render-jobs")
        assert smoke.wait(open_render)["segments_total"] == 2
        again = smoke.render(done)
        assert (again["segments_total"], again["segments_reused"]) == (0, 2)
        assert smoke.film(again)[4:8] == b"ftyp"
    assert_healthy(foundry, VIDEO_FOUNDRY_DATA_DIR=restored)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """Not in pytest's own folder: every pytest that starts on this machine closes that to others,
    and for root this server runs as another user."""
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            Postgres.running(Path(folder, "pg")) as running,
        ):
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    try:
        with S3Server.running(tmp_path_factory.mktemp("s3") / "s3") as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


def copy_all(store: S3Store, old: str, new: str) -> int:
    """What `rclone sync` does, from one folder of the bucket to another; returns how many."""
    keys = [item["path"] for page in obstore.list(store, old) for item in page]
    for key in keys:
        obstore.put(store, new + key.removeprefix(old), obstore.get(store, key).bytes())
    return len(keys)


def test_postgresql_and_a_bucket(
    tmp_path: Path, postgres: Postgres, bucket: S3Server, foundry: Foundry
) -> None:
    (tmp_path / "film.json").write_text(json.dumps(FILM))
    keys = {name: value for name, value in bucket.settings().items() if name != "S3_BUCKET"}
    places = {
        name: {
            **keys,
            "DATABASE_URL": postgres.make_database(name),
            "VIDEO_FOUNDRY_OBJECTS_URL": f"s3://{bucket.bucket}/{name}",
            "VIDEO_FOUNDRY_DATA_DIR": str(tmp_path / name),
        }
        for name in ("old", "new")
    }
    render = ("render", "film.json", "-o", "film.mp4")
    first = foundry(*render, **places["old"])
    assert (first["generated"], first["status"]) == (3, "completed")
    before = (tmp_path / "film.mp4").read_bytes()

    (tmp_path / "backup").mkdir()
    where = {"BACKUP": tmp_path / "backup"}
    follow("postgresql-backup", DATABASE_URL=places["old"]["DATABASE_URL"], **where)
    assert copy_all(bucket.store(), "old", "new") > 3
    postgres.drop_database("old")

    follow("postgresql-restore", DATABASE_URL=places["new"]["DATABASE_URL"], **where)
    assert_healthy(foundry, **places["new"])
    again = foundry(*render, **places["new"])
    assert (again["generated"], again["reused"], again["cost"]) == (0, 3, "0")
    assert (tmp_path / "film.mp4").read_bytes() == before


def test_every_block_that_is_said_to_be_tried_is_tried() -> None:
    source = Path(__file__).read_text("utf-8")
    assert len(BLOCKS) == 4
    assert [name for name in BLOCKS if f'"{name}"' not in source] == []
