"""What the cases led to, kept in a folder, and the page that shows it: how it was measured, by
what, on what, and a table a case. Measures nothing."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.composing.cost import LEAST_LEFT
from benchmarks.composing.measure import LIMITS, REPEATS
from benchmarks.composing.suites import Part
from benchmarks.report import Row, as_table

PAGE = """\
# How fast films are composed

What the compositor takes, and what users would pick instead takes for the same film from the same
clips. Again with

    .venv/bin/python -m benchmarks.composing --out docs/measurements/composing-speed.md

which writes this page; `--folder` keeps what was measured, so that a run that was broken off goes
on with the next case.

- **The same work.** Every clip is another one, moves all over and has sound. All encode H.264 with
  x264 `veryfast`, CRF 20, and AAC with 192 kbit/s, in the same size at 24 frames a second; a
  crossfade is 0.5 s of picture and sound. A film that has other than the right frames (peers may be
  a frame out at each clip), another size or no sound counts as failed.
- **CPU seconds** are the figure: user and system, of a program and all its descendants, as the
  kernel charged them. Ratios are of these. Wall time stands beside them.
- **In turns.** All contestants work one after the other, the next round in the opposite order; 20
  clips have three rounds, others one, and medians are shown. What takes less than a second is
  measured {repeats} times a round.
- **Memory** is the most that all processes of a contestant held at once, each page divided among
  those that share it, looked at up to thirty times a second.
- **Ours** is a process that carries out steps as a worker does, one at a time, from a local store
  that makes digests and syncs. Its own start and that of the children it keeps does not count, for
  a worker is there already; a peer's does. Edits are made one by one on a film that is all there;
  the peers' figure beside an edit is their best full run, for they know no other.
- A peer is stopped at {mib:,.0f} MiB, when it leaves less than {left:,} MiB to the rest of the
  machine, or after {minutes:.0f} minutes.

Where a goal is missed, this is why:

- **One clip changed, cuts only.** One of 20 clips is a twentieth of what a peer encodes, and has to
  be encoded by the same encoder. A goal of a twentieth (a hundredth for 100) leaves nothing for
  its sound, the film, its digest and its poster: `clip` in the note is what cannot be saved.
- **Film written from its pieces.** The bytes cost what they cost `cat`; what comes on top is the
  index, some microseconds for each of 24 frames and 47 packets of sound a second.
- **A transition or an order that shifts what follows** leads to new windows of sound from there to
  the end: they lie on the grid of the film, so that any of them can be copied. Pictures behind it
  are copied.
- **Nothing changed, 1,000 clips**: most of it is the copy of the film for the user.
{parts}"""


class Kept:
    """Parts in a folder, each with when and on what it was measured. names: of all that there can
    be, in the order in which they are shown."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.names = names
        self._folder = folder
        folder.mkdir(exist_ok=True)
        files = {name: folder / f"{name}.json" for name in names}
        self.parts = {name: _read(file) for name, file in files.items() if file.exists()}

    def keep(self, part: Part, facts: str) -> None:
        """In place of what was measured of the same name before. facts: when and on what."""
        self.parts[part.name] = part, facts
        file = self._folder / f"{part.name}.json"
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps({"facts": facts, **asdict(part)}), "utf-8")
        partial.replace(file)

    def in_order(self) -> list[tuple[Part, str]]:
        """What there is."""
        return [self.parts[name] for name in self.names if name in self.parts]


def _read(file: Path) -> tuple[Part, str]:
    told = json.loads(file.read_text("utf-8"))
    rows = [Row(**row) for row in told["rows"]]
    part = Part(name=told["name"], rows=rows, peers=told["peers"], left_out=told["left_out"])
    return part, told["facts"]


def page(kept: Kept) -> str:
    """The page with what there is so far."""
    return PAGE.format(
        repeats=REPEATS,
        mib=LIMITS.mib,
        left=LEAST_LEFT,
        minutes=LIMITS.seconds / 60,
        parts="".join(_section(part, facts) for part, facts in kept.in_order()),
    )


def _section(part: Part, facts: str) -> str:
    clips, _, joined = part.name.partition("-")
    title = f"{int(clips):,} clips, {joined}" if joined else part.name.capitalize()
    peers = f"\nWith {', '.join(part.peers)}.\n" if part.peers else ""
    left_out = "".join(f"\nLeft out: {why}.\n" for why in part.left_out)
    return f"\n## {title}\n\n{facts}\n{peers}{left_out}\n{as_table(part.rows)}\n"
