"""`video-foundry retarget`: moving a project file's segments to another model. Works on the file
alone, without a memory; nothing is generated."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from video_foundry.api.schemas.base import PriceOut
from video_foundry.api.schemas.project import FileSegment, ProjectFile
from video_foundry.api.schemas.retarget import ParameterMove
from video_foundry.bootstrap import load_models
from video_foundry.commands.plan import priced
from video_foundry.commands.project_file import read_project_file
from video_foundry.commands.rewriting import rewritten
from video_foundry.core.catalogue import Catalogue, ModelEntry
from video_foundry.core.money import total_price
from video_foundry.core.retarget import Moved, Retargeting, Shot, check_target
from video_foundry.core.retarget import retarget as moved_to
from video_foundry.errors import BadInput
from video_foundry.settings import load_settings

Outcomes = dict[int, Retargeting]
"""Number of a segment, from 0 -> what becomes of it."""


def retarget(
    file: Path,
    *,
    to: str,
    segments: Sequence[int] | None,
    output: Path | None,
    is_dry_run: bool,
    is_partial: bool,
    as_json: bool,
) -> int:
    """Rewrite the file, or `output` beside it; 1 when a segment does not fit and that keeps the
    whole from being done. segments: numbers from 1, None for all that are generated."""
    project = read_project_file(file)
    _check_output(file, output)
    models = load_models(load_settings())
    target = models.catalogue.resolve(to, field_name="--to")
    check_target(target.entry)
    outcomes = _outcomes(models.catalogue, project, _chosen(project, segments), target.entry)
    is_refused = not is_partial and any(one.action == "refused" for one in outcomes.values())
    new = {number: dict(one.params) for number, one in outcomes.items() if one.action == "changed"}
    if not is_dry_run and not is_refused and (new or output is not None):
        _replace(output or file, rewritten(file, new))
    notes = [note for note in (target.note, models.unavailable(target.entry)) if note]
    if as_json:
        _print_json(target.entry, outcomes, is_refused=is_refused, is_dry_run=is_dry_run)
    else:
        _show(project, outcomes, notes)
        _say_what_was_done(len(new), output or file, is_refused=is_refused, is_dry_run=is_dry_run)
    return 1 if is_refused else 0


def _check_output(file: Path, output: Path | None) -> None:
    if output is None or output.resolve().parent == file.resolve().parent:
        return
    raise BadInput(
        "the new file must lie beside the old one: paths in it are relative to it",
        field="-o",
        fix=f"write it into {file.resolve().parent}",
    )


def _chosen(project: ProjectFile, segments: Sequence[int] | None) -> list[int]:
    """Numbers from 0 of the segments that are to move. Raises BadInput."""
    count = len(project.segments)
    for number in segments or ():
        if not 1 <= number <= count:
            raise BadInput(
                f"there is no segment {number}", field="--segment", fix=f"give 1 to {count}"
            )
        if project.segments[number - 1].media is not None:
            raise BadInput(
                f"segment {number} shows media of its own, and no model",
                field="--segment",
                fix="leave it out",
            )
    generated = [i for i, one in enumerate(project.segments) if one.media is None]
    return generated if segments is None else sorted({number - 1 for number in segments})


def _outcomes(
    catalogue: Catalogue, project: ProjectFile, numbers: Sequence[int], target: ModelEntry
) -> Outcomes:
    shape = (project.settings.width, project.settings.height)
    return {
        number: _outcome(catalogue, project.segments[number], shape, target) for number in numbers
    }


def _outcome(
    catalogue: Catalogue, segment: FileSegment, shape: tuple[int, int], target: ModelEntry
) -> Retargeting:
    trim = segment.trim.value() if segment.trim else None
    shot = Shot(
        given=segment.model_params,
        prompt=segment.prompt or "",
        seconds=None if trim is None else trim.end or trim.start,
        aspect=shape,
    )
    try:
        old = catalogue.resolve(segment.model_params.get("model")).entry
    except BadInput:  # moving away from a name that nobody knows is what helps
        old = None
    return moved_to(shot, old, target)


def _replace(target: Path, text: str) -> None:
    """The file as a whole, or not at all."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        draft.write_text(text, "utf-8")
        if target.exists():
            draft.chmod(target.stat().st_mode)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _print_json(
    target: ModelEntry,
    outcomes: Outcomes,
    *,
    is_refused: bool,
    is_dry_run: bool,
) -> None:
    moving = [one for one in outcomes.values() if one.action == "changed"]
    answer: dict[str, Any] = {
        "status": "refused" if is_refused else "planned" if is_dry_run else "done",
        "model": target.id,
        "segments": [_segment_json(number, one) for number, one in outcomes.items()],
        "price_before": _price_json(total_price([one.before for one in moving])),
        "price_after": _price_json(total_price([one.after for one in moving])),
    }
    print(json.dumps(answer))


def _segment_json(number: int, one: Retargeting) -> dict[str, Any]:
    return {
        "segment": number + 1,
        "action": one.action,
        "model_params_before": dict(one.given),
        "model_params": dict(one.params if one.fits else one.given),
        "kept": list(one.kept),
        "changed": [ParameterMove.of(moved).model_dump() for moved in one.changed],
        "lost": [ParameterMove.of(moved).model_dump() for moved in one.lost],
        "missing": list(one.missing),
        "problems": [{"field": p.field, "message": p.message, "fix": p.fix} for p in one.refusals],
        "price_before": _price_json(one.before),
        "price_after": _price_json(one.after),
    }


def _price_json(price: Any) -> dict[str, Any]:
    return PriceOut.of(price).model_dump(mode="json")


def _show(project: ProjectFile, outcomes: Outcomes, notes: Sequence[str]) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False)
    for heading in ("#", "From", "What becomes of it", "Price before", "Price after"):
        table.add_column(heading)
    for number, one in outcomes.items():
        named = str(project.segments[number].model_params.get("model", ""))
        after = priced(one.after) if one.fits else ""
        table.add_row(str(number + 1), named, "\n".join(_words(one)), priced(one.before), after)
    console.print(table)
    moving = [one for one in outcomes.values() if one.action == "changed"]
    cost = total_price([one.before for one in moving])
    new_cost = total_price([one.after for one in moving])
    console.print(f"a generation of each: {priced(cost)} before, {priced(new_cost)} after")
    for note in notes:
        console.print(note, markup=False)


def _words(one: Retargeting) -> list[str]:
    """What becomes of a segment, a line each."""
    if not one.fits:
        return [
            f"does not fit: {p.message}" + (f" ({p.fix})" if p.fix else "") for p in one.refusals
        ]
    lines = [_change(moved) for moved in one.changed]
    lines += [f"lost: {moved.parameter} {moved.old!r} ({moved.reason})" for moved in one.lost]
    return lines or ["fits as it is"]


def _change(moved: Moved) -> str:
    before = "unset" if moved.old is None else repr(moved.old)
    return f"{moved.parameter}: {before} -> {moved.new!r} ({moved.reason})"


def _say_what_was_done(count: int, target: Path, *, is_refused: bool, is_dry_run: bool) -> None:
    if is_refused:
        print("nothing was changed: --partial moves those that fit")
    elif is_dry_run:
        print(f"{count} would change; nothing was written")
    else:
        print(f"{count} changed in {target}" if count else "nothing to change")
