"""The child process that mixes, measures and encodes sound; run as a folder, by its path.

A JSON request a line on standard input, one after the other; for each, JSON lines on standard
output, the last of them with "ok", or "refused" or "failed" and a clause for people.
"""

import json
import os
import select
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

# One thread: the work is shared between processes, and each idle thread would cost memory.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from video_foundry.adapters.ffmpeg.sound.child.dsp import tasks
else:  # started by its path, this folder stands first among those that modules are looked up in
    tasks = import_module("dsp.tasks")

IDLE_SECONDS = 120
"""How long to wait for another request: an idle server need not hold the memory of this process."""


def requests() -> Iterator[dict[str, Any]]:
    """What is asked, until nothing comes for some time or nobody is there to ask."""
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            return
        yield json.loads(line)


def own_output() -> TextIO:
    """Standard output for the answers alone: whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def main() -> None:
    """Do one thing after the other."""
    answers = own_output()

    def say(request: dict[str, Any], message: dict[str, Any]) -> None:
        answers.write(json.dumps({"number": request["number"]} | message) + "\n")
        answers.flush()

    for request in requests():

        def report(done: float, request: dict[str, Any] = request) -> None:
            say(request, {"progress": done})

        answer: dict[str, Any]
        try:
            answer = {"ok": tasks.TASKS[request["task"]](request, report)}
        except tasks.REFUSALS as refusal:
            answer = {"refused": str(refusal)}
        except MemoryError:
            answer = {"failed": "working on the sound takes more memory than is allowed"}
        except OSError as error:
            answer = {"refused": f"the sound cannot be read or written ({error.strerror})"}
        say(request, answer)


if __name__ == "__main__":
    main()
