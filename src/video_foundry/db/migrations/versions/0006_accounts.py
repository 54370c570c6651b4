"""Stored accounts at providers, how accounts stand, and which one a job was sent with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("provider", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("key_end", sa.String(4), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=True),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("provider", "name", name="uq_accounts_provider"),
    )
    op.create_table(
        "account_states",
        sa.Column("provider", sa.String(100), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("halt_code", sa.String(60), nullable=True),
        sa.Column("halt_message", sa.Text(), nullable=True),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halted_key", sa.String(16), nullable=True),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("test_outcome", sa.String(20), nullable=True),
        sa.Column("test_message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("provider", "account", name="pk_account_states"),
    )
    for table in ("jobs", "generations"):
        op.add_column(table, sa.Column("account", sa.String(36), nullable=True))


def downgrade() -> None:
    for table in ("generations", "jobs"):
        op.drop_column(table, "account")
    for table in ("account_states", "accounts"):
        op.drop_table(table)
