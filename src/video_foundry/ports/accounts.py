"""The port to accounts at providers: which key to use and where the provider is. Where keys are
kept is not known here, and no key is ever part of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

DEFAULT = "default"
"""The account that the environment names, by its id and by its name."""

CheckOutcome = Literal["good", "refused", "no_credit", "unavailable", "untestable"]
"""What came of trying a key: it works; the provider refused it; it works and there is no money
left; the provider could not be asked; there is nothing to ask that is sure to be free."""


class Account(Protocol):
    """One account at one provider. Everything is read at each call, so that a key can be set or
    changed while the program runs."""

    @property
    def name(self) -> str:
        """What people call it; `default` for the one of the environment."""

    def key(self) -> str:
        """The key. Raises NotAuthorised, saying where to put one, when there is none."""

    def base_url(self, default: str) -> str:
        """The provider's address without a slash at its end, `default` unless another is set.
        Raises Rejected for something that is no web address."""

    def setting(self, name: str) -> str:
        """A further setting of the provider, such as `project`; "" when it is not set."""


@dataclass(frozen=True, kw_only=True)
class StoredAccount:
    """An account whose key we keep. sealed_key: encrypted, only a vault can read it. base_url,
    settings: where they say nothing, those of the environment hold."""

    id: str
    provider: str
    name: str
    sealed_key: str = field(repr=False)
    base_url: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AccountCheck:
    """What came of trying a key, in a word and in a sentence for people."""

    outcome: CheckOutcome
    message: str


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider that takes keys. title: its name in sentences. env_key: the variable of its
    default account's key. can_store: whether further accounts can be stored for it. settings: what
    else an account of it can say, by name, each a JSON Schema of a string."""

    id: str
    title: str
    env_key: str
    can_store: bool
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
