"""Results that a provider answers a submit with and keeps none of: they lie in our own object store
from then on, and their job knows them by an id of our making. Pure."""

import re

SCHEME = "stored:"
_ID = re.compile(re.escape(SCHEME) + r"([0-9a-f]{64})\Z")


def stored_as(digest: str) -> str:
    """The id of a result that lies in the object store."""
    return f"{SCHEME}{digest}"


def digest_in(provider_job_id: str | None) -> str | None:
    """The digest that such an id names; None for a provider's own id."""
    found = _ID.match(provider_job_id or "")
    return found[1] if found else None
