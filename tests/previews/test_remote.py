"""Previews of an installation whose object store browsers can reach: pictures and films are sent
from there, waveforms are not, for scripts of a page may not read from elsewhere."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.studio import Studio

from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.server import serving
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import S3Server


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The S3 server; its keys are in the environment, as an operator gives them."""
    try:
        with S3Server.running(tmp_path / "s3") as running:
            for name, value in running.settings().items():
                if name.startswith("AWS_"):
                    monkeypatch.setenv(name, value)
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


def test_scripts_get_their_waveforms_from_this_server(bucket: S3Server, tmp_path: Path) -> None:
    place = f"s3://{bucket.bucket}/{uuid.uuid4().hex}"
    endpoints = {"s3_endpoint_url": bucket.url, "s3_public_endpoint_url": bucket.url}
    with serving(tmp_path / "data", objects_url=place, **endpoints) as server:
        user = Studio(server)
        clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=24))
        media = user.ask("POST", "/api/media", 201, files={"file": clip.read_bytes()})
        address = f"/api/artifacts/{media['url'].rpartition('/')[2]}/previews"
        found = user.until(
            lambda: user.ask("GET", address),
            lambda now: now["proxy"]["state"] == now["waveform"]["state"] == "ready",
        )
        waveform = user.http.get(found["waveform"]["url"])
        assert (waveform.status_code, len(waveform.content)) == (200, found["waveform"]["bytes"])
        proxy = user.http.get(found["proxy"]["url"])
        assert proxy.status_code == 307
        assert proxy.headers["location"].startswith(bucket.url)
        user.close()
