#!/bin/sh
# Run a command with the project's own Python if it is there, else with the newest Python >= 3.11
# on this machine: `sh tools/python.sh -m tools.setup`. Set PYTHON to choose one yourself.
set -eu

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -z "${PYTHON:-}" ] && is_new_enough .venv/bin/python; then
    exec .venv/bin/python "$@"
fi

for candidate in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
        exec "$candidate" "$@"
    fi
done

found=$(python3 --version 2>/dev/null || echo "no python3 at all")
cat >&2 <<EOF
Video Foundry needs Python 3.11 or newer; this machine has: $found.
  Debian 12+, Ubuntu 24.04+:  apt-get install python3 python3-venv
  macOS:                      brew install python
If it stands outside the PATH, name it:  make setup PYTHON=/path/to/python3.12
EOF
exit 1
