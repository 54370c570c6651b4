"""What is asked for under an id of its client's making is bought once, however often it is sent:
the second time it is answered with the jobs of the first. No use case lives here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from video_foundry.db.bulk import add_rows
from video_foundry.db.jobs import whole_jobs
from video_foundry.db.purchases import purchase_by_id
from video_foundry.db.store import Tx
from video_foundry.db.tables import JobRow, PurchaseRow
from video_foundry.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """Something that a client asks for. id: made by the client; None where it made none, and then
    nothing is recognised. body: all that decides what is bought."""

    id: str | None
    body: dict[str, Any]


async def bought_before(tx: Tx, project_id: str, purchase: Purchase) -> list[JobRow] | None:
    """The jobs that were started when this was asked for before, None where it was not. The caller
    holds the project. Raises Conflict for an id that stands for something else."""
    if purchase.id is None:
        return None
    row = await purchase_by_id(tx.session, project_id, purchase.id)
    if row is None:
        return None
    if row.body != purchase.body:
        raise Conflict(
            "something else was asked for under this id",
            field="id",
            fix="make a new id for everything that is asked for",
            code="id_taken",
        )
    jobs = await whole_jobs(tx.session, row.outcome["jobs"])
    return [jobs[one] for one in row.outcome["jobs"] if one in jobs]


async def keep_purchase(
    tx: Tx, project_id: str, purchase: Purchase, jobs: Sequence[JobRow]
) -> None:
    """Remember what was started for it, in the transaction that starts it."""
    if purchase.id is None:
        return
    row = PurchaseRow(
        project_id=project_id,
        id=purchase.id,
        body=purchase.body,
        outcome={"jobs": [job.id for job in jobs]},
        created_at=tx.now,
    )
    await add_rows(tx.session, [row])
