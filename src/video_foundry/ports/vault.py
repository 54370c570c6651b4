"""The port to what seals secrets before they are stored, and opens them again. Where its own key
comes from is not known here, and no secret is ever part of a message."""

from typing import Protocol

from video_foundry.errors import BadInput


class Vault(Protocol):
    """Seals and unseals short texts. Its own key lies elsewhere than what it seals."""

    def seal(self, secret: str) -> str:
        """The secret in a form that may be stored. Raises BadInput, with what to do, where there is
        no key to seal with."""

    def unseal(self, sealed: str) -> str:
        """The secret again. Raises BadInput where the key is missing or is another one."""

    def describe(self) -> str:
        """Where its key is, in words. Raises BadInput for one that cannot be used."""

    def begin_rotation(self) -> None:
        """Have a new key to seal with, where it makes its keys itself; the old ones still open."""

    def end_rotation(self) -> None:
        """Forget the old keys, where it made them itself: nothing is sealed with them any more."""


class NoVault:
    """For installations that store no secrets."""

    def seal(self, secret: str) -> str:
        """Refuses."""
        raise _none()

    def unseal(self, sealed: str) -> str:
        """Refuses."""
        raise _none()

    def describe(self) -> str:
        """Refuses."""
        raise _none()

    def begin_rotation(self) -> None:
        """Refuses."""
        raise _none()

    def end_rotation(self) -> None:
        """Refuses."""
        raise _none()


def _none() -> BadInput:
    return BadInput("this installation stores no keys", field="key")
