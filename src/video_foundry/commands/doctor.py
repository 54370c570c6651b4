"""`video-foundry doctor`: what is there, what is missing, and how to get it. Costs nothing."""

import asyncio
import json
import os
import platform
import shutil
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.markup import escape

from video_foundry import __version__
from video_foundry.api.webui import WEBUI
from video_foundry.bootstrap import running_context
from video_foundry.core.catalogue_check import catalogue_problems
from video_foundry.errors import FoundryError, PartUnavailable
from video_foundry.ports.titles import Titler
from video_foundry.services._accounts import AccountView
from video_foundry.services.accounts import list_accounts, try_account
from video_foundry.services.context import Context
from video_foundry.services.health import check_database
from video_foundry.settings import Settings, load_settings
from video_foundry.telemetry import configure_logs

GIB = 1024**3
LOW_DISK = 2 * GIB


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line. level: ok, missing (works without it) or broken (must be put right)."""

    name: str
    level: str
    message: str
    fix: str | None = None


async def doctor(*, as_json: bool) -> int:
    """Print the findings; 1 when something is broken."""
    settings = load_settings()
    configure_logs(level="ERROR", as_json=False, environment=os.environ)
    findings = [_python(), _webui(), _disk(settings)]
    try:
        async with running_context(settings) as ctx:
            findings += [*await _parts(ctx, settings), fonts_finding(ctx.titler)]
            findings.append(await _encoders(ctx))
            findings += [*_catalogue(ctx), *_models(ctx), *await _keys(ctx)]
    except (FoundryError, OSError) as error:
        findings.append(Finding(name="start", level="broken", message=str(error)))
    broken = any(f.level == "broken" for f in findings)
    if as_json:
        print(json.dumps({"ok": not broken, "findings": [asdict(f) for f in findings]}))
    else:
        _show(findings)
    return 1 if broken else 0


def _python() -> Finding:
    words = f"Video Foundry {__version__} on Python {platform.python_version()}"
    return Finding(name="program", level="ok", message=words)


def _webui() -> Finding:
    if (WEBUI / "index.html").is_file():
        return Finding(name="web UI", level="ok", message="built")
    return Finding(name="web UI", level="missing", message="not built", fix="run `make setup`")


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{free / GIB:.1f} GiB free for {settings.data_dir}"
    if free < LOW_DISK:
        fix = "free some space, or set VIDEO_FOUNDRY_DATA_DIR to a larger disk"
        return Finding(name="disk", level="broken", message=words, fix=fix)
    return Finding(name="disk", level="ok", message=words)


async def _parts(ctx: Context, settings: Settings) -> list[Finding]:
    findings = [
        Finding(name=name, level="ok", message=words)
        for name, words in ctx.compositor.describe().items()
    ]
    for name, check, where in (
        ("database", check_database(ctx), ctx.store.url.render_as_string(hide_password=True)),
        ("objects", ctx.blobs.check(), settings.effective_objects_url or str(settings.data_dir)),
    ):
        try:
            await check
            findings.append(Finding(name=name, level="ok", message=where))
        except (FoundryError, OSError) as error:
            findings.append(Finding(name=name, level="broken", message=f"{where}: {error}"))
    return findings


async def _encoders(ctx: Context) -> Finding:
    """What encodes each codec here; hardware was tried, not only listed."""
    offered = await ctx.compositor.encoders()
    words = "; ".join(f"{codec}: {', '.join(by) or 'nothing'}" for codec, by in offered.items())
    level = "ok" if all(offered.values()) else "missing"
    return Finding(name="encoders", level=level, message=words)


def fonts_finding(titler: Titler) -> Finding:
    """The families that titles can be set in, or what is missing: films without titles do
    without."""
    try:
        families = titler.fonts()
    except PartUnavailable as error:
        return Finding(name="fonts", level="missing", message=str(error))
    return Finding(name="fonts", level="ok", message=", ".join(one.name for one in families))


def _catalogue(ctx: Context) -> list[Finding]:
    """Whether what is written of the models can be so."""
    entries = list(ctx.models.catalogue.entries.values())
    found = catalogue_problems(entries, today=ctx.clock.now().date(), is_ours=False)
    providers = len({entry.provider for entry in entries})
    words = f"{len(entries)} models of {providers} providers"
    level = "broken" if any(one.level == "error" for one in found) else "ok"
    told = [
        Finding(
            name=f"catalogue {one.model}",
            level="broken" if one.level == "error" else "missing",
            message=f"{one.field}: {one.message}",
            fix=one.fix,
        )
        for one in found
    ]
    return [Finding(name="catalogue", level=level, message=words), *told]


def _models(ctx: Context) -> list[Finding]:
    findings = []
    for entry in ctx.models.catalogue.entries.values():
        why = ctx.models.unavailable(entry)
        level = "ok" if why is None else "missing"
        findings.append(
            Finding(name=f"model {entry.id}", level=level, message=why or "can be used")
        )
    return findings


async def _keys(ctx: Context) -> list[Finding]:
    """Every key, tried for free, and the secret that stored ones are sealed with."""
    told = await list_accounts(ctx)
    secret = told.vault_problem or told.vault or ""
    stored = any(account.variable is None for account in told.accounts)
    level = "ok" if told.vault_problem is None else "broken" if stored else "missing"
    findings = [Finding(name="secret of stored keys", level=level, message=secret)]
    tried = await asyncio.gather(*(try_account(ctx, one.id) for one in told.accounts))
    return [*findings, *(_key(one) for one in tried)]


def _key(account: AccountView) -> Finding:
    check, halt = account.check, account.halt
    good = check is not None and check.outcome in ("good", "untestable")
    words = check.message if check else "not tried"
    fix = None
    if halt is not None:
        good, words = False, f"{words}; it stands still: {halt.message}"
        fix = "see to the money, then `video-foundry keys resume`"
    name = f"key {account.provider.id}/{account.name}"
    return Finding(name=name, level="ok" if good else "missing", message=words, fix=fix)


def _show(findings: list[Finding]) -> None:
    console = Console()
    marks = {"ok": "[green]ok[/]", "missing": "[yellow]--[/]", "broken": "[bold red]!![/]"}
    for finding in findings:
        fix = f" ({finding.fix})" if finding.fix else ""
        line = f"{finding.name}: {finding.message}{fix}"
        console.print(f"{marks[finding.level]} {escape(line)}", soft_wrap=True)
