"""The alert rules name only metrics and labels that exist, and Prometheus understands them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import video_foundry.api.request_log
import video_foundry.ports.metrics
from video_foundry.services.stats import ROWS

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "deploy" / "alerts.yaml"
SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_count", "_sum"),
    "gauge": ("",),
    "info": ("_info",),
}
LABELS_OF_PROMETHEUS = {"instance", "job", "le"}


def rules() -> list[dict[str, Any]]:
    """Every rule of the file."""
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def metrics() -> dict[str, set[str]]:
    """Series name -> its labels, of everything that this package tells."""
    known = {name: set(labels) for name, (_, labels) in ROWS.items()}
    ours = [video_foundry.ports.metrics, video_foundry.api.request_log]
    assert ours, "imported so that what they count is registered"
    for collector in list(REGISTRY._collector_to_names):
        labels = set(getattr(collector, "_labelnames", ()))
        for family in collector.collect():
            known |= {family.name + end: labels for end in SUFFIXES.get(family.type, ())}
    return known


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_a_rule_names_only_what_exists(rule: dict[str, Any]) -> None:
    known = metrics()
    named = set(re.findall(r"video_foundry_[a-z_]+", rule["expr"]))
    assert named or rule["expr"].startswith("up{")
    assert {name for name in named if name not in known} == set()
    allowed = LABELS_OF_PROMETHEUS.union(*(known[name] for name in named))
    grouped = re.findall(r"by \(([^)]*)\)", rule["expr"])
    matched = re.findall(r"[{,]\s*(\w+)\s*(?:=~|!=|=)", rule["expr"])
    used = {word.strip() for words in grouped for word in words.split(",")} | set(matched)
    used |= set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
    assert used <= allowed


def test_every_rule_says_what_is_wrong_and_how_grave_it_is() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "warning"}
        assert rule["annotations"]["summary"]


def test_what_costs_money_or_loses_work_has_a_rule() -> None:
    named = set(re.findall(r"video_foundry_[a-z_]+", ALERTS.read_text()))
    for metric in ("submissions_unknown", "attention_waiting", "oldest_queued_seconds"):
        assert f"video_foundry_{metric}" in named
    for metric in ("leases_expired_total", "part_failures_total", "disk_free_bytes"):
        assert f"video_foundry_{metric}" in named


def test_prometheus_takes_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    checked = subprocess.run(
        [promtool, "check", "rules", str(ALERTS)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
