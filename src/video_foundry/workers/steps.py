"""What each kind of composing step does: its specification and inputs in, an artifact out. Jobs,
leases and what a failure means are `compose`'s matter."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from video_foundry.core.animation import Animation
from video_foundry.core.effects import from_json as effects_from_json
from video_foundry.core.outputs import (
    ANIMATED_TYPES,
    AnimatedKind,
    animated_frames,
    animated_height,
)
from video_foundry.core.previews import POSTER_WIDTH
from video_foundry.core.profile import OutputProfile, picture_from_json
from video_foundry.core.sound_windows import WindowMix
from video_foundry.core.soundtrack import DecodedSound
from video_foundry.core.subtitles import Subtitles
from video_foundry.core.timebase import SAMPLE_RATE, FrameRate
from video_foundry.core.titles import image_spec_from_json, title_spec_from_json
from video_foundry.errors import CompositionFailed, PiecesDiffer
from video_foundry.jobs.filing import NewArtifact
from video_foundry.ports.blobs import BlobStore
from video_foundry.ports.compositor import Compositor, MediaFacts
from video_foundry.ports.film import FilmCut, FilmStep
from video_foundry.ports.picture import (
    OverlayLayer,
    PictureLayer,
    PictureStep,
    TransitionStretch,
)
from video_foundry.ports.previews import NoPreviews, PreviewMaker, PreviewSource
from video_foundry.ports.progress import Progress
from video_foundry.ports.sound import MeasureStep, MixStep, SoundCompositor, SoundStep
from video_foundry.ports.titles import ImageStep, Titler, TitleStep
from video_foundry.workers.preview_steps import PREVIEW_STEPS, PreviewRun

Spec = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Local files, for as long as the step runs. made: of steps, by fingerprint; sources: of clips
    and media, by digest."""

    made: Mapping[str, Path]
    sources: Mapping[str, Path]


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What steps are carried out with."""

    blobs: BlobStore
    compositor: Compositor
    sounds: SoundCompositor
    titler: Titler
    previews: PreviewMaker = field(default_factory=NoPreviews)


@dataclass(frozen=True, kw_only=True)
class StepRun:
    """One step about to be carried out. label: how errors name it; scratch: its own folder."""

    tools: Tools
    kind: str
    spec: Spec
    label: str
    scratch: Path
    progress: Progress


class StaleInputs(Exception):
    """Artifacts of earlier steps, given by their digests, do not go with the others any more: they
    must be made anew. The text is a sentence for people."""

    def __init__(self, message: str, digests: Collection[str]) -> None:
        super().__init__(message)
        self.digests = digests


async def carry_out(
    run: StepRun, made: Mapping[str, str], sources: Sequence[str]
) -> tuple[NewArtifact, Any]:
    """Carry out a step; its artifact, and what planning must know of it (a measurement, else None).

    made: digests of the artifacts it needs, by the fingerprints of their steps. sources: digests of
    clips and media. Raises CompositionFailed, NotFound for an input that has gone, and StaleInputs.
    """
    do = STEPS.get(run.kind)
    if do is None:
        raise CompositionFailed(f"this version cannot do the composing step {run.kind!r}")
    async with AsyncExitStack() as stack:

        async def local(digest: str) -> Path:
            return await stack.enter_async_context(run.tools.blobs.local_path(digest))

        inputs = Inputs(
            made={mark: await local(digest) for mark, digest in made.items()},
            sources={digest: await local(digest) for digest in sources},
        )
        try:
            return await do(run, inputs)
        except PiecesDiffer as error:
            stale = {made[mark] for mark, path in inputs.made.items() if str(path) in error.pieces}
            raise StaleInputs(error.message, stale) from error


# --- picture --------------------------------------------------------------------------------------


async def _picture(run: StepRun, inputs: Inputs) -> tuple[NewArtifact, None]:
    profile, spec = profile_of(run.spec), run.spec
    target = run.scratch / f"piece.{profile.format.piece}"
    step = PictureStep(
        profile=profile,
        frames=spec["frames"],
        layers=tuple(_layer(layer, inputs) for layer in spec["layers"]),
        label=run.label,
        transition=_transition(spec.get("transition")),
        overlays=tuple(_overlay(one, inputs) for one in spec.get("overlays", ())),
    )
    await run.tools.compositor.picture(step, target, run.progress)
    facts = _facts(profile, spec["frames"], profile.format.piece, sound=None)
    return await _stored(run, target, profile.format.piece_type, facts), None


def _layer(spec: Spec, inputs: Inputs) -> PictureLayer:
    effects = effects_from_json(spec["effects"])
    return PictureLayer(
        source=inputs.sources[spec["digest"]],
        first=spec["first"],
        frames=spec["frames"],
        at=spec["at"],
        effects=effects,
        lut=inputs.sources[effects.look.lut] if effects.look.lut else None,
        label=spec["label"],
    )


def _transition(spec: Spec | None) -> TransitionStretch | None:
    return None if spec is None else TransitionStretch(**spec)


def _overlay(spec: Spec, inputs: Inputs) -> OverlayLayer:
    return OverlayLayer(
        image=inputs.made[spec["image"]],
        start=spec["start"],
        frames=spec["frames"],
        opacity=Fraction(spec["opacity"]),
        animate_in=Animation(**spec["in"]) if spec["in"] else None,
        animate_out=Animation(**spec["out"]) if spec["out"] else None,
    )


async def _title(run: StepRun, _: Inputs) -> tuple[NewArtifact, None]:
    profile, target = profile_of(run.spec), run.scratch / "title.png"
    spec = title_spec_from_json(run.spec["title"])
    await run.tools.titler.title(TitleStep(spec=spec, profile=profile, label=run.label), target)
    return await _stored(run, target, "image/png", _still(profile)), None


async def _image(run: StepRun, inputs: Inputs) -> tuple[NewArtifact, None]:
    profile, target = profile_of(run.spec), run.scratch / "image.png"
    spec = image_spec_from_json(run.spec["image"])
    step = ImageStep(
        source=inputs.sources[spec.digest], spec=spec, profile=profile, label=run.label
    )
    await run.tools.titler.image(step, target)
    return await _stored(run, target, "image/png", _still(profile)), None


# --- sound ----------------------------------------------------------------------------------------


async def _sound(run: StepRun, inputs: Inputs) -> tuple[NewArtifact, None]:
    spec = run.spec
    sound = DecodedSound(
        digest=spec["digest"],
        start=spec["start"],
        samples=spec["samples"],
        speed=Fraction(spec["speed"]),
        is_reversed=spec["is_reversed"],
        seconds=None if spec["seconds"] is None else Fraction(spec["seconds"]),
    )
    target = run.scratch / "sound.wav"
    step = SoundStep(source=inputs.sources[sound.digest], sound=sound, label=run.label)
    await run.tools.sounds.decode(step, target, run.progress)
    facts = _sound_facts(sound.samples, "wav", "pcm_s16le")
    return await _stored(run, target, "audio/wav", facts), None


async def _measure(run: StepRun, inputs: Inputs) -> tuple[NewArtifact, dict[str, Any]]:
    mix = WindowMix.of(run.spec["mix"])
    step = MeasureStep(mix=mix, sounds=inputs.made, label=run.label)
    found = (await run.tools.sounds.measure(step)).plain()
    target = run.scratch / "measurement.json"
    target.write_text(json.dumps(found, separators=(",", ":")), "utf-8")
    facts = _sound_facts(mix.samples, "json", "none")
    return await _stored(run, target, "application/json", facts), found


WINDOWS: Mapping[str, tuple[str, str]] = {"pcm_s16le": ("mov", "video/quicktime")}
"""codec -> container of a window of sound and its content type, where it is not MP4."""


async def _mix(run: StepRun, inputs: Inputs) -> tuple[NewArtifact, None]:
    spec = run.spec
    mix = WindowMix.of(spec["mix"])
    extension, content_type = WINDOWS.get(spec["codec"], ("mp4", "audio/mp4"))
    target = run.scratch / f"window.{extension}"
    step = MixStep(
        mix=mix,
        sounds=inputs.made,
        gain=Decimal(spec["gain"]),
        ceiling=Decimal(spec["ceiling"]),
        codec=spec["codec"],
        label=run.label,
    )
    await run.tools.sounds.mix(step, target, run.progress)
    facts = _sound_facts(mix.samples, extension, spec["codec"])
    return await _stored(run, target, content_type, facts), None


# --- the film -------------------------------------------------------------------------------------


async def _master(run: StepRun, inputs: Inputs) -> tuple[NewArtifact, None]:
    profile, spec = profile_of(run.spec), run.spec
    made = profile.format
    target, poster = run.scratch / f"film.{made.container}", run.scratch / "poster.jpg"
    step = FilmStep(
        cuts=[
            _cut(mark, first, frames, spec.get("copies", {}), inputs)
            for mark, first, frames in spec["cuts"]
        ],
        sound=[inputs.made[mark] for mark in spec["sound"]],
        profile=profile,
        subtitles=[Subtitles.of(one) for one in spec.get("subtitles", ())],
    )
    await run.tools.compositor.film(step, target, run.progress)
    facts = _facts(profile, spec["frames"], made.container, sound=made.sound)
    # Of the piece that is shown there: to find a frame of the film, all of it would be read again.
    piece, at = _shown_at(spec["frames"] // 3, step)
    await run.tools.compositor.thumbnail(piece, poster, width=POSTER_WIDTH, at=at, is_rough=True)
    small = await run.tools.blobs.put_file(poster, content_type="image/jpeg")
    return await _stored(run, target, made.content_type, facts, thumbnail=small), None


def _shown_at(frame: int, film: FilmStep) -> tuple[Path, Fraction]:
    """The file that a frame of a film comes from, and at which of its seconds."""
    for cut in film.cuts:
        if frame < cut.frames:
            return cut.piece, film.profile.fps.seconds_of(cut.first + frame)
        frame -= cut.frames
    raise ValueError("the film has fewer frames")


def _cut(mark: str, first: int, frames: int, copies: Spec, inputs: Inputs) -> FilmCut:
    if mark not in copies:
        return FilmCut(piece=inputs.made[mark], first=first, frames=frames)
    digest, begin = copies[mark]
    clip = inputs.sources[digest]
    return FilmCut(piece=clip, first=begin + first, frames=frames, is_clip=True)


async def _animation(run: StepRun, inputs: Inputs) -> tuple[NewArtifact, None]:
    spec, film = run.spec, inputs.made[run.spec["film"]]
    kind: AnimatedKind = spec["kind"]
    target = run.scratch / f"animation.{kind}"
    width, fps, seconds = spec["width"], spec["fps"], Fraction(spec["seconds"])
    await run.tools.compositor.animation(
        film, target, kind=kind, width=width, fps=fps, seconds=seconds, progress=run.progress
    )
    shown = await run.tools.compositor.probe(film)
    facts = MediaFacts(
        kind="image",
        container=kind,
        width=width,
        height=animated_height(width, shown.width, shown.height),
        duration=min(seconds, shown.duration),
        frame_rate=FrameRate(num=fps),
        frames=animated_frames(seconds, shown.duration, fps),
        has_audio=False,
        video_codec=kind,
    )
    return await _stored(run, target, ANIMATED_TYPES[kind], facts), None


async def _preview(run: StepRun, inputs: Inputs) -> tuple[NewArtifact, None]:
    [path] = inputs.sources.values()
    made = PreviewRun(
        previews=run.tools.previews,
        blobs=run.tools.blobs,
        spec=run.spec,
        source=PreviewSource(path=path, label=run.label),
        scratch=run.scratch,
        progress=run.progress,
    )
    return await PREVIEW_STEPS[run.kind](made), None


async def _stored(
    run: StepRun, target: Path, content_type: str, facts: MediaFacts, **more: Any
) -> NewArtifact:
    return NewArtifact(
        blob=await run.tools.blobs.put_file(target, content_type=content_type),
        content_type=content_type,
        facts=facts,
        is_rebuildable=True,
        **more,
    )


def profile_of(spec: Spec) -> OutputProfile:
    """What decides pixels, as a step's specification holds it."""
    return picture_from_json(spec["profile"])


