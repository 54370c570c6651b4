"""A clip of two gibibytes passes through a process that stays small. VIDEO_FOUNDRY_LONG=1 sends it
to the S3 server too, where otherwise a smaller one goes."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from tests.storage.remote.bucket import MIB

from video_foundry.testing.stack.objects import S3Server

LARGEST_GROWTH = 150 * MIB
TWO_GIB = 2048 * MIB
BUCKET_SIZE = TWO_GIB if os.environ.get("VIDEO_FOUNDRY_LONG") else 320 * MIB
"""More than twice what would be seen if the whole file were held."""
LIFT = Path(__file__).with_name("lift.py")

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is read from /proc"
)


def lift(given: dict[str, object], environment: dict[str, str]) -> dict[str, float]:
    """What the process said that moved the file."""
    done = subprocess.run(
        [sys.executable, str(LIFT), json.dumps(given)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_a_big_file_in_a_folder(tmp_path: Path) -> None:
    said = lift({"folder": str(tmp_path), "size": TWO_GIB}, {})
    assert said["growth"] <= LARGEST_GROWTH, said


def test_a_big_file_in_a_bucket(tmp_path: Path, server: S3Server) -> None:
    given: dict[str, object] = {
        "folder": str(tmp_path),
        "size": BUCKET_SIZE,
        "url": f"s3://{server.bucket}/{uuid.uuid4().hex}",
        "endpoint": server.url,
    }
    said = lift(given, server.settings())
    assert said["growth"] <= LARGEST_GROWTH, said
