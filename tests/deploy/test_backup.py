"""Back up and restore as docs/deploy.md says, word for word: what was paid for is there again, the
doctor finds nothing amiss, and the same film renders without paying. Where it says `docker`, the
stand-in carries it out."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.deploy import compose_file, docker_standin
from tests.deploy.blocks import blocks
from tests.deploy.smoke import Smoke
from tests.nursery import Nursery

from video_foundry.testing.server import serving
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
BLOCKS = blocks()
BUCKET = "video-foundry"
"""What the bucket of compose.yaml is called."""
PASSWORDS = {
    name: f"{name.lower()}-of-the-test"
    for name, forms in compose_file.variables_in("compose.yaml").items()
    if ":?" in forms
}
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
    elsewhere = tmp_path / "elsewhere"
    with serving(data) as server:
        smoke = Smoke(server.base_url)
        done, busy = smoke.project("one", "two"), smoke.project("three", "four")
        smoke.render(done)
        smoke.start(busy)
        smoke.ask("POST", "/api/accounts", {"provider": "luma", "name": "studio", "key": "a-key"})
        follow("sqlite-backup", DATA=data, BACKUP=backup)
        secret = tmp_path / "secret.key"
        follow("secret-backup", VIDEO_FOUNDRY_SECRET_KEY_FILE=secret, ELSEWHERE=elsewhere)
    follow("sqlite-restore", DATA=restored, BACKUP=backup)
    secret.unlink()
    assert stored_key(foundry, restored, secret)["problem"] is not None, "it needs its secret"
    (elsewhere / "secret.key").rename(secret)
    assert stored_key(foundry, restored, secret)["problem"] is None
    assert_goes_on(restored, done, busy)
    assert_healthy(foundry, VIDEO_FOUNDRY_DATA_DIR=restored)


def stored_key(foundry: Foundry, data: Path, secret: Path) -> Any:
    """The one stored account, as it is listed with this file of secrets."""
    places = {"VIDEO_FOUNDRY_DATA_DIR": data, "VIDEO_FOUNDRY_SECRET_KEY_FILE": secret}
    (account,) = foundry("keys", "list", **places)["accounts"]
    return account


def assert_goes_on(data: Path, done: str, busy: str) -> None:
    """What was finished is there without paying, what was under way is finished."""
    with serving(data) as server:
        smoke = Smoke(server.base_url)
        (open_render,) = smoke.ask("GET", f"/api/projects/{busy}/render-jobs")
        assert smoke.wait(open_render)["segments_total"] == 2
        again = smoke.render(done)
        assert (again["segments_total"], again["segments_reused"]) == (0, 2)
        assert smoke.film(again)[4:8] == b"ftyp"


@pytest.fixture
def docker(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Variables of a shell in which `docker` is the stand-in. Takes service -> where its parts are
    here."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    standin = shlex.join([sys.executable, "-m", "tests.deploy.docker_standin"])
    program.write_text(f'#!/bin/sh\nexec {standin} "$@"\n')
    program.chmod(0o755)

    def variables(**places: dict[str, str]) -> dict[str, str]:
        path = f"{program.parent}{os.pathsep}{environment()['PATH']}"
        told = json.dumps(places)
        return {**PASSWORDS, "PATH": path, "PYTHONPATH": str(ROOT), docker_standin.PLACES: told}

    return variables


def test_one_container_while_it_works(
    tmp_path: Path, foundry: Foundry, docker: Callable[..., dict[str, str]]
) -> None:
    data, restored, backup = tmp_path / "data", tmp_path / "restored", tmp_path / "backup"
    backup.mkdir()
    restored.mkdir(mode=0o700)
    with serving(data) as server:
        smoke = Smoke(server.base_url)
        done, busy = smoke.project("one", "two"), smoke.project("three", "four")
        smoke.render(done)
        smoke.start(busy)
        here = docker(app={"VIDEO_FOUNDRY_DATA_DIR": str(data)})
        follow("embedded-backup", BACKUP=backup, **here)
        assert not (data / "backup").exists()
    here = docker(app={"VIDEO_FOUNDRY_DATA_DIR": str(restored)})
    follow("embedded-restore", BACKUP=backup, **here)
    assert_goes_on(restored, done, busy)
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


class Bucket(S3Server):
    """The S3 server with the bucket of compose.yaml."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bucket = BUCKET

    def lose_everything(self) -> None:
        """Its disk is a new one. It must not run."""
        shutil.rmtree(self.folder / "data")


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    try:
        with Bucket.running(tmp_path_factory.mktemp("s3") / "s3") as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


