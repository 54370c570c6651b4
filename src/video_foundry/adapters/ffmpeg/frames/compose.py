"""Makes one piece in the child: layers are decoded, changed into one another, overlaid, encoded.

Never more than the frames at hand are in memory, except where a layer runs backwards: there as many
as one of its runs.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from video_foundry.adapters.ffmpeg.frames.changing import Changer
from video_foundry.adapters.ffmpeg.frames.overlays import Overlay
from video_foundry.adapters.ffmpeg.frames.planes import Frame, Size
from video_foundry.adapters.ffmpeg.frames.streams import Encoder, Layer

TELL_EVERY = 0.2
"""Seconds between two reports of progress."""

Report = Callable[[float], None]


def compose(request: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Write the piece. Raises Unfit with a sentence for people.

    request: `label`, `size`, `frames`, `encoder` (a command that takes raw frames), `layers` (see
    `streams.Layer`, and `at` and `frames`), `moments` of the frames that two layers share,
    `overlays` (`path`, and `states` as (first frame, frame after the last, state)).
    """
    size, frames = Size(*request["size"]), request["frames"]
    told = time.monotonic()
    with ExitStack() as stack:
        encoder = stack.enter_context(Encoder(request["encoder"], request["label"]))
        layers = _Layers(stack, request["layers"], request["moments"], size)
        overlays = _Overlays(request["overlays"], size)
        for place in range(frames):
            encoder.write(overlays.drawn(place, layers.picture(place)))
            if time.monotonic() - told > TELL_EVERY:
                told = time.monotonic()
                report((place + 1) / frames)
        encoder.finish()
    return {}


class _Layers:
    """One clip, or two of which the second takes the first one's place."""

    def __init__(
        self,
        stack: ExitStack,
        requests: Sequence[Mapping[str, Any]],
        moments: Sequence[Mapping[str, Any]],
        size: Size,
    ) -> None:
        self._layers = [stack.enter_context(Layer(layer, size)) for layer in requests]
        self._moments = moments
        self._changer = Changer(size)
        self._meet = requests[-1]["at"] if len(requests) > 1 else 0
        self._part = self._meet + len(moments)

    def picture(self, place: int) -> Frame:
        """The picture at a frame of the piece, which must be asked for in order."""
        if place >= self._part:
            return self._layers[-1].next()
        if place < self._meet:
            return self._layers[0].next()
        first, second = (layer.next() for layer in self._layers)
        return self._changer.draw(self._moments[place - self._meet], first, second)


class _Overlays:
    """What lies over the picture; each is read when it first shows and dropped after that."""

    def __init__(self, requests: Sequence[Mapping[str, Any]], size: Size) -> None:
        self._requests, self._size = requests, size
        self._open: dict[int, Overlay] = {}

    def drawn(self, place: int, picture: Frame) -> Frame:
        """The picture with everything that shows at a frame of the piece."""
        result = None
        for index, request in enumerate(self._requests):
            state = _state(request["states"], place)
            if state is None:
                self._open.pop(index, None)
                continue
            if index not in self._open:
                self._open[index] = Overlay(Path(request["path"]), self._size)
            result = result or picture.copy()
            self._open[index].draw(result, state)
        return result or picture


def _state(states: Sequence[Sequence[Any]], place: int) -> Mapping[str, Any] | None:
    for first, end, state in states:
        if first <= place < end:
            told: Mapping[str, Any] = state
            return told
    return None
