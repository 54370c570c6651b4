"""`python -m tools.openrouter_models`: how the catalogue differs from what OpenRouter says today.

It asks the list of video models, which costs nothing; OPENROUTER_API_KEY must be set.
"""

import asyncio
import sys
import tomllib
from pathlib import Path

from video_foundry.adapters.models import openrouter
from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.openrouter.capabilities import differences
from video_foundry.adapters.models.openrouter.client import DIALECT, OpenRouterClient
from video_foundry.adapters.models.wire.http import Wire
from video_foundry.core.catalogue import ModelEntry, parse_provider
from video_foundry.errors import FoundryError


async def compare() -> list[str]:
    """Every difference, as a sentence. Raises FoundryError when OpenRouter cannot be asked."""
    entries = _entries()
    wire = Wire(DIALECT, account_of("openrouter", entries[0].env_key, title=DIALECT.title))
    try:
        return differences(entries, await OpenRouterClient(wire).models())
    finally:
        await wire.aclose()


def _entries() -> list[ModelEntry]:
    folder = Path(next(iter(openrouter.__path__)))
    return parse_provider(tomllib.loads((folder / "catalogue.toml").read_text("utf-8")))


def main() -> int:
    """Exit status: 0 for the same, 1 for differences, 2 when OpenRouter could not be asked."""
    try:
        found = asyncio.run(compare())
    except FoundryError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(found) or "The catalogue says what OpenRouter says.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
