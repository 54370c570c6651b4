"""Single moments of transitions between pictures whose every edge is hard: what a seam, or the edge
of a picture that has moved by a part of a pixel, shows of a third thing shows here at once."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import product

import numpy as np
import pytest

from video_foundry.adapters.ffmpeg.frames.changing import Changer
from video_foundry.adapters.ffmpeg.frames.planes import Frame, Size
from video_foundry.core.transitions import CATALOGUE, Moment, TransitionKind
from video_foundry.testing.full_drawing import changed
from video_foundry.testing.pictures import Picture, split_pictures

SIZE = Size(48, 28)

BLOCK = 4
"""Samples that are alike, in rows and columns; then the next is bright or dark."""

MOST = (6.5, 9.5, 12.0)
"""Levels of brightness and of both colours. The definition knows to a half of a sixteenth how much
of a sample lies beyond an edge, and 179 levels lie between bright and dark; of colour, what is
drawn takes no notice of the quarter of a sample that it stands to the left, of 32 and of 40."""

MOVING = [
    pytest.param(kind, id=kind.name)
    for kind in CATALOGUE
    if any(p.x or p.y or p.apart_x or p.apart_y for p in (kind.moment(0.3).a, kind.moment(0.3).b))
]


def blocks(seed: int) -> Frame:
    """Bright and dark fields, and strong colours, of no pattern."""
    frame, chance = Frame(SIZE), np.random.default_rng(seed)
    for plane, levels in zip(frame.planes, ((40, 219), (104, 136), (110, 150)), strict=True):
        rows, columns = (-(-length // BLOCK) for length in plane.shape)
        fields = chance.choice(np.array(levels, np.uint8), (rows, columns))
        plane[:] = fields.repeat(BLOCK, 0).repeat(BLOCK, 1)[: plane.shape[0], : plane.shape[1]]
    return frame


def picture_of(frame: Frame) -> Picture:
    """The same as numbers."""
    [picture] = split_pictures(frame.raw.tobytes(), (SIZE.width, SIZE.height))
    return picture


def moments(kind: TransitionKind) -> Iterator[Moment]:
    """Edges at many parts of a pixel, and of a sample of colour."""
    return (kind.moment((n + 0.37) / 31) for n in range(31))


@pytest.mark.parametrize("kind", MOVING)
def test_a_seam_shows_nothing_but_the_two_pictures(kind: TransitionKind) -> None:
    """To within what the definition itself is rounded by, in every sample."""
    first, second, changer = blocks(1), blocks(2), Changer(SIZE)
    for moment, (a, b) in product(moments(kind), ((first, second), (second, first))):
        drawn = picture_of(changer.draw(asdict(moment), a, b))
        due = changed(moment, picture_of(a), picture_of(b))
        for seen, wanted, most in zip(drawn.planes, due.planes, MOST, strict=True):
            assert np.abs(seen - wanted).max() <= most
