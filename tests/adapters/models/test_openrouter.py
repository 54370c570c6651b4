"""OpenRouter: the traps of the trade, what goes over the wire, and the catalogue beside what
OpenRouter says of itself."""

import hmac
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tools import openrouter_models
from video_foundry.adapters.models.openrouter import capabilities, mapping, webhooks
from video_foundry.adapters.models.openrouter.adapter import IMAGE_LIMIT, OpenRouterModel
from video_foundry.adapters.models.openrouter.client import DIALECT, OpenRouterClient
from video_foundry.adapters.models.wire.http import Wire
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, ModelEntry, effective_params, price_of
from video_foundry.core.money import Money
from video_foundry.emulators.emulator import Emulator
from video_foundry.emulators.openrouter import OpenRouterEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.errors import (
    Ambiguous,
    BadInput,
    GenerationFailed,
    ModelError,
    Moderated,
    NoCredit,
    NotAuthorised,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import KEY, ProviderContract, read_catalogue, settled

ENTRIES = {entry.id: entry for entry in read_catalogue("openrouter")}
USABLE = [entry for entry in ENTRIES.values() if entry.retired is None]
HTTPS = ("https",)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BASE = "https://openrouter.ai/api/v1"
KEYED = {"Authorization": "Bearer k"}


class _OpenRouter(ProviderContract):
    provider = "openrouter"
    adapter_class: ClassVar[type[HttpModel[Any]]] = OpenRouterModel
    emulator_class: ClassVar[type[Emulator]] = OpenRouterEmulator
    key_goes_with_results = True


class TestText(_OpenRouter):
    model = "openrouter-veo-3.1"
    params: ClassVar[Mapping[str, Any]] = {"duration": 4}

    async def test_what_it_cost_is_what_is_reported(
        self, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        job_id = await adapter.submit(submission)
        report = await settled(adapter, job_id)
        assert report.cost == Money(amount=Decimal("0.4"), currency="USD")

    async def test_every_model_of_the_catalogue_is_one_of_theirs(
        self, adapter: HttpModel[Any]
    ) -> None:
        listing = await OpenRouterClient(adapter.wire).models()
        assert capabilities.differences(ENTRIES.values(), listing) == []

    async def test_every_request_that_the_catalogue_allows_is_taken(
        self, served: Running, adapter: HttpModel[Any]
    ) -> None:
        wire = Wire(DIALECT, adapter.wire.account)
        for entry in USABLE:
            if "model" not in entry.wire:
                continue
            for params in _corners(entry):
                await OpenRouterClient(wire).create(
                    mapping.create_body(entry.wire, "A cat", params)
                )
        await wire.aclose()
        assert len(served.emulator.ledger.accepted) >= 2 * (len(USABLE) - 1)

    async def test_the_key_can_be_tried_for_nothing(
        self, served: Running, adapter: HttpModel[Any]
    ) -> None:
        told = await adapter.check_account()
        assert told.outcome == "good"
        assert "18.5" in told.message
        assert served.emulator.ledger.accepted == []


class TestPictures(_OpenRouter):
    model = "openrouter-wan-2.7"

    def references(self, folder: Path) -> Mapping[str, Path]:
        first, last = folder / "first.png", folder / "last.webp"
        Image.new("RGB", (8, 8)).save(first)
        Image.new("RGB", (8, 8)).save(last)
        return {"first_frame": first, "last_frame": last}

    async def test_the_frames_go_along_in_their_order(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        await adapter.submit(submission)
        (created,) = served.emulator.ledger.entries("create")
        frames = created.body["frame_images"]
        assert [frame["frame_type"] for frame in frames] == ["first_frame", "last_frame"]
        heads = [frame["image_url"]["url"].partition(",") for frame in frames]
        assert [head[0] for head in heads] == ["data:image/png;base64", "data:image/webp;base64"]
        assert b64decode(heads[0][2]) == submission.references["first_frame"].read_bytes()

    async def test_a_picture_that_is_too_large_costs_nothing(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, tmp_path: Path
    ) -> None:
        large = tmp_path / "large.png"
        large.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(IMAGE_LIMIT))
        with pytest.raises(Rejected) as caught:
            await adapter.submit(replace(submission, references={"last_frame": large}))
        assert caught.value.code == "last_frame_size"
        assert served.emulator.ledger.entries() == []


class TestAnyModel(_OpenRouter):
    model = "openrouter-model"
    params: ClassVar[Mapping[str, Any]] = {"model_ref": "alibaba/wan-3.0", "resolution": "480p"}

    async def test_a_model_that_is_not_there(
        self, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        with pytest.raises(Rejected, match="does not know this model") as caught:
            await adapter.submit(replace(submission, params={"model_ref": "a/b"}))
        assert caught.value.code == "unknown_model"


def _corners(entry: ModelEntry) -> list[dict[str, Any]]:
    """Parameters at both ends of what an entry allows."""
    found = []
    for end in (0, -1):
        given: dict[str, Any] = {}
        for name, schema in entry.properties.items():
            if "enum" in schema:
                given[name] = schema["enum"][end]
            elif name == "duration":
                given[name] = schema["maximum" if end else "minimum"]
            elif name == "audio":
                given[name] = bool(end)
        found.append(effective_params(entry, given))
    return found


# --- the wire -----------------------------------------------------------------------------------

FIRST = {"first_frame": "https://a/first.png"}
GOLDEN: list[tuple[str, dict[str, Any], dict[str, str], dict[str, Any]]] = [
    (
        "openrouter-veo-3.1",
        {"duration": 6, "audio": False, "seed": 5, "resolution": "4k"},
        {**FIRST, "last_frame": "https://a/last.png"},
        {
            "model": "google/veo-3.1",
            "prompt": "A cat",
            "duration": 6,
            "generate_audio": False,
            "seed": 5,
            "aspect_ratio": "16:9",
            "resolution": "4K",
            "frame_images": [
                {
                    "type": "image_url",
                    "image_url": {"url": "https://a/first.png"},
                    "frame_type": "first_frame",
                },
                {
                    "type": "image_url",
                    "image_url": {"url": "https://a/last.png"},
                    "frame_type": "last_frame",
                },
            ],
        },
    ),
    (
        "openrouter-kling-v3.0-std",
        {"aspect_ratio": "1:1"},
        {},
        {
            "model": "kwaivgi/kling-v3.0-std",
            "prompt": "A cat",
            "duration": 5,
            "generate_audio": True,
            "aspect_ratio": "1:1",
            "resolution": "720p",
        },
    ),
    (
        "openrouter-gen-4.5",
        {},
        FIRST,
        {
            "model": "runway/gen-4.5",
            "prompt": "A cat",
            "duration": 5,
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "frame_images": [
                {
                    "type": "image_url",
                    "image_url": {"url": "https://a/first.png"},
                    "frame_type": "first_frame",
                }
            ],
        },
    ),
    (
        "openrouter-model",
        {"model_ref": "a/b", "provider_options": {"google-vertex": {"parameters": {"x": 1}}}},
        {},
        {
            "model": "a/b",
            "prompt": "A cat",
            "duration": 5,
            "provider": {"options": {"google-vertex": {"parameters": {"x": 1}}}},
        },
    ),
]


@pytest.mark.parametrize(("model", "given", "frames", "body"), GOLDEN)
def test_the_body_of_a_create(
    model: str, given: dict[str, Any], frames: dict[str, str], body: dict[str, Any]
) -> None:
    entry = ENTRIES[model]
    params = effective_params(entry, {**given, **frames})
    told = {k: v for k, v in params.items() if k not in entry.media_parameters}
    sent = mapping.create_body(entry.wire, "A cat", told, frames=frames)
    assert json.loads(json.dumps(sent)) == body


def test_nothing_is_sent_without_a_prompt() -> None:
    with pytest.raises(Rejected, match="prompt"):
        mapping.create_body({"model": "a/b"}, "", {})


# --- answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "status", "code"),
    [
        ("pending", "queued", None),
        ("in_progress", "running", None),
        ("cancelled", "cancelled", None),
        ("expired", "failed", "expired"),
        ("failed", "failed", "provider_error"),
        ("completed", "failed", "no_output"),
        ("hibernating", "running", None),
    ],
)
def test_status_words(word: str, status: str, code: str | None) -> None:
    report = mapping.status_report({"status": word}, schemes=HTTPS)
    assert (report.status, report.error_code) == (status, code)
    assert bool(report.error_message) is (status == "failed")


@pytest.mark.parametrize(
    "error",
    [
        "The output was blocked by content moderation",
        "Violates the provider's content policy",
        "Input flagged",
        "CONTENT_FILTER: blocked",
    ],
)
def test_a_withheld_video_is_told_apart(error: str) -> None:
    report = mapping.status_report({"status": "failed", "error": error}, schemes=HTTPS)
    assert (report.error_code, report.error_message) == ("moderated", error)


@pytest.mark.parametrize(
    ("told", "url", "headers"),
    [
        ({"unsigned_urls": [f"{BASE}/videos/v/content?index=0"]}, None, KEYED),
        ({"unsigned_urls": ["https://openrouter.ai:443/x"]}, None, KEYED),
        ({"unsigned_urls": ["https://openrouter.ai.example.com/x"]}, None, {}),
        ({"unsigned_urls": ["https://store.example.com/x"]}, None, {}),
        ({"urls": ["https://store.example.com/x?sig=1"]}, "https://store.example.com/x?sig=1", {}),
        (
            {"unsigned_urls": ["http://openrouter.ai/x"], "urls": ["https://s.example.com/x"]},
            "https://s.example.com/x",
            {},
        ),
    ],
)
def test_the_key_goes_to_openrouter_alone(
    told: dict[str, Any], url: str | None, headers: dict[str, str]
) -> None:
    result = mapping.generation_result(
        {"status": "completed", **told}, schemes=HTTPS, base_url=BASE, key_headers=KEYED
    )
    assert result.url == (url or told["unsigned_urls"][0])
    assert result.headers == headers


@pytest.mark.parametrize("status", ["failed", "cancelled", "completed", "expired"])
def test_no_result_where_there_is_none(status: str) -> None:
    with pytest.raises(GenerationFailed):
        mapping.generation_result(
            {"status": status}, schemes=HTTPS, base_url=BASE, key_headers=KEYED
        )


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        ({"cost": 0.25, "is_byok": False}, Decimal("0.25")),
        ({"cost": 0.0125, "is_byok": True}, None),
        ({"cost": None}, None),
        (None, None),
    ],
)
def test_cost(usage: Any, cost: Decimal | None) -> None:
    report = mapping.status_report({"status": "failed", "usage": usage}, schemes=HTTPS)
    assert (report.cost.amount if report.cost else None) == cost


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (401, {"message": "No auth"}, NotAuthorised),
        (401, {"message": "Your key was flagged"}, NotAuthorised),
        (402, {"message": "Insufficient credits"}, NoCredit),
        (403, {"message": "Forbidden"}, NotAuthorised),
        (403, {"message": "Flagged", "metadata": {"reasons": ["violence"]}}, Moderated),
        (400, {"message": "Rejected by the provider's content policy"}, Moderated),
        (400, {"message": "duration: unsupported"}, Rejected),
        (413, {"message": "Too large"}, Rejected),
        (302, {}, Rejected),
        (499, {"message": "Client closed request"}, Ambiguous),
    ],
)
def test_refusals(status: int, error: Any, kind: type[ModelError]) -> None:
    answer = Answer(status, {}, json.dumps({"error": error}).encode())
    refused = mapping.refusal(answer, NOW)
    assert type(refused) is kind
    assert error.get("message", "302 Found") in str(refused)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
