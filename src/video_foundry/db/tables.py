"""The tables. Two memories are kept apart: fingerprint -> artifact (`generations`, `compositions`)
and digest -> bytes (`artifacts` and the blob store). Paid results belong to no project."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from video_foundry.core.jobs import TERMINAL, JobState

_OPEN_JOB = "state NOT IN ({})".format(", ".join(f"'{s.value}'" for s in sorted(TERMINAL)))


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times must carry a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """An exact amount, stored as text where the database would round it (SQLite). Whatever the
    database makes of its end, it is read without zeros there."""

    impl = String(40)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(20, 8))
        return dialect.type_descriptor(String(40))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return f"{value:f}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        whole, _, part = f"{Decimal(value):f}".partition(".")
        part = part.rstrip("0")
        return Decimal(f"{whole}.{part}" if part else whole)


class Base(DeclarativeBase):
    """Declarative base; JSON columns hold plain values without floats that matter."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute
        datetime: UtcDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[dict[str, Any]]: JSON(none_as_null=True),
        Decimal: ExactDecimal,
    }


class ProjectRow(Base):
    """One video. revision rises with every edit; event_seq with every event.

    settings: of the main film. outputs: what else is made, as `core.outputs.read_outputs` takes it.
    """

    __tablename__ = "projects"
    __table_args__ = (Index("ix_projects_recent", "updated_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    settings: Mapped[dict[str, Any]]
    outputs: Mapped[list[dict[str, Any]] | None]
    revision: Mapped[int] = mapped_column(default=1)
    event_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SegmentRow(Base):
    """One clip of the timeline. request/-fingerprint: the canonical request as of the last edit.

    transition: into the next segment. effects, sound: what is done to its picture and its sound.
    chosen_for: the base fingerprint the chosen take was chosen under; the choice holds only while
    the segment still asks for the same (a pinned take holds always). also_asks: what the segment
    asks for beside, as of the last edit: see `db.segment_asks`.
    """

    __tablename__ = "segments"
    __table_args__ = (UniqueConstraint("project_id", "order_index"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    order_index: Mapped[int]
    prompt: Mapped[str] = mapped_column(Text, default="")
    model_params: Mapped[dict[str, Any]]
    media_id: Mapped[str | None] = mapped_column(ForeignKey("media.id"))
    trim: Mapped[dict[str, Any] | None]
    transition: Mapped[dict[str, Any] | None]
    effects: Mapped[dict[str, Any] | None]
    sound: Mapped[dict[str, Any] | None]
    fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    also_asks: Mapped[list[dict[str, Any]] | None]
    chosen_take_id: Mapped[str | None] = mapped_column(String(36))
    chosen_for: Mapped[str | None] = mapped_column(String(64))
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SegmentAskRow(Base):
    """A request that a segment asks for beside its own, to be found by what it asks for. What it is
    for stands in `segments.also_asks`. fingerprint: without its variation."""

    __tablename__ = "segment_asks"

    segment_id: Mapped[str] = mapped_column(
        ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True
    )
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class ItemRow(Base):
    """What lies on the timeline beside its segments: a text, captions, an image or a sound.

    position: the order among a project's items; what is later lies on top. data: all that is said
    of it, as `core` writes it. segment_id: what it is tied to, and goes with.
    """

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("project_id", "position"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    media_id: Mapped[str | None] = mapped_column(ForeignKey("media.id"))
    segment_id: Mapped[str | None] = mapped_column(
        ForeignKey("segments.id", ondelete="CASCADE"), index=True
    )
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class MediaRow(Base):
    """An uploaded file: own footage or a reference image."""

    __tablename__ = "media"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("artifacts.digest"), index=True)
    filename: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]


class ArtifactRow(Base):
    """Bytes with meaning, under the digest of their content. facts: what a probe found.

    is_rebuildable: True for what composing can make again; paid clips and uploads never are.
    last_used_at: when it was last needed, to the hour; None for "when it was made".
    """

    __tablename__ = "artifacts"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(String(80))
    facts: Mapped[dict[str, Any]]
    thumbnail_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    is_rebuildable: Mapped[bool] = mapped_column(Boolean)
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class GenerationRow(Base):
    """The memory of paid work: the clip that answered a request. Never deleted.

    account: that knows provider_job_id; None for the environment's.
    """

    __tablename__ = "generations"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    base_fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    request: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(ForeignKey("artifacts.digest"), index=True)
    makes: Mapped[str] = mapped_column(String(10), default="video", server_default="video")
    provider_job_id: Mapped[str | None] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(String(36))
    cost_amount: Mapped[Decimal | None]
    cost_currency: Mapped[str | None] = mapped_column(String(3))
    created_at: Mapped[datetime]


class TakeRow(Base):
    """One result filed under a segment: numbered from 1, never deleted by an edit."""

    __tablename__ = "takes"
    __table_args__ = (
        UniqueConstraint("segment_id", "fingerprint"),
        UniqueConstraint("segment_id", "number", name="uq_takes_number"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"))
    number: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(ForeignKey("generations.fingerprint"))
    created_at: Mapped[datetime]


class CompositionRow(Base):
    """The memory of composing: step fingerprint -> artifact. May be dropped and rebuilt.

    clip_key, first, frames: of a clip's picture, which frames of it there are, for films that show
    some of them. value: what planning must know of the artifact, such as how loud it is.
    """

    __tablename__ = "compositions"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(ForeignKey("artifacts.digest"), index=True)
    clip_key: Mapped[str | None] = mapped_column(String(64), index=True)
    first: Mapped[int | None]
    frames: Mapped[int | None]
    value: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


def _index_of_waiting(name: str, *columns: str, also: str = "") -> Index:
    """An index of queued jobs alone: those under way and ended ones cost nothing in it."""
    waiting = text(f"state = '{JobState.QUEUED}'" + (f" AND {also}" if also else ""))
    return Index(name, *columns, sqlite_where=waiting, postgresql_where=waiting)


class JobRow(Base):
    """One unit of work. Only the lease holder (owner and epoch) may write while it is leased.

    is_standalone: somebody asked for this take by itself, so no cancelled render takes it along.
    base_fingerprint: of a generation, what any segment that asks for some variation of it asks for.
    stamp: whose turn it is, smallest first (see core.fairness).
    has_stand_in: somebody who waits for it asks another model where it is refused, so it is not to
    wait for money. stand_ins: what is asked for then, for those who asked for it by itself; see
    `jobs.chains`.
    account: that it was last sent with, or is being sent with; None for the environment's.
    price_*: what it may cost by its list. cost_*: what it was billed, maybe in another currency.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "uq_jobs_open_fingerprint",
            "fingerprint",
            unique=True,
            sqlite_where=text(_OPEN_JOB),
            postgresql_where=text(_OPEN_JOB),
        ),
        Index("ix_jobs_claim", "kind", "state", "stamp"),
        Index("ix_jobs_owner", "lease_owner"),
        Index("ix_jobs_project", "project_id", "kind", "stamp"),
        Index("ix_jobs_stamp", "kind", "stamp"),
        Index("ix_jobs_base", "base_fingerprint", "state"),
        Index("ix_jobs_slots", "model", "state"),
        Index("ix_jobs_fingerprint", "fingerprint", "created_at"),
        Index("ix_jobs_segment", "segment_id"),
        _index_of_waiting("ix_jobs_waiting", "kind", "run_after"),
        _index_of_waiting("ix_jobs_turn", "kind", "model", "stamp"),
        _index_of_waiting("ix_jobs_stand_in", "kind", "model", "stamp", also="has_stand_in"),
        # Leases are renewed every few seconds: with room in its page a new version of a row needs
        # no new entry in any index.
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str] = mapped_column(String(64))
    base_fingerprint: Mapped[str | None] = mapped_column(String(64))
    project_id: Mapped[str | None] = mapped_column(String(36))
    segment_id: Mapped[str | None] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(20))
    payload: Mapped[dict[str, Any]]
    model: Mapped[str | None] = mapped_column(String(200))
    priority: Mapped[str] = mapped_column(String(10), default="normal", server_default="normal")
    stamp: Mapped[float] = mapped_column(Float(53), default=0.0, server_default="0")
    run_after: Mapped[datetime]
    lease_owner: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None]
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    deaths: Mapped[int] = mapped_column(Integer, default=0)
    account: Mapped[str | None] = mapped_column(String(36))
    submit_key: Mapped[str | None] = mapped_column(String(64))
    submit_started_at: Mapped[datetime | None]
    settle_until: Mapped[datetime | None]
    provider_job_id: Mapped[str | None] = mapped_column(Text)
    deadline: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(Boolean, default=False)
    is_standalone: Mapped[bool] = mapped_column(Boolean, default=False)
    has_stand_in: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    stand_ins: Mapped[list[dict[str, Any]] | None]
    result_digest: Mapped[str | None] = mapped_column(String(64))
    error_code: Mapped[str | None] = mapped_column(String(60))
    error_message: Mapped[str | None] = mapped_column(Text)
    price_low: Mapped[Decimal | None]
    price_high: Mapped[Decimal | None]
    price_known: Mapped[bool] = mapped_column(Boolean, default=False)
    price_currency: Mapped[str | None] = mapped_column(String(3))
    cost_amount: Mapped[Decimal | None]
    cost_currency: Mapped[str | None] = mapped_column(String(3))
    progress: Mapped[float | None] = mapped_column(Float)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class JobNeedRow(Base):
    """What a job that waits is made from: the results of these requests. (It stays when the wait is
    over.)"""

    __tablename__ = "job_needs"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class JobAskRow(Base):
    """A segment that somebody asked for this job by itself for: it is cancelled for that one alone
    while others want it. (It stays when the job is over.)"""

    __tablename__ = "job_asks"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    segment_id: Mapped[str] = mapped_column(String(36), primary_key=True)


class RenderRow(Base):
    """A request to carry out an accepted plan on a snapshot of the timeline.

    composition: what is done to the segments' clips and what lies beside them (see `db.films`).
    master_digest: the main film. seconds_total: of picture that it was to encode, seconds_left: by
    the steps that are not done; both None until its film can be laid out.
    """

    __tablename__ = "render_jobs"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), index=True
    )
    status: Mapped[str] = mapped_column(String(20), index=True)
    plan: Mapped[dict[str, Any]]
    plan_digest: Mapped[str] = mapped_column(String(64))
    profile: Mapped[dict[str, Any]]
    priority: Mapped[str] = mapped_column(String(10), default="normal", server_default="normal")
    segments_total: Mapped[int]
    segments_completed: Mapped[int] = mapped_column(default=0)
    segments_reused: Mapped[int]
    composition: Mapped[dict[str, Any] | None]
    master_digest: Mapped[str | None] = mapped_column(String(64))
    seconds_total: Mapped[float | None] = mapped_column(Float(53))
    seconds_left: Mapped[float | None] = mapped_column(Float(53))
    error_code: Mapped[str | None] = mapped_column(String(60))
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class RenderSegmentRow(Base):
    """One segment of a render's snapshot: the clip it uses, or the request it waits for.

    fallbacks: what is asked for where that is refused, in order: see `jobs.chains`.
    """

    __tablename__ = "render_segments"

    render_id: Mapped[str] = mapped_column(
        ForeignKey("render_jobs.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[str] = mapped_column(String(36))
    action: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    job_id: Mapped[str | None] = mapped_column(String(36))
    trim: Mapped[dict[str, Any] | None]
    asked_seconds: Mapped[str | None] = mapped_column(String(40))
    digest: Mapped[str | None] = mapped_column(String(64))
    fallbacks: Mapped[list[dict[str, Any]] | None]


class RenderAskRow(Base):
    """What a render has asked for beside the clips of its segments: pictures for them, and requests
    that were refused before others stood in."""

    __tablename__ = "render_asks"

    render_id: Mapped[str] = mapped_column(
        ForeignKey("render_jobs.id", ondelete="CASCADE"), primary_key=True
    )
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    job_id: Mapped[str | None] = mapped_column(String(36))


class RenderOutputRow(Base):
    """One output of a render, and its file as soon as it is there. spec: see `db.outputs`."""

    __tablename__ = "render_outputs"

    render_id: Mapped[str] = mapped_column(
        ForeignKey("render_jobs.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    spec: Mapped[dict[str, Any]]
    digest: Mapped[str | None] = mapped_column(String(64))


class RenderStepRow(Base):
    """One composing step that a render under way needs: the job that does it, then its artifact.

    stage: a step needs only steps of earlier ones. seconds: of picture that it encodes. outputs:
    bit N stands for the output at position N.
    """

    __tablename__ = "render_steps"

    render_id: Mapped[str] = mapped_column(
        ForeignKey("render_jobs.id", ondelete="CASCADE"), primary_key=True
    )
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    stage: Mapped[int]
    seconds: Mapped[float] = mapped_column(Float(53))
    segment: Mapped[int | None]
    outputs: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    job_id: Mapped[str | None] = mapped_column(String(36))
    digest: Mapped[str | None] = mapped_column(String(64))


class EventRow(Base):
    """A fact the UI can see, with a per-project sequence number, from 1 without gaps."""

    __tablename__ = "events"

    project_id: Mapped[str] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class OperationRow(Base):
    """An edit that a client made, as it was applied: one sent again is answered from here.

    id: made by the client. client: which window made it. body: the operation. outcome: what it did.
    revision: of the project after it; the oldest ones are let go.
    """

    __tablename__ = "operations"
    __table_args__ = (Index("ix_operations_revision", "project_id", "revision"),)

    project_id: Mapped[str] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    revision: Mapped[int]
    client: Mapped[str] = mapped_column(String(36))
    body: Mapped[dict[str, Any]]
    outcome: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class PurchaseRow(Base):
    """What a client asked for that may cost money: asked for again, it is answered from here.

    id: made by the client. body: what was asked for. outcome: the jobs that do it.
    """

    __tablename__ = "purchases"

    project_id: Mapped[str] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    body: Mapped[dict[str, Any]]
    outcome: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class AccountRow(Base):
    """An account at a provider, beside that of the environment. sealed_key: encrypted; key_end: its
    last characters, to be recognised by. position: whose turn comes first among a provider's."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("provider", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    provider: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    sealed_key: Mapped[str] = mapped_column(Text)
    key_end: Mapped[str] = mapped_column(String(4))
    base_url: Mapped[str | None] = mapped_column(Text)
    settings: Mapped[dict[str, Any]]
    position: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AccountStateRow(Base):
    """How an account stands, a stored one (by its id) or that of the environment (`default`).

    halt_*: why nothing more is sent with it (see core.accounts). test_*: what trying its key said.
    """

    __tablename__ = "account_states"

    provider: Mapped[str] = mapped_column(String(100), primary_key=True)
    account: Mapped[str] = mapped_column(String(36), primary_key=True)
    halt_code: Mapped[str | None] = mapped_column(String(60))
    halt_message: Mapped[str | None] = mapped_column(Text)
    halted_at: Mapped[datetime | None]
    halted_until: Mapped[datetime | None]
    halted_key: Mapped[str | None] = mapped_column(String(16))
    tested_at: Mapped[datetime | None]
    test_outcome: Mapped[str | None] = mapped_column(String(20))
    test_message: Mapped[str | None] = mapped_column(Text)
