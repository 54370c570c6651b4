"""A private PostgreSQL, from the system's own package, run by an ordinary user."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from video_foundry.testing.stack.base import (
    LOOPBACK,
    Component,
    NotInstalled,
    accepts,
    free_port,
    wait_until,
)

START_SECONDS = 60.0
USER = "vf"


def _programs() -> Path | None:
    """The folder with initdb and postgres: Debian keeps it out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdigit() else 0


class Postgres(Component):
    """One cluster with a database for each name asked for. Root cannot run it: then it runs as the
    package's own user, who is given the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        # Where another user runs it, its data must not lie in folders that are closed to him, or
        # are closed later, as pytest does with its own.
        self._home = Path(tempfile.mkdtemp(prefix="postgres-")) if self._user() else folder
        self._data = self._home / "data"

    @classmethod
    def require(cls) -> None:
        """Raise NotInstalled when there is no PostgreSQL here."""
        if _programs() is None:
            raise NotInstalled("PostgreSQL is not installed: apt-get install postgresql")

    @property
    def url(self) -> str:
        """The first database's address."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """A database's address."""
        return f"postgresql://{USER}@{LOOPBACK}:{self.port}/{database}"

    def make_database(self, name: str) -> str:
        """A new, empty database; returns its address."""
        self._sql(f'CREATE DATABASE "{name}"')
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _sql(self, command: str) -> None:
        psql = self._program("psql")
        if not Path(psql).exists():
            psql = shutil.which("psql") or psql
        words = [psql, "-q", "-h", LOOPBACK, "-p", str(self.port), "-U", USER, "-d", "postgres"]
        subprocess.run([*words, "-c", command], check=True, capture_output=True)

    def start(self) -> None:
        """Make the cluster on the first call; wait out the shared memory of a killed one."""
        if not (self._data / "PG_VERSION").exists():
            self._make_cluster()
        # A killed postmaster's children may still be leaving, and hold its shared memory.
        wait_until(self._try_to_start, START_SECONDS, "PostgreSQL")

    def _make_cluster(self) -> None:
        user = self._user()
        if user is not None:
            self._hand_over(user)
        words = ["-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8"]
        command = [self._program("initdb"), *words, "--locale=C.UTF-8"]
        subprocess.run(self._as_user(command), check=True, capture_output=True)

    def _try_to_start(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            # fsync stays on: what the kill tests find must hold for a crash of the machine too.
            options = [f"listen_addresses={LOOPBACK}", "max_connections=300", "shared_buffers=64MB"]
            words = ["-D", str(self._data), "-p", str(self.port), "-k", str(self._home)]
            settings = [word for option in options for word in ("-c", option)]
            self._run(self._as_user([self._program("postgres"), *words, *settings]))
        return accepts(self.port) and self._answers()

    def _answers(self) -> bool:
        with contextlib.suppress(subprocess.CalledProcessError):
            self._sql("SELECT 1")
            return True
        return False

    def _program(self, name: str) -> str:
        folder = _programs()
        if folder is None:
            raise NotInstalled("PostgreSQL is not installed: apt-get install postgresql")
        return str(folder / name)

    @staticmethod
    def _user() -> pwd.struct_passwd | None:
        """Whom to run as; None for who we are."""
        if os.geteuid() != 0:
            return None
        with contextlib.suppress(KeyError):
            return pwd.getpwnam("postgres")
        return pwd.getpwnam("nobody")

    def _hand_over(self, user: pwd.struct_passwd) -> None:
        self._home.chmod(0o700)
        os.chown(self._home, user.pw_uid, user.pw_gid)

    def close(self) -> None:
        """End it and remove its folders."""
        super().close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _as_user(self, command: list[str]) -> list[str]:
        user = self._user()
        if user is None:
            return command
        # setpriv replaces itself with the server, so that signals reach it.
        who = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        return ["setpriv", *who, "--", *command]
