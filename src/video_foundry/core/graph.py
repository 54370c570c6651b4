"""The composition graph: from a film as a value to the steps that make it, each with a fingerprint.

A step's fingerprint covers everything that can change its pixels or samples and nothing else: not
where on the film it stands, not what its segments are called. So what did not change is never done
again. Making a graph does nothing and reads nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from video_foundry.core.canonical import fingerprint
from video_foundry.core.composition import COMPOSER_VERSION, DRAWN_ANEW
from video_foundry.core.cuts import FilmCut, copies, film_cuts, run_fingerprint, shown_frames
from video_foundry.core.draft import Draft
from video_foundry.core.effects import placed, to_json
from video_foundry.core.film import Film, FilmClip, Use
from video_foundry.core.loudness import Measurement, ceiling_for, gain_for
from video_foundry.core.pieces import (
    Bare,
    Copied,
    Part,
    Run,
    Span,
    Stock,
    cut_from,
    missing_runs,
)
from video_foundry.core.sound_windows import WindowMix, window_fingerprint
from video_foundry.core.soundtrack import DecodedSound
from video_foundry.core.transitions import KINDS
from video_foundry.core.wording import item_label

StepKind = Literal[
    "clip", "span", "title", "image", "sound", "measure", "mix", "master", "animation"
]

STAGES: Mapping[str, int] = {
    "title": 0,
    "image": 0,
    "clip": 1,
    "span": 1,
    "sound": 1,
    "measure": 2,
    "mix": 3,
    "master": 4,
    "animation": 5,
}
"""Steps read artifacts of earlier stages alone."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One composing step.

    spec: all that whoever carries it out must know, as JSON. needs: fingerprints of the steps whose
    artifacts it reads; sources: digests of the clips and media it reads. seconds: of film that are
    encoded. segment: index of the segment it is about, item: the field of the item that it is, such
    as "text.3"; neither: it is about the film. run: of a clip's picture.
    is_known: False while it waits for a clip that is still to be generated, or for a measurement;
    its fingerprint is then not yet the final one.
    """

    kind: StepKind
    fingerprint: str
    spec: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    seconds: Fraction = Fraction(0)
    segment: int | None = None
    item: str | None = None
    run: Run | None = None
    is_known: bool = True

    @property
    def stage(self) -> int:
        """When its turn is."""
        return STAGES[self.kind]

    @property
    def label(self) -> str:
        """How messages name what it is about."""
        return label_of(self.segment, self.item)


def label_of(segment: int | None, item: str | None) -> str:
    """How messages name what a step is about: a segment, an item by its field, or the film."""
    if segment is not None:
        return f"segment {segment + 1}"
    return "the film" if item is None else item_label(item)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What composing led to before. runs: clips' pieces that exist; measures: by fingerprint."""

    runs: Collection[Run] = ()
    measures: Mapping[str, Measurement] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Graph:
    """steps: in the order of their stages and of the film, the master last; each once. frames: of
    the film. segment_ids: of its segments, in order. copied: what of its picture is copied from
    stored clips, so that no step encodes it."""

    steps: tuple[Step, ...]
    frames: int
    segment_ids: tuple[str, ...]
    copied: tuple[Copied, ...] = ()

    @property
    def master(self) -> Step:
        """What makes the film itself."""
        return self.steps[-1]


def make_graph(film: Film, known: Known) -> Graph:
    """The steps of a film. Raises BadInput for what cannot be laid out (see `layout_of`)."""
    return graph_of(Draft(film), known)


def graph_of(draft: Draft, known: Known) -> Graph:
    """The steps of a film that is laid out already."""
    return _Maker(draft, known).graph()


