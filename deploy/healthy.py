#!/usr/bin/env python3
"""`healthy healthz` or `healthy readyz`: ask the server or the worker in this container, whichever
runs here, and say so by the exit status. Health checks of the image and of compose run this."""

import os
import sys
from http.client import HTTPConnection

SECONDS = 4
"""Less than the health check's own limit, so that the reason can still be told."""


def ports() -> list[int]:
    """Where the server listens, and where the worker does."""
    named = [("VIDEO_FOUNDRY_PORT", 8000), ("VIDEO_FOUNDRY_WORKER_PORT", 8001)]
    return [int(os.environ.get(name) or default) for name, default in named]


def ask(port: int, path: str) -> tuple[int, str]:
    """The status and the beginning of the answer. Raises OSError when nobody listens."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(2000).decode(errors="replace")
    finally:
        connection.close()


def look(path: str) -> tuple[int, str]:
    """0 when the first of the two that listens is well, else 1; and what it said."""
    for port in ports():
        try:
            status, said = ask(port, path)
        except ConnectionRefusedError:
            continue
        except OSError as error:
            return 1, f"port {port}: {error}"
        return (0 if status == 200 else 1), said
    return 1, f"nobody listens on {' or '.join(map(str, ports()))}"


if __name__ == "__main__":
    outcome, words = look(f"/{sys.argv[1]}")
    sys.stdout.write(f"{words}\n")
    sys.exit(outcome)
