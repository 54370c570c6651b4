"""`video-foundry render`: a project file to an MP4, without a server, with the shared memory."""

import asyncio
import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from video_foundry.api.schemas.project import ProjectFile
from video_foundry.bootstrap import running_context, working
from video_foundry.commands.progress import shown
from video_foundry.commands.project_file import bring_in, read_project_file
from video_foundry.core.money import Money, sums
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


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for. file: the project. output: where its film goes; poster: where a still of
    the film goes, None for nowhere. only: names of outputs, None for all."""

    file: Path
    output: Path
    poster: Path | None = None
    only: Sequence[str] | None = None


@dataclass(kw_only=True)
class Outcome:
    """What `--json` ends with. output, frames, seconds: of the file at `-o`; outputs: every file
    that was written. cost: exact decimal as text, in US dollars unless said otherwise ("0.40 USD +
    3.00 CNY")."""

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
    poster: Path | None = None,
) -> int:
    """Render and report; returns the exit code. only: names of outputs, None for all. poster: where
    a still of the film goes."""
    settings = load_settings()
    configure_logs(
        level="ERROR" if settings.log_level == "INFO" else settings.log_level,
        as_json=settings.log_format == "json",
        environment=os.environ,
    )
    try:
        wanted = Wanted(file=file, output=output, poster=poster, only=only)
        outcome = await _render(settings, wanted, _amount(max_cost))
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


async def _render(settings: Settings, wanted: Wanted, max_cost: Decimal | None) -> Outcome:
    project = read_project_file(wanted.file)
    targets = _targets(project, wanted.output, wanted.only)
    for target in targets.values():
        _check_output(target, "--output")
    _check_poster(wanted.poster, targets.values())
    async with running_context(settings) as ctx:
        project_id = await bring_in(ctx, wanted.file, project)
        view = await start_render(ctx, project_id, max_cost=max_cost, outputs=wanted.only)
        async with working(ctx, settings):
            view = await _wait(ctx, view)
        written = await _write_all(ctx, view, targets)
        if wanted.poster is not None and written:
            await _write(ctx, _still_of(view, written), wanted.poster)
        return _outcome(view, wanted.output, written)


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


def _still_of(view: RenderView, written: Sequence[tuple[Path, OutputView]]) -> str:
    """Digest of the still of the first file, or of the main film where it was made of that."""
    made = (*(one.artifact for _, one in written), view.master)
    for artifact in made:
        if artifact is not None and artifact.thumbnail_digest is not None:
            return artifact.thumbnail_digest
    raise FoundryError("there is no still of the film")


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


def _check_poster(poster: Path | None, films: Collection[Path]) -> None:
    """A still is a JPEG, whatever it is called, and takes no film's place."""
    if poster is None:
        return
    if poster.suffix.lower() not in STILLS:
        raise BadInput(
            f"{poster.name} would hold a JPEG",
            field="--poster",
            fix=f"call it {poster.stem or 'poster'}.jpg",
        )
    if poster.resolve() in [film.resolve() for film in films]:
        raise BadInput(
            f"{poster} is where a film goes", field="--poster", fix="give it a name of its own"
        )
    _check_output(poster, "--poster")


STILLS = (".jpg", ".jpeg")


def _check_output(output: Path, option: str) -> None:
    """Whether a file can be written is found out before anything is generated, not after."""
    try:
        if output.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        part = _part_of(output)
        part.touch()
        part.unlink()
    except (OSError, ValueError) as error:
        usual = "poster.jpg" if option == "--poster" else "film.mp4"
        why = error.strerror if isinstance(error, OSError) else error
        raise BadInput(
            f"{str(output)[:200]} cannot be written: {why}",
            field=option,
            fix=f"name a file in a folder that exists and may be written, such as {usual}",
        ) from error


def _part_of(output: Path) -> Path:
    """Where the film is written until it is whole."""
    return output.with_name(f".{output.name}.{os.getpid()}.part")


async def _wait(ctx: Context, view: RenderView) -> RenderView:
    try:
        with shown() as show:
            while view.status not in (*RENDER_ENDED, "needs_attention"):
                show(view)
                await asyncio.sleep(POLL_SECONDS)
                view = await get_render(ctx, view.row.id)
            show(view)
    except asyncio.CancelledError:
        await asyncio.shield(cancel_render(ctx, view.row.id))
        raise
    return view


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
        cost=_cost([view.cost_actual, *view.other_costs]),
        error=_why(view),
        outputs=files,
    )


def _cost(paid: Sequence[Money]) -> str:
    """Dollars alone go without their currency."""
    several = sums(paid)
    if all(one.currency == "USD" for one in several):
        return f"{sum((one.amount for one in several), Decimal(0)):f}"
    return " + ".join(map(str, several))


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
    else:
        made = f"{outcome.generated} generated, {outcome.reused} reused"
        for file in outcome.outputs:
            print(f"{file['output']}: {file['frames']} frames, {made}", file=sys.stderr)
