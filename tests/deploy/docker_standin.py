"""`docker compose exec`, `run` and `up` as the blocks of docs/deploy.md say them, carried out on
this machine without a container: which services there are, and what each is told, comes from the
compose file; where it finds its parts, from PLACES. Knows the options that the blocks use and no
other."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.deploy import compose_file

PLACES = "STANDIN_PLACES"
"""A variable with JSON: service -> variables that are different here than in its container."""
ENTRYPOINTS = {"bucket": ["rclone"], "app": ["video-foundry"]}
"""What the image of a service begins with."""


def parser() -> argparse.ArgumentParser:
    """The command line of `docker compose`, as far as it is used."""
    docker = argparse.ArgumentParser(prog="docker", allow_abbrev=False)
    docker.add_argument("compose", choices=["compose"])
    docker.add_argument("-f", dest="file", type=Path, required=True)
    orders = docker.add_subparsers(dest="order", required=True)
    up = orders.add_parser("up", allow_abbrev=False)
    up.add_argument("--detach", action="store_true", required=True)
    up.add_argument("--wait", action="store_true", required=True)
    up.add_argument("services", nargs="+")
    for name in ("exec", "run"):
        order = orders.add_parser(name, allow_abbrev=False)
        order.add_argument("-T", action="store_true", required=True)
        if name == "run":
            order.add_argument("--rm", action="store_true", required=True)
            order.add_argument("--no-deps", action="store_true")
            order.add_argument("--user")
            order.add_argument("--volume", default=":")
            order.add_argument("--entrypoint")
        order.add_argument("service")
        order.add_argument("words", nargs=argparse.REMAINDER)
    return docker


def told(file: Path, service: str) -> dict[str, str]:
    """The environment of a service's container, with the places of this machine."""
    written = compose_file.services(file.name)[service].get("environment", {})
    filled: Mapping[str, str | None] = compose_file.filled(written, os.environ)
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH")}
    places: dict[str, dict[str, str]] = json.loads(os.environ[PLACES])
    return kept | {k: v for k, v in filled.items() if v is not None} | places.get(service, {})


def command(given: argparse.Namespace) -> list[str]:
    """What the container would carry out, with its folders where they are on this machine."""
    if given.order == "exec":
        return list(given.words)
    here, _, there = given.volume.partition(":")
    begin = [given.entrypoint] if given.entrypoint else ENTRYPOINTS[given.service]
    mounted = (
        f"{here}{word.removeprefix(there)}" if there and word.startswith(there) else word
        for word in given.words
    )
    return [*begin, *mounted]


def main(words: Sequence[str]) -> None:
    """Become what the container would carry out; `up` names servers that run already."""
    given = parser().parse_args(words)
    if given.order == "up":
        missing = set(given.services) - set(compose_file.services(given.file.name))
        sys.exit(f"no such service: {', '.join(missing)}" if missing else 0)
    carried_out = command(given)
    os.execvpe(carried_out[0], carried_out, told(given.file, given.service))


if __name__ == "__main__":
    main(sys.argv[1:])
