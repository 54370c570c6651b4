"""A process opens as many connections to PostgreSQL as docs/deploy.md reckons with at most."""

import asyncio
import re
from contextlib import AsyncExitStack

from sqlalchemy import text
from tests.db.databases import Database, PostgresDatabases, SystemTime
from tests.deploy import compose_file

from video_foundry.db.store import Store

FORMULA = "(API replicas + workers) x (VIDEO_FOUNDRY_DATABASE_POOL + 1) + 10"
POOL = 3


async def opened_by_one_process(database: Database) -> int:
    """Connections on the server while readers, writers and what is urgent all want one."""
    store = Store(database.store_url, SystemTime(), pool_size=POOL)
    asked: list[asyncio.Task[object]] = []
    try:
        async with AsyncExitStack() as stack:
            for _ in range(POOL):
                session = await stack.enter_async_context(store.read())
                await session.execute(text("SELECT 1"))
            urgent = await stack.enter_async_context(store.write(urgent=True))
            asked = [asyncio.create_task(_look(store)) for _ in range(POOL)]
            await asyncio.wait(asked, timeout=0.2)
            query = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            count = (await urgent.session.execute(query)).scalar_one()
            assert not any(task.done() for task in asked), "the pool gives out more than it has"
        await asyncio.gather(*asked)
    finally:
        await store.close()
    return int(count)


async def _look(store: Store) -> None:
    async with store.read() as session:
        await session.execute(text("SELECT 1"))


def test_a_process_opens_its_pool_and_one_more(postgres: PostgresDatabases) -> None:
    with postgres.fresh() as database:
        assert asyncio.run(opened_by_one_process(database)) == POOL + 1


def test_the_documents_reckon_with_it() -> None:
    document = (compose_file.DEPLOY.parent / "docs" / "deploy.md").read_text("utf-8")
    assert f"\n    {FORMULA}\n" in document
    example = compose_file.text_of(".env.example")
    assert FORMULA in re.sub(r"\n# ", " ", example)
    shown = dict(re.findall(r"^#([A-Z0-9_]+)=(\d+)$", example, re.MULTILINE))
    pool, most = (
        int(shown[name]) for name in ("VIDEO_FOUNDRY_DATABASE_POOL", "POSTGRES_MAX_CONNECTIONS")
    )
    (said,) = re.findall(r"Two replicas and eight workers: (\d+)\.", document)
    assert int(said) == (2 + 8) * (pool + 1) + 10 <= most
