"""Whether a webhook really comes from OpenRouter. Pure. Even a true one says no more than "ask
now"."""

import hmac
from hashlib import sha256

SIGNATURE = "x-openrouter-signature"
"""The header that says who sent it, in lower case."""
WINDOW_SECONDS = 300
"""How old, or how far ahead, a webhook may be."""


def is_genuine(
    signature: str, body: bytes, *, secret: str, now: float, window: float = WINDOW_SECONDS
) -> bool:
    """Whether the header X-OpenRouter-Signature (`t=...,v1=...`) fits. body: as it came, not
    parsed. now: Unix time."""
    parts = [part.partition("=") for part in signature.split(",")]
    told_at = next((value for name, _, value in parts if name.strip() == "t"), "")
    if not (secret and told_at.isascii() and told_at.isdigit()) or abs(now - int(told_at)) > window:
        return False
    expected = hmac.new(secret.encode(), f"{told_at},".encode() + body, sha256).hexdigest()
    told = [value for name, _, value in parts if name.strip() == "v1"]
    return any(hmac.compare_digest(one.encode(), expected.encode()) for one in told)
