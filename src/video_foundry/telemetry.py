"""Structured logs without secrets. Nothing is ever sent anywhere."""

import logging
import sys
from collections.abc import Collection, Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_NAMES = ("_API_KEY", "_SECRET", "_TOKEN", "_PASSWORD", "_ACCESS_KEY", "_API_SECRET")
"""Ends of environment variable names whose values must never be seen."""
SHORTEST_SECRET = 6
"""Shorter values would blank out ordinary words."""
HIDDEN = "[hidden]"


def secrets_in(environment: Mapping[str, str]) -> frozenset[str]:
    """Every value of the environment that must never be logged."""
    return frozenset(
        value
        for name, value in environment.items()
        if name.upper().endswith(SECRET_NAMES) and len(value) >= SHORTEST_SECRET
    )


def hide(value: Any, secrets: Collection[str]) -> Any:
    """`value` with every secret in it replaced, however deep it lies."""
    match value:
        case str():
            for secret in secrets:
                value = value.replace(secret, HIDDEN)
            return value
        case dict():
            return {k: hide(v, secrets) for k, v in value.items()}
        case list() | tuple():
            return [hide(v, secrets) for v in value]
        case None | bool() | int() | float():
            return value
        case _:
            return hide(str(value), secrets)


def _hider(secrets: Collection[str]) -> Processor:
    def processor(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {k: hide(v, secrets) for k, v in event.items()}

    return processor


def configure_logs(*, level: str, as_json: bool, environment: Mapping[str, str]) -> None:
    """Send structlog's and the standard library's records to standard error, in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _hider(secrets_in(environment)),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx2", "httpcore2", "aiosqlite", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
