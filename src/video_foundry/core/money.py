"""Money as exact decimals with a currency; floats never come near it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Self

from video_foundry.errors import BadInput


@dataclass(frozen=True, kw_only=True)
class Money:
    """An exact, non-negative amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount < 0:
            raise ValueError(f"money must be finite and not negative, got {self.amount}")

    @classmethod
    def of(cls, text: str | int | Decimal, currency: str = "USD") -> Self:
        """Parse a decimal; raises BadInput for anything that is not one."""
        try:
            return cls(amount=Decimal(text), currency=currency)
        except (InvalidOperation, ValueError) as error:
            raise BadInput(f"{text!r} is not an amount of money") from error

    def plus(self, other: "Money") -> "Money":
        """Sum of two amounts of one currency."""
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def sums(amounts: Iterable[Money]) -> list[Money]:
    """What these come to, in each currency that there is something in, in the order of their codes:
    there is no rate of exchange here."""
    found: dict[str, Money] = {}
    for money in amounts:
        before = found.get(money.currency)
        found[money.currency] = before.plus(money) if before else money
    return [found[currency] for currency in sorted(found) if found[currency].amount]


FREE = Money(amount=Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Price:
    """What something may cost: between `low` and `high`. `is_known` is False when the catalogue has
    no price, and then both are what is known so far (a lower bound), never a promise."""

    low: Decimal
    high: Decimal
    currency: str = "USD"
    is_known: bool = True

    def plus(self, other: "Price") -> "Price":
        """Sum; unknown plus anything is unknown."""
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Price(
            low=self.low + other.low,
            high=self.high + other.high,
            currency=self.currency,
            is_known=self.is_known and other.is_known,
        )


NOTHING = Price(low=Decimal(0), high=Decimal(0))
UNKNOWN = Price(low=Decimal(0), high=Decimal(0), is_known=False)


def total_price(prices: Iterable[Price]) -> Price:
    """The sum, in the currency of the first price that is not zero. There is no rate of exchange
    here: what is priced in another currency makes the sum unknown, never silently smaller."""
    listed = list(prices)
    currency = next((p.currency for p in listed if p.high), "USD")
    summed = Price(low=Decimal(0), high=Decimal(0), currency=currency)
    for price in listed:
        fits = price.currency == currency or not price.high
        known = replace(price, currency=currency) if fits else replace(UNKNOWN, currency=currency)
        summed = summed.plus(known)
    return summed


def price_within(prices: Iterable[Price]) -> Price:
    """What one of these costs: from the lowest to the highest. Unknown where one of them is, or
    where they are of several currencies."""
    listed = list(prices)
    if len(listed) == 1:
        return listed[0]
    currency = next((p.currency for p in listed if p.high), "USD")
    known = all(p.is_known and (p.currency == currency or not p.high) for p in listed)
    return Price(
        low=min((p.low for p in listed), default=Decimal(0)),
        high=max((p.high for p in listed if p.currency == currency), default=Decimal(0)),
        currency=currency,
        is_known=known,
    )


def is_within(price: Price, spent: Money | None, agreed: Price) -> bool:
    """Whether one more of this price may be bought where `agreed` was agreed to and `spent` of it
    is gone. What was agreed to without a known price has no bound; what cannot be added up, because
    it is of another currency, is not within."""
    if not agreed.is_known or spent is None or not spent.amount:
        return True
    if price.is_known and not price.high:
        return True
    is_one_currency = price.currency == spent.currency == agreed.currency
    return price.is_known and is_one_currency and price.high + spent.amount <= agreed.high
