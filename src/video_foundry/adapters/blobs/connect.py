"""Opens the bucket that an address names, and says in our words, without any secret, what a store
answered. The library's own words, and its objects, may hold keys: they end here."""

import atexit
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, S3Store

from video_foundry.adapters.blobs.files import no_object
from video_foundry.adapters.blobs.presign import S3Signer
from video_foundry.errors import BadInput, PartUnavailable
from video_foundry.ports.metrics import PART_FAILURES

if TYPE_CHECKING:  # these names exist for the type checker only
    from obstore.store import ClientConfig, RetryConfig, S3Config

Bucket: TypeAlias = S3Store | GCSStore | AzureStore

SCHEMES = {"s3": "S3", "gs": "Google Cloud Storage", "az": "Azure Blob Storage"}
CONNECT_SECONDS = 5
LEAVE_SECONDS = 0.25
_NO_LIMIT = 1000
"""Retries: the time they take together is what is limited."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the objects are and how to get in.

    url: s3://bucket/prefix, gs://bucket/prefix or az://container/prefix.
    endpoint, public_endpoint: the server as we and as browsers reach it; None for the cloud's own.
    region, access_key, secret_key: of S3; None for what the AWS_* variables or the machine say.
    timeout, patience: seconds after which one request, and all tries of it, are given up.
    Raises BadInput for an address that names no bucket.
    """

    url: str
    endpoint: str | None = None
    public_endpoint: str | None = None
    region: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    patience: float = 20.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in SCHEMES or not parts.netloc or "@" in parts.netloc or parts.query:
            raise BadInput(
                "the address of the object store names no bucket",
                field="VIDEO_FOUNDRY_OBJECTS_URL",
                fix="write s3://bucket/prefix, gs://bucket/prefix or az://container/prefix, "
                "without any key in it",
            )

    @property
    def scheme(self) -> str:
        """s3, gs or az."""
        return urlsplit(self.url).scheme

    @property
    def bucket(self) -> str:
        """The bucket or container."""
        return urlsplit(self.url).netloc

    @property
    def prefix(self) -> str:
        """The folder in it, without slashes at its ends; "" for none."""
        return urlsplit(self.url).path.strip("/")

    @property
    def server(self) -> str | None:
        """The endpoint that is in force: ours, or the one that AWS's own tools are told."""
        if self.scheme != "s3":
            return self.endpoint
        names = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
        return self.endpoint or next((found for n in names if (found := os.environ.get(n))), None)

    @property
    def signing_server(self) -> str | None:
        """The endpoint of links; None for the cloud's own. See `has_links`."""
        return self.public_endpoint or self.server

    @property
    def has_links(self) -> bool:
        """Whether browsers can be sent to the store: to a cloud, or where a public endpoint is
        named. The endpoint that we use ourselves may be a name inside a private network."""
        return self.public_endpoint is not None or self.server is None

    @property
    def link_origin(self) -> str | None:
        """Scheme, host and port of links; None where there are none."""
        if not self.has_links:
            return None
        parts = urlsplit(self.signing_server or self._cloud())
        return f"{parts.scheme}://{parts.netloc}"

    def _cloud(self) -> str:
        """Where the cloud itself answers."""
        if self.scheme == "s3":
            return f"https://s3.{self.effective_region}.amazonaws.com"
        if self.scheme == "gs":
            return "https://storage.googleapis.com"
        names = ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_ACCOUNT_NAME")
        account = next((found for n in names if (found := os.environ.get(n))), "account")
        return f"https://{account}.blob.core.windows.net"

    @property
    def effective_region(self) -> str:
        """The region of S3."""
        named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        return self.region or named or "us-east-1"


@cache
def _leave_gently() -> None:
    """At the end of the process, give the library's own threads a moment to let go of Python: one
    that is still at it when the interpreter is taken down aborts the process, after all its work
    was done (PyO3/pyo3-async-runtimes, issue 40)."""
    atexit.register(time.sleep, LEAVE_SECONDS)


def connect(place: Place, *, for_links: bool = False) -> Bucket:
    """The bucket; nothing is sent yet. Raises BadInput for what can never be one."""
    _leave_gently()
    endpoint = place.signing_server if for_links else place.server
    prefix = place.prefix or None
    client, retry = _client(place, endpoint), _retry(place)
    try:
        match place.scheme:
            case "s3":
                return S3Store(
                    place.bucket,
                    prefix=prefix,
                    config=_s3_config(place, endpoint),
                    client_options=client,
                    retry_config=retry,
                )
            case "gs":
                return GCSStore(
                    place.bucket,
                    prefix=prefix,
                    config={"base_url": endpoint} if endpoint else {},
                    client_options=client,
                    retry_config=retry,
                )
            case _:
                return AzureStore(
                    place.bucket,
                    prefix=prefix,
                    config={"endpoint": endpoint} if endpoint else {},
                    client_options=client,
                    retry_config=retry,
                )
    except (BaseError, ValueError, OSError):
        raise BadInput(
            f"{SCHEMES[place.scheme]} cannot be set up from the address and the credentials given",
            field="VIDEO_FOUNDRY_OBJECTS_URL",
            fix="check the address and the variables with its credentials",
        ) from None


