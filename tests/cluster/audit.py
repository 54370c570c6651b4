"""Who wrote what about a job: triggers that note every change of a job's row together with the
login that made it, and the judgement whether a writer that had lost its lease was ever let in.

The triggers exist in databases under test alone.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tests.cluster.database import ask

from video_foundry.core.jobs import TERMINAL, JobState, may_move

SLACK_SECONDS = 1.0
"""By how much the moment of a transaction may lie before the moment of its writes."""

SCHEMA = """
CREATE TABLE watched_jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL DEFAULT session_user,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    job_id text NOT NULL,
    kind text NOT NULL,
    old_owner text, new_owner text,
    old_epoch int, new_epoch int,
    old_state text, new_state text,
    old_until timestamptz,
    worked boolean NOT NULL DEFAULT false,
    rescheduled boolean NOT NULL DEFAULT false
);
CREATE TABLE watched_results (
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    actor text NOT NULL DEFAULT session_user,
    fingerprint text NOT NULL
);
CREATE FUNCTION watch_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO watched_jobs (job_id, kind, old_owner, old_epoch, old_state, old_until)
        VALUES (OLD.id, OLD.kind, OLD.lease_owner, OLD.epoch, OLD.state, OLD.lease_until);
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO watched_jobs (job_id, kind, new_owner, new_epoch, new_state)
        VALUES (NEW.id, NEW.kind, NEW.lease_owner, NEW.epoch, NEW.state);
    ELSE
        INSERT INTO watched_jobs (job_id, kind, old_owner, new_owner, old_epoch, new_epoch,
                                  old_state, new_state, old_until, worked, rescheduled)
        VALUES (NEW.id, NEW.kind, OLD.lease_owner, NEW.lease_owner, OLD.epoch, NEW.epoch,
                OLD.state, NEW.state, OLD.lease_until,
                (OLD.lease_until, OLD.progress, OLD.submit_key, OLD.provider_job_id,
                 OLD.attempt, OLD.deaths, OLD.result_digest)
                IS DISTINCT FROM
                (NEW.lease_until, NEW.progress, NEW.submit_key, NEW.provider_job_id,
                 NEW.attempt, NEW.deaths, NEW.result_digest),
                OLD.run_after IS DISTINCT FROM NEW.run_after);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION watch_results() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO watched_results (fingerprint) VALUES (NEW.fingerprint);
    RETURN NULL;
END $$;
CREATE TRIGGER watch AFTER INSERT OR UPDATE OR DELETE ON jobs
    FOR EACH ROW EXECUTE FUNCTION watch_jobs();
CREATE TRIGGER watch AFTER INSERT ON generations
    FOR EACH ROW EXECUTE FUNCTION watch_results();
CREATE TRIGGER watch AFTER INSERT ON compositions
    FOR EACH ROW EXECUTE FUNCTION watch_results();
"""


@dataclass(frozen=True, kw_only=True)
class Write:
    """One accepted change of a job's row. old_*: None where it was inserted. worked: what only the
    owner may touch was changed. rescheduled: so was the moment of its next step, which a webhook
    may bring forward too."""

    at: float
    actor: str
    tx: str
    job_id: str
    kind: str
    old_owner: str | None
    new_owner: str | None
    old_epoch: int | None
    new_epoch: int | None
    old_state: str | None
    new_state: str | None
    old_until: float | None
    worked: bool = False
    rescheduled: bool = False

    @property
    def is_claim(self) -> bool:
        """Whether somebody began to own the job."""
        return self.new_owner is not None and self.new_owner != self.old_owner

    @property
    def is_note(self) -> bool:
        """Whether it tells the owner something and changes nothing of its work: the wish to cancel,
        or the hint that a generation is over."""
        kept = (self.new_owner, self.new_state) == (self.old_owner, self.old_state)
        may_hint = self.new_state == JobState.SUBMITTED
        return kept and not self.worked and (may_hint or not self.rescheduled)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One result that was recorded: a paid clip, or a composed one."""

    tx: str
    actor: str
    fingerprint: str


def read_writes(url: str) -> list[Write]:
    """Every change of a job, by job, in order."""
    rows = ask(url, "SELECT *, tx::text AS tx FROM watched_jobs ORDER BY job_id, id")
    fields = Write.__dataclass_fields__
    return [
        Write(**{n: _seconds(v) for n, v in row.items() if n in fields})  # type: ignore[arg-type]  # columns are named like the fields
        for row in rows
    ]


def read_results(url: str) -> list[Result]:
    """Every result, with the transaction that recorded it."""
    query = "SELECT tx::text AS tx, actor, fingerprint FROM watched_results"
    return [Result(**row) for row in ask(url, query)]


def _seconds(value: object) -> object:
    return value.timestamp() if isinstance(value, datetime) else value


def stale_writes(writes: Iterable[Write]) -> list[str]:
    """Changes that a job's owner of the time did not make and could not allow. writes: by job."""
    return [
        problem
        for _, story in groupby(writes, key=lambda w: w.job_id)
        for problem in _judge(list(story))
    ]


