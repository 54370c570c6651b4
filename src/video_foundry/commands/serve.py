"""`video-foundry serve`: UI and API, and workers in the same process unless told otherwise; ended
gracefully by SIGTERM."""

import os
import signal
from types import FrameType

import uvicorn

from video_foundry.api.starting import Starting
from video_foundry.bootstrap import serving_app
from video_foundry.errors import BadInput
from video_foundry.settings import Settings, load_settings
from video_foundry.telemetry import configure_logs, configure_traces, end_traces

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LEAVE_SECONDS = 3
"""How long open connections (WebSockets, downloads) may take to leave at shutdown."""


def serve(*, host: str | None, port: int | None, workers: bool | None = None) -> int:
    """Serve until told to stop. workers: whether jobs are done in this process too; None takes the
    setting. Raises BadInput for settings that cannot be, and whatever else keeps the application
    from starting."""
    settings = load_settings(host=host, port=port, embedded_workers=workers)
    configure_logs(
        level=settings.log_level,
        as_json=settings.log_format == "json",
        environment=os.environ,
    )
    _refuse_open_host(settings)
    configure_traces(os.environ, service="video-foundry-api")
    app = Starting(serving_app(settings))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LEAVE_SECONDS,
        ws_max_size=64 * 1024,
    )
    print(f"Video Foundry on http://{_shown(settings)} (stop with Ctrl+C)", flush=True)
    for ending in (signal.SIGINT, signal.SIGTERM):
        # uvicorn hands the signal on after its own graceful end: then there is nothing left to do.
        signal.signal(ending, _already_ended)
    server = uvicorn.Server(config)
    try:
        server.run()
    except SystemExit:
        if app.failure is None:
            raise
        raise app.failure from None
    finally:
        end_traces()
    return 0 if server.started else 1


def _already_ended(_signal: int, _frame: FrameType | None) -> None:
    return


def _shown(settings: Settings) -> str:
    host = "localhost" if settings.host in LOOPBACK else settings.host
    return f"{host}:{settings.port}"


def _refuse_open_host(settings: Settings) -> None:
    """There is no login yet: outside loopback somebody must name who may call."""
    if settings.host in LOOPBACK or settings.allowed_hosts:
        return
    raise BadInput(
        f"listening on {settings.host} would let other machines in, and there is no login",
        field="VIDEO_FOUNDRY_ALLOWED_HOSTS",
        fix="put it behind a proxy with a login and name the host it is called by there, or "
        "listen on 127.0.0.1",
    )
