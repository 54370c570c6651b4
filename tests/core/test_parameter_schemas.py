"""Parameters of models are JSON Schemas; one that is none is found before anybody edits by it."""

from datetime import date

import pytest

from video_foundry.adapters.models import builtin, registry
from video_foundry.core.catalogue import Catalogue, ModelEntry
from video_foundry.errors import BadInput


def test_a_model_whose_parameters_are_no_schema_is_named() -> None:
    wrong = {"type": "object", "properties": {"duration": {"type": "a number, please"}}}
    catalogue = Catalogue([ModelEntry(id="odd", provider="p", title="Odd", parameters=wrong)])
    with pytest.raises(
        BadInput, match="the parameters of the model odd are no JSON Schema"
    ) as told:
        catalogue.refuse_wrong_schemas()
    assert [problem.field for problem in told.value.problems] == ["odd.parameters"]


def test_the_built_in_models_have_schemas() -> None:
    builtin.register()
    catalogue = registry.RegisteredModels(date(2026, 11, 1)).catalogue
    assert catalogue.entries
    catalogue.refuse_wrong_schemas()
