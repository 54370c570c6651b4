"""What a piece of work sends to the database, written down as it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from video_foundry.db.apart import SIGN_OF_LIFE
from video_foundry.db.store import Store


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What is sent to the database; one that carries many rows is sent once. Without the signs of
    life, which are as many as the machine is slow."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if sql != SIGN_OF_LIFE:
            sent.append(sql)

    engine = store.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
