"""OpenTelemetry traces: off unless a collector is named and the extra is installed. What is sent
holds names and ids, never prompts, messages of errors or keys; a collector that is away blocks
nothing."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from video_foundry.telemetry.secrets import clean

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
EXPORT_SECONDS = 5.0
"""How long one batch may take to be sent, in a thread of its own."""
LEAVE_SECONDS = 2.0
"""How long the last batch may hold up the end of the process."""
QUIET_PATHS = "health,healthz,readyz,metrics"
ADDRESSES = ("http.url", "http.target", "url.full")
LEFT_OUT = frozenset({"url.query", "exception.message", "exception.stacktrace"})

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Tracing:
    tracer: "Tracer"
    provider: "TracerProvider"


_tracing: _Tracing | None = None


def configure_traces(environment: Mapping[str, str], *, service: str) -> bool:
    """Trace to the collector that the environment names; returns whether there is one.

    service: the name of this process in traces; OTEL_SERVICE_NAME goes before it.
    """
    if not any(environment.get(name) for name in ENDPOINTS):
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - extra
            OTLPSpanExporter,
        )
    except ImportError:
        logger.warning("no traces: install video-foundry[otel] to send them to a collector")
        return False
    exporter = OTLPSpanExporter(timeout=EXPORT_SECONDS)
    start_traces(exporter, service=environment.get("OTEL_SERVICE_NAME") or service)
    return True


def start_traces(exporter: "SpanExporter", *, service: str) -> None:
    """Trace to `exporter`, in batches and from a thread of its own."""
    global _tracing  # noqa: PLW0603 - a process has one tracer, as it has one log
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(
        resource=Resource.create({"service.name": service}), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(_cleaning(exporter)))
    _tracing = _Tracing(provider.get_tracer("video_foundry"), provider)


def end_traces() -> None:
    """Send what is left, within LEAVE_SECONDS, and trace no more."""
    global _tracing
    ending, _tracing = _tracing, None
    if ending is not None:
        # A collector that does not answer would otherwise hold up the end of the process.
        sending = threading.Thread(target=ending.provider.shutdown, daemon=True)
        sending.start()
        sending.join(LEAVE_SECONDS)


@contextlib.contextmanager
def span(name: str, **attributes: str | int | float | bool | None) -> Iterator[None]:
    """A span around the block; costs nothing where nothing is traced.

    attributes: ids, kinds and numbers, never what a user wrote. An error is noted by its type.
    """
    if _tracing is None:
        yield
        return
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - an extra

    known = {key: value for key, value in attributes.items() if value is not None}
    with _tracing.tracer.start_as_current_span(
        name, attributes=known, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def instrument(app: Any) -> None:
    """A span for every request to a FastAPI application, where traces are on; called before it
    serves."""
    if _tracing is None:
        return
    from opentelemetry.instrumentation.fastapi import (  # noqa: PLC0415 - an extra
        FastAPIInstrumentor,
    )

    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=_tracing.provider,
        excluded_urls=QUIET_PATHS,
        exclude_spans=["receive", "send"],
    )


def ids_of_span() -> dict[str, str]:
    """trace_id and span_id of where we are, for log lines; empty outside of any span."""
    if _tracing is None:
        return {}
    from opentelemetry.trace import get_current_span  # noqa: PLC0415 - an extra

    found = get_current_span().get_span_context()
    if not found.is_valid:
        return {}
    return {"trace_id": f"{found.trace_id:032x}", "span_id": f"{found.span_id:016x}"}


def _cleaning(exporter: "SpanExporter") -> "SpanExporter":
    """`exporter`, behind a door that lets no secret and no words of a user through."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult  # noqa: PLC0415

    class Cleaning(SpanExporter):
        def export(self, spans: Sequence["ReadableSpan"]) -> SpanExportResult:
            return exporter.export([_cleaned(each) for each in spans])

        def shutdown(self) -> None:
            exporter.shutdown()

    return Cleaning()


def _cleaned(made: "ReadableSpan") -> "ReadableSpan":
    from opentelemetry.sdk.trace import Event, ReadableSpan  # noqa: PLC0415 - an extra
    from opentelemetry.trace import Status  # noqa: PLC0415

    events = [Event(e.name, _safe(e.attributes), e.timestamp) for e in made.events]
    why = made.status.description
    return ReadableSpan(
        name=clean(made.name),
        context=made.get_span_context(),
        parent=made.parent,
        resource=made.resource,
        attributes=_safe(made.attributes),
        events=events,
        links=made.links,
        kind=made.kind,
        # What follows the colon is the message of an error.
        status=Status(made.status.status_code, clean(why.partition(":")[0]) if why else None),
        start_time=made.start_time,
        end_time=made.end_time,
        instrumentation_scope=made.instrumentation_scope,
    )


def _safe(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    kept = {k: v for k, v in (attributes or {}).items() if k not in LEFT_OUT}
    for name in ADDRESSES:
        if name in kept:
            kept[name] = str(kept[name]).partition("?")[0]
    return {k: clean(v) if isinstance(v, str) else v for k, v in kept.items()}
