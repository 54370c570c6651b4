"""Whether a webhook comes from fal: its Ed25519 signature checked with fal's public keys. Pure;
even a true one only means "ask now"."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEYS_PATH = "/.well-known/jwks.json"
"""Where fal's keys are, on the host of its store; they may be kept for a day."""
TOLERANCE_SECONDS = 300
"""How far a webhook's time may be from ours."""
_PARTS = ("request-id", "user-id", "timestamp")


def is_from_fal(
    headers: Mapping[str, str], body: bytes, jwks: Mapping[str, Any], now: datetime
) -> bool:
    """Whether one of the keys signed this very body, not long ago.

    headers: with names in lower case. body: the raw bytes, before any parsing. jwks: the parsed
    document at KEYS_PATH. now: with a zone.
    """
    parts = [headers.get(f"x-fal-webhook-{name}", "") for name in _PARTS]
    timestamp = parts[2]
    if not all(parts) or not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    try:
        signature = bytes.fromhex(headers.get("x-fal-webhook-signature", ""))
    except ValueError:
        return False
    message = "\n".join([*parts, hashlib.sha256(body).hexdigest()]).encode()
    return any(_has_signed(key, signature, message) for key in _keys(jwks))


def _keys(jwks: Mapping[str, Any]) -> Iterator["Ed25519PublicKey"]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    listed = jwks.get("keys")
    for key in listed if isinstance(listed, list) else ():
        told = key.get("x") if isinstance(key, Mapping) else None
        if isinstance(told, str):
            try:
                padded = told + "=" * (-len(told) % 4)
                yield Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(padded))
            except (ValueError, binascii.Error):
                continue


def _has_signed(key: "Ed25519PublicKey", signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
