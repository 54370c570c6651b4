"""A plan made with what was read before is the plan that a fresh reading makes, whatever was
edited, generated or switched off in between; and what nobody touched is not made again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from video_foundry.bootstrap import running_context
from video_foundry.core.composition import Trim
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import GenerationRequest
from video_foundry.core.sound import SoundShape
from video_foundry.core.timeline import Timeline
from video_foundry.core.transitions import make_transition
from video_foundry.db.tables import ArtifactRow, GenerationRow, JobRow, SegmentRow
from video_foundry.db.timeline import load_timeline
from video_foundry.db.timeline_segments import LastReads
from video_foundry.errors import BadInput
from video_foundry.services import imports, items, plans, projects, renders, segments, takes
from video_foundry.services._edit import ItemContent, SegmentContent, project_of
from video_foundry.services._segments import SegmentChange
from video_foundry.services.context import Context
from video_foundry.settings import Settings

LENGTH = 5
EDITS = 25
KEYED = "runway-gen4.5"
KEY = "RUNWAY_API_KEY"
PROFILE = OutputProfile(width=320, height=180)
WORDS = ("a road", "the sea", "dusk")
"""Few, so that segments come to ask for the same."""


@dataclass(kw_only=True)
class Desk:
    """A project under the hands of somebody who does anything."""

    ctx: Context
    chance: Random
    keys: pytest.MonkeyPatch
    id: str = field(default_factory=lambda: str(uuid4()))

    async def open(self) -> None:
        """A film of a few segments."""
        await imports.import_project(
            self.ctx,
            self.id,
            name="film",
            description="",
            profile=PROFILE,
            segments=[self._content() for _ in range(LENGTH)],
        )

    def _content(self) -> SegmentContent:
        return SegmentContent(prompt=self.chance.choice(WORDS), model_params={"model": "mock-ai"})

    def _params(self) -> dict[str, Any]:
        params: dict[str, Any] = {"model": "mock-ai", "duration": self.chance.choice((5, 2.5))}
        if self.chance.random() < 0.3:
            params["fallbacks"] = [KEYED]
        return params

    async def rows(self) -> list[SegmentRow]:
        """The segments as stored."""
        async with self.ctx.store.read() as session:
            query = select(SegmentRow).where(SegmentRow.project_id == self.id)
            return list(await session.scalars(query.order_by(SegmentRow.order_index)))

    async def some(self) -> str:
        """Any segment."""
        return self.chance.choice(await self.rows()).id

    # --- edits -----------------------------------------------------------------------------------

    async def say(self, **said: Any) -> None:
        """Change fields of some segment."""
        change = SegmentChange(given=frozenset(said), **said)
        await segments.update_segment(self.ctx, await self.some(), change)

    async def word(self) -> None:
        """Other words."""
        await self.say(prompt=self.chance.choice(WORDS))

    async def turn(self) -> None:
        """Other parameters."""
        await self.say(model_params=self._params())

    async def trim(self) -> None:
        """Another part of the clip, or all of it."""
        end = Fraction(self.chance.randrange(4, 9), 4)
        await self.say(trim=self.chance.choice((None, Trim(start=Fraction(1, 4), end=end))))

    async def treat(self) -> None:
        """Another transition, or another sound."""
        fade = make_transition("fade", Fraction(1, 4))
        quiet = SoundShape(is_muted=self.chance.random() < 0.5)
        said: dict[str, Any] = self.chance.choice(
            ({"transition": fade}, {"transition": None}, {"sound": quiet})
        )
        change = SegmentChange(given=frozenset(said), treatment=said)
        await segments.update_segment(self.ctx, await self.some(), change)

    async def add(self) -> None:
        """One more, at the end."""
        await segments.add_segment(self.ctx, self.id, self._content())

    async def copy(self) -> None:
        """One more, beside another."""
        await segments.duplicate_segment(self.ctx, await self.some())

    async def remove(self) -> None:
        """One less, but never none."""
        if len(await self.rows()) > 2:
            await segments.delete_segment(self.ctx, await self.some())

    async def shuffle(self) -> None:
        """Another order."""
        ids = [row.id for row in await self.rows()]
        self.chance.shuffle(ids)
        await segments.reorder_segments(self.ctx, self.id, ids)

    async def reshape(self) -> None:
        """Another size, rate or loudness."""
        told: dict[str, Any] = self.chance.choice(
            ({"width": 180, "height": 320}, {"width": 320, "height": 180}, {"loudness_lufs": None})
        )
        await projects.update_project(self.ctx, self.id, reshape=lambda old: replace(old, **told))

    async def title(self) -> None:
        """A text on the picture."""
        data = {"text": self.chance.choice(WORDS), "start": 0, "end": 1}
        await items.add_item(self.ctx, self.id, ItemContent(kind="text", data=data))

    # --- what happens to requests ----------------------------------------------------------------

    async def generate(self) -> None:
        """A clip for some segment, filed nowhere yet."""
        row = self.chance.choice(await self.rows())
        async with self.ctx.store.read() as session:
            project = await project_of(session, self.id)
            film = await load_timeline(session, project, self.ctx.models, fonts="")
        request = next(one.request for one in film.segments if one.id == row.id)
        assert request is not None
        await self._file(request)

    async def _file(self, request: GenerationRequest) -> None:
        digest = sha256(request.fingerprint.encode()).hexdigest()
        async with self.ctx.store.write() as tx:
            if await tx.session.get(GenerationRow, request.fingerprint) is not None:
                return
            tx.session.add(
                ArtifactRow(
                    digest=digest,
                    size=1,
                    content_type="video/mp4",
                    facts=self._facts(),
                    is_rebuildable=False,
                    created_at=tx.now,
                )
            )
            await tx.session.flush()
            tx.session.add(
                GenerationRow(
                    fingerprint=request.fingerprint,
                    base_fingerprint=request.base_fingerprint,
                    request=request.to_json(),
                    digest=digest,
                    created_at=tx.now,
                )
            )

    def _facts(self) -> dict[str, Any]:
        return {
            "kind": "video",
            "duration": self.chance.choice(("5", "2.5", "26/5")),
            "frame_rate": "24",
            "has_audio": self.chance.random() < 0.7,
        }

    async def probe_again(self) -> None:
        """Clips turn out to be otherwise than was thought."""
        async with self.ctx.store.write() as tx:
            await tx.session.execute(update(ArtifactRow).values(facts=self._facts()))

    async def choose(self) -> None:
        """Some take, pinned or not, or the ordinary result."""
        segment = await self.some()
        there = await takes.list_takes(self.ctx, segment)
        take = self.chance.choice([None, *(view.row.id for view in there)])
        pinned = take is not None and self.chance.random() < 0.5
        await takes.choose_take(self.ctx, segment, take_id=take, pinned=pinned)

    async def render(self) -> None:
        """What is missing is under way, until it is called off or fails."""
        try:
            render = await renders.start_render(self.ctx, self.id)
        except BadInput:
            return
        if self.chance.random() < 0.7:
            await renders.cancel_render(self.ctx, render.row.id)

    async def fail(self) -> None:
        """Jobs that ended turn out to have failed."""
        async with self.ctx.store.write() as tx:
            words = self.chance.choice(("refused", "too long"))
            ended = JobRow.state.in_(("cancelled", "failed"))
            failed = {"state": "failed", "error_message": words}
            await tx.session.execute(update(JobRow).where(ended).values(**failed))

    async def unlock(self) -> None:
        """A key comes."""
        self.keys.setenv(KEY, "key")

    async def lock(self) -> None:
        """A key goes."""
        self.keys.delenv(KEY, raising=False)

    @property
    def deeds(self) -> list[Callable[[], Awaitable[None]]]:
        """All that may be done."""
        edits = [self.word, self.turn, self.trim, self.treat, self.add, self.copy, self.remove]
        more = [self.shuffle, self.reshape, self.title, self.generate, self.generate, self.choose]
        return [*edits, *more, self.probe_again, self.render, self.fail, self.unlock, self.lock]

    async def do_something(self) -> str:
        """Anything; its name. What cannot be is refused and changes nothing."""
        deed = self.chance.choice(self.deeds)
        try:
            await deed()
        except BadInput:
            return f"{deed.__name__}, refused"
        return deed.__name__


@asynccontextmanager
async def desk(folder: Path, keys: pytest.MonkeyPatch, seed: int = 0) -> AsyncIterator[Desk]:
    """A server without workers, and a film on it."""
    settings = Settings(data_dir=folder, example_project=False, embedded_workers=False)
    async with running_context(settings) as ctx:
        made = Desk(ctx=ctx, chance=Random(seed), keys=keys)
        await made.open()
        yield made


async def planned(ctx: Context, project_id: str) -> Any:
    """The plan, or why there is none."""
    try:
        return await plans.plan_project(ctx, project_id)
    except BadInput as error:
        return (error.message, error.problems)


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_read_before_never_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    async with desk(tmp_path, monkeypatch, seed) as user:
        done = []
        for _ in range(EDITS):
            done.append(await user.do_something())
            fresh = await planned(replace(user.ctx, last_reads=LastReads()), user.id)
            assert await planned(user.ctx, user.id) == fresh, done


async def read(user: Desk) -> Timeline:
    """The film, with what was read before."""
    ctx = user.ctx
    async with ctx.store.read() as session:
        project = await project_of(session, user.id)
        return await load_timeline(
            session, project, ctx.models, fonts=ctx.fonts, kept=ctx.last_reads
        )


async def test_only_what_was_edited_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, monkeypatch) as user:
        before = (await read(user)).segments
        change = SegmentChange(given=frozenset({"prompt"}), prompt="something else")
        await segments.update_segment(user.ctx, before[2].id, change)
        after = (await read(user)).segments
        same = [new is old for new, old in zip(after, before, strict=True)]
        assert same == [True, True, False, True, True]
        ids = [one.id for one in after]
        await segments.reorder_segments(user.ctx, user.id, ids[::-1])
        turned = (await read(user)).segments
        assert [one.order_index for one in turned] == [0, 1, 2, 3, 4]
        assert [one.request for one in turned] == [one.request for one in after[::-1]]
        assert all(new.request is old.request for new, old in zip(turned, after[::-1], strict=True))


async def test_a_key_that_goes_is_missed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "key")
    async with desk(tmp_path, monkeypatch) as user:
        params = {"model": KEYED, "duration": 5}
        change = SegmentChange(given=frozenset({"model_params"}), model_params=params)
        await segments.update_segment(user.ctx, (await user.rows())[0].id, change)
        assert (await plans.plan_project(user.ctx, user.id)).ready
        monkeypatch.delenv(KEY)
        refused = await plans.plan_project(user.ctx, user.id)
        assert not refused.ready
        assert KEY in refused.problems[0].message


def test_projects_that_nobody_opens_are_forgotten() -> None:
    last = LastReads(most_segments=4)
    for name in ("a", "b"):
        there: Any = {f"{name}{n}": None for n in range(3)}
        last.of(name).segments = (None, there)
    assert last.of("a").segments[1], "the one that is asked for is kept"
    assert not last.of("b").segments[1]
    long: Any = {str(n): None for n in range(9)}
    last.of("b").segments = (None, long)
    assert last.of("b").segments[1], "however long it is"
    assert not last.of("a").segments[1]
