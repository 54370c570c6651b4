"""Palettes: the light of the hour, tinted by the land and bent by the chosen style. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from video_foundry.adapters.models.storyboard.colour import Rgb, at_lightness, mix, rgb, shifted
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


def _palette(
    *, sky: str, haze: str, mid: str, near: str, glow: str, accents: str, dark: int
) -> Palette:
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
        sky="#41508a #a384b0 #f3b096 #ffe6bf",
        haze="#eabfae",
        mid="#7c6391",
        near="#211f3d",
        glow="#fff3d6",
        accents="#ffd08a #ff8f7a",
        dark=0,
    ),
    "day": _palette(
        sky="#2a78bd #6fb2df #b9deea #f2f3e4",
        haze="#bfdbe2",
        mid="#4c8796",
        near="#12303b",
        glow="#fffdf0",
        accents="#ffcf5c #ff7d5a",
        dark=0,
    ),
    "golden": _palette(
        sky="#3b5688 #c98f78 #f6bd74 #ffe9b4",
        haze="#f0bd83",
        mid="#a3573f",
        near="#27121c",
        glow="#fff4cf",
        accents="#ffd27a #ff8a4c",
        dark=0,
    ),
    "dusk": _palette(
        sky="#171b42 #50306f #c14f70 #ffa168",
        haze="#b3587e",
        mid="#572a63",
        near="#110b25",
        glow="#ffd9a0",
        accents="#ffb35c #ff5d7d",
        dark=1,
    ),
    "night": _palette(
        sky="#050a1d #0b1d40 #173c66 #33698c",
        haze="#2b577e",
        mid="#13304f",
        near="#040a16",
        glow="#e9f1ff",
        accents="#ffcf7a #7fd0ff",
        dark=1,
    ),
    "neon": _palette(
        sky="#0a0522 #260b4f #6b1477 #e03a8c",
        haze="#71309f",
        mid="#2d115c",
        near="#070319",
        glow="#ffb3f0",
        accents="#38e8ff #ff3fa4",
        dark=1,
    ),
    "overcast": _palette(
        sky="#76858f #9eaab0 #c3c9c8 #dcd9d0",
        haze="#b6bdbd",
        mid="#64747b",
        near="#1b2327",
        glow="#fbf8ee",
        accents="#f0c987 #c9664f",
        dark=0,
    ),
    "storm": _palette(
        sky="#10161d #24313c #475964 #75847f",
        haze="#586a71",
        mid="#293941",
        near="#090e12",
        glow="#e4eef0",
        accents="#ffd9a0 #8fd3e8",
        dark=1,
    ),
}

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
        tint = shifted(tint, light=0.66 if land == "snow" else 0.42, chroma=0.7)
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
    low = 0.14 if base.is_dark else 0.0
    one, two, three, four = (
        at_lightness(colour, light - low * (1 - place / 4), 1.05)
        for place, (colour, light) in enumerate(
            zip(base.sky, (0.66, 0.76, 0.85, 0.92), strict=True)
        )
    )
    return replace(
        base,
        sky=(one, two, three, four),
        glow=mix(base.glow, base.accent, 0.25),
        haze=at_lightness(base.haze, 0.78 - low, 1.15),
        mid=at_lightness(base.mid, 0.58 - low * 0.8, 1.2),
        near=at_lightness(base.near, 0.34 - low * 0.4, 1.35),
        cut=True,
        texture=0.05,
    )
