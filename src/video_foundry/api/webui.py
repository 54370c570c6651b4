"""The built web UI, served from inside the package. Unknown pages get the app; unknown API paths
and missing assets get a plain 404, never HTML."""

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException

WEBUI = Path(__file__).parent.parent / "webui"

MISSING = """<!doctype html><meta charset="utf-8"><title>Video Foundry</title>
<body style="font:16px system-ui;max-width:40rem;margin:4rem auto;line-height:1.6">
<h1>The web UI is not built</h1>
<p>The API works: see <a href="/docs">/docs</a>. To build the UI run <code>make setup</code> in the
source tree and start the server again.</p>"""

# Windows registries are known to say text/plain here, and modules are then refused.
mimetypes.add_type("text/javascript", ".js")


class _Page(Convertor[str]):
    """Every path but the API's: a wrong method there must find the API's own route."""

    regex = r"(?!api/|api$|ws/).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("page", _Page())


def install(app: FastAPI, folder: Path = WEBUI) -> None:
    """Serve the UI on every path that is not the API's. Must be installed last."""
    root = folder.resolve()

    @app.api_route(
        "/{path:page}",
        methods=["GET", "HEAD"],
        include_in_schema=False,
        response_class=Response,
    )
    async def page(path: str) -> Response:
        if not (root / "index.html").is_file():
            return HTMLResponse(MISSING, status_code=503)
        wanted = _file(root, path)
        if wanted is not None:
            return FileResponse(wanted, headers={"Cache-Control": _cache(path)})
        if path.startswith("assets/") or "." in path.rsplit("/", 1)[-1]:
            raise HTTPException(404)
        return FileResponse(root / "index.html", headers={"Cache-Control": "no-cache"})


def _file(root: Path, path: str) -> Path | None:
    """The file of this name in the UI's folder; None for anything that would leave it."""
    try:
        wanted = (root / path).resolve()
        return wanted if wanted.is_relative_to(root) and wanted.is_file() else None
    except (OSError, ValueError):  # longer than names may be, or with a NUL in it
        return None


def _cache(path: str) -> str:
    """Built assets carry a hash in their name; everything else is asked for each time."""
    return "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
