"""A place to compose in: real clips, sounds and images, made once, and a cutting room to join them.

`proved` holds a finished film against its full render.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.composing.checks import (
    SOUND_LOSS,
    USUAL,
    Near,
    check_pictures,
    check_same,
    check_sound,
    check_times,
    copies,
    origins,
)
from tests.composing.material import (
    WAYS,
    encode_clip,
    make_logo,
    make_table,
    make_tune,
    make_waves,
    write_sound,
)
from tests.composing.tally import Tally

from video_foundry.adapters.blobs.local import LocalBlobStore
from video_foundry.core.composition import Source, Trim
from video_foundry.core.conforming import Coding
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.overlays import Overlay
from video_foundry.core.profile import OutputProfile
from video_foundry.core.sound import SoundItem
from video_foundry.core.timebase import FrameRate
from video_foundry.core.titles import ImageItem, TextItem
from video_foundry.ports.titles import ImageStep, TitleStep
from video_foundry.testing.clips import ClipSpec, make_clip, make_still, run_ffmpeg
from video_foundry.testing.cutting_room import CuttingRoom
from video_foundry.testing.full_render import FullRender, Material
from video_foundry.workers.steps import Tools

F = Fraction

SIZE = (128, 72)
PROFILE = OutputProfile(width=SIZE[0], height=SIZE[1])
NTSC = replace(PROFILE, fps=FrameRate(num=30_000, den=1001))


@dataclass
class House:
    """folder: where everything lies. files: clips and media by digest; numbers: of clips; codings:
    how they are coded. tally: of all that was proved here."""

    folder: Path
    tools: Tools
    room: CuttingRoom
    files: dict[str, Path] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    codings: dict[str, Coding | None] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    _known: dict[Any, tuple[str, Fraction]] = field(default_factory=dict)

    async def empty_room(self, folder: Path) -> CuttingRoom:
        """One with a data folder of its own, in which there is nothing but the material."""
        tools = replace(self.tools, blobs=LocalBlobStore(folder / "blobs"))
        room = CuttingRoom(folder=folder, tools=tools)
        for path in self.files.values():
            await room.add(path)
        return room

    # Material

    async def clip(self, number: int, frames: int = 60, **told: Any) -> Source:
        """A clip whose every frame says which it is."""
        spec = ClipSpec(**{"number": number, "frames": frames, "size": SIZE, **told})
        source = await self.source(self._path(spec), spec)
        self.numbers[source.digest] = number
        return source

    async def source(self, path: Path, spec: ClipSpec) -> Source:
        """A clip that is made when it is first asked for."""
        if spec not in self._known:
            make_clip(path, spec)
            self._known[spec] = await self._stored(path), await self._length(path)
        digest, seconds = self._known[spec]
        has_sound = spec.sound is not None
        return Source(
            digest=digest, seconds=seconds, has_sound=has_sound, coding=self.codings[digest]
        )

    async def encoded(
        self, number: int, way: Sequence[str], frames: int = 60, **told: Any
    ) -> Source:
        """The same, as an encoder of somebody else's stores it. way: FFmpeg's options."""
        spec = ClipSpec(**{"number": number, "frames": frames, "size": SIZE, **told})
        key = (spec, tuple(way))
        if key not in self._known:
            mark = hashlib.sha256(repr(key).encode()).hexdigest()[:12]
            path = self.folder / f"encoded-{mark}.mp4"
            encode_clip(path, make_clip(self.folder / f"plain-{mark}.mp4", spec), way)
            self._known[key] = await self._stored(path), await self._length(path)
        digest, seconds = self._known[key]
        self.numbers[digest] = number
        has_sound = spec.sound is not None
        return Source(
            digest=digest, seconds=seconds, has_sound=has_sound, coding=self.codings[digest]
        )

    async def waves(
        self, frames: int = 60, size: tuple[int, int] = SIZE, way: str = "plain"
    ) -> Source:
        """Soft waves of colour that drift: for what would tear a barcode apart."""
        key = ("waves", frames, size, way)
        if key not in self._known:
            name = f"waves-{frames}-{size[0]}x{size[1]}-{way}.{WAYS[way].ending}"
            make_waves(self.folder / name, frames, size, WAYS[way])
            path = self.folder / name
            self._known[key] = await self._stored(path), await self._length(path)
        digest, seconds = self._known[key]
        return Source(digest=digest, seconds=seconds, has_sound=False)

    async def tune(self, seconds: float, seed: int = 1, *, pauses: bool = False) -> SoundItem:
        """Music; with pauses, something like speech."""
        key = ("tune", seconds, seed, pauses)
        if key not in self._known:
            path = self.folder / f"tune-{seed}-{seconds}-{pauses}.wav"
            make_tune(path, seconds, seed, pauses=pauses)
            self._known[key] = await self._stored(path), Fraction(round(seconds * 48000), 48000)
        digest, length = self._known[key]
        return SoundItem(digest=digest, seconds=length, role="voice" if pauses else "music")

    async def logo(self) -> str:
        """Digest of a picture with soft alpha."""
        return await self._once("logo.png", make_logo)

    async def table(self) -> str:
        """Digest of a LUT."""
        return await self._once("warm.cube", make_table)

    async def still(self, spec: ClipSpec, *, alpha: bool = False) -> Source:
        """An image of a clip's first frame; with alpha its right half is clear."""
        digest = await self._once(
            f"still-{spec.number}-{alpha}.png", lambda path: make_still(path, spec, alpha=alpha)
        )
        return Source(digest=digest, seconds=Fraction(0), is_image=True, has_sound=False)

    async def _once(self, name: str, make: Callable[[Path], object]) -> str:
        if name not in self._known:
            make(self.folder / name)
            self._known[name] = await self._stored(self.folder / name), Fraction(0)
        return self._known[name][0]

    def _path(self, spec: ClipSpec) -> Path:
        mark = hashlib.sha256(repr(spec).encode()).hexdigest()[:12]
        return self.folder / f"clip-{mark}.mp4"

    async def _stored(self, path: Path) -> str:
        digest = await self.room.add(path)
        self.files[digest] = path
        return digest

    async def _length(self, path: Path) -> Fraction:
        facts = await self.tools.compositor.verify(path)
        digest = next(digest for digest, known in self.files.items() if known == path)
        self.codings[digest] = facts.coding
        return facts.duration

    # What is made of it

    async def drawings(self, film: Film) -> list[Path]:
        """Each overlay's picture, drawn for this alone."""
        drawn = []
        for number, overlay in enumerate(film.overlays):
            target = self.folder / f"drawing-{number}.png"
            item, label = overlay.item, overlay.where
            if isinstance(item, TextItem):
                step = TitleStep(spec=item.spec, profile=film.profile, label=label)
                await self.tools.titler.title(step, target)
            else:
                placed = ImageStep(
                    source=self.files[item.digest],
                    spec=item.spec,
                    profile=film.profile,
                    label=label,
                )
                await self.tools.titler.image(placed, target)
            drawn.append(target)
        return drawn

    async def material(self, film: Film) -> Material:
        """All that a full render needs."""
        return Material(files=self.files, drawings=await self.drawings(film))

    async def composed(self, film: Film, target: Path, *, least: Near = USUAL) -> None:
        """Compose a film that others became by edits, and hold it against its full render and
        against the same film made from nothing."""
        for before in await self._before(film):
            await self.room.compose(before, target)
        await self.room.compose(film, target)
        await self.proved(film, target, least=least)
        await self.compared(film, target)

    async def _before(self, film: Film) -> list[Film]:
        """Its clips as they are, whole, and then all that is done to them, behind another clip: so
        pieces of the film are there, but cut elsewhere and lain upon at other moments."""
        profile = replace(film.profile, loudness_lufs=None)
        sources = list(dict.fromkeys(clip.source for clip in film.clips))
        front = replace(used(await self.clip(1)), trim=Trim(end=F(5, 24)), segment_id="front")
        moved = tuple(replace(clip, index=n) for n, clip in enumerate((front, *film.clips)))
        return [film_of(*sources, profile=profile), replace(film, clips=moved)]

    async def compared(self, film: Film, target: Path) -> None:
        """The film is the one that somebody gets who starts with nothing."""
        fresh = await self.empty_room(target.with_name(f"fresh-{target.stem}"))
        again = fresh.folder / target.name
        await fresh.compose(film, again)
        made = target, origins(self.room.graph(film))
        check_same(made, (again, origins(fresh.graph(film))), film.profile, self.tally)

    async def proved(
        self,
        film: Film,
        target: Path,
        *,
        gain_db: Decimal | None = Decimal(0),
        least: Near = USUAL,
        loss: float = SOUND_LOSS,
    ) -> None:
        """Every frame and every sample is what the film's definition says."""
        material = await self.material(film)
        drawn = list(FullRender(film, material).frames())
        self.tally.kind(film.profile).films += 1
        copied = copies(self.room.graph(film))
        check_times(film, target, len(drawn))
        check_pictures(film, target, drawn, self.numbers, self.tally, copied=copied, least=least)
        check_sound(film, target, material, len(drawn), self.tally, gain_db=gain_db, loss=loss)

    def loudness(self, path: Path) -> tuple[float, float]:
        """Integrated loudness in LUFS and true peak in dBTP, by FFmpeg's own meter."""
        told = run_ffmpeg(
            ["-nostats", "-i", str(path)],
            *("-map", "0:a:0", "-af", "ebur128=peak=true:metadata=1,ametadata=print:file=-"),
            *("-f", "null", "-"),
        ).decode()
        found = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
        peaks = [float(found[f"lavfi.r128.true_peaks_ch{channel}"]) for channel in (0, 1)]
        return float(found["lavfi.r128.I"]), 20 * float(np.log10(max(peaks)))

    def loudness_of(self, sound: NDArray[np.float64]) -> tuple[float, float]:
        """The same of samples."""
        path = self.folder / "measured.wav"
        write_sound(path, sound)
        return self.loudness(path)


def film_of(
    *clips: FilmClip | Source,
    profile: OutputProfile = PROFILE,
    overlays: Sequence[TextItem | ImageItem] = (),
    sounds: Sequence[SoundItem] = (),
) -> Film:
    """A film of these clips, named and numbered in order."""
    made = [
        FilmClip(segment_id="", index=0, source=c) if isinstance(c, Source) else c for c in clips
    ]
    return Film(
        profile=profile,
        clips=tuple(
            replace(clip, index=place, segment_id=clip.segment_id or f"s{place}")
            for place, clip in enumerate(made)
        ),
        overlays=tuple(Overlay(item=o, where=f"text.{n}") for n, o in enumerate(overlays)),
        sounds=tuple(sounds),
    )


def used(source: Source, **told: Any) -> FilmClip:
    """A segment that shows a clip."""
    return FilmClip(segment_id="", index=0, source=source, **told)
