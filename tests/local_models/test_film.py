"""A film of local models, from an HTTP request to the file; and what is told of it meanwhile."""

import time
from pathlib import Path

import pytest
from tests.api.studio import ENDED, Json, Studio
from tests.local_models.shots import SMALL, TINY

from video_foundry.testing.server import serving

PATIENCE = 600.0
"""Seconds; the libraries are imported twice, once for each pipeline."""


def over(user: Studio, render: Json) -> Json:
    """The render when it has ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        now: Json = user.ask("GET", f"/api/render-jobs/{render['id']}")
        if now["status"] in ENDED:
            return now
        time.sleep(0.2)
    pytest.fail(f"the render was not over after {PATIENCE:g} s")


def test_a_film_is_made_on_this_machine_and_costs_nothing(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with serving(tmp_path / "data") as server:
        user = Studio(server)
        listed = {m["id"]: m for m in user.ask("GET", "/api/models")["models"]}
        assert listed["local-wan"]["is_available"]
        shots = [
            {"prompt": prompt, "model_params": {"model": model, **SMALL, **TINY[model]}}
            for prompt, model in (("a lamp", "local-wan"), ("a ship", "local-animatediff"))
        ]
        project = user.project(*shots)
        plan = user.plan(project)
        assert float(plan["price"]["high"]) == 0
        done = over(user, user.start(project))
        assert done["status"] == "completed", done["error_message"]
        assert (done["segments_total"], done["segments_completed"]) == (2, 2)
        assert float(done["cost_actual"]["amount"]) == 0
        again = over(user, user.start(project))
        assert (again["segments_total"], again["segments_reused"]) == (0, 2)
        user.close()
