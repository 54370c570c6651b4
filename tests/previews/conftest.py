"""What the preview tests share: the maker itself, and a user of a server that makes them."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.api.studio import Studio

from video_foundry.adapters.ffmpeg.previews import FFmpegPreviews
from video_foundry.testing.server import serving


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FFmpegPreviews]:
    """Makes previews without a server."""
    made = FFmpegPreviews(scratch=tmp_path_factory.mktemp("scratch"))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A user of a server with the settings that hold when nobody says anything."""
    with serving(tmp_path_factory.mktemp("server") / "data") as server:
        user = Studio(server)
        yield user
        user.close()
