"""Sizes that people render to, by the names they know them under. A catalogue to choose from: a
project keeps the size, not the name."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd


@dataclass(frozen=True, kw_only=True)
class SizePreset:
    """width, height: in pixels. ratio: as people write it. use: where it is usual."""

    name: str
    label: str
    width: int
    height: int
    use: str
    ratio: str = ""

    def __post_init__(self) -> None:
        if not self.ratio:
            by = gcd(self.width, self.height)
            object.__setattr__(self, "ratio", f"{self.width // by}:{self.height // by}")


SIZES: Sequence[SizePreset] = (
    SizePreset(name="720p", label="HD 720p", width=1280, height=720, use="YouTube, web"),
    SizePreset(name="1080p", label="Full HD 1080p", width=1920, height=1080, use="YouTube, web"),
    SizePreset(name="4k", label="4K", width=3840, height=2160, use="YouTube, television"),
    SizePreset(
        name="vertical",
        label="Vertical",
        width=1080,
        height=1920,
        use="Instagram Reels and Stories, TikTok, YouTube Shorts",
    ),
    SizePreset(name="square", label="Square", width=1080, height=1080, use="Instagram, LinkedIn"),
    SizePreset(name="portrait", label="Portrait", width=1080, height=1350, use="Instagram feed"),
    SizePreset(
        name="cinema",
        label="Cinema",
        width=2520,
        height=1080,
        use="widescreen, 2.33:1",
        ratio="21:9",
    ),
)
"""From the most usual to the least."""
