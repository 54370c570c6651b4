"""`video-foundry export`: a project file's film as a timeline for another editing program."""

import asyncio
import json
import os
import sys
from pathlib import Path

from video_foundry.bootstrap import running_context
from video_foundry.commands.project_file import bring_in, read_project_file
from video_foundry.core.interchange import FOLDER, MediaFile
from video_foundry.core.interchange_formats import FORMATS, FormatName
from video_foundry.errors import BadInput, FoundryError
from video_foundry.ports.blobs import BlobStore
from video_foundry.services.interchange import Exported, export_timeline
from video_foundry.settings import load_settings
from video_foundry.telemetry import configure_logs


async def export(file: Path, to: Path, *, media: Path | None, as_json: bool) -> int:
    """Write the timeline and, with `media`, copy what it names into that folder; say what the
    format leaves out. Returns the exit code."""
    settings = load_settings()
    configure_logs(level="ERROR", as_json=False, environment=os.environ)
    name = _format_of(to)
    project = read_project_file(file)
    async with running_context(settings) as ctx:
        project_id = await bring_in(ctx, file, project)
        made = await export_timeline(ctx, project_id, name, folder=_folder(to, media))
        await asyncio.to_thread(_keep, to, made.content)
        if media is not None:
            await asyncio.to_thread(_make, media)
            for one in made.files:
                await _copy(ctx.blobs, one, media)
    _say(to, made, media, as_json=as_json)
    return 0


def _format_of(to: Path) -> FormatName:
    """The format that a file's name asks for."""
    by_extension = {form.extension: form.name for form in FORMATS.values()}
    extension = to.suffix.lower().removeprefix(".")
    if extension not in by_extension:
        known = ", ".join(f".{one} ({form.title})" for one, form in FORMATS.items())
        raise BadInput(
            f"{to.name[:80]} names no format for other editors",
            field="--to",
            fix=f"let it end in one of {known}",
            code="unknown_format",
        )
    return by_extension[extension]


def _folder(to: Path, media: Path | None) -> str:
    """Where the files lie, from the timeline, with slashes on every system."""
    if media is None:
        return FOLDER
    told = os.path.relpath(media.resolve(), to.resolve().parent)
    return "" if told == os.curdir else Path(told).as_posix()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"{folder} cannot be made: {error.strerror or error}",
            field="--media",
            fix="name a folder that may be written",
        ) from error


async def _copy(blobs: BlobStore, file: MediaFile, folder: Path) -> None:
    target = folder / Path(file.path).name
    try:
        with target.open("wb") as opened:
            async for piece in blobs.open(file.digest):
                opened.write(piece)
    except OSError as error:
        raise FoundryError(f"{target} could not be written: {error.strerror or error}") from error


def _keep(to: Path, content: bytes) -> None:
    try:
        to.write_bytes(content)
    except OSError as error:
        raise BadInput(
            f"{to} cannot be written: {error.strerror or error}",
            field="--to",
            fix="name a file in a folder that exists and may be written, such as film.otio",
        ) from error


def _say(to: Path, made: Exported, media: Path | None, *, as_json: bool) -> None:
    if as_json:
        told = {
            "output": str(to),
            "format": made.form.name,
            "media": None if media is None else str(media),
            "files": [file.path for file in made.files],
            "losses": list(made.losses),
        }
        print(json.dumps(told))
        return
    print(f"{to}: {made.form.title}, {len(made.files)} files")
    if media is None and made.files:
        print(f"they are looked for in {FOLDER}/ beside it; --media FOLDER copies them")
    if made.losses:
        print("left out:", file=sys.stderr)
    for sentence in made.losses:
        print(f"  {sentence}", file=sys.stderr)
