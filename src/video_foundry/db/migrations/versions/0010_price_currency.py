"""The currency of a job's price, which may be another one than that of its bill."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("price_currency", sa.String(3), nullable=True))
    op.execute("UPDATE jobs SET price_currency = cost_currency WHERE cost_currency IS NOT NULL")


def downgrade() -> None:
    op.execute("UPDATE jobs SET cost_currency = price_currency WHERE cost_amount IS NULL")
    op.drop_column("jobs", "price_currency")
