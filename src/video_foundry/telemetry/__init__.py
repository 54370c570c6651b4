"""Logs and traces without secrets, for any room. Nothing is sent anywhere unless the operator names
a collector."""

from video_foundry.telemetry.logs import configure_logs
from video_foundry.telemetry.secrets import clean, hide, keep_secret, keep_secret_value, secrets_in
from video_foundry.telemetry.traces import configure_traces, end_traces, instrument, span

__all__ = [
    "clean",
    "configure_logs",
    "configure_traces",
    "end_traces",
    "hide",
    "instrument",
    "keep_secret",
    "keep_secret_value",
    "secrets_in",
    "span",
]
