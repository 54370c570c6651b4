"""The benchmark of composing measures what it says: costs of whole process trees, films that are
the ones asked for, goals met or missed. Films are tiny here, and no figure of theirs counts."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.composing.case import Case
from benchmarks.composing.cost import Cost, Failed, Limits, require_proc, run
from benchmarks.composing.edits import EDITS
from benchmarks.composing.measure import Figures, check, measure
from benchmarks.composing.ours import Done
from benchmarks.composing.page import Kept, page
from benchmarks.composing.peers import Order, Peer, ffmpeg_concat, ffmpeg_xfade
from benchmarks.composing.planning import planning
from benchmarks.composing.rows import rows_of
from benchmarks.composing.suites import Part, quick
from benchmarks.report import Row
from benchmarks.suites import BY_DEFAULT, SUITES

AMPLE = Limits(seconds=60, mib=4096)
PYTHON = (sys.executable, "-I", "-S", "-c")

IN_A_GRANDCHILD = """
import subprocess, sys
spin = "import time\\nwhile time.process_time() < 0.4: pass"
inner = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spin!r}], check=True)"
subprocess.run([sys.executable, "-S", "-c", inner], check=True)
"""

IN_TWO_PROCESSES = """
import subprocess, sys
held = bytearray(b"x" * (40 << 20))
inner = "import time; held = bytearray(b'x' * (40 << 20)); time.sleep(SECONDS)"
subprocess.run([sys.executable, "-S", "-c", inner.replace("SECONDS", sys.argv[1])], check=True)
"""


def test_cpu_of_descendants_counts_and_that_of_others_does_not(tmp_path: Path) -> None:
    idle = run([*PYTHON, "pass"], folder=tmp_path, limits=AMPLE)
    busy = run([*PYTHON, IN_A_GRANDCHILD], folder=tmp_path, limits=AMPLE)
    assert 0 < idle.cpu < 0.3
    assert 0.4 <= busy.cpu < 1.2


def test_memory_is_that_of_all_processes_at_once(tmp_path: Path) -> None:
    require_proc()
    cost = run([*PYTHON, IN_TWO_PROCESSES, "1"], folder=tmp_path, limits=AMPLE)
    assert cost.peak is not None
    assert 80 <= cost.peak < 160


def test_what_takes_too_much_is_ended_and_says_so(tmp_path: Path) -> None:
    greedy, patient = (Limits(seconds=60, mib=60), "memory"), (Limits(seconds=0.3, mib=4096), " s")
    for limits, reason in (greedy, patient):
        with pytest.raises(Failed, match=rf"^stopped .*{reason}"):
            run([*PYTHON, IN_TWO_PROCESSES, "60"], folder=tmp_path, limits=limits)


def test_a_program_that_fails_is_named_by_its_status_and_last_words(tmp_path: Path) -> None:
    words = "import sys; print('one'); sys.exit('no room | for this')"
    with pytest.raises(Failed, match=r"^exit status 1 \(no room / for this\)$"):
        run([*PYTHON, words], folder=tmp_path, limits=AMPLE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both films are made, of the same clips."""
    return tmp_path_factory.mktemp("composing")


def toy(crossfades: bool) -> Case:
    return Case(clips=3, seconds=1, width=160, height=90, crossfades=crossfades)


def wrong(order: Order) -> list[str]:
    """Ends well, and made another film: a clip is missing."""
    return list(ffmpeg_concat().command(Order(**{**vars(order), "clips": order.clips[1:]})))


def test_films_with_cuts_are_measured_against_peers_of_which_some_fail(folder: Path) -> None:
    case = toy(crossfades=False)
    cheat = Peer(name="a clip short", command=wrong)
    crash = Peer(name="a crash", command=lambda _: [*PYTHON, "raise SystemExit(245)"])
    figures = measure(
        case,
        [ffmpeg_concat(), ffmpeg_xfade(), cheat, crash],
        folder=folder,
        orders=("first", "again", "clip", "recompose", "join"),
    )
    concat, cheated, crashed = figures.peers.values()
    assert isinstance(concat, list)
    assert [str(failed) for failed in (cheated, crashed)] == [
        "made 48 frames instead of 72",
        "exit status 245",
    ]
    first, again, changed, recomposed, joined = (
        figures.ours[order][-1] for order in ("first", "again", "clip", "recompose", "join")
    )
    assert (first.encoded, again.steps, changed.encoded, recomposed.steps) == (3.0, 0, 1.0, 1)
    assert set(first.spent) == {"clip", "sound", "mix", "master"}
    assert set(recomposed.spent) == {"master"}
    assert 0 < sum(first.spent.values()) <= first.cost.cpu + 0.05  # ticks of children at work
    assert again.cost.cpu < first.cost.cpu
    assert changed.written > changed.size > joined.size / 2
    assert joined.size == recomposed.size == recomposed.written
    rows = rows_of(figures)
    assert sum("fails:" in row.theirs for row in rows) == 2
    assert rows[0].ratio == pytest.approx(first.cost.cpu / concat[0].cpu)
    assert not any("goal" in row.note for row in rows)


