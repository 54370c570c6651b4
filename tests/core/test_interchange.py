"""Films as other editors know them: laid out as the core lays them out, and nothing lost in
silence."""

from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.core.strategies import law, rates, seconds, trims

from video_foundry.core.composition import Source
from video_foundry.core.draft import Draft
from video_foundry.core.effects import Crop, Framing, Freeze, Look, PictureEffects, Retime
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.interchange import CutList, Shot, StoredFile, cut_list
from video_foundry.core.interchange_formats import FORMATS, format_of, losses, refusal
from video_foundry.core.profile import OutputProfile
from video_foundry.core.sound import Ducking, SoundItem, SoundShape
from video_foundry.core.timebase import FrameRate
from video_foundry.core.transitions import Transition
from video_foundry.errors import BadInput

CLIP, SONG = sha256(b"clip").hexdigest(), sha256(b"song").hexdigest()
FILES = {
    CLIP: StoredFile(name="A clip", extension="mp4", rate=FrameRate(num=30), has_sound=True),
    SONG: StoredFile(name="A song", extension="mp3", has_sound=True),
}


@st.composite
def retimes(draw: st.DrawFn) -> Retime:
    moments = st.fractions(0, 20, max_denominator=100)
    freezes = st.builds(Freeze, at=moments, seconds=st.fractions(Fraction(1, 10), 3))
    speed = draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2), Fraction(5, 3)]))
    return Retime(speed=speed, is_reversed=draw(st.booleans()), freeze=draw(st.none() | freezes))


@st.composite
def films(draw: st.DrawFn) -> Film:
    transitions = st.builds(
        Transition,
        kind=st.sampled_from(["fade", "wipe-left", "zoom-in"]),
        seconds=st.fractions(Fraction(1, 100), 2, max_denominator=100),
        easing=st.just("linear"),
    )
    clips = [
        FilmClip(
            segment_id=f"s{index}",
            index=index,
            source=Source(digest=CLIP, seconds=draw(seconds)),
            trim=draw(st.none() | trims()),
            effects=PictureEffects(retime=draw(retimes())),
            transition=draw(st.none() | transitions),
        )
        for index in range(draw(st.integers(1, 5)))
    ]
    return Film(profile=OutputProfile(fps=draw(rates)), clips=tuple(clips))


def laid_out(film: Film) -> CutList:
    return cut_list(film, name="a film", stored=FILES, origins={})


def cut_at(shot: Shot, before: int, after: int) -> tuple[int, int]:
    """A shot's own frames between two cuts, so many frames into its transitions."""
    return before, shot.frames - shot.overlap_out + after


@law
@given(films(), st.sampled_from([0, Fraction(1, 2)]))
def test_shots_between_their_cuts_are_the_film_to_the_frame(
    film: Film, share: Fraction | int
) -> None:
    try:
        draft = Draft(film)
    except BadInput:  # a transition has no room
        assume(False)
    cut = laid_out(film)
    assert [(s.start, s.frames) for s in cut.shots] == [
        (p.start, p.frames) for p in draft.layout.placed
    ]
    at = 0
    for shot in cut.shots:
        inner, outer = int(shot.overlap_in * share), int(shot.overlap_out * share)
        first, end = cut_at(shot, inner, outer)
        assert shot.start + first == at, "one begins where the other ends"
        parts = shot.between(first, end, cut.rate)
        assert sum(part.frames for part in parts) == end - first
        for before, after in pairwise(parts):
            assert before.first + before.frames == after.first
        at += end - first
    assert at == cut.frames == draft.layout.frames


@law
@given(films())
def test_what_a_part_shows_begins_where_the_core_says(film: Film) -> None:
    try:
        Draft(film)
    except BadInput:
        assume(False)
    cut = laid_out(film)
    for shot, clip in zip(cut.shots, film.clips, strict=True):
        length = clip.source.seconds
        assert all(0 <= part.source <= length for part in shot.parts)
        still = sum(part.frames for part in shot.parts if part.is_held)
        freeze = shot.retime.freeze
        most = cut.rate.frames_in(freeze.seconds) + 1 if freeze else 0
        assert still <= most


