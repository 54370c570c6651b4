"""What an emulator was asked and what it took on: the side of the story that a provider's bill is
made from. Entries are only ever added."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One call. kind: `create`, `look`, `result`, `cancel`, `media` or `other`. accepted: whether
    it started (and would bill) a generation. fault: what was done to it on demand. headers: names
    in lower case; of a secret only the last four characters. body: JSON, or the fields of a form,
    where there was one."""

    at: float
    kind: str
    method: str
    path: str
    job_id: str | None = None
    accepted: bool = False
    fault: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(kw_only=True)
class Ledger:
    """Safe for threads. file: also written there, a JSON object a line."""

    file: Path | None = None
    _entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, **told: Any) -> None:
        """Add an entry; its fields are those of Entry."""
        entry = Entry(at=time.time(), **told)
        with self._lock:
            self._entries.append(entry)
            if self.file is not None:
                with self.file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(entry)) + "\n")

    def entries(self, kind: str | None = None) -> list[Entry]:
        """All entries so far, or those of one kind."""
        with self._lock:
            return [e for e in self._entries if kind in (None, e.kind)]

    @property
    def accepted(self) -> list[Entry]:
        """The creates that started a generation: what would be billed."""
        return [e for e in self.entries("create") if e.accepted]
