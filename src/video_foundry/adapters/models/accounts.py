"""Accounts at providers: the one that the environment names, and those whose keys are stored. Keys
are read at each call and never kept; nothing here sends anything."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx2

from video_foundry.core.catalogue import ModelEntry
from video_foundry.errors import BadInput, NotAuthorised, Rejected
from video_foundry.ports.accounts import DEFAULT, Account, StoredAccount
from video_foundry.ports.vault import NoVault, Vault
from video_foundry.ports.video_model import VideoModelInterface

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
    known = _prefix_of(env_key) if env_key else provider
    return EnvironmentAccount(
        title=title or provider, prefix=known.upper().replace("-", "_"), env_key=env_key
    )


def base_variable_of(env_key: str) -> str:
    """The variable of a provider's address, by that of its key."""
    return f"{_prefix_of(env_key)}_BASE_URL"


def _prefix_of(env_key: str) -> str:
    suffix = next((suffix for suffix in KEY_SUFFIXES if env_key.endswith(suffix)), "")
    return env_key.removesuffix(suffix)


class AccountBook:
    """The stored accounts as they are known now, and what opens their keys."""

    def __init__(self, vault: Vault | None = None) -> None:
        self._vault = vault or NoVault()
        self._accounts: dict[str, StoredAccount] = {}

    def know(self, accounts: Sequence[StoredAccount]) -> None:
        """These are all there are, in their order."""
        self._accounts = {account.id: account for account in accounts}

    def of(self, provider: str) -> tuple[str, ...]:
        """Ids of a provider's accounts, in their order."""
        return tuple(a.id for a in self._accounts.values() if a.provider == provider)

    def find(self, account: str) -> StoredAccount:
        """The account with this id. Raises NotAuthorised when it was removed."""
        if account not in self._accounts:
            raise NotAuthorised("the account that this was sent with is not stored any more")
        return self._accounts[account]

    def key(self, account: str) -> str:
        """The key of an account. Raises NotAuthorised when it was removed, BadInput when it cannot
        be unsealed."""
        return self._vault.unseal(self.find(account).sealed_key)


@dataclass(frozen=True, kw_only=True)
class BookedAccount:
    """An account of the book, whatever the book says of it at each call. environment: what holds
    where the account itself says nothing."""

    id: str
    book: AccountBook = field(repr=False)
    environment: EnvironmentAccount

    @property
    def name(self) -> str:
        """What people call it."""
        return self.book.find(self.id).name

    def key(self) -> str:
        """The key. Raises NotAuthorised when it cannot be had."""
        try:
            return self.book.key(self.id)
        except BadInput as error:
            raise NotAuthorised(error.message) from error

    def base_url(self, default: str) -> str:
        """Its own address, else the environment's, else `default`."""
        return self.book.find(self.id).base_url or self.environment.base_url(default)

    def setting(self, name: str) -> str:
        """Its own setting, else the environment's."""
        own = self.book.find(self.id).settings.get(name.lower(), "")
        return own or self.environment.setting(name)


EntryAdapter = Callable[[ModelEntry, Account | None], VideoModelInterface]
"""Makes an adapter of a catalogue's model at an account, None for the environment's."""


@dataclass(frozen=True)
class AtAnyAccount:
    """Makes adapters of one model, at the environment's account or at a stored one."""

    adapter: EntryAdapter
    entry: ModelEntry

    @property
    def title(self) -> str | None:
        """What the provider is called in sentences, where its adapter says so."""
        return getattr(getattr(self.adapter, "dialect", None), "title", None)

    def __call__(self) -> VideoModelInterface:
        """At the environment's account."""
        return self.adapter(self.entry, None)

    def at(self, account: Account) -> VideoModelInterface:
        """At this account."""
        return self.adapter(self.entry, account)
