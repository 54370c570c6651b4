"""Checks made one after the other whose refusals are told together. What is checked, and whether a
check makes sense after another failed, is the caller's to know."""

from types import TracebackType

from video_foundry.errors import BadInput, FieldProblem

MOST_TOLD = 50
"""Problems that are told at once: who has put these right may ask again."""


class Refusals:
    """What was refused so far. Each check goes into a `with` of its own, which keeps its BadInput
    and goes on behind it."""

    def __init__(self) -> None:
        self._kept: list[BadInput] = []

    def __enter__(self) -> None:
        """Begin a check."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """End it; what else it may have raised goes on its way."""
        if not isinstance(error, BadInput):
            return False
        self._kept.append(error)
        return True

    def raise_all(self) -> None:
        """Raises BadInput with the problems of all checks, in the words and by the code of the
        first; nothing where none was refused."""
        if not self._kept:
            return
        first = self._kept[0]
        problems: list[FieldProblem] = [one for kept in self._kept for one in kept.problems]
        raise BadInput(first.message, problems=problems[:MOST_TOLD], code=first.code) from first
