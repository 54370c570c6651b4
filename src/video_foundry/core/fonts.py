"""The fonts that titles are set in: families, their files and weights, and the one order in which
characters look for a glyph. Reading a font is somebody else's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["sans", "serif", "display", "handwriting", "mono"]
Script = Literal["latin", "greek", "cyrillic"]

WEIGHTS = tuple(range(100, 1000, 100))
"""The weights that may be asked for; a family's nearest is taken."""


@dataclass(frozen=True, kw_only=True)
class FontFamily:
    """A family that can be asked for by name.

    files: of the upright and, where there is one, the italic letters, in the fonts folder.
    scripts: those that it writes itself, the letters of others are taken from the fonts of `chain`.
    """

    name: str
    kind: Kind
    weights: tuple[int, ...]
    scripts: tuple[Script, ...]
    upright: str
    italic: str | None = None

    def file(self, *, italic: bool) -> str:
        """The file to set it from; upright where the family has no italic."""
        return self.italic if italic and self.italic else self.upright


@dataclass(frozen=True, kw_only=True)
class Face:
    """One face of a font file. index: its place in a collection. weight: the nearest there is."""

    file: str
    weight: int
    index: int = 0


_FOUR = (400, 500, 600, 700)
_NINE = WEIGHTS
_LATIN: tuple[Script, ...] = ("latin",)
_TWO: tuple[Script, ...] = ("latin", "cyrillic")
_THREE: tuple[Script, ...] = ("latin", "greek", "cyrillic")

FAMILIES: Mapping[str, FontFamily] = MappingProxyType(
    {
        family.name: family
        for family in (
            FontFamily(
                name="Noto Sans",
                kind="sans",
                weights=_FOUR,
                scripts=_THREE,
                upright="NotoSans.ttf",
                italic="NotoSans-Italic.ttf",
            ),
            FontFamily(
                name="Montserrat",
                kind="sans",
                weights=_NINE,
                scripts=_TWO,
                upright="Montserrat.ttf",
                italic="Montserrat-Italic.ttf",
            ),
            FontFamily(
                name="Noto Serif",
                kind="serif",
                weights=_NINE,
                scripts=_THREE,
                upright="NotoSerif.ttf",
                italic="NotoSerif-Italic.ttf",
            ),
            FontFamily(
                name="Playfair Display",
                kind="serif",
                weights=(400, 500, 600, 700, 800, 900),
                scripts=_TWO,
                upright="PlayfairDisplay.ttf",
                italic="PlayfairDisplay-Italic.ttf",
            ),
            FontFamily(
                name="Bebas Neue",
                kind="display",
                weights=(400,),
                scripts=_LATIN,
                upright="BebasNeue.ttf",
            ),
            FontFamily(
                name="Oswald",
                kind="display",
                weights=(200, 300, 400, 500, 600, 700),
                scripts=_TWO,
                upright="Oswald.ttf",
            ),
            FontFamily(
                name="Caveat",
                kind="handwriting",
                weights=(400, 500, 600, 700),
                scripts=_TWO,
                upright="Caveat.ttf",
            ),
            FontFamily(
                name="JetBrains Mono",
                kind="mono",
                weights=(100, 200, 300, 400, 500, 700, 800),
                scripts=_THREE,
                upright="JetBrainsMono.ttf",
                italic="JetBrainsMono-Italic.ttf",
            ),
        )
    }
)
"""What a title may ask for, by name."""

EMOJI = "NotoColorEmoji.ttf"
CJK = "NotoSansCJK.ttc"

_SCRIPTS = (
    *("Arabic", "Hebrew", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil"),
    *("Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Myanmar", "Khmer", "Ethiopic"),
    *("Georgian", "Armenian"),
)
_SYMBOLS = "NotoSansSymbols.ttf"

_CJK_FACES = {"ja": 0, "ko": 1, "zh-Hans": 2, "zh-Hant": 3, "zh-HK": 4}
_CJK_WEIGHTS = (100, 300, 400, 500, 700, 900)
"""The collection has another one, which would be taken for neither light nor regular."""

LANGUAGES = tuple(_CJK_FACES)
"""Languages whose shared characters are drawn differently."""

FONT_FILES: tuple[str, ...] = (
    *(family.upright for family in FAMILIES.values()),
    *(family.italic for family in FAMILIES.values() if family.italic),
    *(f"NotoSans{script}.ttf" for script in _SCRIPTS),
    CJK,
    _SYMBOLS,
    EMOJI,
)
"""Every file of the fonts folder."""


def nearest(weight: int, weights: Sequence[int]) -> int:
    """The nearest of `weights`; of two that are equally near, the bolder."""
    return min(weights, key=lambda one: (abs(one - weight), -one))


def chain(font: str, *, weight: int, italic: bool, language: str) -> tuple[Face, ...]:
    """The faces in which a character of text is looked for, in order; the emoji come last.

    font: a key of FAMILIES. language: one of LANGUAGES, which decides between regional forms.
    """
    family, plain = FAMILIES[font], FAMILIES["Noto Sans"]
    scripts = nearest(weight, _FOUR)
    faces = (
        Face(file=family.file(italic=italic), weight=nearest(weight, family.weights)),
        Face(file=plain.file(italic=italic), weight=scripts),
        *(Face(file=f"NotoSans{script}.ttf", weight=scripts) for script in _SCRIPTS),
        Face(file=CJK, weight=nearest(weight, _CJK_WEIGHTS), index=_CJK_FACES[language]),
        Face(file=_SYMBOLS, weight=scripts),
        Face(file=EMOJI, weight=400),
    )
    return tuple(dict.fromkeys(faces))


def emoji_first(faces: Sequence[Face]) -> tuple[Face, ...]:
    """The same faces for a stretch of emoji."""
    return (faces[-1], *faces[:-1])
