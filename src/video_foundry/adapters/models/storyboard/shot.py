"""One shot: builds the scene once, then draws any frame of it, and knows its sound."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video_foundry.adapters.models.storyboard.camera import Camera, View
from video_foundry.adapters.models.storyboard.finish import Finish
from video_foundry.adapters.models.storyboard.palette import palette_for
from video_foundry.adapters.models.storyboard.reading import read_brief
from video_foundry.adapters.models.storyboard.request import FPS, DrawingRequest
from video_foundry.adapters.models.storyboard.scenes.abstract import abstract
from video_foundry.adapters.models.storyboard.scenes.city import city
from video_foundry.adapters.models.storyboard.scenes.forest import forest
from video_foundry.adapters.models.storyboard.scenes.interface import interface
from video_foundry.adapters.models.storyboard.scenes.interior import interior
from video_foundry.adapters.models.storyboard.scenes.landscape import landscape
from video_foundry.adapters.models.storyboard.scenes.object import thing
from video_foundry.adapters.models.storyboard.scenes.ocean import ocean
from video_foundry.adapters.models.storyboard.scenes.people import people
from video_foundry.adapters.models.storyboard.scenes.road import road
from video_foundry.adapters.models.storyboard.scenes.space import space
from video_foundry.adapters.models.storyboard.slate import Slate
from video_foundry.adapters.models.storyboard.sound import SAMPLE_RATE, Samples, bed
from video_foundry.adapters.models.storyboard.stage import Drawable, Stage
from video_foundry.adapters.models.storyboard.weather import weather

SCENES: Mapping[str, Callable[[Stage], list[Drawable]]] = {
    "abstract": abstract,
    "city": city,
    "forest": forest,
    "interface": interface,
    "interior": interior,
    "landscape": landscape,
    "object": thing,
    "ocean": ocean,
    "people": people,
    "road": road,
    "space": space,
}


class Shot:
    """A shot that is ready to be drawn."""

    def __init__(self, request: DrawingRequest) -> None:
        self.request = request
        self.stage = _stage(request)
        self.parts: list[Drawable] = [
            *SCENES[self.stage.brief.scene](self.stage),
            *weather(self.stage),
        ]
        self._finish = Finish(self.stage)
        self._canvas = Image.new("RGB", (request.width, request.height))
        self._draw_scene(request.frames // 2)
        self._slate = Slate(self.stage, request.shot, request.frames, self._canvas)

    def frame(self, index: int) -> NDArray[np.uint8]:
        """The finished frame of this index, height x width x 3."""
        view = self._draw_scene(index)
        self._slate.draw(self._canvas, view)
        return self._finish.apply(self._canvas, index)

    def picture(self) -> NDArray[np.uint8]:
        """The shot's first frame without anything lettered on it."""
        self._draw_scene(0)
        return self._finish.apply(self._canvas, 0)

    def _draw_scene(self, index: int) -> View:
        view = self.stage.camera.at(index)
        for part in self.parts:
            part.draw(self._canvas, view)
        return view

    def sound(self) -> Samples | None:
        """The bed of sound, None where none is wanted."""
        if not self.request.audio:
            return None
        samples = self.request.frames * SAMPLE_RATE // FPS
        return bed(self.stage.brief, self.request.prompt, self.request.seed, samples)


def _stage(request: DrawingRequest) -> Stage:
    brief = read_brief(request.prompt, seed=request.seed, camera=request.camera)
    camera = Camera(
        move=brief.move, frames=request.frames, width=request.width, height=request.height
    )
    turn = ((request.seed * 2654435761) % 1000 / 1000 - 0.5) * 0.16
    return Stage(
        width=request.width,
        height=request.height,
        seed=request.seed,
        prompt=request.prompt,
        brief=brief,
        palette=palette_for(brief, request.style, turn),
        camera=camera,
    )
