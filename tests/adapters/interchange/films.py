"""A film with something of everything that a timeline can be asked for, and what is known of it."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from video_foundry.adapters.interchange.writer import OtioWriter
from video_foundry.core.composition import Source, Trim
from video_foundry.core.effects import Freeze, PictureEffects, Retime
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.interchange import CutList, Origin, StoredFile, cut_list
from video_foundry.core.interchange_formats import FORMATS
from video_foundry.core.overlays import Overlay
from video_foundry.core.profile import OutputProfile
from video_foundry.core.sound import SoundItem, SoundShape
from video_foundry.core.timebase import FrameRate
from video_foundry.core.titles import ImageItem, TextItem, Timing
from video_foundry.core.transitions import Transition

RATES = (
    FrameRate(num=24),
    FrameRate(num=25),
    FrameRate(num=24_000, den=1001),
    FrameRate(num=30_000, den=1001),
)
DISSOLVE = Transition(kind="fade", seconds=Fraction(1), easing="linear")
WIPE = Transition(kind="wipe-left", seconds=Fraction(1, 2), easing="smooth")
OWN_RATE = FrameRate(num=30)
MUSIC, LOGO = sha256(b"music").hexdigest(), sha256(b"logo").hexdigest()


def digest(index: int) -> str:
    """Of the clip of a segment."""
    return sha256(bytes([index])).hexdigest()


def clip(index: int, seconds: int | str = 6, **more: Any) -> FilmClip:
    """A segment with a clip of its own."""
    source = more.pop("source", Source(digest=digest(index), seconds=Fraction(seconds)))
    return FilmClip(segment_id=f"segment-{index}", index=index, source=source, **more)


def retimed(**told: Any) -> PictureEffects:
    """Effects that change the time alone."""
    return PictureEffects(retime=Retime(**told))


def film(rate: FrameRate) -> Film:
    """Trims, transitions, speed, reverse, a freeze, a clip that is missing, music and a logo."""
    missing = Source(digest="ff" * 32, seconds=Fraction(3), is_pending=True)
    clips = (
        clip(0, trim=Trim(start=Fraction(1), end=Fraction(5)), transition=DISSOLVE),
        clip(1, transition=WIPE, sound=SoundShape(gain_db=Decimal(-6))),
        clip(2, trim=Trim(start=Fraction(2)), effects=retimed(speed=Fraction(2))),
        clip(3, effects=retimed(is_reversed=True), trim=Trim(end=Fraction(2))),
        clip(4, effects=retimed(freeze=Freeze(at=Fraction(2), seconds=Fraction(1)))),
        clip(5, source=missing),
        clip(6, trim=Trim(end=Fraction(1))),
    )
    music = SoundItem(
        digest=MUSIC,
        seconds=Fraction(5),
        start=Fraction(2),
        end=Fraction(16),
        loops=True,
        shape=SoundShape(gain_db=Decimal(-12), fade_out=Fraction(1)),
    )
    logo = ImageItem(digest=LOGO, timing=Timing(start=Fraction(1), end=Fraction(4)))
    title = TextItem(text="The\nend", timing=Timing(start=Fraction(3), end=Fraction(5)))
    return Film(
        profile=replace(OutputProfile(), fps=rate),
        clips=clips,
        overlays=(Overlay(item=logo, where="images.0"), Overlay(item=title, where="text.0")),
        sounds=(music,),
    )


def stored() -> dict[str, StoredFile]:
    """Its files: all but the one of the segment that is still to be made."""
    clips = {
        digest(i): StoredFile(name=f"Ocean {i}", extension="mp4", rate=OWN_RATE, has_sound=True)
        for i in range(7)
    }
    return {
        **clips,
        MUSIC: StoredFile(name="Song", extension="ogg", has_sound=True),
        LOGO: StoredFile(name="Logo", extension="png"),
    }


def origins() -> dict[str, Origin]:
    """Where its clips come from."""
    return {
        f"segment-{i}": Origin(
            prompt=f"an ocean,\nnumber {i}", model="mock-ai", seed=i, take=2, request="ab" * 32
        )
        for i in range(7)
    }


def cut_of(made: Film) -> CutList:
    """A film laid out for other editors."""
    return cut_list(made, name="Ocean & sky", stored=stored(), origins=origins())


def written(made: Film, name: str) -> str:
    """A film in a format."""
    return OtioWriter().write(cut_of(made), FORMATS[name]).decode()
