"""The common part of adapters that speak HTTP to one account of one provider."""

from typing import ClassVar

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.wire.http import Dialect, Timeouts, Wire
from video_foundry.core.catalogue import ModelEntry
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import VideoModelInterface


class HttpModel(VideoModelInterface):
    """One model of a catalogue, at one account. Subclasses name their `dialect`.

    entry: the model's catalogue entry, whose `wire` is what the provider calls things. account: the
    environment's where none is given.
    """

    dialect: ClassVar[Dialect]

    def __init__(
        self,
        entry: ModelEntry,
        account: Account | None = None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.entry = entry
        self.wire = Wire(
            self.dialect,
            account or account_of(entry.provider, entry.env_key, title=self.dialect.title),
            timeouts=timeouts or Timeouts(create=entry.submit_timeout),
        )

    async def aclose(self) -> None:
        """Release connections."""
        await self.wire.aclose()
