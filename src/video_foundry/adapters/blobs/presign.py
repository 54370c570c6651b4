"""Addresses of S3 objects signed for reading (AWS Signature Version 4, in the query), with the name
that a download should get, which the object-store library cannot say. Pure: it sends nothing."""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import SplitResult, quote, urlencode, urlsplit

LONGEST_SECONDS = 7 * 24 * 3600
"""S3 takes no longer."""


@dataclass(frozen=True, kw_only=True)
class S3Signer:
    """Signs addresses below `endpoint` with fixed credentials.

    endpoint: scheme and host of the server, in path style: the bucket is the first folder.
    token: of temporary credentials.
    """

    endpoint: str
    bucket: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    def address(self, key: str, *, seconds: int, filename: str, now: datetime) -> str:
        """Where anybody may read `key` for `seconds`, offered as a download named `filename`."""
        parts = urlsplit(self.endpoint)
        host = _host(parts)
        path = quote(f"{parts.path.rstrip('/')}/{self.bucket}/{key}", safe="/-_.~")
        stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        query = _query(self._parameters(stamp, scope, min(seconds, LONGEST_SECONDS), filename))
        asked = f"GET\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
        to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(asked.encode()).hexdigest()}"
        signature = hmac.new(self._key(stamp[:8]), to_sign.encode(), sha256).hexdigest()
        return f"{parts.scheme}://{host}{path}?{query}&X-Amz-Signature={signature}"

    def _parameters(self, stamp: str, scope: str, seconds: int, filename: str) -> dict[str, str]:
        given = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self.access_key}/{scope}",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
            "response-content-disposition": (
                f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
            ),
        }
        return given | ({"X-Amz-Security-Token": self.token} if self.token else {})

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret_key}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), sha256).digest()
        return key


def _host(parts: SplitResult) -> str:
    """As clients name it to the server, which leave out a port that goes without saying."""
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.netloc.removesuffix(usual) if usual else parts.netloc


def _query(parameters: dict[str, str]) -> str:
    return urlencode(sorted(parameters.items()), quote_via=quote, safe="-_.~")
