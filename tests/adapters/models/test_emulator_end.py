"""An emulator ends at any moment, whoever stands at its door: nothing of it is left open."""

import gc
import http.client
import sys
import threading
from contextlib import suppress

import pytest

from video_foundry.emulators.emulator import Settings
from video_foundry.emulators.runway import RunwayEmulator
from video_foundry.emulators.server import running

ROUNDS = 12
"""Without `let_in`, a round in three leaves a socket open."""
CALLERS = 6
PATIENCE = 0.3


def _call(port: int, over: threading.Event) -> None:
    while not over.is_set():
        caller = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        with suppress(OSError, http.client.HTTPException):
            caller.request("GET", "/v1/organization")
            caller.getresponse().read()
        caller.close()


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_nobody_is_forgotten_at_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.collect()
    lost: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: lost.append(str(told.exc_value)))
    for number in range(ROUNDS):
        over = threading.Event()
        with running(RunwayEmulator(Settings(key="key_canary"))) as emulator:
            port = int(emulator.url.rpartition(":")[2])
            callers = [threading.Thread(target=_call, args=(port, over)) for _ in range(CALLERS)]
            for caller in callers:
                caller.start()
            over.wait(0.05 + 0.004 * number)
        over.set()
        for caller in callers:
            caller.join()
    gc.collect()
    assert lost == []
