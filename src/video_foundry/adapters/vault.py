"""Secrets sealed with Fernet keys (AES-128 in CBC mode with HMAC-SHA256) from a setting or from a
file. The first key seals, all of them open. Nothing here stores what it seals."""

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from video_foundry.errors import BadInput

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

VARIABLE = "VIDEO_FOUNDRY_SECRET_KEY"
HOW = "make one with `video-foundry keys new-secret`"


def _tell_nobody(_secret: str) -> None:
    return


def new_secret() -> str:
    """A fresh key for a vault, as text."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


class FernetVault:
    """Keys are read at each call, so that a rotation by another process counts at once.

    secrets: keys from a setting, the first of which seals; without any, the file's, one a line.
    may_make_file: whether the file may be made when something is sealed for the first time. tell:
    called with every secret that passes, so that it can be kept out of logs.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        file: Path,
        *,
        may_make_file: bool,
        tell: Callable[[str], None] = _tell_nobody,
    ) -> None:
        self._secrets = tuple(secrets)
        self._file = file
        self._may_make_file = may_make_file
        self._tell = tell

    def seal(self, secret: str) -> str:
        """The secret, sealed with the first key. Raises BadInput where there is none."""
        self._tell(secret)
        return self._fernet(is_sealing=True).encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """The secret again. Raises BadInput where no key opens it."""
        from cryptography.fernet import InvalidToken

        try:
            secret = self._fernet().decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise BadInput(
                f"a stored key cannot be read: {self._where} does not hold what it was sealed with",
                field=VARIABLE,
                fix="put back the secret that was used before, or store the provider's key anew",
                code="wrong_secret_key",
            ) from None
        self._tell(secret)
        return secret

    def describe(self) -> str:
        """Where its keys are and how many. Raises BadInput for some that cannot be used."""
        count = len(self._keys())
        if not count and self._may_make_file:
            return f"none yet ({self._where})"
        self._fernet()
        return f"{self._where}, {count} key{'s' if count > 1 else ''}"

    def begin_rotation(self) -> None:
        """Put a new key before those in the file. A setting is changed by whoever wrote it: put the
        new one first and leave the old ones behind it, separated by commas. Raises BadInput."""
        if self._secrets:
            return
        keys = self._keys()
        if not keys and not self._may_make_file:
            raise _no_secret()
        self._write([new_secret(), *keys])

    def end_rotation(self) -> None:
        """Keep the first key of the file alone."""
        if not self._secrets:
            self._write(self._keys()[:1])

    @property
    def _where(self) -> str:
        return VARIABLE if self._secrets else str(self._file)

    def _keys(self) -> list[str]:
        if self._secrets:
            return list(self._secrets)
        try:
            return self._file.read_text("utf-8").split()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(
                f"the secret in {self._file} cannot be read: {error}",
                field=f"{VARIABLE}_FILE",
                fix="let this user read it, or name another file",
                code="no_secret_key",
            ) from error

    def _fernet(self, *, is_sealing: bool = False) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet

        keys = self._keys()
        if not keys and is_sealing and self._may_make_file:
            self._write([new_secret()], is_first=True)
            keys = self._keys()
        if not keys:
            raise _no_secret()
        try:
            return MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise BadInput(
                f"{self._where} holds something that is no secret of ours",
                field=VARIABLE,
                fix=f"{HOW}; with several, put commas between them",
                code="bad_secret_key",
            ) from None

    def _write(self, keys: Sequence[str], *, is_first: bool = False) -> None:
        """Replace the file in one step; nobody else can read it. is_first: unless another process
        has just made it, for what it has sealed must open again."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with NamedTemporaryFile("w", dir=self._file.parent, delete=False) as new:
                new.write("".join(f"{key}\n" for key in keys))
                new.flush()
                os.fsync(new.fileno())
            if is_first:
                with contextlib.suppress(FileExistsError):
                    self._file.hardlink_to(new.name)
                Path(new.name).unlink()
            else:
                Path(new.name).replace(self._file)
        except OSError as error:
            raise BadInput(
                f"a secret to keep keys with cannot be written: {error}",
                field=f"{VARIABLE}_FILE",
                fix=f"name a file that may be written, or set {VARIABLE}",
                code="no_secret_key",
            ) from error


def _no_secret() -> BadInput:
    return BadInput(
        "there is no secret to keep keys with",
        field=VARIABLE,
        fix=f"{HOW}, and set {VARIABLE} to it for every server and worker",
        code="no_secret_key",
    )
