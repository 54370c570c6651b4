"""The port to whatever makes previews of clips and sounds for an editor (FFmpeg and NumPy here).

All paths are local files named by us. Every step is safe to repeat and gives the same bytes;
cancelling the awaiting task ends the process behind it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from video_foundry.core.previews import Proxy, Sheet, Waveform
from video_foundry.errors import CompositionFailed
from video_foundry.ports.progress import Progress


@dataclass(frozen=True, kw_only=True)
class PreviewSource:
    """A clip, image or sound. label: how errors name what is made of it."""

    path: Path
    label: str


class PreviewMaker(Protocol):
    """Makes previews, with little memory and behind everybody else who wants the processor."""

    async def sprite(self, source: PreviewSource, sheet: Sheet, target: Path) -> None:
        """Write one sheet of a filmstrip as a JPEG of `sheet.size`. Tiles past the end of the clip
        show its last frame. Raises CompositionFailed naming the label."""

    async def waveform(
        self, source: PreviewSource, waveform: Waveform, target: Path, *, is_clip: bool
    ) -> None:
        """Write the waveform file. is_clip: time begins with the first picture, not with the sound.
        Raises CompositionFailed naming the label."""

    async def proxy(
        self, source: PreviewSource, proxy: Proxy, target: Path, progress: Progress | None = None
    ) -> None:
        """Write the small copy as MP4. Raises CompositionFailed naming the label."""

    async def aclose(self) -> None:
        """End every process still held ready. Called once, at shutdown."""


class NoPreviews:
    """For an installation that is put together without a maker of previews: each step says so."""

    async def sprite(self, source: PreviewSource, sheet: Sheet, target: Path) -> None:
        """Raises CompositionFailed."""
        raise _refusal(source)

    async def waveform(
        self, source: PreviewSource, waveform: Waveform, target: Path, *, is_clip: bool
    ) -> None:
        """Raises CompositionFailed."""
        raise _refusal(source)

    async def proxy(
        self, source: PreviewSource, proxy: Proxy, target: Path, progress: Progress | None = None
    ) -> None:
        """Raises CompositionFailed."""
        raise _refusal(source)

    async def aclose(self) -> None:
        """Nothing to release."""


def _refusal(source: PreviewSource) -> CompositionFailed:
    return CompositionFailed(f"{source.label}: this installation makes no previews")
