"""A process ends though somebody was called off in the middle of what the database was doing."""

import asyncio

from sqlalchemy import text
from tests.db.databases import Database, SystemTime
from tests.db.threads import Threads

from video_foundry.db.store import Store

LONG: dict[bool, str] = {
    True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) "
    "SELECT count(*) FROM n",
    False: "SELECT pg_sleep(2)",
}
"""A statement of a second or two, by whether the database is SQLite."""
UNDER_WAY = 0.3


def test_called_off_twice_in_a_statement_the_event_loop_still_ends(database: Database) -> None:
    async def process() -> None:
        store = Store(database.store_url, SystemTime())

        async def ask() -> None:
            async with store.read() as session:
                asked.set()
                await session.execute(text(LONG[store.is_sqlite]))

        asked = asyncio.Event()
        asking = asyncio.create_task(ask())
        await asked.wait()
        for _ in range(2):  # by whoever gives up, and by the end of the process
            await asyncio.sleep(UNDER_WAY)
            asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()

    threads = Threads()
    threads.start(process)
    threads.join()
