"""The generating process seen from outside: started with as little as it needs, given requests,
followed line by line, ended. Which pipelines there are and how they work is not known here."""

import asyncio
import contextlib
import json
import signal
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from video_foundry.adapters.models.local.machine import Machine, child_environment
from video_foundry.adapters.models.local.request import LocalRequest
from video_foundry.errors import GenerationFailed

Tell = Callable[[float], None]
"""Takes the share that is done, from 0 to 1."""

MAX_LINE = 1024 * 1024
LAST_WORDS = 20
"""Lines of complaint that are kept."""

_SOURCE = str(Path(__file__).resolve().parents[4])
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from video_foundry.adapters.models.local.child import main; main()"
)
"""It finds this very package, installed there or not."""


class Generator:
    """A process that generates one clip at a time and keeps its pipeline loaded in between.

    pipeline: which one it has loaded, or is about to.
    """

    def __init__(self, process: asyncio.subprocess.Process, machine: Machine) -> None:
        self.machine = machine
        self.pipeline = ""
        self._process = process
        self._said: deque[str] = deque(maxlen=LAST_WORDS)
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, machine: Machine, environment: Mapping[str, str]) -> "Generator":
        """Start one; it loads nothing yet. Raises GenerationFailed where that cannot be."""
        try:
            process = await asyncio.create_subprocess_exec(
                machine.python,
                "-EP",  # unlike -I, with packages that were installed for this user alone
                "-c",
                _PROGRAM,
                _SOURCE,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=child_environment(machine, environment),
                limit=MAX_LINE,
                # Ctrl-C in a terminal is meant for the server, which ends its work in good order.
                start_new_session=True,
            )
        except OSError as error:
            message = f"{machine.python} cannot be started: {error.strerror}"
            raise GenerationFailed(message, code="not_installed") from error
        return cls(process, machine)

    @property
    def is_alive(self) -> bool:
        """Whether it can be given another request."""
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """Its number among the machine's processes."""
        return self._process.pid

    async def generate(self, request: LocalRequest, target: Path, tell: Tell) -> None:
        """Have one clip written to `target`. Raises GenerationFailed with the reason."""
        self.pipeline = request.pipeline
        await self._send(self.machine.to_json(), request.to_json(), str(target))
        while line := await self._line():
            told = _parsed(line)
            if "progress" in told:
                tell(float(told["progress"]))
            elif "failed" in told:
                raise GenerationFailed(str(told["failed"]), code=str(told.get("code", "")) or None)
            elif "done" in told:
                return
        raise GenerationFailed(await self._why_it_ended(), code="generator_died")

    async def end(self) -> None:
        """Kill it: nothing in it is worth a farewell, and its memory is back at once."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def _send(self, *lines: str) -> None:
        if self._process.stdin is None:
            raise GenerationFailed("the generating process has no standard input")
        # A process that has died meanwhile says so when its next line is awaited.
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())
            await self._process.stdin.drain()

    async def _line(self) -> bytes:
        """Its next line, b"" when there is none any more."""
        if self._process.stdout is None:
            return b""
        try:
            return await self._process.stdout.readline()
        except ValueError:
            raise GenerationFailed("the generating process talks without end") from None

    async def _listen(self) -> None:
        """Keep its last words. Read all the time, for a full pipe would hold it up."""
        if self._process.stderr is None:
            return
        rest = b""
        while chunk := await self._process.stderr.read(65_536):
            *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
            self._said.extend(filter(None, (_plain(line) for line in lines)))
            rest = rest[-MAX_LINE:]
        self._said.extend(filter(None, [_plain(rest)]))

    async def _why_it_ended(self) -> str:
        status = await self._process.wait()
        await asyncio.gather(self._listening, return_exceptions=True)
        if status == -signal.SIGKILL:
            return (
                "the generating process was killed: this machine has probably run out of memory. "
                "Make the clip smaller or shorter, or choose smaller weights"
            )
        said = self._said[-1] if self._said else "it said nothing"
        ended = f"by signal {-status}" if status < 0 else f"with {status}"
        return f"the generating process ended {ended}: {said}"


def _plain(line: bytes) -> str:
    return line.decode(errors="replace").strip()[:300]


def _parsed(line: bytes) -> dict[str, Any]:
    """What a line tells; a line that is none of ours tells nothing."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
