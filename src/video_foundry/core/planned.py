"""What a plan says of composing: each step, each output, and what of it is to be made. Shared steps
count once; whether anything is generated is `plan`'s matter."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from video_foundry.core.effort import WALL_SECONDS, effort_of
from video_foundry.core.graph import Step, StepKind
from video_foundry.core.outputs import MAIN, Output, OutputKind
from video_foundry.core.profile import OutputProfile, picture_from_json
from video_foundry.core.render_graph import Branch, RenderGraph, seconds_of


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """One composing step. fingerprint: None until its inputs exist. seconds: of picture to encode.
    segment_id: None for what concerns the film. outputs: names of those that need it."""

    kind: StepKind
    action: Literal["reuse", "make"]
    segment_id: str | None
    fingerprint: str | None
    seconds: float
    outputs: tuple[str, ...] = (MAIN,)


@dataclass(frozen=True, kw_only=True)
class PlannedCopy:
    """Picture of an output that is copied out of a segment's clip as it is stored, not encoded.
    start: seconds of the film. seconds: how many."""

    segment_id: str
    start: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class PlannedOutput:
    """What happens to one output.

    codec, quality, encoder: None of an animated picture. frames, seconds: of it, None while a model
    decides a length. encode_seconds: of picture to encode for it, shared_seconds: those
    thereof that others need too. steps: how many it needs; to_make: how many of them are to be
    made. is_unchanged: it is there already, and digest: that of its file, None otherwise.
    copied: what is taken from clips as they are, and copied_seconds: of picture that this is,
    whether the output is there or not.
    """

    name: str
    kind: OutputKind
    width: int
    height: int
    fps: str
    codec: str | None
    quality: str | None
    encoder: str | None
    container: str
    frames: int | None = None
    seconds: float | None = None
    encode_seconds: float = 0.0
    shared_seconds: float = 0.0
    steps: int = 0
    to_make: int = 0
    is_unchanged: bool = False
    digest: str | None = None
    copied_seconds: float = 0.0
    copied: tuple[PlannedCopy, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Left:
    """What there is to do. outputs: bits of those that are not there. marks: fingerprints of the
    steps that are to be made for them; seconds: of picture that these encode; wall_seconds: how
    long that takes, roughly."""

    outputs: int = 0
    marks: frozenset[str] = frozenset()
    seconds: float = 0.0
    wall_seconds: float = 0.0


def to_make(graph: RenderGraph, done: Collection[str]) -> Left:
    """What is left to do. done: fingerprints of steps that were done."""
    # An output that is there needs none of its pieces, and they may have been dropped to make room.
    open_ = 0
    for number, branch in enumerate(graph.branches):
        open_ |= 0 if _is_done(branch.last, done) else 1 << number
    making = [step for step in graph.steps_of(open_) if not _is_done(step, done)]
    marks = frozenset(step.fingerprint for step in making)
    return Left(
        outputs=open_,
        marks=marks,
        seconds=seconds_of(making),
        wall_seconds=WALL_SECONDS * sum(_effort(step) for step in making),
    )


def _effort(step: Step) -> float:
    if not step.seconds:
        return 0.0
    return float(step.seconds) * effort_of(picture_from_json(step.spec["profile"]))


def _is_done(step: Step, done: Collection[str]) -> bool:
    return step.is_known and step.fingerprint in done


def planned_steps(graph: RenderGraph, left: Left) -> tuple[PlannedStep, ...]:
    """All steps, in their order; those to be made name the outputs that they are made for."""
    names = _Names([branch.output.name for branch in graph.branches])
    return tuple(_planned_step(graph, step, left, names) for step in graph.steps)


def _planned_step(graph: RenderGraph, step: Step, left: Left, names: "_Names") -> PlannedStep:
    is_made, users = step.fingerprint in left.marks, graph.users[step.fingerprint]
    return PlannedStep(
        kind=step.kind,
        action="make" if is_made else "reuse",
        segment_id=None if step.segment is None else graph.segment_ids[step.segment],
        fingerprint=step.fingerprint if step.is_known else None,
        seconds=float(step.seconds) if is_made else 0.0,
        outputs=names.of(users & left.outputs if is_made else users),
    )


class _Names:
    """Names of outputs by their bits; each combination is put together once."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._found: dict[int, tuple[str, ...]] = {}

    def of(self, users: int) -> tuple[str, ...]:
        """Those whose bits are set."""
        if users not in self._found:
            pairs = enumerate(self._names)
            self._found[users] = tuple(name for number, name in pairs if users >> number & 1)
        return self._found[users]


