"""One seed decides everything that a chaos run draws: who is struck, and what people ask for."""

from itertools import islice

from tests.cluster.films import plan_films
from tests.cluster.strikes import Strike, strikes

MEMBERS = ["api_1", "api_2", "worker_1", "worker_2", "worker_3"]
COMPONENTS = ["postgresql", "rabbitmq", "redis", "objects"]


def drawn(seed: int, many: int = 200) -> list[Strike]:
    return list(islice(strikes(seed, MEMBERS, COMPONENTS, pause=(0.5, 3.5)), many))


def test_the_same_seed_draws_the_same_strikes_and_films() -> None:
    assert drawn(7) == drawn(7)
    assert plan_films(7, 300) == plan_films(7, 300)


def test_another_seed_draws_others() -> None:
    assert drawn(7) != drawn(8)
    assert plan_films(7, 300) != plan_films(8, 300)


def test_everything_is_struck_in_a_short_run() -> None:
    struck = {target for strike in drawn(7, 80) for target in strike.targets}
    assert struck == {*MEMBERS, *COMPONENTS}
    assert {s.kind for s in drawn(7, 80)} == {"kill", "freeze", "break", "cripple"}


def test_films_share_requests_and_hold_every_kind_of_move() -> None:
    films = plan_films(7, 300)
    prompts = [prompt for film in films for prompt, _ in film.prompts]
    assert len(set(prompts)) < len(prompts)
    moves = {move for film in films for move in film.moves}
    assert moves == {"render", "render twice", "edit", "reorder", "cancel", "wait a little"}
