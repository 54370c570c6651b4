"""The port to the models as a whole: which there are, whether they can be used, their adapters."""

from typing import Protocol

from video_foundry.core.catalogue import Catalogue, ModelEntry
from video_foundry.ports.video_model import VideoModelInterface


class ModelDirectory(Protocol):
    """Looks models up for the services and workers."""

    @property
    def catalogue(self) -> Catalogue:
        """All models."""

    def unavailable(self, entry: ModelEntry) -> str | None:
        """Why a model cannot be used now, with what to do about it; None when it can."""

    def adapter(self, model_id: str) -> VideoModelInterface:
        """The one shared adapter instance of a model. Raises NotFound."""