def signer(place: Place) -> S3Signer | None:
    """What signs download names; None where there are no links, or no fixed credentials of S3."""
    key = place.access_key or os.environ.get("AWS_ACCESS_KEY_ID")
    secret = place.secret_key or os.environ.get("AWS_SECRET_ACCESS_KEY")
    if place.scheme != "s3" or not place.has_links or not key or not secret:
        return None
    region = place.effective_region
    return S3Signer(
        endpoint=place.signing_server or f"https://s3.{region}.amazonaws.com",
        bucket=place.bucket,
        region=region,
        access_key=key,
        secret_key=secret,
        token=None if place.access_key else os.environ.get("AWS_SESSION_TOKEN"),
    )


def _client(place: Place, endpoint: str | None) -> "ClientConfig":
    return {
        "allow_http": bool(endpoint and endpoint.startswith("http://")),
        "connect_timeout": timedelta(seconds=min(CONNECT_SECONDS, place.timeout)),
        "timeout": timedelta(seconds=place.timeout),
    }


def _retry(place: Place) -> "RetryConfig":
    return {
        "max_retries": _NO_LIMIT,
        "retry_timeout": timedelta(seconds=place.patience),
        "backoff": {
            "init_backoff": timedelta(milliseconds=100),
            "max_backoff": timedelta(seconds=3),
            "base": 2,
        },
    }


def _s3_config(place: Place, endpoint: str | None) -> "S3Config":
    config: S3Config = {
        "region": place.effective_region,
        "checksum_algorithm": "SHA256",  # of each part, checked by the server on its arrival
        "disable_bulk_delete": True,  # not every S3 server can, and we delete one at a time
    }
    if endpoint:
        config["endpoint"] = endpoint
    if place.access_key:
        config["access_key_id"] = place.access_key
    if place.secret_key:
        config["secret_access_key"] = place.secret_key
    return config


@contextmanager
def explained(place: Place, doing: str, digest: str | None = None) -> Iterator[None]:
    """Turn what the library raises into NotFound (of `digest`, where given) or PartUnavailable."""
    try:
        yield
    except FileNotFoundError as error:
        if digest is not None and not _NO_BUCKET.search(str(error)):
            raise no_object(digest) from None
        why = f"there is no bucket {place.bucket!r}"
        raise unavailable(doing, why, is_refusal=True) from None
    except BaseError as error:
        cause = _cause(error, place.scheme)
        raise unavailable(doing, cause, is_refusal=_is_refusal(error)) from None


def unavailable(doing: str, why: str, *, is_refusal: bool = False) -> PartUnavailable:
    """The error for a store that cannot be used now, counted."""
    PART_FAILURES.labels("objects").inc()
    message = f"could not {doing} in the object store: {why}"
    return PartUnavailable("objects", message, is_refusal=is_refusal)


def _is_refusal(error: BaseError) -> bool:
    refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
    return refused or _NO_CREDENTIALS.search(str(error)) is not None


_STATUS = re.compile(r"non-2xx status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_NO_BUCKET = re.compile("NoSuchBucket|ContainerNotFound")
_CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
_NO_CREDENTIALS = re.compile(r"://169\.254\.169\.254|MissingAccount|token request")
"""The library has asked the machine for its role, since it was given no key."""
_CAUSES = {
    "Connection refused|ConnectionRefused": "nobody answers at its address",
    "dns error|failed to lookup": "its name is not known",
    "timed out|TimedOut": "it did not answer in time",
}


def _cause(error: BaseError, scheme: str) -> str:
    """Why, in words of our own: the library's may hold signed addresses."""
    text = str(error)
    code = f" ({found.group(1)})" if (found := _CODE.search(text)) else ""
    if _NO_CREDENTIALS.search(text):
        return f"it was given no credentials (such as {_CREDENTIALS[scheme]})"
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return f"it refused us{code}; check the credentials and what they may do"
    if status := _STATUS.search(text):
        return f"it answered {status.group(1)}{code}"
    causes = (cause for pattern, cause in _CAUSES.items() if re.search(pattern, text))
    return next(causes, "the connection was lost")
