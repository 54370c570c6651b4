"""Several outputs of a project and a render; how many seconds of picture a render has to encode."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.add_column("projects", sa.Column("outputs", JSON, nullable=True))
    for name in ("seconds_total", "seconds_left"):
        op.add_column("render_jobs", sa.Column(name, sa.Float(53), nullable=True))
    # What an older version has under way makes the main film alone, which is the first output.
    outputs = sa.Column("outputs", sa.Integer(), nullable=False, server_default="1")
    op.add_column("render_steps", outputs)
    op.create_table(
        "render_outputs",
        sa.Column("render_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["render_id"],
            ["render_jobs.id"],
            name="fk_render_outputs_render_id_render_jobs",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("render_id", "position", name="pk_render_outputs"),
    )


def downgrade() -> None:
    op.drop_table("render_outputs")
    op.drop_column("render_steps", "outputs")
    for name in ("seconds_left", "seconds_total"):
        op.drop_column("render_jobs", name)
    op.drop_column("projects", "outputs")
