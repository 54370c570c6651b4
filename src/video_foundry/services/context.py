"""What every use case may need, handed over by bootstrap. No global state anywhere else."""

from dataclasses import dataclass, field
from pathlib import Path

from video_foundry.core.previews import PreviewPolicy
from video_foundry.core.title_room import Fitting
from video_foundry.db.store import Store
from video_foundry.db.timeline_segments import LastReads
from video_foundry.ports.blobs import BlobStore
from video_foundry.ports.clock import Clock
from video_foundry.ports.compositor import Compositor
from video_foundry.ports.fetcher import Fetcher
from video_foundry.ports.interchange import TimelineWriter
from video_foundry.ports.models import ModelDirectory
from video_foundry.ports.previews import NoPreviews, PreviewMaker
from video_foundry.ports.rate import RateLimiter
from video_foundry.ports.signal import SignalBus
from video_foundry.ports.sound import SoundCompositor
from video_foundry.ports.titles import Titler
from video_foundry.ports.vault import NoVault, Vault
from video_foundry.ports.wake import Wake
from video_foundry.services._ended import EndedRenders

MOST_SEGMENTS = 10_000
"""Of a project: nearly fourteen hours of shots of five seconds."""

MOST_ITEMS = 10_000
"""Of a project: texts, files of captions, images and sounds together."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Caps of this installation. upload_bytes: one uploaded file. segments, items: in one project.
    rebuildable_bytes: what composing may leave behind to be used again; None for no cap."""

    upload_bytes: int = 4 * 1024**3
    segments: int = MOST_SEGMENTS
    items: int = MOST_ITEMS
    rebuildable_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """The ports and the database. scratch: a local folder for files under way. fonts: what
    identifies the installed fonts, so that titles are drawn anew with others. preview_policy: when
    previews are made. vault: seals what is secret before it is stored. public_url: where providers
    may call, None where they cannot. composes_here: whether composing steps are carried out in this
    process, so that what its compositor lacks is lacking. last_reads: what was made of projects as
    they were last planned. fitting: texts that were set and fit. ended: renders that
    ended, as they were told last."""

    store: Store
    blobs: BlobStore
    compositor: Compositor
    sounds: SoundCompositor
    titler: Titler
    timelines: TimelineWriter
    fonts: str
    fetcher: Fetcher
    models: ModelDirectory
    wake: Wake
    signal: SignalBus
    rate: RateLimiter
    clock: Clock
    scratch: Path
    limits: Limits
    previews: PreviewMaker = field(default_factory=NoPreviews)
    preview_policy: PreviewPolicy = "lazy"
    vault: Vault = field(default_factory=NoVault)
    public_url: str | None = None
    composes_here: bool = False
    last_reads: LastReads = field(default_factory=LastReads)
    fitting: Fitting = field(default_factory=Fitting)
    ended: EndedRenders = field(default_factory=EndedRenders)
