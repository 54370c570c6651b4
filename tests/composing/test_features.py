"""Each thing that can be done on a timeline, alone: the film that is put together from pieces is
the one that its definition describes, frame by frame and sample by sample."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tests.composing.house import NTSC, SIZE, House, film_of, used

from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.captions import read_cues, to_items
from video_foundry.core.composition import Trim
from video_foundry.core.effects import (
    Crop,
    Framing,
    Freeze,
    Look,
    Move,
    PictureEffects,
    Retime,
    Viewport,
)
from video_foundry.core.sound import Ducking, SoundShape
from video_foundry.core.titles import image_from_json, text_from_json
from video_foundry.core.transitions import CATALOGUE, make_transition
from video_foundry.testing.clips import ClipSpec
from video_foundry.testing.full_mix import FullMix

F = Fraction

# --- order and time -------------------------------------------------------------------------------


async def test_cuts_and_trims_anywhere(house: House, tmp_path: Path) -> None:
    """On the clips' own grid, off it, of one frame, between frames, and beyond the end."""
    one, two, three = [await house.clip(n) for n in (1, 2, 3)]
    trims = [(0, 60), (1, 59), (23, 49), (24, 48), (25, 26), (16.8, 36), (0, 16), (48, 216)]
    clips = [
        used([one, two, three][n % 3], trim=Trim(start=F(str(start)) / 24, end=F(end, 24)))
        for n, (start, end) in enumerate(trims)
    ]
    moment = used(one, trim=Trim(end=F(1, 100)))
    await house.composed(film_of(*clips, moment, one), tmp_path / "film.mp4")


async def test_every_transition(house: House, tmp_path: Path) -> None:
    """One after the other, between pictures whose every place is another colour."""
    waves = await house.waves(), await house.waves(size=(100, 84))
    clips = [
        used(
            waves[n % 2],
            trim=Trim(start=F(n % 40, 24), end=F(n % 40 + 7, 24)),
            transition=make_transition(kind.name, F(3, 24)),
        )
        for n, kind in enumerate(CATALOGUE)
    ]
    assert len(clips) == 38
    await house.composed(film_of(*clips, waves[0]), tmp_path / "film.mp4")


async def test_pictures_that_have_hardly_moved(house: House, tmp_path: Path) -> None:
    """By less than a row or a column: of what is cut, a part shows. The upper edges of one clip are
    bright, and those of the other dark."""
    dark, bright = await house.clip(1), await house.clip(62)
    clips = [
        used(
            (dark, bright)[n % 2],
            trim=Trim(end=F(1)),
            transition=make_transition(kind, F(8, 24), "ease-in-out"),
        )
        for n, kind in enumerate(("slide-up", "reveal-down", "push-left", "split-vertical"))
    ]
    await house.composed(film_of(*clips, dark), tmp_path / "film.mp4")


async def test_transitions_that_leave_nothing_between_them(house: House, tmp_path: Path) -> None:
    """Half a second in and half a second out of a clip that is one second long."""
    one, two, three = [await house.clip(n) for n in (1, 2, 3)]
    half = make_transition("dissolve", F(1, 2))
    short = used(two, trim=Trim(start=F(3, 4), end=F(7, 4)), transition=half)
    film = film_of(used(one, transition=half), short, three)
    await house.composed(film, tmp_path / "film.mp4")


RETIMES = [
    Retime(speed=F(2)),
    Retime(speed=F(3, 4)),
    Retime(is_reversed=True),
    Retime(speed=F(4, 5), is_reversed=True),
    Retime(freeze=Freeze(at=F(1), seconds=F(3, 4))),
    Retime(speed=F(3, 2), freeze=Freeze(at=F(1, 2), seconds=F(1, 3))),
    Retime(is_reversed=True, freeze=Freeze(at=F(1), seconds=F(1, 2))),
]


async def test_speed_freeze_and_reverse(house: House, tmp_path: Path) -> None:
    """Of trimmed clips, and out of one another."""
    sources = [await house.clip(n) for n in (1, 2)]
    clips = [
        used(
            sources[n % 2],
            effects=PictureEffects(retime=retime),
            trim=Trim(start=F(5, 24), end=F(50, 24)),
            transition=make_transition("fade", F(1, 4)),
        )
        for n, retime in enumerate(RETIMES)
    ]
    await house.composed(film_of(*clips, sources[1]), tmp_path / "film.mp4")


