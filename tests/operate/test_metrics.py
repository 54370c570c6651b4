"""What the metrics say about work, doubt and money, and that an operator finds each of them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from tests.api import plugins
from tests.api.studio import Studio
from tests.operate.conftest import until

import video_foundry.api.request_log
import video_foundry.ports.metrics  # noqa: F401 - both register what they count
from video_foundry import (
    GenerationStatus,
    StatusReport,
    VideoModelFactory,
    VideoModelInterface,
)
from video_foundry.core.catalogue import Idempotency, ModelEntry, PriceRow
from video_foundry.core.money import Money
from video_foundry.errors import Ambiguous, GenerationLost
from video_foundry.services.stats import ROWS
from video_foundry.testing.server import serving

ROOT = Path(__file__).resolve().parents[2]
Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


class DoubtfulModel(VideoModelInterface):
    """Never says whether it accepted, and cannot be asked."""

    idempotency: ClassVar[Idempotency] = "none"

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Nobody knows."""
        raise Ambiguous("the connection broke")

    async def get_status(self, job_id: str) -> str:
        """Never reached."""
        raise NotImplementedError

    async def get_result(self, job_id: str) -> str:
        """Never reached."""
        raise NotImplementedError


class VanishingModel(VideoModelInterface):
    """Says that it is made and billed, in another currency than its list has, and has lost it."""

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Accepted."""
        return uuid4().hex

    async def get_status(self, job_id: str) -> StatusReport:
        """Made, for three yuan."""
        cost = Money(amount=Decimal(3), currency="CNY")
        return StatusReport(status=GenerationStatus.SUCCEEDED, cost=cost)

    async def get_result(self, job_id: str) -> str:
        """Gone."""
        raise GenerationLost("there is no such clip any more")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A user of a server with a paid model and one that leaves doubt."""
    plugins.register()
    plugins.BarcodeModel.gate.set()
    doubtful = ModelEntry(
        id="doubtful",
        provider="doubters",
        title="doubtful",
        parameters={"type": "object", "properties": {}},
        prices=(PriceRow(amount=Decimal("1.25"), unit="generation"),),
        idempotency="none",
    )
    VideoModelFactory.register("doubtful", DoubtfulModel, entry=doubtful)
    vanishing = replace(doubtful, id="vanishing", provider="losers", title="vanishing")
    VideoModelFactory.register("vanishing", VanishingModel, entry=vanishing)
    with serving(tmp_path_factory.mktemp("metrics") / "data") as server:
        user = Studio(server)
        yield user
        user.close()


def numbers(studio: Studio) -> Numbers:
    """Every sample by its name and labels."""
    text = studio.http.get("/metrics").text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_work_doubt_and_money_are_told(studio: Studio) -> None:
    paid = studio.project(plugins.barcode(1, model="barcode-paid"))
    studio.ask("POST", f"/api/projects/{paid['id']}/render", 201, json={})
    doubt = studio.project({"prompt": "a", "model_params": {"model": "doubtful"}})
    studio.ask("POST", f"/api/projects/{doubt['id']}/render", 201, json={})

    def told() -> Numbers | None:
        now = numbers(studio)
        spent = now.get(("video_foundry_jobs", (("kind", "compose"), ("state", "succeeded"))))
        waiting = now[("video_foundry_attention_waiting", ())]
        return now if spent and waiting else None

    now = until("the numbers", told, 120)
    assert now[("video_foundry_database_readable", ())] == 1
    assert now[("video_foundry_submissions_unknown", ())] == 1
    assert now[("video_foundry_attention_cost", (("currency", "USD"),))] == 1.25
    assert now[("video_foundry_oldest_queued_seconds", (("kind", "generate"),))] == 0
    accepted = (("outcome", "accepted"), ("provider", "barcodes"))
    assert now[("video_foundry_submissions_total", accepted)] >= 1
    assert now[("video_foundry_disk_free_bytes", ())] > 0


def test_spend_is_told_by_provider_and_currency(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("video_foundry.services.stats.SPEND_SECONDS", 0.0)
    where = ("video_foundry_spend", (("currency", "USD"), ("provider", "barcodes")))
    before = numbers(studio).get(where, 0.0)
    project = studio.project(plugins.barcode(2, model="barcode-paid", duration=1.0))
    studio.ask("POST", f"/api/projects/{project['id']}/render", 201, json={})
    until("the bill", lambda: numbers(studio).get(where, 0.0) == pytest.approx(before + 0.4), 120)


def test_what_was_billed_and_lost_is_spent_in_the_currency_of_the_bill(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("video_foundry.services.stats.SPEND_SECONDS", 0.0)
    project = studio.project({"prompt": "a", "model_params": {"model": "vanishing"}})
    render = studio.finish(studio.start(project))
    assert (render["status"], render["error_code"]) == ("failed", "generation_lost")
    assert Decimal(render["cost_actual"]["amount"]) == 0
    assert render["other_costs"] == [{"amount": "3", "currency": "CNY"}]
    labels = (("currency", "CNY"), ("provider", "losers"))
    assert numbers(studio)["video_foundry_spend", labels] == 3


def test_open_websockets_are_counted(studio: Studio) -> None:
    project = studio.project()
    name = ("video_foundry_websocket_clients", ())
    with studio.listen(f"/api/projects/{project['id']}/events"):
        until("one listener", lambda: numbers(studio)[name] == 1)
    until("no listener", lambda: numbers(studio)[name] == 0)


def names_of_ours() -> set[str]:
    """Every metric of this package, as Prometheus shows its family."""
    counted = {family.name for family in REGISTRY.collect()}
    return {name for name in counted if name.startswith("video_foundry")} | set(ROWS)


def test_every_metric_stands_in_the_guide_and_no_other() -> None:
    guide = (ROOT / "docs" / "operate.md").read_text()
    rows = set(re.findall(r"^\| `(video_foundry[a-z_]*)`", guide, re.MULTILINE))
    endings = {f"{name}{end}" for name in names_of_ours() for end in ("", "_total", "_info")}
    assert rows <= endings
    shown = {re.sub(r"_total$|_info$", "", name) for name in rows}
    assert shown == names_of_ours()
