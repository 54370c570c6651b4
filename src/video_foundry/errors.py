"""Every error that crosses a room, in one tree; nothing here knows HTTP or SQL.

FoundryError
├── BadInput                  the caller sent something that cannot be; names field and fix
│   ├── NotFound              the named thing does not exist
│   ├── Conflict              it clashes with the present state (stale plan, taken index)
│   └── PaymentRefused        it would cost more than the caller allowed
├── ModelError                what an adapter may say about a generation (see ports.video_model)
│   ├── Rejected              the provider certainly did not accept; trying again is useless
│   │   ├── Moderated         refused by a content policy: never retried
│   │   ├── NoCredit          the account has no money left
│   │   └── NotAuthorised     the key is missing or wrong
│   ├── RateLimited           certainly not accepted; come back after `retry_after` seconds
│   ├── Unavailable           certainly not accepted (nothing was sent); may be tried again
│   ├── Ambiguous             it may have been accepted: never submit again without asking
│   ├── GenerationLost        the provider does not know this job id (any more)
│   └── GenerationFailed      accepted, then failed at the provider
├── MediaError                a file is not what it should be; says what is wrong
│   ├── FetchRefused          an address that may not, or could not, be fetched
│   └── Unchecked             its check was broken off: nothing is known of the file yet
├── CompositionFailed         FFmpeg could not do a composing step; says which segment
│   ├── MachineFailed         it may be the machine's fault: the same step may succeed later
│   └── PiecesDiffer          another encoder than that of now made some of a film's pieces
└── PartUnavailable           a part of the installation (database, broker) cannot be used now
    └── TransactionConflict   two transactions were in each other's way: run this one again
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FieldProblem:
    """One field that is wrong: where (dotted path), what, and how to put it right."""

    field: str
    message: str
    fix: str | None = None


class FoundryError(Exception):
    """Base of all. `code` is stable and machine-readable; `str(error)` is a sentence for people."""

    code = "internal"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class BadInput(FoundryError):
    """The caller sent something that cannot be; `problems` names each field and its fix."""

    code = "bad_input"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        fix: str | None = None,
        code: str | None = None,
        problems: Sequence[FieldProblem] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code=code)
        if field is not None and not problems:
            problems = (FieldProblem(field=field, message=message, fix=fix),)
        self.problems = tuple(problems)
        self.extra = dict(extra or {})


class NotFound(BadInput):
    """The named thing does not exist."""

    code = "not_found"


class Conflict(BadInput):
    """The request clashes with the present state; `extra` carries that state."""

    code = "conflict"


class PaymentRefused(BadInput):
    """The plan may cost more than the caller allowed; nothing was started."""

    code = "over_max_cost"


class ModelError(FoundryError):
    """What an adapter says about one generation."""

    code = "model_error"


class Rejected(ModelError):
    """Certainly not accepted, and trying the same again is useless."""

    code = "rejected"


class Moderated(Rejected):
    """Refused by the provider's content policy; shown with the provider's words, never retried."""

    code = "moderated"


class NoCredit(Rejected):
    """The provider account has no credit left, or has reached a cap (`daily_cap`); until: when that
    ends by itself, None where it was not told."""

    code = "no_credit"

    def __init__(
        self, message: str, *, code: str | None = None, until: datetime | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.until = until


class NotAuthorised(Rejected):
    """The provider refused the key."""

    code = "not_authorised"


class RateLimited(ModelError):
    """Certainly not accepted; `retry_after` is in seconds (None: the provider did not say)."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(ModelError):
    """Certainly not accepted because nothing reached the provider; may be tried again."""

    code = "unavailable"


class Ambiguous(ModelError):
    """The request may have been accepted (time-out, reset, 5xx): it is never sent again blindly."""

    code = "ambiguous"


class GenerationLost(ModelError):
    """The provider does not know this job id."""

    code = "generation_lost"


class GenerationFailed(ModelError):
    """The provider accepted the generation and it failed there."""

    code = "generation_failed"


class MediaError(FoundryError):
    """A file is not what it should be; the message says what is wrong with it."""

    code = "bad_media"


class FetchRefused(MediaError):
    """An address that may not be fetched, or whose answer broke a limit."""

    code = "fetch_refused"


class Unchecked(MediaError):
    """What looked at a file was ended from outside, by the system for want of memory or by a
    person, or took too long. It says nothing against the file: checking again may well succeed."""

    code = "unchecked"


class CompositionFailed(FoundryError):
    """A composing step failed; the message names the segment and FFmpeg's reason in a sentence."""

    code = "composition_failed"


class MachineFailed(CompositionFailed):
    """A chip would not encode: it may have been busy with other films, or have hung. The same step
    may well succeed a little later."""


class PiecesDiffer(CompositionFailed):
    """Not all pieces of a film were made by the same build of an encoder, so that they cannot stand
    in one track. pieces: paths of the files that must be made anew, by the one of now."""

    code = "pieces_differ"

    def __init__(self, message: str, *, pieces: Collection[str]) -> None:
        super().__init__(message)
        self.pieces = frozenset(pieces)


class PartUnavailable(FoundryError):
    """A part of the installation cannot be used at the moment; the same call may work later.

    part: `database`, `broker`, `signal`, `rate` or `objects`. is_refusal: it answered and will not
    have us (a wrong password, no such bucket), so waiting does not help.
    """

    code = "part_unavailable"

    def __init__(self, part: str, message: str, *, is_refusal: bool = False) -> None:
        super().__init__(message)
        self.part = part
        self.is_refusal = is_refusal


class TransactionConflict(PartUnavailable):
    """The database gave up this transaction for another's sake; nothing of it was kept, and doing
    the same again is right."""

    code = "transaction_conflict"

    def __init__(self, message: str) -> None:
        super().__init__("database", message)
