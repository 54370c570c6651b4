"""The command line: serve, worker, render, plan, models, storage, emulate, doctor and more. Exit 0
done, 1 failed with the reason, 2 wrong input naming the field. What a command does lives in
`commands`."""

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from video_foundry import __version__

app = typer.Typer(
    name="video-foundry",
    help="Long videos from AI-generated segments. Plan before spend, never pay twice.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ProjectPath = Annotated[Path, typer.Argument(metavar="FILE", help="A project as YAML or JSON.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="End with one JSON object on standard output.")
]

Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="NAME",
        help="Make this output alone (`main`: the main film); may be given several times.",
    ),
]


def _run(work: Coroutine[Any, Any, int]) -> None:
    raise typer.Exit(asyncio.run(_until_terminated(work)))


async def _until_terminated(work: Coroutine[Any, Any, int]) -> int:
    """The command's exit code. SIGTERM ends it as Ctrl+C does: submits under way are finished and
    the rest is given back."""
    task = asyncio.ensure_future(work)
    terminated = asyncio.Event()

    def terminate() -> None:
        terminated.set()
        task.cancel()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminate)
    try:
        return await task
    except asyncio.CancelledError:
        if terminated.is_set():
            return 128 + signal.SIGTERM
        raise


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"video-foundry {__version__}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and stop.", is_eager=True, callback=_show_version
        ),
    ] = False,
) -> None:
    """Options before the command."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[
        bool | None,
        typer.Option(
            "--workers/--no-workers",
            help="Work in this process too, or leave it all to `video-foundry worker`.",
            show_default="--workers",
        ),
    ] = None,
) -> None:
    """Serve UI and API, and workers in the same process unless told otherwise."""
    from video_foundry.commands.serve import serve as run

    raise typer.Exit(run(host=host, port=port, workers=workers))


@app.command()
def worker(
    generate: Annotated[
        int | None, typer.Option(min=0, max=10_000, help="Generations at once; 0 for none.")
    ] = None,
    compose: Annotated[
        int | None, typer.Option(min=0, max=64, help="Composing steps at once; 0 for none.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="Port of health and metrics; 0 for any that is free."),
    ] = None,
) -> None:
    """Generate and compose for a server elsewhere, until SIGTERM or Ctrl+C."""
    from video_foundry.commands.worker import worker as run

    run(generate=generate, compose=compose, port=port)


@app.command()
def render(
    file: ProjectPath,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="Where to write the main film; other outputs lie beside it, with their names.",
        ),
    ],
    *,
    as_json: AsJson = False,
    max_cost: Annotated[
        str | None, typer.Option(help="Refuse, before anything starts, what may cost more.")
    ] = None,
    only: Only = None,
    poster: Annotated[
        Path | None,
        typer.Option(
            help="Where to write a still of the film: a JPEG of the frame at a third of it."
        ),
    ] = None,
) -> None:
    """Render a project file to its film, and to its other outputs. A second run generates
    nothing."""
    from video_foundry.commands.render import render as run

    asked = run(file, output, as_json=as_json, max_cost=max_cost, only=only or None, poster=poster)
    _run(asked)


@app.command()
def plan(file: ProjectPath, as_json: AsJson = False, only: Only = None) -> None:
    """Show what rendering a project file would generate, why, and for what price."""
    from video_foundry.commands.plan import plan as run

    _run(run(file, as_json=as_json, only=only or None))


@app.command()
def export(
    file: ProjectPath,
    to: Annotated[
        Path,
        typer.Option(
            "--to", help="The timeline: .otio, .xml (Final Cut Pro 7, Premiere) or .edl (CMX 3600)."
        ),
    ],
    *,
    media: Annotated[
        Path | None,
        typer.Option("--media", metavar="FOLDER", help="Copy clips and sounds into this folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a project file's film as a timeline for another editing program."""
    from video_foundry.commands.export import export as run

    _run(run(file, to, media=media, as_json=as_json))


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the models, and why those that cannot be used cannot."""
    from video_foundry.commands.models import models as run

    raise typer.Exit(run(as_json=as_json))


@app.command()
def retarget(
    file: ProjectPath,
    to: Annotated[str, typer.Option("--to", metavar="MODEL", help="The model they go to.")],
    *,
    segment: Annotated[
        list[int] | None,
        typer.Option(
            "--segment",
            metavar="N",
            help="Move this segment alone, from 1; may be given several times.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write a new file beside FILE, not FILE itself."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would become of each.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Move those that fit, leave the others.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Move a project file's segments to another model: what fits, what is lost, what it costs."""
    from video_foundry.commands.retarget import retarget as run

    exit_code = run(
        file,
        to=to,
        segments=segment or None,
        output=output,
        is_dry_run=dry_run,
        is_partial=partial,
        as_json=as_json,
    )
    raise typer.Exit(exit_code)


@app.command()
def doctor(
    as_json: AsJson = False,
    integrity: Annotated[
        bool, typer.Option("--integrity", help="Check that every clip and film is still there.")
    ] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="With --integrity: read every object and hash it.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="With --integrity: mend what can be mended.")
    ] = False,
) -> None:
    """Say what is there, what is missing, and how to get it."""
    if integrity:
        from video_foundry.commands.integrity import integrity as check

        _run(check(deep=deep, mend=repair, as_json=as_json))
    if deep or repair:
        raise typer.BadParameter("it goes with --integrity", param_hint="--deep, --repair")
    from video_foundry.commands.doctor import doctor as run

    _run(run(as_json=as_json))


