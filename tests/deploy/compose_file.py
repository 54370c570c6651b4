"""A compose file as compose reads it: variables put in, `extends` followed. Knows the grammar of
`${NAME}`, `${NAME:-default}` and `${NAME:?complaint}` and no other, which is all that ours use."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
VARIABLE = re.compile(r"\$\$|\$\{(?P<name>[A-Z0-9_]+)(?P<rest>[^}]*)\}")


class Missing(Exception):
    """A variable that must be set is not; the message is what compose would say."""


def text_of(name: str) -> str:
    """A file of deploy/."""
    return (DEPLOY / name).read_text("utf-8")


def raw(name: str) -> dict[str, Any]:
    """A compose file as it is written, with its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load(text_of(name))
    return found


def services(name: str) -> dict[str, dict[str, Any]]:
    """Its services as they are written, with `extends` followed."""
    return {own: extended(service) for own, service in raw(name)["services"].items()}


def extended(service: dict[str, Any]) -> dict[str, Any]:
    """A service with what it takes over from another file."""
    if "extends" not in service:
        return service
    source = service["extends"]
    taken: dict[str, Any] = raw(source["file"])["services"][source["service"]]
    return taken | {key: value for key, value in service.items() if key != "extends"}


def filled(value: Any, environment: Mapping[str, str]) -> Any:
    """`value` with every variable in it replaced. Raises Missing."""
    match value:
        case dict():
            return {k: filled(v, environment) for k, v in value.items()}
        case list():
            return [filled(v, environment) for v in value]
        case str():
            return VARIABLE.sub(lambda found: _value(found, environment), value)
        case _:
            return value


def _value(found: re.Match[str], environment: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    value, rest = environment.get(found["name"], ""), found["rest"]
    if value or not rest:
        return value
    if rest.startswith(":?"):
        raise Missing(f"{found['name']}: {rest[2:]}")
    assert rest.startswith(":-"), f"{found[0]} is a form that we do not use"
    return rest[2:]


def variables_in(name: str) -> dict[str, set[str]]:
    """Variables of a file, each with how it may be written: "", ":-" or ":?"."""
    found: dict[str, set[str]] = {}
    for match in VARIABLE.finditer(text_of(name)):
        if match["name"]:
            found.setdefault(match["name"], set()).add(match["rest"][:2])
    return found


def seconds(duration: str) -> float:
    """A duration such as 90s, 2m or 1m30s."""
    parts = re.findall(r"(\d+)(h|m|s)", duration)
    return float(sum(int(n) * {"h": 3600, "m": 60, "s": 1}[unit] for n, unit in parts))
