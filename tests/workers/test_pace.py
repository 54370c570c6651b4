"""A long film is not worked out anew for every clip that comes in, and is finished all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from tests.db.databases import Database
from tests.db.desk import Desk, models_of
from tests.db.workmen import generate_one
from tests.recovery.gate import Gate
from tests.recovery.world import MovableClock, make_project, wait_until_settled, workers, world

from video_foundry.jobs import pace, renders
from video_foundry.jobs.pace import Pace
from video_foundry.services import renders as service


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def work(of: Pace, clock: Clock, seconds: float, render_id: str = "a") -> None:
    with of.working_on(render_id):
        clock.now += seconds


def test_dear_work_rests_for_nine_times_as_long_as_it_took() -> None:
    of = Pace(clock := Clock())
    assert not of.is_too_soon("a")
    work(of, clock, 2.0)
    clock.now += 17.9
    assert of.is_too_soon("a")
    assert not of.is_too_soon("b")
    clock.now += 0.2
    assert not of.is_too_soon("a")


def test_cheap_work_is_never_put_off() -> None:
    of = Pace(clock := Clock())
    work(of, clock, 0.04)
    assert not of.is_too_soon("a")


def test_no_more_renders_are_remembered_than_there_is_room_for() -> None:
    of = Pace(clock := Clock())
    for number in range(pace.REMEMBERED + 1):
        work(of, clock, 1.0, str(number))
    clock.now -= pace.REMEMBERED
    assert not of.is_too_soon("0")
    assert of.is_too_soon("1")


class Hurried(Pace):
    """Always says that it is too soon. done: how often it was worked out all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def is_too_soon(self, render_id: str) -> bool:
        return True

    @contextmanager
    def working_on(self, render_id: str) -> Iterator[None]:
        self.done.append(render_id)
        with super().working_on(render_id):
            yield


async def test_only_the_last_clip_has_the_film_worked_out_when_it_is_always_too_soon(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = Hurried()
    monkeypatch.setattr(renders, "PACE", hurried)
    models = models_of(Desk(dice=Random(0), clips=tmp_path, is_kind=True))
    wanted = {prompt: {"model": "desk-key"} for prompt in ("one", "two", "three", "four")}
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as ctx:
        project = await make_project(ctx, wanted)
        render = (await service.start_render(ctx, project)).row.id
        for clips in range(1, 5):
            await generate_one(ctx)
            row = (await service.get_render(ctx, render)).row
            assert row.segments_completed == clips, "each clip counts at once"
        assert hurried.done == [render]
        async with workers(ctx, gate):
            assert await wait_until_settled(database, render) == "completed"
