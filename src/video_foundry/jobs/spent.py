"""What was paid for a generation, in its job's row, so that what a render cost stays true: also
where it was bought once more on purpose (what it had cost before is kept in the job's payload), and
where its result was lost. What is bought is decided elsewhere."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from video_foundry.core.money import Money
from video_foundry.db.tables import JobRow

_SPENT = "spent"
"""In a job's payload: an exact decimal as text, in the job's currency."""


def with_spent(job: JobRow) -> dict[str, Any]:
    """A job's payload for buying it once more: what was paid so far stays in the books."""
    if job.cost_amount is None:
        return job.payload
    return {**job.payload, _SPENT: f"{job.cost_amount:f}"}


def without_spent(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload for another job that does the same work, whose books begin anew."""
    return {name: told for name, told in payload.items() if name != _SPENT}


def spent_before(job: JobRow) -> Decimal:
    """What was paid for a job before it was bought once more; 0 for nothing."""
    return Decimal(job.payload.get(_SPENT, "0"))


def paid(job: JobRow, cost: Money | None) -> dict[str, Any]:
    """What a job's row is told of its cost, with what it had cost before it was bought once more;
    nothing where nobody knows it."""
    if cost is None:
        return {}
    return {"cost_amount": cost.amount + spent_before(job), "cost_currency": cost.currency}
