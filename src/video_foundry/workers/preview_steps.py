"""Composing steps that make previews: a specification and one source in, an artifact out. Which are
made, and when, is decided by who asks."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from video_foundry.core.previews import WAVEFORM_TYPE, Proxy, Sheet, Waveform
from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.jobs.filing import NewArtifact
from video_foundry.ports.blobs import BlobStore
from video_foundry.ports.compositor import MediaFacts
from video_foundry.ports.previews import PreviewMaker, PreviewSource
from video_foundry.ports.progress import Progress


@dataclass(frozen=True, kw_only=True)
class PreviewRun:
    """One preview about to be made. spec: as `core.previews` wrote it. scratch: its own folder."""

    previews: PreviewMaker
    blobs: BlobStore
    spec: Mapping[str, Any]
    source: PreviewSource
    scratch: Path
    progress: Progress


async def _sprite(run: PreviewRun) -> NewArtifact:
    sheet, target = Sheet.of(run.spec), run.scratch / "sheet.jpg"
    await run.previews.sprite(run.source, sheet, target)
    width, height = sheet.size
    facts = MediaFacts(
        kind="image",
        container="jpeg",
        width=width,
        height=height,
        duration=Fraction(0),
        frame_rate=None,
        frames=1,
        has_audio=False,
        video_codec="mjpeg",
    )
    return await _stored(run, target, "image/jpeg", facts)


async def _waveform(run: PreviewRun) -> NewArtifact:
    waveform, target = Waveform(samples=run.spec["samples"]), run.scratch / "waveform.dat"
    is_clip = run.spec["is_clip"]
    await run.previews.waveform(run.source, waveform, target, is_clip=is_clip)
    facts = MediaFacts(
        kind="data",
        container="dat",
        width=0,
        height=0,
        duration=Fraction(waveform.samples, SAMPLE_RATE),
        frame_rate=None,
        frames=None,
        has_audio=False,
        video_codec="",
    )
    return await _stored(run, target, WAVEFORM_TYPE, facts)


async def _proxy(run: PreviewRun) -> NewArtifact:
    proxy, target = Proxy.of(run.spec), run.scratch / "proxy.mp4"
    await run.previews.proxy(run.source, proxy, target, run.progress)
    facts = MediaFacts(
        kind="video",
        container="mp4",
        width=proxy.width,
        height=proxy.height,
        duration=proxy.rate.seconds_of(proxy.frames),
        frame_rate=proxy.rate,
        frames=proxy.frames,
        has_audio=proxy.has_sound,
        video_codec="h264",
        audio_codec="aac" if proxy.has_sound else None,
    )
    return await _stored(run, target, "video/mp4", facts)


async def _stored(
    run: PreviewRun, target: Path, content_type: str, facts: MediaFacts
) -> NewArtifact:
    blob = await run.blobs.put_file(target, content_type=content_type)
    return NewArtifact(blob=blob, content_type=content_type, facts=facts, is_rebuildable=True)


PREVIEW_STEPS: Mapping[str, Callable[[PreviewRun], Awaitable[NewArtifact]]] = {
    "sprite": _sprite,
    "waveform": _waveform,
    "proxy": _proxy,
}
"""How each kind is made. Raises CompositionFailed naming the source's label."""
