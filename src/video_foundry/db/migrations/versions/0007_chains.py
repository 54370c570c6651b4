"""Pictures that are made for clips, and requests that stand in for others: what segments, renders
and jobs ask for beside one request each."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.add_column("segments", sa.Column("also_asks", JSON, nullable=True))
    op.add_column("render_segments", sa.Column("fallbacks", JSON, nullable=True))
    makes = sa.Column("makes", sa.String(10), nullable=False, server_default="video")
    op.add_column("generations", makes)
    _create("segment_asks", "segment_id", "segments")
    _create("job_needs", "job_id", "jobs")
    _create("render_asks", "render_id", "render_jobs", sa.Column("job_id", sa.String(36)))


def _create(table: str, owner: str, owners: str, *more: sa.Column[str]) -> None:
    op.create_table(
        table,
        sa.Column(owner, sa.String(36), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            [owner], [f"{owners}.id"], name=f"fk_{table}_{owner}_{owners}", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(owner, "fingerprint", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_fingerprint", table, ["fingerprint"])


def downgrade() -> None:
    for table in ("render_asks", "job_needs", "segment_asks"):
        op.drop_table(table)
    op.drop_column("generations", "makes")
    op.drop_column("render_segments", "fallbacks")
    op.drop_column("segments", "also_asks")
