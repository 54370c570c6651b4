"""How a finished film is held against its definition and against the same film made otherwise; with
how much likeness it passes, and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from tests.composing.strict import KEYFRAME_DISTANCE, check_file
from tests.composing.tally import Tally

from video_foundry.adapters.ffmpeg.encoding import picture_encoder
from video_foundry.core.film import Film
from video_foundry.core.graph import Graph
from video_foundry.core.profile import OutputProfile
from video_foundry.testing.clips import run_ffmpeg
from video_foundry.testing.film_reading import read_sound, read_times
from video_foundry.testing.full_mix import FullMix, noise_ratio, one_pass
from video_foundry.testing.full_render import Drawn, Material
from video_foundry.testing.pictures import likeness, split_pictures
from video_foundry.testing.sameness import (
    Frames,
    barcode,
    brightness,
    decoded_frames,
    noise_between,
    packets,
    structural_likeness,
)

USUAL_ENCODER = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-bf", "3"),
    *("-g", str(KEYFRAME_DISTANCE), "-sc_threshold", "0", "-threads", "1"),
)
"""Of H.264, told apart from what makes pieces; with other codecs an encode in one go shows only
what it costs that a film is divided."""


@dataclass(frozen=True, kw_only=True)
class Near:
    """How near a frame is to another. like: SSIM of brightness; decibels: over colour too."""

    like: float
    decibels: float

    def has(self, least: "Near") -> bool:
        """Whether it is as near as that, or nearer."""
        return self.like >= least.like and self.decibels >= least.decibels


USUAL = Near(like=0.99, decibels=39.0)
"""What every frame has with what it should be, or better."""

BELOW = Near(like=0.015, decibels=4.0)
"""Where patterns, edges and letters in such small pictures cost more than that in any encode: how
much below the worst of one encode of the whole film a frame may be, within a group of frames of it.
There groups lie elsewhere, and what a pattern costs stays on to its group's end."""

TWICE = Near(like=0.99, decibels=33.0)
"""What two encodes of the same frame have of one another."""

UNSEEN = Near(like=0.98, decibels=45.0)
"""Or this: where a picture is nearly flat there is so little structure that SSIM takes noise of one
level in 255 for a loss of it. At this many decibels there is no other difference."""

SOUND_LOSS = 0.5
"""dB by which a film's sound may be further from the mix than one encode of the whole is."""

SILENT = 60.0
"""dB at which two sounds cannot be told apart; one of few tones can be encoded better still."""


TICK = Fraction(1, 1000)
"""Seconds; the times of WebM are whole numbers of them."""


def check_times(film: Film, target: Path, frames: int) -> None:
    """Each frame lasts as long as every other, and nobody has anything to complain of."""
    wanted, found = [n / film.rate.fraction for n in range(frames)], read_times(target)
    if film.profile.format.container == "webm":
        assert len(found) == frames
        assert all(abs(one - due) <= TICK / 2 for one, due in zip(found, wanted, strict=True))
        return
    assert found == wanted
    check_file(target, frames, film.rate.fraction, longest=longest_group(film))


def longest_group(film: Film) -> int:
    """Frames from one key frame to the next, where clips may be copied as they are."""
    codings = [clip.source.coding for clip in film.clips]
    groups = [frames for coding in codings if coding for frames, _ in coding.groups]
    return max([KEYFRAME_DISTANCE, *groups])


def check_pictures(
    film: Film,
    target: Path,
    drawn: Sequence[Drawn],
    numbers: Mapping[str, int],
    tally: Tally,
    *,
    copied: Collection[int] = (),
    least: Near = USUAL,
) -> None:
    """Each frame is the right one, and as like its definition as an encode leaves it. copied: the
    numbers of those that are a clip's own."""
    kind = tally.kind(film.profile)
    size = (film.profile.width, film.profile.height)
    frames = decoded_frames(target, size)
    found = _nearness(frames, drawn, size)
    at_once = _nearness(encoded_at_once(film, drawn, target), drawn, size)
    for place, (frame, wanted) in enumerate(zip(frames, drawn, strict=True)):
        one = found[place]
        tally.saw(wanted.shows, one.like, at_once[place].like)
        row = kind.copied if place in copied else kind.encoded
        row.saw(one.like, at_once[place].like)
        around = at_once[max(0, place - KEYFRAME_DISTANCE) : place + KEYFRAME_DISTANCE + 1]
        like = min(other.like for other in around) - BELOW.like
        decibels = min(other.decibels for other in around) - BELOW.decibels
        told = f"frame {place} ({', '.join(wanted.shows)}): {one}"
        assert one.like >= min(least.like, like), f"{told}, {like:.4f} is due"
        assert one.decibels >= min(least.decibels, decibels), f"{told}, {decibels:.1f} dB is due"
        if wanted.alone is not None:
            digest, number = wanted.alone
            code = numbers.get(digest), number
            if barcode(wanted.picture.bright) == code:  # framing may have torn it apart
                assert barcode(brightness(frame, size)) == code, told


