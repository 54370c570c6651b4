"""Queries about the operations that were applied to a project."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.given import given
from video_foundry.db.tables import OperationRow


async def operation_by_id(
    session: AsyncSession, project_id: str, operation_id: str
) -> OperationRow | None:
    """The operation of this id, if it was applied to the project and is still remembered."""
    return await session.get(OperationRow, (project_id, operation_id))


async def operations_known(
    session: AsyncSession, project_id: str, ids: Collection[str]
) -> set[str]:
    """Those of these operations that were applied to the project."""
    query = select(OperationRow.id).where(
        OperationRow.project_id == project_id, OperationRow.id.in_(given(session, ids))
    )
    return set(await session.scalars(query))


async def forget_operations(session: AsyncSession, project_id: str, before: int) -> None:
    """Let go of the operations that led to a revision below `before`."""
    await session.execute(
        delete(OperationRow)
        .where(OperationRow.project_id == project_id, OperationRow.revision < before)
        .execution_options(synchronize_session=False)
    )
