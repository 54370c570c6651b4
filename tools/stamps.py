"""Stamps: a step is done again only when the content it depends on has changed.

A stamp is a file beside the step's result that holds a digest; nothing here knows what a step does.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest_of(root: Path, files: Iterable[Path], *words: str) -> str:
    """SHA-256 over `words` and the contents and names (from `root` on) of `files`, in any order."""
    total = hashlib.sha256()
    for word in words:
        total.update(f"{word}\0".encode())
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(root).as_posix()}\0{content}\0".encode())
    return total.hexdigest()


def is_current(stamp: Path, digest: str) -> bool:
    """Whether the step that wrote `stamp` saw the same content."""
    return stamp.is_file() and stamp.read_text().strip() == digest


def write(stamp: Path, digest: str) -> None:
    """Record that the step has succeeded for this content."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(f"{digest}\n")