def _facts(profile: OutputProfile, frames: int, container: str, sound: str | None) -> MediaFacts:
    return MediaFacts(
        kind="video",
        container=container,
        width=profile.width,
        height=profile.height,
        duration=profile.fps.seconds_of(frames),
        frame_rate=profile.fps,
        frames=frames,
        has_audio=sound is not None,
        video_codec=profile.codec,
        audio_codec=sound,
    )


def _still(profile: OutputProfile) -> MediaFacts:
    return MediaFacts(
        kind="image",
        container="png",
        width=profile.width,
        height=profile.height,
        duration=Fraction(0),
        frame_rate=None,
        frames=1,
        has_audio=False,
        video_codec="png",
    )


def _sound_facts(samples: int, container: str, codec: str) -> MediaFacts:
    return MediaFacts(
        kind="sound",
        container=container,
        width=0,
        height=0,
        duration=Fraction(samples, SAMPLE_RATE),
        frame_rate=None,
        frames=None,
        has_audio=True,
        video_codec="",
        audio_codec=codec,
    )


STEPS: Mapping[str, Callable[[StepRun, Inputs], Awaitable[tuple[NewArtifact, Any]]]] = {
    "clip": _picture,
    "span": _picture,
    "title": _title,
    "image": _image,
    "sound": _sound,
    "measure": _measure,
    "mix": _mix,
    "master": _master,
    "animation": _animation,
    **dict.fromkeys(PREVIEW_STEPS, _preview),
}
