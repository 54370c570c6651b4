"""What the recovery tests share: a provider in its own process, models for worlds inside the test
process, and short waits. Models registered here stay unknown to every other test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.recovery.waits import short_waits
from tests.recovery.world import Models

from video_foundry.adapters.models import registry
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import Behaviour, RunningLedger, running_ledger


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of video."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", ClipSpec(frames=12))


@pytest.fixture(scope="module")
def quick_ledger(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLedger]:
    """A provider without chance: faults come from scripts, and everything is quick."""
    ledger = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    with running_ledger(ledger, clip, Behaviour(seconds=0.1, wait=0.3, slow=4.5)) as running:
        yield running


@pytest.fixture
def models(quick_ledger: RunningLedger, monkeypatch: pytest.MonkeyPatch) -> Models:
    """The three ledger models for use inside this process, with waits of milliseconds."""
    monkeypatch.setenv("LEDGER_BASE_URL", quick_ledger.url)
    for module, name, value in short_waits(
        lease_seconds=3.0, poll_seconds=0.5, backoff_seconds=0.02
    ):
        monkeypatch.setattr(module, name, value)
    with monkeypatch.context() as patch:
        # The module registers on import; other tests look at the list of all models.
        patch.setattr(registry, "_REGISTRY", registry._Registry())
        from video_foundry.testing import ledger_models as made

        accounts = (made.LedgerKey, made.LedgerLookup, made.LedgerNone)
        entries = {e.id: e for e in map(made.entry_of, accounts)}
    makers = dict(zip(entries, accounts, strict=True))
    models = Models(entries=entries, makers=makers)
    return models.with_changes(poll_seconds=0.05, submit_timeout=3.0)
