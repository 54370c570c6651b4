"""Counts what was held against what, and how far apart the worst of it was, feature by feature; and
says so as a table. Judges nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from video_foundry.core.profile import OutputProfile, VideoCodec

HEAD = """\
# Films put together from pieces, against full renders

Written by `make proof`; {day}, seed {seed}.

Every film is composed piece by piece, most of them after a chain of edits of which each leaves its
pieces to the next, and then held against three things:

- **its definition**, drawn frame by frame and mixed sample by sample by another program that shares
  no code with the composer (`video_foundry.testing.full_render`, `full_mix`): the same number of
  frames, each the right one (they carry barcodes), SSIM at least 0.99 and 39 dB over brightness
  and colour, and the sound as near to the mix as one encode of it;
- **the same film made in an empty data folder**: the sound the same byte by byte, every frame that
  comes from the same piece the same bit by bit, and of those that were encoded again each SSIM at
  least 0.99 (0.98 where 45 dB and more say that it is flat: SSIM has nothing to go by there, and
  takes noise of a level or two for lost structure);
- **those who forgive nothing**: FFmpeg with `-xerror -err_detect explode`, PyAV, and a reader of
  the file's boxes that finds every byte in one sample and every key frame where the index says.

Most pictures are 128 x 72 pixels, which is quick but hard on an encoder: a letter or an edge is a
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
class Kind:
    """Films of one codec and size. films: held against a full render, and the worst of their
    frames, those that were copied from clips apart; pairs: held against one made from nothing;
    same: frames of which both hold the same bytes; again: those that were encoded twice, against
    one another; flat: those of them that are alike to the eye but, being flat, not by SSIM."""

    films: int = 0
    encoded: Worst = field(default_factory=Worst)
    copied: Worst = field(default_factory=Worst)
    pairs: int = 0
    same: int = 0
    again: Worst = field(default_factory=Worst)
    flat: int = 0


@dataclass
class Tally:
    """features: against the full render, by name. kinds: by codec, width and height. chains: of
    random edits that passed. untouched: copied frames that are bit by bit their clips'. sound: by
    how many dB films are nearer to (or further from) the mix than one encode of it, at worst.
    cancelled: kind of a step -> seconds until such ones and all their processes were over."""

    features: dict[str, Worst] = field(default_factory=dict)
    kinds: dict[tuple[VideoCodec, int, int], Kind] = field(default_factory=dict)
    chains: int = 0
    failures: int = 0
    untouched: int = 0
    sound: float = 99.0
    cancelled: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def kind(self, profile: OutputProfile) -> Kind:
        """Films like this one."""
        return self.kinds.setdefault((profile.codec, profile.width, profile.height), Kind())

    def saw(self, shows: Iterable[str], like: float, at_once: float) -> None:
        """A frame in which these features are at work."""
        for name in set(shows) or {"clips as they are"}:
            self.features.setdefault(name, Worst()).saw(like, at_once)

    def heard(self, margin: float) -> None:
        """The sound of a film."""
        self.sound = min(self.sound, margin)

    def ended(self, kind: str, seconds: float) -> None:
        """A step that was cancelled is over."""
        self.cancelled.setdefault(kind, []).append(seconds)

    def report(self, seed: str, day: datetime) -> str:
        """All of it, with what it means, as Markdown."""
        return HEAD.format(day=f"{day:%Y-%m-%d}", seed=seed) + self.table()

    def table(self) -> str:
        """The numbers, as Markdown."""
        return "\n".join([*self._sums(), "", *self._by_kind(), "", *self._by_feature(), ""])

    def _sums(self) -> Iterator[str]:
        kinds = self.kinds.values()
        again = [one.again for one in kinds if one.again.frames]
        yield from (f"- {name}: {told}" for name, told in sorted(self.notes.items()))
        yield f"- Random chains of edits: {self.chains:,} passed, {self.failures:,} failed"
        yield f"- Films held against a full render: {sum(one.films for one in kinds):,}"
        yield (
            f"- Films held against one made from nothing: {sum(one.pairs for one in kinds):,}; "
            f"{sum(one.same for one in kinds):,} frames with the same bytes, "
            f"{sum(one.frames for one in again):,} encoded again "
            f"(SSIM {min((one.like for one in again), default=1):.4f} at worst, "
            f"{sum(one.flat for one in kinds):,} of them flat and below 0.99)"
        )
        yield f"- Copied frames that are bit by bit those of their clips: {self.untouched:,}"
        yield f"- Sound, against one encode of the whole mix: {self.sound:+.2f} dB at worst"
        if self.cancelled:
            most = ", ".join(f"{kind} {max(took):.2f}" for kind, took in self.cancelled.items())
            yield f"- Seconds from a cancel to the end of a step and its processes, at most: {most}"

    def _by_kind(self) -> Iterator[str]:
        """A row for each codec and size, and one for what was copied into such films."""
        yield (
            "| films | full renders | frames | worst SSIM | the same in one encode "
            "| made from nothing | same bytes | encoded again | worst SSIM |"
        )
        yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
        for (codec, width, height), one in sorted(self.kinds.items()):
            name = f"`{codec}`, {width} x {height}"
            again = f"{one.again.frames:,} | {one.again.like:.4f}" if one.again.frames else "0 | –"
            yield (
                f"| {name} | {one.films:,} | {_frames(one.encoded)} "
                f"| {one.pairs:,} | {one.same:,} | {again} |"
            )
            if one.copied.frames:
                yield f"| {name}: frames of clips, copied | | {_frames(one.copied)} | | | | |"

    def _by_feature(self) -> Iterator[str]:
        yield "| at work in the frame | frames | worst SSIM | the same in one encode |"
        yield "|---|---:|---:|---:|"
        for name, one in sorted(self.features.items()):
            yield f"| {name} | {_frames(one)} |"


def _frames(one: Worst) -> str:
    return f"{one.frames:,} | {one.like:.4f} | {one.at_once:.4f}" if one.frames else "0 | – | –"
