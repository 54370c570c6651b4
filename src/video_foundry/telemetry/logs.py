"""Structured logs on standard error: one form for our own lines and those of libraries, and no
secret in any of them."""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from video_foundry.telemetry.secrets import Secrets, clean, hide
from video_foundry.telemetry.traces import ids_of_span

NOISY = ("httpx2", "httpcore2", "aiosqlite", "alembic", "asyncio", "aio_pika", "aiormq", "uvicorn")
"""Libraries whose lines below a warning tell an operator nothing."""

logger = structlog.get_logger(__name__)


def configure_logs(
    *, level: str, as_json: bool, environment: Mapping[str, str] = os.environ
) -> None:
    """Send structlog's and the standard library's records to standard error, in one form; also what
    would end the process with a bare traceback."""
    secrets = Secrets(environment)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _hider(secrets),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _renderer(as_json),
            _cleaner(secrets),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # The exporter of traces complains at every failed try; that it is away is no fault of ours.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _crashed


def _renderer(as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _hider(secrets: Secrets) -> Processor:
    def processor(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        known = secrets()
        return {k: hide(v, known) for k, v in event.items()}

    return processor


def _cleaner(secrets: Secrets) -> Callable[[WrappedLogger, str, Any], Any]:
    """The last look at the finished line: rendering shows what only an object's repr knew."""

    def processor(_logger: WrappedLogger, _method: str, line: Any) -> Any:
        return clean(line, secrets()) if isinstance(line, str) else line

    return processor


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {**ids_of_span(), **event}


def _crashed(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger.critical("the process ends by an unexpected error", exc_info=(kind, error, traceback))
