"""What goes wrong and when: kills, freezes and broken components, drawn from a seed, and the thread
that carries them out. The order and the targets are the seed's; moments also depend on how quickly
this machine starts what was killed."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Literal

from tests.cluster.members import Member

from video_foundry.testing.stack.base import Component

START_SECONDS = 90.0
"""How long a start may take on a machine that starts several at once."""
NAP_SECONDS = (11.5, 16.0)
"""A freeze outlasts a lease, so that others take the work."""
DOWN_SECONDS = (0.0, 3.0)
"""How long a killed component stays away before it is started again."""
ERA, HAUNTED = 8, 3
"""So many strikes long the kills go to so many members."""
FREEZES, BREAKS, CRIPPLES = 0.08, 0.12, 0.06
"""Shares of all strikes; the rest are kills. To cripple is to kill -9 a helper that a process has
started, such as its FFmpeg, and let the process itself live."""


@dataclass(frozen=True, kw_only=True)
class Strike:
    """One thing that goes wrong. pause: seconds of peace before it. seconds: how long it lasts.
    targets: in the order in which they are hit, of which the first `many` that are up are; with
    hasty the first `many` whether up or not, so that some die in the middle of coming up."""

    pause: float
    kind: Literal["kill", "freeze", "break", "cripple"]
    targets: tuple[str, ...]
    many: int = 1
    seconds: float = 0.0
    hasty: bool = False


def strikes(
    seed: int, members: Sequence[str], components: Sequence[str], *, pause: tuple[float, float]
) -> Iterator[Strike]:
    """Without end, and the same for the same arguments. Kills go to some members for a while, then
    to others: work that is begun by the rest gets done."""
    dice = Random(f"strikes {seed}")
    nappers, breakables = _in_turn(dice, members), _in_turn(dice, components)
    cripples = _in_turn(dice, [m for m in members if m.startswith("worker")])
    haunted: list[str] = []
    for number in count():
        if number % ERA == 0:
            haunted = dice.sample(members, min(HAUNTED, len(members)))
        peace = dice.uniform(*pause)
        chance = dice.random()
        if chance < FREEZES:
            nap = dice.uniform(*NAP_SECONDS)
            yield Strike(pause=peace, kind="freeze", targets=(next(nappers),), seconds=nap)
        elif chance < FREEZES + BREAKS:
            down = dice.uniform(*DOWN_SECONDS)
            yield Strike(pause=peace, kind="break", targets=(next(breakables),), seconds=down)
        elif chance < FREEZES + BREAKS + CRIPPLES:
            yield Strike(pause=peace, kind="cripple", targets=(next(cripples),))
        else:
            many = dice.choices(range(1, len(haunted) + 1), [50, 35, 15][: len(haunted)])[0]
            yield Strike(
                pause=peace,
                kind="kill",
                targets=tuple(dice.sample(haunted, len(haunted))),
                many=many,
                hasty=dice.random() < 0.15,
            )


def _in_turn(dice: Random, names: Sequence[str]) -> Iterator[str]:
    """Everybody once, in an order of chance, again and again."""
    while True:
        yield from dice.sample(names, len(names))


@dataclass(frozen=True, kw_only=True)
class Outage:
    """When a component was down, until it served again; seconds since the epoch."""

    component: str
    began: float
    ended: float


@dataclass(kw_only=True)
class Nemesis:
    """Strikes until told to stop, or until `kills` of our own processes are dead.

    log: told of each strike. may_go_on: asked before each strike with the kills so far; a false
    answer makes it wait.
    """

    members: Mapping[str, Member]
    components: Mapping[str, Component]
    plan: Iterator[Strike]
    kills: int
    may_go_on: Callable[[int], bool] = lambda _kills: True
    counts: Counter[str] = field(default_factory=Counter)
    outages: list[Outage] = field(default_factory=list)
    log: Callable[[str], object] = lambda _line: None
    problems: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(16))
    _broken: set[str] = field(default_factory=set)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="nemesis", daemon=True)
        self._thread.start()

    @property
    def dead(self) -> int:
        """Processes of ours that were killed so far."""
        return self.counts["kills"]

    @property
    def is_done(self) -> bool:
        """Whether it has killed all it was to kill."""
        return self.dead >= self.kills

    def stop(self) -> None:
        """No strike more: wake what is frozen, wait until everything is up. The faults end here."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(START_SECONDS * 3)
        self._pool.shutdown(wait=True)
        for member in self.members.values():
            member.thaw()
            if not member.wait_until_up(START_SECONDS):
                self.problems.append(f"{member.name} does not come up: {member.server.told(1500)}")
            self._judge_ends(member)

    def _judge_ends(self, member: Member) -> None:
        """Nothing that is up may end by itself; what starts while a component is down may."""
        for life in member.quitters:
            self.counts["ended at start"] += 1
            if life.up is not None:
                self.problems.append(f"{member.name} ended by itself after it had been up: {life}")

    def _run(self) -> None:
        for strike in self.plan:
            self._rest(strike.pause)
            while not self.may_go_on(self.dead) and not self._over.is_set():
                self._rest(0.5)
            if self._over.is_set() or self.is_done:
                return
            self.log(f"{time.time():.3f} {strike}")
            try:
                self._carry_out(strike)
            except Exception as error:
                self.problems.append(f"{strike} could not be carried out: {error!r}")

    def _rest(self, seconds: float) -> None:
        """Wait, and note meanwhile who comes up."""
        until = time.monotonic() + seconds
        while not self._over.is_set():
            for member in self.members.values():
                member.look()
            if time.monotonic() >= until:
                return
            self._over.wait(0.2)

    def _carry_out(self, strike: Strike) -> None:
        match strike.kind:
            case "break":
                self._break(strike.targets[0], strike.seconds)
            case "cripple":
                self.counts["helpers killed"] += self.members[strike.targets[0]].cripple()
            case "freeze":
                self._freeze(self.members[strike.targets[0]], strike.seconds)
            case _:
                self._kill(strike)

    def _kill(self, strike: Strike) -> None:
        targets = [self.members[name] for name in strike.targets]
        able = [m for m in targets if not m.is_frozen and (strike.hasty or m.life.up is not None)]
        awake = able[: strike.many]
        for member in awake:
            member.kill()
            self.counts["kills"] += 1
            self.counts[f"kills of {member.name}"] += 1
        for member in awake:
            member.start()

    def _wait_for(self, targets: Sequence[Member]) -> None:
        until = time.monotonic() + START_SECONDS
        while any(m.life.up is None for m in targets) and not self._over.is_set():
            self._rest(0.2)
            if time.monotonic() > until:
                slow = [m.name for m in targets if m.life.up is None]
                self.problems.append(f"{slow} did not come up within {START_SECONDS:g} s")
                return

    def _freeze(self, member: Member, seconds: float) -> None:
        if member.is_frozen:
            return
        self._wait_for([member])
        member.freeze()
        self.counts["freezes"] += 1
        self.counts[f"freezes of {member.name}"] += 1
        self._pool.submit(self._thaw_later, member, seconds)

    def _thaw_later(self, member: Member, seconds: float) -> None:
        self._over.wait(seconds)
        member.thaw()

    def _break(self, name: str, seconds: float) -> None:
        if name in self._broken:
            return
        self._broken.add(name)
        self.counts[f"kills of {name}"] += 1
        self._pool.submit(self._break_and_mend, name, seconds)

    def _break_and_mend(self, name: str, seconds: float) -> None:
        component, began = self.components[name], time.time()
        component.kill()
        self._over.wait(seconds)
        for _ in range(3):
            try:
                component.start()
                break
            except Exception as error:
                self.problems.append(f"{name} did not start again: {error!r}")
        self.outages.append(Outage(component=name, began=began, ended=time.time()))
        self._broken.discard(name)
