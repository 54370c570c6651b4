"""What is said when a bucket cannot be used: the reason, in a sentence, and never a key."""

import time
import traceback
from pathlib import Path

import pytest
from tests.storage.remote.bucket import Opener, failures

from video_foundry.adapters.blobs.remote import RemoteBlobStore
from video_foundry.errors import BadInput, PartUnavailable
from video_foundry.testing.blob_contract import read
from video_foundry.testing.stack.base import free_port
from video_foundry.testing.stack.objects import S3Server


async def test_a_wrong_key_is_said_without_any_key(
    opened: Opener, server: S3Server, source: Path
) -> None:
    for changes in ({"secret_key": "canary-secret"}, {"access_key": "canary-id"}):
        store, before = opened(**changes), failures()
        with pytest.raises(PartUnavailable, match="credentials") as caught:
            await store.check()
        shown = "".join(traceback.format_exception(caught.value)) + repr(store)
        assert "canary" not in shown
        assert server.secret_key not in shown
        assert caught.value.part == "objects"
        with pytest.raises(PartUnavailable, match="credentials"):
            await store.put_file(source)
        assert failures() == before + 2


async def test_a_missing_bucket_is_named(opened: Opener, source: Path) -> None:
    store = opened(url="s3://no-such-bucket")
    for attempt in (store.check(), store.put_file(source)):
        with pytest.raises(PartUnavailable, match="no bucket 'no-such-bucket'"):
            await attempt


async def test_nobody_there_is_said_when_patience_ends(opened: Opener, source: Path) -> None:
    store = opened(endpoint_url=f"http://127.0.0.1:{free_port()}", patience=0.5)
    before, started = failures(), time.monotonic()
    attempts = [
        store.check(),
        store.put_file(source),
        store.exists("0" * 64),
        store.delete("0" * 64),
        read(store, "0" * 64),
    ]
    for attempt in attempts:
        with pytest.raises(PartUnavailable):
            await attempt
    with pytest.raises(PartUnavailable):
        async with store.local_path("0" * 64):
            pass
    with pytest.raises(PartUnavailable):
        _ = [blob async for blob in store.list()]
    assert failures() - before >= 7
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "url", ["ftp://bucket", "s3://", "bucket", "s3://key:secret@bucket", "s3://bucket?x=1", "az://"]
)
def test_an_address_that_names_no_bucket_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadInput) as caught:
        RemoteBlobStore(url, cache=tmp_path, cache_max_bytes=0)
    assert caught.value.problems[0].field == "VIDEO_FOUNDRY_OBJECTS_URL"
    assert "secret" not in str(caught.value)
