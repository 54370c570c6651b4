"""The common part of adapters that speak HTTP to one account of one provider: how they are made,
how pictures get into a request, and which cancels they remember."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.wire.checks import good, try_key
from video_foundry.adapters.models.wire.http import Client, Dialect, Timeouts, Wire
from video_foundry.adapters.models.wire.pictures import Picture, read_picture
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import ModelEntry
from video_foundry.ports.accounts import Account, AccountCheck
from video_foundry.ports.video_model import Submission, VideoModelInterface

REMEMBERED_CANCELS = 1000

C = TypeVar("C", bound=Client)
T = TypeVar("T")


class HttpModel(VideoModelInterface, Generic[C]):
    """One model of a catalogue, at one account. Subclasses name their `dialect` and `client_type`,
    and those that take pictures `image_limit`, the bytes of the largest.

    entry: the model's catalogue entry, whose `wire` is what the provider calls things. account: the
    environment's where none is given.
    """

    dialect: ClassVar[Dialect]
    client_type: type[C]
    wire_type: ClassVar[type[Wire]] = Wire
    ask_seconds: ClassVar[float] = Timeouts.ask
    image_limit: ClassVar[int] = 0
    check_path: ClassVar[str | None] = None
    """A GET that needs the key and costs nothing; None where there is none."""

    def __init__(
        self,
        entry: ModelEntry,
        account: Account | None = None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.entry = entry
        self.wire = self.wire_type(
            self.dialect,
            account or account_of(entry.provider, entry.env_key, title=self.dialect.title),
            timeouts=timeouts or Timeouts(create=entry.submit_timeout, ask=self.ask_seconds),
        )
        self._client = self._open()
        # Only a courtesy, which a restart may lose: some forget what was cancelled.
        self._cancelled: deque[str] = deque(maxlen=REMEMBERED_CANCELS)

    async def aclose(self) -> None:
        """Release connections."""
        await self.wire.aclose()

    async def check_account(self) -> AccountCheck:
        """Try the account's key without spending anything."""
        if self.check_path is None:
            words = f"{self.dialect.title} offers nothing that is sure to be free"
            return AccountCheck(outcome="untestable", message=f"cannot be tested for free: {words}")
        return await try_key(self.wire, self.check_path, self._judged)

    def _judged(self, answer: Answer) -> AccountCheck:
        """What the answer at `check_path` says; adapters that learn more from it say more."""
        return good(self.dialect.title)

    def _open(self) -> C:
        """The provider's calls, over the wire."""
        return self.client_type(self.wire)

    # --- pictures ------------------------------------------------------------------------------

    async def _pictures(self, submission: Submission, form: Callable[[Picture], T]) -> dict[str, T]:
        """Every reference picture in the form that a request takes. Raises Rejected."""
        return {
            name: await self._picture(path, name, form)
            for name, path in submission.references.items()
        }

    async def _addresses(
        self, submission: Submission, upload: Callable[[Picture], Awaitable[str]], *, longest: int
    ) -> dict[str, str]:
        """Every reference picture as an address: a data: URI of at most `longest` characters, else
        where `upload` put it. Raises Rejected and Unavailable."""
        addresses = {}
        for name, path in submission.references.items():
            picture = await self._picture(path, name, _with_data_uri)
            fits = len(picture.data_uri) <= longest
            addresses[name] = picture.data_uri if fits else await upload(picture)
        return addresses

    async def _picture(self, path: Path, name: str, form: Callable[[Picture], T]) -> T:
        """A picture of at most `image_limit` bytes, read and formed off the loop."""
        return await asyncio.to_thread(self._formed, path, name, form)

    def _formed(self, path: Path, name: str, form: Callable[[Picture], T]) -> T:
        title, what = self.dialect.title, name.replace("_", " ")
        return form(read_picture(path, title=title, limit=self.image_limit, what=what))


def as_it_is(picture: Picture) -> Picture:
    """For requests that are formed elsewhere."""
    return picture


def as_data_uri(picture: Picture) -> str:
    """For requests that take the whole picture as an address."""
    return picture.data_uri


def _with_data_uri(picture: Picture) -> Picture:
    """The same, its long text made already."""
    _ = picture.data_uri
    return picture
