"""The generating process: requests as lines on standard input, progress as JSON lines on standard
output. The libraries for generating are imported here and never in the worker.

Ends by itself when its standard input is closed, so that it never outlives who wanted its clips.
"""

import contextlib
import json
import os
import queue
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from video_foundry.adapters.models.local.failure import CannotGenerate
from video_foundry.adapters.models.local.machine import Machine
from video_foundry.adapters.models.local.request import LocalRequest

Told = tuple[Machine, LocalRequest, Path]


class Teller:
    """Writes to the standard output that this process was started with; whatever else writes there
    goes to standard error from now on."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

    def progress(self, share: float) -> None:
        """The share that is done, from 0 to 1."""
        self._say(progress=round(share, 4))

    def done(self) -> None:
        """The clip is written."""
        self._say(done=True)

    def failed(self, code: str, message: str) -> None:
        """There is no clip."""
        self._say(failed=message[:1000], code=code)

    def _say(self, **told: Any) -> None:
        self._out.write(json.dumps(told) + "\n")
        self._out.flush()


def main() -> None:
    """Serve requests until standard input closes; the first failure is the end as well."""
    teller = Teller()
    _die_first()
    inbox: queue.SimpleQueue[Told] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(inbox,), daemon=True).start()
    machine, request, target = inbox.get()
    with _device_alone(machine.device):
        while _is_made(machine, request, target, teller):
            machine, request, target = inbox.get()
    sys.exit(1)


def _is_made(machine: Machine, request: LocalRequest, target: Path, teller: Teller) -> bool:
    try:
        _generate(machine, request, target, teller)
    except CannotGenerate as error:
        teller.failed(error.code, str(error))
        return False
    except ImportError as error:
        teller.failed("not_installed", f"{_libraries(machine)}: {error}")
        return False
    return True


def _generate(machine: Machine, request: LocalRequest, target: Path, teller: Teller) -> None:
    teller.progress(0.01)
    # Seconds of imports, which only this process pays for.
    from video_foundry.adapters.models.local import generation  # noqa: PLC0415

    unfinished = target.with_suffix(".part.mp4")
    generation.generate(machine, request, unfinished, teller.progress)
    unfinished.replace(target)
    teller.done()


def _libraries(machine: Machine) -> str:
    return f"the libraries for local models cannot be imported by {machine.python}"


def _receive(inbox: "queue.SimpleQueue[Told]") -> NoReturn:
    """Hand on what comes in. When nobody can say anything any more, nobody waits either."""
    lines = (line.rstrip("\n") for line in sys.stdin)
    for machine in lines:
        request, target = next(lines, ""), next(lines, "")
        if target:
            inbox.put((Machine.from_json(machine), LocalRequest.from_json(request), Path(target)))
    os._exit(3)


def _die_first() -> None:
    """When memory runs out the kernel is to take this process, not the worker or the database."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    os.nice(5)


@contextlib.contextmanager
def _device_alone(device: str) -> Iterator[None]:
    """Wait until no other process of this user generates on the device, and hold it."""
    import fcntl  # noqa: PLC0415 - not on every platform; the worker never gets here

    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all").replace("/", "_")[:50]
    name = f"video-foundry-{os.getuid()}-{device}-{visible}.lock"
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    lock = os.open(Path(tempfile.gettempdir()) / name, flags, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


if __name__ == "__main__":
    main()
