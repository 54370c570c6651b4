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
from itertools import groupby
from typing import Any, Literal

from video_foundry.core.canonical import fingerprint
from video_foundry.core.composition import COMPOSER_VERSION
from video_foundry.core.conforming import Groups, leaves_as_is, why_encoded
from video_foundry.core.effects import canonical, placed, to_json
from video_foundry.core.film import Film, FilmClip, Use, clip_sounds, layout_of, uses_of
from video_foundry.core.layout import Layout
from video_foundry.core.loudness import Measurement, ceiling_for, gain_for
from video_foundry.core.overlays import FilmLayer
from video_foundry.core.pieces import (
    Bare,
    Copied,
    Covering,
    Cut,
    Divided,
    Part,
    Run,
    Shown,
    Span,
    Stock,
    cut_from,
    divide,
    missing_runs,
)
from video_foundry.core.profile import picture_json
from video_foundry.core.sound_windows import (
    WindowMix,
    measure_fingerprint,
    window_fingerprint,
    window_mixes,
)
from video_foundry.core.soundtrack import DecodedSound, Soundtrack, contributions

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
    encoded. segment: index of the segment it is about, None: the film. run: of a clip's picture.
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
    run: Run | None = None
    is_known: bool = True

    @property
    def stage(self) -> int:
        """When its turn is."""
        return STAGES[self.kind]


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
    return _Maker(film, known).graph()


def clip_keys(film: Film) -> set[str]:
    """Keys of every clip: what `Known.runs` are to be looked up by."""
    maker = _Maker(film, Known())
    return {shown.key for shown in maker.shown}


def measure_fingerprints(film: Film) -> set[str]:
    """What `Known.measures` are to be looked up by; none without a loudness target."""
    maker = _Maker(film, Known())
    return {measure_fingerprint(mix) for mix in maker.mixes} if maker.has_target else set()