ADDRESSES = st.lists(
    st.sampled_from(["https://[", "https://a:99999/x", "https://a/x.mp4", f"{BASE}/x"]), max_size=2
)


@settings(max_examples=150, deadline=None)
@given(
    told=st.fixed_dictionaries(
        {"status": st.sampled_from(["completed", "failed", "expired", "pending"]) | JSON},
        optional={
            "unsigned_urls": JSON | ADDRESSES,
            "urls": JSON | ADDRESSES,
            "error": JSON,
            "usage": JSON | st.fixed_dictionaries({"cost": JSON}),
        },
    )
)
def test_whatever_is_told_is_read(told: dict[str, Any]) -> None:
    report = mapping.status_report(told, schemes=HTTPS)
    assert (report.status is GenerationStatus.FAILED) is bool(report.error_message)
    try:
        result = mapping.generation_result(told, schemes=HTTPS, base_url=BASE, key_headers=KEYED)
    except (GenerationFailed, Unavailable):
        assert report.status is not GenerationStatus.SUCCEEDED
    else:
        assert bool(result.headers) is (result.url == f"{BASE}/x")


# --- capabilities -------------------------------------------------------------------------------


def test_every_way_to_differ_is_named() -> None:
    entry = ENTRIES["openrouter-wan-2.6"]
    same = {
        "id": "alibaba/wan-2.6",
        "supported_durations": [5, 10],
        "supported_resolutions": ["720p", "1080p"],
        "supported_aspect_ratios": ["16:9", "9:16"],
        "supported_frame_images": ["first_frame"],
        "generate_audio": True,
        "seed": True,
    }
    assert capabilities.differences([entry], {"data": [same]}) == []
    other = {
        **same,
        "supported_durations": [5, 15],
        "supported_resolutions": None,
        "supported_frame_images": ["first_frame", "last_frame"],
        "seed": False,
    }
    assert capabilities.differences([entry], {"data": [other, {"id": "new/model"}]}) == [
        "new/model: the catalogue lacks it",
        "openrouter-wan-2.6: duration 10 only in the catalogue",
        "openrouter-wan-2.6: duration 15 only at OpenRouter",
        "openrouter-wan-2.6: frames last_frame only at OpenRouter",
        "openrouter-wan-2.6: seed is not possible there",
    ]
    assert capabilities.differences([entry], {"data": None}) == [
        "openrouter-wan-2.6: OpenRouter does not list it"
    ]


