"""What looking for damage finds and mending it works on. No use case lives here."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Self

from video_foundry.core.request import GenerationRequest
from video_foundry.db.tables import GenerationRow


@dataclass(frozen=True, kw_only=True)
class Paid:
    """A generation that a clip answers: what it cost, and where it can be asked for again.
    account: that knows the job; None for the environment's."""

    fingerprint: str
    provider: str
    model: str
    provider_job_id: str | None
    cost: Decimal | None
    currency: str | None
    account: str | None = None

    @property
    def words(self) -> str:
        """In a few words."""
        price = "an unknown price" if self.cost is None else f"{self.cost:f} {self.currency}"
        job = f", job {self.provider_job_id}" if self.provider_job_id else ""
        return f"a generation by {self.model} for {price} ({self.provider}{job})"


def paid_of(row: GenerationRow) -> Paid:
    """What a row of the memory says."""
    request = GenerationRequest.from_json(row.request)
    return Paid(
        fingerprint=row.fingerprint,
        provider=request.provider,
        model=request.model,
        provider_job_id=row.provider_job_id,
        cost=None if row.cost_amount is None else _plain(row.cost_amount),
        currency=row.cost_currency,
        account=row.account,
    )


def _plain(amount: Decimal) -> Decimal:
    """The same amount without the zeros that a database adds: two places, or those it needs."""
    cents = amount.quantize(Decimal("0.01"))
    return cents if cents == amount else amount.normalize()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be.

    kind: object_missing, size_mismatch, digest_mismatch, untracked, row_missing,
    take_without_generation or marked_rebuildable. of: take, upload, composed, kept, thumbnail or
    object. about: the artifact that a thumbnail is of. note: what was done about it, or why nothing
    could be.
    """

    kind: str
    of: str
    digest: str
    message: str
    paid: tuple[Paid, ...] = ()
    about: str | None = None
    modified: datetime | None = None
    size: int | None = None
    is_mended: bool = False
    note: str | None = None

    def mended(self, note: str) -> Self:
        """The same, put right."""
        return replace(self, is_mended=True, note=note)

    def left(self, note: str) -> Self:
        """The same, still there, with the reason."""
        return replace(self, note=note)
