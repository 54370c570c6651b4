"""Puts the parts together: the only place that plugs adapters into ports and reads settings for
them. What runs where is decided here, nothing else is. A part is imported when it is plugged in, so
that a worker carries no web framework and a laptop no broker."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from video_foundry.adapters.clock import SystemClock
from video_foundry.adapters.fetch.guarded import GuardedFetcher
from video_foundry.adapters.ffmpeg.compositor import FFmpegCompositor
from video_foundry.adapters.ffmpeg.previews import FFmpegPreviews
from video_foundry.adapters.ffmpeg.sound.compositor import FFmpegSound
from video_foundry.adapters.interchange.writer import OtioWriter
from video_foundry.adapters.models import builtin, registry
from video_foundry.adapters.models.wire.http import tls
from video_foundry.adapters.rate.memory import MemoryRate
from video_foundry.adapters.signal.inprocess import InProcessSignal
from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.adapters.vault import FernetVault, new_secret
from video_foundry.adapters.wake.inprocess import InProcessWake
from video_foundry.core.canonical import fingerprint
from video_foundry.core.fonts import FONT_FILES
from video_foundry.db.migrate import prepare
from video_foundry.db.store import Store, Tx
from video_foundry.errors import BadInput, PartUnavailable
from video_foundry.ports.blobs import BlobStore
from video_foundry.ports.rate import RateLimiter
from video_foundry.ports.signal import NewEvents, SignalBus
from video_foundry.ports.titles import BUNDLED
from video_foundry.ports.wake import Wake
from video_foundry.services.accounts import following_accounts
from video_foundry.services.context import Context, Limits
from video_foundry.telemetry import keep_secret, keep_secret_value
from video_foundry.workers.compose import Composer
from video_foundry.workers.generate import Generator
from video_foundry.workers.loop import WorkerLoop

PREFIX = "VIDEO_FOUNDRY_"
"""What the variables begin with that are ours alone."""

logger = structlog.get_logger(__name__)

if TYPE_CHECKING:
    from video_foundry.api.app import ApiApp, App
    from video_foundry.settings import Settings


class _Teller:
    """Tells others, after a commit, what is new."""

    def __init__(self, wake: Wake, signal: SignalBus) -> None:
        self._wake = wake
        self._signal = signal

    async def __call__(self, tx: Tx) -> None:
        for project_id, seq in tx.newest_event.items():
            await self._signal.publish(NewEvents(project_id=project_id, seq=seq))
        for kind in tx.wakes:
            await self._wake.notify(kind)


def open_vault(settings: "Settings") -> FernetVault:
    """What seals the keys that are stored."""
    keep_secret_value(*settings.secret_keys)
    return FernetVault(
        settings.secret_keys,
        settings.effective_secret_key_file,
        may_make_file=settings.may_make_secret_file,
        tell=keep_secret_value,
    )


def fresh_secret() -> str:
    """A secret to seal stored keys with, as the settings take it."""
    return new_secret()


def load_models(
    settings: "Settings", vault: FernetVault | None = None
) -> registry.RegisteredModels:
    """Built-in models, installed packages, named modules; then the directory of them all."""
    builtin.register()
    registry.load_entry_points()
    registry.load_plugins(settings.plugins)
    models = registry.RegisteredModels(lambda: SystemClock().now().date(), vault=vault)
    keep_secret(*(e.env_key for e in models.catalogue.entries.values() if e.env_key))
    return models


def unknown_variables(settings: "Settings") -> dict[str, str | None]:
    """Variables with our prefix that nothing reads -> the nearest name that something does read,
    None where none is near. To be asked once the models are loaded: providers have some, too."""
    known = {*settings.variables, *registry.variables()}
    # In this order the names that other tools share come last, and stay.
    by_end = {name.removeprefix(PREFIX): name for name in sorted(known, reverse=True)}
    found: dict[str, str | None] = {}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper().removeprefix(PREFIX), by_end, n=1)
            found[name] = by_end[near[0]] if near else None
    return found


def open_store(settings: "Settings", wake: Wake, signal: SignalBus) -> Store:
    """The database that the settings name."""
    return Store(
        settings.effective_database_url,
        SystemClock(),
        _Teller(wake, signal),
        pool_size=settings.database_pool,
    )


def open_wake(settings: "Settings") -> Wake:
    """The broker that the settings name, or none."""
    if settings.rabbitmq_url is None:
        return InProcessWake()
    from video_foundry.adapters.wake.rabbitmq import RabbitWake  # noqa: PLC0415 - where needed

    return RabbitWake(settings.rabbitmq_url.get_secret_value())


def open_signal(settings: "Settings") -> SignalBus:
    """What carries live signals between processes."""
    if settings.redis_url is None:
        return InProcessSignal()
    from video_foundry.adapters.signal.redis import RedisSignal  # noqa: PLC0415 - where needed

    return RedisSignal(settings.redis_url.get_secret_value())


def open_rate(settings: "Settings") -> RateLimiter:
    """What keeps the rates of all workers together."""
    if settings.redis_url is None:
        return MemoryRate()
    from video_foundry.adapters.rate.redis import RedisRate  # noqa: PLC0415 - where needed

    return RedisRate(settings.redis_url.get_secret_value())


async def open_blobs(settings: "Settings") -> BlobStore:
    """The object store that the settings name, or a folder."""
    url = settings.effective_objects_url
    if url is None:
        from video_foundry.adapters.blobs.local import LocalBlobStore  # noqa: PLC0415 - where needed

        local = LocalBlobStore(settings.data_dir / "store")
        await local.sweep()
        return local
    from video_foundry.adapters.blobs.remote import RemoteBlobStore  # noqa: PLC0415 - where needed

    return RemoteBlobStore(
        url,
        cache=settings.data_dir / "cache",
        cache_max_bytes=settings.cache_max_bytes,
        endpoint_url=settings.s3_endpoint_url,
        public_endpoint_url=settings.s3_public_endpoint_url,
    )


async def migrate_database(settings: "Settings") -> str:
    """Bring the database to the newest schema; returns its address without a password."""
    store = open_store(settings, InProcessWake(), InProcessSignal())
    try:
        await prepare(store)
    finally:
        await store.close()
    return store.url.render_as_string(hide_password=True)


@contextlib.asynccontextmanager
async def running_context(settings: "Settings") -> AsyncIterator[Context]:
    """Everything a use case needs, brought up, and taken down at the end. No workers yet. Raises
    BadInput naming the setting that is wrong."""
    async with looking_context(settings) as ctx:
        _warn_of_settings(settings)
        await prepare(ctx.store)
        await _refuse_wrong_settings(settings, ctx)
        async with following_accounts(ctx):
            yield ctx


@contextlib.asynccontextmanager
async def looking_context(settings: "Settings") -> AsyncIterator[Context]:
    """The same for who only looks at what is there: the database stays as it is, tables or none,
    nothing is waited for, and parts that refuse us are no error yet."""
    with _own_scratch(settings.data_dir) as scratch:
        async with _context_in(settings, scratch) as ctx:
            yield ctx


@contextlib.asynccontextmanager
async def _context_in(settings: "Settings", scratch: Path) -> AsyncIterator[Context]:
    async with contextlib.AsyncExitStack() as stack:
        wake, signal, rate = open_wake(settings), open_signal(settings), open_rate(settings)
        for part in (rate, signal, wake):
            stack.push_async_callback(part.aclose)
        store = open_store(settings, wake, signal)
        stack.push_async_callback(store.close)
        vault = open_vault(settings)
        models = load_models(settings, vault)
        stack.push_async_callback(models.aclose)
        blobs = await open_blobs(settings)
        stack.push_async_callback(blobs.aclose)
        compositor = FFmpegCompositor(scratch=scratch / "ffmpeg", threads=settings.ffmpeg_threads)
        stack.push_async_callback(compositor.aclose)
        sounds = FFmpegSound(scratch=scratch / "sound")
        stack.push_async_callback(sounds.aclose)
        previews = FFmpegPreviews(scratch=scratch / "previews")
        stack.push_async_callback(previews.aclose)
        titler = SkiaTitler()
        stack.push_async_callback(titler.aclose)
        yield Context(
            store=store,
            blobs=blobs,
            compositor=compositor,
            sounds=sounds,
            titler=titler,
            timelines=OtioWriter(),
            fonts=installed_fonts(),
            fetcher=GuardedFetcher(
                max_bytes=settings.fetch_max_bytes,
                allow_hosts=frozenset(settings.fetch_allow_hosts) | models.own_hosts,
                tls=tls,
            ),
            models=models,
            wake=wake,
            signal=signal,
            rate=rate,
            clock=SystemClock(),
            scratch=scratch,
            limits=Limits(
                upload_bytes=settings.upload_max_bytes,
                rebuildable_bytes=settings.rebuildable_max_bytes,
            ),
            previews=previews,
            preview_policy=settings.previews,
            vault=vault,
            public_url=settings.public_url,
            composes_here=settings.embedded_workers and settings.compose_concurrency > 0,
        )


def _warn_of_settings(settings: "Settings") -> None:
    """Say in the log what is not as it should be, and yet no reason not to start."""
    for name, nearest in unknown_variables(settings).items():
        logger.warning("no setting has this name; it is ignored", variable=name, nearest=nearest)
    file = settings.effective_secret_key_file
    if settings.is_secret_beside_data and not settings.secret_keys and file.exists():
        logger.warning(
            "the secret of stored keys lies in the data folder, beside what it protects",
            file=str(file),
            fix="set VIDEO_FOUNDRY_SECRET_KEY to what stands in it, then remove the file",
        )


async def _refuse_wrong_settings(settings: "Settings", ctx: Context) -> None:
    """Raise BadInput naming the variable when a part answers that it will not have us. A part that
    is merely away is waited for while we work: that is its normal life."""
    parts: list[tuple[str, bool, Wake | SignalBus | BlobStore]] = [
        ("RABBITMQ_URL", settings.rabbitmq_url is not None, ctx.wake),
        ("REDIS_URL", settings.redis_url is not None, ctx.signal),
        (
            "S3_BUCKET" if settings.s3_bucket else "VIDEO_FOUNDRY_OBJECTS_URL",
            settings.effective_objects_url is not None,
            ctx.blobs,
        ),
    ]
    for variable, is_set, part in parts:
        if not is_set:
            continue
        try:
            await part.check()
        except PartUnavailable as error:
            if error.is_refusal:
                fix = "correct it, and the name and password that belong to it"
                raise BadInput(error.message, field=variable, fix=fix) from error


@contextlib.contextmanager
def _own_scratch(data: Path) -> Iterator[Path]:
    """A folder for this process's files under way, locked for as long as it lives. What dead
    processes left behind goes: everything worth keeping is in the store and the database."""
    scratch = data / "scratch"
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch.mkdir(exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"the data folder {data} cannot be used: {error.strerror or error}",
            field="VIDEO_FOUNDRY_DATA_DIR",
            fix="name a folder that may be written",
        ) from error
    for lock in scratch.glob("*.lock"):
        _drop_if_dead(lock)
    own = scratch / f"{os.getpid()}-{uuid4().hex[:8]}"
    with own.with_suffix(".lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        own.mkdir()
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)
            own.with_suffix(".lock").unlink(missing_ok=True)


def _drop_if_dead(lock: Path) -> None:
    """Remove the folder of a process that no longer holds its lock; process ids tell nothing about
    processes in other containers."""
    with contextlib.suppress(OSError), lock.open("rb") as tried:
        fcntl.flock(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
        lock.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def working(ctx: Context, settings: "Settings") -> AsyncIterator[None]:
    """Workers inside this process for as long as the block runs: of each kind that has capacity."""
    generate, compose = settings.generate_concurrency, settings.compose_concurrency
    loops = []
    if generate:
        loops.append(WorkerLoop(ctx, "generate", Generator(ctx), capacity=generate))
    if compose:
        loops.append(WorkerLoop(ctx, "compose", Composer(ctx), capacity=compose))
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    for task in tasks:
        task.add_done_callback(_end_if_broken)
    try:
        yield
    finally:
        for loop in loops:
            loop.stop()
        await asyncio.gather(*tasks)


def _end_if_broken(task: "asyncio.Task[None]") -> None:
    """A process whose worker is gone must not look alive: it ends as if it were told to, and who
    watches over it starts it again."""
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.critical("the worker broke; this process ends", exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)


def serving_app(settings: "Settings") -> "App":
    """UI, API and, unless the settings say otherwise, workers in one process, behind the guard."""
    from video_foundry.api.app import guarded  # noqa: PLC0415 - a worker does without it

    return guarded(
        api_app(settings),
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        media_origins=_media_origins(settings),
        webhook_host=settings.webhook_host,
    )


def _media_origins(settings: "Settings") -> frozenset[str]:
    """Where browsers are sent for films and clips, beside this server."""
    url = settings.effective_objects_url
    if url is None:
        return frozenset()
    from video_foundry.adapters.blobs.connect import Place  # noqa: PLC0415 - where needed

    place = Place(
        url=url,
        endpoint=settings.s3_endpoint_url,
        public_endpoint=settings.s3_public_endpoint_url,
    )
    return frozenset({place.link_origin} if place.link_origin else ())


def api_app(settings: "Settings") -> "ApiApp":
    """The same without the guard."""
    from video_foundry.api.app import make_app  # noqa: PLC0415 - a worker does without it

    @contextlib.asynccontextmanager
    async def lifespan() -> AsyncIterator[Context]:
        async with running_context(settings) as ctx:
            ctx.models.catalogue.refuse_wrong_schemas()
            if settings.example_project and ctx.store.is_sqlite:  # a studio has its own films
                from video_foundry.example import ensure_example  # noqa: PLC0415 - where needed

                await ensure_example(ctx, settings.data_dir)
            if not settings.embedded_workers:
                yield ctx
                return
            async with working(ctx, settings):
                yield ctx

    return make_app(lifespan)


def installed_fonts() -> str:
    """What identifies the installed fonts: their names and sizes. Empty without any."""
    files = [BUNDLED / name for name in sorted(FONT_FILES)]
    told = [f"{file.name} {file.stat().st_size}" for file in files if file.is_file()]
    return fingerprint("fonts", 1, told) if told else ""