class _Maker:
    """Builds one graph."""

    def __init__(self, draft: Draft, known: Known) -> None:
        self.draft = draft
        self.film = draft.film
        self.known = known

    # --- steps -----------------------------------------------------------------------------------

    def graph(self) -> Graph:
        """All steps."""
        divided = self.draft.divided
        spans = {id(one): self._span(one) for one in divided if isinstance(one, Span)}
        copied = [one for one in divided if isinstance(one, Copied)]
        stock, runs = self._runs([one for one in divided if isinstance(one, Bare)])
        windows = list(self._windows())
        cuts = list(film_cuts(divided, stock, lambda span: spans[id(span)].fingerprint))
        steps = [
            *self._layer_steps(),
            *runs.values(),
            *spans.values(),
            *self._sound_steps(),
            *(self._measures() if self.draft.has_target else ()),
            *windows,
            self._master(cuts, windows, [*runs.values(), *spans.values()]),
        ]
        unique = {step.fingerprint: step for step in steps}
        ordered = sorted(unique.values(), key=lambda step: step.stage)
        return Graph(
            steps=tuple(ordered),
            frames=self.draft.layout.frames,
            segment_ids=tuple(clip.segment_id for clip in self.film.clips),
            copied=tuple(copied),
        )

    def _runs(self, cells: Sequence[Bare]) -> tuple[Stock, dict[Run, Step]]:
        """Where bare cells are copied from, and the steps that make it."""
        segments: dict[str, int] = {}
        for cell in cells:
            segments.setdefault(cell.cell.key, cell.segment)
        wanted = [one.cell for one in cells]
        existing = [run for run in self.known.runs if run.key in segments]
        stock = Stock([*existing, *missing_runs(wanted, Stock(existing))])
        used = dict.fromkeys(cut.run for cut in cut_from(wanted, stock))
        return stock, {run: self._run(run, segments[run.key]) for run in used}

    def _run(self, run: Run, segment: int) -> Step:
        clip, use = self.film.clips[segment], self.draft.uses[segment]
        return Step(
            kind="clip",
            fingerprint=run_fingerprint(run),
            spec={
                "layers": [_layer_spec(clip, use, first=run.first, frames=run.frames, at=0)],
                "frames": run.frames,
                "key": run.key,
                "profile": self.draft.profile,
            },
            sources=_sources(clip),
            seconds=self.film.rate.seconds_of(run.frames),
            segment=segment,
            run=run,
            is_known=not clip.source.is_pending,
        )

    def _span(self, span: Span) -> Step:
        parts = [(part, self.film.clips[part.segment]) for part in span.parts]
        layers = [self.draft.layers[index] for index in span.overlays]
        overlays = [layer.on_piece(span.start, span.frames) for layer in layers]
        crossing = self._crossing(span)
        value = {
            "parts": [self._part_identity(part) for part in span.parts],
            "frames": span.frames,
            "transition": crossing and {**crossing, **_drawn_anew(crossing["kind"])},
            "overlays": overlays,
        }
        return Step(
            kind="span",
            fingerprint=fingerprint("span", COMPOSER_VERSION, value),
            spec={
                "layers": [self._part_spec(part, clip) for part, clip in parts],
                "frames": span.frames,
                "transition": crossing,
                "overlays": overlays,
                "profile": self.draft.profile,
            },
            needs=tuple(dict.fromkeys(layer.fingerprint for layer in layers)),
            sources=tuple(dict.fromkeys(d for _, clip in parts for d in _sources(clip))),
            seconds=self.film.rate.seconds_of(span.frames),
            segment=span.parts[0].segment,
            is_known=not any(clip.source.is_pending for _, clip in parts),
        )

    def _crossing(self, span: Span) -> dict[str, Any] | None:
        if len(span.parts) == 1:
            return None
        before = self.draft.layout.placed[span.parts[0].segment]
        transition = before.transition
        if transition is None:
            raise ValueError("two clips in one piece without a transition")
        return {
            "kind": transition.kind,
            "easing": transition.easing,
            "frames": before.overlap_out,
        }

    def _part_identity(self, part: Part) -> dict[str, Any]:
        shown = self.draft.shown[part.segment]
        return {
            "key": shown.key,
            "first": shown.first + part.first,
            "frames": part.frames,
            "at": part.at,
        }

    def _part_spec(self, part: Part, clip: FilmClip) -> dict[str, Any]:
        use = self.draft.uses[part.segment]
        first = use.first + part.first
        return _layer_spec(clip, use, first=first, frames=part.frames, at=part.at)

    def _layer_steps(self) -> Iterator[Step]:
        for layer in self.draft.layers:
            yield Step(
                kind=layer.kind,
                fingerprint=layer.fingerprint,
                spec={**layer.spec, "profile": self.draft.profile},
                sources=layer.sources,
                item=layer.where,
            )

    def _sound_steps(self) -> Iterator[Step]:
        needed = {one.sound for one in self.draft.track.contributions}
        segments = {clip.source.digest: clip.index for clip in reversed(self.film.clips)}
        items = {one.digest: f"audio.{n}" for n, one in reversed([*enumerate(self.film.sounds)])}
        for mark in sorted(needed):
            sound = self.draft.track.sounds[mark]
            yield Step(
                kind="sound",
                fingerprint=mark,
                spec=_sound_spec(sound),
                sources=(sound.digest,),
                segment=segments.get(sound.digest),
                item=items.get(sound.digest),
                is_known=sound.digest not in self.draft.pending,
            )

    def _measures(self) -> Iterator[Step]:
        for mix in self.draft.mixes:
            yield Step(
                kind="measure",
                fingerprint=mix.measure,
                spec={"mix": mix.plain},
                needs=mix.sounds,
                is_known=self._is_ready(mix),
            )

    def _windows(self) -> Iterator[Step]:
        gain = self._gain
        ceiling = ceiling_for(self.film.profile.loudness_lufs)
        codec = self.film.profile.format.sound
        for mix in self.draft.mixes:
            used = gain if gain is not None else Decimal(0)
            mark = window_fingerprint(mix, gain=used, ceiling=ceiling, codec=codec)
            yield Step(
                kind="mix",
                fingerprint=mark,
                spec={
                    "mix": mix.plain,
                    "gain": f"{used:f}",
                    "ceiling": f"{ceiling:f}",
                    "codec": codec,
                },
                needs=mix.sounds,
                is_known=gain is not None and self._is_ready(mix),
            )

    def _is_ready(self, mix: WindowMix) -> bool:
        return not any(self.draft.track.sounds[s].digest in self.draft.pending for s in mix.sounds)

    @cached_property
    def _gain(self) -> Decimal | None:
        """dB for the whole film; None while not everything was measured."""
        target = self.film.profile.loudness_lufs
        if target is None:
            return Decimal(0)
        found = [self.known.measures.get(mix.measure) for mix in self.draft.mixes]
        measures = [measure for measure in found if measure is not None]
        return gain_for(measures, target) if len(measures) == len(found) else None

    def _master(
        self, cuts: Sequence[FilmCut], windows: Sequence[Step], pieces: Sequence[Step]
    ) -> Step:
        sound = [step.fingerprint for step in windows]
        seconds = self.film.rate.seconds_of(self.draft.layout.frames)
        tracks = [one.within(seconds).plain() for one in self.film.subtitles]
        beside = {"subtitles": tracks} if tracks else {}
        copied = copies(cuts)
        value = {"picture": shown_frames(cuts), "sound": sound, **beside, **self.draft.profile}
        made = [cut.mark for cut in cuts if cut.mark not in copied]
        return Step(
            kind="master",
            fingerprint=fingerprint("master", COMPOSER_VERSION, value),
            spec={
                "cuts": [cut.plain for cut in cuts],
                "sound": sound,
                "frames": self.draft.layout.frames,
                **beside,
                **({"copies": copied} if copied else {}),
                "profile": self.draft.profile,
            },
            needs=tuple(dict.fromkeys([*made, *sound])),
            sources=tuple(dict.fromkeys(digest for digest, _ in copied.values())),
            is_known=all(step.is_known for step in [*pieces, *windows]),
        )


def _drawn_anew(kind: str) -> dict[str, int]:
    """What tells a transition from what was drawn under its name before."""
    number = DRAWN_ANEW.get(KINDS[kind].family)
    return {"drawn": number} if number else {}


def _layer_spec(clip: FilmClip, use: Use, *, first: int, frames: int, at: int) -> dict[str, Any]:
    effects = placed(clip.effects, first=use.first, frames=use.frames)
    return {
        "digest": clip.source.digest,
        "effects": to_json(effects),
        "first": first,
        "frames": frames,
        "at": at,
        "label": clip.label,
    }


def _sources(clip: FilmClip) -> tuple[str, ...]:
    lut = clip.effects.look.lut
    return (clip.source.digest, lut) if lut else (clip.source.digest,)


def _sound_spec(sound: DecodedSound) -> dict[str, Any]:
    return {
        "digest": sound.digest,
        "start": sound.start,
        "samples": sound.samples,
        "speed": str(sound.speed),
        "is_reversed": sound.is_reversed,
        "seconds": None if sound.seconds is None else str(sound.seconds),
    }
