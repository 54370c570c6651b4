"""Traces: off by default, without words of users or errors when on, and never in the way."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.api.studio import Studio, shot

from video_foundry import telemetry
from video_foundry.telemetry import traces
from video_foundry.testing.server import serving
from video_foundry.testing.stack.base import free_port

KEY = "canary-key-0123456789"


@contextmanager
def tracing() -> Iterator[list[ReadableSpan]]:
    """Traces are on for the length of the block; afterwards the list holds every span."""
    exporter = InMemorySpanExporter()
    spans: list[ReadableSpan] = []
    traces.start_traces(exporter, service="test")
    try:
        yield spans
    finally:
        telemetry.end_traces()
        spans.extend(exporter.get_finished_spans())


def words(spans: list[ReadableSpan]) -> str:
    """All that leaves the process."""
    return "\n".join(span.to_json() for span in spans)


def test_without_a_collector_nothing_is_traced() -> None:
    assert telemetry.configure_traces({}, service="test") is False
    with telemetry.span("nothing", job_id="1"):
        assert traces.ids_of_span() == {}


def test_a_span_holds_ids_and_the_kind_of_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWAY_API_KEY", KEY)
    with (
        tracing() as spans,
        pytest.raises(ValueError, match="secret"),
        telemetry.span("job", job_id="j-1", project_id=None, note=f"with {KEY}"),
    ):
        assert set(traces.ids_of_span()) == {"trace_id", "span_id"}
        raise ValueError("a secret prompt")
    [span] = spans
    assert span.name == "job"
    assert dict(span.attributes or {}) == {"job_id": "j-1", "note": "with [hidden]"}
    assert span.status.description == "ValueError"
    assert "secret prompt" not in words(spans)


def test_requests_are_spans_without_queries_or_prompts(tmp_path: Path) -> None:
    with tracing() as spans, serving(tmp_path / "data") as server:
        studio = Studio(server)
        project = studio.project(shot("a prompt nobody else may read"))
        studio.http.get(f"/api/projects/{project['id']}?token=canary")
        studio.http.get("/readyz")
        studio.close()
    told = words(spans)
    names = {span.name for span in spans}
    assert "GET /api/projects/{project_id}" in names
    assert "canary" not in told
    assert "a prompt nobody" not in told
    assert not any("readyz" in name for name in names)


def test_a_collector_that_is_away_holds_nothing_up(tmp_path: Path) -> None:
    script = (
        "import time\n"
        "from video_foundry import telemetry\n"
        "import os\n"
        "assert telemetry.configure_traces(os.environ, service='test')\n"
        "for n in range(5000):\n"
        "    with telemetry.span('job', n=n):\n"
        "        pass\n"
        "started = time.monotonic()\n"
        "telemetry.end_traces()\n"
        "print(time.monotonic() - started)\n"
    )
    environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < traces.LEAVE_SECONDS + 5
    assert time.monotonic() - started < 60
