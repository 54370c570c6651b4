"""Moving a segment from one model to another: what fits, what moves to the nearest that is allowed,
what is lost, what is missing, and what it costs. Pure; nothing is generated or stored by it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from video_foundry.core.catalogue import (
    ModelEntry,
    clip_seconds,
    effective_params,
    price_of,
    violations,
    with_defaults,
)
from video_foundry.core.money import UNKNOWN, Price
from video_foundry.core.nearest import nearest, of_both
from video_foundry.core.request import nearest_aspect, refuse_other_output
from video_foundry.errors import BadInput, FieldProblem

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MOST_REPAIRS = 100
"""Each takes a parameter out or moves it; there are never as many."""


Action = Literal["changed", "unchanged", "refused"]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A parameter that does not stay as it was. new: None when it is lost."""

    parameter: str
    old: Any
    new: Any
    reason: str


@dataclass(frozen=True, kw_only=True)
class Retargeting:
    """What becomes of one segment's `model_params`.

    given: the old ones. params: the new ones, with `model`. kept: names whose value stays. missing:
    names that the new model needs and the segment does not say. problems: what else keeps the new
    model from taking it. before, after: list price of one generation.
    """

    given: Mapping[str, Any]
    params: Mapping[str, Any]
    kept: tuple[str, ...]
    changed: tuple[Moved, ...]
    lost: tuple[Moved, ...]
    missing: tuple[str, ...]
    problems: tuple[FieldProblem, ...]
    before: Price
    after: Price

    @property
    def fits(self) -> bool:
        """Whether the new model takes it."""
        return not self.missing and not self.problems

    @property
    def action(self) -> Action:
        """What is to be done with the segment."""
        if dict(self.params) == dict(self.given):
            return "unchanged"
        return "changed" if self.fits else "refused"

    @property
    def refusals(self) -> tuple[FieldProblem, ...]:
        """Every reason why the new model does not take it, with what to do."""
        needed = [
            FieldProblem(
                field=f"model_params.{name}",
                message=f"{self.params['model']} needs {name}",
                fix="add it to the segment first, or choose a model that does without",
            )
            for name in self.missing
        ]
        return (*needed, *self.problems)


@dataclass(frozen=True, kw_only=True)
class Shot:
    """What of a segment bears on its model. given: its `model_params`. seconds: how much of the
    clip its trim uses, None for all there is. aspect: width and height of the project."""

    given: Mapping[str, Any]
    prompt: str = ""
    seconds: Fraction | None = None
    aspect: tuple[int, int] | None = None


def check_target(entry: ModelEntry) -> None:
    """Raise BadInput for a model that no segment can be moved to: one that makes pictures, or that
    is retired."""
    refuse_other_output(entry, "video", field="to")
    if entry.retired is not None:
        fix = f"choose {entry.successor}" if entry.successor else "choose another model"
        raise BadInput(
            f"{entry.id} cannot be used any more: {entry.retired}",
            field="to",
            fix=fix,
            code="model_retired",
        )


def retarget(shot: Shot, old: ModelEntry | None, new: ModelEntry) -> Retargeting:
    """The segment as `new` takes it. old: the model it names now, None for one that nobody knows.

    A parameter keeps its value where `new` allows it; otherwise it moves to the nearest allowed
    value, or is lost. A duration that `old` supplied is carried over, so that the film keeps its
    length; whatever else was left to the old model is left to the new one. The result is valid
    whenever it `fits`, and the same model changes nothing.
    """
    told, shot = shot, _in_plain_words(shot)
    fitting = _Fitting(new, shot)
    if old is not None and old.id == new.id:
        fitting.params = {k: v for k, v in shot.given.items() if k != "model"}
    else:
        fitting.take_over(_wanted(shot.given, old))
        fitting.repair()
        if old is not None:
            fitting.lose_sound(old)
    problems = () if fitting.missing else tuple(fitting.problems())
    aside = {name: told.given[name] for name in ASIDE if name in told.given}
    return Retargeting(
        given=told.given,
        params={"model": new.id, **_as_told(fitting.params, told), **aside},
        kept=(*fitting.kept(), *aside),
        changed=tuple(fitting.changed()),
        lost=tuple(
            replace(one, old=told.given.get(name, one.old)) for name, one in fitting.lost.items()
        ),
        missing=tuple(fitting.missing),
        problems=problems,
        before=_price(old, shot.given, shot) if old else UNKNOWN,
        after=UNKNOWN if problems or fitting.missing else _price(new, fitting.params, shot),
    )


