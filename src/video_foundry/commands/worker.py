"""`video-foundry worker`: generating and composing without UI and API, in as many processes and on
as many machines as wanted. Here its settings are checked; what then works is `worker_process`."""

import os
import pickle
import sys
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from pydantic import SecretStr

from video_foundry.commands import worker_process
from video_foundry.commands.worker_process import ALLOCATION, Plain, Secret
from video_foundry.errors import BadInput, FieldProblem
from video_foundry.settings import Settings, load_settings

DERIVED = (property, cached_property)


def worker(*, generate: int | None, compose: int | None, port: int | None) -> NoReturn:
    """Check the settings, then become the process that works by them.

    A new program in the same process: reading the command line and checking settings takes 14 MB
    of modules that would otherwise stay for as long as the worker lives.

    generate, compose: jobs of each kind at once, 0 for none of it. port: of health and metrics, 0
    for any that is free. None takes the setting. Raises BadInput for settings that cannot be.
    """
    settings = load_settings(
        generate_concurrency=generate, compose_concurrency=compose, worker_port=port
    )
    if not settings.generate_concurrency and not settings.compose_concurrency:
        raise _nothing_to_do()
    # -m would look for modules in the working directory first, which this process may not do.
    safe = () if str(Path.cwd()) in sys.path else ("-P",)
    program = (sys.executable, *safe, "-m", worker_process.__name__)
    words = (*program, str(_hand_over(_plain(settings))))
    sys.stdout.flush()
    os.execve(sys.executable, words, {**ALLOCATION, **os.environ})  # noqa: S606 - ourselves


def _plain(settings: Settings) -> Plain:
    """The values alone; to read them takes no library."""
    kind = type(settings)
    derived = (name for name, held in vars(kind).items() if isinstance(held, DERIVED))
    names = (*kind.model_fields, *derived)
    return Plain(**{name: _bare(getattr(settings, name)) for name in names})


def _bare(value: Any) -> Any:
    return Secret(value.get_secret_value()) if isinstance(value, SecretStr) else value


def _hand_over(plain: Plain) -> int:
    """A pipe from which the new program reads the settings: nobody else sees them there."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(plain, pipe)  # a few kilobytes: it fits without a reader
    os.set_inheritable(reading, True)
    return reading


def _nothing_to_do() -> BadInput:
    message = "a worker that neither generates nor composes has nothing to do"
    fix = "give --generate or --compose a number above 0"
    flags = ("--generate", "--compose")
    return BadInput(
        message, problems=[FieldProblem(field=f, message=message, fix=fix) for f in flags]
    )
