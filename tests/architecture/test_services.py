"""What `make test` installs by itself: what is missing, once, without starting anything, now or at
the next boot; and what it says before, and where it may not. A tiny machine with an apt-get that
writes down what it was asked for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import check, services
from video_foundry.testing.stack.base import Component, NotInstalled
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.rabbitmq import RabbitMQ
from video_foundry.testing.stack.redis import Redis

APT = """#!/bin/sh
echo "$*" >> "{root}/apt.log"
if [ ! -e "{root}/usr/sbin/policy-rc.d" ] || "{root}/usr/sbin/policy-rc.d"; then
  echo "services may start" >> "{root}/apt.log"
fi
[ -e "{root}/offline" ] && exit 100
case "$*" in update*) exit 0 ;; esac
for unit in epmd.socket rabbitmq-server.service; do : > "{root}/enabled/$unit"; done
[ -e "{root}/interrupt" ] && {{ kill -INT {pid} $PPID; exec sleep 0.5; }}
for package; do
  case "$package" in
    chromium|redis-server) : > "{root}/bin/$package"; chmod 755 "{root}/bin/$package" ;;
    postgresql)
      mkdir -p "{root}/usr/lib/postgresql/17/bin"; : > "{root}/usr/lib/postgresql/17/bin/initdb" ;;
    rabbitmq-server)
      place="{root}/usr/lib/rabbitmq/lib/rabbitmq_server-4.0.5/sbin"
      mkdir -p "$place"; : > "$place/rabbitmq-server" ;;
  esac
done
[ ! -e "{root}/half" ] || exit 100
"""
SYSTEMCTL = """#!/bin/sh
case "$1" in
  list-unit-files) for file in "{root}/enabled"/*; do echo "${{file##*/}} enabled enabled"; done ;;
  disable) for unit; do rm -f "{root}/enabled/$unit"; done ;;
esac
"""
SUDO = """#!/bin/sh
[ "$1" = -n ] || exit 9
shift
[ -e "{root}/no-sudo" ] && exit 1
exec "$@"
"""


class Machine:
    """A machine with next to nothing on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment: dict[str, str] = {}
        (root / "bin").mkdir()
        (root / "usr" / "sbin").mkdir(parents=True)
        (root / "enabled").mkdir()
        (root / "enabled" / "cron.service").touch()
        for name in ("sh", "rm", "chmod", "mkdir", "true", "grep", "sleep"):
            (root / "bin" / name).symlink_to(shutil.which(name) or f"/bin/{name}")
        self.command("apt-get", APT)
        self.command("systemctl", SYSTEMCTL)

    @property
    def policy(self) -> Path:
        """What may start services while packages are installed."""
        return self.root / "usr" / "sbin" / "policy-rc.d"

    def command(self, name: str, script: str) -> None:
        """Put a command on the PATH."""
        path = self.root / "bin" / name
        path.write_text(script.format(root=self.root, pid=os.getpid()))
        path.chmod(0o755)

    def ensure(self) -> list[str]:
        """Ask for everything; returns what apt-get was asked for."""
        services.ensure(self.root, self.environment)
        log = self.root / "apt.log"
        calls = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return calls


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """One whose user is root."""
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    yield made
    assert not made.policy.exists()
    assert [unit.name for unit in (tmp_path / "enabled").iterdir()] == ["cron.service"]


def test_what_is_missing_is_installed_once_and_nothing_is_started(machine: Machine) -> None:
    update, install = machine.ensure()
    assert update.startswith("update")
    assert set(install.split()) >= {"postgresql", "rabbitmq-server", "redis-server", "chromium"}
    assert machine.ensure() == []


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    machine.ensure()
    (machine.root / "bin" / "redis-server").unlink()
    _, install = machine.ensure()
    words = set(install.split())
    assert "redis-server" in words
    assert words.isdisjoint({"postgresql", "rabbitmq-server", "chromium"})


