"""A film by MoviePy 2, written as its documentation would have it: a program for the Python that
has MoviePy, which imports nothing of ours.

Arguments: a file with one clip a line, the film to write, seconds of the crossfade on every cut (0
for cuts), frames a second, CRF, bit rate of the sound.
"""

import sys
from pathlib import Path
from typing import Any

from moviepy import (  # type: ignore[import-not-found]  # installed only where this program runs
    VideoFileClip,
    afx,
    concatenate_videoclips,
    vfx,
)


def joined(clips: list[Any], overlap: float) -> Any:
    """One after the other, or each faded into the next."""
    if not overlap:
        return concatenate_videoclips(clips, method="chain")
    first, *others = clips
    came = [vfx.CrossFadeIn(overlap), afx.AudioFadeIn(overlap), afx.AudioFadeOut(overlap)]
    faded = [first.with_effects([afx.AudioFadeOut(overlap)])]
    faded += [clip.with_effects(came) for clip in others]
    return concatenate_videoclips(faded, method="compose", padding=-overlap)


def main() -> None:
    """Read, join, write; every reader's process is waited for."""
    listing, target, overlap, fps, crf, bitrate = sys.argv[1:]
    clips = [VideoFileClip(path) for path in Path(listing).read_text().splitlines()]
    film = joined(clips, float(overlap))
    film.write_videofile(
        target,
        fps=int(fps),
        codec="libx264",
        preset="veryfast",
        audio_codec="aac",
        audio_bitrate=bitrate,
        audio_fps=48000,
        ffmpeg_params=["-crf", crf, "-pix_fmt", "yuv420p", "-movflags", "+faststart"],
        logger=None,
    )
    film.close()
    for clip in clips:
        clip.close()


if __name__ == "__main__":
    main()
