"""`video-foundry render`: a project file to an MP4, without a server, with the shared memory."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from video_foundry.api.schemas.project import ProjectFile
from video_foundry.bootstrap import running_context, working
from video_foundry.commands.project_file import bring_in, read_project_file
from video_foundry.core.outputs import ANIMATED_TYPES, MAIN, Output, chosen, read_outputs
from video_foundry.core.profile import FORMATS
from video_foundry.db.facts import seconds_of
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.errors import BadInput, FoundryError
from video_foundry.services.context import Context
from video_foundry.services.render_views import OutputView, RenderView
from video_foundry.services.renders import cancel_render, get_render, start_render
from video_foundry.settings import Settings, load_settings
from video_foundry.telemetry import configure_logs

POLL_SECONDS = 0.15
COPY_CHUNK = 1024 * 1024
MOST_DIGITS = 20
"""Of an amount, on either side of the point: an exponent could stand for gigabytes of them."""


@dataclass(kw_only=True)
class Outcome:
    """What `--json` ends with. output, frames, seconds: of the file at `-o`; outputs: every file
    that was written. cost: exact decimal as text, in US dollars unless said otherwise."""

    status: str
    generated: int = 0
    reused: int = 0
    output: str | None = None
    frames: int | None = None
    seconds: float | None = None
    cost: str = "0"
    error: str | None = None
    outputs: list[dict[str, Any]] = field(default_factory=list)


async def render(
    file: Path,
    output: Path,
    *,
    as_json: bool,
    max_cost: str | None,
    only: Sequence[str] | None = None,
) -> int:
    """Render and report; returns the exit code. only: names of outputs, None for all."""
    settings = load_settings()
    configure_logs(
        level="ERROR" if settings.log_level == "INFO" else settings.log_level,
        as_json=settings.log_format == "json",
        environment=os.environ,
    )
    try:
        outcome = await _render(settings, file, output, _amount(max_cost), only)
    except BadInput as error:
        if as_json:
            print(json.dumps(asdict(Outcome(status="invalid", error=_explained(error)))))
        raise
    except FoundryError as error:
        outcome = Outcome(status="failed", error=error.message)
    if as_json:
        print(json.dumps(asdict(outcome)))
    _say(outcome)
    return 0 if outcome.status == "completed" else 1


def _explained(error: BadInput) -> str:
    return "; ".join([error.message, *(f"{p.field}: {p.fix}" for p in error.problems if p.fix)])


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0 or abs(amount.adjusted()) > MOST_DIGITS:
        raise BadInput(f"{text[:40]!r} is not an amount", field="--max-cost", fix="write 2.50, say")
    return amount


async def _render(
    settings: Settings,
    file: Path,
    output: Path,
    max_cost: Decimal | None,
    only: Sequence[str] | None,
) -> Outcome:
    project = read_project_file(file)
    for target in _targets(project, output, only).values():
        _check_output(target)
    async with running_context(settings) as ctx:
        project_id = await bring_in(ctx, file, project)
        view = await start_render(ctx, project_id, max_cost=max_cost, outputs=only)
        async with working(ctx, settings):
            view = await _wait(ctx, view)
        written = await _write_all(ctx, view, _targets(project, output, only))
        return _outcome(view, output, written)


def _targets(project: ProjectFile, output: Path, only: Sequence[str] | None) -> dict[str, Path]:
    """name -> where the file of an output goes: the main film, or the only one that is asked for,
    to `output` itself, others beside it."""
    made = read_outputs([one.told() for one in project.outputs], project.settings.value())
    wanted = {one.name: one for one in chosen(made, only) if only is None or one.name in only}
    first = next(iter(wanted)) if len(wanted) == 1 else MAIN
    if first in wanted:
        _check_extension(output, wanted[first])
    return {
        name: output if name == first else output.with_name(f"{output.stem}-{name}.{one.container}")
        for name, one in wanted.items()
    }


async def _write_all(
    ctx: Context, view: RenderView, targets: Mapping[str, Path]
) -> list[tuple[Path, OutputView]]:
    """Write what is there, also of a render that could not make all of it."""
    written = []
    for one in view.outputs:
        target = targets.get(one.output.name)
        if one.artifact is not None and target is not None:
            await _write(ctx, one.artifact.digest, target)
            written.append((target, one))
    return written


def _check_extension(target: Path, output: Output) -> None:
    """A file that says it is an MP4 and is none opens nowhere."""
    told = target.suffix.lower().removeprefix(".")
    if told in EXTENSIONS and told != output.container:
        raise BadInput(
            f"{target.name} would hold {output.container}, as output {output.name} is made",
            field="--output",
            fix=f"call it {target.stem}.{output.container}",
        )


EXTENSIONS = {*(made.container for made in FORMATS.values()), *ANIMATED_TYPES}


def _check_output(output: Path) -> None:
    """Whether the film can be written is found out before anything is generated, not after."""
    try:
        if output.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        part = _part_of(output)
        part.touch()
        part.unlink()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadInput(
            f"{str(output)[:200]} cannot be written: {why}",
            field="--output",
            fix="name a file in a folder that exists and may be written, such as film.mp4",
        ) from error


def _part_of(output: Path) -> Path:
    """Where the film is written until it is whole."""
    return output.with_name(f".{output.name}.{os.getpid()}.part")


async def _wait(ctx: Context, view: RenderView) -> RenderView:
    try:
        async with _bar() as show:
            while view.status not in (*RENDER_ENDED, "needs_attention"):
                show(view)
                await asyncio.sleep(POLL_SECONDS)
                view = await get_render(ctx, view.row.id)
            show(view)
    except asyncio.CancelledError:
        await asyncio.shield(cancel_render(ctx, view.row.id))
        raise
    return view


@asynccontextmanager
async def _bar() -> AsyncIterator[Any]:
    """A progress bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[seconds]}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with progress:
        task: TaskID = progress.add_task("planning", total=1.0, seconds="")

        def show(view: RenderView) -> None:
            row = view.row
            words = f"{view.status} {row.segments_completed}/{row.segments_total}"
            progress.update(
                task, completed=view.progress, description=words, seconds=_seconds(view)
            )

        yield show


