"""The generation request: everything that can change the pixels a provider makes, in one value.

It is made once, at planning; the same value is stored, submitted and compared later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Self

from video_foundry.core.canonical import canonical_json, fingerprint, plain
from video_foundry.core.catalogue import ModelEntry, Output, effective_params
from video_foundry.errors import BadInput

SCHEMA = 1
MAX_SEED = 4_294_967_295

NOT_HASHED: Mapping[str, str] = {}
"""Fields of GenerationRequest that the fingerprint leaves out, each with its reason. None today."""


@dataclass(frozen=True, kw_only=True)
class GenerationRequest:
    """What will be asked of a model.

    params: canonical (no floats), defaults filled in, without the model's name. references: media
    parameter -> SHA-256 of the file, so a renamed or re-uploaded file is the same request; or
    `request:` with the fingerprint of the request whose result is meant (see `reference_to`).
    variation: 0 for the ordinary take, 1, 2, ... for takes asked for on purpose. keeps_seed:
    whether such a take has the seed of the ordinary one, instead of one of its own.
    """

    provider: str
    model: str
    prompt: str
    params: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    variation: int = 0
    keeps_seed: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """Identity of this request."""
        return fingerprint("generation", SCHEMA, self.hashed())

    @property
    def base_fingerprint(self) -> str:
        """Identity of the request without its variation: shared by all its takes."""
        if self.variation == 0 and not self.keeps_seed:
            return self.fingerprint
        return replace(self, variation=0, keeps_seed=False).fingerprint

    def hashed(self) -> dict[str, Any]:
        """The fields that count, by name. What came later counts where it is said: requests that do
        without it stay what they were."""
        names = [f.name for f in fields(self) if f.name not in NOT_HASHED]
        said = {name: getattr(self, name) for name in names}
        return {k: v for k, v in said.items() if k != "keeps_seed" or v}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, exact both ways."""
        stored: dict[str, Any] = plain(self.hashed())
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The request that `to_json` wrote."""
        return cls(**stored)

    def readable_params(self) -> dict[str, Any]:
        """The parameters with ordinary numbers."""
        return {name: ordinary(value) for name, value in self.params.items()}

    def submit_params(self, entry: ModelEntry) -> dict[str, Any]:
        """Parameters as the adapter gets them: ordinary numbers, the seed moved by the variation
        unless it is kept.

        A model with a `seed` makes another picture for another variation; models without one draw
        their own randomness.
        """
        params = self.readable_params()
        if self.variation and not self.keeps_seed and "seed" in entry.properties:
            params["seed"] = (int(params.get("seed") or 0) + self.variation) % (MAX_SEED + 1)
        return params


def ordinary(value: Any) -> Any:
    """A parameter as it is stored, with ordinary numbers."""
    if isinstance(value, Mapping):
        if set(value) == {"$decimal"}:
            return float(value["$decimal"])
        return {k: ordinary(v) for k, v in value.items()}
    if isinstance(value, list):
        return [ordinary(v) for v in value]
    return value


REFERENCE = "request:"
"""How a reference to what another request leads to begins; what follows is its fingerprint."""


def reference_to(request: GenerationRequest) -> str:
    """Names the result of a request before there is one, so that whoever refers to it has a
    fingerprint at once."""
    return f"{REFERENCE}{request.fingerprint}"


def requests_named(request: GenerationRequest) -> dict[str, str]:
    """Parameter -> fingerprint of the request whose result it takes."""
    return {
        name: told.removeprefix(REFERENCE)
        for name, told in request.references.items()
        if told.startswith(REFERENCE)
    }


def make_request(
    entry: ModelEntry,
    prompt: str,
    model_params: Mapping[str, Any],
    media_digests: Mapping[str, str],
    *,
    aspect: tuple[int, int] | None = None,
    where: str = "model_params",
    makes: Output = "video",
) -> GenerationRequest:
    """The request for a segment. Raises BadInput naming the wrong parameter.

    media_digests: media id -> digest for every reference named in `model_params`. aspect: width and
    height of the project; picks the nearest `aspect_ratio` when the segment names none. makes: what
    is wanted; a model that makes something else is refused.
    """
    refuse_other_output(entry, makes, field=f"{where}.model")
    if len(prompt) > entry.prompt_characters:
        raise BadInput(
            f"the prompt has {len(prompt)} characters; {entry.id} takes {entry.prompt_characters}",
            field="prompt",
            fix="shorten it",
        )
    given = dict(model_params)
    if aspect is not None and "aspect_ratio" not in given:
        nearest = nearest_aspect(entry, aspect)
        if nearest is not None:
            given["aspect_ratio"] = nearest
    params = effective_params(entry, given, where=where)
    references = {
        name: media_digests[params.pop(name)]
        for name in entry.media_parameters
        if params.get(name) is not None
    }
    return GenerationRequest(
        provider=entry.provider,
        model=entry.id,
        prompt=prompt,
        params=plain({k: v for k, v in params.items() if v is not None}),
        references=references,
    )


def refuse_other_output(entry: ModelEntry, makes: Output, *, field: str) -> None:
    """Raise BadInput for a model that does not make what is wanted: no picture is a segment's clip,
    and no clip a first frame."""
    if entry.makes == makes:
        return
    if makes == "video":
        raise BadInput(
            f"{entry.id} makes pictures, and a segment needs a model that makes video",
            field=field,
            fix=f"choose a video model; a picture that {entry.id} made can be its first_frame",
            code="not_a_video_model",
        )
    raise BadInput(
        f"{entry.id} makes video, and a picture is wanted",
        field=field,
        fix="choose a model that makes pictures",
        code="not_an_image_model",
    )


def nearest_aspect(entry: ModelEntry, aspect: tuple[int, int]) -> str | None:
    """The model's `aspect_ratio` closest to width:height, None when it has no such list."""
    listed = entry.properties.get("aspect_ratio", {}).get("enum", ())
    choices = [str(choice) for choice in listed if ":" in str(choice)]
    if not choices:
        return None
    wanted = aspect[0] / aspect[1]
    return min(choices, key=lambda c: (abs(_ratio(c) / wanted - 1), c))


def _ratio(text: str) -> float:
    width, height = text.split(":")
    return float(width) / float(height)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of a request that differs; None means it was, or is, not there."""

    field: str
    old: Any
    new: Any


def changes(old: GenerationRequest, new: GenerationRequest) -> list[Change]:
    """Every field that differs: `prompt`, `model`, `params.duration`, `references.first_frame`."""
    before, after = _flat(old), _flat(new)
    if old.model == new.model:  # otherwise the model's own change says it
        before["provider"], after["provider"] = old.provider, new.provider
    return [
        Change(field=name, old=before.get(name), new=after.get(name))
        for name in sorted({*before, *after})
        if canonical_json(before.get(name)) != canonical_json(after.get(name))
    ]


def _flat(request: GenerationRequest) -> dict[str, Any]:
    flat: dict[str, Any] = {"prompt": request.prompt, "model": request.model}
    flat |= {f"params.{k}": v for k, v in request.readable_params().items()}
    flat |= {f"references.{k}": v for k, v in request.references.items()}
    if request.variation:
        flat["variation"] = request.variation
    if request.keeps_seed:
        flat["keeps_seed"] = True
    return flat
