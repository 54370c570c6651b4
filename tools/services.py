"""The programs that tests need beside Python packages: a browser, PostgreSQL, RabbitMQ and Redis.

Finds out which are missing, and installs them from Debian's packages where that needs no password,
unless the environment says not to. Starts nothing, and leaves nothing that would start at the next
boot: tests start private ones themselves.
"""

import os
import shlex
import shutil
import signal
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
    patterns, which begin below the root folder.
    """

    name: str
    package: str
    commands: Sequence[str] = ()
    files: Sequence[str] = ()

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
    ),
    Program(
        "RabbitMQ",
        "rabbitmq-server",
        # its own start script; what is on the PATH insists on being a system service
        files=("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",),
    ),
    Program("Redis", "redis-server", commands=("redis-server", "valkey-server")),
)
BROWSER = Program("Chromium", "chromium", commands=check.BROWSERS)

# Packages may start a service as they are installed, unless a file of this name says no. Ours says
# no while this script runs, and yes where it was left by one that could not end.
#
# They also have services start at each boot, and so do packages that they need: what was not
# enabled before is not enabled after, however the installing ended. Where it could not be learnt
# what was enabled, all is left as it is.
AS_ROOT = """
set -f
policy={policy}
ours=
enabled() {{
  command -v systemctl > /dev/null || return 0
  systemctl list-unit-files --state=enabled --no-legend --no-pager |
    while read -r unit state; do echo "$unit"; done
}}
tidy() {{
  [ -z "$before" ] || for unit in $(enabled); do
    case " $before " in *" $unit "*) ;; *) systemctl disable --quiet "$unit" || true ;; esac
  done
  [ -z "$ours" ] || rm -f "$policy"
}}
before=$(echo $(enabled))
trap tidy EXIT
trap 'exit 130' HUP INT TERM
if [ ! -e "$policy" ] || grep -q '^# of make test' "$policy"; then
  ours=1
  {{
    echo '#!/bin/sh'
    echo '# of make test'
    echo "kill -0 $$ 2> /dev/null && exit 101"
    echo 'exit 0'
  }} > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq -o Acquire::Retries=3
apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 {packages}
"""


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
    """Install the packages of `missing`, said first; a failure is said too, and the caller looks
    again. Raises KeyboardInterrupt."""
    names = ", ".join(program.name for program in missing)
    packages = shlex.join(program.package for program in missing)
    print(
        f"==> installing for the tests, as root: {names} (apt-get install {packages}). "
        f"To leave that out: {SKIP}=1",
        flush=True,
    )
    policy = shlex.quote(str(root / "usr/sbin/policy-rc.d"))
    script = AS_ROOT.format(policy=policy, packages=packages)
    status = to_its_end([*as_root, "sh", "-ec", script])
    if status:
        print(f"    apt-get ended with {status}", flush=True)


def to_its_end(command: Sequence[str]) -> int:
    """Run a command that ends by itself when somebody interrupts, and let it put away what it laid
    out: `subprocess.run` would kill it. Raises KeyboardInterrupt when it has ended."""
    interrupts: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
    try:
        status = subprocess.Popen(command, stdin=subprocess.DEVNULL).wait()
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupts:
        raise KeyboardInterrupt
    return status
