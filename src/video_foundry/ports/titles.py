"""The port to whatever draws titles and places images: full frames with a clear background, laid
over the film elsewhere.

A user's text is handed over as data alone: it is in no command line, file name or filter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from video_foundry.core.fonts import FontFamily
from video_foundry.core.profile import OutputProfile
from video_foundry.core.titles import ImageSpec, TitleSpec

BUNDLED = Path(__file__).parents[1] / "fonts"
"""Where `make setup` and the wheel put the fonts that titles are set in."""


@dataclass(frozen=True, kw_only=True)
class TitleStep:
    """Draw one title in a frame of the profile's size. label: how errors name it ("text 3")."""

    spec: TitleSpec
    profile: OutputProfile
    label: str


@dataclass(frozen=True, kw_only=True)
class ImageStep:
    """Place one image in a frame of the profile's size. source: a PNG, JPEG or WebP."""

    source: Path
    spec: ImageSpec
    profile: OutputProfile
    label: str


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What came of it. box: left, top, right, bottom of all that shows, in pixels."""

    box: tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class DrawnTitle(Drawn):
    """What came of a title.

    scale: 1, or less where the text was made smaller to fit. lines: after wrapping. missing:
    characters that no bundled font has; a hollow box stands in their place. is_word_broken: a word
    was longer than a line.
    """

    scale: float
    lines: int
    missing: str
    is_word_broken: bool


class Titler(Protocol):
    """Draws titles and places images."""

    async def title(self, step: TitleStep, target: Path) -> DrawnTitle:
        """Write the title as an RGBA PNG (straight alpha) of the profile's size.

        The same step gives the same bytes. Text that does not fit is made smaller, to half its size
        at most. Raises CompositionFailed naming the label when it does not fit even then; after
        that, and when cancelled, nothing is left behind.
        """

    async def measure(self, step: TitleStep) -> DrawnTitle:
        """What `title` would give, or raise, without writing anything."""

    async def image(self, step: ImageStep, target: Path) -> Drawn:
        """Write the image, scaled and placed, as an RGBA PNG of the profile's size.

        Raises CompositionFailed naming the label for what is no image that can be read.
        """

    def fonts(self) -> Sequence[FontFamily]:
        """The families that can be asked for. Raises PartUnavailable when a file is missing."""

    def font_digests(self, spec: TitleSpec) -> Sequence[str]:
        """SHA-256 of every font file that this title's look depends on, for its fingerprint.

        Blocks, for a fraction of a second, when a file is seen for the first time.
        """

    def missing_characters(self, text: str) -> str:
        """Those that no bundled font has, each once."""

    async def aclose(self) -> None:
        """End the process that draws. Called once, at shutdown."""