@pytest.mark.parametrize(("key", "status"), [(KEY, 0), ("", 2)])
def test_the_tool_that_compares(
    key: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(OpenRouterEmulator()) as server:
        monkeypatch.setenv("OPENROUTER_BASE_URL", server.url)
        monkeypatch.setenv("OPENROUTER_API_KEY", key)
        assert openrouter_models.main() == status
    said = capsys.readouterr()
    assert ("says what OpenRouter says" in said.out) is (status == 0)
    assert ("OPENROUTER_API_KEY" in said.err) is (status == 2)


# --- webhooks -----------------------------------------------------------------------------------

BODY = b'{"type": "video.generation.completed"}'
SENT = 1_800_000_000


def _signed(body: bytes = BODY, at: int = SENT, secret: str = "s") -> str:
    digest = hmac.new(secret.encode(), f"{at},".encode() + body, sha256).hexdigest()
    return f"t={at},v1={digest}"


def test_a_true_webhook() -> None:
    assert webhooks.is_genuine(_signed(), BODY, secret="s", now=SENT + 299)
    turned = _signed().replace(",v1", ",v1=00,v1")
    assert webhooks.is_genuine(turned, BODY, secret="s", now=SENT)


@pytest.mark.parametrize(
    ("signature", "body", "secret", "now"),
    [
        (_signed(), BODY + b" ", "s", SENT),
        (_signed(secret="other"), BODY, "s", SENT),
        (_signed(), BODY, "s", SENT + 301),
        (_signed(), BODY, "s", SENT - 301),
        (_signed().replace("t=", "t=x"), BODY, "s", SENT),
        (_signed().replace("v1=", "v0="), BODY, "s", SENT),
        (_signed(secret=""), BODY, "", SENT),
        ("v1=é", BODY, "s", SENT),
        ("", BODY, "s", SENT),
    ],
)
def test_a_false_webhook(signature: str, body: bytes, secret: str, now: float) -> None:
    assert not webhooks.is_genuine(signature, body, secret=secret, now=now)


# --- the catalogue ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "params", "field"),
    [
        ("openrouter-veo-3.1", {"duration": 5}, "duration"),
        ("openrouter-veo-3.1", {"last_frame": "m"}, "first_frame"),
        ("openrouter-veo-3.1-lite", {"resolution": "4k"}, "resolution"),
        ("openrouter-hailuo-2.3", {"aspect_ratio": "9:16"}, "aspect_ratio"),
        ("openrouter-hailuo-2.3", {"seed": 1}, "seed"),
        ("openrouter-gen-4.5", {"audio": True}, "audio"),
        ("openrouter-wan-3.0", {"duration": 31}, "duration"),
        ("openrouter-model", {}, "model_ref"),
        ("openrouter-model", {"model_ref": "../key"}, "model_ref"),
        (
            "openrouter-model",
            {"model_ref": "a/b", "provider_options": {"x": 1}},
            "object",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_money(
    model: str, params: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput, match=field):
        effective_params(ENTRIES[model], params)


@pytest.mark.parametrize(
    ("model", "given", "low", "high"),
    [
        ("openrouter-veo-3.1", {}, "3.20", "3.20"),
        ("openrouter-veo-3.1", {"audio": False, "resolution": "4k", "duration": 4}, "1.60", "1.60"),
        ("openrouter-veo-3.1-fast", {"resolution": "1080p"}, "0.96", "0.96"),
        ("openrouter-kling-v3.0-pro", {"audio": False}, "0.560", "0.560"),
        ("openrouter-wan-2.6", {}, "0.40", "0.50"),
    ],
)
def test_prices(model: str, given: dict[str, Any], low: str, high: str) -> None:
    price = price_of(ENTRIES[model], effective_params(ENTRIES[model], given))
    assert (price.low, price.high) == (Decimal(low), Decimal(high))


def test_a_price_is_known_for_all_that_can_be_asked_or_for_none() -> None:
    for entry in USABLE:
        resolutions = entry.properties["resolution"].get("enum", [])
        for resolution in resolutions:
            for audio in (True, False) if "audio" in entry.properties else (None,):
                given = {"resolution": resolution} | ({} if audio is None else {"audio": audio})
                price = price_of(entry, effective_params(entry, given | _needed(entry)))
                assert price.is_known is bool(entry.prices), (entry.id, given)


def _needed(entry: ModelEntry) -> dict[str, Any]:
    return {"model_ref": "a/b"} if "model" not in entry.wire else {}


def test_aliases_and_what_is_gone() -> None:
    catalogue = Catalogue(ENTRIES.values())
    catalogue.refuse_wrong_schemas()
    assert catalogue.resolve("openrouter-wan").entry.id == "openrouter-wan-3.0"
    gone = catalogue.resolve("openrouter-sora-2").entry
    assert "shut Sora down" in (gone.retired or "")
    assert gone.successor in ENTRIES
    assert all(entry.idempotency == OpenRouterModel.idempotency for entry in USABLE)
    assert all(KEY not in entry.evidence and entry.evidence for entry in ENTRIES.values())
    assert ENTRIES["openrouter-veo-3.1"].kinds == ("text", "image", "first_last", "audio")


def test_an_answer_in_between_is_no_end() -> None:
    told = {"status": "in_progress", "unsigned_urls": ["https://openrouter.ai/x"]}
    report = mapping.status_report(told, schemes=HTTPS)
    assert report.status is GenerationStatus.RUNNING
