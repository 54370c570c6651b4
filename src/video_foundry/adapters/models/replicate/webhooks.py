"""Whether a webhook really comes from Replicate (the standard-webhooks scheme). Pure. Even a true
one says no more than "ask now"."""

import hmac
from collections.abc import Mapping
from hashlib import sha256

from video_foundry.adapters.models.wire.reading import decoded

TOLERANCE_SECONDS = 300
"""How old, or how far ahead, a webhook may be."""


def is_genuine(
    headers: Mapping[str, str],
    body: bytes,
    *,
    secret: str,
    now: float,
    tolerance: float = TOLERANCE_SECONDS,
) -> bool:
    """Whether the signature fits. headers: names in lower case. body: as it came, not parsed.
    secret: as Replicate gives it, `whsec_...`. now: Unix time."""
    told_id, told_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    key = decoded(secret.removeprefix("whsec_"))
    if not told_id or not _is_recent(told_at, now, tolerance) or not key:
        return False
    expected = hmac.digest(key, f"{told_id}.{told_at}.".encode() + body, sha256)
    signatures = headers.get("webhook-signature", "").split()
    return any(_fits(signature, expected) for signature in signatures)


def _is_recent(told_at: str, now: float, tolerance: float) -> bool:
    return told_at.isascii() and told_at.isdigit() and abs(now - int(told_at)) <= tolerance


def _fits(signature: str, expected: bytes) -> bool:
    version, _, told = signature.partition(",")
    return version == "v1" and hmac.compare_digest(decoded(told), expected)
