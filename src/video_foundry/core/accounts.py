"""Which of several accounts a generation is sent with: the first in order that does not stand still
and has a place free. Decisions only; who asks, counts and writes it down is not known here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Halt:
    """Nothing more is sent with an account, because its provider spoke of money.

    code, message: the provider's words. until: when it ends by itself, None where that was not
    told. key_mark: of the key that it was said of; another key is another matter.
    """

    code: str
    message: str
    since: datetime
    until: datetime | None = None
    key_mark: str = ""

    def holds(self, now: datetime, key_mark: str) -> bool:
        """Whether it still counts, for the key that the account has now."""
        return key_mark == self.key_mark and (self.until is None or now < self.until)


@dataclass(frozen=True, kw_only=True)
class Use:
    """Send it with this account."""

    account: str


@dataclass(frozen=True)
class Full:
    """Every account that could be used has all its places taken: wait."""


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """All accounts stand still; this is the halt of the first."""

    halt: Halt


def next_account(
    order: Sequence[str], halts: Mapping[str, Halt], used: Mapping[str, int], places: int
) -> Use | Full | Stopped:
    """What to do with a generation that is to be sent now.

    order: accounts as they are to be asked, at least one. halts: those that hold. used: generations
    under way at each account, of `places` that it has.
    """
    going = [account for account in order if account not in halts]
    if not going:
        return Stopped(halt=halts[order[0]])
    free = next((account for account in going if used.get(account, 0) < places), None)
    return Full() if free is None else Use(account=free)
