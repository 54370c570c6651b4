"""The account that the environment names: its variables are read at each call, never kept."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from video_foundry.errors import NotAuthorised, Rejected

DEFAULT = "default"
KEY_SUFFIXES = ("_API_KEY", "_API_TOKEN", "_ACCESS_TOKEN", "_KEY")
"""How the variables of keys end; what stands before begins the other variables of the account."""


@dataclass(frozen=True, kw_only=True)
class EnvironmentAccount:
    """An account by environment variables: `env_key` for the key, and `<PREFIX>_BASE_URL` and
    `<PREFIX>_<SETTING>` beside it. title: what the provider is called in messages. env_key is None
    where no key is needed; prefix is then the provider's name."""

    title: str
    prefix: str
    env_key: str | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def name(self) -> str:
        """There is one account in the environment."""
        return DEFAULT

    def key(self) -> str:
        """The key, checked to be something that a header can carry."""
        variable = self.env_key or f"{self.prefix}_API_KEY"
        key = self._value(variable)
        if not key:
            raise NotAuthorised(f"there is no key for {self.title}: set {variable}")
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise NotAuthorised(f"{variable} holds characters that no key has")
        return key

    def base_url(self, default: str) -> str:
        """The address in `<PREFIX>_BASE_URL`, else `default`."""
        variable = f"{self.prefix}_BASE_URL"
        base = self._value(variable).rstrip("/") or default
        try:
            url = httpx2.URL(base)
        except httpx2.InvalidURL:
            url = httpx2.URL()
        if url.scheme not in ("http", "https") or not url.host:
            raise Rejected(f"{variable} is not a web address", code="bad_base_url")
        return base

    def setting(self, name: str) -> str:
        """`<PREFIX>_<NAME>`."""
        return self._value(f"{self.prefix}_{name.upper()}")

    def _value(self, variable: str) -> str:
        return self.environment.get(variable, "").strip()


def account_of(provider: str, env_key: str | None, *, title: str = "") -> EnvironmentAccount:
    """The environment's account for a provider of the catalogue."""
    known = provider
    if env_key:
        suffix = next((suffix for suffix in KEY_SUFFIXES if env_key.endswith(suffix)), "")
        known = env_key.removesuffix(suffix)
    return EnvironmentAccount(
        title=title or provider, prefix=known.upper().replace("-", "_"), env_key=env_key
    )
