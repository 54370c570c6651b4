"""The contract of every model adapter, held by a local model at work."""

import pytest
from tests.local_models.shots import Ask

from video_foundry.adapters.models.local.adapter import LocalModel
from video_foundry.core.catalogue import ModelEntry
from video_foundry.ports.video_model import Submission, VideoModelInterface
from video_foundry.testing.model_contract import ModelContract


class TestLocalModel(ModelContract):
    """With Wan, the quickest of them; what the families differ in is tested beside this."""

    longest_generation = 300.0

    @pytest.fixture
    def adapter(
        self, entries: dict[str, ModelEntry], environment: dict[str, str]
    ) -> VideoModelInterface:
        return LocalModel(entries["local-wan"], environment)

    @pytest.fixture
    def submission(self, ask: Ask) -> Submission:
        return ask("local-wan")
