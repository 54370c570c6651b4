"""The composition graphs of all outputs of a render as one: a step that several of them need stands
in it once. Sharing falls out of the fingerprints; nothing here knows what a step does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from video_foundry.core.canonical import fingerprint
from video_foundry.core.composition import COMPOSER_VERSION
from video_foundry.core.draft import Draft
from video_foundry.core.film import Film
from video_foundry.core.graph import Graph, Known, Step, graph_of
from video_foundry.core.outputs import MAIN, Animated, Output, animated_frames, films
from video_foundry.core.pieces import Copied
from video_foundry.core.profile import OutputProfile
from video_foundry.errors import BadInput, FieldProblem


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One output and what leads to it. last: the step that makes it. marks: fingerprints of its
    steps; of an animated picture that one alone, since the main film is an output too. copied: what
    of its picture is copied from clips as they are stored."""

    output: Output
    last: Step
    marks: frozenset[str]
    frames: int
    copied: tuple[Copied, ...] = ()

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        return self.output.rate.seconds_of(self.frames)


@dataclass(frozen=True, kw_only=True)
class RenderGraph:
    """branches: one an output, in the project's order. steps: of all of them, each once, in the
    order of their stages. segment_ids: of the film's segments."""

    branches: tuple[Branch, ...]
    steps: tuple[Step, ...]
    segment_ids: tuple[str, ...]

    @cached_property
    def users(self) -> Mapping[str, int]:
        """fingerprint of a step -> its outputs: bit N stands for branch N."""
        found: dict[str, int] = {}
        for number, branch in enumerate(self.branches):
            for mark in branch.marks:
                found[mark] = found.get(mark, 0) | 1 << number
        return found

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """fingerprint of a step -> how messages name it, of those about a segment or an item."""
        named = (step for step in self.steps if not (step.segment is None and step.item is None))
        return {step.fingerprint: step.label for step in named}

    def steps_of(self, outputs: int) -> list[Step]:
        """The steps that any of these outputs (bits) needs."""
        return [step for step in self.steps if self.users[step.fingerprint] & outputs]


def film_for(film: Film, profile: OutputProfile) -> Film:
    """The same timeline in another profile."""
    return film if film.profile == profile else replace(film, profile=profile)


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """A film laid out for all of its outputs. by_profile: once for each profile among them."""

    outputs: tuple[Output, ...]
    by_profile: Mapping[OutputProfile, Draft]

    @property
    def clip_keys(self) -> set[str]:
        """What pieces of clips are to be looked up by."""
        return {key for draft in self.by_profile.values() for key in draft.clip_keys}

    @property
    def measures(self) -> set[str]:
        """What measurements are to be looked up by."""
        return {mark for draft in self.by_profile.values() for mark in draft.measures}


def draft_outputs(film: Film, outputs: Sequence[Output]) -> Drafts:
    """Lays a film out for its outputs. Raises BadInput for what cannot be laid out, naming the
    output unless it is the main film."""
    drafts: dict[OutputProfile, Draft] = {}
    for one in films(outputs):
        if one.profile not in drafts:
            drafts[one.profile] = _draft(film, one)
    return Drafts(outputs=tuple(outputs), by_profile=drafts)


def make_render_graph(drafts: Drafts, known: Known) -> RenderGraph:
    """The steps of all outputs of a film. An animated picture needs the main film among them."""
    graphs = {profile: graph_of(draft, known) for profile, draft in drafts.by_profile.items()}
    branches = [_branch(one, graphs[one.profile]) for one in drafts.outputs]
    own = [branch.last for branch in branches if branch.output.animated is not None]
    every = [step for graph in graphs.values() for step in graph.steps]
    unique = {step.fingerprint: step for step in [*every, *own]}
    return RenderGraph(
        branches=tuple(branches),
        steps=tuple(sorted(unique.values(), key=lambda step: step.stage)),
        segment_ids=next(iter(graphs.values())).segment_ids,
    )


def _draft(film: Film, output: Output) -> Draft:
    try:
        return Draft(film_for(film, output.profile))
    except BadInput as misfit:
        if output.name == MAIN:
            raise
        raise named_after(output.name, misfit) from misfit


def named_after(name: str, misfit: BadInput) -> BadInput:
    """The same, saying in which output it does not fit."""
    problems = [
        FieldProblem(field=one.field, message=f"output {name}: {one.message}", fix=one.fix)
        for one in misfit.problems
    ]
    message = f"output {name}: {misfit.message}"
    return BadInput(message, problems=problems, code=misfit.code)


def _branch(output: Output, graph: Graph) -> Branch:
    if output.animated is None:
        marks = frozenset(step.fingerprint for step in graph.steps)
        return Branch(
            output=output,
            last=graph.master,
            marks=marks,
            frames=graph.frames,
            copied=graph.copied,
        )
    animated, length = output.animated, output.profile.fps.seconds_of(graph.frames)
    step = _animation(animated, graph.master)
    return Branch(
        output=output,
        last=step,
        marks=frozenset({step.fingerprint}),
        frames=animated_frames(animated.seconds, length, animated.fps),
    )


def _animation(animated: Animated, master: Step) -> Step:
    told = {
        "film": master.fingerprint,
        "kind": animated.kind,
        "width": animated.width,
        "fps": animated.fps,
        "seconds": str(animated.seconds),
    }
    return Step(
        kind="animation",
        fingerprint=fingerprint("animation", COMPOSER_VERSION, told),
        spec=told,
        needs=(master.fingerprint,),
        is_known=master.is_known,
    )


def seconds_of(steps: Iterable[Step]) -> float:
    """Seconds of picture that steps encode."""
    return float(sum((step.seconds for step in steps), Fraction(0)))
