"""Starts `cutter`, hands it orders, and watches its memory meanwhile."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.composing.case import Case
from benchmarks.composing.cost import Cost, Failed, MemoryWatch, last_line
from benchmarks.composing.material import Material

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Done:
    """One order carried out. written: bytes new in the store; size: of the film. encoded: seconds
    of picture. spent: kind of step -> CPU seconds. steps: how many were carried out."""

    cost: Cost
    size: int
    written: int = 0
    encoded: float = 0.0
    spent: Mapping[str, float] = field(default_factory=dict)
    steps: int = 0


class Ours:
    """The product in a process of its own, which has stored all material."""

    def __init__(self, child: "subprocess.Popen[str]", complaints: Path) -> None:
        self._child = child
        self._complaints = complaints

    def tell(self, order: str) -> Done:
        """Have an order carried out: "first", "again", "recompose", "join" or the name of an edit.

        Raises Failed.
        """
        with MemoryWatch(self._child.pid) as watch:
            told = self.ask(order)
        cost = Cost(cpu=told.pop("cpu"), wall=told.pop("wall"), peak=watch.peak)
        return Done(cost=cost, **told)

    def ask(self, question: object) -> dict[str, Any]:
        """One line there, one line back. Raises Failed."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(question) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        if not answer:
            raise Failed(
                f"our own side ended with {self._child.wait()}{last_line(self._complaints)}"
            )
        told: dict[str, Any] = json.loads(answer)
        return told


@contextmanager
def cutting(case: Case, material: Material, folder: Path) -> Iterator[Ours]:
    """Our side, ready to compose for the first time, until the block ends. folder: empty."""
    complaints = folder / "complaints.txt"
    with complaints.open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.composing.cutter", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with child:
        try:
            ours = Ours(child, complaints)
            ours.ask({"case": asdict(case), **_named(material)})
            yield ours
        except BaseException:
            child.kill()
            raise


def _named(material: Material) -> dict[str, Any]:
    return {
        "clips": [str(path) for path in material.clips],
        "spare": str(material.spare),
        "music": [str(path) for path in material.music],
    }
