"""Two clients that edit one film at once over a bad network. Each knows only what it was told."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from tests.api.reduction import Film, film_of
from tests.api.studio import Json, Studio
from websockets.sync.client import ClientConnection

EACH = 500
"""Operations that each client makes."""
SEED = 20_261_123
ROOM = (4, 12)
"""About so many segments, at least and at most: few enough for the two to meet."""
LOST_REQUEST, LOST_ANSWER = 0.1, 0.15
"""Shares of what is sent."""
DEAF = 0.4
"""Share of the turns in which a client hears nothing of the other."""
PATIENCE = 60.0


class Client:
    """One window: what the server told it, its own edits on top, and what became of them."""

    def __init__(self, studio: Studio, project: Json, ear: ClientConnection, seed: int) -> None:
        self.studio, self.ear, self.rng = studio, ear, random.Random(seed)
        self.path = f"/api/projects/{project['id']}"
        self.id = self._new_id()
        self.base, self.revision = film_of(project, []), int(project["revision"])
        self.pending: list[Json] = []
        self.made: list[str] = []
        self.fate: dict[str, str] = {}
        self.sent: dict[str, Json] = {}
        self.log: list[Json] = []
        self.gone: list[tuple[str, str, Json]] = []
        self.resent = 0
        self.words = (f"{seed} says {number}" for number in count())

    def _new_id(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    # --- what it sees ---

    def view(self) -> Film:
        """What stands on its screen."""
        film = self.base.copy()
        for operation in self.pending:
            film.apply(operation)
        return film

    def hear(self, timeout: float = 0) -> bool:
        """Take in one thing that the server tells everybody; whether there was one."""
        try:
            event = json.loads(self.ear.recv(timeout=timeout))
        except TimeoutError:
            return False
        if event["type"] != "project.operations":
            return True
        told = event["data"]
        assert told["revision"] == self.revision + 1, "no revision is left out or told twice"
        self.revision = told["revision"]
        for operation in told["operations"]:
            self.base.apply(operation)
            self.log.append({**operation, "client": told["client"]})
        known = {one["id"] for one in told["operations"]}
        self.fate |= dict.fromkeys(known & self.sent.keys(), "applied")
        self.pending = [one for one in self.pending if one["id"] not in known]
        return True

    # --- what it does ---

    def edit(self) -> None:
        """Make one step of one or two operations from what it sees."""
        step = self._new_id()
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            change = self._change(self.view())
            operation = {"id": self._new_id(), "step": step, **change}
            if change["type"] == "delete_segments":
                self._remember(operation)
            self.pending.append(operation)
            self.made.append(operation["id"])

    def _remember(self, operation: Json) -> None:
        there = self.view().segments
        self.gone += [
            (operation["id"], one, there[one]) for one in operation["segments"] if one in there
        ]

    def _change(self, film: Film) -> Json:
        few, many = (len(film.segments) < ROOM[0], len(film.segments) > ROOM[1])
        ways: list[tuple[Callable[[Film], Json | None], int]] = [
            (self._insert_segments, 9 if few else 1 if many else 4),
            (self._edit_segment, 12),
            (self._delete_segments, 0 if few else 9 if many else 3),
            (self._move_segments, 7),
            (self._restore, 2),
            (self._insert_item, 3),
            (self._edit_item, 6),
            (self._delete_item, 2),
            (self._move_items, 3),
            (self._rename, 2),
        ]
        makers, weights = zip(*ways, strict=True)
        while True:
            (make,) = self.rng.choices(makers, weights)
            change: Json | None = make(film)
            if change is not None:
                return change

    def _some(self, ids: Sequence[str], most: int = 3) -> list[str]:
        return self.rng.sample(ids, min(len(ids), self.rng.randint(1, most)))

    def _place(self, ids: Sequence[str], moved: Sequence[str] = ()) -> Json:
        rest = [one for one in ids if one not in moved]
        at = self.rng.randint(0, len(rest))
        return {
            "after": rest[at - 1] if at else None,
            "before": rest[at] if at < len(rest) else None,
        }

    def _params(self) -> Json:
        return {"model": "mock-ai", "duration": 1, "seed": self.rng.randrange(50)}

    def _insert_segments(self, film: Film) -> Json:
        segments = [
            {"id": self._new_id(), "prompt": next(self.words), "model_params": self._params()}
            for _ in range(self.rng.choice((1, 1, 2)))
        ]
        return {"type": "insert_segments", "segments": segments, **self._place([*film.segments])}

    def _restore(self, film: Film) -> Json | None:
        back = [one for one in self.gone if one[1] not in film.segments]
        if not back:
            return None
        by, segment, content = self.rng.choice(back)
        self.gone.remove((by, segment, content))
        segments = [{"id": segment, **content}]
        place = self._place([*film.segments])
        return {"type": "insert_segments", "segments": segments, "restores": by, **place}

    def _edit_segment(self, film: Film) -> Json | None:
        if not film.segments:
            return None
        segment, now = self.rng.choice([*film.segments.items()])
        new = {"prompt": next(self.words), "model_params": self._params()}
        names = self._some([*new], 2)
        return {
            "type": "edit_segment",
            "segment": segment,
            "set": {name: new[name] for name in names},
            "was": {name: now[name] for name in names},
        }

    def _delete_segments(self, film: Film) -> Json | None:
        return _of("delete_segments", segments=self._some([*film.segments], 2))

    def _move_segments(self, film: Film) -> Json | None:
        moved = self._some([*film.segments])
        return _of("move_segments", segments=moved, **self._place([*film.segments], moved))

    def _insert_item(self, film: Film) -> Json | None:
        tied = self.rng.choice([None, *film.segments])
        item = {"kind": "text", "text": next(self.words), "segment": tied}
        items = [{"id": self._new_id(), "item": item}]
        return _of("insert_items", items=items, **self._place([*film.items]))

    def _edit_item(self, film: Film) -> Json | None:
        if not film.items:
            return None
        item, now = self.rng.choice([*film.items.items()])
        said = [{"kind": "text", "fields": {"text": t}} for t in (next(self.words), now["text"])]
        return {"type": "edit_item", "item": item, "set": said[0], "was": said[1]}

    def _delete_item(self, film: Film) -> Json | None:
        return _of("delete_items", items=self._some([*film.items], 1))

    def _move_items(self, film: Film) -> Json | None:
        moved = self._some([*film.items], 2)
        return _of("move_items", items=moved, **self._place([*film.items], moved))

    def _rename(self, film: Film) -> Json:
        return {
            "type": "edit_project",
            "set": {"name": next(self.words)},
            "was": {"name": film.name},
        }

    # --- what it sends ---

    def post(self, *, is_safe: bool = False) -> None:
        """Send what no answer has come for; the request or its answer may be lost on the way."""
        batch = [one for one in self.pending if one["id"] not in self.fate]
        luck = 1.0 if is_safe else self.rng.random()
        if not batch or luck < LOST_REQUEST:
            return
        again = self._once_more()
        self.resent += len(again) + sum(one["id"] in self.sent for one in batch)
        self.sent |= {one["id"]: one for one in batch}
        body = {"client": self.id, "operations": [*again, *batch]}
        answer = self.studio.ask("POST", f"{self.path}/operations", json=body)
        if luck >= LOST_REQUEST + LOST_ANSWER:
            self._take(answer["outcomes"])

    def _once_more(self) -> list[Json]:
        """Now and then something that was applied long ago, as a window that was killed would."""
        applied = [one for one, status in self.fate.items() if status == "applied"]
        if not applied or self.rng.random() > 0.3:
            return []
        return [self.sent[self.rng.choice(applied)]]

    def _take(self, outcomes: Sequence[Json]) -> None:
        for one in outcomes:
            before = self.fate.setdefault(one["id"], one["status"])
            assert one["status"] == before, "what was once applied stays so"
        refused = {one["id"] for one in outcomes if one["status"] != "applied"}
        self.pending = [one for one in self.pending if one["id"] not in refused]

    def turn(self) -> None:
        """A moment at this window."""
        if self.rng.random() > DEAF:
            while self.hear():
                pass
        for _ in range(self.rng.randint(0, 9)):
            if len(self.made) < EACH:
                self.edit()
        self.post()


def _of(kind: str, **said: Any) -> Json | None:
    things = said.get("segments", said.get("items"))
    return {"type": kind, **said} if things else None


@pytest.fixture
def project(studio: Studio) -> Json:
    """A film with nothing in it."""
    return studio.project()


@pytest.fixture
def clients(studio: Studio, project: Json) -> Iterator[list[Client]]:
    """Two windows on it."""
    path = f"/api/projects/{project['id']}/events?after={project['event_seq']}"
    with ExitStack() as open_ones:
        users = [Studio(studio.server) for _ in range(2)]
        for user in users:
            open_ones.callback(user.close)
        ears = [open_ones.enter_context(studio.listen(path)) for _ in users]
        yield [
            Client(user, project, ear, SEED + n)
            for n, (user, ear) in enumerate(zip(users, ears, strict=True))
        ]


def _edit_each_other(clients: Sequence[Client]) -> None:
    """Both at the same time, until all is made and answered."""
    with ThreadPoolExecutor(len(clients)) as pool:
        while any(len(one.made) < EACH for one in clients):
            list(pool.map(Client.turn, clients))
    for one in clients:
        one.post(is_safe=True)


def _fields(operation: Json) -> Json:
    return dict(operation.get("fields", operation))


def _unseen(film: Film, operation: Json) -> list[str]:
    """Fields of an edit that said, when it was applied, what neither its author saw nor said."""
    match operation["type"]:
        case "edit_segment":
            now = film.segments[operation["segment"]]
        case "edit_item":
            now = film.items[operation["item"]]
        case "edit_project":
            now = {"name": film.name}
        case _:
            return []
    was, mine = _fields(operation["was"]), _fields(operation["set"])
    return [name for name in mine if now[name] not in (was[name], mine[name])]


def test_two_clients_end_equal_and_nothing_acknowledged_is_lost(
    studio: Studio, project: Json, clients: Sequence[Client]
) -> None:
    """Laws, whatever requests and answers are lost, late or sent again:

    1. Each operation is answered, and is in the server's order once if it was acknowledged, never
       if it was refused; a step is there whole or not at all; each client's stand in the order in
       which it made them.
    2. Doing that order, and nothing else, to the film of the beginning gives the server's film: so
       the effect of what was acknowledged stands until a later one of that order takes it away.
    3. An edit only ever replaces what its author saw.
    4. Each client, from nothing but what it was told, ends with the server's film.
    """
    _edit_each_other(clients)
    now = studio.read(project)
    for one in clients:
        while one.revision < now["revision"]:
            assert one.hear(PATIENCE), "the client was not told of all"
    log = clients[0].log
    assert clients[1].log == log

    _check_what_was_answered(clients, log)
    film = film_of(project, [])
    for operation in log:
        assert _unseen(film, operation) == [], operation
        film.apply(operation)
    items = studio.ask("GET", f"/api/projects/{project['id']}/items")
    stands = film_of(now, items).told()
    assert film.told() == stands
    assert [one.view().told() for one in clients] == [stands, stands]

    _check_that_they_met(clients)


def _check_what_was_answered(clients: Sequence[Client], log: Sequence[Json]) -> None:
    there = Counter(one["id"] for one in log)
    assert set(there.values()) == {1}, "nothing is applied twice"
    for one in clients:
        assert len(one.made) >= EACH
        assert [there[made] for made in one.made] == [
            int(one.fate[made] == "applied") for made in one.made
        ]
        own = [operation["id"] for operation in log if operation["client"] == one.id]
        assert own == [made for made in one.made if there[made]]
        steps: dict[str, set[bool]] = {}
        for made, operation in one.sent.items():
            steps.setdefault(operation["step"], set()).add(there[made] == 1)
        assert all(len(whole) == 1 for whole in steps.values())


def _check_that_they_met(clients: Sequence[Client]) -> None:
    """The laws say nothing where nobody is in anybody's way."""
    fates = Counter(status for one in clients for status in one.fate.values())
    assert fates["applied"] > EACH
    assert min(fates[name] for name in ("conflict", "gone", "held_back")) >= 5, fates
    assert sum(one.resent for one in clients) >= 50
