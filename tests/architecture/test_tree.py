"""The checkout keeps its promises: no registry's address, docstrings everywhere, a true code map.

Also that the locks pin what pyproject.toml asks for, with hashes. No product code runs here.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "video_foundry"
LOCKS = [
    "requirements.lock",
    "requirements-otel.lock",
    "requirements-dev.lock",
    "requirements-node.lock",
    "requirements-fonts.lock",
    "requirements-local.lock",
]

# Joined from parts, so that this file itself stays clean.
REGISTRIES = [
    ".".join(parts).encode()
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("registry", "npmmirror", "com"),
        ("conda", "anaconda", "org"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
    )
]

NOT_OURS = {"node_modules", "webui", "dist", "build", "__pycache__"}
BROUGHT_IN = PACKAGE / "fonts"
DOT_FOLDERS = {".ci", ".github"}


def files_of_the_project() -> list[Path]:
    """What git tracks or would track; without git, all but what is installed or made."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.split(
            b"\0"
        )
        files = [ROOT / os.fsdecode(name) for name in names if name]
    else:
        files = list(walked())
    return [file for file in files if file.is_file()]


def walked() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_OURS
            and (not name.startswith(".") or name in DOT_FOLDERS)
            and Path(folder, name) != BROUGHT_IN
        ]
        yield from (Path(folder, name) for name in names)


def requirement_names(lines: list[str]) -> set[str]:
    """The distribution named by each requirement."""
    matches = (re.match(r"[\w.-]+", line) for line in lines)
    return {match[0].lower() for match in matches if match}


def locked(name: str) -> list[str]:
    """The requirements of a lock, each with its markers and hashes on one line."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def test_no_file_names_a_package_registry() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {host.decode()}"
        for file in files_of_the_project()
        for host in REGISTRIES
        if host in file.read_bytes()
    ]
    assert found == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_pinned_with_hashes_and_without_an_address(name: str) -> None:
    requirements = locked(name)
    assert requirements
    for requirement in requirements:
        assert re.match(r"[\w.-]+==[\w.!+]+ ", requirement), requirement
        assert "--hash=sha256:" in requirement
        assert "://" not in requirement
        assert "--index" not in requirement


def test_the_web_lock_has_hashes_and_no_addresses_to_fetch_from() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_the_locks_hold_everything_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    asked = {
        "requirements.lock": [*project["project"]["dependencies"], *groups["build"]],
        "requirements-otel.lock": project["project"]["optional-dependencies"]["otel"],
        "requirements-dev.lock": groups["dev"],
        "requirements-node.lock": groups["node"],
        "requirements-fonts.lock": groups["fonts"],
        "requirements-local.lock": groups["local-models"],
    }
    missing = {
        name: requirement_names(lines) - requirement_names(locked(name))
        for name, lines in asked.items()
    }
    assert missing == {name: set() for name in LOCKS}


def test_there_is_one_version_and_what_is_not_released_is_not_called_by_one_that_is() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f'__version__ = "{version}"' in (PACKAGE / "__init__.py").read_text()
    assert json.loads((ROOT / "web" / "openapi.json").read_text())["info"]["version"] == version
    web = json.loads((ROOT / "web" / "package.json").read_text())["version"]
    assert web.replace("-dev.", ".dev") == version  # as npm writes it
    news = (ROOT / "CHANGELOG.md").read_text().partition("## [Unreleased]\n")[2]
    unreleased, _, released = news.partition("\n## [")
    assert not (unreleased.strip() and released.startswith(f"{version}]"))


def test_the_development_lock_agrees_with_the_runtime_lock() -> None:
    runtime = {line.split("==")[0]: line.split()[0] for line in locked("requirements.lock")}
    development = {line.split("==")[0]: line.split()[0] for line in locked("requirements-dev.lock")}
    shared = runtime.keys() & development.keys()
    assert {name: development[name] for name in shared} == {name: runtime[name] for name in shared}


def test_what_tests_of_local_models_install_is_what_users_install_but_for_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    offered = set(project["project"]["optional-dependencies"]["local"])
    tested = set(project["dependency-groups"]["local-models"])
    assert requirement_names(sorted(offered - tested)) == {"torch"}
    assert tested - offered <= set(project["project"]["dependencies"])
    assert "torch" not in requirement_names(locked("requirements-local.lock"))


def test_every_module_says_what_lives_in_it() -> None:
    silent = []
    for file in sorted(PACKAGE.rglob("*.py")):
        if not (ast.get_docstring(ast.parse(file.read_text())) or "").strip():
            silent.append(str(file.relative_to(ROOT)))
    assert silent == []


def test_the_code_map_names_only_what_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    named = re.findall(
        r"`((?:src|web|tests|tools|docs|examples|benchmarks|deploy)/[\w./-]*)`", text
    )
    assert named, "ARCHITECTURE.md has no code map"
    assert [path for path in named if not (ROOT / path).exists()] == []
