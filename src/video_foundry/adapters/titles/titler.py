"""Titles and images by Skia and Pillow: steps in, PNG files out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from video_foundry.adapters.titles.artist import Artist, ArtistRefused
from video_foundry.adapters.titles.library import FontLibrary
from video_foundry.adapters.titles.request import image_request, title_request
from video_foundry.core.fonts import FontFamily
from video_foundry.core.titles import TitleSpec
from video_foundry.errors import CompositionFailed
from video_foundry.ports.titles import BUNDLED, Drawn, DrawnTitle, ImageStep, TitleStep


class SkiaTitler:
    """The port `Titler`. fonts: the folder they lie in. memory: bytes of address space of the child
    that draws. output: bytes of a file it writes. timeout: seconds for one title or image."""

    def __init__(
        self,
        fonts: Path = BUNDLED,
        *,
        memory: int = 2 * 1024**3,
        output: int = 512 * 1024**2,
        timeout: float = 60,
    ) -> None:
        self._library = FontLibrary(fonts)
        self._artist = Artist(memory=memory, output=output)
        self._timeout = timeout

    async def title(self, step: TitleStep, target: Path) -> DrawnTitle:
        """See the port."""
        async with _published(target) as partial:
            return await self._title(step, {"target": str(partial)})

    async def measure(self, step: TitleStep) -> DrawnTitle:
        """See the port."""
        return await self._title(step, {})

    async def image(self, step: ImageStep, target: Path) -> Drawn:
        """See the port."""
        async with _published(target) as partial:
            request = image_request(step) | {"target": str(partial)}
            answer = await self._ask(request, step.label)
        return Drawn(box=_box(answer))

    def fonts(self) -> Sequence[FontFamily]:
        """See the port."""
        return self._library.families()

    def font_digests(self, spec: TitleSpec) -> Sequence[str]:
        """See the port."""
        return self._library.digests(spec)

    def missing_characters(self, text: str) -> str:
        """See the port."""
        return self._library.missing(text)

    async def aclose(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._artist.close)

    async def _title(self, step: TitleStep, aim: dict[str, str]) -> DrawnTitle:
        request = await asyncio.to_thread(title_request, step, self._library)
        answer = await self._ask(request | aim, step.label)
        return DrawnTitle(
            box=_box(answer),
            scale=float(answer["scale"]),
            lines=int(answer["lines"]),
            missing=self._library.missing(step.spec.text),
            is_word_broken=bool(answer["is_word_broken"]),
        )

    async def _ask(self, request: dict[str, Any], label: str) -> dict[str, Any]:
        try:
            return await self._artist.ask(request, timeout=self._timeout)
        except ArtistRefused as error:
            raise CompositionFailed(f"{label}: {error}") from error


def _box(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (int(side) for side in answer["box"])
    return left, top, right, bottom


@asynccontextmanager
async def _published(target: Path) -> AsyncIterator[Path]:
    """A temporary name beside `target`, renamed to it at the end, or gone after any failure."""
    partial = target.with_name(f".{uuid4().hex}.part.png")
    try:
        yield partial
        await asyncio.to_thread(partial.replace, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
