"""The port to accounts at providers: which key to use and where the provider is. Where keys are
kept is not known here, and no key is ever part of a message."""

from typing import Protocol


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
