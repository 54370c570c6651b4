"""What `make test` installs by itself: what is missing, once, without starting anything; and what
it says where it may not. A tiny machine with an apt-get that writes down what it was asked for."""

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
[ -e "{root}/usr/sbin/policy-rc.d" ] || echo "services may start" >> "{root}/apt.log"
[ -e "{root}/offline" ] && exit 100
case "$*" in update*) exit 0 ;; esac
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
        for name in ("sh", "rm", "chmod", "mkdir", "true"):
            (root / "bin" / name).symlink_to(shutil.which(name) or f"/bin/{name}")
        self.command("apt-get", APT)

    def command(self, name: str, script: str) -> None:
        """Put a command on the PATH."""
        path = self.root / "bin" / name
        path.write_text(script.format(root=self.root))
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
    assert not (tmp_path / "usr" / "sbin" / "policy-rc.d").exists()


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
    policy = machine.root / "usr" / "sbin" / "policy-rc.d"
    policy.write_text("its own")
    machine.ensure()
    assert policy.read_text() == "its own"
    policy.unlink()


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