def _nearness(frames: Frames, drawn: Sequence[Drawn], size: tuple[int, int]) -> list[Near]:
    """Of each frame to what it should be."""
    return [
        Near(
            like=structural_likeness(seen.bright, wanted.picture.bright),
            decibels=likeness(seen, wanted.picture),
        )
        for seen, wanted in zip(split_pictures(frames.tobytes(), size), drawn, strict=True)
    ]


def encoded_at_once(film: Film, drawn: Sequence[Drawn], target: Path) -> Frames:
    """The full render, encoded in one go, and decoded."""
    profile = film.profile
    path = target.with_suffix(f".whole.{profile.format.piece}")
    raw = b"".join(
        np.clip(np.round(plane), 0, 255).astype(np.uint8).tobytes()
        for one in drawn
        for plane in one.picture.planes
    )
    run_ffmpeg(
        [
            *("-f", "rawvideo", "-pixel_format", "yuv420p", "-framerate", str(profile.fps)),
            *("-video_size", f"{profile.width}x{profile.height}", "-i", "pipe:0"),
        ],
        *(USUAL_ENCODER if profile.codec == "h264" else picture_encoder(profile, threads=1)),
        *(str(path),),
        stdin=raw,
    )
    return decoded_frames(path, (profile.width, profile.height))


def check_sound(
    film: Film,
    target: Path,
    material: Material,
    frames: int,
    tally: Tally,
    *,
    gain_db: Decimal | None = Decimal(0),
    loss: float = SOUND_LOSS,
) -> None:
    """As many samples as the picture is long, and as near to the mix as one encode brings it; but
    where a limiter works (gain None), what it makes of the mix is not known here."""
    found = read_sound(target) / 32768
    assert len(found) == film.rate.samples_of(frames)
    if gain_db is None:
        return
    wanted = FullMix(film, material, gain_db=gain_db).mixed()
    if not wanted.any():
        assert not found.any()
        return
    codec = film.profile.format.sound
    path = target.with_suffix(".one.mov" if codec == "pcm_s16le" else ".one.mp4")
    best = noise_ratio(wanted, one_pass(wanted, path, codec))
    ratio = noise_ratio(wanted, found)
    tally.heard(ratio - min(best, SILENT))
    assert ratio >= min(best, SILENT) - loss, f"{ratio:.1f} dB, one encode has {best:.1f} dB"


Origin = tuple[str, int]
"""A piece, by its fingerprint, and the number of a frame in it."""


def origins(graph: Graph) -> list[Origin]:
    """Which frame of which piece each frame of a film is."""
    cuts: Sequence[Sequence[Any]] = graph.master.spec["cuts"]
    return [(piece, first + n) for piece, first, frames in cuts for n in range(frames)]


def copies(graph: Graph) -> set[int]:
    """The numbers of a film's frames that are copied from clips as they are."""
    return {one.start + n for one in graph.copied for n in range(one.frames)}


def check_same(
    one: tuple[Path, Sequence[Origin]],
    two: tuple[Path, Sequence[Origin]],
    profile: OutputProfile,
    tally: Tally,
) -> None:
    """Two makings of one film: sound byte by byte, and every frame that comes from the same place
    of the same piece bit by bit."""
    size, kind = (profile.width, profile.height), tally.kind(profile)
    assert read_times(one[0]) == read_times(two[0])
    assert packets(one[0], "a") == packets(two[0], "a")
    kind.pairs += 1
    frames = [decoded_frames(path, size) for path, _ in (one, two)]
    for place, (a, b, from_a, from_b) in enumerate(zip(*frames, one[1], two[1], strict=True)):
        if from_a == from_b:
            kind.same += 1
            assert np.array_equal(a, b), f"frame {place}"
            continue
        near = Near(
            like=structural_likeness(brightness(a, size), brightness(b, size)),
            decibels=noise_between(a, b),
        )
        kind.again.saw(near.like, 1.0)
        kind.flat += near.like < TWICE.like
        assert any(near.has(least) for least in (TWICE, UNSEEN)), f"frame {place}: {near}"
