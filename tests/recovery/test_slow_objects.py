"""An object store that does not answer while results are filed: nobody else waits for it, and what
was bought is filed when it is back."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from tests.db.databases import Database
from tests.recovery.gate import Gate, GatedBlobs
from tests.recovery.world import (
    Models,
    MovableClock,
    insist_on_render,
    make_project,
    wait_until_settled,
    workers,
    world,
)

from video_foundry.testing.ledger import RunningLedger

MODEL = "ledger-none"
AT_ONCE = 15.0
"""Seconds within which somebody else gets to write, on a very busy machine too."""


class _Silent(GatedBlobs):
    """A store that answers so many questions for objects, and then none until the test lets it."""

    def __init__(self, root: Path, answers: int) -> None:
        super().__init__(root)
        self.answers = answers
        self.silent, self.back = asyncio.Event(), asyncio.Event()

    async def exists(self, digest: str) -> bool:
        """As in the port."""
        self.answers -= 1
        if self.answers < 0:
            self.silent.set()
            await self.back.wait()
        return await super().exists(digest)


@pytest.mark.parametrize("answers", [0, 2], ids=["before the transaction", "within it"])
async def test_others_write_while_a_result_waits_for_the_store(
    answers: int, models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt = f"silent {uuid4()}"
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as made:
        store = _Silent(tmp_path / "store", answers)
        store.gate = gate
        ctx = replace(made, blobs=store)
        project_id = await make_project(ctx, {prompt: {"model": MODEL}})
        async with workers(ctx, gate):
            render = await insist_on_render(ctx, project_id)
            await store.silent.wait()
            async with asyncio.timeout(AT_ONCE):
                await make_project(ctx, {})
            store.back.set()
            assert await wait_until_settled(embedded, render) == "completed"
    assert sum(entry.prompt == prompt for entry in quick_ledger.entries()) == 1
