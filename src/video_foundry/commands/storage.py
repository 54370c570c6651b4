"""`video-foundry storage`: what lies in the object store, what would go, and letting it go. Nothing
that was paid for or uploaded can be removed from here."""

import json
import os
import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from video_foundry.bootstrap import running_context
from video_foundry.commands.looking import looking_at_rows
from video_foundry.errors import BadInput
from video_foundry.services.context import Context
from video_foundry.services.storage import Lying, Room, Usage, Wish, make_room, usage, would_go
from video_foundry.settings import Settings, load_settings
from video_foundry.telemetry import configure_logs

_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)


async def storage(*, as_json: bool) -> int:
    """Show what lies there by kind, and what would go under the cap."""
    settings = _begin()
    async with looking_at_rows(settings) as ctx:
        found = await usage(ctx)
        cap = ctx.limits.rebuildable_bytes
        room = await would_go(ctx, Wish(to_bytes=cap))
    kinds = [*found.kinds, _cache(settings)]
    if as_json:
        print(
            json.dumps(
                {
                    "kinds": [asdict(kind) for kind in kinds],
                    "rebuildable_bytes": found.rebuildable,
                    "cap_bytes": cap,
                    "would_go": _as_json(room),
                }
            )
        )
    else:
        _show(kinds, found, cap, room)
    return 0


async def prune(
    *, to: str | None, films_older_than: int | None, dry_run: bool, as_json: bool
) -> int:
    """Make room, or say what would go. 1 when another process kept us from it."""
    settings = _begin()
    wish = _wish(settings, to, films_older_than)
    async with looking_at_rows(settings) if dry_run else running_context(settings) as ctx:
        room = await _carry_out(ctx, wish, dry_run)
    if as_json:
        print(json.dumps({"dry_run": dry_run, **_as_json(room), "busy": room.busy}))
    else:
        went = "would go" if dry_run else "gone"
        print(f"{room.clips} clips and {room.films} films {went}: {human(room.bytes)}")
        if room.busy:
            print("a worker is making room at the same time; try again in a moment")
    return 1 if room.busy else 0


def _begin() -> Settings:
    settings = load_settings()
    configure_logs(level="ERROR", as_json=False, environment=os.environ)
    return settings


def _wish(settings: Settings, to: str | None, films_older_than: int | None) -> Wish:
    to_bytes = settings.rebuildable_max_bytes if to is None else size_of(to)
    if to_bytes is None and films_older_than is None:
        raise BadInput(
            "there is no cap, so nothing has to go",
            field="--to",
            fix="name the size that composed clips may keep, such as --to 20G (0 drops them all), "
            "or set VIDEO_FOUNDRY_REBUILDABLE_MAX_BYTES",
        )
    days = None if films_older_than is None else timedelta(days=films_older_than)
    return Wish(to_bytes=to_bytes, films_unused=days)


async def _carry_out(ctx: Context, wish: Wish, dry_run: bool) -> Room:
    return await would_go(ctx, wish) if dry_run else await make_room(ctx, wish, patient=True)


def size_of(text: str) -> int:
    """Bytes in "500M", "20 GiB" or "1048576"; units are powers of 1024. Raises BadInput."""
    read = _SIZE.fullmatch(text.strip())
    if read is None:
        raise BadInput(f"{text[:40]!r} is not a size", field="--to", fix="write 20G or 500M, say")
    return int(float(read[1]) * 1024 ** _UNITS[read[2].upper()])


def human(size: float) -> str:
    """Bytes for people: 1536 -> "1.5 KiB"."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.1f} {unit}" if unit != "B" else f"{int(size)} B"
        size /= 1024
    return f"{size:.1f} TiB"


def _as_json(room: Room) -> dict[str, Any]:
    return {"clips": room.clips, "films": room.films, "bytes": room.bytes}


def _cache(settings: Settings) -> Lying:
    """Local copies of remote objects; none where the store is a local folder."""
    sizes = [_size(path) for path in (settings.data_dir / "cache").glob("*")]
    kept = f"under {human(settings.cache_max_bytes)}"
    return Lying(kind="local cache", count=len(sizes), bytes=sum(sizes), kept=kept)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0  # it has just gone


def _show(kinds: list[Lying], found: Usage, cap: int | None, room: Room) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("What")
    table.add_column("Count", justify="right")
    table.add_column("Size", justify="right")
    table.add_column("Kept")
    for kind in kinds:
        table.add_row(kind.kind, f"{kind.count:,}", human(kind.bytes), kind.kept)
    console = Console()
    console.print(table)
    if cap is None:
        words = "no cap (VIDEO_FOUNDRY_REBUILDABLE_MAX_BYTES): nothing goes by itself"
    else:
        words = f"cap {human(cap)}: {room.clips} clips ({human(room.bytes)}) would go now"
    console.print(f"{human(found.rebuildable)} can be made again at no cost; {words}.")
