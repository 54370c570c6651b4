"""Whose turn it is: start-time fair queueing with one stamp a job, decided when it is enqueued.

Each job is stamped later than the one before it of the same project, and never earlier than the
queue's own clock; workers take the smallest stamp. So a project with a thousand jobs waits its turn
behind a project with one, without anything being counted when jobs are claimed. (P. Goyal, H. Vin,
H. Cheng: Start-time Fair Queuing, 1996; every job costs the same here.)

The bound: say a job's length is 1 / weight. Before it come, of each other project, one job and then
no more than fit into the lengths of the job and of what its own project has waiting before it. With
everybody at normal priority, a project's only job waits for two of each other project at most.
"""

from typing import Literal

Priority = Literal["low", "normal", "high"]

WEIGHT: dict[Priority, float] = {"low": 0.25, "normal": 1.0, "high": 4.0}
"""How many jobs of a project come up where one of normal priority would."""


def next_stamp(clock: float, last: float | None, priority: Priority) -> float:
    """The stamp of a project's next job.

    clock: the smallest stamp still waiting, or the largest ever taken when nothing waits; it never
    goes back. last: the stamp of the project's latest job, None when it never had one.
    """
    return max(clock, last if last is not None else clock) + 1.0 / WEIGHT[priority]
