"""What must be true of the rows of an installation: at any moment, and when everything has come to
rest. Each check answers with what is wrong, as sentences. Nothing here changes a row."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.db.databases import Database

Row = dict[str, Any]
OPEN_JOB = "state NOT IN ('succeeded', 'failed', 'cancelled')"
OPEN_RENDER = "status NOT IN ('completed', 'failed', 'cancelled')"

STUCK = f"""
SELECT r.id, r.status FROM render_jobs r WHERE r.{OPEN_RENDER} AND NOT EXISTS (
    SELECT 1 FROM jobs j WHERE j.{OPEN_JOB} AND j.id IN (
        SELECT job_id FROM render_segments WHERE render_id = r.id
        UNION ALL SELECT job_id FROM render_steps WHERE render_id = r.id))
"""
"""Open renders that wait for nothing."""

CALLED_OFF = f"""
SELECT j.id, j.state FROM jobs j
JOIN (SELECT render_id, job_id, digest FROM render_segments
      UNION ALL SELECT render_id, job_id, digest FROM render_steps) s ON s.job_id = j.id
JOIN render_jobs r ON r.id = s.render_id
WHERE r.{OPEN_RENDER} AND s.digest IS NULL AND j.state = 'cancelled'
"""
"""Cancelled jobs that an open render still takes for its own."""

UNFILED = """
SELECT s.id AS segment, g.fingerprint FROM segments s
JOIN generations g ON g.base_fingerprint = s.fingerprint
LEFT JOIN takes t ON t.segment_id = s.id AND t.fingerprint = g.fingerprint
WHERE s.media_id IS NULL AND t.id IS NULL
"""
"""Paid results that a segment asks for and does not have as a take."""

FORGOTTEN = """
SELECT j.id, j.fingerprint FROM jobs j
LEFT JOIN generations g ON g.fingerprint = j.fingerprint
WHERE j.kind = 'generate' AND j.state = 'succeeded' AND g.fingerprint IS NULL
"""
"""Generations that ended well and left nothing."""

LOOSE_CHOICE = """
SELECT s.id, s.chosen_take_id FROM segments s
LEFT JOIN takes t ON t.id = s.chosen_take_id AND t.segment_id = s.id
WHERE s.chosen_take_id IS NOT NULL AND t.id IS NULL
"""
TAKEN_WITHOUT = f"""
SELECT s.render_id, s.fingerprint, s.kind FROM render_steps s
JOIN render_jobs r ON r.id = s.render_id
LEFT JOIN compositions c ON c.fingerprint = s.fingerprint AND c.digest = s.digest
LEFT JOIN artifacts a ON a.digest = c.digest
WHERE r.{OPEN_RENDER} AND s.digest IS NOT NULL AND a.digest IS NULL
"""
"""Composing steps that an open render counts as done, and whose artifact nobody knows."""

HALF_FILMS = """
SELECT r.id, r.segments_completed, r.segments_total FROM render_jobs r
WHERE r.status = 'completed' AND (
    r.master_digest IS NULL OR r.segments_completed <> r.segments_total OR EXISTS (
        SELECT 1 FROM render_segments s WHERE s.render_id = r.id AND s.digest IS NULL)
    OR EXISTS (SELECT 1 FROM render_outputs o WHERE o.render_id = r.id AND o.digest IS NULL))
"""
SILENT = """
SELECT id, status FROM render_jobs
WHERE (status = 'failed' AND (error_code IS NULL OR error_message IS NULL))
   OR (status IN ('completed', 'failed', 'cancelled') AND finished_at IS NULL)
