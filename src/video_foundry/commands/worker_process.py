"""The process that a worker becomes once its settings are checked. It holds thousands of
generations for weeks, so it starts without all that is of no use to it."""

import asyncio
import os
import pickle
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from video_foundry.commands.outcome import told

if TYPE_CHECKING:
    from video_foundry.settings import Settings

EXTRAS = ("rich", "opentelemetry")
"""What libraries import when it is there, 6 MB of it, and do without when it is not: structlog and
httpx2 would colour what only a log reads, redis would measure what nobody collects."""

ALLOCATION = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
"""For the C library, which looks at them as a program starts (mallopt(3); others do not look).
Without them a large buffer that lives for a moment leaves a hole among what stays: with a thousand
generations in flight these holes come to 4 MB."""


class Plain(SimpleNamespace):
    """Settings as mere values, under the names that `Settings` gives them."""

    def __repr__(self) -> str:
        return "Plain(...)"  # some are secrets, and no longer wrapped


@dataclass(frozen=True)
class Secret:
    """A value that is not shown by accident."""

    value: str = field(repr=False)

    def get_secret_value(self) -> str:
        """As pydantic names it."""
        return self.value


def main() -> None:
    """Read the settings from the file descriptor that is named, and work by them."""
    with os.fdopen(int(sys.argv[1]), "rb") as pipe:
        settings = cast("Settings", pickle.load(pipe))  # noqa: S301 - written by ourselves
    for name in ALLOCATION:
        os.environ.pop(name, None)  # not for FFmpeg, whose buffers are all large and short-lived
    go_without(unused_extras(os.environ))
    from video_foundry.commands.working import work  # noqa: PLC0415 - only now: see EXTRAS

    with told():
        sys.exit(asyncio.run(work(settings)))


def unused_extras(environment: Mapping[str, str]) -> frozenset[str]:
    """The extras that this process has no use of: traces are sent where a collector is named."""
    traced = any(name.startswith("OTEL_EXPORTER_OTLP") for name in environment)
    return frozenset(EXTRAS) - ({"opentelemetry"} if traced else set())


def go_without(packages: Collection[str]) -> None:
    """From now on importing one of these fails as if it were not installed."""
    sys.modules.update(dict.fromkeys(packages))  # type: ignore[arg-type]  # None is the way to say it


if __name__ == "__main__":
    main()