def _judge(story: Sequence[Write]) -> Iterator[str]:
    owner_is: dict[str, str] = {}  # owner -> the login that claimed under that name
    for write in story:
        problem = _problem(write, owner_is)
        if problem is not None:
            yield f"job {write.job_id}: {write.actor} {problem}: {write}"
        if write.is_claim and write.new_owner is not None:
            owner_is.setdefault(write.new_owner, write.actor)


def _problem(write: Write, owner_is: dict[str, str]) -> str | None:
    if write.old_state is None:
        return None
    if write.new_state is None:
        return "removed it"
    return _bad_epoch(write) or _bad_move(write) or _bad_owner(write, owner_is)


def _bad_epoch(write: Write) -> str | None:
    risen = (write.new_epoch or 0) - (write.old_epoch or 0)
    if risen < 0:
        return "set the epoch back"
    if write.is_claim and risen != 1:
        return "claimed it without a new epoch"
    return None


def _bad_move(write: Write) -> str | None:
    old, new = JobState(write.old_state or ""), JobState(write.new_state or "")
    if old != new and (old in TERMINAL or not may_move(old, new)):
        return f"moved it from {old} to {new}"
    return None


def _bad_owner(write: Write, owner_is: dict[str, str]) -> str | None:
    if write.old_owner is None:
        return None
    has_expired = write.old_until is None or write.old_until <= write.at + SLACK_SECONDS
    if write.new_owner not in (None, write.old_owner):
        return None if has_expired else "took it from an owner with a lease"
    if owner_is.get(write.old_owner) == write.actor:
        return None
    if write.is_note:
        return None
    return None if has_expired and write.new_owner is None else "wrote in the owner's place"


def hints(writes: Iterable[Write]) -> int:
    """How many webhooks brought a question forward; nothing else reschedules for another."""
    return sum(w.rescheduled and w.is_note and w.actor.startswith("api") for w in writes)


def loose_results(results: Iterable[Result], writes: Iterable[Write]) -> list[str]:
    """Results recorded by a transaction that did not also, as its owner, end the job."""
    ended = {(w.tx, w.actor) for w in writes if w.new_state == JobState.SUCCEEDED}
    return [
        f"{r.actor} recorded {r.fingerprint} without holding its job"
        for r in results
        if (r.tx, r.actor) not in ended
    ]


@dataclass(frozen=True, kw_only=True)
class TakeOver:
    """A job that a dead owner held. seconds: from the kill until somebody claimed it, None if
    nobody did although it was open."""

    job_id: str
    kind: str
    killed_at: float
    seconds: float | None


def take_overs(writes: Iterable[Write], deaths: Iterable[tuple[str, float]]) -> list[TakeOver]:
    """What became of the jobs in the hands of the killed. deaths: (login, moment), any order."""
    killed = sorted((moment, actor) for actor, moment in deaths)
    found: list[TakeOver] = []
    for _, story in groupby(writes, key=lambda w: w.job_id):
        found += _take_overs_of(list(story), killed)
    return found


def holdings(writes: Iterable[Write]) -> Iterator[tuple[Write, float]]:
    """Each claim, and until when its owner had the job; infinity for "still". writes: by job."""
    for _, story in groupby(writes, key=lambda w: w.job_id):
        yield from _holdings_of(list(story))


@dataclass(frozen=True, kw_only=True)
class Orphan:
    """A job whose owner had let the lease run out, from then until it was taken."""

    job_id: str
    kind: str
    since: float
    until: float


def orphans(writes: Iterable[Write]) -> list[Orphan]:
    """Every time that a job waited for another worker than the one that had it."""
    return [
        Orphan(job_id=w.job_id, kind=w.kind, since=w.old_until, until=w.at)
        for w in writes
        if w.is_claim and w.old_owner is not None and w.old_until is not None
    ]


def _holdings_of(story: Sequence[Write]) -> Iterator[tuple[Write, float]]:
    for number, claim in enumerate(story):
        if claim.is_claim:
            later = (w.at for w in story[number + 1 :] if w.new_owner != claim.new_owner)
            yield claim, next(later, float("inf"))


def _take_overs_of(
    story: Sequence[Write], killed: Sequence[tuple[float, str]]
) -> Iterator[TakeOver]:
    """Each stretch of ownership that a death of its owner cut short."""
    for claim, until in _holdings_of(story):
        death = _first_death(killed, claim.actor, claim.at, until)
        if death is not None:
            seconds = None if until == float("inf") else until - death
            yield TakeOver(job_id=claim.job_id, kind=claim.kind, killed_at=death, seconds=seconds)


def _first_death(
    killed: Sequence[tuple[float, str]], actor: str, after: float, before: float
) -> float | None:
    start = bisect_left(killed, (after, ""))
    for moment, who in killed[start:]:
        if moment >= before:
            return None
        if who == actor:
            return moment
    return None
