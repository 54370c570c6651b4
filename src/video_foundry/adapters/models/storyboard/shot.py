"""One shot as frames: builds the scene once, then draws any frame of it. No encoding here."""

from collections.abc import Callable, Mapping

from PIL import Image

from video_foundry.adapters.models.storyboard.camera import Camera
from video_foundry.adapters.models.storyboard.palette import palette_for
from video_foundry.adapters.models.storyboard.reading import read_brief
from video_foundry.adapters.models.storyboard.request import DrawingRequest
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
from video_foundry.adapters.models.storyboard.stage import Drawable, Stage

SCENES: Mapping[str, Callable[[Stage], list[Drawable]]] = {"landscape": landscape, "city": city, "ocean": ocean, "forest": forest, "space": space, "abstract": abstract, "interior": interior, "people": people, "interface": interface, "object": thing, "road": road}


class Shot:
    """A shot that is ready to be drawn."""

    def __init__(self, request: DrawingRequest) -> None:
        self.stage = _stage(request)
        build = SCENES.get(self.stage.brief.scene, landscape)
        self.parts = [*build(self.stage)]
        self._frame = Image.new("RGB", (request.width, request.height))

    def frame(self, index: int) -> Image.Image:
        """The frame of this index; the image is used again for the next one."""
        view = self.stage.camera.at(index)
        for part in self.parts:
            part.draw(self._frame, view)
        return self._frame


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