def planned_outputs(
    wanted: Sequence[Output], graph: RenderGraph | None, left: Left, done: Mapping[str, str]
) -> tuple[PlannedOutput, ...]:
    """What happens to each output; no more than what it is while there is no graph. done: steps
    that were done -> digests of what they led to."""
    if graph is None:
        return tuple(PlannedOutput(**_said_of(one)) for one in wanted)
    return tuple(
        _planned_output(
            graph,
            branch,
            left,
            None if left.outputs >> number & 1 else done[branch.last.fingerprint],
        )
        for number, branch in enumerate(graph.branches)
    )


def _planned_output(
    graph: RenderGraph, branch: Branch, left: Left, digest: str | None
) -> PlannedOutput:
    making = [] if digest else _steps(graph, branch.marks & left.marks)
    users = ((step, graph.users[step.fingerprint] & left.outputs) for step in making)
    shared = [step for step, outputs in users if outputs.bit_count() > 1]
    copied = tuple(_copied(graph, branch))
    return PlannedOutput(
        **_said_of(branch.output),
        frames=branch.frames,
        seconds=round(float(branch.seconds), 6),
        encode_seconds=seconds_of(making),
        shared_seconds=seconds_of(shared),
        steps=len(branch.marks),
        to_make=len(making),
        is_unchanged=digest is not None,
        digest=digest,
        copied_seconds=sum(one.seconds for one in copied),
        copied=copied,
    )


def _copied(graph: RenderGraph, branch: Branch) -> Iterator[PlannedCopy]:
    rate = branch.output.rate
    for one in branch.copied:
        yield PlannedCopy(
            segment_id=graph.segment_ids[one.segment],
            start=round(float(rate.seconds_of(one.start)), 6),
            seconds=round(float(rate.seconds_of(one.frames)), 6),
        )


def _steps(graph: RenderGraph, marks: Collection[str]) -> list[Step]:
    return [step for step in graph.steps if step.fingerprint in marks]


def _said_of(output: Output) -> dict[str, Any]:
    profile, is_film = output.profile, output.animated is None
    width, height = output.size
    return {
        "name": output.name,
        "kind": output.kind,
        "width": width,
        "height": height,
        "fps": str(output.rate),
        "codec": profile.codec if is_film else None,
        "quality": profile.quality if is_film else None,
        "encoder": profile.encoder if is_film else None,
        "container": output.container,
    }


def main_frames(graph: RenderGraph, profile: OutputProfile) -> int:
    """Length of the main film, of that profile, also where only others are made."""
    main = next((one for one in graph.branches if one.output.name == MAIN), None)
    return main.frames if main else profile.fps.frames_in(graph.branches[0].seconds)


def identity_of_profile(profile: OutputProfile) -> list[Any]:
    """For a plan's digest. How it is encoded is left out where nothing is said of it, as before it
    could be."""
    shape = [profile.width, profile.height, profile.fps.fraction, profile.loudness_lufs]
    coding = [profile.codec, profile.quality, profile.encoder]
    return shape if coding == ["h264", "standard", "software"] else [*shape, *coding]


def identity_of_outputs(wanted: Sequence[Output]) -> dict[str, Any]:
    """For a plan's digest: what is made, unless it is the main film alone."""
    if [one.name for one in wanted] == [MAIN]:
        return {}
    return {
        "outputs": [
            [one.name, identity_of_profile(one.profile), one.animated and asdict(one.animated)]
            for one in wanted
        ]
    }
