"""Money: exact, never negative, never mixed up between currencies, unknown where it is unknown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import FREE, PAID, RANGED, UNPRICED, law

from video_foundry.core.catalogue import ModelEntry, PriceRow, price_of
from video_foundry.core.money import NOTHING, UNKNOWN, Money, Price, is_within, total_price
from video_foundry.errors import BadInput

amounts = st.decimals(0, 10_000, places=4)


def dollars(amount: Decimal | str) -> Price:
    """A known price."""
    return Price(low=Decimal(amount), high=Decimal(amount))


@law
@given(st.lists(amounts, max_size=8))
def test_sums_are_exact_in_any_order(parts: list[Decimal]) -> None:
    assert total_price(map(dollars, parts)) == total_price(map(dollars, sorted(parts)))
    assert total_price(map(dollars, parts)).low == sum(parts, Decimal(0))


def test_ten_times_ten_cents_is_a_dollar() -> None:
    assert total_price([dollars("0.1")] * 10).high == Decimal("1.0")


def test_unknown_plus_anything_is_unknown_and_still_a_lower_bound() -> None:
    summed = total_price([dollars("2"), UNKNOWN, NOTHING])
    assert (summed.low, summed.is_known) == (Decimal(2), False)


def test_different_currencies_are_never_added() -> None:
    euros = Price(low=Decimal(3), high=Decimal(3), currency="EUR")
    with pytest.raises(ValueError, match="cannot add EUR to USD"):
        dollars("1").plus(euros)
    with pytest.raises(ValueError, match="cannot add USD to EUR"):
        Money(amount=Decimal(1), currency="EUR").plus(Money(amount=Decimal(1)))
    summed = total_price([dollars("1"), euros])
    assert (summed.low, summed.currency, summed.is_known) == (Decimal(1), "USD", False)
    assert total_price([NOTHING, euros]) == euros


@pytest.mark.parametrize("text", ["-1", "NaN", "Infinity", "a lot", "1,50", ""])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not an amount"):
        Money.of(text)


def test_an_amount_is_shown_as_people_write_it() -> None:
    assert str(Money.of("0.60")) == "0.60 USD"
    assert str(Money.of("1E+2", "EUR")) == "100 EUR"


def test_a_price_by_the_second_is_exact() -> None:
    assert price_of(PAID, {"duration": 2.5}) == dollars("0.300")
    assert price_of(PAID, {"duration": 0.1}).low == Decimal("0.012")


def test_a_price_by_the_second_without_a_length_is_unknown() -> None:
    assert price_of(PAID, {}) == UNKNOWN


def test_several_fitting_prices_are_a_range() -> None:
    assert price_of(RANGED, {}) == Price(low=Decimal("0.50"), high=Decimal("1.25"))


def test_local_models_are_free_and_others_without_a_price_unknown() -> None:
    assert price_of(FREE, {}) == NOTHING
    assert price_of(UNPRICED, {}) == UNKNOWN


def test_a_price_holds_for_the_parameters_it_names() -> None:
    entry = ModelEntry(
        id="m",
        provider="p",
        title="M",
        prices=(
            PriceRow(amount=Decimal("0.2"), when={"resolution": "720p"}),
            PriceRow(amount=Decimal("0.5"), when={"resolution": "1080p", "audio": True}),
        ),
    )
    assert price_of(entry, {"resolution": "720p"}) == dollars("0.2")
    assert price_of(entry, {"resolution": "1080p", "audio": True}) == dollars("0.5")
    assert price_of(entry, {"resolution": "1080p", "audio": False}) == UNKNOWN


@law
@given(amounts, amounts, amounts)
def test_no_more_is_bought_than_was_agreed_to(
    spent: Decimal, more: Decimal, agreed: Decimal
) -> None:
    may = is_within(dollars(more), Money(amount=spent), dollars(agreed))
    assert may == (not spent or not more or spent + more <= agreed)


def test_what_cannot_be_added_up_is_not_bought() -> None:
    spent, euros = Money(amount=Decimal(1)), Money(amount=Decimal(1), currency="EUR")
    assert not is_within(dollars("0.1"), euros, dollars("5"))
    assert not is_within(UNKNOWN, spent, dollars("5"))
    assert is_within(NOTHING, euros, dollars("5")), "what costs nothing needs no sum"
    assert is_within(dollars("9"), spent, UNKNOWN), "there was no bound"
    assert is_within(dollars("5"), None, dollars("5"))
