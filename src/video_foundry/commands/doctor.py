"""`video-foundry doctor`: what is there, what is missing, and how to get it. Costs nothing, and
leaves the database as it is."""

import asyncio
import json
import os
import platform
import shutil
from dataclasses import asdict, dataclass

from pydantic import SecretStr
from rich.console import Console
from rich.markup import escape

from video_foundry import __version__
from video_foundry.api.webui import WEBUI
from video_foundry.bootstrap import looking_context, unknown_variables
from video_foundry.commands.looking import other_schema
from video_foundry.commands.plan import priced
from video_foundry.core.catalogue_check import catalogue_problems
from video_foundry.db.doubts import Doubt
from video_foundry.errors import BadInput, FoundryError, PartUnavailable
from video_foundry.jobs.held import is_held
from video_foundry.ports.titles import Titler
from video_foundry.services._accounts import AccountView
from video_foundry.services._generation import price_of_job
from video_foundry.services.accounts import check_account, list_accounts, look_at_accounts
from video_foundry.services.attention import list_doubts
from video_foundry.services.context import Context
from video_foundry.services.health import OK, Schema, look_at_schema, readiness
from video_foundry.settings import Settings, load_settings
from video_foundry.telemetry import clean, configure_logs

GIB = 1024**3
LOW_DISK = 2 * GIB
MOST_DOUBTS = 20
"""Decisions that are told of one by one."""
PATIENCE_SECONDS = 10.0
"""How long a part may take to answer: somebody waits, and it is connected to for the first time."""


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
        async with looking_context(settings) as ctx:
            findings += _unknown(settings)
            findings += [*_tools(ctx), fonts_finding(ctx.titler), await _encoders(ctx)]
            findings += await _parts(ctx, settings)
            findings += await _rows_and_models(ctx, settings)
    except (FoundryError, OSError) as error:
        findings.append(_broken("start", error))
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


def _unknown(settings: Settings) -> list[Finding]:
    """Variables that look like settings, and are none."""
    return [
        Finding(
            name=f"variable {name}",
            level="missing",
            message="no setting has this name; it is ignored",
            fix=f"did you mean {nearest}?" if nearest else None,
        )
        for name, nearest in unknown_variables(settings).items()
    ]


def _tools(ctx: Context) -> list[Finding]:
    return [
        Finding(name=name, level="ok", message=words)
        for name, words in ctx.compositor.describe().items()
    ]


async def _parts(ctx: Context, settings: Settings) -> list[Finding]:
    """What `/readyz` of a server would say, but for the disk and the database, which are looked at
    more closely."""
    redis = _address("REDIS_URL", settings.redis_url)
    where = {
        "objects": settings.effective_objects_url or str(settings.data_dir),
        "broker": _address("RABBITMQ_URL", settings.rabbitmq_url),
        "signal": redis,
        "rate": redis,
    }
    variables = {
        "objects": _objects_variable(settings),
        "broker": "RABBITMQ_URL",
        "signal": "REDIS_URL",
        "rate": "REDIS_URL",
    }
    answers = await readiness(ctx, seconds=PATIENCE_SECONDS, parts=tuple(where))
    return [
        Finding(name=name, level="ok", message=where[name])
        if answer == OK
        else Finding(
            name=name,
            level="broken",
            message=f"{where[name]}: {answer}",
            fix=f"correct {variables[name]}, or start what it names",
        )
        for name, answer in answers.items()
    ]


def _address(variable: str, url: SecretStr | None) -> str:
    return clean(url.get_secret_value()) if url else f"in this process; {variable} is not set"


def _objects_variable(settings: Settings) -> str:
    if settings.s3_bucket:
        return "S3_BUCKET"
    return "VIDEO_FOUNDRY_OBJECTS_URL" if settings.objects_url else "VIDEO_FOUNDRY_DATA_DIR"