def _seconds(view: RenderView) -> str:
    """How much picture is encoded, in words; none where there is nothing to encode."""
    if not view.row.seconds_total or view.seconds_done is None:
        return ""
    return f"{view.seconds_done:.1f} of {view.row.seconds_total:.1f} s"


async def _write(ctx: Context, digest: str, output: Path) -> None:
    part = _part_of(output)
    try:
        with part.open("wb") as target:
            async for chunk in ctx.blobs.open(digest):
                target.write(chunk)
        part.replace(output)
    except OSError as error:
        raise FoundryError(f"{output} could not be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def _outcome(view: RenderView, output: Path, written: Sequence[tuple[Path, OutputView]]) -> Outcome:
    row = view.row
    files = [_file(path, one) for path, one in written]
    first = next((file for file in files if file["output"] == str(output)), None)
    return Outcome(
        status=view.status,
        generated=row.segments_completed,
        reused=row.segments_reused,
        output=str(output) if first else None,
        frames=first["frames"] if first else None,
        seconds=first["seconds"] if first else None,
        cost=f"{view.cost_actual:f}",
        error=_why(view),
        outputs=files,
    )


def _file(path: Path, one: OutputView) -> dict[str, Any]:
    artifact = one.artifact
    return {
        "name": one.output.name,
        "output": str(path),
        "size": artifact.size if artifact else 0,
        "frames": artifact.facts.get("frames") if artifact else None,
        "seconds": round(float(seconds_of(artifact)), 6) if artifact else None,
    }


def _why(view: RenderView) -> str | None:
    """Why there is no film, with what to do about a doubt that only a person can end."""
    code, reason = view.trouble
    if view.doubt is None:
        return reason
    if code != "submit_unclear":
        return f"{reason}; what becomes of it is decided in the web UI (video-foundry serve)"
    return (
        f"{reason}: nobody can tell from here whether it was accepted and paid; decide in the web "
        "UI (video-foundry serve) whether to send it again"
    )


def _say(outcome: Outcome) -> None:
    if outcome.error:
        print(f"video-foundry: {outcome.status}: {outcome.error}", file=sys.stderr)
    elif sys.stderr.isatty():
        made = f"{outcome.generated} generated, {outcome.reused} reused"
        for file in outcome.outputs:
            print(f"{file['output']}: {file['frames']} frames, {made}", file=sys.stderr)
