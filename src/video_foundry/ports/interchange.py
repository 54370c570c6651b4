"""The port to whatever writes a film as a timeline that other editing programs read."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # nobody else in a worker knows them
    from video_foundry.core.interchange import CutList
    from video_foundry.core.interchange_formats import Format


class TimelineWriter(Protocol):
    """Writes timelines. Blocks for as long as it writes: a second for a film of thousands of
    shots."""

    def write(self, cut: "CutList", form: "Format") -> bytes:
        """The whole file, every cut on its frame. What the format does not hold is left out, as
        `core.interchange_formats.losses` says. The film's rate is one that the format knows."""
