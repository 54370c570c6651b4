"""The titles that come ready made: for each a look, a place, and how it comes and goes. Data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from video_foundry.core.item_animation import ItemAnimation
from video_foundry.core.placement import Placement
from video_foundry.core.title_style import TitleStyle


def _f(hundredths: float) -> Fraction:
    """So many hundredths."""
    return Fraction(str(hundredths)) / 100


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A ready-made title. label: for people. use: what it is for, in a sentence. sample: shown."""

    name: str
    label: str
    use: str
    sample: str
    style: TitleStyle
    placement: Placement = field(default_factory=Placement)
    animate_in: ItemAnimation | None = None
    animate_out: ItemAnimation | None = None


_FADE_IN = ItemAnimation(kind="fade", seconds=_f(40))
_FADE_OUT = ItemAnimation(kind="fade", seconds=_f(40), easing="ease-in")
_SOFT: Mapping[str, Any] = {"shadow_opacity": _f(75), "shadow_blur": _f(18), "shadow_y": _f(4)}
"""A shadow that keeps thin white letters legible over a white picture."""

_ALL = (
    Preset(
        name="title",
        label="Title",
        use="The name of the film or of a chapter; a second line is smaller.",
        sample="The Long Way Home\nA film in four seasons",
        style=TitleStyle(
            font="Montserrat",
            size=_f(11),
            weight=800,
            line_height=_f(112),
            letter_spacing=_f(-1),
            rest_scale=_f(42),
            rest_gap=_f(16),
            rest_weight=600,
            outline_width=_f(1.5),
            **_SOFT,
        ),
        placement=Placement(anchor="center"),
        animate_in=ItemAnimation(kind="slide-up", seconds=_f(70)),
        animate_out=_FADE_OUT,
    ),
    Preset(
        name="subtitle",
        label="Second title",
        use="A quieter line, in the lower half of the picture.",
        sample="Three years later",
        style=TitleStyle(
            font="Montserrat", size=_f(5.4), weight=600, letter_spacing=_f(2), **_SOFT
        ),
        placement=Placement(anchor="center", y=_f(18)),
        animate_in=ItemAnimation(kind="fade", seconds=_f(60)),
        animate_out=_FADE_OUT,
    ),
    Preset(
        name="lower-third",
        label="Lower third",
        use="Who is speaking: the name, and on the second line the role.",
        sample="Amara Okafor\nMarine biologist",
        style=TitleStyle(
            size=_f(5.4),
            weight=700,
            align="start",
            line_height=_f(122),
            max_width=_f(62),
            box_color="#10141c",
            box_opacity=_f(82),
            box_padding_x=_f(65),
            box_padding_y=_f(38),
            box_radius=_f(10),
            bar_width=_f(14),
            rest_scale=_f(68),
            rest_weight=400,
            rest_color="#d7dde8",
        ),
        placement=Placement(anchor="bottom-left"),
        animate_in=ItemAnimation(kind="reveal-right", seconds=_f(50)),
        animate_out=_FADE_OUT,
    ),
    Preset(
        name="caption",
        label="Caption",
        use="What is being said; outlined, so that it is legible over anything.",
        sample="We never found out who had\nleft the light on.",
        style=TitleStyle(
            size=_f(5.2),
            weight=600,
            max_width=_f(80),
            max_height=_f(34),
            outline_width=_f(12),
            shadow_opacity=_f(60),
            shadow_blur=_f(10),
        ),
        placement=Placement(anchor="bottom"),
    ),
    Preset(
        name="caption-box",
        label="Caption on a box",
        use="What is being said, on a dark box: the most legible there is.",
        sample="We never found out who had\nleft the light on.",
        style=TitleStyle(
            size=_f(4.9),
            weight=500,
            max_width=_f(80),
            max_height=_f(34),
            box_opacity=_f(78),
            box_padding_x=_f(50),
            box_padding_y=_f(22),
            box_radius=_f(16),
        ),
        placement=Placement(anchor="bottom"),
    ),
    Preset(
        name="quote",
        label="Quote",
        use="Somebody's words, and on a line of its own who said them.",
        sample="“Every cut is a promise that the next shot has to keep.”\nAn old editor",
        style=TitleStyle(
            font="Playfair Display",
            size=_f(7),
            weight=600,
            italic=True,
            line_height=_f(128),
            max_width=_f(76),
            box_color="#0b0e14",
            box_opacity=_f(64),
            box_padding_x=_f(90),
            box_padding_y=_f(65),
            box_radius=_f(30),
            rest_scale=_f(58),
            rest_weight=500,
            rest_color="#e6d9b8",
            rest_gap=_f(28),
        ),
        placement=Placement(anchor="center"),
        animate_in=ItemAnimation(kind="fade", seconds=_f(90)),
        animate_out=ItemAnimation(kind="fade", seconds=_f(60), easing="ease-in"),
    ),
    Preset(
        name="headline",
        label="Headline",
        use="News and facts: strong letters on a coloured box.",
        sample="Breaking: tide turns early",
        style=TitleStyle(
            font="Oswald",
            size=_f(7.6),
            weight=600,
            align="start",
            line_height=_f(125),
            color="#141414",
            box_color="#ffd23f",
            box_opacity=_f(100),
            box_padding_x=_f(45),
            box_padding_y=_f(10),
            box_radius=_f(6),
            rest_scale=_f(60),
            rest_weight=500,
        ),
        placement=Placement(anchor="bottom-left"),
        animate_in=ItemAnimation(kind="reveal-right", seconds=_f(45)),
        animate_out=_FADE_OUT,
    ),
    Preset(
        name="end-card",
        label="End card",
        use="The last words: large, with smaller lines below.",
        sample="THANKS FOR WATCHING\nNew films every Friday",
        style=TitleStyle(
            font="Bebas Neue",
            size=_f(17),
            weight=400,
            line_height=_f(108),
            letter_spacing=_f(3),
            rest_scale=_f(34),
            rest_gap=_f(6),
            outline_width=_f(1),
            **_SOFT,
        ),
        placement=Placement(anchor="center"),
        animate_in=ItemAnimation(kind="fade", seconds=_f(80)),
        animate_out=ItemAnimation(kind="fade", seconds=_f(80), easing="ease-in"),
    ),
    Preset(
        name="note",
        label="Handwritten note",
        use="An aside, as if written on the picture.",
        sample="my first bike!",
        style=TitleStyle(
            font="Caveat",
            size=_f(10),
            weight=700,
            line_height=_f(105),
            outline_width=_f(3),
            **_SOFT,
        ),
        placement=Placement(anchor="top-right", margin_x=_f(9), margin_y=_f(11)),
        animate_in=ItemAnimation(kind="pop", seconds=_f(40)),
        animate_out=_FADE_OUT,
    ),
    Preset(
        name="code",
        label="Code",
        use="A command or a few lines of code, in letters of even width.",
        sample="make setup\nvideo-foundry serve",
        style=TitleStyle(
            font="JetBrains Mono",
            size=_f(4.6),
            weight=500,
            align="left",
            line_height=_f(145),
            color="#e6edf3",
            box_color="#0d1117",
            box_opacity=_f(92),
            box_padding_x=_f(110),
            box_padding_y=_f(80),
            box_radius=_f(50),
        ),
        placement=Placement(anchor="center"),
        animate_in=_FADE_IN,
        animate_out=_FADE_OUT,
    ),
    Preset(
        name="watermark",
        label="Watermark",
        use="A small, quiet name in a corner, over the whole film.",
        sample="video.example",
        style=TitleStyle(
            font="Montserrat",
            size=_f(3.4),
            weight=600,
            opacity=_f(72),
            letter_spacing=_f(3),
            shadow_opacity=_f(70),
            shadow_blur=_f(16),
        ),
        placement=Placement(anchor="top-right"),
    ),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({preset.name: preset for preset in _ALL})
"""Every ready-made title, by name."""

DEFAULT_PRESET = "title"
