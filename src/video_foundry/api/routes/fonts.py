"""The bundled fonts as files, for a browser whose system cannot write what a person has typed.

Nothing is drawn or chosen here: pages name the file, and titles are set elsewhere.
"""

from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from video_foundry.core.fonts import FONT_FILES
from video_foundry.ports.titles import BUNDLED

router = APIRouter(prefix="/api", tags=["previews"], include_in_schema=False)

# Their names carry no digest, so a browser asks again after a week whether its copy still stands.
_HEADERS: Final = {"Cache-Control": "private, max-age=604800"}


@router.get("/fonts/{file}", response_class=FileResponse)
async def get_font(file: str) -> FileResponse:
    """One of `FONT_FILES`; 404 for any other name, and where it is not installed."""
    path = BUNDLED / file
    if file not in FONT_FILES or not path.is_file():
        raise HTTPException(404, "there is no such font")
    media_type = "font/collection" if path.suffix == ".ttc" else "font/ttf"
    return FileResponse(path, media_type=media_type, headers=_HEADERS)
