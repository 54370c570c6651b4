"""Operations and a server that is killed: whatever was accepted is there after the start, and what
is sent again because no answer came is applied once."""

import contextlib
import threading
from pathlib import Path
from uuid import uuid4

import httpx2
from tests.nursery import Nursery
from tests.recovery.server import Server

Json = dict[str, object]
KILLS = 5


def _operation(number: int) -> Json:
    segment = {"id": str(uuid4()), "prompt": f"{number}", "model_params": {"model": "mock-ai"}}
    return {
        "id": str(uuid4()),
        "step": str(uuid4()),
        "type": "insert_segments",
        "segments": [segment],
        "after": None,
    }


def test_a_killed_server_applies_each_operation_once(tmp_path: Path, nursery: Nursery) -> None:
    """Law: every operation that is sent until it is answered is applied exactly once, whatever was
    killed between. Each is an insertion, so one applied twice or lost would show in the count."""
    server = Server(data=tmp_path / "data", log=tmp_path / "log", again=nursery)
    with server.until_the_end():
        server.start()
        server.wait_until_up()
        made = httpx2.post(f"{server.url}/api/projects", json={"name": "killed"})
        path = f"/api/projects/{made.raise_for_status().json()['id']}"
        client = str(uuid4())
        for number in range(KILLS):
            body = {"client": client, "operations": [_operation(number)]}
            # Some kills come before the commit, some after it; no answer is relied on.
            killer = threading.Timer(0.004 * 2**number, server.kill)
            killer.start()
            with contextlib.suppress(httpx2.HTTPError):  # it may have been applied
                httpx2.post(f"{server.url}{path}/operations", json=body, timeout=30)
            killer.join()
            server.start()
            server.wait_until_up()
            again = httpx2.post(f"{server.url}{path}/operations", json=body, timeout=60)
            outcomes = again.raise_for_status().json()["outcomes"]
            assert [one["status"] for one in outcomes] == ["applied"]
            now = httpx2.get(f"{server.url}{path}", timeout=60).raise_for_status().json()
            wanted = [str(one) for one in reversed(range(number + 1))]
            assert [one["prompt"] for one in now["segments"]] == wanted
