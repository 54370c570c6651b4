"""The application without its web server, in this process: real rows, objects, downloads and
workers, a gate around each, a clock that can be moved, and composing that only copies bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from tests.db.databases import Database
from tests.recovery.director import ENDED
from tests.recovery.gate import (
    Gate,
    GatedBlobs,
    GatedBucket,
    GatedFetcher,
    GatedModel,
    GatedRate,
    GatedSignal,
    GatedStore,
    GatedWake,
)

from video_foundry.adapters.fetch.guarded import GuardedFetcher
from video_foundry.adapters.interchange.writer import OtioWriter
from video_foundry.core.catalogue import Catalogue, ModelEntry
from video_foundry.core.effects import Retime
from video_foundry.core.fonts import FontFamily
from video_foundry.core.loudness import HOP, Measurement
from video_foundry.core.profile import FORMATS, Encoder, OutputProfile, VideoCodec
from video_foundry.core.timebase import FrameRate
from video_foundry.core.titles import TitleSpec
from video_foundry.db.store import Tx
from video_foundry.errors import PartUnavailable
from video_foundry.ports.accounts import DEFAULT, AccountCheck, Provider, StoredAccount
from video_foundry.ports.compositor import AnimationKind, MediaFacts
from video_foundry.ports.film import FilmStep
from video_foundry.ports.picture import PictureStep
from video_foundry.ports.progress import Progress
from video_foundry.ports.signal import NewEvents
from video_foundry.ports.sound import MeasureStep, MixStep, SoundFacts, SoundStep
from video_foundry.ports.titles import Drawn, DrawnTitle, ImageStep, TitleStep
from video_foundry.ports.video_model import VideoModelInterface
from video_foundry.services import projects, renders, segments
from video_foundry.services._edit import SegmentContent
from video_foundry.services.context import Context, Limits
from video_foundry.workers.compose import Composer
from video_foundry.workers.generate import Generator
from video_foundry.workers.loop import WorkerLoop

END_SECONDS = 5.0
INSIST_SECONDS = 60.0
PROFILE = OutputProfile(width=160, height=90, fps=FrameRate(num=24), loudness_lufs=None)


@dataclass(kw_only=True)
class MovableClock:
    """The machine's clock, moved on by `ahead`."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The present moment of this world."""
        return datetime.now(UTC) + self.ahead


class CopyingCompositor:
    """Composes by copying bytes: quick, and enough where pictures do not matter."""

    async def probe(self, source: Path) -> MediaFacts:
        """Half a second of video, whatever it is."""
        return MediaFacts(
            kind="video",
            container="mp4",
            width=160,
            height=90,
            duration=Fraction(1, 2),
            frame_rate=FrameRate(num=24),
            frames=12,
            has_audio=True,
            video_codec="h264",
        )

    async def verify(self, source: Path) -> MediaFacts:
        """As probe."""
        return await self.probe(source)

    async def picture(
        self, step: PictureStep, target: Path, progress: Progress | None = None
    ) -> None:
        """Copies with a note."""
        which = ", ".join(f"{layer.first}+{layer.frames}" for layer in step.layers)
        _join(target, f"frames {which} ".encode(), *(layer.source for layer in step.layers))

    async def film(self, step: FilmStep, target: Path, progress: Progress | None) -> None:
        """All pieces and all sound in a row."""
        _join(target, b"film ", *(cut.piece for cut in step.cuts), *step.sound)

    async def thumbnail(
        self, source: Path, target: Path, *, width: int, at: Fraction, is_rough: bool = False
    ) -> None:
        """A few bytes."""
        _join(target, b"small ", source)

    async def still(
        self, source: Path, target: Path, *, frame: int, retime: Retime, rate: FrameRate
    ) -> None:
        """A few bytes that say which frame."""
        _join(target, f"frame {frame} ".encode(), source)

    async def animation(
        self,
        film: Path,
        target: Path,
        *,
        kind: AnimationKind,
        width: int,
        fps: int,
        seconds: Fraction,
        progress: Progress | None = None,
    ) -> None:
        """The film with a note."""
        _join(target, f"{kind} {width} {fps} {seconds} ".encode(), film)

    async def encoders(self) -> Mapping[VideoCodec, tuple[Encoder, ...]]:
        """A copy is as good as another, whatever it is called."""
        return dict.fromkeys(FORMATS, ("software",))

    def describe(self) -> dict[str, str]:
        """Nothing to tell."""
        return {}

    async def aclose(self) -> None:
        """Nothing to release."""


