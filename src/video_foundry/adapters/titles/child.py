"""The child process that draws; the server imports neither this nor Skia.

Run as `python -I -m ... PARENT_PID MEMORY OUTPUT`: a JSON request a line on standard input, and for
each one line of JSON on standard output with "ok", or "refused" or "failed" and a clause for
people. A crash or a huge image ends this process alone.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
from typing import TYPE_CHECKING, Any

from video_foundry.adapters.titles.canvas import Refused
from video_foundry.adapters.titles.no_gl import stand_in

if TYPE_CHECKING:
    from video_foundry.adapters.titles.press import Press

IDLE_SECONDS = 120
"""How long to wait for another request: an idle server need not hold the memory of this process."""

_PR_SET_PDEATHSIG = 1


def guard(parent: int, memory: int, output: int) -> None:
    """Die with the parent, and neither take more memory nor write larger files than that."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the kernel was asked
            sys.exit(3)
        _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, output)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(kind: int, amount: int) -> None:
    """Lower one limit to so many bytes. One that is lower already, as whoever started the server
    may have set it, stays: raising it is refused."""
    _, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY or amount < hard:
        resource.setrlimit(kind, (amount, amount))


class Desk:
    """Answers requests; each of the two libraries is loaded when it is first needed."""

    def __init__(self) -> None:
        self._press: Press | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request."""
        try:
            return {
                "ok": self._image(request) if request["task"] == "image" else self._title(request)
            }
        except Refused as error:
            return {"refused": str(error)}
        except MemoryError:
            return {"failed": "it needs more memory than it may have"}
        except Exception as error:  # whatever it is, the parent must hear of it
            return {"failed": f"{type(error).__name__}: {str(error)[:200]}"}

    def _title(self, request: dict[str, Any]) -> dict[str, Any]:
        from video_foundry.adapters.titles.drawing import title  # noqa: PLC0415  as above
        from video_foundry.adapters.titles.press import Press  # noqa: PLC0415  as above

        self._press = self._press or Press()
        return title(request, self._press)

    def _image(self, request: dict[str, Any]) -> dict[str, Any]:
        from video_foundry.adapters.titles.placing import image  # noqa: PLC0415  as above

        return image(request)


def main() -> None:
    """Serve until standard input ends or nothing has been asked for a while."""
    stand_in()  # before files are limited, for this needs two small ones, if only in memory
    guard(*(int(word) for word in sys.argv[1:4]))
    desk = Desk()
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
        line = sys.stdin.readline()
        if not line:
            return
        sys.stdout.write(json.dumps(desk.answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