@law
@given(
    st.lists(
        st.tuples(st.fractions(0, 9, max_denominator=50), st.booleans(), st.booleans()),
        min_size=1,
        max_size=8,
    ),
    rates,
)
def test_no_two_sounds_of_a_track_lie_over_one_another(
    told: list[tuple[Fraction, bool, bool]], rate: FrameRate
) -> None:
    sounds = tuple(
        SoundItem(
            digest=SONG,
            seconds=Fraction(2),
            start=start,
            loops=loops,
            role="music" if is_music else "voice",
        )
        for start, loops, is_music in told
    )
    clip = FilmClip(segment_id="s", index=0, source=Source(digest=CLIP, seconds=Fraction(10)))
    cut = laid_out(Film(profile=OutputProfile(fps=rate), clips=(clip,), sounds=sounds))
    for track in cut.sounds:
        assert all(one.end <= other.start for one, other in pairwise(track.laid))
    everything = [one for track in cut.sounds for one in track.laid]
    for number, (start, loops, _) in enumerate(told):
        own = sorted((one for one in everything if one.item == number), key=lambda one: one.start)
        end = Fraction(10) if loops else min(Fraction(10), start + 2)
        if own:
            assert own[0].start == rate.frames_in(start)
            assert own[-1].end == rate.frames_in(end)


def test_every_loss_is_a_sentence_that_names_whose_it_is() -> None:
    effects = PictureEffects(
        framing=Framing(crop=Crop(left=Fraction(1, 10))),
        look=Look(exposure=Fraction(1)),
        retime=Retime(
            speed=Fraction(2),
            is_reversed=True,
            freeze=Freeze(at=Fraction(1), seconds=Fraction(1)),
        ),
    )
    wipe = Transition(kind="wipe-left", seconds=Fraction(1, 2), easing="smooth")
    pending = Source(digest="ff" * 32, seconds=Fraction(4), is_pending=True)
    clip = Source(digest=CLIP, seconds=Fraction(6))
    clips = (
        FilmClip(segment_id="a", index=0, source=clip, effects=effects, transition=wipe),
        FilmClip(segment_id="b", index=1, source=pending),
    )
    song = SoundItem(
        digest=SONG,
        seconds=Fraction(3),
        shape=SoundShape(gain_db=Decimal(-6), fade_in=Fraction(1)),
        ducks=Ducking(),
    )
    profile = OutputProfile(loudness_lufs=Decimal(-14))
    film = Film(profile=profile, clips=clips, sounds=(song,))
    cut = laid_out(film)
    said = {name: losses(film, cut, form) for name, form in FORMATS.items()}
    everywhere = set.intersection(*(set(one) for one in said.values()))
    assert everywhere == {
        "Segment 1: its transition wipe-left becomes a dissolve of the same 12 frames.",
        "Segment 1: its framing (fit, crop, size, place or move) is left out.",
        "Segment 1: its look (exposure, contrast, colour or LUT) is left out.",
        "Segment 2: there is no clip yet; a gap with its prompt stands in its place.",
        "The film's loudness of -14 LUFS is left out.",
    }
    assert set(said["otio"]) - everywhere == {
        "Sound 1: its gain of -6 dB stands in the metadata alone.",
        "Sound 1: its fades are left out.",
        "Sound 1: it does not step back under voices.",
    }
    assert set(said["xml"]) - everywhere == {
        "Segment 1: its frame held for 24 frames moves on; hold it by hand.",
        "Sound 1: its fades are left out.",
        "Sound 1: it does not step back under voices.",
    }
    assert set(said["edl"]) - everywhere == {
        "Segment 1: its speed of 2 is left out; set it by hand.",
        "Segment 1: it is played forwards; reverse it by hand.",
        "Segment 1: its sound is left out.",
        "Sound 1: it is left out.",
    }


@pytest.mark.parametrize(
    ("name", "rate", "is_told"),
    [
        ("otio", FrameRate(num=25, den=2), True),
        ("xml", FrameRate(num=25, den=2), False),
        ("xml", FrameRate(num=12), True),
        ("edl", FrameRate(num=12), False),
        ("edl", FrameRate(num=30_000, den=1001), True),
    ],
)
def test_a_rate_that_a_format_cannot_say_is_refused(
    name: str, rate: FrameRate, is_told: bool
) -> None:
    assert (refusal(FORMATS[name], rate) is None) is is_told


def test_a_format_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(BadInput, match="otio, xml, edl") as refused:
        format_of("fcpxml")
    assert refused.value.problems[0].field == "format"