class CopyingSound:
    """The same for sound."""

    async def examine(self, source: Path) -> SoundFacts:
        """Half a second of sound, whatever it is."""
        return SoundFacts(
            container="wav", codec="pcm_s16le", seconds=Fraction(1, 2), rate=48_000, channels=2
        )

    async def decode(self, step: SoundStep, target: Path, progress: Progress | None) -> None:
        """A copy with a note."""
        _join(target, f"samples {step.sound.start}+{step.sound.samples} ".encode(), step.source)

    async def measure(self, step: MeasureStep) -> Measurement:
        """Silence."""
        hops = step.mix.samples // HOP
        return Measurement(energies=(0,) * hops, peaks=(0,) * hops)

    async def mix(self, step: MixStep, target: Path, progress: Progress | None) -> None:
        """All its sounds in a row."""
        sounds = [step.sounds[mark] for mark in step.mix.sounds]
        _join(target, f"mix of {step.mix.samples} at {step.gain} ".encode(), *sounds)

    async def aclose(self) -> None:
        """Nothing to release."""


class WritingTitler:
    """Draws by writing down what is to be drawn."""

    async def title(self, step: TitleStep, target: Path) -> DrawnTitle:
        """Its specification."""
        _join(target, repr(step.spec).encode())
        return await self.measure(step)

    async def measure(self, step: TitleStep) -> DrawnTitle:
        """Everything fits."""
        box = (0, 0, step.profile.width, step.profile.height)
        return DrawnTitle(box=box, scale=1.0, lines=1, missing="", is_word_broken=False)

    async def image(self, step: ImageStep, target: Path) -> Drawn:
        """A copy with its specification."""
        _join(target, repr(step.spec).encode(), step.source)
        return Drawn(box=(0, 0, step.profile.width, step.profile.height))

    def fonts(self) -> Sequence[FontFamily]:
        """None."""
        return ()

    def font_digests(self, spec: TitleSpec) -> Sequence[str]:
        """None."""
        return ()

    def missing_characters(self, text: str) -> str:
        """None."""
        return ""

    async def aclose(self) -> None:
        """Nothing to release."""


def _join(target: Path, note: bytes, *sources: Path) -> None:
    target.write_bytes(note + b"".join(s.read_bytes() for s in sources))


@dataclass(kw_only=True)
class Directory:
    """A model directory of these entries."""

    entries: Mapping[str, ModelEntry]
    adapters: Mapping[str, VideoModelInterface]
    catalogue: Catalogue = field(init=False)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.entries.values())

    def unavailable(self, entry: ModelEntry) -> str | None:
        """All can be used."""
        return None

    def adapter(self, model_id: str, account: str = DEFAULT) -> VideoModelInterface:
        """The one adapter of a model."""
        return self.adapters[model_id]

    def accounts(self, entry: ModelEntry) -> Sequence[str]:
        """The one of the environment."""
        return (DEFAULT,)

    def providers(self) -> Sequence[Provider]:
        """None takes keys."""
        return ()

    def know(self, accounts: Sequence[StoredAccount]) -> None:
        """There are none."""

    def key_of(self, provider: str, account: str) -> str:
        """None is needed."""
        return ""

    async def check_account(self, provider: str, account: str) -> AccountCheck:
        """There is nothing to try."""
        return AccountCheck(outcome="untestable", message="it needs no key")


@dataclass(frozen=True, kw_only=True)
class Models:
    """Which models a world has: entries, and what makes an adapter of each."""

    entries: Mapping[str, ModelEntry]
    makers: Mapping[str, Callable[[], VideoModelInterface]]

    def with_changes(self, **changes: object) -> "Models":
        """The same models with other fields in every entry."""
        entries = {name: replace(e, **changes) for name, e in self.entries.items()}  # type: ignore[arg-type]  # fields by name
        return replace(self, entries=entries)

    def with_pictures(self) -> "Models":
        """The same models, which take first frames, each with one beside it that makes those."""
        clips = {name: _beginning_with_a_picture(e) for name, e in self.entries.items()}
        pictures = {
            picture_model(name): replace(e, id=picture_model(name), makes="image")
            for name, e in self.entries.items()
        }
        makers = {picture_model(name): maker for name, maker in self.makers.items()}
        return Models(entries={**clips, **pictures}, makers={**self.makers, **makers})


def picture_model(clip_model: str) -> str:
    """What the model is called that makes first frames for this one."""
    return f"{clip_model}-picture"


