"""The drawing process: one request as a line on standard input, progress on standard output.

Ends by itself when its standard input is closed, so no drawing outlives the server that wanted it.
"""

import os
import sys
import threading
from pathlib import Path

from PIL import Image

from video_foundry.adapters.models.storyboard.encode import Frame, write_video
from video_foundry.adapters.models.storyboard.opening import opened, read_opening
from video_foundry.adapters.models.storyboard.request import DrawingRequest
from video_foundry.adapters.models.storyboard.shot import Shot

STDIN = 0


def main() -> None:
    """Draw the request whose line comes first; the target path is the line after it."""
    os.nice(10)
    request = DrawingRequest.from_json(_line())
    target = Path(_line())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    unfinished = target.with_suffix(".part")
    if request.is_still:
        draw_still(request, unfinished)
    else:
        draw(request, unfinished)
    unfinished.replace(target)


def draw(request: DrawingRequest, target: Path) -> None:
    """Draw and encode the whole shot, telling the share done once in a while."""
    shot, size = Shot(request), (request.width, request.height)
    opening = read_opening(request.opening, size) if request.opening else None
    _tell(0.01)

    def frame_at(index: int) -> Frame:
        if index % 6 == 0:
            _tell(max(0.01, index / request.frames))
        frame = shot.frame(index)
        return frame if opening is None else opened(opening, frame, index, request.frames)

    write_video(target, size, request.frames, frame_at, shot.sound())
    _tell(1.0)


def draw_still(request: DrawingRequest, target: Path) -> None:
    """Draw the shot's first frame as a PNG."""
    _tell(0.01)
    Image.fromarray(Shot(request).picture()).save(target, format="PNG")
    _tell(1.0)


def _tell(share: float) -> None:
    sys.stdout.write(f"{share:.4f}\n")
    sys.stdout.flush()


def _line() -> str:
    """One line, read past Python's buffer: what follows is for the thread that waits."""
    found = bytearray()
    while (byte := os.read(STDIN, 1)) not in (b"", b"\n"):
        found += byte
    return found.decode()


def _end_with_parent() -> None:
    while os.read(STDIN, 4096):
        pass
    os._exit(3)


if __name__ == "__main__":
    main()