ASIDE = ("fallbacks",)
"""What a segment says beside the parameters of its model: it stays whatever the model is."""


def _in_plain_words(shot: Shot) -> Shot:
    """The shot with what a model's schema speaks of: a picture that is still to be made counts like
    a file."""
    given = {k: v for k, v in shot.given.items() if k not in ASIDE}
    return replace(shot, given={k: _stand_in(k, v) for k, v in given.items()})


def _stand_in(name: str, value: Any) -> Any:
    return f"request:{name}" if isinstance(value, Mapping) else value


def _as_told(params: Mapping[str, Any], told: Shot) -> dict[str, Any]:
    """Parameters with what the segment says where a stand-in has stood."""
    return {
        name: told.given[name]
        if isinstance(told.given.get(name), Mapping) and value == _stand_in(name, told.given[name])
        else value
        for name, value in params.items()
    }


def _wanted(given: Mapping[str, Any], old: ModelEntry | None) -> dict[str, Any]:
    """What the segment says, with the length that its model gave it."""
    wanted = {k: v for k, v in given.items() if k != "model" and v is not None}
    supplied = old.properties.get("duration", {}).get("default") if old else None
    if supplied is not None:
        wanted.setdefault("duration", supplied)
    return wanted


def _filled(entry: ModelEntry, params: Mapping[str, Any], shot: Shot) -> dict[str, Any]:
    """What a request would say: with the shape of the project and the entry's defaults."""
    given = dict(params)
    shape = nearest_aspect(entry, shot.aspect) if shot.aspect else None
    if shape is not None:
        given.setdefault("aspect_ratio", shape)
    return with_defaults(entry, given)


def _price(entry: ModelEntry, params: Mapping[str, Any], shot: Shot) -> Price:
    return price_of(entry, _filled(entry, params, shot))


