"""The model contract, run over every built-in model that needs no provider."""

from pathlib import Path

import pytest

from video_foundry.adapters.models.mock.adapter import MockLookupModel, MockModel, MockNoneModel
from video_foundry.adapters.models.storyboard.adapter import StoryboardModel
from video_foundry.ports.video_model import Submission, VideoModelInterface
from video_foundry.testing.model_contract import ModelContract


class TestMock(ModelContract):
    @pytest.fixture
    def adapter(self) -> VideoModelInterface:
        return MockModel()

    @pytest.fixture
    def submission(self, tmp_path: Path) -> Submission:
        return Submission(
            model="mock-ai",
            prompt="A lighthouse at dusk",
            params={"duration": 1.5, "latency": 0.2},
            references={},
            key="a-key",
            scratch=tmp_path,
        )


class TestMockLookup(TestMock):
    @pytest.fixture
    def adapter(self) -> VideoModelInterface:
        return MockLookupModel()


class TestMockNone(TestMock):
    @pytest.fixture
    def adapter(self) -> VideoModelInterface:
        return MockNoneModel()


class TestStoryboard(ModelContract):
    @pytest.fixture
    def adapter(self) -> VideoModelInterface:
        return StoryboardModel()

    @pytest.fixture
    def submission(self, tmp_path: Path) -> Submission:
        return Submission(
            model="storyboard",
            prompt="Portrait of a woman in golden light",
            params={"duration": 1, "aspect_ratio": "1:1"},
            references={},
            key="a-key",
            scratch=tmp_path,
        )
