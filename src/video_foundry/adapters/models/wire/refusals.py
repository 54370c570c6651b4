"""How refusals are told to people, whoever refused. What a provider's own codes and words mean is
for its mapping. Pure: nothing here sends, reads a file or a clock."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from video_foundry.adapters.models.accounts import base_variable_of
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.errors import (
    Ambiguous,
    ModelError,
    Moderated,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
)
from video_foundry.ports.video_model import LONGEST_WAIT

CAP_WAIT = 3600.0
"""Seconds until a cap of the day is tried again, where the provider does not say when it ends: long
enough to count as a cap, and a refusal costs nothing."""
_OF_THE_DAY = re.compile(r"\b(daily|per[ -]?day|a day|today|24[ -]?h(ours?)?)\b", re.IGNORECASE)


def of_the_day(error: ModelError) -> ModelError:
    """A refused create as it is; one for too many requests whose words speak of a day, and of no
    wait, with a wait that fits: asking again in a moment does not end it."""
    is_open = isinstance(error, RateLimited) and error.retry_after is None
    if is_open and _OF_THE_DAY.search(error.message):
        return RateLimited(error.message, retry_after=CAP_WAIT)
    return error


@dataclass(frozen=True, kw_only=True)
class Codes:
    """A provider's own numbers for what went wrong; `server`: those that leave in doubt whether a
    create call was accepted."""

    limit: Collection[int]
    money: Collection[int]
    policy: Collection[int]
    key: Collection[int]
    server: Collection[int]


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """The sentences of one provider, each with what it `said`, and what its statuses mean.

    title: its name in sentences. key_variable: where its key is set. money: what an account there
    runs out of.
    """

    title: str
    key_variable: str
    money: str = "credits"

    def by_status(
        self, answer: Answer, now: datetime, said: str, *, code: str | None = None
    ) -> ModelError:
        """What an answer of 300 to 499 means where its words mean nothing else. code: for a refusal
        that has no sentence of its own."""
        match answer.status:
            case HTTPStatus.TOO_MANY_REQUESTS:
                return self.rate_limited(said, answer.retry_after(now))
            case HTTPStatus.PAYMENT_REQUIRED:
                return self.no_credit(said)
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                return self.not_authorised(said)
            case status if status < HTTPStatus.BAD_REQUEST:
                variable = base_variable_of(self.key_variable)
                return Rejected(f"{self.title} redirects elsewhere ({said}); check {variable}")
            case _:
                return self.rejected(said, code=code)

    def by_code(
        self, code: int | None, codes: Codes, said: str, *, wait: float | None
    ) -> ModelError:
        """What a code in answer to a create call means, whatever the status was. wait: seconds."""
        if code in codes.limit:
            return self.rate_limited(said, wait)
        if code in codes.money:
            return self.no_credit(said)
        if code in codes.policy:
            return self.moderated(said)
        if code in codes.key:
            return self.not_authorised(said)
        if code in codes.server:
            return Ambiguous(f"{self.title} failed over a submit ({said}): it may have accepted it")
        return self.rejected(said)

    def rate_limited(self, said: str, wait: float | None) -> RateLimited:
        """Too many requests; wait: seconds, None where none are told."""
        bounded = None if wait is None else min(wait, LONGEST_WAIT)
        return RateLimited(f"{self.title}: {said}", retry_after=bounded)

    def moderated(self, said: str) -> Moderated:
        """The content policy forbids it."""
        return Moderated(f"{self.title} refused the request by its content policy: {said}")

    def no_credit(self, said: str) -> NoCredit:
        """The account cannot pay."""
        return NoCredit(f"the {self.title} account has no {self.money} left: {said}")

    def not_authorised(self, said: str) -> NotAuthorised:
        """The key, its account or its rights."""
        return NotAuthorised(f"{self.title} refused the key in {self.key_variable}: {said}")

    def rejected(self, said: str, *, code: str | None = None) -> Rejected:
        """Anything else that is certainly not accepted."""
        return Rejected(f"{self.title} refused the request: {said}", code=code)

    def unknown_model(self, said: str) -> Rejected:
        """There is no such model, or not for this account."""
        return Rejected(f"{self.title} does not know this model: {said}", code="unknown_model")
