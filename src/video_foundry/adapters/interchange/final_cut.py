"""A cut list as Final Cut Pro 7 XML. Speeds, levels and comments have no place in OpenTimelineIO's
own words; its adapter writes them from metadata in the words of the format."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from video_foundry.adapters.interchange.timelines import Builder, Json
from video_foundry.core.interchange import CutList, Laid, MediaFile, Part, Shot, one_line
from video_foundry.core.interchange_formats import FORMATS, LOUDEST, is_whole_or_ntsc
from video_foundry.core.timebase import FrameRate


def write_xml(cut: CutList) -> str:
    """The film as an .xml file."""
    return str(otio.adapters.write_to_string(_FinalCut(cut).timeline(), "fcp_xml"))


class _FinalCut(Builder):
    """What a clip shows counts in frames of the clip as it is played: of one at double speed there
    are half as many."""

    shortest = FORMATS["xml"].shortest

    def start_of(self, shot: Shot, part: Part) -> Fraction | int:
        speed, begins = shot.retime.speed, part.source
        if shot.retime.is_reversed and shot.media is not None:
            shown = 0 if part.is_held else self.rate.seconds_of(part.frames) * speed
            begins = shot.media.seconds - part.source - shown
        return round(begins / speed * self.rate.fraction)

    def effects_of(self, shot: Shot, part: Part, kind: str) -> list[Any]:
        return []

    def metadata_of(self, shot: Shot, part: Part, kind: str) -> Json:
        is_sound = kind == otio.schema.TrackKind.Audio
        filters = []
        if shot.pace != 1:
            filters.append(_time_remap(shot.retime.speed, is_reversed=shot.retime.is_reversed))
        if is_sound and shot.shape.gain_db:
            filters.append(_level(shot.shape.gain_db))
        told = self.origin_of(shot, part, kind)
        if shot.transition is not None:
            told["transition"] = shot.transition.kind
        words = "; ".join(f"{name}: {told[name]}" for name in told if name != "prompt")
        comments = {"mastercomment1": words, "mastercomment2": one_line(shot.origin.prompt or "")}
        return {"fcp_xml": {"comments": comments, "filter": filters}}

    def transition(self, shot: Shot, kind: str) -> Any:
        made = super().transition(shot, kind)
        made.name = "Cross Dissolve"
        if kind == otio.schema.TrackKind.Audio:
            made.metadata["fcp_xml"] = {"effect": _CROSS_FADE}
        return made

    def laid_metadata(self, one: Laid, kind: str) -> Json:
        filters = [_level(one.gain_db)] if one.gain_db else []
        told = super().laid_metadata(one, kind)
        words = "; ".join(f"{name}: {value}" for name, value in next(iter(told.values())).items())
        return {"fcp_xml": {"comments": {"mastercomment1": words}, "filter": filters}}

    def rate_of(self, media: MediaFile) -> FrameRate:
        own = media.rate
        return own if own is not None and is_whole_or_ntsc(own) else self.rate

    def file_metadata(self, media: MediaFile) -> Json:
        kinds = {"video": media.has_picture, "audio": media.has_sound}
        return {"fcp_xml": {"media": {name: {} for name, has in kinds.items() if has}}}


_CROSS_FADE = {
    "name": "Cross Fade (+3dB)",
    "effectid": "KGAudioTransCrossFade3dB",
    "effecttype": "transition",
    "mediatype": "audio",
}


def _time_remap(speed: Fraction, *, is_reversed: bool) -> Json:
    return {
        "effect": {
            "name": "Time Remap",
            "effectid": "timeremap",
            "effectcategory": "motion",
            "effecttype": "motion",
            "mediatype": "video",
            "parameter": [
                _parameter("variablespeed", 0),
                _parameter("speed", f"{float(speed * 100):g}"),
                _parameter("reverse", "TRUE" if is_reversed else "FALSE"),
                _parameter("frameblending", "FALSE"),
            ],
        }
    }


def _level(gain: Decimal) -> Json:
    """A gain in dB as the format has it: as a factor."""
    factor = 10 ** (min(float(gain), LOUDEST) / 20)
    return {
        "effect": {
            "name": "Audio Levels",
            "effectid": "audiolevels",
            "effectcategory": "audiolevels",
            "effecttype": "audiolevels",
            "mediatype": "audio",
            "parameter": [_parameter("level", f"{factor:.6f}")],
        }
    }


def _parameter(name: str, value: object) -> Json:
    return {"parameterid": name, "name": name, "value": value}
