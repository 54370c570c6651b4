"""A crowd on one database: people at several API replicas who edit, render and change their minds,
workers that die, and a thief of leases. What they were told is kept in a diary, to be compared with
the rows afterwards. No judgement stands here."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import asyncpg
from tests.db.databases import Database
from tests.db.desk import KINDS, Desk, models_of
from tests.recovery.gate import Gate
from tests.recovery.world import PROFILE, Models, MovableClock, workers, world

from video_foundry.core.fairness import Priority
from video_foundry.errors import BadInput
from video_foundry.services import attention, imports, projects, renders, segments, takes
from video_foundry.services._edit import SegmentContent
from video_foundry.services._segments import SegmentChange
from video_foundry.services.context import Context
from video_foundry.services.views import ProjectView

PROMPTS = ("a lake", "a wood", "a hill", "a road")
SHAPES = ((160, 90), (90, 160))
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high")
MOST_SEGMENTS = 7
THEFT_SECONDS = 0.5
LIFE_SECONDS = (2.0, 10.0)


@dataclass(kw_only=True)
class Diary:
    """What people were told. edits: project -> edits that were acknowledged. revisions: (project,
    revision) of those whose answer named it. prompts, names: what was set at which revision.
    consents: job -> times that somebody sent it again on purpose."""

    edits: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    revisions: list[tuple[str, int]] = field(default_factory=list)
    prompts: dict[str, dict[int, str]] = field(default_factory=dict)
    names: dict[str, dict[int, str]] = field(default_factory=dict)
    consents: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def edited(self, project_id: str, *, added: int = 0, revision: int | None = None) -> None:
        """One more edit was acknowledged."""
        with self.lock:
            self.edits[project_id] += 1
            self.added[project_id] += added
            if revision is not None:
                self.revisions.append((project_id, revision))


@dataclass(frozen=True, kw_only=True)
class House:
    """One installation: a database, a data folder, a provider. imported: the project that is
    brought in from a file again and again."""

    database: Database
    data: Path
    desk: Desk
    diary: Diary = field(default_factory=Diary)
    projects: list[str] = field(default_factory=list)
    imported: str = str(UUID(int=7))
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def models(self) -> Models:
        """What can be asked for here."""
        return models_of(self.desk)

    def as_role(self, role: str) -> Database:
        """The same database under another login, where it knows any."""
        return replace(
            self.database, url=self.database.url.replace("//vf@", f"//{role}:canary@", 1)
        )


OUTPUTS = [{"name": "again"}, {"name": "slow", "fps": "12"}]
"""Of some projects: one that shares every step with the main film, and one that shares some."""


async def furnish(house: House, count: int) -> None:
    """Projects that ask for the same things."""
    async with world(
        house.data, house.models, Gate(), MovableClock(), house.database, shared_clock=True
    ) as ctx:
        for number in range(count):
            made = await projects.create_project(
                ctx, name=f"film {number}", profile=PROFILE, outputs=OUTPUTS[: number % 3]
            )
            house.projects.append(made.row.id)
            for prompt, kind in zip(PROMPTS, KINDS, strict=False):
                await segments.add_segment(ctx, made.row.id, _content(prompt, kind))
                house.diary.edited(made.row.id, added=1)


def _content(prompt: str, kind: str, duration: float = 0.5) -> SegmentContent:
    params = {"model": f"desk-{kind}", "duration": duration}
    return SegmentContent(prompt=prompt, model_params=params)


class Person:
    """Somebody who does anything at all, at one replica."""

    def __init__(self, house: House, ctx: Context, dice: Random) -> None:
        self.house = house
        self.ctx = ctx
        self.dice = dice
        self.diary = house.diary
        self.wishes: dict[Callable[[], Awaitable[None]], int] = {
            self.add: 3,
            self.write_prompt: 6,
            self.change_length: 3,
            self.rename: 3,
            self.reshape: 1,
            self.reorder: 3,
            self.duplicate: 2,
            self.remove: 3,
            self.render: 8,
            self.cancel: 3,
            self.ask_for_takes: 3,
            self.retry: 2,
            self.choose: 3,
            self.decide: 4,
            self.bring_in: 1,
            self.live_briefly: 1,
        }

    async def act(self) -> None:
        """One wish. A refusal with a reason is fine; anything else is written into the diary."""
        wish = self.dice.choices([*self.wishes], [*self.wishes.values()])[0]
        name = wish.__name__
        try:
            await wish()
        except BadInput as refusal:
            self.diary.refused[f"{name}: {refusal.code}"] += 1
        except Exception as error:
            self.diary.failures.append(f"{name}: {error!r}")
        else:
            self.diary.done[name] += 1

    async def _project(self) -> ProjectView:
        return await projects.get_project(self.ctx, self.dice.choice(self.house.projects))

    async def add(self) -> None:
        """A segment at the end."""
        project = await self._project()
        if len(project.segments) < MOST_SEGMENTS:
            content = _content(self.dice.choice(PROMPTS), self.dice.choice(KINDS))
            await segments.add_segment(self.ctx, project.row.id, content)
            self.diary.edited(project.row.id, added=1)

    async def write_prompt(self) -> None:
        """Only where nobody has been quicker."""
        project = await self._project()
        segment = self.dice.choice(project.segments).row.id
        prompt, based_on = self.dice.choice(PROMPTS), project.row.revision
        change = SegmentChange(given=frozenset({"prompt"}), prompt=prompt)
        await segments.update_segment(self.ctx, segment, change, based_on=based_on)
        self.diary.edited(project.row.id, revision=based_on + 1)
        self.diary.prompts.setdefault(segment, {})[based_on + 1] = prompt

    async def change_length(self) -> None:
        """Whatever anybody else does."""
        project = await self._project()
        segment = self.dice.choice(project.segments).row
        params = {"model": segment.model_params["model"], "duration": self.dice.choice([0.5, 1])}
        change = SegmentChange(given=frozenset({"model_params"}), model_params=params)
        await segments.update_segment(self.ctx, segment.id, change)
        self.diary.edited(project.row.id)

    async def rename(self) -> None:
        """The project."""
        name = str(uuid4())
        made = await projects.update_project(
            self.ctx, self.dice.choice(self.house.projects), name=name
        )
        self.diary.edited(made.row.id, revision=made.row.revision)
        self.diary.names.setdefault(made.row.id, {})[made.row.revision] = name

    async def reshape(self) -> None:
        """The whole film: every request follows."""
        width, height = self.dice.choice(SHAPES)
        made = await projects.update_project(
            self.ctx,
            self.dice.choice(self.house.projects),
            reshape=lambda old: replace(old, width=width, height=height),
        )
        self.diary.edited(made.row.id, revision=made.row.revision)

    async def reorder(self) -> None:
        """At random."""
        project = await self._project()
        ids = [s.row.id for s in project.segments]
        self.dice.shuffle(ids)
        made = await segments.reorder_segments(self.ctx, project.row.id, ids)
        self.diary.edited(made.row.id, revision=made.row.revision)

    async def duplicate(self) -> None:
        """With its takes."""
        project = await self._project()
        if len(project.segments) < MOST_SEGMENTS:
            await segments.duplicate_segment(self.ctx, self.dice.choice(project.segments).row.id)
            self.diary.edited(project.row.id, added=1)

    async def remove(self) -> None:
        """One, unless few are left."""
        project = await self._project()
        if len(project.segments) > 2:
            await segments.delete_segment(self.ctx, self.dice.choice(project.segments).row.id)
            self.diary.edited(project.row.id, added=-1)

    async def render(self) -> None:
        """With more or less haste."""
        project = self.dice.choice(self.house.projects)
        await renders.start_render(self.ctx, project, priority=self.dice.choice(PRIORITIES))

    async def cancel(self) -> None:
        """One of the newest renders."""
        found = await renders.list_renders(self.ctx, self.dice.choice(self.house.projects), limit=3)
        if found:
            await renders.cancel_render(self.ctx, self.dice.choice(found).row.id)

    async def ask_for_takes(self) -> None:
        """On purpose."""
        project = await self._project()
        await takes.new_takes(
            self.ctx, self.dice.choice(project.segments).row.id, count=self.dice.randint(1, 2)
        )

    async def retry(self) -> None:
        """Whatever is missing."""
        project = await self._project()
        await takes.retry_segment(self.ctx, self.dice.choice(project.segments).row.id)

    async def choose(self) -> None:
        """A take, perhaps for good."""
        project = await self._project()
        segment = self.dice.choice(project.segments).row.id
        found = [take.row.id for take in await takes.list_takes(self.ctx, segment)]
        take = self.dice.choice([None, *found])
        pinned = take is not None and self.dice.random() < 0.3
        await takes.choose_take(self.ctx, segment, take_id=take, pinned=pinned)
        self.diary.edited(project.row.id)

    async def decide(self) -> None:
        """What waits for a person."""
        for segment in (await self._project()).segments:
            jobs = [segment.job, *segment.other_jobs]
            for job in jobs:
                if job is not None and job.state == "needs_attention":
                    again = self.dice.random() < 0.5
                    with suppress(BadInput):
                        await attention.resolve_job(
                            self.ctx, job.id, "resubmit" if again else "abandon"
                        )
                        self.diary.consents[job.id] += again

    async def bring_in(self) -> None:
        """The same project from a file, with some of its segments."""
        prompts = self.dice.sample(PROMPTS, 3)
        await imports.import_project(
            self.ctx,
            self.house.imported,
            name="from a file",
            description="",
            profile=PROFILE,
            segments=[_content(prompt, "key") for prompt in prompts],
        )
        self.diary.edited(self.house.imported)
        self.diary.added[self.house.imported] = len(prompts)

    async def live_briefly(self) -> None:
        """A project that asks for the same as others, is rendered, called off and deleted."""
        made = await projects.create_project(self.ctx, name="brief", profile=PROFILE)
        for prompt in PROMPTS[:2]:
            await segments.add_segment(self.ctx, made.row.id, _content(prompt, "key"))
        render = await renders.start_render(self.ctx, made.row.id)
        await asyncio.sleep(self.dice.uniform(0, 0.2))
        await renders.cancel_render(self.ctx, render.row.id)
        await projects.delete_project(self.ctx, made.row.id)


async def replica(house: House, role: str, people: int, seed: str) -> None:
    """One API process with people at it, until the house is told to stop."""
    async with world(
        house.data,
        house.models,
        Gate(),
        MovableClock(),
        house.as_role(role),
        shared_clock=True,
    ) as ctx:

        async def live(person: Person) -> None:
            while not house.stop.is_set():
                await person.act()

        crowd = [Person(house, ctx, Random(f"{seed} {role} {n}")) for n in range(people)]
        await asyncio.gather(*map(live, crowd))


async def worker(house: House, role: str, stop: threading.Event, dice: Random | None) -> None:
    """A worker process of both kinds; with dice it is killed, and started again, ever so often."""
    while not stop.is_set():
        gate = Gate()
        async with (
            world(
                house.data,
                house.models,
                gate,
                MovableClock(),
                house.as_role(role),
                shared_clock=True,
            ) as ctx,
            workers(ctx, gate),
        ):
            seconds = 3600.0 if dice is None else dice.uniform(*LIFE_SECONDS)
            await asyncio.to_thread(stop.wait, seconds)


async def thief(house: House, dice: Random) -> None:
    """Lets leases run out before their time, as a clock that jumps or a long pause would."""
    connection = await asyncpg.connect(house.database.url)
    try:
        while not house.stop.is_set():
            await connection.execute(
                "UPDATE jobs SET lease_until = clock_timestamp() - interval '1 minute' WHERE id IN "
                "(SELECT id FROM jobs WHERE lease_owner IS NOT NULL ORDER BY random() LIMIT 1 "
                "FOR UPDATE SKIP LOCKED)"
            )
            await asyncio.sleep(dice.uniform(0, 2 * THEFT_SECONDS))
    finally:
        await connection.close()
