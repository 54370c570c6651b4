"""Transitions, effects and sound of segments; texts, captions, images and sounds beside them; films
made of many small steps."""

import sqlalchemy as sa
from alembic import op

from video_foundry.db.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    for name in ("transition", "effects", "sound"):
        op.add_column("segments", sa.Column(name, JSON, nullable=True))
    for column in (
        sa.Column("clip_key", sa.String(64), nullable=True),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("frames", sa.Integer(), nullable=True),
        sa.Column("value", JSON, nullable=True),
    ):
        op.add_column("compositions", column)
    op.create_index("ix_compositions_clip_key", "compositions", ["clip_key"])
    _create_items()
    _create_steps()
    op.drop_index("ix_render_segments_step_fingerprint", table_name="render_segments")
    for name in ("start_seconds", "frames", "step_fingerprint", "step_job_id", "step_digest"):
        op.drop_column("render_segments", name)
    op.drop_index("ix_render_jobs_master_fingerprint", table_name="render_jobs")
    for name in ("master_fingerprint", "master_job_id"):
        op.drop_column("render_jobs", name)
    op.add_column("render_jobs", sa.Column("composition", JSON, nullable=True))
    # Steps of the old kind cannot be carried out any more. Nothing is lost: the renders that
    # waited for them are moved on by the workers, and composing costs no money.
    op.execute(
        "UPDATE jobs SET state = 'cancelled', lease_owner = NULL, lease_until = NULL, "
        "finished_at = updated_at, error_code = 'upgraded', "
        "error_message = 'composed anew by a newer version' "
        "WHERE kind = 'compose' AND state NOT IN ('succeeded', 'failed', 'cancelled')"
    )


def downgrade() -> None:
    op.drop_column("render_jobs", "composition")
    for name, length in (("master_fingerprint", 64), ("master_job_id", 36)):
        op.add_column("render_jobs", sa.Column(name, sa.String(length), nullable=True))
    op.create_index("ix_render_jobs_master_fingerprint", "render_jobs", ["master_fingerprint"])
    for column in (
        sa.Column("start_seconds", sa.String(40), nullable=True),
        sa.Column("frames", sa.Integer(), nullable=True),
        sa.Column("step_fingerprint", sa.String(64), nullable=True),
        sa.Column("step_job_id", sa.String(36), nullable=True),
        sa.Column("step_digest", sa.String(64), nullable=True),
    ):
        op.add_column("render_segments", column)
    op.create_index("ix_render_segments_step_fingerprint", "render_segments", ["step_fingerprint"])
    op.drop_table("render_steps")
    op.drop_table("items")
    op.drop_index("ix_compositions_clip_key", table_name="compositions")
    for name in ("value", "frames", "first", "clip_key"):
        op.drop_column("compositions", name)
    for name in ("sound", "effects", "transition"):
        op.drop_column("segments", name)


def _create_items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("project_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("media_id", sa.String(36), nullable=True),
        sa.Column("segment_id", sa.String(36), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_items_project_id_projects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_items_media_id_media"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name="fk_items_segment_id_segments", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.UniqueConstraint("project_id", "position", name="uq_items_project_id"),
    )
    op.create_index("ix_items_segment_id", "items", ["segment_id"])


def _create_steps() -> None:
    op.create_table(
        "render_steps",
        sa.Column("render_id", sa.String(36), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(53), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.String(36), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["render_id"],
            ["render_jobs.id"],
            name="fk_render_steps_render_id_render_jobs",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("render_id", "fingerprint", name="pk_render_steps"),
    )
    op.create_index("ix_render_steps_fingerprint", "render_steps", ["fingerprint"])
