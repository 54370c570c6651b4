"""The API against its own OpenAPI document, by generated requests: no 5xx, no status, content type
or shape of an answer that the document does not name."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema
from tests.api.studio import Studio, shot

from video_foundry.testing.server import api_document, serving

# What a document cannot say: which parameters a model takes, that a random file is no film, and
# that an empty project cannot be rendered. Such requests fit the document and are refused.
BEYOND_THE_DOCUMENT: list[Any] = [positive_data_acceptance]


@pytest.fixture(scope="module")
def user(stored_in: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A user of a server that does one job at a time, however many are asked for."""
    folder = tmp_path_factory.mktemp("schema") / "data"
    with serving(folder, generate_concurrency=1, compose_concurrency=1, **stored_in) as server:
        studio = Studio(server)
        yield studio
        studio.close()


@pytest.fixture(scope="module")
def ids(user: Studio) -> dict[str, str]:
    """Things that are really there, so that requests come further than "not found"."""
    there = _project(user)
    render = user.finish(user.start({"id": there["project_id"]}))
    job = user.ask("GET", f"/api/segments/{there['segment_id']}")["job_id"]
    return {**there, "render_id": render["id"], "job_id": job}


def _project(user: Studio) -> dict[str, str]:
    project = user.project(shot("generated", fail="refused"))
    return {"project_id": project["id"], "segment_id": project["segments"][0]["id"]}


OPERATIONS = "/api/projects/{project_id}/operations"
"""Its bodies are lists of a dozen shapes, too many for every combination of what can be wrong; and
what one operation lacks is told in that one's outcome, so that the others hold."""


def _schema(**coverage: Any) -> OpenApiSchema:
    generation = {"max-examples": 4, "deterministic": True, "database": "none"}
    config = {"generation": generation, "phases": {"coverage": coverage}}
    return schemathesis.openapi.from_dict(
        api_document(), config=SchemathesisConfig.from_dict(config)
    )


schema = _schema(**{"unexpected-methods": ["PATCH", "DELETE"]}).exclude(path=OPERATIONS)
operations = _schema(enabled=False).include(path=OPERATIONS)


# The server runs in this process, and its workers draw random numbers for their pauses.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@schema.parametrize()
@settings(deadline=None)
def test_answers_are_as_documented(case: Case[Any], user: Studio, ids: dict[str, str]) -> None:
    if case.method == "DELETE":
        ids = _project(user)
    for name, value in case.path_parameters.items():
        if name in ids and _is_id(value):
            case.path_parameters[name] = ids[name]
    case.call_and_validate(user.server.base_url, excluded_checks=BEYOND_THE_DOCUMENT)


@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@operations.parametrize()
@settings(deadline=None)
def test_operations_are_answered_as_documented(
    case: Case[Any], user: Studio, ids: dict[str, str]
) -> None:
    case.path_parameters["project_id"] = ids["project_id"]
    checks = [*BEYOND_THE_DOCUMENT, negative_data_rejection]
    case.call_and_validate(user.server.base_url, excluded_checks=checks)


WHOLE = {"TakeChoice"}
"""Bodies that say all there is, so that what they leave out has a default."""


def test_what_a_partial_edit_leaves_out_has_no_default() -> None:
    """Clients that are made from the document send defaults: a segment would go to place 0."""
    document = api_document()
    schemas = document["components"]["schemas"]
    edits = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in ("put", "patch") and "requestBody" in operation
    ]
    names = {edit.rpartition("/")[2] for edit in edits} - WHOLE
    assert names >= {"SegmentUpdate", "ProjectUpdate", "ItemUpdate"}
    defaults = {
        f"{name}.{field}": told["default"]
        for name in names | {"SettingsUpdate", "SegmentFields", "ProjectFields"}
        for field, told in schemas[name]["properties"].items()
        if told.get("default") is not None
    }
    assert defaults == {}


def _is_id(value: Any) -> bool:
    try:
        return UUID(str(value)).version is not None
    except ValueError:
        return False


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/healthz", "/readyz"])
def test_what_the_document_leaves_out_answers_too(user: Studio, path: str) -> None:
    answer = user.http.get(path)
    assert answer.status_code == 200 or (path == "/" and answer.status_code == 503)
    assert answer.headers["x-content-type-options"] == "nosniff"
