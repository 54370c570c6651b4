"""What every suite shares: no key and no setting of the machine reaches a test."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_this_machine() -> Iterator[None]:
    """A developer's own keys and folders must neither be spent nor change what tests see."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("VIDEO_FOUNDRY_") or name.endswith("_API_KEY"):
                patch.delenv(name)
        patch.delenv("DATABASE_URL", raising=False)
        yield
