"""What a segment asks for: its own request, the pictures that are made for it first, and requests
to other models that stand in where it is refused. Whether any of it is needed is `plan`'s matter.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from video_foundry.core.catalogue import Catalogue, ModelEntry, clip_seconds
from video_foundry.core.request import GenerationRequest, make_request, reference_to
from video_foundry.core.retarget import Moved, Shot, retarget
from video_foundry.errors import BadInput, FieldProblem

FALLBACKS = "fallbacks"
"""The key of `model_params` that lists the models to fall back on; no parameter of any model."""
PAIRED = ("first_frame", "last_frame")
"""Parameters that may describe a picture to be made instead of naming a file."""
MOST_FALLBACKS = 5
MOST_VARIATIONS = 1_000_000

Unavailable = Callable[[ModelEntry], str | None]
"""Why a model cannot be used now, None where it can."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that is made first. field: the parameter that it is for."""

    field: str
    request: GenerationRequest
    entry: ModelEntry
    unavailable: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request that would satisfy a segment. pictures: what is made for it first. unavailable:
    why its model cannot be used now. model_note: what the name that was given means. lost, changed:
    parameters of the segment that this model cannot take, or takes otherwise."""

    request: GenerationRequest
    entry: ModelEntry
    pictures: tuple[Picture, ...] = ()
    unavailable: str | None = None
    model_note: str | None = None
    lost: tuple[Moved, ...] = ()
    changed: tuple[Moved, ...] = ()


def make_asks(
    catalogue: Catalogue,
    shot: Shot,
    digests: Mapping[str, str],
    unavailable: Unavailable = lambda _: None,
) -> tuple[Ask, ...]:
    """What a segment asks for, the best first; at least one. digests: media id -> digest. Raises
    BadInput by field."""
    maker = _Maker(catalogue, shot, digests, unavailable)
    asks = [maker.first()]
    for number, wanted in enumerate(_listed(shot.given)):
        other = maker.fallback(asks[0], wanted, f"model_params.{FALLBACKS}.{number}")
        if all(other.request.fingerprint != one.request.fingerprint for one in asks):
            asks.append(other)
    return tuple(asks)


def media_named(model_params: Mapping[str, Any]) -> Iterator[str]:
    """Everything in a segment's `model_params` that may be the id of a file, however deep."""
    for value in model_params.values():
        yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from media_named(value)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _listed(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The models to fall back on, each with the parameters that are said for it."""
    field, listed = f"model_params.{FALLBACKS}", given.get(FALLBACKS)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(one, str | Mapping) for one in listed):
        raise BadInput(
            "fallbacks must be a list of models",
            field=field,
            fix='give names, or objects such as {"model": "kling-2.5", "duration": 5}',
        )
    if len(listed) > MOST_FALLBACKS:
        raise BadInput(
            f"there are {len(listed)} fallbacks; at most {MOST_FALLBACKS} are taken", field=field
        )
    return [{"model": one} if isinstance(one, str) else one for one in listed]


class _Maker:
    """Makes the requests of one segment."""

    def __init__(
        self,
        catalogue: Catalogue,
        shot: Shot,
        digests: Mapping[str, str],
        unavailable: Unavailable,
    ) -> None:
        self._catalogue = catalogue
        self._shot = shot
        self._digests = dict(digests)
        self._unavailable = unavailable

    def first(self) -> Ask:
        """What the segment itself names."""
        said = {k: v for k, v in self._shot.given.items() if k != FALLBACKS}
        return self._ask(said, "model_params")

    def fallback(self, first: Ask, wanted: Mapping[str, Any], where: str) -> Ask:
        """The same shot by another model, fitted to it; what is said for this model alone wins."""
        entry = self._catalogue.resolve(wanted.get("model"), field_name=f"{where}.model").entry
        own = {k: v for k, v in wanted.items() if k != "model"}
        said = {k: v for k, v in self._shot.given.items() if k != FALLBACKS}
        moved = retarget(replace(self._shot, given=said), first.entry, entry)
        ask = self._ask({**moved.params, **own, "model": wanted["model"]}, where)
        self._refuse_short(ask, where)
        return replace(
            ask,
            lost=tuple(one for one in moved.lost if one.parameter not in own),
            changed=tuple(one for one in moved.changed if one.parameter not in own),
        )

    def _refuse_short(self, ask: Ask, where: str) -> None:
        made, needed = clip_seconds(ask.request.readable_params()), self._shot.seconds
        if made is not None and needed is not None and made < needed:
            raise BadInput(
                f"the trim uses {float(needed):g} seconds of the clip, and {ask.entry.id} makes "
                f"{float(made):g}",
                field=where,
                fix="trim less of it, or fall back on a model with longer clips",
            )

    def _ask(self, said: Mapping[str, Any], where: str) -> Ask:
        named = self._catalogue.resolve(said.get("model"), field_name=f"{where}.model")
        entry, params = named.entry, dict(said)
        pictures = []
        for name in PAIRED:
            if isinstance(params.get(name), Mapping):
                picture = self._picture(entry, name, params[name], f"{where}.{name}")
                params[name] = reference_to(picture.request)
                pictures.append(picture)
        request = self._request(entry, params, where)
        return Ask(
            request=request,
            entry=entry,
            pictures=tuple(pictures),
            unavailable=self._unavailable(entry),
            model_note=named.note,
        )

    def _request(
        self, entry: ModelEntry, params: Mapping[str, Any], where: str
    ) -> GenerationRequest:
        self._refuse_missing(entry, params, where)
        return make_request(
            entry, self._shot.prompt, params, self._digests, aspect=self._shot.aspect, where=where
        )

    def _picture(self, clip: ModelEntry, name: str, told: Mapping[str, Any], where: str) -> Picture:
        if name not in clip.media_parameters:
            raise BadInput(
                f"{clip.id} takes no {name}",
                field=where,
                fix="leave it out, or choose a model that begins with a picture",
            )
        said = dict(told)
        entry = self._catalogue.resolve(said.get("model"), field_name=f"{where}.model").entry
        prompt = said.pop("prompt", self._shot.prompt)
        variation = said.pop("variation", 0)
        _check_words(prompt, variation, where)
        self._refuse_missing(entry, said, where)
        request = replace(self._made(entry, prompt, said, where), variation=variation)
        self._digests[reference_to(request)] = reference_to(request)
        return Picture(
            field=name, request=request, entry=entry, unavailable=self._unavailable(entry)
        )

    def _made(
        self, entry: ModelEntry, prompt: str, params: Mapping[str, Any], where: str
    ) -> GenerationRequest:
        """The request for a picture, its prompt named where it stands."""
        aspect = self._shot.aspect
        try:
            return make_request(
                entry, prompt, params, self._digests, aspect=aspect, where=where, makes="image"
            )
        except BadInput as error:
            problems = [_below(problem, where) for problem in error.problems]
            raise BadInput(error.message, problems=problems, code=error.code) from error

    def _refuse_missing(self, entry: ModelEntry, params: Mapping[str, Any], where: str) -> None:
        for name in entry.media_parameters:
            told = params.get(name)
            if told is None or (isinstance(told, str) and told in self._digests):
                continue
            raise BadInput(
                f"{name} names media that does not exist",
                field=f"{where}.{name}",
                fix="upload the file first (POST /api/media) and use the id it gets",
            )


def _below(problem: FieldProblem, where: str) -> FieldProblem:
    return replace(problem, field=f"{where}.prompt") if problem.field == "prompt" else problem


def _check_words(prompt: Any, variation: Any, where: str) -> None:
    if not isinstance(prompt, str) or not prompt.strip():
        raise BadInput(
            "the prompt of a picture must be words",
            field=f"{where}.prompt",
            fix="leave it out to use the prompt of the segment",
        )
    is_number = isinstance(variation, int) and not isinstance(variation, bool)
    if not is_number or not 0 <= variation <= MOST_VARIATIONS:
        raise BadInput(
            f"variation must be a whole number from 0 to {MOST_VARIATIONS}",
            field=f"{where}.variation",
        )


def needed_first(asks: Sequence[Ask]) -> dict[str, Picture]:
    """Fingerprint -> picture, of all pictures that any of these is made from."""
    return {one.request.fingerprint: one for ask in asks for one in ask.pictures}


__all__ = [
    "FALLBACKS",
    "MOST_FALLBACKS",
    "PAIRED",
    "Ask",
    "Picture",
    "make_asks",
    "media_named",
    "needed_first",
]