def test_another_browser_or_none_will_do(machine: Machine) -> None:
    machine.environment[check.BROWSER] = "/opt/somewhere/chromium"
    assert "chromium" not in machine.ensure()[1].split()
    machine.environment = {check.SKIP_BROWSER: "1"}
    assert machine.ensure() == []


def test_a_machine_that_forbids_starting_services_keeps_its_own_policy(machine: Machine) -> None:
    its_own = "#!/bin/sh\nexit 101\n"
    machine.policy.write_text(its_own)
    machine.policy.chmod(0o755)
    machine.ensure()
    assert machine.policy.read_text() == its_own
    machine.policy.unlink()


def test_a_policy_that_an_install_without_an_end_left_is_taken_over(machine: Machine) -> None:
    gone = 2**22 + 1  # no process has such a number
    machine.policy.write_text(f"#!/bin/sh\n# of make test\nkill -0 {gone} && exit 101\nexit 0\n")
    assert len(machine.ensure()) == 2


def test_what_is_about_to_be_installed_is_said_first_with_the_way_to_leave_it_out(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.ensure()
    (line,) = capsys.readouterr().out.splitlines()
    assert "as root: PostgreSQL, RabbitMQ, Redis, Chromium" in line
    assert line.endswith(f"{services.SKIP}=1")
    shown = (check.ROOT / "README.md", check.ROOT / "CONTRIBUTING.md")
    assert all(f"`{services.SKIP}=1" in file.read_text() for file in shown)


def test_an_interrupt_waits_until_everything_is_put_away(machine: Machine) -> None:
    (machine.root / "interrupt").touch()
    with pytest.raises(KeyboardInterrupt):
        machine.ensure()


def test_sudo_is_used_where_it_asks_for_no_password(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.command("sudo", SUDO)
    assert len(machine.ensure()) == 2


@pytest.mark.parametrize("why", ["sudo wants a password", "no sudo", "no apt-get", "told not to"])
def test_where_nothing_may_be_installed_one_line_says_what_is_left_out(
    machine: Machine,
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if why == "told not to" else 1000)
    if why == "sudo wants a password":
        machine.command("sudo", SUDO)
        (machine.root / "no-sudo").touch()
    elif why == "no apt-get":
        (machine.root / "bin" / "apt-get").unlink()
    elif why == "told not to":
        machine.environment[services.SKIP] = "1"
    assert machine.ensure() == []
    (line,) = capsys.readouterr().out.splitlines()
    assert "PostgreSQL, RabbitMQ, Redis, Chromium" in line
    assert line.endswith("apt-get install postgresql rabbitmq-server redis-server chromium")


def test_a_failing_apt_get_is_told_and_the_rest_goes_on(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.root / "offline").touch()
    machine.ensure()
    said = capsys.readouterr().out
    assert "ended with 100" in said
    assert "left out" in said


def test_an_apt_get_that_fails_half_way_leaves_nothing_enabled(machine: Machine) -> None:
    (machine.root / "half").touch()
    machine.ensure()


def test_where_nothing_may_be_left_out_what_is_missing_is_an_error(machine: Machine) -> None:
    machine.environment[services.REQUIRE] = "1"
    (machine.root / "offline").touch()
    with pytest.raises(services.ServicesError, match="not installed: PostgreSQL"):
        machine.ensure()
    (machine.root / "offline").unlink()
    machine.ensure()


@pytest.mark.parametrize(
    ("name", "component"), [("PostgreSQL", Postgres), ("RabbitMQ", RabbitMQ), ("Redis", Redis)]
)
def test_what_counts_as_there_is_what_the_tests_can_start(
    name: str, component: type[Component]
) -> None:
    (program,) = (p for p in services.SERVICES if p.name == name)
    try:
        component.require()
        can_start = True
    except NotInstalled:
        can_start = False
    assert program.is_there(Path("/")) == can_start
