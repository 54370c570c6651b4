"""Reading project files: YAML or JSON in the API's words, and bringing them into the memory."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid5

import yaml
from pydantic import ValidationError

from video_foundry.api.problems import field_problems
from video_foundry.api.schemas.project import FileCaptions, FileSegment, ProjectFile
from video_foundry.core.asks import FALLBACKS, PAIRED
from video_foundry.core.captions import decoded
from video_foundry.errors import BadInput, MediaError
from video_foundry.example import NAMESPACE
from video_foundry.services._edit import SegmentContent
from video_foundry.services.context import Context
from video_foundry.services.imports import FileItem, import_project
from video_foundry.services.media import add_media
from video_foundry.services.views import MediaView

MAX_FILE_BYTES = 20 * 1024 * 1024


class _Loader(yaml.SafeLoader):
    """YAML without aliases: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not supported in project files")
        return super().compose_node(parent, index)


def read_project_file(path: Path) -> ProjectFile:
    """The project in a file. Raises BadInput naming the field, the limit and the fix."""
    document = _parse(path, _read(path))
    if not isinstance(document, dict):
        raise BadInput(
            f"{path.name} does not hold a project",
            field="FILE",
            fix="begin with `name:` and `segments:`",
        )
    try:
        return ProjectFile.model_validate(document)
    except ValidationError as error:
        problems = field_problems(error.errors(include_url=False, include_input=False))
        first = problems[0]
        message = f"{path.name}: {first.field}: {first.message}"
        raise BadInput(message, problems=problems) from error


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadInput(f"{path.name} is larger than {MAX_FILE_BYTES} bytes", field="FILE")
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8 text", field="FILE") from error
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror or error}",
            field="FILE",
            fix="check the path",
        ) from error


def _parse(path: Path, text: str) -> Any:
    try:
        if path.suffix.lower() == ".json":
            return json.loads(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader without aliases
    except (json.JSONDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        where = " ".join(str(error).split())[:200]
        raise BadInput(
            f"{path.name} is not valid {'JSON' if path.suffix == '.json' else 'YAML'}: {where}",
            field="FILE",
            fix="correct it at the place named",
        ) from error


def project_id_of(path: Path) -> str:
    """The id of a file's project: the same file is the same project, run after run."""
    mark = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    return str(uuid5(NAMESPACE, mark))


async def bring_in(ctx: Context, path: Path, project: ProjectFile) -> str:
    """Make the memory's project say what the file says; returns its id."""
    contents = await _contents(ctx, path.parent, project.segments)
    items = await _items(ctx, path.parent, project)
    project_id = project_id_of(path)
    await import_project(
        ctx,
        project_id,
        name=project.name,
        description=project.description,
        profile=project.settings.value(),
        outputs=[one.told() for one in project.outputs],
        segments=contents,
        items=items,
    )
    return project_id


async def _items(ctx: Context, folder: Path, project: ProjectFile) -> list[FileItem]:
    """What lies beside the segments, from the lowest to the topmost: images, captions, texts."""
    found: list[FileItem] = []
    for number, image in enumerate(project.images):
        media = await _media_id(ctx, folder, f"images.{number}.media", image.media)
        found.append(_item("image", image.told(), media))
    for number, captions in enumerate(project.captions):
        text = _captions(folder, f"captions.{number}", captions)
        found.append(_item("caption", {**captions.told(), "captions": text}))
    found += [_item("text", text.told()) for text in project.text]
    for number, sound in enumerate(project.audio):
        media = await _media_id(ctx, folder, f"audio.{number}.media", sound.media)
        found.append(_item("audio", sound.told(), media))
    return found


def _item(kind: str, told: dict[str, Any], media_id: str | None = None) -> FileItem:
    segment = told.pop("segment", None)
    for own in ("media", "file", "encoding"):  # of project files alone
        told.pop(own, None)
    return FileItem(kind=kind, data=told, media_id=media_id, segment=segment)


def _captions(folder: Path, field: str, captions: FileCaptions) -> str:
    path = _file(folder, captions.file)
    if path is None:
        raise _no_file(captions.file, f"{field}.file")
    if path.stat().st_size > MAX_FILE_BYTES:
        message = f"{captions.file} is larger than {MAX_FILE_BYTES} bytes"
        raise BadInput(message, field=f"{field}.file")
    return decoded(path.read_bytes(), encoding=captions.encoding, field=field)


async def _contents(
    ctx: Context, folder: Path, segments: Sequence[FileSegment]
) -> list[SegmentContent]:
    return [
        SegmentContent(
            prompt=segment.prompt or "",
            model_params=await _with_media(
                ctx, folder, f"segments.{position}.model_params", segment.model_params
            ),
            media_id=await _media_id(ctx, folder, f"segments.{position}.media", segment.media),
            trim=segment.trim.value() if segment.trim else None,
            treatment=(await _with_lut(ctx, folder, position, segment)).treatment(
                f"segments.{position}."
            ),
        )
        for position, segment in enumerate(segments)
    ]


async def _with_lut(ctx: Context, folder: Path, position: int, segment: FileSegment) -> FileSegment:
    """A segment whose look names its LUT by digest, where the file names it by path."""
    look = segment.look
    if look is None or look.lut is None:
        return segment
    field = f"segments.{position}.look.lut"
    added = await _added(ctx, folder, field, look.lut)
    known = look.model_copy(update={"lut": added.artifact.digest})
    return segment.model_copy(update={"look": known})


async def _with_media(
    ctx: Context, folder: Path, field: str, params: Mapping[str, Any]
) -> dict[str, Any]:
    """Reference media named by path, as ids: for the model itself, for pictures that are made for
    it, and for models that stand in."""
    replaced = dict(params)
    for name, told in params.items():
        if name in PAIRED and isinstance(told, Mapping):
            replaced[name] = await _with_media(ctx, folder, f"{field}.{name}", told)
    if isinstance(listed := params.get(FALLBACKS), list):
        replaced[FALLBACKS] = [
            await _with_media(ctx, folder, f"{field}.{FALLBACKS}.{n}", one)
            if isinstance(one, Mapping)
            else one
            for n, one in enumerate(listed)
        ]
    if "model" not in params:
        return replaced
    entry = ctx.models.catalogue.resolve(params["model"], field_name=f"{field}.model").entry
    for name in entry.media_parameters:
        if isinstance(params.get(name), str):
            replaced[name] = await _media_id(ctx, folder, f"{field}.{name}", params[name])
    return replaced


def _file(folder: Path, named: str) -> Path | None:
    """The file of this name; None where there is none, or where the name is none."""
    try:
        path = (folder / named).resolve()
        return path if path.is_file() else None
    except (OSError, ValueError):  # too long, or with a NUL in it
        return None


def _no_file(named: str, field: str) -> BadInput:
    return BadInput(
        f"there is no file {named}",
        field=field,
        fix="paths are relative to the project file",
    )


async def _media_id(ctx: Context, folder: Path, field: str, named: str | None) -> str | None:
    return None if named is None else (await _added(ctx, folder, field, named)).row.id


async def _added(ctx: Context, folder: Path, field: str, named: str) -> MediaView:
    """The file of this name, uploaded. Raises BadInput."""
    path = _file(folder, named)
    if path is None:
        raise _no_file(named, field)
    try:
        return await add_media(ctx, path, path.name)
    except BadInput as error:
        fix = error.problems[0].fix if error.problems else None
        raise BadInput(f"{named}: {error.message}", field=field, fix=fix) from error
    except MediaError as error:
        message = f"{named}: {error.message}"
        raise BadInput(message, field=field, fix="give a file that plays to its end") from error
