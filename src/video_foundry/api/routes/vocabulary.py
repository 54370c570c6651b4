"""The catalogues that timelines and outputs are made from, each as the core has it."""

from dataclasses import fields
from fractions import Fraction
from typing import Any, get_args

from fastapi import APIRouter

from video_foundry.api.problems import documented
from video_foundry.api.schemas.preview import MOST_DIGESTS
from video_foundry.api.schemas.vocabulary import (
    AnimatedLimits,
    AnimationEntry,
    CodecEntry,
    FamilyEntry,
    PlaceEntry,
    PresetEntry,
    SizeEntry,
    TransitionEntry,
    Vocabulary,
)
from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.easing import EASINGS
from video_foundry.core.fonts import FAMILIES, FontFamily
from video_foundry.core.item_animation import ItemAnimation
from video_foundry.core.output_presets import SIZES
from video_foundry.core.outputs import (
    FASTEST_ANIMATED,
    LONGEST_ANIMATED,
    MOST_OUTPUTS,
    MOST_PICTURES,
    WIDEST_ANIMATED,
)
from video_foundry.core.placement import Placement
from video_foundry.core.profile import FORMATS, POSSIBLE_ENCODERS, Quality
from video_foundry.core.title_presets import PRESETS, Preset
from video_foundry.core.title_style import ALIGNMENTS, TitleStyle
from video_foundry.core.transitions import CATALOGUE, TransitionKind

router = APIRouter(prefix="/api", tags=["items"], responses=documented(400, 503))


@router.get("/vocabulary")
async def vocabulary() -> Vocabulary:
    """Transitions, easings, fonts, presets of texts and animations; sizes, codecs and limits of
    outputs."""
    return Vocabulary(**_of_timelines(), **_of_outputs(), previews=MOST_DIGESTS)


def _of_timelines() -> dict[str, Any]:
    return {
        "transitions": [_transition(one) for one in CATALOGUE],
        "easings": list(EASINGS),
        "families": [_family(one) for one in FAMILIES.values()],
        "alignments": list(ALIGNMENTS),
        "presets": [_preset(one) for one in PRESETS.values()],
        "animations": dict(ANIMATIONS),
    }


def _transition(one: TransitionKind) -> TransitionEntry:
    return TransitionEntry(
        name=one.name,
        label=one.label,
        family=one.family,
        description=one.description,
        duration=float(one.seconds),
        easing=one.easing,
    )


def _family(one: FontFamily) -> FamilyEntry:
    return FamilyEntry(
        name=one.name,
        kind=one.kind,
        weights=list(one.weights),
        italic=one.italic is not None,
        scripts=list(one.scripts),
    )


def _preset(one: Preset) -> PresetEntry:
    return PresetEntry(
        name=one.name,
        label=one.label,
        use=one.use,
        sample=one.sample,
        style=_style(one.style),
        placement=_place(one.placement),
        animate_in=_animation(one.animate_in),
        animate_out=_animation(one.animate_out),
    )


def _style(style: TitleStyle) -> dict[str, Any]:
    told = {entry.name: getattr(style, entry.name) for entry in fields(style)}
    return {k: float(v) if isinstance(v, Fraction) else v for k, v in told.items()}


def _place(one: Placement) -> PlaceEntry:
    return PlaceEntry(anchor=one.anchor, x=float(one.x), y=float(one.y))


def _animation(one: ItemAnimation | None) -> AnimationEntry | None:
    if one is None:
        return None
    return AnimationEntry(kind=one.kind, seconds=float(one.seconds), easing=one.easing)


def _of_outputs() -> dict[str, Any]:
    return {
        "sizes": [SizeEntry.model_validate(one) for one in SIZES],
        "codecs": [
            CodecEntry(
                name=name,
                label=made.title,
                container=made.container,
                content_type=made.content_type,
                encoders=list(POSSIBLE_ENCODERS[name]),
            )
            for name, made in FORMATS.items()
        ],
        "qualities": list(get_args(Quality)),
        "animated": AnimatedLimits(
            width=WIDEST_ANIMATED,
            fps=FASTEST_ANIMATED,
            seconds=float(LONGEST_ANIMATED),
            pictures=MOST_PICTURES,
        ),
        "outputs": MOST_OUTPUTS,
    }
