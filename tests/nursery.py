"""Processes of ours that begin with every module read already: copies of one that has read them.

Reading modules takes a process one to two seconds of processor time, and what is to be tested
begins only after that. Each copy is a process of its own, with a process group, an environment, a
working directory and a log of its own, and dies like any other. What it does, and when it is
killed, stands elsewhere; the first start of each kind is the real command's.
"""

import asyncio
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

READ_BEFORE = (
    "asyncpg",
    "httpx2",
    "uvicorn",
    "video_foundry.api.app",
    "video_foundry.bootstrap",
    "video_foundry.cli",
    "video_foundry.commands.serve",
    "video_foundry.commands.worker",
    "video_foundry.commands.working",
)
"""Modules; what is missing here is read by each process for itself, as plug-ins must be: they look
at the environment when they are read."""
ANSWER_SECONDS = 300.0
"""The first answer comes once all modules are read, which takes its time on a very busy machine."""
KEPT = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
"""Variables that modules may see while they are read; each process has its own later."""
COMMAND = Path(sys.executable).with_name("video-foundry")


# --- the side of whoever wants a process ----------------------------------------------------------


@dataclass(kw_only=True)
class Foster:
    """A process that the nursery started; the part of subprocess.Popen that is needed."""

    pid: int
    returncode: int | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def ended(self, status: int) -> None:
        """Note how it ended."""
        self.returncode = status
        self._ended.set()

    def poll(self) -> int | None:
        """Its exit status, minus the signal that killed it; None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        if not self._ended.wait(timeout) or self.returncode is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
        return self.returncode

    def outcome(self, timeout: float) -> int:
        """Its exit status; kill it and all it started when it takes longer. Raises
        subprocess.TimeoutExpired."""
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            raise

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)


class Nursery:
    """Starts processes. One at a time asks; any thread may."""

    def __init__(self, root: Path) -> None:
        self._turn = threading.Lock()
        self._born: dict[int, Foster] = {}
        self._answers: list[Foster] = []
        self._real: set[str] = set()
        self._answered = threading.Condition()
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=root,
            env={**kept, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, name="nursery", daemon=True)
        self._reader.start()

    def run(
        self, words: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float = 240.0
    ) -> subprocess.CompletedProcess[str]:
        """`video-foundry` with these words, at its end; the first of each command is the real one.

        Raises subprocess.TimeoutExpired, and RuntimeError when the nursery has died.
        """
        with TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            if words[0] in self._real:
                code = self.start(words, cwd=cwd, env=env, log=out, errors=err).outcome(timeout)
            else:
                self._real.add(words[0])
                with out.open("wb") as said, err.open("wb") as told:
                    code = subprocess.run(
                        [COMMAND, *words],
                        cwd=cwd,
                        env=env,
                        timeout=timeout,
                        stdin=subprocess.DEVNULL,
                        stdout=said,
                        stderr=told,
                        check=False,
                    ).returncode
            return subprocess.CompletedProcess(words, code, out.read_text(), err.read_text())

    def start(
        self,
        words: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: Path,
        errors: Path | None = None,
    ) -> Foster:
        """Start `video-foundry` with these words. errors: takes what goes to standard error, None
        for the log as well. Raises RuntimeError when the nursery has died."""
        wanted = {
            "words": list(words),
            "cwd": str(cwd),
            "env": dict(env),
            "log": str(log),
            "errors": str(errors or log),
        }
        with self._turn:
            if self._process.stdin is None:
                raise RuntimeError("the nursery takes no orders")
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
            with self._answered:
                if not self._answered.wait_for(lambda: self._answers, timeout=ANSWER_SECONDS):
                    raise RuntimeError("the nursery does not answer")
                return self._answers.pop()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            told = json.loads(line)
            with self._answered:
                if "born" in told:
                    born = self._born[told["born"]] = Foster(pid=told["born"])
                    self._answers.append(born)  # which may have ended before it is looked at
                    self._answered.notify_all()
                else:
                    self._born.pop(told["ended"]).ended(told["status"])

    def processor_seconds(self) -> float:
        """Of itself and of all it started that has ended."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, stat[11:15])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End it; whoever it started lives on."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=60)
        self._reader.join(timeout=60)
        if self._process.stdout is not None:
            self._process.stdout.close()


# --- the nursery itself ---------------------------------------------------------------------------


def main() -> None:
    """Read the modules, then start whatever a line on standard input asks for, until its end."""
    for name in READ_BEFORE:
        importlib.import_module(name)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing)
    selector = DefaultSelector()
    selector.register(0, EVENT_READ)
    selector.register(reading, EVENT_READ)
    orders = b""
    while True:
        for key, _ in selector.select():
            found = os.read(key.fd, 1 << 20)
            if key.fd == reading:
                _bury()
                continue
            if not found:
                return
            *whole, orders = (orders + found).split(b"\n")
            for order in whole:
                _tell(born=_fork(json.loads(order), selector))


def _bury() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _tell(ended=pid, status=os.waitstatus_to_exitcode(status))


def _tell(**words: int) -> None:
    os.write(1, json.dumps(words).encode() + b"\n")


def _fork(order: dict[str, Any], selector: DefaultSelector) -> int:
    pid = os.fork()
    if not pid:
        selector.close()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)
        _live(order)
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)  # whoever is first; a kill of the group must never miss it
    return pid


def _live(order: dict[str, Any]) -> NoReturn:
    """Become the process that was asked for; never returns into the nursery."""
    status = 1
    try:
        _move_in(order)
        status = _work(order["words"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _move_in(order: dict[str, Any]) -> None:
    log, errors = (
        os.open(order[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for name in ("log", "errors")
    )
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (errors, 2)):
        os.dup2(source, target)
    os.closerange(3, 64)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [place for place in places if place]


def _work(words: Sequence[str]) -> int:
    """What the command would do; a worker without becoming another program first, which would read
    everything anew."""
    try:
        if words[0] == "worker":
            return _be_worker(dict(zip(words[1::2], words[2::2], strict=True)))
        sys.argv = ["video-foundry", *words]
        importlib.import_module("video_foundry.cli").main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _be_worker(options: Mapping[str, str]) -> int:
    worker = importlib.import_module("video_foundry.commands.worker")
    working = importlib.import_module("video_foundry.commands.working")
    outcome = importlib.import_module("video_foundry.commands.outcome")
    load = importlib.import_module("video_foundry.settings").load_settings
    settings = load(
        generate_concurrency=int(options["--generate"]),
        compose_concurrency=int(options["--compose"]),
        worker_port=int(options["--port"]),
    )
    with outcome.told():
        status: int = asyncio.run(working.work(worker._plain(settings)))
        return status


if __name__ == "__main__":
    main()
