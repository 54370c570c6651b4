"""What lies in the bucket, and links to it, seen with the eyes of others."""
# ruff: noqa: ASYNC240 - a test may block its own loop for a moment

import asyncio
import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path

import httpx2
import obstore
import pytest
from tests.storage.remote.bucket import (
    CONTENT,
    MIB,
    Opener,
    copies_in,
    file_of,
    key_of,
    loans_in,
)

from video_foundry.adapters.blobs.remote import RemoteBlobStore
from video_foundry.errors import FoundryError
from video_foundry.testing.blob_contract import read
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.proxy import Proxy


async def test_what_is_there_is_not_sent_again(
    opened: Opener, server: S3Server, source: Path, tmp_path: Path
) -> None:
    store = opened()
    digest = (await store.put_file(source)).digest
    first = obstore.head(server.store(), key_of(store, digest))
    await asyncio.sleep(1.1)  # the server counts seconds
    await opened(cache=tmp_path / "another machine").put_file(source)
    assert obstore.head(server.store(), key_of(store, digest)) == first


async def test_an_object_cut_short_is_mended_by_putting_it_again(
    opened: Opener, server: S3Server, source: Path, tmp_path: Path
) -> None:
    store = opened()
    digest = (await store.put_file(source)).digest
    obstore.put(server.store(), key_of(store, digest), CONTENT[:-1])
    await store.put_file(source)
    assert await read(store, digest) == CONTENT


async def test_damaged_bytes_are_never_lent(
    opened: Opener, server: S3Server, source: Path, tmp_path: Path
) -> None:
    digest = (await opened().put_file(source)).digest
    store = opened(cache=tmp_path / "another machine")
    obstore.put(server.store(), key_of(store, digest), b"x" + CONTENT[1:])
    with pytest.raises(FoundryError) as caught:
        async with store.local_path(digest):
            pass
    assert caught.value.code == "object_damaged"
    assert copies_in(tmp_path / "another machine") == set()
    assert loans_in(tmp_path / "another machine") == 0


async def test_a_source_that_changes_under_way_is_not_stored(
    opened: Opener, source: Path, tmp_path: Path
) -> None:
    """Without room for a copy it is read twice, and somebody may write in between."""
    store = opened(cache_max_bytes=0)
    source.write_bytes(CONTENT * 40)
    digest = sha256(CONTENT * 40).hexdigest()
    putting = asyncio.create_task(store.put_file(source))
    while not putting.done():
        with source.open("r+b") as writing:
            writing.seek(len(CONTENT) * 39)
            writing.write(os.urandom(64))
        await asyncio.sleep(0)
    with pytest.raises(FoundryError) as caught:
        await putting
    assert caught.value.code == "source_changed"
    assert not await store.exists(digest)


async def test_a_cancelled_put_takes_back_its_parts(
    opened: Opener, server: S3Server, proxy: Proxy, tmp_path: Path
) -> None:
    store = opened(endpoint_url=proxy.url)
    proxy.slow(8 * MIB)
    source = file_of(tmp_path, os.urandom(40 * MIB))
    for delay in (0.0, 0.5):
        putting = asyncio.create_task(store.put_file(source))
        while not server.unfinished_uploads():
            assert not putting.done()
            await asyncio.sleep(0.05)
        await asyncio.sleep(delay)
        putting.cancel()
        await asyncio.gather(putting, return_exceptions=True)
        assert putting.cancelled()
        assert server.unfinished_uploads() == 0
        assert loans_in(tmp_path / "cache") == 0


async def test_other_keys_are_not_listed(opened: Opener, server: S3Server, source: Path) -> None:
    store = opened()
    digest = (await store.put_file(source)).digest
    folder = key_of(store, digest).split("/")[0]
    for stranger in ("notes.txt", f"objects/{digest}", f"objects/00/00/{digest}", "objects/ab/x"):
        obstore.put(server.store(), f"{folder}/{stranger}", b"?")
    assert [blob.digest async for blob in store.list()] == [digest]


