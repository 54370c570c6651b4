"""The programs that tests need beside Python packages: a browser, PostgreSQL, RabbitMQ and Redis.

Finds out which are missing, and installs them from Debian's packages where that can be done without
asking anybody. Starts nothing: tests start private ones themselves.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import check

SKIP = "VIDEO_FOUNDRY_SKIP_INSTALL"
REQUIRE = "VIDEO_FOUNDRY_REQUIRE_SERVICES"


class ServicesError(Exception):
    """Something is missing that must be there; the message says what and how to get it."""


@dataclass(frozen=True)
class Program:
    """One thing to have: a name for people, Debian's package, and where it is found.

    commands: any one of them on the PATH will do; files: or any file that fits one of these
    patterns, which begin below the root folder. unit: what the package would start at boot.
    """

    name: str
    package: str
    commands: Sequence[str] = ()
    files: Sequence[str] = ()
    unit: str | None = None

    def is_there(self, root: Path) -> bool:
        """Whether this machine has it."""
        return any(map(shutil.which, self.commands)) or any(
            found for pattern in self.files for found in root.glob(pattern)
        )


SERVICES = (
    Program(
        "PostgreSQL",
        "postgresql",
        commands=("initdb",),
        files=("usr/lib/postgresql/*/bin/initdb",),  # Debian keeps it out of the PATH
        unit="postgresql",
    ),
    Program(
        "RabbitMQ",
        "rabbitmq-server",
        # its own start script; what is on the PATH insists on being a system service
        files=("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",),
        unit="rabbitmq-server",
    ),
    Program(
        "Redis", "redis-server", commands=("redis-server", "valkey-server"), unit="redis-server"
    ),
)
BROWSER = Program("Chromium", "chromium", commands=check.BROWSERS)

# Packages may start a service as they are installed, unless a file of this name says no.
AS_ROOT = """
policy={policy}
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq -o Acquire::Retries=3
apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 {packages}
"""
# Nor shall what was not wanted before run from the next boot on.
NOT_AT_BOOT = "if [ -d /run/systemd/system ]; then systemctl disable --quiet {units} || true; fi\n"


def ensure(root: Path = Path("/"), environment: Mapping[str, str] = os.environ) -> None:
    """Install what is missing, or say in one line what that leaves out.

    Raises ServicesError when something stays missing and the environment says it must not.
    """
    missing = lacking(root, environment)
    if missing:
        installer = way_to_root()
        if installer is not None and environment.get(SKIP) != "1":
            install(missing, root, installer)
            missing = lacking(root, environment)
    if not missing:
        return
    if environment.get(REQUIRE) == "1":
        raise ServicesError(told(missing))
    print(f"==> {told(missing)}", flush=True)


def lacking(root: Path, environment: Mapping[str, str]) -> list[Program]:
    """What this machine does not have, of what its tests would use."""
    wanted = [*SERVICES]
    if not (environment.get(check.BROWSER) or environment.get(check.SKIP_BROWSER) == "1"):
        wanted.append(BROWSER)
    return [program for program in wanted if not program.is_there(root)]


def told(missing: Sequence[Program]) -> str:
    """One line about what is missing."""
    names = ", ".join(program.name for program in missing)
    packages = " ".join(program.package for program in missing)
    return (
        f"not installed: {names}. Tests that need them are left out; on Debian and Ubuntu: "
        f"apt-get install {packages}"
    )


def way_to_root() -> list[str] | None:
    """The words before a command that make it root's: none for root, sudo where it asks for no
    password. None where there is no way, or no apt-get to use it for."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(
        ["sudo", "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return ["sudo", "-n"] if allowed.returncode == 0 else None


def install(missing: Sequence[Program], root: Path, as_root: Sequence[str]) -> None:
    """Install the packages of `missing`; a failure is said, and the caller looks again."""
    print(f"==> installing {', '.join(p.name for p in missing)} for the tests", flush=True)
    policy = shlex.quote(str(root / "usr/sbin/policy-rc.d"))
    script = AS_ROOT.format(policy=policy, packages=shlex.join(p.package for p in missing))
    if units := [p.unit for p in missing if p.unit]:
        script += NOT_AT_BOOT.format(units=shlex.join(units))
    outcome = subprocess.run([*as_root, "sh", "-ec", script], stdin=subprocess.DEVNULL, check=False)
    if outcome.returncode:
        print(f"    apt-get ended with {outcome.returncode}", flush=True)
