"""Nobody starves: whatever mix of projects, priorities and arrivals there is, the number of jobs
that come before another one is bounded, and the bound does not know how long the queue is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from video_foundry.core.fairness import WEIGHT, Priority, next_stamp

PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high")


@dataclass(kw_only=True)
class Waiting:
    """One job in the queue. allowed: the length of what may come before it (see core.fairness).
    passed: lengths of the jobs of others that were taken since it came, by project."""

    project: int
    length: float
    stamp: float
    number: int
    allowed: float
    passed: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def is_owed(self) -> list[int]:
        """Projects of which too much came before."""
        return [p for p, lengths in self.passed.items() if sum(lengths[1:]) > self.allowed]


class Queue:
    """A queue as the database keeps it, with nothing but stamps."""

    def __init__(self) -> None:
        self.waiting: list[Waiting] = []
        self.last: dict[int, float] = {}
        self.highest = 0.0
        self.number = 0

    @property
    def clock(self) -> float:
        """Whose turn it is."""
        return min((job.stamp for job in self.waiting), default=self.highest)

    def enqueue(self, project: int, priority: Priority) -> Waiting:
        """A project asks for one more."""
        stamp = next_stamp(self.clock, self.last.get(project), priority)
        length = 1.0 / WEIGHT[priority]
        own = sum(job.length for job in self.waiting if job.project == project)
        self.number += 1
        job = Waiting(
            project=project,
            length=length,
            stamp=stamp,
            number=self.number,
            allowed=own + length,
        )
        self.last[project] = stamp
        self.waiting.append(job)
        return job

    def claim(self) -> Waiting | None:
        """The smallest stamp, the oldest of several."""
        if not self.waiting:
            return None
        taken = min(self.waiting, key=lambda job: (job.stamp, job.number))
        self.waiting.remove(taken)
        self.highest = max(self.highest, taken.stamp)
        for job in self.waiting:
            if job.project != taken.project:
                job.passed[taken.project].append(taken.length)
        return taken


Step = tuple[int, Priority] | None
"""A project asks; or somebody takes a job."""

steps = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(0, 4), st.sampled_from(PRIORITIES))), max_size=120
)


def play(queue: Queue, played: Sequence[Step]) -> list[Waiting]:
    """The jobs that were taken, in order."""
    taken = []
    for step in played:
        if step is not None:
            queue.enqueue(*step)
        elif (job := queue.claim()) is not None:
            taken.append(job)
    while (job := queue.claim()) is not None:
        taken.append(job)
    return taken


@given(steps)
def test_what_comes_before_a_job_is_bounded(played: Sequence[Step]) -> None:
    assert [job for job in play(Queue(), played) if job.is_owed()] == []


@given(steps)
def test_the_clock_never_goes_back_and_nobody_is_forgotten(played: Sequence[Step]) -> None:
    queue, seen, taken = Queue(), 0.0, 0
    for step in played:
        if step is None:
            taken += queue.claim() is not None
        else:
            queue.enqueue(*step)
        assert queue.clock >= seen
        seen = queue.clock
    assert taken + len(play(queue, [])) == queue.number


@given(steps)
def test_a_project_takes_its_jobs_in_the_order_in_which_it_asked(played: Sequence[Step]) -> None:
    for project in range(5):
        numbers = [job.number for job in play(Queue(), played) if job.project == project]
        assert numbers == sorted(numbers)


def test_one_job_does_not_wait_for_a_thousand() -> None:
    queue = Queue()
    for _ in range(1000):
        queue.enqueue(0, "normal")
    newcomer = queue.enqueue(1, "normal")
    taken = [queue.claim() for _ in range(3)]
    assert newcomer in taken


def test_more_haste_comes_first_and_less_still_comes() -> None:
    """Of three projects with work without end, in proportion to their priorities."""
    queue = Queue()
    for project, priority in enumerate(PRIORITIES):
        for _ in range(400):
            queue.enqueue(project, priority)
    taken = [job.project for job in (queue.claim() for _ in range(210)) if job is not None]
    assert [round(taken.count(project) / 10) for project in range(3)] == [1, 4, 16]
    assert taken.count(0) >= 9
