"""What holds for small pictures holds for larger ones: a film of 640 x 360 with most of what can be
done in it, and random edits of such films. Only with VIDEO_FOUNDRY_PROOF set (`make proof`)."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.composing.house import PROFILE, House, film_of, used
from tests.composing.test_codecs import PROOF, chance_of, edits_by, short
from tests.composing.test_edits import try_chain
from tests.composing.timelines import Shelf

from video_foundry.core.composition import Trim
from video_foundry.core.effects import Framing, Look, Move, PictureEffects, Retime, Viewport
from video_foundry.core.titles import image_from_json, text_from_json
from video_foundry.core.transitions import make_transition

F = Fraction

SIZE = (640, 360)
LARGER = replace(PROFILE, width=SIZE[0], height=SIZE[1])

pytestmark = pytest.mark.skipif(
    not PROOF, reason="each frame is 25 times as much to draw and to compare (make proof)"
)


async def test_a_larger_film(house: House, tmp_path: Path) -> None:
    """Trims off every grid, transitions of which one is a pattern, a moving view, a look, a clip
    played backwards, a text and an image."""
    one, two = [await house.clip(number, 40, size=SIZE) for number in (1, 2)]
    waves = await house.waves(30, size=SIZE)
    moving = Framing(fit="fill", move=Move(end=Viewport(scale=F(3, 2), x=F(1, 10))))
    clips = [
        used(one, trim=Trim(start=F(5, 24)), transition=make_transition("dissolve", F(1, 4))),
        used(waves, effects=PictureEffects(framing=moving, look=Look(saturation=F(1, 2)))),
        used(
            two,
            effects=PictureEffects(retime=Retime(is_reversed=True)),
            trim=Trim(end=F(29, 24)),
            transition=make_transition("push-left", F(1, 4)),
        ),
        used(one, trim=Trim(end=F(1, 2))),
    ]
    text = text_from_json({"text": "Ärger 你好", "start": "0.3", "end": "1.1"}, field="text.0")
    logo = image_from_json({"media": await house.logo(), "start": "2.4"}, field="images.0")
    film = film_of(*clips, profile=LARGER, overlays=[text, logo])
    await house.composed(film, tmp_path / "film.mp4")


async def larger(house: House) -> Shelf:
    """Clips of this size."""
    clips = [
        await house.clip(1, 30, size=SIZE),
        await house.clip(2, 40, size=SIZE),
        await house.waves(30, size=SIZE),
        await house.clip(5, 36, size=SIZE, rate="30000/1001", sound=None),
    ]
    return replace(await short(house), clips=clips)


def test_a_larger_film_is_the_same_whatever_was_made_before_it(
    house: House, request: pytest.FixtureRequest
) -> None:
    chance = chance_of(request, "larger")
    try_chain(house, larger, edits_by(chance, 8), edits_by(chance, 2), LARGER)
