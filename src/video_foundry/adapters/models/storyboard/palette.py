"""Palettes: the light of the hour, tinted by the land and bent by the chosen style. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from video_foundry.adapters.models.storyboard.colour import Rgb, mix, rgb, shifted
from video_foundry.adapters.models.storyboard.reading import Brief


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of one shot, from far to near, and how surfaces are finished.

    sky: four colours from the top down to the horizon. glow: sun, moon or lamp. haze, mid, near:
    layers by distance. accent: signs, windows, interface. text and scrim: the slate.
    is_dark: the picture is mostly dark. wash: layers fade out downwards like ink.
    cut: layers are sheets of paper with shadows. rim: colour of lit edges, None for none.
    """

    sky: tuple[Rgb, Rgb, Rgb, Rgb]
    glow: Rgb
    haze: Rgb
    mid: Rgb
    near: Rgb
    accent: Rgb
    second: Rgb
    text: Rgb = (255, 255, 255)
    scrim: Rgb = (0, 0, 0)
    is_dark: bool = False
    wash: bool = False
    cut: bool = False
    rim: Rgb | None = None
    texture: float = 0.0

    def layer(self, nearness: float) -> Rgb:
        """Colour of a layer at `nearness` 0 (horizon) .. 1 (foreground)."""
        if nearness < 0.5:
            return mix(self.haze, self.mid, nearness * 2)
        return mix(self.mid, self.near, nearness * 2 - 1)


def _palette(sky: str, haze: str, mid: str, near: str, glow: str, accents: str, dark: int) -> Palette:
    one, two, three, four = (rgb(code) for code in sky.split())
    accent, second = (rgb(code) for code in accents.split())
    return Palette(
        sky=(one, two, three, four),
        glow=rgb(glow),
        haze=rgb(haze),
        mid=rgb(mid),
        near=rgb(near),
        accent=accent,
        second=second,
        is_dark=bool(dark),
    )


LIGHTS: Mapping[str, Palette] = {
    "dawn": _palette(
        "#41508a #a384b0 #f3b096 #ffe6bf", "#eabfae", "#7c6391", "#211f3d", "#fff3d6", "#ffd08a #ff8f7a", 0
    ),
    "day": _palette(
        "#2a78bd #6fb2df #b9deea #f2f3e4", "#bfdbe2", "#4c8796", "#12303b", "#fffdf0", "#ffcf5c #ff7d5a", 0
    ),
    "golden": _palette(
        "#3b5688 #c98f78 #f6bd74 #ffe9b4", "#f0bd83", "#a3573f", "#27121c", "#fff4cf", "#ffd27a #ff8a4c", 0
    ),
    "dusk": _palette(
        "#171b42 #50306f #c14f70 #ffa168", "#b3587e", "#572a63", "#110b25", "#ffd9a0", "#ffb35c #ff5d7d", 1
    ),
    "night": _palette(
        "#050a1d #0b1d40 #173c66 #33698c", "#2b577e", "#13304f", "#040a16", "#e9f1ff", "#ffcf7a #7fd0ff", 1
    ),
    "neon": _palette(
        "#0a0522 #260b4f #6b1477 #e03a8c", "#71309f", "#2d115c", "#070319", "#ffb3f0", "#38e8ff #ff3fa4", 1
    ),
    "overcast": _palette(
        "#76858f #9eaab0 #c3c9c8 #dcd9d0", "#b6bdbd", "#64747b", "#1b2327", "#fbf8ee", "#f0c987 #c9664f", 0
    ),
    "storm": _palette(
        "#10161d #24313c #475964 #75847f", "#586a71", "#293941", "#090e12", "#e4eef0", "#ffd9a0 #8fd3e8", 1
    ),
}  # fmt: skip

_LAND_TINTS: Mapping[str, tuple[Rgb, float]] = {
    "desert": (rgb("#cf7b41"), 0.55),
    "snow": (rgb("#cfe0ec"), 0.55),
    "forest": (rgb("#3d7550"), 0.42),
    "field": (rgb("#7f9a4a"), 0.40),
}


def palette_for(brief: Brief, style: str, turn: float) -> Palette:
    """The palette of a shot; `turn` (radians, small) sets one seed's hues apart from another's."""
    base = LIGHTS["dusk" if style == "dusk" else "neon" if style == "neon" else brief.light]
    if brief.scene in ("landscape", "forest", "road") and style not in ("ink", "neon"):
        base = _on_land(base, brief.land)
    base = _turned(base, turn)
    if style == "ink":
        return _ink(base)
    if style == "paper":
        return _paper(base)
    if style == "neon" or brief.light == "neon":
        return replace(base, rim=base.accent)
    return base


def _on_land(palette: Palette, land: str) -> Palette:
    if land not in _LAND_TINTS:
        return palette
    tint, share = _LAND_TINTS[land]
    if palette.is_dark:
        tint = shifted(tint, light=0.42, chroma=0.7)
        share *= 0.7
    near = mix(palette.near, shifted(tint, light=0.38), share * 0.6)
    return replace(
        palette,
        haze=mix(palette.haze, tint, share * 0.35),
        mid=mix(palette.mid, tint, share),
        near=near if land != "snow" else mix(palette.near, shifted(tint, light=0.5), share * 0.5),
    )


def _turned(palette: Palette, turn: float) -> Palette:
    one, two, three, four = (shifted(colour, turn=turn) for colour in palette.sky)
    return replace(
        palette,
        sky=(one, two, three, four),
        haze=shifted(palette.haze, turn=turn),
        mid=shifted(palette.mid, turn=turn),
        near=shifted(palette.near, turn=turn),
    )


def _ink(base: Palette) -> Palette:
    """Washes of black ink on warm paper, with one red."""
    paper, ink = rgb("#efe8da"), rgb("#1d1b1a")
    grey = 0.16 if base.is_dark else 0.0
    return Palette(
        sky=(
            mix(paper, ink, 0.20 + grey),
            mix(paper, ink, 0.09 + grey * 0.8),
            mix(paper, ink, 0.02 + grey * 0.5),
            paper,
        ),
        glow=rgb("#c5402c"),
        haze=mix(paper, ink, 0.22 + grey * 0.4),
        mid=mix(paper, ink, 0.58),
        near=ink,
        accent=rgb("#c5402c"),
        second=mix(paper, ink, 0.4),
        text=ink,
        scrim=paper,
        wash=True,
        texture=0.06,
    )


def _paper(base: Palette) -> Palette:
    """Cut paper: the same hues, lighter and softer, each layer a sheet."""
    soft = 1.18 if base.is_dark else 1.04
    one, two, three, four = (shifted(c, light=soft, chroma=0.85) for c in base.sky)
    return replace(
        base,
        sky=(one, two, three, four),
        haze=shifted(base.haze, light=soft, chroma=0.95),
        mid=shifted(base.mid, light=1.12, chroma=1.05),
        near=shifted(base.near, light=1.25, chroma=1.1),
        cut=True,
        texture=0.05,
    )
