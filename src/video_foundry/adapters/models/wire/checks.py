"""Trying a key by a question that is free, and what its answer says. What to ask is known by each
provider's adapter."""

from collections.abc import Callable
from datetime import UTC, datetime

from video_foundry.adapters.models.wire.http import Wire
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.errors import ModelError, NoCredit, NotAuthorised, Unavailable
from video_foundry.ports.accounts import AccountCheck, CheckOutcome

Judge = Callable[[Answer], AccountCheck]
"""What an answer with a status of 2xx says of a key."""


async def try_key(wire: Wire, path: str, judge: Judge) -> AccountCheck:
    """Ask once, by a GET that costs nothing. Never raises for what is answered."""
    try:
        answer = await wire.ask(path)
        if not answer.is_success:
            raise _refusal(wire, answer)
        if not isinstance(answer.json, dict):
            # A captive portal's page, say, has status 200 too, and has seen no key.
            raise Unavailable(f"{wire.dialect.title} did not answer in its own words")
        return judge(answer)
    except ModelError as error:
        return AccountCheck(outcome=_meaning(error), message=error.message)


def good(title: str, told: str = "") -> AccountCheck:
    """The provider took the key. told: what else it said, in words."""
    words = f"{title} takes this key: {told}" if told else f"{title} takes this key"
    return AccountCheck(outcome="good", message=words)


def without_money(title: str, told: str) -> AccountCheck:
    """The provider took the key, and nothing can be bought with it."""
    return AccountCheck(outcome="no_credit", message=f"{title} takes this key, but {told}")


def _refusal(wire: Wire, answer: Answer) -> ModelError:
    if 300 <= answer.status < 500 and answer.status != 408:
        return wire.dialect.refusal(answer, datetime.now(UTC))
    return Unavailable(f"{wire.dialect.title} answered {answer.status}")


def _meaning(error: ModelError) -> CheckOutcome:
    match error:
        case NotAuthorised():
            return "refused"
        case NoCredit():
            return "no_credit"
        case _:
            return "unavailable"