def test_every_edit_is_made_and_costs_what_it_touches(folder: Path) -> None:
    figures = measure(
        toy(crossfades=True),
        [ffmpeg_xfade()],
        folder=folder,
        orders=("first", "again", *EDITS),
    )
    made = {order: set(done[0].spent) for order, done in figures.ours.items()}
    assert made["music"] == {"sound", "mix", "master"}
    assert made["transition"] == {"span", "master"}
    assert made["text"] == {"title", "span", "master"}
    assert "sound" in made["clip"]
    assert "sound" not in made["turn"] | made["move"]
    assert figures.ours["transition"][0].encoded < figures.ours["first"][0].encoded
    [table] = [row for row in rows_of(figures) if row.what.startswith("music changed")]
    assert "0.0 of 2.0 s of picture encoded" in table.note


def test_clips_that_conform_are_measured_as_copied(folder: Path) -> None:
    figures = measure(
        replace(toy(crossfades=False), conforming=True),
        [ffmpeg_concat()],
        folder=folder,
        orders=("first", "clip", "recompose", "join"),
    )
    first, changed, recomposed, joined = (
        figures.ours[order][-1] for order in ("first", "clip", "recompose", "join")
    )
    assert (first.encoded, changed.encoded) == (0, 0)
    assert set(changed.spent) == {"sound", "mix", "master"}
    assert joined.size == recomposed.size


def test_the_quick_form_is_measured_by_default_against_ffmpeg_alone(folder: Path) -> None:
    assert {"compose", "compose_full"} & {*BY_DEFAULT} == {"compose"}
    assert SUITES.keys() >= {"compose", "compose_full"}
    of_what = [row.what.partition(",")[0] for row in quick([toy(crossfades=True)], folder)]
    assert of_what == [
        "first compose",
        "first compose",
        "peak memory of all processes",
        "nothing changed",
        "one clip changed",
        "new in the store after one clip changed",
    ]


def test_what_cannot_be_read_is_no_film(tmp_path: Path) -> None:
    for content in (b"", b"no film"):
        film = tmp_path / "film.mp4"
        film.write_bytes(content)
        with pytest.raises(Failed, match="no film that can be read"):
            check(film, toy(crossfades=False))
    film.unlink()
    with pytest.raises(Failed, match="no film that can be read"):
        check(film, toy(crossfades=False))


def of(cpu: float, wall: float = 1.0, peak: float = 200.0, written: int = 0) -> Done:
    return Done(cost=Cost(cpu=cpu, wall=wall, peak=peak), size=1_000_000, written=written)


def verdicts(*, crossfades: bool, clip: float, peak: float, again: float) -> list[str]:
    figures = Figures(
        case=Case(clips=20, seconds=5, crossfades=crossfades),
        peers={
            "FFmpeg": [Cost(cpu=100.0, wall=50.0, peak=400.0)],
            "other": [Cost(cpu=cpu, wall=9.0, peak=500.0) for cpu in (1.0, 80.0, 900.0)],
            "broken": Failed("exit status 245"),
        },
        ours={
            "first": [of(120.0, peak=peak)],
            "again": [of(0.1, wall=again)],
            "clip": [of(clip, written=1_200_000)],
        },
    )
    return [row.note.partition(";")[0] for row in rows_of(figures) if "goal" in row.note]


def test_goals_are_met_or_missed_by_so_much() -> None:
    assert verdicts(crossfades=False, clip=4.0, peak=300.0, again=0.29) == [
        "goal at most 1.15: missed by 1.04 times",
        "goal at most 300 MiB: met",
        "goal at most 0.3 s of wall time: met",
        "goal at most 0.05: met",
    ]
    assert verdicts(crossfades=True, clip=16.0, peak=450.0, again=0.6) == [
        "goal at most 1.4: met",
        "goal at most 300 MiB: missed by 1.50 times",
        "goal at most 0.3 s of wall time: missed by 2.00 times",
        "goal at most 0.1: missed by 2.00 times",
    ]


def test_where_every_peer_fails_ours_are_told_without_a_ratio() -> None:
    figures = Figures(
        case=Case(clips=1_000, seconds=1),
        peers={"FFmpeg": Failed("exit status 245")},
        ours={"first": [of(120.0)], "again": [of(0.1)], "clip": [of(2.0)]},
    )
    rows = rows_of(figures)
    assert rows[0].theirs == "FFmpeg fails: exit status 245"
    assert [row.ratio for row in rows if "MB" not in row.ours] == [None] * 5


def test_planning_is_measured_by_the_segment() -> None:
    rows = planning(20)
    assert len(rows) == 8
    assert all(row.ratio and row.ratio > 0 and "us a segment" in row.ours for row in rows)


def test_what_was_measured_is_kept_and_shown(tmp_path: Path) -> None:
    names = ["20-cuts", "1000-cuts", "planning"]
    told = [Part(name=name, rows=[Row(what=name, ours="1 s", ratio=0.5)]) for name in names]
    kept = Kept(tmp_path, names)
    kept.keep(replace(told[1], peers=["FFmpeg 9"], left_out=["no melt"]), "2 cores")
    kept.keep(told[0], "3 cores")
    kept.keep(told[0], "4 cores")
    again = Kept(tmp_path, names)
    assert page(again) == page(kept)
    head, first, second = page(again).split("\n## ")
    assert first.startswith("20 clips, cuts\n\n4 cores\n")
    assert "| 20-cuts | 1 s |  | 0.5 |  |" in first
    assert second.startswith(
        "1,000 clips, cuts\n\n2 cores\n\nWith FFmpeg 9.\n\nLeft out: no melt.\n"
    )
    assert "cores" not in head