async def test_many_objects_are_listed_page_by_page(opened: Opener, server: S3Server) -> None:
    store = opened()
    digests = [sha256(str(n).encode()).hexdigest() for n in range(1100)]
    keys = [key_of(store, digest) for digest in digests]
    bucket = server.store()
    await asyncio.gather(*(_put(bucket, key) for key in keys))
    assert {blob.digest async for blob in store.list()} == set(digests)


async def _put(bucket: obstore.store.S3Store, key: str) -> None:
    await obstore.put_async(bucket, key, b"x")


async def test_a_link_gives_ranges_types_and_names_to_anybody(
    opened: Opener, server: S3Server, source: Path
) -> None:
    store = opened(public_endpoint_url=server.url)
    assert store.link_origin == server.url
    digest = (await store.put_file(source, content_type="video/mp4")).digest
    for filename in (None, "Mein Film – größer & 50% “neu”.mp4"):
        link = await store.link(digest, seconds=60, filename=filename)
        assert link is not None
        assert server.secret_key not in link
        whole = httpx2.get(link)
        assert (whole.status_code, whole.content) == (200, CONTENT)
        assert whole.headers["content-type"] == "video/mp4"
        part = httpx2.get(link, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, CONTENT[10:20])
        beyond = httpx2.get(link, headers={"Range": f"bytes={len(CONTENT)}-"})
        assert beyond.status_code == 416
    assert "filename*=UTF-8''Mein%20Film" in whole.headers["content-disposition"]


async def test_a_link_is_good_for_one_object_and_a_while(
    opened: Opener, server: S3Server, source: Path, tmp_path: Path
) -> None:
    store = opened(public_endpoint_url=server.url)
    digest = (await store.put_file(source)).digest
    other = (await store.put_file(file_of(tmp_path, b"other"))).digest
    for filename in (None, "film.mp4"):
        link = await store.link(digest, seconds=1, filename=filename)
        assert link is not None
        bent = link.replace(
            f"{digest[:2]}/{digest[2:4]}/{digest}", f"{other[:2]}/{other[2:4]}/{other}"
        )
        assert bent != link
        assert httpx2.get(bent).status_code == 403
        assert httpx2.put(link, content=b"mine").status_code == 403
        await asyncio.sleep(2.1)
        assert httpx2.get(link).status_code == 403


async def test_our_own_endpoint_is_shown_to_nobody(opened: Opener, source: Path) -> None:
    store = opened()
    digest = (await store.put_file(source)).digest
    assert store.link_origin is None
    assert await store.link(digest, seconds=60) is None
    assert await store.link(digest, seconds=60, filename="film.mp4") is None


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("s3://films/a/b", "https://s3.eu-north-1.amazonaws.com"),
        ("az://films/a/b", "https://account.blob.core.windows.net"),
    ],
)
async def test_a_clouds_own_server_gives_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, origin: str
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret")
    store = RemoteBlobStore(url, cache=tmp_path, cache_max_bytes=0, region="eu-north-1")
    link = await store.link("0" * 64, seconds=60)
    assert link is not None
    assert store.link_origin == origin
    assert link.startswith(f"{origin}/films/a/b/objects/00/00/{'0' * 64}?")
    assert "canary-secret" not in link


async def test_google_signs_with_the_key_of_its_service_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "account.json"
    _write_google_account(key)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    store = RemoteBlobStore("gs://films/a", cache=tmp_path / "cache", cache_max_bytes=0)
    link = await store.link("0" * 64, seconds=60)
    assert link is not None
    assert link.startswith(f"{store.link_origin}/films/a/objects/00/00/{'0' * 64}?")
    assert await store.link("0" * 64, seconds=60, filename="film.mp4") is None


def _write_google_account(target: Path) -> None:
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        check=True,
        capture_output=True,
        text=True,
    )
    account = {
        "type": "service_account",
        "client_email": "films@example.iam.gserviceaccount.com",
        "private_key_id": "1",
        "private_key": made.stdout,
        "token_uri": "http://127.0.0.1:1/token",
    }
    target.write_text(json.dumps(account))