class _Maker:
    """Builds one graph; everything is worked out once."""

    def __init__(self, film: Film, known: Known) -> None:
        self.film = film
        self.known = known
        self.uses = uses_of(film)
        self.layout: Layout = layout_of(film, self.uses)
        self.has_target = film.profile.loudness_lufs is not None
        self._pending = {c.source.digest for c in film.clips if c.source.is_pending}

    # --- what is shown and heard ---------------------------------------------------------------

    @cached_property
    def shown(self) -> list[Shown]:
        """Each segment's clip on its grid."""
        return [
            Shown(key=self._key(clip, use), first=use.first, groups=self._groups(clip))
            for clip, use in zip(self.film.clips, self.uses, strict=True)
        ]

    def _key(self, clip: FilmClip, use: Use) -> str:
        effects = placed(clip.effects, first=use.first, frames=use.frames)
        value = {
            "source": clip.source.digest,
            "effects": canonical(effects),
            **picture_json(self.film.profile),
        }
        return fingerprint("picture", COMPOSER_VERSION, value)

    def _groups(self, clip: FilmClip) -> Groups | None:
        """What of a clip can stand in the film as it is stored. Asks for nothing but the film and
        the clip: what has been encoded of it before must not matter."""
        source, profile = clip.source, self.film.profile
        if source.coding is None or not leaves_as_is(clip.effects):
            return None
        if why_encoded(source.coding, profile) is not None:
            return None
        coding = source.coding
        return Groups(digest=source.digest, begins=coding.edges[:-1], ends=coding.leaves)

    @cached_property
    def layers(self) -> tuple[FilmLayer, ...]:
        """What lies on top, from the lowest to the topmost."""
        return self.film.layers_on(self.layout)

    @cached_property
    def track(self) -> Soundtrack:
        """All that is heard."""
        clips = clip_sounds(self.film, self.uses, self.layout)
        return contributions(clips, self.film.sounds, self.film.rate)

    @cached_property
    def mixes(self) -> list[WindowMix]:
        """What each window of sound is made of."""
        return window_mixes(self.track)

    # --- steps -----------------------------------------------------------------------------------

    def graph(self) -> Graph:
        """All steps."""
        coverings = [Covering(start=one.start, end=one.start + one.frames) for one in self.layers]
        divided = divide(self.layout, self.shown, coverings)
        spans = {id(one): self._span(one) for one in divided if isinstance(one, Span)}
        cells = [one for one in divided if isinstance(one, Bare)]
        copied = [one for one in divided if isinstance(one, Copied)]
        stock, runs = self._runs(cells)
        windows = list(self._windows())
        cuts = self._cuts(divided, spans, stock)
        steps = [
            *self._layer_steps(),
            *runs.values(),
            *spans.values(),
            *self._sound_steps(),
            *(self._measures() if self.has_target else ()),
            *windows,
            self._master(cuts, windows, [*runs.values(), *spans.values()], copied),
        ]
        unique = {step.fingerprint: step for step in steps}
        ordered = sorted(unique.values(), key=lambda step: step.stage)
        return Graph(
            steps=tuple(ordered),
            frames=self.layout.frames,
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
        clip, use = self.film.clips[segment], self.uses[segment]
        return Step(
            kind="clip",
            fingerprint=_run_fingerprint(run),
            spec={
                "layers": [_layer_spec(clip, use, first=run.first, frames=run.frames, at=0)],
                "frames": run.frames,
                "key": run.key,
                "profile": picture_json(self.film.profile),
            },
            sources=_sources(clip),
            seconds=self.film.rate.seconds_of(run.frames),
            segment=segment,
            run=run,
            is_known=not clip.source.is_pending,
        )

    def _span(self, span: Span) -> Step:
        parts = [(part, self.film.clips[part.segment]) for part in span.parts]
        layers = [self.layers[index] for index in span.overlays]
        overlays = [layer.on_piece(span.start, span.frames) for layer in layers]
        crossing = self._crossing(span)
        value = {
            "parts": [self._part_identity(part) for part in span.parts],
            "frames": span.frames,
            "transition": crossing,
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
                "profile": picture_json(self.film.profile),
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
        before = self.layout.placed[span.parts[0].segment]
        transition = before.transition
        if transition is None:
            raise ValueError("two clips in one piece without a transition")
        return {
            "kind": transition.kind,
            "easing": transition.easing,
            "frames": before.overlap_out,
        }

    def _part_identity(self, part: Part) -> dict[str, Any]:
        shown = self.shown[part.segment]
        return {
            "key": shown.key,
            "first": shown.first + part.first,
            "frames": part.frames,
            "at": part.at,
        }

    def _part_spec(self, part: Part, clip: FilmClip) -> dict[str, Any]:
        use = self.uses[part.segment]
        first = use.first + part.first
        return _layer_spec(clip, use, first=first, frames=part.frames, at=part.at)

    def _layer_steps(self) -> Iterator[Step]:
        for layer in self.layers:
            yield Step(
                kind=layer.kind,
                fingerprint=layer.fingerprint,
                spec={**layer.spec, "profile": picture_json(self.film.profile)},
                sources=layer.sources,
            )

    def _sound_steps(self) -> Iterator[Step]:
        needed = {one.sound for one in self.track.contributions}
        segments = {clip.source.digest: clip.index for clip in reversed(self.film.clips)}
        for mark in sorted(needed):
            sound = self.track.sounds[mark]
            yield Step(
                kind="sound",
                fingerprint=mark,
                spec=_sound_spec(sound),
                sources=(sound.digest,),
                segment=segments.get(sound.digest),
                is_known=sound.digest not in self._pending,
            )

    def _measures(self) -> Iterator[Step]:
        for mix in self.mixes:
            yield Step(
                kind="measure",
                fingerprint=measure_fingerprint(mix),
                spec={"mix": mix.plain},
                needs=mix.sounds,
                is_known=self._is_ready(mix),
            )

    def _windows(self) -> Iterator[Step]:
        gain = self._gain
        ceiling = ceiling_for(self.film.profile.loudness_lufs)
        codec = self.film.profile.format.sound
        for mix in self.mixes:
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
        return not any(self.track.sounds[s].digest in self._pending for s in mix.sounds)

    @cached_property
    def _gain(self) -> Decimal | None:
        """dB for the whole film; None while not everything was measured."""
        target = self.film.profile.loudness_lufs
        if target is None:
            return Decimal(0)
        found = [self.known.measures.get(measure_fingerprint(mix)) for mix in self.mixes]
        measures = [measure for measure in found if measure is not None]
        return gain_for(measures, target) if len(measures) == len(found) else None

    def _cuts(
        self, divided: Sequence[Divided], spans: Mapping[int, Step], stock: Stock
    ) -> list[tuple[str, int, int]]:
        """(fingerprint of a piece, its first frame that is copied, how many) in film order."""
        cuts: list[tuple[str, int, int]] = []
        for is_bare, group in groupby(divided, key=lambda one: isinstance(one, Bare)):
            if is_bare:
                cells = [one.cell for one in group if isinstance(one, Bare)]
                cuts += _named(cut_from(cells, stock))
                continue
            for one in group:
                if isinstance(one, Copied):
                    cuts.append((_copy_fingerprint(one), 0, one.frames))
                elif isinstance(one, Span):
                    cuts.append((spans[id(one)].fingerprint, 0, one.frames))
        return cuts

    def _master(
        self,
        cuts: Sequence[tuple[str, int, int]],
        windows: Sequence[Step],
        pieces: Sequence[Step],
        copied: Sequence[Copied],
    ) -> Step:
        steps = [*pieces, *windows]
        sound = [step.fingerprint for step in windows]
        seconds = self.film.rate.seconds_of(self.layout.frames)
        tracks = [one.within(seconds).plain() for one in self.film.subtitles]
        beside = {"subtitles": tracks} if tracks else {}
        copies = {_copy_fingerprint(one): one for one in copied}
        value = {
            "picture": self._shown_frames(cuts, pieces, copies),
            "sound": sound,
            **beside,
            **picture_json(self.film.profile),
        }
        made = [cut[0] for cut in cuts if cut[0] not in copies]
        return Step(
            kind="master",
            fingerprint=fingerprint("master", COMPOSER_VERSION, value),
            spec={
                "cuts": [list(cut) for cut in cuts],
                "sound": sound,
                "frames": self.layout.frames,
                **beside,
                **_copies_spec(copies),
                "profile": picture_json(self.film.profile),
            },
            needs=tuple(dict.fromkeys([*made, *sound])),
            sources=tuple(dict.fromkeys(one.digest for one in copied)),
            is_known=all(step.is_known for step in steps),
        )

    def _shown_frames(
        self,
        cuts: Sequence[tuple[str, int, int]],
        pieces: Sequence[Step],
        copies: Mapping[str, Copied],
    ) -> list[Any]:
        """The picture by what it shows, whichever pieces it happens to be copied from: a film does
        not change because other pieces exist by now."""
        runs = {step.fingerprint: step.run for step in pieces}
        shown: list[list[Any]] = []
        for mark, first, frames in cuts:
            if mark in copies:
                copy = copies[mark]
                _add_shown(shown, ["copy", copy.digest], copy.first, copy.frames)
                continue
            run = runs[mark]
            if run is None:
                shown.append(["span", mark])
            else:
                _add_shown(shown, ["clip", run.key], run.first + first, frames)
        return shown


def _add_shown(shown: list[list[Any]], what: list[str], start: int, frames: int) -> None:
    """Frames that go on where the last ones ended lengthen these."""
    last = shown[-1] if shown else None
    if last is not None and last[:2] == what and last[3] == start:
        last[3] = start + frames
    else:
        shown.append([*what, start, start + frames])


def _copy_fingerprint(copied: Copied) -> str:
    """Identity of frames that are copied from a stored clip: that clip, and which they are."""
    value = {"source": copied.digest, "first": copied.first, "frames": copied.frames}
    return fingerprint("copy", COMPOSER_VERSION, value)


def _copies_spec(copies: Mapping[str, Copied]) -> dict[str, Any]:
    """For the master: (digest of the clip, its first frame) of each cut that is copied from one."""
    if not copies:
        return {}
    return {"copies": {mark: [one.digest, one.first] for mark, one in copies.items()}}


def _named(cuts: Sequence[Cut]) -> list[tuple[str, int, int]]:
    return [(_run_fingerprint(cut.run), cut.first, cut.frames) for cut in cuts]


def _run_fingerprint(run: Run) -> str:
    value = {"key": run.key, "first": run.first, "frames": run.frames}
    return fingerprint("clip", COMPOSER_VERSION, value)


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
