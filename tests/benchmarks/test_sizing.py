"""The benchmarks that tell how large an installation has to be say what they compare with, and put
their figures where docs/deploy.md has a place for them. No figure here was measured."""

from pathlib import Path

import pytest
from benchmarks.cluster import Film
from benchmarks.cluster import _row as film_row
from benchmarks.queue import BURST, Claimed, Way, _claims_rows, _way_rows
from benchmarks.report import Row
from benchmarks.sizing import BEGIN, END, put_into

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "deploy.md"


def claimed(backlog: int, claimers: int, rate: int) -> list[Claimed]:
    jobs = [str(number) for number in range(rate)]
    return [
        Claimed(
            backlog=backlog, batch=10, claimers=claimers, jobs=jobs, claims=rate // 10, seconds=1.0
        )
    ]


def test_claims_are_held_against_one_claimer_and_a_short_queue() -> None:
    rows = _claims_rows(
        "PostgreSQL",
        [
            claimed(10_000, 1, 1_000),
            claimed(10_000, 4, 2_500),
            claimed(100_000, 1, 800),
            claimed(100_000, 4, 1_200),
        ],
    )
    assert [row.ratio for row in rows] == [None, 2.5, 0.8, 1.5]
    assert rows[2].theirs == "1,000 jobs/s, 10,000 waiting, 1 at once"
    assert "0 of 800 given out twice" in rows[2].note


def test_a_broker_is_held_against_none() -> None:
    none = Way(delays=[0.4, 0.5, 0.6], rate=200.0)
    told = Way(delays=[0.01, 0.02, 0.03], rate=300.0)
    delay, burst = _way_rows("PostgreSQL with RabbitMQ", told, none)
    assert delay.ours == "p50 20 ms, p95 30 ms"
    assert delay.ratio == pytest.approx(0.04)
    assert (burst.ours, burst.ratio, f"{BURST:,}" in burst.what) == ("300 jobs/s", 1.5, True)
    assert [row.ratio for row in _way_rows("PostgreSQL", none, None)] == [None, None]


def test_more_workers_are_held_against_one() -> None:
    embedded, one, two = (Film(accept=0.1, seconds=s, cpu=1.0) for s in (20.0, 16.0, 8.0))
    row = film_row("two", 100, two, {"embedded": embedded, "1 worker": one})
    assert (row.theirs, row.ratio) == ("20.0 s embedded, 16.0 s 1 worker", 0.5)


def test_figures_go_where_there_is_a_place_for_them(tmp_path: Path) -> None:
    document = tmp_path / "deploy.md"
    document.write_text(DOCUMENT.read_text("utf-8"), "utf-8")
    for ours in ("1 s", "2 s"):
        put_into(document, "2 cores", [Row(what="a render", ours=ours)])
    text, before = document.read_text("utf-8"), DOCUMENT.read_text("utf-8")
    assert "| a render | 2 s |" in text
    assert "| a render | 1 s |" not in text
    assert text.partition(BEGIN)[0] == before.partition(BEGIN)[0]
    assert text.partition(END)[2] == before.partition(END)[2]
    (tmp_path / "other.md").write_text("no place")
    with pytest.raises(ValueError, match="no place for figures"):
        put_into(tmp_path / "other.md", "2 cores", [])
    assert (tmp_path / "other.md").read_text() == "no place"