RENDER = ("render", "film.json", "-o", "film.mp4")


def make_film(folder: Path, foundry: Foundry, **place: str) -> bytes:
    """Pay for a film; the film."""
    (folder / "film.json").write_text(json.dumps(FILM))
    first = foundry(*RENDER, **place)
    assert (first["generated"], first["status"]) == (3, "completed")
    return (folder / "film.mp4").read_bytes()


def assert_is_there(film: bytes, folder: Path, foundry: Foundry, **place: str) -> None:
    """The same film, without paying, in an installation that is well."""
    assert_healthy(foundry, **place)
    again = foundry(*RENDER, **place)
    assert (again["generated"], again["reused"], again["cost"]) == (0, 3, "0")
    assert (folder / "film.mp4").read_bytes() == film


def test_postgresql_and_a_bucket(
    tmp_path: Path, postgres: Postgres, bucket: Bucket, foundry: Foundry
) -> None:
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
    film = make_film(tmp_path, foundry, **places["old"])

    (tmp_path / "backup").mkdir()
    where: dict[str, str | Path] = {**keys, "BACKUP": tmp_path / "backup"}
    follow("postgresql-backup", DATABASE_URL=places["old"]["DATABASE_URL"], **where)
    follow("bucket-backup", BUCKET=f"{bucket.bucket}/old", **where)
    postgres.drop_database("old")

    follow("postgresql-restore", DATABASE_URL=places["new"]["DATABASE_URL"], **where)
    follow("bucket-restore", BUCKET=f"{bucket.bucket}/new", **where)
    assert_is_there(film, tmp_path, foundry, **places["new"])


def test_one_machine_with_everything(
    tmp_path: Path,
    postgres: Postgres,
    bucket: Bucket,
    foundry: Foundry,
    docker: Callable[..., dict[str, str]],
) -> None:
    server = urlsplit(postgres.make_database("foundry"))
    make_login(server.geturl())
    place = {**bucket.settings(), "DATABASE_URL": server.geturl()}
    film = make_film(tmp_path, foundry, VIDEO_FOUNDRY_DATA_DIR=str(tmp_path / "old"), **place)

    inside = docker(
        postgres={"PGHOST": str(server.hostname), "PGPORT": str(server.port)},
        bucket={
            "RCLONE_CONFIG_BUCKET_ENDPOINT": bucket.url,
            "RCLONE_CONFIG_BUCKET_ACCESS_KEY_ID": bucket.access_key,
            "RCLONE_CONFIG_BUCKET_SECRET_ACCESS_KEY": bucket.secret_key,
        },
    )
    follow("compose-backup", BACKUP=tmp_path / "backup", **inside)
    postgres.drop_database("foundry")
    postgres.make_database("foundry")
    bucket.kill()
    bucket.lose_everything()
    bucket.start()

    follow("compose-restore", BACKUP=tmp_path / "backup", **inside)
    assert_is_there(film, tmp_path, foundry, VIDEO_FOUNDRY_DATA_DIR=str(tmp_path / "new"), **place)


def make_login(url: str) -> None:
    """The user that the database of compose.yaml belongs to."""
    words = ["psql", "--quiet", f"--dbname={url}", "--command=CREATE ROLE foundry LOGIN SUPERUSER"]
    subprocess.run(words, check=True, capture_output=True)


def test_every_block_that_is_said_to_be_tried_is_tried() -> None:
    source = Path(__file__).read_text("utf-8")
    assert len(BLOCKS) == 11
    assert [name for name in BLOCKS if f'"{name}"' not in source] == []
