"""The documents tell the truth: their examples run, their tables are those of the code, what they
name exists."""

import json
import pkgutil
import re
import shutil
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.examples.test_models import Machine
from tests.nursery import Nursery

from video_foundry.adapters.models.builtin import HERE
from video_foundry.core.catalogue import ModelEntry, effective_params, parse_provider
from video_foundry.core.outputs import (
    FASTEST_ANIMATED,
    LONGEST_ANIMATED,
    MOST_PICTURES,
    WIDEST_ANIMATED,
)
from video_foundry.emulators.faults import FAULTS
from video_foundry.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    file for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md") for file in ROOT.glob(pattern)
)
PACKAGE = ROOT / "src" / "video_foundry"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#]+)[^)]*\)")
PARSERS: Mapping[str, Callable[[str], Any]] = {
    "json": json.loads,
    "yaml": yaml.safe_load,
    "toml": tomllib.loads,
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(*languages: str) -> Iterator[tuple[str, str, str]]:
    """(document, language, text) of every code block in one of these languages."""
    for document in DOCUMENTS:
        for language, text in BLOCK.findall(document.read_text("utf-8")):
            if language in languages:
                yield str(document.relative_to(ROOT)), language, text


def rows_after(name: str, marker: str) -> list[list[str]]:
    """The cells of the table that follows `<!-- marker -->`, without its heading."""
    _, found, rest = text_of(name).partition(f"<!-- {marker} -->\n")
    assert found, f"{name} has no table marked {marker}"
    table = rest.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def words_in(cell: str) -> list[str]:
    """What stands in code marks."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", cell)


def entries() -> dict[str, ModelEntry]:
    """The built-in models."""
    files = HERE.glob("*/catalogue.toml")
    return {e.id: e for f in files for e in parse_provider(tomllib.loads(f.read_text("utf-8")))}


def test_all_documents_are_looked_at() -> None:
    names = {str(d.relative_to(ROOT)) for d in DOCUMENTS}
    assert {"README.md", "docs/api.md", "examples/own-model/README.md"} <= names


def test_every_block_of_data_can_be_read() -> None:
    read = [PARSERS[language](text) for _, language, text in blocks(*PARSERS)]
    assert len(read) > 8


def test_every_block_of_python_can_be_read() -> None:
    for document, _, text in blocks("python"):
        compile(text, document, "exec")


def test_every_path_that_the_architecture_names_exists() -> None:
    named = words_in(text_of("ARCHITECTURE.md"))
    paths = [
        word for word in named if re.match(r"(src|web|tests|docs|examples|tools|benchmarks)/", word)
    ]
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_folder_of_the_product_is_on_the_code_map() -> None:
    text = text_of("ARCHITECTURE.md")
    package = ROOT / "src" / "video_foundry"
    rooms = [p for p in package.iterdir() if p.is_dir() and (p / "__init__.py").exists()]
    kinds = [p for p in (package / "adapters").iterdir() if (p / "__init__.py").exists()]
    missing = [
        str(room.relative_to(ROOT))
        for room in [*rooms, *kinds]
        if room.name != "adapters" and f"`{room.relative_to(ROOT)}/`" not in text
    ]
    assert missing == []


@pytest.mark.parametrize(
    "document",
    ["ARCHITECTURE.md", "CONTRIBUTING.md", *(f"docs/decisions/{d.name}" for d in DECISIONS)],
)
def test_every_place_that_is_named_by_its_path_is_there(document: str) -> None:
    """`core.plan.make_plan` is a function of that module, not of another."""
    rooms = {p.stem for p in PACKAGE.iterdir()}
    dotted = [w for w in words_in(text_of(document)) if re.fullmatch(r"[a-z]\w*(\.\w+)+", w)]
    paths = [word.removeprefix("video_foundry.") for word in dotted]
    named = [path for path in paths if path.split(".")[0] in rooms and not is_file(path)]
    assert named or document.startswith("docs/decisions/")
    assert [path for path in named if not is_importable(path)] == []


def is_file(word: str) -> bool:
    """Whether this is how a file is named: `settings.py`, not `jobs.queue`."""
    return word.endswith((".py", ".toml"))


def is_importable(path: str) -> bool:
    """Whether this module of the product, or what it holds under this name, is there."""
    try:
        pkgutil.resolve_name(f"video_foundry.{path}")
    except (ImportError, AttributeError):
        return False
    return True


def test_every_name_on_the_journey_is_that_of_something() -> None:
    journey = text_of("ARCHITECTURE.md").partition("## One edit's journey")[2]
    named = {word for word in words_in(journey) if re.fullmatch(r"_?[a-z]\w*", word)}
    assert len(named) > 10
    assert undefined(named) == []


def test_every_name_of_the_how_tos_is_that_of_something() -> None:
    _, _, how_to = text_of("CONTRIBUTING.md").partition("## Where does X go?")
    named = {word for word in words_in(how_to) if re.fullmatch(r"[A-Za-z]+_?[A-Z]\w*", word)}
    assert {"StepKind", "STAGES", "STEPS", "NewEvent"} <= named
    assert undefined({name for name in named if not name.startswith("VIDEO_FOUNDRY_")}) == []


def undefined(names: Iterable[str]) -> list[str]:
    """Those that nothing in the sources is called: no function, class or value, nor a state, table
    or event, which stand there in quotes."""
    sources = [*PACKAGE.rglob("*.py"), *(ROOT / "web" / "src").rglob("*.ts*")]
    code = "\n".join(file.read_text("utf-8") for file in sources)
    makes = r"(?:\b(?:def|class|function|const) {0}\b|^{0}\b[^=\n]* = |\"{0}\")"
    return [
        name
        for name in sorted(names)
        if not re.search(makes.format(re.escape(name)), code, re.MULTILINE)
    ]


def test_every_link_leads_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in LINK.findall(document.read_text("utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert broken == []


def test_the_readme_s_project_file_renders_and_a_second_run_generates_nothing(
    tmp_path: Path, nursery: Nursery
) -> None:
    _, _, rest = text_of("README.md").partition("<!-- project-file -->\n")
    shown = BLOCK.match(rest)
    assert shown is not None
    (tmp_path / "launch.yaml").write_text(shown[2])
    machine = Machine(nursery, tmp_path)
    first = machine.run("render", "launch.yaml", "-o", "launch.mp4", "--json")
    assert (first["status"], first["generated"], first["frames"]) == ("completed", 2, 72)
    assert set(first) == {
        *("status", "generated", "reused", "output", "outputs", "frames"),
        *("seconds", "cost", "error"),
    }
    again = machine.run("render", "launch.yaml", "-o", "launch.mp4", "--json")
    assert (again["status"], again["generated"], again["reused"]) == ("completed", 0, 2)


def test_the_example_project_file_is_one_that_can_be_rendered(
    tmp_path: Path, nursery: Nursery
) -> None:
    for name in ("launch.yaml", "launch.opus"):
        shutil.copy(ROOT / "examples" / name, tmp_path)
    plan = Machine(nursery, tmp_path).run("plan", "launch.yaml", "--json")
    assert (plan["ready"], plan["to_generate"], plan["frames"]) == (True, 3, 246)


def test_the_limits_of_animated_pictures_are_those_of_the_code() -> None:
    shown = " ".join(text_of("docs/outputs.md").split())
    assert f"at most {WIDEST_ANIMATED}; the height follows" in shown
    assert f"whole, at most {FASTEST_ANIMATED})" in shown
    assert f"at most {LONGEST_ANIMATED}), {MOST_PICTURES} pictures in all" in shown


def test_the_table_of_settings_is_that_of_the_code() -> None:
    shown = {words_in(name)[0]: default for name, default, _ in rows_after("README.md", "settings")}
    held = {}
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"VIDEO_FOUNDRY_{name.upper()}")
        held[variable] = field.get_default(call_default_factory=True)
    assert set(shown) == set(held)
    for variable, default in held.items():
        if variable not in ("DATABASE_URL", "VIDEO_FOUNDRY_DATA_DIR"):
            assert shown[variable] == in_words(default), variable


def in_words(default: Any) -> str:
    if default in ((), None):
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


@pytest.mark.parametrize("model", ["storyboard", "mock-ai", "runway-gen4.5"])
def test_the_tables_of_parameters_are_those_of_the_catalogue(model: str) -> None:
    entry = entries()[model]
    rows = rows_after("docs/models.md", f"parameters: {model}")
    shown = {name: (values, default) for names, values, default in rows for name in words_in(names)}
    assert set(shown) == set(entry.properties)
    for name, schema in entry.properties.items():
        values, default = shown[name]
        if "default" in schema and name != "aspect_ratio":
            written = str(schema["default"])
            assert default == f"`{written.lower() if written in ('True', 'False') else written}`"
        if "enum" in schema and name != "fail":
            assert set(words_in(values)) == set(schema["enum"])
        for limit in ("minimum", "maximum"):
            if limit in schema:
                assert re.search(rf"\b{schema[limit]}\b", values), (name, values)


def test_the_table_of_failures_is_that_of_the_catalogue() -> None:
    shown = [words_in(row[0])[0] for row in rows_after("docs/models.md", "failures: mock-ai")]
    assert shown == entries()["mock-ai"].properties["fail"]["enum"]


def test_the_table_of_faults_is_that_of_the_emulators() -> None:
    listed = {words_in(row[0])[0]: row[2] for row in rows_after("docs/emulators.md", "faults")}
    assert listed == FAULTS


def test_the_models_of_the_readme_are_those_of_the_catalogue() -> None:
    known = entries()
    shown = [words_in(row[0]) for row in rows_after("README.md", "models")]
    needs_nothing = {m for m, e in known.items() if e.needs_nothing and e.retired is None}
    assert {names[0] for names in shown} >= needs_nothing - {"mock-ai-lookup", "mock-ai-none"}
    for first, *others in shown:
        assert set(others) - {known[first].env_key} <= set(known[first].aliases)


def test_the_catalogue_entry_that_is_shown_is_a_catalogue_entry() -> None:
    ((_, _, text),) = [b for b in blocks("toml") if b[0] == "docs/models.md"]
    (entry,) = parse_provider(tomllib.loads(text))
    assert effective_params(entry, {}) == {"duration": 5}


def test_every_event_is_in_the_api_document() -> None:
    """Those that the sources name, and those made from a render's status."""
    sources = (ROOT / "src" / "video_foundry").rglob("*.py")
    code = "\n".join(file.read_text("utf-8") for file in sources)
    named = set(re.findall(r'"((?:project|segment|item|take|render)\.[a-z]+)"', code))
    assert len(named) > 10
    missing = {name for name in named if f"`{name}`" not in text_of("docs/api.md")}
    assert missing == set()


def test_every_route_is_in_the_api_document() -> None:
    text = text_of("docs/api.md")
    paths = json.loads(text_of("web/openapi.json"))["paths"]
    assert len(paths) > 20
    missing = [path for path in paths if not stands_in(text, path)]
    assert missing == []


def stands_in(text: str, path: str) -> bool:
    shown = re.sub(r"\{[a-z_]+_id\}", "{id}", path)
    return re.search(rf"{re.escape(shown)}/?(?![\w/{{-])", text) is not None


def test_no_document_promises_what_another_version_will_bring() -> None:
    """The one list of what is missing stands in the README."""
    words = re.compile(r"coming soon|will be (added|supported)|\bTODO\b|\bTBD\b", re.IGNORECASE)
    assert [str(d) for d in DOCUMENTS if words.search(d.read_text("utf-8"))] == []
