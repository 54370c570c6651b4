"""One installation under test: a server with a user, the command line beside it, and somebody who
damages its database and its objects behind its back."""

import asyncio
import contextlib
import json
import os
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import obstore
import pytest
from obstore.store import S3Store
from tests.api.studio import Json, Studio
from tests.sampling import turn

from video_foundry.testing.ledger import RunningLedger
from video_foundry.testing.server import serving

both = pytest.mark.parametrize("house", ["embedded", "cluster"], indirect=True)
"""For tests that are done on SQLite and a folder, and on PostgreSQL and S3 as well."""
in_turn = pytest.mark.parametrize("house", turn(["embedded", "cluster"], 2), indirect=True)
"""For tests that are done on one of them in one turn, and on the other in the next."""


class Vandal(ABC):
    """Reaches objects by their digest, past everything that guards them."""

    @abstractmethod
    def read(self, digest: str) -> bytes | None:
        """The object's bytes, None where there is none."""

    @abstractmethod
    def write(self, digest: str, content: bytes) -> None:
        """Put bytes under any name."""

    @abstractmethod
    def remove(self, digest: str) -> None:
        """Take the object away."""

    @abstractmethod
    def digests(self) -> set[str]:
        """Every object there is."""

    def truncate(self, digest: str) -> None:
        """Cut the object in half."""
        whole = self.read(digest) or b""
        self.write(digest, whole[: len(whole) // 2])

    def flip(self, digest: str) -> None:
        """Change one bit in the middle."""
        whole = bytearray(self.read(digest) or b"")
        whole[len(whole) // 2] ^= 1
        self.write(digest, bytes(whole))


@dataclass(frozen=True)
class FolderVandal(Vandal):
    """Of a local object folder."""

    root: Path

    def _path(self, digest: str) -> Path:
        return self.root / "objects" / digest[:2] / digest[2:4] / digest

    def read(self, digest: str) -> bytes | None:
        """The file."""
        path = self._path(digest)
        return path.read_bytes() if path.exists() else None

    def write(self, digest: str, content: bytes) -> None:
        """A new file, as a restored backup would be."""
        self.remove(digest)
        self._path(digest).parent.mkdir(parents=True, exist_ok=True)
        self._path(digest).write_bytes(content)

    def remove(self, digest: str) -> None:
        """Unlink it."""
        self._path(digest).unlink(missing_ok=True)

    def digests(self) -> set[str]:
        """Every file."""
        return {p.name for p in (self.root / "objects").rglob("*") if p.is_file()}

    def age(self, digest: str, seconds: float) -> None:
        """Let it have been stored so long ago."""
        then = time.time() - seconds
        os.utime(self._path(digest), (then, then))


@dataclass(frozen=True)
class BucketVandal(Vandal):
    """Of a bucket."""

    bucket: S3Store
    prefix: str

    def _key(self, digest: str) -> str:
        return f"{self.prefix}/objects/{digest[:2]}/{digest[2:4]}/{digest}"

    def read(self, digest: str) -> bytes | None:
        """The object."""
        try:
            return bytes(obstore.get(self.bucket, self._key(digest)).bytes())
        except FileNotFoundError:
            return None

    def write(self, digest: str, content: bytes) -> None:
        """Put it."""
        obstore.put(self.bucket, self._key(digest), content)

    def remove(self, digest: str) -> None:
        """Delete it."""
        with contextlib.suppress(FileNotFoundError):
            obstore.delete(self.bucket, self._key(digest))

    def digests(self) -> set[str]:
        """Every key's last part."""
        pages = obstore.list(self.bucket, f"{self.prefix}/objects")
        return {item["path"].rsplit("/", 1)[-1] for page in pages for item in page}


@dataclass(frozen=True)
class Told:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> Any:
        """The JSON object on the last line of standard output."""
        return json.loads(self.out.splitlines()[-1])

    def kinds(self) -> dict[str, list[Json]]:
        """The findings of an integrity check by kind."""
        found: dict[str, list[Json]] = {}
        for finding in self.last["findings"]:
            found.setdefault(finding["kind"], []).append(finding)
        return found


@dataclass(repr=False)
class House:
    """data: the data folder. settings: what differs from the defaults, by field name."""

    data: Path
    settings: dict[str, Any]
    objects: Vandal
    command: Callable[..., Told]
    ledger: RunningLedger
    studio: Studio
    memory: dict[str, bytes] = field(default_factory=dict, init=False)
    """Prompt of a one-shot project -> the film that it gave first."""
    projects: dict[str, Json] = field(default_factory=dict, init=False)

    @classmethod
    @contextlib.contextmanager
    def standing(
        cls,
        data: Path,
        settings: dict[str, Any],
        objects: Vandal,
        command: Callable[..., Told],
        ledger: RunningLedger,
    ) -> Iterator["House"]:
        """Served until the block ends."""
        with serving(data, fetch_allow_hosts=("127.0.0.1",), **settings) as server:
            studio = Studio(server)
            try:
                yield cls(data, settings, objects, command, ledger, studio)
            finally:
                studio.close()

    @contextlib.contextmanager
    def served_again(self, **changes: Any) -> Iterator[Studio]:
        """A second server beside the first, with other settings."""
        with serving(self.data, **{**self.settings, **changes}) as server:
            studio = Studio(server)
            try:
                yield studio
            finally:
                studio.close()

    # --- a film for each prompt ---

    def remember(self, prompt: str) -> bytes:
        """The film of a project with this one paid shot, rendered now."""
        if prompt not in self.projects:
            self.projects[prompt] = self.studio.project(paid(f"{self.data} {prompt}"))
        film = self.bytes_of(self.studio.make(self.projects[prompt]))
        self.memory.setdefault(prompt, film)
        return film

    def spoil(self, how: str, number: int) -> None:
        """Damage one object that can be made again, if there is any."""
        rows = self.sql("SELECT digest FROM artifacts WHERE is_rebuildable ORDER BY digest")
        if rows:
            digest = rows[number % len(rows)][0]
            (self.objects.remove if how == "lose" else self.objects.truncate)(digest)

    # --- asking ---

    def run(self, *arguments: str) -> Told:
        """A command beside the server."""
        return self.command(*arguments)

    def check(self, *options: str) -> Told:
        """`doctor --integrity`, its findings as JSON."""
        return self.run("doctor", "--integrity", *options, "--json")

    def prune(self, *options: str) -> Told:
        """`storage prune`, its result as JSON."""
        return self.run("storage", "prune", *options, "--json")

    def lies(self) -> dict[str, tuple[int, int]]:
        """kind -> (count, bytes), as `storage` tells."""
        told = self.run("storage", "--json")
        assert told.code == 0, told.err
        return {kind["kind"]: (kind["count"], kind["bytes"]) for kind in told.last["kinds"]}

    def bytes_of(self, render: Json) -> bytes:
        """The film."""
        answer = self.studio.http.get(render["video_url"])
        assert answer.status_code == 200, answer.text
        return answer.content

    def billed(self) -> int:
        """Generations that the provider wants money for."""
        return len(self.ledger.billed())

    def clips_of(self, render: Json, kind: str = "clip") -> list[str | None]:
        """Digests of the picture, or of the sound (kind `sound`), of each segment of a render, in
        film order; None while it is not composed."""
        query = (
            "SELECT step.digest FROM render_segments shown LEFT JOIN render_steps step ON "
            "step.render_id = shown.render_id AND step.segment = shown.position AND "
            "step.kind = :2 WHERE shown.render_id = :1 ORDER BY shown.position"
        )
        return [row[0] for row in self.sql(query, render["id"], kind)]

    def pieces_of(self, render: Json) -> set[str]:
        """Digests of all that the film of a render was joined from, as far as it is there."""
        query = "SELECT digest FROM render_steps WHERE render_id = :1 AND kind <> 'master'"
        return {row[0] for row in self.sql(query, render["id"]) if row[0]}

    def size_of(self, digest: str) -> int:
        """Bytes of an object; 0 where there is none."""
        return len(self.objects.read(digest) or b"")

    def film_of(self, render: Json) -> str:
        """The digest of a finished film."""
        found = self.sql("SELECT master_digest FROM render_jobs WHERE id = :1", render["id"])
        return str(found[0][0])

    def takes_of(self, project: Json) -> list[str]:
        """Digests of the clips that were paid for, in film order."""
        return [
            row[0]
            for row in self.sql(
                "SELECT g.digest FROM segments s JOIN generations g ON g.fingerprint = "
                "s.fingerprint WHERE s.project_id = :1 ORDER BY s.order_index",
                project["id"],
            )
        ]

    # --- the database behind its back ---

    def sql(self, statement: str, *values: Any, unchecked: bool = False) -> list[Any]:
        """Carry out a statement, with :1, :2, ... for values. unchecked: whatever keys say."""
        url = self.settings.get("database_url")
        if url is None:
            return self._sqlite(statement, values, unchecked)
        return asyncio.run(_postgres(url, statement, values, unchecked))

    def _sqlite(self, statement: str, values: tuple[Any, ...], unchecked: bool) -> list[Any]:
        path = self.data / "video-foundry.sqlite3"
        with closing(sqlite3.connect(path, timeout=30)) as database, database:
            database.execute(f"PRAGMA foreign_keys={'OFF' if unchecked else 'ON'}")
            return database.execute(statement.replace(":", "?"), values).fetchall()


async def _postgres(url: str, statement: str, values: tuple[Any, ...], unchecked: bool) -> Any:
    database = await asyncpg.connect(url)
    try:
        if unchecked:
            await database.execute("SET session_replication_role = replica")
        return await database.fetch(statement.replace(":", "$"), *values)
    finally:
        await database.close()


def paid(prompt: str, **params: Any) -> Json:
    """A segment that the stand-in provider wants 0.40 US dollars for."""
    return {"prompt": prompt, "model_params": {"model": "ledger-key", **params}}


@dataclass(frozen=True)
class Slow:
    """A shot that goes on being generated until it is let go."""

    shot: Json
    go: Callable[[], None]
