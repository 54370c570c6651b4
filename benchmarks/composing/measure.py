"""One case measured: all contestants in turns, so that what else the machine does meets all of them
alike. What comes out are figures; what they mean is `rows`' matter."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import av

from benchmarks.composing.case import Case
from benchmarks.composing.cost import Cost, Failed, Limits, require_proc, run
from benchmarks.composing.material import Material, material_for
from benchmarks.composing.ours import Done, Ours, cutting
from benchmarks.composing.peers import Order, Peer

LIMITS = Limits(seconds=3600, mib=16 * 1024)
"""Of a peer."""

REPEATS = 5
"""Times that what takes less than a second is measured in each round."""

QUICK_ORDERS = ("first", "again", "clip")
ALL_ORDERS = (*QUICK_ORDERS, "text", "transition", "music", "move", "turn", "recompose", "join")
SHORT_ORDERS = frozenset({"again", "recompose", "join"})


@dataclass(kw_only=True)
class Figures:
    """Of one case. peers: each peer's costs, or how it failed. ours: by order. copying: the film's
    bytes by `cat`."""

    case: Case
    peers: dict[str, list[Cost] | Failed] = field(default_factory=dict)
    ours: dict[str, list[Done]] = field(default_factory=dict)
    copying: list[Cost] = field(default_factory=list)


def measure(
    case: Case,
    peers: Sequence[Peer],
    *,
    folder: Path,
    orders: Sequence[str] = ALL_ORDERS,
    limits: Limits = LIMITS,
) -> Figures:
    """Measure a case. folder: keeps the material for other cases.

    Raises Failed when our own side fails (a peer that does so is reported), and Unmeasurable.
    """
    require_proc()
    material = material_for(case, folder / "material")
    able = [peer for peer in peers if peer.can(case)]
    bench = _Bench(case, material, folder, limits)
    contestants = [*able, None]
    for number in range(case.rounds):
        for contestant in contestants[:: -1 if number % 2 else 1]:
            if contestant is None:
                bench.ours(orders)
            else:
                bench.peer(contestant)
    return bench.figures


class _Bench:
    """Where a case's contestants work, one at a time."""

    def __init__(self, case: Case, material: Material, folder: Path, limits: Limits) -> None:
        self.figures = Figures(case=case)
        self._material = material
        self._folder = folder
        self._limits = limits

    def peer(self, peer: Peer) -> None:
        """One film by a peer that has not failed before."""
        found = self.figures.peers.setdefault(peer.name, [])
        if isinstance(found, Failed):
            return
        try:
            with _empty(self._folder / "peer") as scratch:
                found.append(self._film_by(peer, scratch))
        except Failed as failure:
            self.figures.peers[peer.name] = failure

    def _film_by(self, peer: Peer, scratch: Path) -> Cost:
        target, case = scratch / "film.mp4", self.figures.case
        order = Order(case=case, clips=self._material.clips, target=target, scratch=scratch)
        cost = run(peer.command(order), folder=scratch, limits=self._limits)
        check(target, case, slack=case.clips)
        return cost

    def ours(self, orders: Sequence[str]) -> None:
        """All orders, one after the other, in a folder that is empty at first."""
        case = self.figures.case
        with (
            _empty(self._folder / "ours") as scratch,
            cutting(case, self._material, scratch) as ours,
        ):
            for order in orders:
                for _ in range(REPEATS if order in SHORT_ORDERS else 1):
                    self._one(ours, order, scratch)

    def _one(self, ours: Ours, order: str, scratch: Path) -> None:
        self.figures.ours.setdefault(order, []).append(ours.tell(order))
        if order == "first":
            check(scratch / "ours.mp4", self.figures.case)
        if order == "join":
            self._copy(scratch / "joined.mp4", scratch)

    def _copy(self, film: Path, scratch: Path) -> None:
        """What no way of putting a film together can do without."""
        cost = run(
            ["cat", str(film)],
            folder=scratch,
            limits=self._limits,
            output=scratch / "copy.mp4",
        )
        self.figures.copying.append(cost)


@contextmanager
def _empty(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def check(film: Path, case: Case, *, slack: int = 0) -> None:
    """Raise Failed for what is not the film that was asked for. slack: frames by which it may be
    longer or shorter; some peers round at every clip."""
    try:
        with av.open(film) as container:
            video = container.streams.video[0]
            sounds, size = len(container.streams.audio), (video.width, video.height)
            frames = sum(1 for packet in container.demux(video) if packet.size)
    except (av.FFmpegError, IndexError) as error:
        raise Failed(f"made no film that can be read ({error})") from error
    if not sounds or size != (case.width, case.height):
        raise Failed(f"made a film of {size[0]}x{size[1]} with {sounds} tracks of sound")
    if abs(frames - case.frames) > slack:
        raise Failed(f"made {frames:,} frames instead of {case.frames:,}")
