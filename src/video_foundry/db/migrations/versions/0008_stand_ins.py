"""What stands in for a generation that somebody asked for by itself, and who did so."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'queued' AND has_stand_in")
SAME = """
INSERT INTO job_asks (job_id, segment_id)
SELECT id, segment_id FROM jobs
WHERE is_standalone AND segment_id IS NOT NULL
AND state NOT IN ('succeeded', 'failed', 'cancelled')
"""


def upgrade() -> None:
    no = sa.false()
    has = sa.Column[bool]("has_stand_in", sa.Boolean(), nullable=False, server_default=no)
    op.add_column("jobs", has)
    op.add_column("jobs", sa.Column("stand_ins", sa.JSON(none_as_null=True), nullable=True))
    op.create_index(
        "ix_jobs_stand_in",
        "jobs",
        ["kind", "model", "stamp"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "job_asks",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("segment_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_job_asks_job_id_jobs", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "segment_id", name="pk_job_asks"),
    )
    op.execute(SAME)


def downgrade() -> None:
    op.drop_table("job_asks")
    op.drop_index("ix_jobs_stand_in", "jobs")
    op.drop_column("jobs", "stand_ins")
    op.drop_column("jobs", "has_stand_in")
