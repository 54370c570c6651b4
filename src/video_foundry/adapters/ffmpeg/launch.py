"""Starts one child process so that it cannot outlive or outgrow us; never runs inside the server.

Run by path, not imported: `python -I -S launch.py PARENT_PID MEMORY OUTPUT COMMAND...`. It asks the
kernel to kill it when the parent dies, sets the limits, and turns itself into COMMAND.
"""

import ctypes
import os
import resource
import sys

PR_SET_PDEATHSIG = 1
SIGKILL = 9  # from `signal` it would take longer to import than all of this to run
PARENT_GONE = 3


def die_with_parent(parent: int) -> None:
    """Have the kernel send SIGKILL when the parent ends, however it ends (Linux only)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel was asked
        sys.exit(PARENT_GONE)


def limit(kind: int, amount: int) -> None:
    """Lower one soft and hard limit to `amount` bytes; 0 leaves it, and a lower one stays."""
    _, hard = resource.getrlimit(kind)
    if amount and (hard == resource.RLIM_INFINITY or amount < hard):
        resource.setrlimit(kind, (amount, amount))


def main(arguments: list[str]) -> None:
    """Apply everything and become the command."""
    parent, memory, output, *command = arguments
    die_with_parent(int(parent))
    if sys.platform == "linux":  # other kernels refuse an address-space limit
        limit(resource.RLIMIT_AS, int(memory))
    limit(resource.RLIMIT_FSIZE, int(output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(command[0], command)  # noqa: S606  an argument list of ours, and no shell


if __name__ == "__main__":
    main(sys.argv[1:])
