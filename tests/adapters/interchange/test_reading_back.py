"""Every format is read back by the library and held against the film's layout, frame by frame."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import opentimelineio as otio
import pytest
from tests.adapters.interchange.films import (
    OWN_RATE,
    RATES,
    clip,
    cut_of,
    film,
    retimed,
    written,
)

from video_foundry.core.draft import Draft
from video_foundry.core.effects import source_moment
from video_foundry.core.film import Film
from video_foundry.core.interchange import CutList
from video_foundry.core.timebase import FrameRate
from video_foundry.core.transitions import Transition

VIDEO, AUDIO = otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio
each_rate = pytest.mark.parametrize("rate", RATES, ids=str)


def back(text: str, name: str, **how: Any) -> Any:
    """The timeline that the library reads out of a file."""
    adapter = {"otio": "otio_json", "xml": "fcp_xml", "edl": "cmx_3600"}[name]
    return otio.adapters.read_from_string(text, adapter, **how)


def spans(track: Any) -> list[tuple[int, int]]:
    """[first, end) of everything on a track that is no transition, in frames."""
    ranges = [track.range_of_child(one) for one in track if not is_transition(one)]
    return [(round(r.start_time.value), round(r.end_time_exclusive().value)) for r in ranges]


def is_transition(one: Any) -> bool:
    return isinstance(one, otio.schema.Transition)


def cuts(cut: CutList, part: Fraction) -> list[int]:
    """The frames at which the shots change, so far into each transition, and where parts of one
    shot meet."""
    found = {0, cut.frames}
    for shot in cut.shots:
        found.add(shot.start + int(shot.overlap_in * part))
        found |= {shot.start + one.first for one in shot.parts if one.first}
    return sorted(found)


@each_rate
def test_otio_holds_every_cut_and_the_frame_of_the_clip_shown_there(rate: FrameRate) -> None:
    made = film(rate)
    cut, draft = cut_of(made), Draft(made)
    timeline = back(written(made, "otio"), "otio")
    shots = timeline.tracks[0]
    assert timeline.name == "Ocean & sky"
    assert timeline.duration().rate == float(rate.fraction)
    assert [round(timeline.duration().value)] == [draft.layout.frames] == [cut.frames]
    edges = sorted({edge for span in spans(shots) for edge in span})
    assert edges == cuts(cut, Fraction(1, 2))
    for one in (each for each in shots if isinstance(each, otio.schema.Clip)):
        told = one.metadata["video_foundry"]
        whole, use = made.clips[told["index"]], draft.uses[told["index"]]
        at = round(one.range_in_parent().start_time.value) - draft.layout.placed[whole.index].start
        length = round(one.duration().value)
        retime = whole.effects.retime
        shown = use.first + (at + length - 1 if retime.is_reversed else at)
        seconds = source_moment(shown, whole.source.seconds, retime, rate)
        assert one.source_range.start_time.to_seconds() == pytest.approx(float(seconds))


def test_otio_says_how_each_clip_is_played_and_where_it_comes_from() -> None:
    made = film(RATES[0])
    timeline = back(written(made, "otio"), "otio")
    shots = list(timeline.tracks[0])
    clips = [one for one in shots if isinstance(one, otio.schema.Clip)]
    played = [type(e).__name__ for one in clips for e in one.effects]
    assert played == ["LinearTimeWarp", "LinearTimeWarp", "FreezeFrame"]
    assert [clips[i].effects[0].time_scalar for i in (2, 3)] == [2, -1]
    assert isinstance(clips[7].media_reference, otio.schema.MissingReference)
    assert clips[7].media_reference.name == "an ocean, number 5"
    reference = clips[0].media_reference
    assert reference.target_url == "media/001-ocean-0.mp4"
    assert reference.available_range.duration == otio.opentime.RationalTime(180, 30)
    assert reference.available_range.duration.rate == OWN_RATE.num
    told = clips[0].metadata["video_foundry"]
    assert (told["segment"], told["model"], told["seed"], told["take"], told["request"]) == (
        "segment-0",
        "mock-ai",
        0,
        2,
        "ab" * 32,
    )
    assert told["prompt"] == "an ocean,\nnumber 0"
    (first, second) = [one for one in shots if is_transition(one)]
    assert (first.name, second.name) == ("fade", "wipe-left")
    assert {one.transition_type for one in (first, second)} == {"SMPTE_Dissolve"}
    assert [round((t.in_offset + t.out_offset).value) for t in (first, second)] == [24, 12]


@each_rate
@pytest.mark.parametrize("name", ["otio", "xml"])
def test_sound_and_images_lie_where_the_film_has_them(rate: FrameRate, name: str) -> None:
    made = film(rate)
    timeline = back(written(made, name), name)
    videos = [track for track in timeline.tracks if track.kind == VIDEO]
    audios = [track for track in timeline.tracks if track.kind == AUDIO]
    (logo,) = [one for one in videos[1] if isinstance(one, otio.schema.Clip)]
    assert span_of(logo) == (rate.frames_in(Fraction(1)), rate.frames_in(Fraction(4)))
    music = [one for one in audios[1] if isinstance(one, otio.schema.Clip)]
    edges = [rate.frames_in(Fraction(second)) for second in (2, 7, 12, 16)]
    assert [span_of(one) for one in music] == list(pairwise(edges))
    assert {one.media_reference.target_url[-4:] for one in music} == {".ogg"}
    assert len({one.media_reference.target_url for one in music}) == 1


def span_of(one: Any) -> tuple[int, int]:
    found = one.range_in_parent()
    return round(found.start_time.value), round(found.end_time_exclusive().value)


@each_rate
def test_the_xml_holds_every_cut_the_speeds_and_the_levels(rate: FrameRate) -> None:
    made = film(rate)
    cut, draft = cut_of(made), Draft(made)
    timeline = back(written(made, "xml"), "xml")
    shots = timeline.tracks[0]
    assert timeline.duration().rate == pytest.approx(float(rate.fraction))
    edges = sorted({edge for span in spans(shots) for edge in span})
    assert edges == cuts(cut, Fraction(1, 2))
    clips = [one for one in shots if isinstance(one, otio.schema.Clip)]
    for one, index in zip(clips[:4], range(4), strict=True):
        # Counted in frames of the clip as it is played: what the core calls its virtual clip.
        at = span_of(one)[0] - draft.layout.placed[index].start
        assert round(one.source_range.start_time.value) == draft.uses[index].first + at
    remaps = [effect.metadata["fcp_xml"] for one in clips for effect in one.effects]
    values = [{p["parameterid"]: p["value"] for p in told["parameter"]} for told in remaps]
    assert [(v["speed"], v["reverse"]) for v in values] == [("200", "FALSE"), ("100", "TRUE")]
    dissolves = [one for one in shots if is_transition(one)]
    assert [round((t.in_offset + t.out_offset).value) for t in dissolves] == [
        rate.frames_in(Fraction(1)),
        rate.frames_in(Fraction(1, 2)),
    ]
    (note,) = timeline.tracks.markers
    assert note.name == "The end"
    assert round(note.marked_range.start_time.value) == rate.frames_in(Fraction(3))


@each_rate
def test_the_edl_holds_every_cut_and_the_dissolves(rate: FrameRate) -> None:
    made = film(rate)
    cut = cut_of(made)
    text = written(made, "edl")
    timeline = back(text, "edl", rate=float(rate.fraction))
    (shots,) = timeline.video_tracks()
    assert sorted({edge for span in spans(shots) for edge in span}) == cuts(cut, Fraction(0))
    events = [one for one in shots if isinstance(one, otio.schema.Clip)]
    for shot, event in zip(cut.shots[:2], events, strict=False):
        assert event.name == (shot.media.path.removeprefix("media/") if shot.media else None)
        first = shot.parts[0].source * rate.fraction
        assert event.source_range.start_time.value == first == int(first)
    dissolves = [round(one.out_offset.value) for one in shots if is_transition(one)]
    assert dissolves == [shot.overlap_out for shot in cut.shots[:2]]
    assert [type(effect).__name__ for one in events for effect in one.effects] == ["FreezeFrame"]
    for said in "SHOT 3 SPEED: 2", "SHOT 4 SEGMENT: segment-3", "SHOT 2 TRANSITION: wipe-left":
        assert f"* {said}" in text
    at = otio.opentime.RationalTime(rate.frames_in(Fraction(3)), float(rate.fraction))
    assert text.count("* LOC: ") == 1
    assert f"* LOC: {otio.opentime.to_timecode(at)} RED     THE END" in text


def test_the_same_clip_twice_stays_two_clips() -> None:
    same = clip(0)
    twice = Film(
        profile=film(RATES[0]).profile,
        clips=(same, clip(1, source=same.source), clip(2, source=same.source)),
    )
    for name in ("otio", "xml"):
        timeline = back(written(twice, name), name)
        assert spans(timeline.tracks[0]) == [(0, 144), (144, 288), (288, 432)]


def test_a_transition_of_one_frame_is_a_cut_where_it_cannot_be_told() -> None:
    short = Transition(kind="fade", seconds=Fraction(1, 100), easing="linear")
    made = Film(
        profile=film(RATES[0]).profile,
        clips=(clip(0, transition=short), clip(1, effects=retimed())),
    )
    timeline = back(written(made, "xml"), "xml")
    (xml,) = timeline.video_tracks()
    assert spans(xml) == [(0, 143), (143, 287)]
    assert not any(is_transition(one) for one in xml)
