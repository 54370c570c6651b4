"""Moving segments to another model, on the wire."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from video_foundry.api.schemas.base import FieldError, In, Name, Out, PriceOut
from video_foundry.core.retarget import Moved
from video_foundry.services.retarget import MoveAction, RetargetView, SegmentMove


class RetargetBody(In):
    """Which segments go to which model."""

    to: Annotated[Name, Field(description="A name or alias from GET /api/models.")]
    segments: list[UUID] | None = Field(
        default=None,
        max_length=10_000,
        description="Ids of those to move; null for all that are generated.",
    )
    dry_run: bool = Field(
        default=False, strict=True, description="Only tell what would become of each."
    )
    partial: bool = Field(
        default=False,
        strict=True,
        description="Move those that fit and leave the others; else one that does not fit "
        "refuses the whole.",
    )


class ParameterMove(Out):
    """A parameter that does not stay. new: null when it is lost."""

    parameter: str
    old: Any
    new: Any
    reason: str

    @classmethod
    def of(cls, moved: Moved) -> Self:
        """From a value."""
        return cls(parameter=moved.parameter, old=moved.old, new=moved.new, reason=moved.reason)


class SegmentRetarget(Out):
    """What becomes of one segment. missing: what the model needs and the segment does not say.
    model_params: as the model takes them; of a segment that is refused or has media of its own, as
    they are. price_before, price_after: the list price of one generation."""

    segment_id: str
    order_index: int
    action: MoveAction
    model_params_before: dict[str, Any]
    model_params: dict[str, Any]
    kept: list[str]
    changed: list[ParameterMove]
    lost: list[ParameterMove]
    missing: list[str]
    problems: list[FieldError]
    price_before: PriceOut | None
    price_after: PriceOut | None

    @classmethod
    def of(cls, move: SegmentMove) -> Self:
        """From a use case's answer."""
        outcome = move.outcome
        moves = outcome is not None and move.action != "refused"
        return cls(
            segment_id=move.segment_id,
            order_index=move.order_index,
            action=move.action,
            model_params_before=move.params_before,
            model_params=dict(outcome.params) if outcome and moves else move.params_before,
            kept=list(outcome.kept) if outcome else [],
            changed=[ParameterMove.of(one) for one in outcome.changed] if outcome else [],
            lost=[ParameterMove.of(one) for one in outcome.lost] if outcome else [],
            missing=list(outcome.missing) if outcome else [],
            problems=[FieldError.model_validate(one) for one in move.problems],
            price_before=PriceOut.of(outcome.before) if outcome else None,
            price_after=PriceOut.of(outcome.after) if outcome else None,
        )


class Retarget(Out):
    """What was done, or with dry_run would be. revision: the project's, raised if anything moved.
    note: what the name that was given means. unavailable_reason: why the model cannot be used at
    the moment. price_before, price_after: of one generation of each segment that moves."""

    project_id: str
    revision: int
    dry_run: bool
    model: str
    note: str | None
    unavailable_reason: str | None
    segments: list[SegmentRetarget]
    price_before: PriceOut
    price_after: PriceOut

    @classmethod
    def of(cls, view: RetargetView) -> Self:
        """From a use case's answer."""
        return cls(
            project_id=view.project_id,
            revision=view.revision,
            dry_run=view.is_dry_run,
            model=view.model.id,
            note=view.note,
            unavailable_reason=view.unavailable,
            segments=[SegmentRetarget.of(move) for move in view.moves],
            price_before=PriceOut.of(view.before),
            price_after=PriceOut.of(view.after),
        )
