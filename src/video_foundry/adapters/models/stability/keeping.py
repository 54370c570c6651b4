"""Where a picture waits until its worker has put it into the object store, at once: in a folder of
its own, with a note of how it ended. Blocks."""

import json
import os
from pathlib import Path
from typing import Any

from video_foundry.adapters.models.stability.mapping import Made
from video_foundry.errors import GenerationLost

SCHEME = "kept:"
PICTURE = "stability.png"
NOTE = "stability.json"


def keep(made: Made, folder: Path) -> str:
    """Write down what was made; returns an id by which it is found again. The note comes last: with
    it, all is there. Raises OSError."""
    if made.picture is not None:
        _write(folder / PICTURE, made.picture)
    note = {"finish_reason": made.reason, "has_picture": made.picture is not None}
    _write(folder / NOTE, json.dumps(note).encode())
    return f"{SCHEME}{folder.resolve()}"


def reason_of(id: str) -> str:
    """How it ended, in Stability's word. Raises GenerationLost when the folder is gone, or was
    written on another machine."""
    return str(_note(id)["finish_reason"])


def picture_of(id: str) -> Path | None:
    """The picture, None where there never was one. Raises GenerationLost as `reason_of` does."""
    if not _note(id)["has_picture"]:
        return None
    path = _folder(id) / PICTURE
    if not path.is_file():
        raise _lost()
    return path


def _note(id: str) -> dict[str, Any]:
    try:
        note = json.loads((_folder(id) / NOTE).read_bytes())
        return {name: note[name] for name in ("finish_reason", "has_picture")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _lost() from error


def _folder(id: str) -> Path:
    if not id.startswith(SCHEME):
        raise _lost()
    return Path(id.removeprefix(SCHEME))


def _lost() -> GenerationLost:
    return GenerationLost(
        "the picture that Stability sent is not on this machine (any more); Stability keeps none"
    )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, whatever happens to the process or the machine."""
    half = path.with_name(f"{path.name}.part")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
