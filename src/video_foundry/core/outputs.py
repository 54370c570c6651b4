"""What a project is rendered to: its main film, more films of the same timeline in other sizes,
rates or encodings, and animated pictures of the main one. Their steps are `render_graph`'s matter.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from video_foundry.core.profile import OutputProfile, require_encoder
from video_foundry.core.timebase import FrameRate
from video_foundry.core.wording import one_of, shown
from video_foundry.errors import BadInput

MAIN = "main"
"""The name of the film that the project's own settings describe; no other output has it."""

MOST_OUTPUTS = 12
"""Beside the main film."""

LONGEST_NAME = 40
_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]{0,38}[a-z0-9])?")

AnimatedKind = Literal["gif", "webp"]
OutputKind = Literal["film", "gif", "webp"]
KINDS: tuple[OutputKind, ...] = ("film", "gif", "webp")

NARROWEST_ANIMATED, WIDEST_ANIMATED = 16, 1280
"""Pixels."""
FASTEST_ANIMATED = 50
"""Pictures a second; a GIF counts in hundredths, and browsers slow down what is quicker."""
LONGEST_ANIMATED = Fraction(60)
"""Seconds."""
MOST_PICTURES = 600
"""Of an animated picture: more is a film, in the most wasteful of formats."""

FILM_FIELDS = ("width", "height", "fps", "loudness_lufs", "codec", "quality", "encoder")
ANIMATED_FIELDS = ("width", "fps", "seconds")

ANIMATED_TYPES: Mapping[AnimatedKind, str] = {"gif": "image/gif", "webp": "image/webp"}


@dataclass(frozen=True, kw_only=True)
class Animated:
    """An endless animated picture of the main film's beginning, silent. width: pixels, the height
    follows. fps: pictures a second. seconds: at most so many."""

    kind: AnimatedKind
    width: int = 480
    fps: int = 12
    seconds: Fraction = Fraction(6)


@dataclass(frozen=True, kw_only=True)
class Output:
    """One thing that a render makes. profile: of the film, or of the main film where it is an
    animated picture of that."""

    name: str
    profile: OutputProfile
    animated: Animated | None = None

    @property
    def kind(self) -> OutputKind:
        """A film, or which kind of animated picture."""
        return "film" if self.animated is None else self.animated.kind

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        film = self.profile
        if self.animated is None:
            return film.width, film.height
        width = self.animated.width
        return width, animated_height(width, film.width, film.height)

    @property
    def rate(self) -> FrameRate:
        """Of its pictures."""
        return self.profile.fps if self.animated is None else FrameRate(num=self.animated.fps)

    @property
    def container(self) -> str:
        """Of its file, which is the file's extension too."""
        return self.profile.format.container if self.animated is None else self.animated.kind

    @property
    def content_type(self) -> str:
        """Of its file."""
        if self.animated is None:
            return self.profile.format.content_type
        return ANIMATED_TYPES[self.animated.kind]


def animated_frames(seconds: Fraction, film: Fraction, fps: int) -> int:
    """Pictures of an animated picture of at most `seconds` of a film of so many seconds."""
    return max(1, int(min(seconds, film) * fps + Fraction(1, 2)))


def animated_height(width: int, film_width: int, film_height: int) -> int:
    """Pixels, so that it keeps the film's shape: the nearest even number."""
    return max(2, 2 * int(Fraction(width * film_height, 2 * film_width) + Fraction(1, 2)))


def main_output(profile: OutputProfile) -> Output:
    """The film that a project's own settings describe."""
    return Output(name=MAIN, profile=profile)


def read_outputs(told: Sequence[Mapping[str, Any]], main: OutputProfile) -> tuple[Output, ...]:
    """All outputs of a project, the main film first.

    told: of each further one its `name`, perhaps its `kind`, and what differs from the main film
    (`loudness_lufs`: "off" for sound as it is).
    Raises BadInput naming `outputs.N.<field>`.
    """
    if len(told) > MOST_OUTPUTS:
        raise BadInput(
            f"there are {len(told)} outputs, and a project may have {MOST_OUTPUTS}",
            field="outputs",
            fix=f"keep at most {MOST_OUTPUTS}; another project can have the rest",
        )
    names: set[str] = {MAIN}
    found = [main_output(main)]
    for number, one in enumerate(told):
        where = f"outputs.{number}"
        found.append(_read(one, main, where))
        _check_name(found[-1].name, names, f"{where}.name")
        names.add(found[-1].name)
    return tuple(found)