async def test_a_rate_that_is_no_whole_number(house: House, tmp_path: Path) -> None:
    one = await house.clip(4, rate="30000/1001")
    two = await house.clip(1)  # of 24 frames a second
    clips = [
        used(one, transition=make_transition("fade", F(1, 3))),
        used(two, trim=Trim(start=F(1, 3), end=F(2))),
        used(one, trim=Trim(start=F(1, 2), end=F(7, 4))),
    ]
    await house.composed(film_of(*clips, profile=NTSC), tmp_path / "film.mp4")


async def test_stills_stand_as_long_as_they_are_told(house: House, tmp_path: Path) -> None:
    still = await house.still(ClipSpec(number=9, size=SIZE))
    one = await house.clip(1)
    film = film_of(
        used(still, trim=Trim(end=F(29, 24)), transition=make_transition("fade", F(1, 4))),
        used(one, transition=make_transition("fade", F(1, 4))),
        used(still, trim=Trim(end=F(1, 2))),
    )
    await house.composed(film, tmp_path / "film.mp4")


# --- picture --------------------------------------------------------------------------------------

EFFECTS = [
    PictureEffects(framing=Framing(fit="stretch")),
    PictureEffects(framing=Framing(fit="fill")),
    PictureEffects(framing=Framing(scale=F(1, 2), x=F(1, 4), y=F(-1, 8), background="#2060c0")),
    PictureEffects(framing=Framing(crop=Crop(left=F(1, 5), bottom=F(1, 7)))),
    PictureEffects(
        framing=Framing(
            fit="fill", move=Move(end=Viewport(scale=F(3, 2), x=F(1, 10)), easing="smooth")
        )
    ),
    PictureEffects(
        look=Look(exposure=F(1, 3), contrast=F(11, 10), saturation=F(3, 2), temperature=F(-1, 2))
    ),
    PictureEffects(
        retime=Retime(speed=F(3, 2), is_reversed=True),
        framing=Framing(fit="fill", move=Move(start=Viewport(scale=F(5, 4)))),
        look=Look(saturation=F(0)),
    ),
]


async def test_framing_look_and_lut(house: House, tmp_path: Path) -> None:
    """Of a picture of another shape, trimmed, and out of one another."""
    waves, one = await house.waves(size=(100, 84)), await house.clip(1)
    table = await house.table()
    tabled = [
        PictureEffects(look=Look(lut=table)),
        PictureEffects(framing=Framing(fit="fill"), look=Look(contrast=F(6, 5), lut=table)),
    ]
    clips = [
        used(
            waves,
            effects=effects,
            trim=Trim(start=F(1, 8), end=F(33, 24)),
            transition=make_transition("fade", F(1, 6)),
        )
        for effects in [*EFFECTS, *tabled]
    ]
    await house.composed(film_of(*clips, one), tmp_path / "film.mp4")


# --- on top ---------------------------------------------------------------------------------------


async def test_every_animation_of_a_text(house: House, tmp_path: Path) -> None:
    """In by one and out by the next, over cuts, transitions and bare clips, off every grid."""
    one, two, three = [await house.clip(n) for n in (1, 2, 3)]
    kinds = [*ANIMATIONS, "none"]
    moves = ["none" if kind == "none" else {"kind": kind, "seconds": "0.2"} for kind in kinds]
    texts = [
        text_from_json(
            {
                "text": "Ärger 你好",
                "start": F(3, 10) + F(3 * n, 5),
                "end": F(3, 10) + F(3 * n, 5) + F(11, 20),
                "animate_in": move,
                "animate_out": moves[(n + 1) % len(moves)],
                "style": {"size": "0.2"},
            },
            field=f"text.{n}",
        )
        for n, move in enumerate(moves)
    ]
    fading = used(one, transition=make_transition("fade", F(1, 4)))
    film = film_of(fading, two, three, overlays=texts)
    await house.composed(film, tmp_path / "film.mp4")


