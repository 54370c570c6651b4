"""`video-foundry emulate`: a provider's stand-in on this machine, for trying things out without a
key and without a cent."""

from functools import partial
from pathlib import Path

from rich.console import Console

from video_foundry.emulators.all import ALL, EMULATORS, joined, make_emulator
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.faults import STAGES, Faults
from video_foundry.emulators.server import Certificate, serve
from video_foundry.errors import BadInput


def emulate(
    name: str,
    *,
    port: int,
    settings: Settings,
    faults: list[str],
    certificate: Path | None,
    certificate_key: Path | None,
) -> int:
    """Serve until interrupted. name: of an emulator, or `all`. faults: what the next create meets,
    one create each; several names with plus signs between them go together."""
    tls = _certificate(certificate, certificate_key)
    in_line = [_read(told) for told in faults]
    made = [make_emulator(each, settings) for each in (EMULATORS if name == ALL else [name])]
    for emulator in made:
        for names in in_line:
            emulator.script.put(*names)
    app = joined(made) if name == ALL else made[0].app()
    try:
        serve(app, port=port, tls=tls, started=partial(_show, made, is_one=name != ALL))
    finally:
        for emulator in made:
            emulator.studio.close()
    return 0


def list_faults() -> int:
    """Print what can go wrong on demand."""
    console = Console(highlight=False)
    for stage in STAGES.values():
        for fault, text in stage.items():
            console.print(f"{fault:20} {text}", soft_wrap=True)
    return 0


def _read(told: str) -> tuple[str, ...]:
    try:
        return Faults(tuple(told.split("+"))).names
    except ValueError as error:
        raise BadInput(
            str(error), field="--fault", fix="see `video-foundry emulate --list-faults`"
        ) from error


def _certificate(certificate: Path | None, key: Path | None) -> Certificate | None:
    if (certificate is None) != (key is None):
        raise BadInput(
            "TLS needs a certificate and its key",
            field="--certificate",
            fix="give --certificate and --certificate-key, or neither",
        )
    if certificate is None or key is None:
        return None
    return Certificate(certificate=certificate, key=key)


def _show(made: list[Emulator], url: str, *, is_one: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for emulator in made:
        base = url if is_one else f"{url}/{emulator.name}"
        console.print(f"{emulator.title} is emulated: {emulator.variable}={base}")
    console.print("let results be fetched from here: VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS=localhost")
    console.file.flush()