async def _rows_and_models(ctx: Context, settings: Settings) -> list[Finding]:
    """The database, and what is known with its help: which keys are stored decides which models can
    be used."""
    try:
        schema = await look_at_schema(ctx)
    except BadInput as error:
        return [_broken("database", error), *_catalogue(ctx), *_models(ctx)]
    where = ctx.store.url.render_as_string(hide_password=True)
    findings = [Finding(name="database", level="ok", message=where), _schema(schema)]
    if schema.present != schema.ours:
        return [*findings, *_catalogue(ctx), *_models(ctx)]
    await look_at_accounts(ctx)
    known = [*_catalogue(ctx), *_models(ctx), *await _keys(ctx, settings)]
    return [*findings, *await _doubts(ctx), *known]


def _schema(schema: Schema) -> Finding:
    """Whether this version can work with the tables that are there."""
    other = other_schema(schema)
    if other is None:
        return Finding(name="schema", level="ok", message=schema.ours)
    level = "broken" if other.is_newer else "missing"
    return Finding(name="schema", level=level, message=other.message, fix=other.fix)


async def _doubts(ctx: Context) -> list[Finding]:
    """Generations that wait for a person's decision; those of deleted projects are seen nowhere
    else."""
    found = await list_doubts(ctx, limit=MOST_DOUBTS + 1)
    if not found:
        return [Finding(name="decisions", level="ok", message="no generation waits for one")]
    more = "at least " if len(found) > MOST_DOUBTS else ""
    words = f"{more}{len(found[:MOST_DOUBTS])} generations wait for one"
    fix = "GET /api/jobs?state=needs_attention lists them all; decide in the editor, or as below"
    told = [Finding(name="decisions", level="missing", message=words, fix=fix)]
    return [*told, *(_doubt(one) for one in found[:MOST_DOUBTS])]


def _doubt(doubt: Doubt) -> Finding:
    job = doubt.job
    cost = priced(price_of_job(job))
    where = f"project {doubt.project_id}" if doubt.project_id else "a project that was deleted"
    since = f"{job.updated_at:%Y-%m-%d %H:%M} UTC"
    words = f"{job.model}, {cost}, of {where}, since {since}: {job.error_message}"
    fetch = '"fetch" (free), ' if is_held(job) else ""
    decide = f'{{"action": ...}}: {fetch}"resubmit" (may be paid twice) or "abandon"'
    fix = f"POST /api/jobs/{job.id}/resolve with {decide}"
    return Finding(name=f"job {job.id}", level="missing", message=words, fix=fix)


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


async def _keys(ctx: Context, settings: Settings) -> list[Finding]:
    """Every key, tried for free, and the secret that stored ones are sealed with."""
    told = await list_accounts(ctx)
    secret, fix = told.vault_problem or told.vault or "", None
    stored = any(account.variable is None for account in told.accounts)
    level = "ok" if told.vault_problem is None else "broken" if stored else "missing"
    if level == "ok" and settings.is_secret_beside_data and not settings.secret_keys:
        level, secret = "missing", f"{secret}, in the data folder, beside what it protects"
        fix = "set VIDEO_FOUNDRY_SECRET_KEY to what stands in that file, then remove the file"
    findings = [Finding(name="secret of stored keys", level=level, message=secret, fix=fix)]
    tried = await asyncio.gather(*(check_account(ctx, one.id) for one in told.accounts))
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


def _broken(name: str, error: Exception) -> Finding:
    """What keeps a part from working, with the setting that it is about and what to do."""
    problems = error.problems if isinstance(error, BadInput) else ()
    fixes = "; ".join(f"{one.field}: {one.fix}" if one.fix else one.field for one in problems)
    return Finding(name=name, level="broken", message=str(error), fix=fixes or None)


def _show(findings: list[Finding]) -> None:
    console = Console()
    marks = {"ok": "[green]ok[/]", "missing": "[yellow]--[/]", "broken": "[bold red]!![/]"}
    for finding in findings:
        fix = f" ({finding.fix})" if finding.fix else ""
        line = f"{finding.name}: {finding.message}{fix}"
        console.print(f"{marks[finding.level]} {escape(line)}", soft_wrap=True)
