"""The API's documentation page, from local files: nothing is loaded from anywhere else."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, Response

router = APIRouter(include_in_schema=False)


@cache
def _static() -> Path:
    """The folder of Swagger UI's files inside the installed package that carries them."""
    spec = find_spec("fastapi_offline")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package fastapi-offline is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "static"


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Swagger UI over /openapi.json."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Video Foundry API",
        swagger_js_url="/docs/static/swagger-ui-bundle.js",
        swagger_css_url="/docs/static/swagger-ui.css",
        swagger_favicon_url="/docs/static/favicon.png",
    )


@router.get("/docs/static/{name}")
async def docs_file(
    name: Literal["swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"],
) -> Response:
    """One of the three files the page needs."""
    return FileResponse(_static() / name, headers={"Cache-Control": "max-age=86400"})
