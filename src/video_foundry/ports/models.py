"""The port to the models as a whole: which there are, whether they can be used, their adapters, and
the accounts that they can be used with."""

from collections.abc import Sequence
from typing import Protocol

from video_foundry.core.catalogue import Catalogue, ModelEntry
from video_foundry.ports.accounts import DEFAULT, AccountCheck, Provider, StoredAccount
from video_foundry.ports.video_model import VideoModelInterface


class ModelDirectory(Protocol):
    """Looks models up for the services and workers."""

    @property
    def catalogue(self) -> Catalogue:
        """All models."""

    def unavailable(self, entry: ModelEntry) -> str | None:
        """Why a model cannot be used now, with what to do about it; None when it can."""

    def adapter(self, model_id: str, account: str = DEFAULT) -> VideoModelInterface:
        """The one shared adapter of a model at an account (by id). Raises NotFound for a model that
        there is not, BadInput for one that takes no stored keys."""

    def accounts(self, entry: ModelEntry) -> Sequence[str]:
        """Ids of the accounts that a model can be used with, in the order in which they are to be
        asked. Never empty: without any, `default` says what is missing."""

    def providers(self) -> Sequence[Provider]:
        """Those that take keys, by title."""

    def know(self, accounts: Sequence[StoredAccount]) -> None:
        """These are all stored accounts, in their order, until the next call."""

    def key_of(self, provider: str, account: str) -> str:
        """The key as it is now, "" where there is none. Never to be shown. Raises BadInput for one
        that cannot be unsealed."""

    async def check_account(self, provider: str, account: str) -> AccountCheck:
        """Try a key without spending anything. Never raises for what a provider answers."""
