"""What people do in a run: films with their requests and everything that happens to them while
they are made, drawn from a seed. Nothing here calls anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.recovery.director import Json

from video_foundry.testing.ledger import KINDS

Move = Literal["render", "render twice", "edit", "reorder", "cancel", "wait a little"]

DOUBTFUL = 0.4
"""Share of films that use accounts which offer neither keys nor look-up: doubts hold them up."""
WEIGHTS = {True: (3, 3, 4), False: (6, 4, 0)}
"""How often requests go to accounts that honour keys, can be searched, or offer neither; in films
with doubtful accounts and in others."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """One project. prompts: of its segments, each with the kind of account. moves: in order."""

    number: int
    prompts: Sequence[tuple[str, str]]
    moves: Sequence[Move]

    @property
    def segments(self) -> list[Json]:
        """As the API takes them."""
        return [
            {"prompt": prompt, "model_params": {"model": f"ledger-{kind}"}}
            for prompt, kind in self.prompts
        ]


def plan_film(seed: int, number: int) -> Film:
    """The film of this number: the same for the same seed."""
    dice = Random(f"film {seed} {number}")
    weights = WEIGHTS[dice.random() < DOUBTFUL]
    prompts = [
        (f"film {number} shot {shot}", dice.choices(KINDS, weights)[0])
        for shot in range(dice.randint(3, 7))
    ]
    if dice.random() < 0.5:  # several films ask for the very same thing
        shared = number // 3
        prompts[-1] = (f"shared shot {shared}", KINDS[shared % len(KINDS)])
    return Film(number=number, prompts=prompts, moves=_moves(dice))


def _moves(dice: Random) -> list[Move]:
    moves: list[Move] = ["render twice" if dice.random() < 0.3 else "render"]
    if dice.random() < 0.35:
        moves += ["wait a little", "edit", "render"]
    if dice.random() < 0.15:
        moves += ["reorder"]
    if dice.random() < 0.2:
        moves += ["wait a little", "cancel"]
        moves += ["render"] if dice.random() < 0.7 else []
    return moves


def plan_films(seed: int, jobs: int) -> list[Film]:
    """As many films as make for that many different requests."""
    films: list[Film] = []
    asked: set[str] = set()
    while len(asked) < jobs:
        film = plan_film(seed, len(films))
        films.append(film)
        asked |= {prompt for prompt, _ in film.prompts}
        asked |= {edited(film, n) for n, move in enumerate(film.moves) if move == "edit"}
    return films


def edited(film: Film, move: int) -> str:
    """The prompt that an edit writes into the film's first segment."""
    return f"film {film.number} shot 0 after move {move}"