storage_app = typer.Typer(
    help="Show what lies in the store, and make room: paid clips and uploads never go."
)
app.add_typer(storage_app, name="storage")


@storage_app.callback(invoke_without_command=True)
def storage(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what lies in the store, and make room: paid clips and uploads never go."""
    if context.invoked_subcommand is not None:
        return
    from video_foundry.commands.storage import storage as run

    _run(run(as_json=as_json))


@storage_app.command()
def prune(
    to: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Let composed clips keep this much: 20G, 500M or 0."),
    ] = None,
    films_older_than: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            min=0,
            max=100_000,
            help="Drop finished films unused for so long too, but never a project's newest.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Drop composed clips, the longest unused first; they are made again when needed."""
    from video_foundry.commands.storage import prune as run

    _run(run(to=to, films_older_than=films_older_than, dry_run=dry_run, as_json=as_json))


keys_app = typer.Typer(
    no_args_is_help=True,
    help="Store keys of providers, encrypted; several accounts each, used in their order.",
)
app.add_typer(keys_app, name="keys")

AccountName = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="As `keys list` calls it: runway/studio.")
]


@keys_app.command("list")
def keys_list(as_json: AsJson = False) -> None:
    """Show every account in the order of use, and whether it stands still."""
    from video_foundry.commands.keys import list_keys as run

    _run(run(as_json=as_json))


@keys_app.command("add")
def keys_add(
    provider: Annotated[str, typer.Argument(help="Such as runway.")],
    name: Annotated[str, typer.Option(help="What to call the account.")] = "main",
    *,
    base_url: Annotated[
        str | None, typer.Option(help="Where this account is, if not at the usual address.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Such as project=my-project; repeatable."),
    ] = None,
) -> None:
    """Store a key, read from standard input or asked for."""
    from video_foundry.commands.keys import add as run

    _run(run(provider, name, base_url=base_url, settings=setting or []))


@keys_app.command("test")
def keys_test(
    account: Annotated[
        str | None, typer.Argument(metavar="[ACCOUNT]", help="Without it, all of them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try keys without spending anything; one that works goes on if it stood still."""
    from video_foundry.commands.keys import try_keys as run

    _run(run(account, as_json=as_json))


@keys_app.command("remove")
def keys_remove(account: AccountName) -> None:
    """Forget an account and its key."""
    from video_foundry.commands.keys import remove as run

    _run(run(account))


@keys_app.command("resume")
def keys_resume(account: AccountName) -> None:
    """Let an account go on that stood still because of money."""
    from video_foundry.commands.keys import resume as run

    _run(run(account))


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Encrypt every stored key anew with the newest secret."""
    from video_foundry.commands.keys import rotate as run

    _run(run())


@keys_app.command("new-secret")
def keys_new_secret() -> None:
    """Print a fresh VIDEO_FOUNDRY_SECRET_KEY."""
    from video_foundry.commands.keys import new_secret as run

    raise typer.Exit(run())


@app.command()
def emulate(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A provider, such as runway, or all of them.")
    ] = "all",
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port on loopback; 0 for any that is free.")
    ] = 9000,
    key: Annotated[
        str, typer.Option(help="The one key that is accepted; any is when there is none.")
    ] = "",
    seconds: Annotated[
        float, typer.Option(min=0, help="How long each generation takes; 0: a few questions.")
    ] = 5.0,
    short_side: Annotated[
        int, typer.Option(min=0, max=2160, help="Make results smaller, to so many pixels; 0: not.")
    ] = 360,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="What the next create meets (`drop`, `expired+truncated`); repeatable."),
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(help="Keep every call in this file, a JSON object a line.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="Serve TLS with this PEM file.")] = None,
    certificate_key: Annotated[Path | None, typer.Option(help="And its key.")] = None,
    list_faults: Annotated[
        bool, typer.Option("--list-faults", help="Show what can go wrong on demand, and stop.")
    ] = False,
) -> None:
    """Stand in for a provider on this machine: answers as it does, costs nothing, can fail on
    demand."""
    from video_foundry.commands.emulate import emulate as run
    from video_foundry.commands.emulate import list_faults as show
    from video_foundry.emulators.emulator import Settings

    if list_faults:
        raise typer.Exit(show())
    settings = Settings(key=key, seconds=seconds, short_side=short_side, ledger=ledger)
    raise typer.Exit(
        run(
            name,
            port=port,
            settings=settings,
            faults=fault or [],
            certificate=certificate,
            certificate_key=certificate_key,
        )
    )


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from video_foundry.commands.migrate import migrate as run

    _run(run())


@app.command()
def openapi() -> None:
    """Print the API's OpenAPI document."""
    from video_foundry.commands.openapi import openapi as run

    raise typer.Exit(run())


def main() -> None:
    """Run the command line; errors of the error tree become a sentence and an exit code."""
    from video_foundry.commands.outcome import told

    with told():
        app()