def _beginning_with_a_picture(entry: ModelEntry) -> ModelEntry:
    first_frame = {"type": "string", "format": "media", "title": "First frame"}
    properties = {**entry.properties, "first_frame": first_frame}
    return replace(entry, parameters={**entry.parameters, "properties": properties})


@asynccontextmanager
async def world(
    data: Path,
    models: Models,
    gate: Gate,
    clock: MovableClock,
    database: Database,
    *,
    shared_clock: bool = False,
    bucket: GatedBucket | None = None,
) -> AsyncIterator[Context]:
    """Everything that a use case needs; taken down without another word to the database.

    shared_clock: time is what the database's server says, and `clock` is not asked.
    bucket: where objects lie; None for a folder in `data`.
    """
    signal, wake, rate = GatedSignal(), GatedWake(), GatedRate()
    signal.gate = wake.gate = rate.gate = gate

    async def tell(tx: Tx) -> None:
        for project_id, seq in tx.newest_event.items():
            await signal.publish(NewEvents(project_id=project_id, seq=seq))
        for kind in tx.wakes:
            await wake.notify(kind)

    store = GatedStore(database.store_url, clock, tell, pool_size=8, shared_clock=shared_clock)
    blobs = bucket or GatedBlobs(data / "store")
    store.gate = blobs.gate = gate
    adapters = {name: GatedModel(make(), gate) for name, make in models.makers.items()}
    try:
        yield Context(
            store=store,
            blobs=blobs,
            compositor=CopyingCompositor(),
            sounds=CopyingSound(),
            titler=WritingTitler(),
            timelines=OtioWriter(),
            fonts="",
            fetcher=GatedFetcher(
                inner=GuardedFetcher(allow_hosts=frozenset({"127.0.0.1"})), gate=gate
            ),
            models=Directory(entries=models.entries, adapters=adapters),
            wake=wake,
            signal=signal,
            rate=rate,
            clock=clock,
            scratch=data / "scratch",
            limits=Limits(),
        )
    finally:
        for adapter in adapters.values():
            await adapter.aclose()
        await blobs.aclose()
        await store.close()


@asynccontextmanager
async def workers(ctx: Context, gate: Gate, *, generations: int = 8) -> AsyncIterator[None]:
    """Workers of both kinds, ended as by a kill: nothing that they still try gets through.
    generations: that one of them takes at once."""
    loops = [
        WorkerLoop(ctx, "generate", Generator(ctx), capacity=generations),
        WorkerLoop(ctx, "compose", Composer(ctx), capacity=2),
    ]
    before = asyncio.all_tasks()
    for loop in loops:
        asyncio.get_running_loop().create_task(loop.run(), name="worker of a test")
    try:
        yield
    finally:
        gate.close()
        mine = asyncio.all_tasks() - before - {asyncio.current_task()}
        # Whatever they call next stops them. Cancelling at once would cut statements in two, and
        # leave a connection with its lock, as no kill does.
        for task in mine and (await asyncio.wait(mine, timeout=END_SECONDS))[1]:
            task.cancel()
        if mine and (left := (await asyncio.wait(mine, timeout=END_SECONDS))[1]):
            raise TimeoutError(f"what was cancelled goes on: {left}")
        await asyncio.gather(*mine, return_exceptions=True)


async def make_project(ctx: Context, prompts: Mapping[str, Mapping[str, object]]) -> str:
    """A project with these segments (prompt -> model parameters); returns its id."""
    project_id = (await projects.create_project(ctx, name="film", profile=PROFILE)).row.id
    for prompt, params in prompts.items():
        content = SegmentContent(prompt=prompt, model_params=dict(params))
        await segments.add_segment(ctx, project_id, content)
    return project_id


async def insist_on_render(ctx: Context, project_id: str) -> str:
    """Start a render as a person would who got an error: look first, then try again. Raises
    TimeoutError."""
    async with asyncio.timeout(INSIST_SECONDS):
        while True:
            try:
                known = await renders.list_renders(ctx, project_id)
                if known:
                    return known[0].row.id
                return (await renders.start_render(ctx, project_id)).row.id
            except (OSError, PartUnavailable):
                continue


async def wait_until_settled(database: Database, render_id: str, timeout: float = 120.0) -> str:
    """Wait until a render has ended or waits for a person; returns how it stands.

    Looks from outside, so that looking is none of the calls that may break.
    """
    async with asyncio.timeout(timeout):
        while True:
            status = str(await asyncio.to_thread(database.status_of, render_id))
            if status in (*ENDED, "needs_attention"):
                return status
            await asyncio.sleep(0.05)
