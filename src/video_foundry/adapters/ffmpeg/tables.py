"""Writes a look as .cube files of our own making, the only form in which FFmpeg gets to see it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from video_foundry.core.effects import Look
from video_foundry.core.looks import (
    LARGEST_CUBE_FILE,
    cube_of,
    matrix_of,
    parse_cube,
    write_cube,
)
from video_foundry.errors import BadInput


async def write_tables(look: Look, lut: Path | None, folder: Path) -> Sequence[Path]:
    """The tables of a look, in the order in which they apply; none for a neutral one.

    lut: the user's file for `look.lut`. folder: made when needed. Raises BadInput for a file that
    is no table.
    """
    return await asyncio.to_thread(_write, look, lut, folder)


def _write(look: Look, lut: Path | None, folder: Path) -> list[Path]:
    texts = []
    if replace(look, lut=None) != Look():
        texts.append(write_cube(cube_of(matrix_of(look))))
    if look.lut is not None:
        texts.append(write_cube(parse_cube(_read(lut))))
    if texts:
        folder.mkdir()
    tables = []
    for place, text in enumerate(texts):
        tables.append(folder / f"{place}.cube")
        tables[-1].write_text(text, "ascii")
    return tables


def _read(lut: Path | None) -> str:
    if lut is None or not lut.is_file():
        raise BadInput("the LUT's file is missing", field="lut", fix="upload it again")
    with lut.open(encoding="utf-8", errors="replace") as file:
        return file.read(LARGEST_CUBE_FILE + 1)
