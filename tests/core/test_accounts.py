"""Which account comes next, whatever stands still and whatever is full."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from video_foundry.core.accounts import Full, Halt, Stopped, Use, next_account

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ORDER = ("default", "a", "b", "c")


def halt(code: str = "no_credit", until: datetime | None = None, key_mark: str = "k") -> Halt:
    """An account that stands still."""
    return Halt(code=code, message="no money", since=NOW, until=until, key_mark=key_mark)


@given(
    st.sets(st.sampled_from(ORDER)),
    st.dictionaries(st.sampled_from(ORDER), st.integers(0, 3)),
    st.integers(1, 3),
)
def test_the_first_that_can_is_used_and_nobody_else(
    halted: set[str], used: dict[str, int], places: int
) -> None:
    halts = {account: halt(account) for account in halted}
    found = next_account(ORDER, halts, used, places)
    could = [a for a in ORDER if a not in halted and used.get(a, 0) < places]
    if could:
        assert found == Use(account=could[0])
    elif halted == set(ORDER):
        assert isinstance(found, Stopped)
        assert found.halt.code == ORDER[0]
    else:
        assert found == Full(), "one that may be used again is waited for"


def test_a_halt_holds_until_its_end_and_for_its_key() -> None:
    told = halt(until=NOW + timedelta(hours=1))
    assert told.holds(NOW, "k")
    assert not told.holds(NOW + timedelta(hours=1), "k")
    assert not told.holds(NOW, "another")
    assert halt().holds(NOW + timedelta(days=999), "k"), "without an end somebody has to see to it"
