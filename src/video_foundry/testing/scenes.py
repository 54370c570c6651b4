"""What a film shows and lets hear at each of its frames, told by the very functions that compose
it: the truth to which the editor's preview answers. Draws and decodes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from video_foundry.adapters.ffmpeg.sound.child.dsp.mixing import CELL, depths, levels
from video_foundry.core import effects
from video_foundry.core.animation import state_at
from video_foundry.core.composition import STILL_SECONDS, Source, Trim
from video_foundry.core.easing import progress_at
from video_foundry.core.film import Film, FilmClip, clip_sounds, layout_of, uses_of
from video_foundry.core.layout import Placed
from video_foundry.core.overlays import FilmLayer, Overlay
from video_foundry.core.profile import OutputProfile
from video_foundry.core.sound import SoundItem
from video_foundry.core.sound_json import item_from_json, shape_from_json
from video_foundry.core.soundtrack import Contribution, Duck, contributions
from video_foundry.core.timebase import SAMPLE_RATE, FrameRate
from video_foundry.core.titles import image_from_json, text_from_json
from video_foundry.core.transitions import moment_at, read_transition
from video_foundry.core.views import view_at
from video_foundry.db.items import captions_from_json

DIGITS = 6
"""Decimals that are told of every number."""

_WHOLE = (0.0, 0.0, 1.0, 1.0)


def scenes_of(project: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every frame of a project's film, in order, as plain data in the words of the editor.

    project: `fps`, `segments` and `items` as the API says them, `media` as {id: {kind, seconds}}.
    Raises BadInput for what cannot be.
    """
    stage = Stage(project)
    return [_plain(stage.scene(frame)) for frame in range(stage.layout.frames)]


def digest_of(name: str) -> str:
    """A digest for what has no bytes here."""
    return sha256(name.encode()).hexdigest()


@dataclass(frozen=True)
class _Sounding:
    """One contribution, and where in its file it is."""

    name: str
    told: Mapping[str, Any]
    one: Contribution
    first: int
    speed: Fraction
    ends_at: Fraction | None

    def seconds(self, sample: int) -> float:
        """Seconds of its file that are heard at a sample of the film."""
        heard = Fraction(self.first + sample - self.one.start, SAMPLE_RATE) * self.speed
        return float(heard if self.ends_at is None else self.ends_at - heard)


