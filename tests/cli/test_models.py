"""What the commands tell of the catalogue, and how a plug-in with a wrong entry ends."""

from dataclasses import replace

import pytest
from tests.cli.conftest import Shell

PLUGIN = """
from decimal import Decimal
from video_foundry import VideoModelFactory, VideoModelInterface
from video_foundry.core.catalogue import ModelEntry, PriceRow

class Mine(VideoModelInterface):
    async def initiate_generation(self, prompt, params): ...
    async def get_status(self, job_id): ...
    async def get_result(self, job_id): ...

entry = ModelEntry(id="mine", provider="me", title="Mine", {changes})
VideoModelFactory.register("mine", Mine, entry=entry)
"""


def with_plugin(shell: Shell, changes: str) -> Shell:
    """A shell whose program has a model of its own."""
    shell.write("my_models.py", PLUGIN.format(changes=changes))
    own = {"PYTHONPATH": str(shell.folder), "VIDEO_FOUNDRY_PLUGINS": "my_models"}
    return replace(shell, environment={**shell.environment, **own})


def test_models_tells_what_each_makes_from_what_and_for_what_price(shell: Shell) -> None:
    models = {m["id"]: m for m in shell.run("models", "--json").last["models"]}
    runway = models["runway-gen4.5"]
    assert (runway["makes"], runway["kinds"]) == ("video", ["text", "image"])
    assert (runway["prices"][0]["as_of"], runway["evidence"] != "") == ("2026-11-22", True)
    assert models["stability-ai"]["successor"] == "storyboard"


def test_models_in_words_names_every_model_whole_and_what_other_names_mean(shell: Shell) -> None:
    models = [m["id"] for m in shell.run("models", "--json").last["models"]]
    shown = shell.run("models").out
    assert [name for name in models if name not in shown] == []
    assert "runway-gen3: runway-gen3 means runway-gen4.5" in shown
    assert "stability-ai: its place is taken by storyboard" in shown
    assert "RUNWAY_API_KEY" in shown
    reasons = [
        line.partition(": ")[2] for line in shown.splitlines() if "set RUNWAY_API_KEY" in line
    ]
    assert reasons, "what to do is said"
    assert len(set(reasons)) == len(reasons), "each reason is given once"


def test_doctor_says_that_the_catalogue_is_in_order(shell: Shell) -> None:
    """In a process of its own: other tests have registered models in this one."""
    found = {f["name"]: f for f in shell.run("doctor", "--json").last["findings"]}
    assert found["catalogue"]["level"] == "ok"
    assert "providers" in found["catalogue"]["message"]
    assert [name for name in found if name.startswith("catalogue ")] == []


def test_doctor_says_what_is_worth_a_look(shell: Shell) -> None:
    own = with_plugin(shell, 'prices=(PriceRow(amount=Decimal("0.5")),)')
    done = own.run("doctor", "--json")
    assert done.code == 0, done.err
    told = [f for f in done.last["findings"] if f["name"] == "catalogue mine"]
    assert {f["level"] for f in told} == {"missing"}
    assert any("prices.0.source" in f["message"] and f["fix"] for f in told)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ('aliases=("mock-ai",)', "mine.aliases"),
        ("poll_seconds=-1", "mine.poll_seconds"),
        ('parameters={"type": "object", "properties": {"seed": {"type": "text"}}}', "mine.param"),
    ],
)
def test_a_plug_in_s_wrong_entry_ends_with_its_field_and_a_fix(
    shell: Shell, changes: str, field: str
) -> None:
    done = with_plugin(shell, changes).run("models")
    assert done.code == 2
    assert "the catalogue entry of 'mine' cannot be used" in done.err
    (line,) = [line for line in done.err.splitlines() if line.startswith(f"  {field}")]
    assert line.endswith(")"), "the fix"
