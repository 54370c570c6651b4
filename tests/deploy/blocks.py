"""`python3 blocks.py compose-backup`: a block of docs/deploy.md that is said to be tried, printed
for a shell to run. Nothing but the standard library."""

import re
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "deploy.md"
TRIED = re.compile(r"<!-- tried: ([\w-]+) -->\n```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """Every such block by its name."""
    return dict(TRIED.findall(DOCUMENT.read_text("utf-8")))


if __name__ == "__main__":
    sys.stdout.write(blocks()[sys.argv[1]])