class Stage:
    """A project, laid out."""

    def __init__(self, project: Mapping[str, Any]) -> None:
        self._project = project
        self.film = _film(project)
        self._uses = uses_of(self.film)
        self.layout = layout_of(self.film, self._uses)
        self._layers = list(zip(self.film.overlays, self._film_layers, strict=True))

    @property
    def _film_layers(self) -> tuple[FilmLayer, ...]:
        return self.film.layers_on(self.layout)

    def scene(self, frame: int) -> dict[str, Any]:
        """One frame."""
        seen = [one for one in self.layout.placed if one.start <= frame < one.end]
        return {
            "pictures": [self._picture(one, frame) for one in seen],
            "moment": self._moment(seen, frame),
            "overlays": list(self._overlays(frame)),
            "sounds": sorted(self._sounds(frame), key=lambda one: (one["id"], one["seconds"])),
        }

    def _picture(self, placed: Placed, frame: int) -> dict[str, Any]:
        clip, use = self.film.clips[placed.index], self._uses[placed.index]
        own = use.first + frame - placed.start
        done = effects.placed(clip.effects, first=use.first, frames=use.frames)
        move, seconds = done.framing.move, Fraction(0)
        if not clip.source.is_image:
            length, retime = clip.source.seconds, clip.effects.retime
            seconds = effects.source_moment(own, length, retime, self.film.rate)
        return {
            "segment": placed.index,
            "frame": own,
            "seconds": float(seconds),
            "view": dict(
                zip(
                    ("left", "top", "width", "height"),
                    view_at(move, own) if move else _WHOLE,
                    strict=True,
                )
            ),
        }

    def _moment(self, seen: list[Placed], frame: int) -> dict[str, Any] | None:
        if len(seen) < 2:
            return None
        before, after = seen
        if before.transition is None:
            raise AssertionError("two clips at once without a transition")
        done = progress_at(frame - after.start, after.overlap_in)
        moment = moment_at(before.transition.kind, before.transition.easing, done)
        return dict(_camel(asdict(moment)))

    def _overlays(self, frame: int) -> Iterator[dict[str, Any]]:
        for overlay, layer in self._layers:
            if layer.start <= frame < layer.start + layer.frames:
                state = state_at(
                    frame - layer.start,
                    layer.frames,
                    opacity=layer.opacity,
                    animate_in=layer.animate_in,
                    animate_out=layer.animate_out,
                )
                text = getattr(overlay.item, "text", None)
                yield {"id": overlay.where, "text": text, "state": asdict(state)}

    # Sound

    @cached_property
    def _heard(self) -> list[_Sounding]:
        placed = clip_sounds(self.film, self._uses, self.layout)
        track = contributions(placed, self.film.sounds, self.film.rate)
        names = {digest_of(name): name for name in _names(self._project)}
        found = []
        for one in track.contributions:
            sound = track.sounds[one.sound]
            found.append(
                _Sounding(
                    name=names[sound.digest],
                    told={**vars(one), "fades": [vars(fade) for fade in one.fades]},
                    one=one,
                    first=sound.start + one.offset,
                    speed=sound.speed,
                    ends_at=sound.seconds if sound.is_reversed else None,
                )
            )
        return found

    def _sounds(self, frame: int) -> Iterator[dict[str, Any]]:
        sample = self.film.rate.samples_of(frame)
        for sounding in self._heard:
            one = sounding.one
            if one.start <= sample < one.end:
                level = float(np.asarray(levels(sounding.told, sample, sample + 1)).ravel()[0])
                if one.duck is not None:
                    level *= self._ducked(one.duck, sample)
                yield {
                    "id": sounding.name,
                    "role": one.role,
                    "seconds": sounding.seconds(sample),
                    "gain": level,
                }

    def _ducked(self, duck: Duck, sample: int) -> float:
        """The factor of stepping back, where whoever is heard is taken to speak all the while."""
        cells = -(-self.film.rate.samples_of(self.layout.frames) // CELL) + 1
        spoken = np.zeros(cells, bool)
        for sounding in self._heard:
            if sounding.one.role in duck.under:
                spoken[sounding.one.start // CELL : -(-sounding.one.end // CELL)] = True
        deep = depths(spoken, vars(duck))
        depth = float(np.interp(sample, np.arange(len(deep)) * CELL, deep))
        return float(10 ** (-depth * duck.amount / 2000))


# Reading


def _film(project: Mapping[str, Any]) -> Film:
    rate = FrameRate.parse(project["fps"])
    profile = OutputProfile(width=1280, height=720, fps=rate)
    items = project["items"]
    return Film(
        profile=profile,
        clips=tuple(_clip(index, one) for index, one in enumerate(project["segments"])),
        overlays=tuple(overlay for item in items for overlay in _overlays_of(item)),
        sounds=tuple(_sound_of(item, project) for item in items if item["kind"] == "audio"),
    )


def _clip(index: int, told: Mapping[str, Any]) -> FilmClip:
    picture = {name: told[name] for name in ("retime", "framing", "look") if told.get(name)}
    transition, trim = told.get("transition"), told.get("trim")
    return FilmClip(
        segment_id=told["id"],
        index=index,
        source=_source(told),
        trim=None if trim is None else Trim(start=_exact(trim["start"]), end=_end(trim["end"])),
        effects=effects.from_json(picture),
        sound=shape_from_json(told.get("sound") or {}, field="sound"),
        transition=None if transition is None else read_transition(transition),
    )


def _source(told: Mapping[str, Any]) -> Source:
    seconds, asked = told["duration_seconds"], told["model_params"].get("duration")
    is_image = told["media"] is not None and seconds is None
    wanted = None if asked is None or told["media"] is not None else _exact(asked)
    length = wanted if seconds is None else _exact(seconds)
    return Source(
        digest=digest_of(told["id"]),
        seconds=Fraction(0) if is_image else (length or STILL_SECONDS),
        is_image=is_image,
        asked_seconds=wanted,
    )


def _overlays_of(item: Mapping[str, Any]) -> Iterator[Overlay]:
    fields, tied = item["fields"], {"segment": item["segment"]}
    if item["kind"] == "text":
        yield Overlay(item=text_from_json({**fields, **tied}, field="text"), where=item["id"])
    elif item["kind"] == "image":
        told = {**fields, **tied, "media": digest_of(item["id"])}
        yield Overlay(item=image_from_json(told, field="image"), where=item["id"])
    elif item["kind"] == "caption":
        for text in captions_from_json(fields, field="captions").burnt:
            yield Overlay(item=text, where=item["id"], is_caption=True)


def _sound_of(item: Mapping[str, Any], project: Mapping[str, Any]) -> SoundItem:
    told = {**item["fields"], "segment": item["segment"]}
    seconds = _exact(project["media"][item["media"]]["seconds"])
    return item_from_json(told, field="audio", digest=digest_of(item["id"]), seconds=seconds)


def _names(project: Mapping[str, Any]) -> Iterator[str]:
    yield from (one["id"] for one in (*project["segments"], *project["items"]))


def _exact(value: Any) -> Fraction:
    return Fraction(str(value))


def _end(value: Any) -> Fraction | None:
    return None if value is None else _exact(value)


# Writing


def _camel(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_humps(name): _camel(part) for name, part in value.items()}
    return value


def _humps(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _plain(value: Any) -> Any:
    """With numbers of a few digits, and 0 in place of -0."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return round(value, DIGITS) + 0.0 if isinstance(value, float) else value
