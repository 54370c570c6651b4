"""What only the embedded database does: one file that several processes open."""

import asyncio
from pathlib import Path

from sqlalchemy import text
from tests.db.databases import Database, SystemTime

from video_foundry.db.store import Store

ROUNDS, AT_ONCE = 25, 8
"""New files, and how many open each of them; one in twenty-five openings failed."""


async def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    for index in range(ROUNDS):
        url = Database.in_folder(tmp_path / f"{index}").store_url
        stores = [Store(url, SystemTime()) for _ in range(AT_ONCE)]
        try:
            modes = await asyncio.gather(*(_journal_mode(store) for store in stores))
        finally:
            for store in stores:
                await store.close()
        assert modes == ["wal"] * AT_ONCE


async def _journal_mode(store: Store) -> str:
    async with store.write() as tx:
        return str(await tx.session.scalar(text("PRAGMA journal_mode")))
