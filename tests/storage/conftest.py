"""What the storage tests share: an installation to damage, on SQLite and a folder or on PostgreSQL
and a bucket, with the command line beside it and a provider that bills."""

import logging
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.api import plugins
from tests.db.databases import PostgresDatabases, fresh_copy
from tests.storage.house import BucketVandal, FolderVandal, House, Slow, Told, Vandal

from video_foundry.adapters.models import registry
from video_foundry.cli import main
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import Behaviour, RunningLedger, running_ledger
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import S3Server


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An object server."""
    try:
        with S3Server.running(tmp_path_factory.mktemp("s3")) as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLedger]:
    """A provider without faults."""
    folder = tmp_path_factory.mktemp("ledger")
    clip = make_clip(folder / "clip.mp4", ClipSpec(frames=12))
    with running_ledger(folder / "ledger.jsonl", clip, Behaviour(seconds=0.1)) as running:
        yield running


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """The command's entry point called in this process, on the same data folder."""
    log = logging.getLogger()
    monkeypatch.setattr(log, "handlers", list(log.handlers))
    monkeypatch.setattr(log, "level", log.level)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIDEO_FOUNDRY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS", "127.0.0.1")

    def run(*arguments: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["video-foundry", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Told(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def house(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[..., Told],
    ledger: RunningLedger,
) -> Iterator[House]:
    """An installation in use. Its parameter: `embedded` (also without one) or `cluster`."""
    monkeypatch.setenv("LEDGER_BASE_URL", ledger.url)
    _ledger_models(monkeypatch)
    data = tmp_path / "data"
    with ExitStack() as stack:
        if getattr(request, "param", "embedded") == "cluster":
            settings, objects = _cluster(request, monkeypatch, stack)
        else:
            fresh_copy(request.getfixturevalue("empty_file"), data)
            settings, objects = {}, FolderVandal(data / "store")
        standing = House.standing(data, settings, objects, command, ledger)
        yield stack.enter_context(standing)


def _cluster(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, stack: ExitStack
) -> tuple[dict[str, Any], Vandal]:
    """Settings of a database and a folder of the bucket that no other test uses."""
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    bucket: S3Server = request.getfixturevalue("bucket")
    name = f"house_{uuid.uuid4().hex[:12]}"
    url = stack.enter_context(databases.fresh()).url
    given = bucket.settings()
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(variable, given[variable])
    settings = {
        "database_url": url,
        "objects_url": f"s3://{bucket.bucket}/{name}",
        "s3_endpoint_url": bucket.url,
    }
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("VIDEO_FOUNDRY_OBJECTS_URL", settings["objects_url"])
    monkeypatch.setenv("S3_ENDPOINT_URL", bucket.url)
    return settings, BucketVandal(bucket.store(), name)


def _ledger_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider's models for this test: others look at the list of all models."""
    monkeypatch.setattr(registry, "_REGISTRY", registry._Registry())
    from video_foundry.testing import ledger_models as made

    for account in (made.LedgerKey, made.LedgerLookup, made.LedgerNone):
        entry = made.entry_of(account)
        registry.VideoModelFactory.register(entry.id, account, entry=entry)
    plugins.register()


@pytest.fixture
def slow() -> Iterator[Slow]:
    """A shot whose generation the test ends."""
    with plugins.closed_gate() as gate:
        yield Slow(plugins.barcode(5), gate.set)
