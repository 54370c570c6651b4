"""The rooms keep their rules: import contracts, pure core, and dependencies that are declared.

The contracts stand in pyproject.toml; here is proved that they hold and that each can break.
"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "video_foundry"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

NOT_IMPORTED = {
    *("asyncpg", "httptools", "uvloop"),
    *("otio-cmx3600-adapter", "otio-fcp-adapter"),
}
"""Dependencies that SQLAlchemy, uvicorn, FastAPI and OpenTimelineIO load by themselves."""

CLOCKS_AND_DICE = {"now", "utcnow", "today", "uuid1", "uuid4", "open", "input", "print"}
"""Calls that would make the core depend on more than its arguments."""

VIOLATIONS = {
    "Calls go down, floor by floor": ("core/profile.py", "import video_foundry.db.store"),
    "Adapters see only ports, core and errors": (
        "adapters/clock.py",
        "import video_foundry.services.plans",
    ),
    "Only bootstrap plugs adapters in": ("workers/__init__.py", "import video_foundry.adapters"),
    "Kinds of adapters do not know each other": (
        "adapters/clock.py",
        "import video_foundry.adapters.rate",
    ),
    "Providers do not know each other": (
        "adapters/models/storyboard/__init__.py",
        "import video_foundry.adapters.models.mock",
    ),
    "Services do not call each other": (
        "services/plans.py",
        "import video_foundry.services.renders",
    ),
    "Only bootstrap and the command line read settings": (
        "api/__init__.py",
        "import video_foundry.settings",
    ),
    "The product never imports what exists for testing it": (
        "bootstrap.py",
        "import video_foundry.testing",
    ),
    "Nothing of the product leans on an emulator": (
        "services/takes.py",
        "import video_foundry.emulators",
    ),
    "The core does no input or output, reads no clock and draws no random number": (
        "core/money.py",
        "import time",
    ),
    "Ports are promises: no library for the network, the database or media stands in them": (
        "ports/rate.py",
        "import httpx2",
    ),
    "FastAPI lives in api alone": ("services/plans.py", "import fastapi"),
    "SQLAlchemy lives in db, jobs and events alone": ("workers/__init__.py", "import sqlalchemy"),
}
"""For each contract one import that breaks it, and where it is planted."""


def lint_imports(folder: Path) -> tuple[int, str]:
    """Exit status and output of import-linter for the sources and the contracts in `folder`."""
    # Started from here so that the package looked at is the one in `folder`, not the installed one.
    script = (
        "import sys; sys.path.insert(0, 'src'); "
        "from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"
    )
    command = [sys.executable, "-c", script]
    outcome = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return outcome.returncode, outcome.stdout + outcome.stderr


def imported_names(tree: ast.Module) -> Iterator[str]:
    """The first part of every module that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def third_party_used_in(files: Iterable[Path]) -> dict[str, str]:
    """Each distribution that the files import, with one of the files that does."""
    distributions = packages_distributions()
    ours = {*sys.stdlib_module_names, "video_foundry"}
    return {
        normalised(distribution): str(file.relative_to(ROOT))
        for file in files
        for name in set(imported_names(ast.parse(file.read_text()))) - ours
        for distribution in distributions.get(name, [name])
    }


def names_of(requirements: Iterable[str]) -> set[str]:
    """Normalised names of the distributions in a list of requirements."""
    found = (re.match(r"[\w.-]+", line) for line in requirements)
    return {normalised(match[0]) for match in found if match}


def normalised(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_every_import_contract_holds() -> None:
    status, output = lint_imports(ROOT)
    assert status == 0, output


def test_every_import_contract_can_break(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    package = tmp_path / "src" / "video_foundry"
    ignored = shutil.ignore_patterns("__pycache__", "webui", "fonts", "catalogue.toml")
    shutil.copytree(PACKAGE, package, ignore=ignored)
    for where, line in VIOLATIONS.values():
        with (package / where).open("a") as file:
            file.write(f"\n{line}\n")
    status, output = lint_imports(tmp_path)
    assert status == 1, output
    contracts = {contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]}
    assert set(VIOLATIONS) == contracts
    words = " ".join(output.split())
    assert [name for name in contracts if f"{name} BROKEN" not in words] == []


def test_the_core_calls_no_clock_no_dice_and_no_files() -> None:
    found = []
    for file in sorted((PACKAGE / "core").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else None
                name = called.id if isinstance(called, ast.Name) else name
                if name in CLOCKS_AND_DICE:
                    found.append(f"{file.name}:{node.lineno} calls {name}")
    assert found == []


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    files = set(PACKAGE.rglob("*.py"))
    for_testing = set((PACKAGE / "testing").rglob("*.py"))
    declared = names_of(PROJECT["project"]["dependencies"])
    optional = PROJECT["project"]["optional-dependencies"]
    extra = names_of(optional["testing"])
    traces = PACKAGE / "telemetry" / "traces.py"  # which looks first whether they are there
    local = PACKAGE / "adapters" / "models" / "local"
    apart = {local / "generation.py", local / "weights.py"}  # in a process of their own
    used = third_party_used_in(files - for_testing - {traces} - apart)
    used_for_testing = third_party_used_in(for_testing)
    assert {name: file for name, file in used.items() if name not in declared} == {}
    assert set(third_party_used_in({traces})) & declared >= {"structlog"}
    assert {"torch", "diffusers"} <= set(third_party_used_in(apart)) - declared
    assert set(third_party_used_in(apart)) - declared <= names_of(optional["local"])
    assert names_of(optional["otel"]) <= set(third_party_used_in({traces}))
    assert set(used_for_testing) <= declared | extra, used_for_testing
    assert declared - set(used) == NOT_IMPORTED