"""
"""Renders that failed without a reason, or ended at no time."""

ALWAYS: Mapping[str, str] = {
    "an open render waits for nothing": STUCK,
    "an open render waits for a cancelled job": CALLED_OFF,
    "a paid result is not filed as a take": UNFILED,
    "a generation left nothing": FORGOTTEN,
    "a choice names no take of its segment": LOOSE_CHOICE,
    "an open render counts on what nobody knows": TAKEN_WITHOUT,
    "a completed render lacks something": HALF_FILMS,
    "a render ended in silence": SILENT,
    "a request has two open jobs": f"SELECT fingerprint FROM jobs WHERE {OPEN_JOB} "
    "GROUP BY fingerprint HAVING count(*) > 1",
    "a resting job has an owner": "SELECT id, state FROM jobs WHERE lease_owner IS NOT NULL AND "
    "state IN ('queued', 'needs_attention', 'succeeded', 'failed', 'cancelled')",
    "an order index is below 0": "SELECT id FROM segments WHERE order_index < 0",
}
"""What no moment may show -> the query that would show it."""

AT_REST: Mapping[str, str] = {
    "a job is open": f"SELECT id, kind, state, lease_owner FROM jobs WHERE {OPEN_JOB}",
    "a render is open": f"SELECT id, status FROM render_jobs WHERE {OPEN_RENDER}",
}


def what_is_wrong(database: Database, checks: Mapping[str, str]) -> list[str]:
    """Findings of these checks."""
    return [
        f"{complaint}: {dict(row)}"
        for complaint, rows in database.ask_all(checks).items()
        for row in rows
    ]


def gaps(database: Database) -> list[str]:
    """Numbers that must go up by one: events of a project, takes of a segment."""
    return list(_gaps(database))


def _gaps(database: Database) -> Iterator[str]:
    seqs = _grouped(database.ask("SELECT project_id AS id, seq AS n FROM events"))
    for project in database.ask("SELECT id, event_seq FROM projects"):
        if seqs[project["id"]] != list(range(1, project["event_seq"] + 1)):
            yield f"events of {project}: {seqs[project['id']]}"
    for segment, numbers in _grouped(
        database.ask("SELECT segment_id AS id, number AS n FROM takes")
    ).items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"takes of segment {segment} are numbered {numbers}"


def _grouped(rows: Iterable[Row]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        found[row["id"]].append(row["n"])
    return defaultdict(list, {key: sorted(numbers) for key, numbers in found.items()})


def told_revisions(database: Database) -> list[str]:
    """Revisions that events tell of: each once, none left out, up to the present one."""
    rows = database.ask(
        "SELECT project_id AS id, (data->>'revision')::int AS n FROM events "
        "WHERE data->>'revision' IS NOT NULL"
    )
    told = _grouped(rows)
    return [
        f"project {p['id']} is at {p['revision']}, told were {told[p['id']]}"
        for p in database.ask("SELECT id, revision FROM projects")
        if told[p["id"]] != list(range(1, p["revision"] + 1))
    ]


def lost_edits(
    database: Database, edits: Counter[str], added: Counter[str], *, born: Counter[str]
) -> list[str]:
    """Projects with another number of edits, or of segments, than was acknowledged. born: the
    revision that each was made with."""
    rows = database.ask(
        "SELECT p.id, p.revision, count(s.id) AS segments FROM projects p "
        "LEFT JOIN segments s ON s.project_id = p.id GROUP BY p.id"
    )
    found = {row["id"]: row for row in rows}
    wrong = [
        f"{found[p]} after {n} edits"
        for p, n in edits.items()
        if found[p]["revision"] != born[p] + n
    ]
    return wrong + [
        f"{found[p]}, but {n} segments were added"
        for p, n in added.items()
        if found[p]["segments"] != n
    ]


def overwritten(
    database: Database, table: str, column: str, told: Mapping[str, Mapping[int, str]]
) -> list[str]:
    """Rows that do not say what was set last. told: id -> revision -> value."""
    rows = {row["id"]: row["v"] for row in database.ask(f"SELECT id, {column} AS v FROM {table}")}
    return [
        f"{table} {key}: {rows[key]!r} in place of {values[max(values)]!r}"
        for key, values in told.items()
        if key in rows and rows[key] != values[max(values)]
    ]


def paid_more(billed: Counter[str], consents: Counter[str]) -> list[str]:
    """Jobs that were billed more often than once, and once more for each consent."""
    return [
        f"job {job} was billed {n} times after {consents[job]} consents"
        for job, n in billed.items()
        if n > 1 + consents[job]
    ]
