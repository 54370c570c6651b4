"""Counts what was held against what, and how far apart the worst of it was, feature by feature; and
says so as a table. Judges nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

HEAD = """\
# Films put together from pieces, against full renders

Written by `make proof`; {day}, seed {seed}.

Every film is composed piece by piece, most of them after a chain of edits of which each leaves its
pieces to the next, and then held against three things:

- **its definition**, drawn frame by frame and mixed sample by sample by another program that shares
  no code with the composer (`video_foundry.testing.full_render`, `full_mix`): the same number of
  frames, each the right one (they carry barcodes), SSIM at least 0.99 and 39 dB over brightness
  and colour, and the sound as near to the mix as one encode of it;
- **the same film made in an empty data folder**: the sound the same byte by byte, and every frame
  that comes from the same piece the same bit by bit;
- **those who forgive nothing**: FFmpeg with `-xerror -err_detect explode`, PyAV, and a reader of
  the file's boxes that finds every byte in one sample and every key frame where the index says.

The pictures are 128 x 72 pixels, which is quick but hard on an encoder: a letter or an edge is a
large part of them. Where one encode of the whole film in one go has less too, a frame may have
0.015 (or 4 dB) less than the worst of that encode within 24 frames, since groups of frames begin
elsewhere there. That is so for patterns (dissolve, blinds, checkerboard), sharp edges that move,
and letters. Clips of other sizes, ranges and depths can be brought to the profile in more than one
good way: those films need 0.97 and 30 dB.

"""


@dataclass
class Worst:
    """Of many frames: how many, the least likeness (SSIM) among them, and the least that they have
    in one encode of the whole film."""

    frames: int = 0
    like: float = 1.0
    at_once: float = 1.0

    def saw(self, like: float, at_once: float) -> None:
        """One more."""
        self.frames += 1
        self.like, self.at_once = min(self.like, like), min(self.at_once, at_once)


@dataclass
class Tally:
    """features: against the full render, by name. again: frames that were encoded twice, against
    one another; same: frames of which both films hold the same bytes. chains: of random edits that
    passed; films: how many were held against a full render; pairs: how many against a film made
    from nothing. sound: by how many dB films are nearer to (or further from) the mix than one
    encode of it, at worst."""

    features: dict[str, Worst] = field(default_factory=dict)
    again: Worst = field(default_factory=Worst)
    same: int = 0
    chains: int = 0
    failures: int = 0
    films: int = 0
    pairs: int = 0
    sound: float = 99.0
    notes: dict[str, str] = field(default_factory=dict)

    def saw(self, shows: Iterable[str], like: float, at_once: float) -> None:
        """A frame in which these features are at work."""
        for name in set(shows) or {"clips as they are"}:
            self.features.setdefault(name, Worst()).saw(like, at_once)

    def heard(self, margin: float) -> None:
        """The sound of a film."""
        self.sound = min(self.sound, margin)

    def report(self, seed: str, day: datetime) -> str:
        """All of it, with what it means, as Markdown."""
        return HEAD.format(day=f"{day:%Y-%m-%d}", seed=seed) + self.table()

    def table(self) -> str:
        """The numbers, as Markdown."""
        rows = [
            f"| {name} | {one.frames:,} | {one.like:.4f} | {one.at_once:.4f} |"
            for name, one in sorted(self.features.items())
        ]
        return "\n".join(
            [
                *(f"- {name}: {told}" for name, told in sorted(self.notes.items())),
                f"- Random chains of edits: {self.chains:,} passed, {self.failures:,} failed",
                f"- Films held against a full render: {self.films:,}",
                f"- Films held against one made from nothing: {self.pairs:,}; "
                f"{self.same:,} frames with the same bytes, {self.again.frames:,} encoded again "
                f"(SSIM {self.again.like:.4f} at worst)",
                f"- Sound, against one encode of the whole mix: {self.sound:+.2f} dB at worst",
                "",
                "| at work in the frame | frames | worst SSIM | the same in one encode |",
                "|---|---:|---:|---:|",
                *rows,
                "",
            ]
        )
