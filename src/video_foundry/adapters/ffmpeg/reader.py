"""One long-lived PyAV child and the talk with it over pipes; blocks, so it belongs in a thread.

Knows nothing of media, and nothing of who lends which child to whom: that is `pool`.
"""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from video_foundry.adapters.ffmpeg.process import (
    KEPT_OUTPUT,
    environment,
    guarded,
    is_from_outside,
)

LONGEST_LINE = 4 * 1024**2
"""Bytes of one answer; a child that says more without an end of line has lost its mind."""

_CHILD = Path(__file__).with_name("pyav_child.py")
_BLOCK = 64 * 1024

Tell = Callable[[float], None]
"""Takes the fraction done; called in the thread that reads."""


class ChildRefused(Exception):
    """A child said why it cannot do what was asked; the text is a clause for people."""


class ChildFailed(ChildRefused):
    """The child itself broke: it died, ran out of memory, or answered nonsense."""


class ChildEnded(ChildFailed):
    """The child was ended, from outside or by us for want of time: the file is not to blame."""


@dataclass
class _Talk:
    """One request on its way in, and what has come back of its answer."""

    number: int
    tell: Tell
    unsent: memoryview
    rest: bytes = b""
    errors: bytearray = field(default_factory=bytearray)
    answer: dict[str, Any] | None = None

    def hear(self, block: bytes) -> None:
        """Take in output of the child. Raises ChildFailed for what is no answer to this request."""
        *lines, self.rest = (self.rest + block).split(b"\n")
        if len(self.rest) > LONGEST_LINE:
            raise ChildFailed("reading the file gave an answer without end")
        for line in lines:
            try:
                self._understand(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ChildFailed("reading the file gave an answer that makes no sense") from error

    def _understand(self, message: Mapping[str, Any]) -> None:
        if message["number"] != self.number or self.answer is not None:
            raise ValueError("an answer to another request")
        if "progress" in message:
            self.tell(min(1.0, float(message["progress"])))
        else:
            self.answer = dict(message)

    def complain(self, block: bytes) -> None:
        """Keep the first part of what the child says on standard error."""
        self.errors += block[: max(0, KEPT_OUTPUT - len(self.errors))]


class Reader:
    """A PyAV child that answers one request after the other until it is closed."""

    def __init__(self, *, memory: int, output: int) -> None:
        self.served = 0
        self._process = subprocess.Popen(
            guarded([sys.executable, "-I", str(_CHILD)], memory=memory, output=output),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment(),
            start_new_session=True,
        )
        for pipe in self._pipes():
            os.set_blocking(pipe.fileno(), False)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the child still runs; it ends by itself after some idle time."""
        return self._process.poll() is None

    def resident(self) -> int:
        """Bytes of memory that the child holds now; 0 where the kernel does not tell."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def ask(self, request: Mapping[str, Any], *, timeout: float, tell: Tell) -> dict[str, Any]:
        """Have one thing done within `timeout` seconds.

        Raises ChildRefused with the child's reason, ChildFailed with its death (ChildEnded where it
        was ended from outside), and TimeoutError.
        After any of these the child must not be used again: close it.
        """
        self.served += 1
        line = json.dumps({**request, "number": self.served}).encode() + b"\n"
        talk = _Talk(number=self.served, tell=tell, unsent=memoryview(line))
        self._exchange(talk, time.monotonic() + timeout)
        answer = talk.answer or {}
        if "failed" in answer:
            raise ChildFailed(answer["failed"])
        if "refused" in answer:
            raise ChildRefused(answer["refused"])
        if not isinstance(answer.get("ok"), dict):
            raise self._broken_off(talk)
        result: dict[str, Any] = answer["ok"]
        return result

    def kill(self) -> None:
        """End the child at once; may be called from any thread, also while another one asks."""
        self._process.kill()

    def close(self) -> None:
        """End the child, if it still runs, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes():
            pipe.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        process = self._process
        assert process.stdin and process.stdout and process.stderr  # noqa: S101  asked for above
        return process.stdin, process.stdout, process.stderr

    def _exchange(self, talk: _Talk, deadline: float) -> None:
        """Send and receive until the answer is there or the child has closed its output."""
        stdin, stdout, stderr = self._pipes()
        with selectors.DefaultSelector() as ready:
            ready.register(stdin, selectors.EVENT_WRITE, talk)
            ready.register(stdout, selectors.EVENT_READ, talk.hear)
            ready.register(stderr, selectors.EVENT_READ, talk.complain)
            while talk.answer is None and ready.get_map().get(stdout) is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                for key, _ in ready.select(left):
                    is_over = _send(stdin, talk) if key.fileobj is stdin else _receive(key)
                    if is_over:
                        ready.unregister(key.fileobj)

    def _broken_off(self, talk: _Talk) -> ChildFailed:
        death = self._death(talk)
        kind = ChildEnded if is_from_outside(self._process.returncode) else ChildFailed
        return kind(f"reading the file broke off ({death})")

    def _death(self, talk: _Talk) -> str:
        """Why the child is gone, in a few words; its output has ended."""
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "it stopped answering"
        if status < 0:
            return f"signal {-status}"
        stderr = self._pipes()[2]
        while block := stderr.read(_BLOCK):
            talk.complain(block)
        lines = talk.errors.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"status {status}"


def _send(stdin: IO[bytes], talk: _Talk) -> bool:
    """Write what the pipe takes; whether nothing is left to be sent."""
    try:
        written = os.write(stdin.fileno(), talk.unsent)
    except BlockingIOError:
        return False
    except BrokenPipeError:  # its death shows on its output
        return True
    talk.unsent = talk.unsent[written:]
    return not talk.unsent


def _receive(key: selectors.SelectorKey) -> bool:
    """Hand on what has come; whether that pipe has ended."""
    try:
        block = os.read(key.fd, _BLOCK)
    except BlockingIOError:
        return False
    key.data(block)
    return not block
