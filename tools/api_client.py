"""`make client`: the web's typed API client, generated from the API's own description.

With `--check` nothing changes and a client that no longer fits the API fails. What the description
says is the product's business, how types are made from it that of web/package.json.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import node, web_ui

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
WEB = ROOT / "web"
DOCUMENT = WEB / "openapi.json"
TYPES = WEB / "src" / "api" / "schema.ts"


def main() -> int:
    """Write both files, or only compare them. Returns the exit status."""
    check = "--check" in sys.argv[1:]
    before = {file: file.read_bytes() if file.exists() else b"" for file in (DOCUMENT, TYPES)}
    try:
        generate()
        changed = [file for file, content in before.items() if file.read_bytes() != content]
    finally:
        if check:
            for file, content in before.items():
                file.write_bytes(content)
    for file in changed:
        print(f"{file.relative_to(ROOT)} {'does not fit the API' if check else 'is new'}")
    if check and changed:
        print("Make it anew with `make client` and keep the result with the change of the API.")
    return int(check and bool(changed))


def generate() -> None:
    """The description from the product, then the types from it. Raises CalledProcessError."""
    DOCUMENT.write_bytes(described())
    env = node.environment(ROOT, BIN / "python")
    web_ui.ensure_modules(WEB, env)
    subprocess.run(["npm", "run", "--silent", "api"], cwd=WEB, env=env, check=True)


def described() -> bytes:
    """The OpenAPI document as the product prints it, whatever settings this machine has."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith("VIDEO_FOUNDRY_")
    }
    with tempfile.TemporaryDirectory() as elsewhere:  # where no .env lies
        command = [str(BIN / "video-foundry"), "openapi"]
        outcome = subprocess.run(
            command, cwd=elsewhere, env=env, stdout=subprocess.PIPE, check=True
        )
    return outcome.stdout


if __name__ == "__main__":
    sys.exit(main())
