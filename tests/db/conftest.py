"""What the suites share that need several writers at once."""

from collections.abc import Iterator

import pytest
from tests.db.databases import Database, PostgresDatabases


@pytest.fixture
def room(postgres: PostgresDatabases) -> Iterator[Database]:
    """An empty database in PostgreSQL, where several can write at once."""
    with postgres.fresh() as database:
        yield database
