"""A private RabbitMQ node with a name server of its own, from the system's own package. It is not
joined to any other node on the machine."""

import contextlib
import secrets
import shutil
import socket
from pathlib import Path

from video_foundry.testing.stack.base import (
    LOOPBACK,
    Component,
    NotInstalled,
    free_port,
    wait_until,
)

START_SECONDS = 120.0
USER = "vf"
HELLO = b"AMQP\x00\x00\x09\x01"

# One scheduler and no busy waiting: the machine's other cores belong to what is tested. `+L` leaves
# out line numbers, which nobody reads here and which cost a second of the start.
ERLANG = (
    "-kernel inet_dist_use_interface {127,0,0,1} "
    "+S 1:1 +SDio 4 +sbwt none +sbwtdcpu none +sbwtdio none +L"
)


def _program() -> Path | None:
    """The package's own start script; the wrapper on the PATH insists on a system user."""
    found = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    return found[-1] if found else None


class RabbitMQ(Component):
    """One node with one user. Durable queues survive `kill` and `start`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.password = secrets.token_hex(12)
        self._name_port = free_port()
        self._node_port = free_port()

    @classmethod
    def require(cls) -> None:
        """Raise NotInstalled when there is no RabbitMQ here."""
        if _program() is None or shutil.which("epmd") is None:
            raise NotInstalled("RabbitMQ is not installed: apt-get install rabbitmq-server")

    @property
    def url(self) -> str:
        """The address with user and password."""
        return f"amqp://{USER}:{self.password}@{LOOPBACK}:{self.port}/"

    def start(self) -> None:
        """Start, or start again after a kill on the same data; returns when AMQP is spoken."""
        self._configure()
        # Left to itself the node starts a name server that outlives it in a session of its own;
        # a sibling in our process group goes when the group is killed. A node that is quicker than
        # its name server ends at once.
        script = (
            'epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" & for _ in $(seq 300);'
            ' do epmd -port "$ERL_EPMD_PORT" -names >/dev/null 2>&1 && break; sleep 0.1; done;'
            ' exec "$0"'
        )
        self._run(["sh", "-c", script, str(_program())], self._environment())
        wait_until(self._answers, START_SECONDS, "RabbitMQ")

    def _configure(self) -> None:
        lines = [
            f"listeners.tcp.1 = {LOOPBACK}:{self.port}",
            f"default_user = {USER}",
            f"default_pass = {self.password}",
            "vm_memory_high_watermark.absolute = 512MB",
            "disk_free_limit.absolute = 50MB",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
        ]
        (self.folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self.folder / "enabled_plugins").write_text("[].\n")

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),  # the cookie is kept there
            "RABBITMQ_NODENAME": f"vf{self.port}@localhost",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_DIST_PORT": str(self._node_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
            # With these two the script becomes the server instead of waiting for it, so that the
            # process we signal is the one that serves.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self._name_port),
            "ERL_MAX_PORTS": "4096",
        }

    def _answers(self) -> bool:
        """Whether it greets: it accepts connections a moment before it can serve them."""
        if self._process is not None and (code := self._process.poll()) is not None:
            raise RuntimeError(f"RabbitMQ ended with {code}: {self._last_words()}")
        with (
            contextlib.suppress(OSError),
            socket.create_connection((LOOPBACK, self.port), timeout=2) as connection,
        ):
            connection.settimeout(2)
            connection.sendall(HELLO)
            return connection.recv(1) == b"\x01"  # a method frame: Connection.Start
        return False