async def test_an_image_and_a_text_that_is_tied_to_a_segment(house: House, tmp_path: Path) -> None:
    one, two = [await house.clip(n) for n in (1, 2)]
    logo = image_from_json(
        {"media": await house.logo(), "scale": "0.4", "opacity": "0.6", "start": "1.1"},
        field="images.0",
    )
    text = text_from_json(
        {"text": "here", "segment": "s1", "start": "0.2", "end": "1.3", "preset": "lower-third"},
        field="text.0",
    )
    film = film_of(one, two, overlays=[logo, text])
    await house.composed(film, tmp_path / "film.mp4")
    moved = film_of(replace(film.clips[1], segment_id="s1"), one, overlays=[logo, text])
    await house.composed(moved, tmp_path / "moved.mp4")


async def test_captions(house: House, tmp_path: Path) -> None:
    one, two = [await house.clip(n) for n in (1, 2)]
    told = (
        "1\n00:00:00,200 --> 00:00:01,400\nFirst\n\n"
        "2\n00:00:01,400 --> 00:00:02,750\n<i>Second</i>\n\n"
        "3\n00:00:02,000 --> 00:00:04,000\nThird\n"
    )
    items = to_items(read_cues(told, field="captions"), field="captions")
    await house.composed(film_of(one, two, overlays=items), tmp_path / "film.mp4")


# --- sound ----------------------------------------------------------------------------------------


async def test_music_goes_on_over_cuts_and_windows(house: House, tmp_path: Path) -> None:
    """Longer than one window; repeated, faded, with keyframes, and cut at the film's end."""
    sources = [await house.clip(n) for n in (1, 2, 3)]
    music = replace(
        await house.tune(3.3),
        start=F(1, 7),
        loops=True,
        trim_start=F(1, 3),
        shape=SoundShape(
            gain_db=Decimal(-3),
            fade_in=F(1),
            fade_out=F(2),
            keyframes=((F(2), Decimal(0)), (F(5), Decimal(-9)), (F(10), Decimal(2))),
        ),
    )
    clips = [used(sources[n % 3], sound=SoundShape(gain_db=Decimal(-12))) for n in range(9)]
    await house.composed(film_of(*clips, sounds=[music]), tmp_path / "film.mp4")


async def test_music_steps_back_under_voices_and_clips(house: House, tmp_path: Path) -> None:
    one, two, quiet = await house.clip(1), await house.clip(2), await house.clip(5, sound=None)
    ducks = Ducking(amount_db=Decimal(15), under=("voice",))
    music = replace(await house.tune(14.0), ducks=ducks)
    effect = replace(
        await house.tune(3.3),
        role="effect",
        start=F(4),
        ducks=Ducking(under=("clip",), attack=F(1, 10), hold=F(1, 5), release=F(1, 5)),
    )
    voice = replace(await house.tune(5.0, 2, pauses=True), segment="s2", start=F(1, 2))
    softly = SoundShape(gain_db=Decimal(-6), fade_in=F(1, 2), fade_out=F(1, 3))
    silent = used(quiet)
    clips = [used(one, sound=softly), silent, used(two, sound=softly), silent, silent]
    film = film_of(*clips, sounds=[music, effect, voice])
    await house.composed(film, tmp_path / "film.mp4")


async def test_silence_is_silence(house: House, tmp_path: Path) -> None:
    quiet, one = await house.clip(5, sound=None), await house.clip(1)
    film = film_of(quiet, used(one, sound=SoundShape(is_muted=True)))
    await house.composed(film, tmp_path / "film.mp4")


async def test_loudness(house: House, tmp_path: Path) -> None:
    """One gain over the whole film, found by another meter, and the true peak held."""
    sources = [await house.clip(n) for n in (1, 2)]
    music = replace(await house.tune(14.0), shape=SoundShape(gain_db=Decimal(-20)))
    muted = [used(sources[n % 2], sound=SoundShape(is_muted=True)) for n in range(5)]
    profile = replace(film_of(sources[0]).profile, loudness_lufs=Decimal(-16))
    film = film_of(*muted, sounds=[music], profile=profile)
    await house.room.compose(film, tmp_path / "film.mp4")
    loudness, peak = house.loudness(tmp_path / "film.mp4")
    assert abs(loudness + 16) <= 0.5
    assert peak <= -1
    before, _ = house.loudness_of(FullMix(film, await house.material(film)).mixed())
    gain = Decimal(round(2 * (-16 - before))) / 2
    await house.proved(film, tmp_path / "film.mp4", gain_db=gain)
    await house.compared(film, tmp_path / "film.mp4")
