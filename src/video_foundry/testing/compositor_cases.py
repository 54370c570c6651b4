"""The clips of many kinds that a compositor is tried on, and what must come out of each.

Data and arithmetic for `compositor_contract`; nothing here composes.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate
from video_foundry.testing.clips import ClipSpec, variable_times

SMALL = OutputProfile(width=192, height=108, fps=FrameRate(num=24))
NTSC = OutputProfile(width=192, height=108, fps=FrameRate(num=30_000, den=1001))

KINDS = {
    "plain.mp4": ClipSpec(number=1),
    "portrait.mov": ClipSpec(number=2, size=(90, 160), rate="30000/1001", sound_channels=2),
    "vp9.webm": ClipSpec(number=3, codec="libvpx-vp9", sound="libopus", sound_rate=48_000),
    "turned.mp4": ClipSpec(number=4, rotation=90),
    "wide-pixels.mp4": ClipSpec(number=5, size=(120, 90), aspect="4/3"),
    "full-range.mp4": ClipSpec(number=6, pixel_format="yuvj420p", full_range=True, rate="25"),
    "ten-bit-silent.mp4": ClipSpec(number=7, pixel_format="yuv420p10le", sound=None),
    "variable.mp4": ClipSpec(number=8, variable=True),
    "odd-size.mkv": ClipSpec(number=9, size=(161, 91), pixel_format="yuv444p", rate="50"),
    "late-picture.mp4": ClipSpec(number=10, picture_delay=0.5),
    "late-short-sound.mp4": ClipSpec(number=11, sound_delay=0.25, sound_seconds=0.5),
    "slow.mp4": ClipSpec(number=12, rate="10", frames=10),
}

SHOWN = {
    "portrait.mov": (90, 160),
    "turned.mp4": (90, 160),
    "wide-pixels.mp4": (160, 90),
    "odd-size.mkv": (161, 91),
}


@contextmanager
def listening() -> Iterator[tuple[int, list[object]]]:
    """A loopback port, and the list of who called it."""
    callers: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                connection.close()
                callers.append(address)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1], callers
        finally:
            over.set()
            thread.join()


def source_times(spec: ClipSpec) -> list[Fraction]:
    """Seconds at which the clip's frames are shown, the first being zero."""
    if spec.variable:
        return variable_times(spec.frames)
    return [n / Fraction(spec.rate) for n in range(spec.frames)]


def expected_frames(
    spec: ClipSpec, profile: OutputProfile, frames: int, start: Fraction = Fraction(0)
) -> list[tuple[int, int]]:
    """(clip, frame) that each frame of the film must show: the last one due by then."""
    places = [
        int((time - start) * profile.fps.fraction + Fraction(1, 2))
        if time >= start
        else -int((start - time) * profile.fps.fraction + Fraction(1, 2))
        for time in source_times(spec)
    ]
    due = [
        max((k for k, place in enumerate(places) if place <= n), default=0) for n in range(frames)
    ]
    return [(spec.number, frame) for frame in due]


def fitted(size: tuple[int, int], profile: OutputProfile) -> tuple[int, int, int, int]:
    """x, y, width, height of a picture of `size` centred in the profile, within a pixel."""
    factor = min(profile.width / size[0], profile.height / size[1])
    width, height = round(size[0] * factor), round(size[1] * factor)
    return (profile.width - width) // 2, (profile.height - height) // 2, width, height