def _check_name(name: object, taken: Collection[str], field: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadInput(
            f"{shown(name)} is not a name of an output",
            field=field,
            fix=f"write 1 to {LONGEST_NAME} of a-z, 0-9, - and _, such as vertical",
        )
    if name == MAIN:
        raise BadInput(
            "the film of the project's own settings is called main already",
            field=field,
            fix="choose another name",
        )
    if name in taken:
        raise BadInput(
            f"two outputs are called {name}", field=field, fix="give each a name of its own"
        )


def _read(told: Mapping[str, Any], main: OutputProfile, where: str) -> Output:
    kind = one_of(told.get("kind") or "film", KINDS, field=f"{where}.kind", what="an output")
    if kind == "film":
        _refuse_others(told, FILM_FIELDS, where, "a film")
        return Output(name=told.get("name", ""), profile=_profile(told, main, where))
    _refuse_others(told, ANIMATED_FIELDS, where, f"a {kind}")
    animated = _animated("gif" if kind == "gif" else "webp", told, where)
    return Output(name=told.get("name", ""), profile=main, animated=animated)


def _refuse_others(told: Mapping[str, Any], known: Collection[str], where: str, what: str) -> None:
    for name in told:
        if name not in (*known, "name", "kind"):
            raise BadInput(f"{what} has no {name}", field=f"{where}.{name}", fix="leave it out")


def _profile(told: Mapping[str, Any], main: OutputProfile, where: str) -> OutputProfile:
    """The main film's, with what is told put in its place."""
    changes = {name: told[name] for name in FILM_FIELDS if name in told}
    if "fps" in changes:
        changes["fps"] = FrameRate.parse(changes["fps"])
    if "loudness_lufs" in changes:
        loudness = changes["loudness_lufs"]
        changes["loudness_lufs"] = None if loudness == "off" else Decimal(loudness)
    profile = replace(main, **changes)
    check_encoder(profile, where)
    return profile


def check_encoder(profile: OutputProfile, where: str) -> None:
    """Raises BadInput naming `<where>.encoder` for a codec that no such encoder can make."""
    try:
        require_encoder(profile.codec, profile.encoder, where="on any machine")
    except BadInput as error:
        problem = error.problems[0]
        raise BadInput(error.message, field=f"{where}.{problem.field}", fix=problem.fix) from error


def _animated(kind: AnimatedKind, told: Mapping[str, Any], where: str) -> Animated:
    changes = {name: told[name] for name in ANIMATED_FIELDS if name in told}
    if "seconds" in changes:
        changes["seconds"] = Fraction(changes["seconds"])
    if "fps" in changes:
        changes["fps"] = _whole(changes["fps"], f"{where}.fps")
    animated = Animated(kind=kind, **changes)
    check_animated(animated, f"{where}.")
    return animated


def check_animated(animated: Animated, where: str = "") -> None:
    """Raises BadInput naming `<where>width`, `fps` or `seconds` for one that is too small to be, or
    larger than any browser should have to hold. How large one may be is said here alone."""
    for name, least, most, unit in (
        ("width", NARROWEST_ANIMATED, WIDEST_ANIMATED, "pixels"),
        ("fps", 1, FASTEST_ANIMATED, "pictures a second"),
        ("seconds", 0, LONGEST_ANIMATED, "seconds"),
    ):
        value = getattr(animated, name)
        if not least <= value <= most:
            bound, limit = ("least", least) if value < least else ("most", most)
            raise BadInput(
                f"a {animated.kind} may have at {bound} {limit} {unit}, not {float(value):g}",
                field=f"{where}{name}",
                fix=f"give at {bound} {limit}" + (", or make it a film" if value > most else ""),
            )
    pictures = animated.fps * animated.seconds
    if pictures < 1:
        raise BadInput(
            f"{float(animated.seconds):g} seconds at {animated.fps} pictures a second hold none",
            field=f"{where}seconds",
            fix=f"make it at least {1 / animated.fps:.2f} seconds long",
        )
    if pictures > MOST_PICTURES:
        raise BadInput(
            f"{float(animated.seconds):g} seconds at {animated.fps} pictures a second are "
            f"{int(pictures)} pictures, and a {animated.kind} may have {MOST_PICTURES}",
            field=f"{where}seconds",
            fix="make it shorter or slower, or make it a film",
        )


def _whole(rate: object, field: str) -> int:
    exact = FrameRate.parse(str(rate))
    if exact.den != 1:
        raise BadInput(
            f"an animated picture has a whole number of pictures a second, not {exact}",
            field=field,
            fix="write 10, 12 or 25, say",
        )
    return exact.num


def chosen(outputs: Sequence[Output], names: Collection[str] | None) -> tuple[Output, ...]:
    """Those that are asked for, all with None. An animated picture brings the main film with it,
    which it is made from. Raises BadInput naming `outputs` for a name that there is not, and for
    none at all."""
    if names is None:
        return tuple(outputs)
    known = {one.name: one for one in outputs}
    for number, name in enumerate(names):
        if name not in known:
            one_of(name, known, field=f"outputs.{number}", what="an output of this project")
    if not names:
        raise BadInput(
            "no output is asked for",
            field="outputs",
            fix=f"name some of {', '.join(known)}, or leave it out for all",
        )
    wanted = {*names, *(MAIN for name in names if known[name].animated is not None)}
    return tuple(one for one in outputs if one.name in wanted)


def films(outputs: Iterable[Output]) -> Iterator[Output]:
    """Those that are films of their own, in order."""
    return (one for one in outputs if one.animated is None)
