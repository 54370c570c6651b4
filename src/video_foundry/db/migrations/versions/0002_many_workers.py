"""Turns between projects, priorities, when an artifact was last needed, sizes beyond 2 GiB."""

import sqlalchemy as sa
from alembic import op

from video_foundry.db.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEW_INDEXES = {
    "ix_jobs_claim": ["kind", "state", "stamp"],
    "ix_jobs_owner": ["lease_owner"],
    "ix_jobs_project": ["project_id", "kind", "stamp"],
    "ix_jobs_stamp": ["kind", "stamp"],
    "ix_jobs_base": ["base_fingerprint", "state"],
    "ix_jobs_slots": ["model", "state"],
    "ix_jobs_segment": ["segment_id"],
}
WAITING = {
    "ix_jobs_waiting": ["kind", "run_after"],
    "ix_jobs_turn": ["kind", "model", "stamp"],
}
"""Of queued jobs alone."""


def upgrade() -> None:
    with op.batch_alter_table("artifacts") as batch_op:
        batch_op.add_column(sa.Column("last_used_at", UtcDateTime(), nullable=True))
        batch_op.alter_column(
            "size", existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False
        )
    op.add_column("jobs", sa.Column("base_fingerprint", sa.String(64), nullable=True))
    op.add_column("jobs", _priority())
    op.add_column("jobs", sa.Column("stamp", sa.Float(53), nullable=False, server_default="0"))
    op.drop_index("ix_jobs_claim", table_name="jobs")
    for name, columns in NEW_INDEXES.items():
        op.create_index(name, "jobs", columns)
    queued = sa.text("state = 'queued'")
    for name, columns in WAITING.items():
        op.create_index(name, "jobs", columns, sqlite_where=queued, postgresql_where=queued)
    op.create_index("ix_projects_recent", "projects", ["updated_at", "id"])
    for table in ("generations", "compositions"):
        op.create_index(f"ix_{table}_digest", table, ["digest"])
    op.add_column("render_jobs", _priority())
    _leave_room("SET (fillfactor = 80)")


def downgrade() -> None:
    _leave_room("RESET (fillfactor)")
    op.drop_column("render_jobs", "priority")
    op.drop_index("ix_projects_recent", table_name="projects")
    for table in ("generations", "compositions"):
        op.drop_index(f"ix_{table}_digest", table_name=table)
    for name in (*NEW_INDEXES, *WAITING):
        op.drop_index(name, table_name="jobs")
    op.create_index("ix_jobs_claim", "jobs", ["kind", "state", "run_after", "created_at"])
    for name in ("stamp", "priority", "base_fingerprint"):
        op.drop_column("jobs", name)
    with op.batch_alter_table("artifacts") as batch_op:
        batch_op.alter_column(
            "size", existing_type=sa.BigInteger(), type_=sa.Integer(), existing_nullable=False
        )
        batch_op.drop_column("last_used_at")


def _priority() -> sa.Column[str]:
    return sa.Column("priority", sa.String(10), nullable=False, server_default="normal")


def _leave_room(how: str) -> None:
    """In PostgreSQL, pages of jobs are left with room for new versions of their rows."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE jobs {how}")