@dataclass
class _Fitting:
    """The parameters on their way to a model, and what became of each."""

    entry: ModelEntry
    shot: Shot
    params: dict[str, Any] = field(default_factory=dict)
    wanted: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    lost: dict[str, Moved] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def take_over(self, wanted: Mapping[str, Any]) -> None:
        """Each parameter by itself."""
        self.wanted = dict(wanted)
        is_open = self.entry.parameters.get("additionalProperties") is not False
        for name, value in wanted.items():
            schema = self.entry.properties.get(name)
            if schema is not None:
                self._set(name, nearest(name, schema, value, self._least(name)), value)
            elif is_open:
                self.params[name] = value
            else:
                self._lose(name, value, f"{self.entry.id} has no {name}")
        self._mind_the_trim()
        self._leave_out_its_own_length()

    def _mind_the_trim(self) -> None:
        """Say a length where the one that the new model makes unasked is too short for the trim."""
        schema = self.entry.properties.get("duration", {})
        own = schema.get("default")
        if own is not None and "duration" not in self.params:
            held = nearest("duration", schema, own, self.shot.seconds)
            if held is not None and held != own:
                self._set("duration", held, None, "long enough for the trim")

    def _least(self, name: str) -> Fraction | None:
        return self.shot.seconds if name == "duration" else None

    def _leave_out_its_own_length(self) -> None:
        """A length that nobody asked for need not be said where the new model has the same."""
        own = self.entry.properties.get("duration", {}).get("default")
        if "duration" not in self.shot.given and self.params.get("duration") == own:
            self.params.pop("duration", None)

    def _set(self, name: str, value: Any, old: Any, why: str = "") -> None:
        if value is None:
            self._lose(name, old, why or f"{self.entry.id} allows nothing like it")
            return
        self.params[name] = value
        if value != old:
            self.reasons[name] = why or f"the nearest that {self.entry.id} allows"

    def _lose(self, name: str, old: Any, why: str) -> None:
        self.params.pop(name, None)
        if name in self.wanted:
            self.lost[name] = Moved(parameter=name, old=old, new=None, reason=why)

    def repair(self) -> None:
        """Put right what the model's rules between parameters have against them."""
        for _ in range(MOST_REPAIRS):
            self.missing.clear()
            filled = _filled(self.entry, self.params, self.shot)
            if not any(self._mend(error, filled) for error in violations(self.entry, filled)):
                return

    def _mend(self, error: "ValidationError", filled: Mapping[str, Any]) -> bool:
        """Whether something was changed that may put this right."""
        if error.absolute_path:
            return self._mend_value(str(error.absolute_path[0]), error, filled)
        asked: Any = error.validator_value
        if error.validator == "required":
            self.missing += [n for n in asked if n not in filled and n not in self.missing]
        elif error.validator == "dependentRequired":
            return self._mend_dependents(asked, filled)
        elif error.validator == "not" and isinstance(asked, Mapping):
            return self._drop_last(asked.get("required", ()), error.message)
        return False

    def _mend_value(self, name: str, error: "ValidationError", filled: Mapping[str, Any]) -> bool:
        value = filled.get(name)
        if len(error.absolute_path) == 1 and isinstance(error.schema, Mapping):
            schema = of_both(self.entry.properties.get(name, {}), error.schema)
            moved = nearest(name, schema, value, self._least(name))
            if moved is not None and moved != value:
                self._set(name, moved, value, f"{self.entry.id} allows no other together with this")
                return True
        return self._drop(name, f"{self.entry.id} does not allow it together with this")

    def _mend_dependents(self, needs: Mapping[str, list[str]], filled: Mapping[str, Any]) -> bool:
        for name, others in needs.items():
            lacking = [other for other in others if other not in filled]
            if name in filled and lacking:
                return self._drop(name, f"{self.entry.id} takes it only with {lacking[0]}")
        return False

    def _drop_last(self, names: Any, why: str) -> bool:
        return any(self._drop(str(name), why[:200]) for name in reversed(list(names)))

    def _drop(self, name: str, why: str) -> bool:
        """Take a parameter out that was asked for; one that stands by default stays."""
        if name not in self.params:
            return False
        self._lose(name, self.wanted.get(name), why)
        self.params.pop(name, None)
        return True

    def lose_sound(self, old: ModelEntry) -> None:
        """Tell of sound that the old model made unasked and the new one cannot."""
        had = old.properties.get("audio", {}).get("default") is True
        if had and "audio" not in self.wanted and "audio" not in self.entry.properties:
            why = f"{self.entry.id} makes no sound"
            self.lost["audio"] = Moved(parameter="audio", old=True, new=None, reason=why)

    def kept(self) -> Iterator[str]:
        """Names whose value stays as the segment said it."""
        for name, value in self.params.items():
            if name in self.shot.given and self.shot.given[name] == value:
                yield name

    def changed(self) -> Iterator[Moved]:
        """Parameters with another value than before."""
        for name, reason in self.reasons.items():
            if name in self.params and self.params[name] != self.wanted.get(name):
                yield Moved(
                    parameter=name,
                    old=self.wanted.get(name),
                    new=self.params[name],
                    reason=reason,
                )

    def problems(self) -> Iterator[FieldProblem]:
        """What the new model still has against it."""
        most = self.entry.prompt_characters
        if len(self.shot.prompt) > most:
            message = f"the prompt has {len(self.shot.prompt)} characters; at most {most} are taken"
            yield FieldProblem(field="prompt", message=message, fix="shorten it")
        try:
            params = effective_params(
                self.entry, _filled(self.entry, self.params, self.shot), where="model_params"
            )
        except BadInput as error:
            yield from error.problems
            return
        yield from self._too_short(clip_seconds(params))

    def _too_short(self, length: Fraction | None) -> Iterator[FieldProblem]:
        needed = self.shot.seconds
        if length is not None and needed is not None and length < needed:
            yield FieldProblem(
                field="trim",
                message=f"the trim uses {float(needed):g} seconds of the clip, and "
                f"{self.entry.id} makes {float(length):g}",
                fix="trim less of it, or choose a model with longer clips",
            )


__all__ = ["Action", "Moved", "Retargeting", "Shot", "check_target", "retarget"]
