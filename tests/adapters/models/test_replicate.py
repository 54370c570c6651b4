"""Replicate: the traps of the trade, what goes over the wire, how a lost submission is found, and
the catalogue."""

import hmac
import json
from base64 import b64decode, b64encode
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

from video_foundry.adapters.models.replicate import mapping, webhooks
from video_foundry.adapters.models.replicate.adapter import DATA_URI_LIMIT, ReplicateModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, ModelEntry, effective_params, price_of
from video_foundry.emulators.emulator import Emulator
from video_foundry.emulators.replicate import ReplicateEmulator
from video_foundry.emulators.server import Running
from video_foundry.errors import (
    BadInput,
    GenerationFailed,
    Moderated,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import KEY, ProviderContract, read_catalogue, settled

ENTRIES = {entry.id: entry for entry in read_catalogue("replicate")}
HTTPS = ("https",)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class _Replicate(ProviderContract):
    provider = "replicate"
    adapter_class: ClassVar[type[HttpModel[Any]]] = ReplicateModel
    emulator_class: ClassVar[type[Emulator]] = ReplicateEmulator
    cancels = True


class TestText(_Replicate):
    model = "replicate-veo-3.1"
    params: ClassVar[Mapping[str, Any]] = {"duration": 4}

    async def test_a_lost_submission_is_told_from_those_beside_it(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        mine = await adapter.submit(submission)
        for n in range(120):  # so that it lies on the second page
            await adapter.initiate_generation("other", {"seed": n})
        assert await adapter.find_generation(submission.key) == mine
        assert await adapter.find_generation("another key") is None
        lists = [e.path for e in served.emulator.ledger.entries("list")]
        assert ["cursor=100" in path for path in lists[:2]] == [False, True]
        assert all("created_after=" in path for path in lists)
        assert all(KEY not in path for path in lists)

    def test_what_it_promises_is_what_its_catalogue_says(self, adapter: HttpModel[Any]) -> None:
        assert adapter.idempotency == adapter.entry.idempotency == "lookup"

    async def test_a_seed_of_ones_own_is_left_alone(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        own = replace(submission, params={**submission.params, "seed": 7})
        await adapter.submit(own)
        (created,) = served.emulator.ledger.entries("create")
        assert created.body["input"]["seed"] == 7
        assert await adapter.find_generation(submission.key) is None

    async def test_a_listing_that_is_not_there_says_nothing(
        self, served: Running, adapter: HttpModel[Any]
    ) -> None:
        elsewhere = f"{served.url}/elsewhere"
        lost = ReplicateModel(
            adapter.entry, _at(adapter, elsewhere), timeouts=adapter.wire.timeouts
        )
        with pytest.raises(Unavailable):
            await lost.find_generation("key")
        await lost.aclose()

    async def test_one_that_runs_is_left_to_end(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("never")
        job_id = await adapter.submit(submission)
        served.emulator.jobs.all()[0].looks = 2
        assert await adapter.cancel_generation(job_id) is False
        assert served.emulator.ledger.entries("cancel") == []

    async def test_pictures_go_small_in_the_request_and_large_by_upload(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, tmp_path: Path
    ) -> None:
        small, large = tmp_path / "small.png", tmp_path / "large.jpg"
        Image.new("RGB", (8, 8)).save(small)
        large.write_bytes(b"\xff\xd8\xff" + bytes(DATA_URI_LIMIT))
        with_frames = replace(submission, references={"first_frame": small, "last_frame": large})
        job_id = await adapter.submit(with_frames)
        (created,) = served.emulator.ledger.entries("create")
        sent = created.body["input"]
        kind, _, content = sent["image"].partition(",")
        assert (kind, b64decode(content)) == ("data:image/png;base64", small.read_bytes())
        assert sent["last_frame"].startswith(f"{served.url}/v1/files/")
        assert (await settled(adapter, job_id)).status is GenerationStatus.SUCCEEDED


class TestPictures(_Replicate):
    model = "replicate-flux-1.1-pro"


class TestNoSeed(_Replicate):
    """Without a seed there is no mark, so that a doubt stays one."""

    model = "replicate-hailuo-2.3"

    def test_what_it_promises_is_what_its_catalogue_says(self, adapter: HttpModel[Any]) -> None:
        assert adapter.idempotency == adapter.entry.idempotency == "none"


class TestAnyModel(_Replicate):
    model = "replicate-model"
    params: ClassVar[Mapping[str, Any]] = {
        "model_ref": "somebody/film",
        "version": "a" * 64,
        "input": {"steps": 20},
    }

    async def test_one_that_runs_is_stopped_but_not_called_free(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("never")
        job_id = await adapter.submit(submission)
        served.emulator.jobs.all()[0].looks = 2
        assert await adapter.cancel_generation(job_id) is False
        report = await adapter.get_status(job_id)
        assert getattr(report, "status", None) is GenerationStatus.CANCELLED

    async def test_a_model_that_is_not_there(
        self, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        params = {"model_ref": "nobody/nothing"}
        with pytest.raises(Rejected, match="does not know this model") as caught:
            await adapter.submit(replace(submission, params=params))
        assert caught.value.code == "unknown_model"


def _at(adapter: HttpModel[Any], url: str) -> Any:
    account: Any = adapter.wire.account
    return replace(account, environment={**account.environment, "REPLICATE_BASE_URL": url})


# --- the wire -----------------------------------------------------------------------------------

FRAMES = {"first_frame": "https://a/first.png", "last_frame": "https://a/last.png"}
FIRST = {"first_frame": "https://a/first.png"}
GOLDEN: list[tuple[str, dict[str, Any], dict[str, str], str, dict[str, Any]]] = [
    (
        "replicate-veo-3.1",
        {"duration": 6, "audio": False, "negative_prompt": "text", "seed": 5},
        FRAMES,
        "/v1/models/google/veo-3.1/predictions",
        {
            "prompt": "A cat",
            "duration": 6,
            "generate_audio": False,
            "negative_prompt": "text",
            "seed": 5,
            "aspect_ratio": "16:9",
            "resolution": "1080p",
            "image": "https://a/first.png",
            "last_frame": "https://a/last.png",
        },
    ),
    (
        "replicate-seedance-2.0",
        {"aspect_ratio": "21:9"},
        FRAMES,
        "/v1/models/bytedance/seedance-2.0/predictions",
        {
            "prompt": "A cat",
            "duration": 5,
            "generate_audio": True,
            "aspect_ratio": "21:9",
            "resolution": "720p",
            "image": "https://a/first.png",
            "last_frame_image": "https://a/last.png",
        },
    ),
    (
        "replicate-seedance-2.0-fast",
        {"resolution": "480p"},
        {},
        "/v1/models/bytedance/seedance-2.0-fast/predictions",
        {
            "prompt": "A cat",
            "duration": 5,
            "generate_audio": True,
            "aspect_ratio": "16:9",
            "resolution": "480p",
        },
    ),
    (
        "replicate-kling-v2.6",
        {"duration": 10},
        FIRST,
        "/v1/models/kwaivgi/kling-v2.6/predictions",
        {
            "prompt": "A cat",
            "duration": 10,
            "aspect_ratio": "16:9",
            "generate_audio": True,
            "start_image": "https://a/first.png",
        },
    ),
    (
        "replicate-kling-v2.5-turbo-pro",
        {},
        FIRST,
        "/v1/models/kwaivgi/kling-v2.5-turbo-pro/predictions",
        {
            "prompt": "A cat",
            "duration": 5,
            "aspect_ratio": "16:9",
            "start_image": "https://a/first.png",
        },
    ),
    (
        "replicate-hailuo-2.3",
        {"resolution": "1080p", "prompt_optimizer": False},
        FIRST,
        "/v1/models/minimax/hailuo-2.3/predictions",
        {
            "prompt": "A cat",
            "duration": 6,
            "resolution": "1080p",
            "prompt_optimizer": False,
            "first_frame_image": "https://a/first.png",
        },
    ),
    (
        "replicate-flux-1.1-pro",
        {"aspect_ratio": "3:2"},
        {},
        "/v1/models/black-forest-labs/flux-1.1-pro/predictions",
        {
            "prompt": "A cat",
            "aspect_ratio": "3:2",
            "prompt_upsampling": False,
            "safety_tolerance": 2,
            "output_format": "png",
        },
    ),
    (
        "replicate-model",
        {"model_ref": "a/b", "input": {"steps": 9}, "first_frame_name": "picture"},
        FIRST,
        "/v1/models/a/b/predictions",
        {"prompt": "A cat", "steps": 9, "picture": "https://a/first.png"},
    ),
]


@pytest.mark.parametrize(("model", "given", "frames", "path", "content"), GOLDEN)
def test_the_body_of_a_create(
    model: str, given: dict[str, Any], frames: dict[str, str], path: str, content: dict[str, Any]
) -> None:
    entry = ENTRIES[model]
    params = _without_media(entry, effective_params(entry, {**given, **frames}))
    sent = mapping.create_request(entry.wire, "A cat", params, frames=frames)
    assert json.loads(json.dumps(sent)) == [path, {"input": content}]


def _without_media(entry: ModelEntry, params: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in params.items() if k not in entry.media_parameters}


def test_every_model_that_can_be_used_has_a_golden_body() -> None:
    assert {row[0] for row in GOLDEN} == {e.id for e in ENTRIES.values() if e.retired is None}


def test_a_version_is_named_with_its_model() -> None:
    params = {"model_ref": "a/b", "version": "f" * 64, "prompt_name": "text"}
    path, body = mapping.create_request(ENTRIES["replicate-model"].wire, "A cat", params)
    assert path == "/v1/predictions"
    assert body == {"version": f"a/b:{'f' * 64}", "input": {"text": "A cat"}}


def test_nothing_is_said_twice_and_nothing_is_sent_without_a_prompt() -> None:
    wire = ENTRIES["replicate-model"].wire
    with pytest.raises(Rejected, match="prompt"):
        mapping.create_request(wire, "A cat", {"model_ref": "a/b", "input": {"prompt": "A dog"}})
    with pytest.raises(Rejected, match="need a prompt"):
        mapping.create_request(wire, "", {"model_ref": "a/b"})


def test_the_mark_is_a_seed_of_the_key_alone() -> None:
    marks = {mapping.mark_of(f"key {n}") for n in range(1000)}
    assert len(marks) == 1000
    assert all(1 <= mark <= 2**31 - 1 for mark in marks)
    assert mapping.mark_of("key 1") == mapping.mark_of("key 1")
    wire = ENTRIES["replicate-veo-3.1"].wire
    _, body = mapping.create_request(wire, "A cat", {}, mark=77)
    assert body == {"input": {"prompt": "A cat", "seed": 77}}
    none = ENTRIES["replicate-hailuo-2.3"].wire
    assert mapping.create_request(none, "A cat", {}, mark=77)[1] == {"input": {"prompt": "A cat"}}


# --- answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("starting", "queued"),
        ("processing", "running"),
        ("canceled", "cancelled"),
        ("aborted", "cancelled"),
        ("hibernating", "running"),
    ],
)
def test_status_words(word: str, status: str) -> None:
    assert mapping.status_report({"status": word}, schemes=HTTPS).status == status


VIDEO = "https://replicate.delivery/x/out.mp4"


@pytest.mark.parametrize(
    "output",
    [
        VIDEO,
        [VIDEO],
        ["https://replicate.delivery/x/log.txt", VIDEO],
        {"seed": 4, "video": VIDEO},
        {"files": [{"url": VIDEO}], "cover": None},
    ],
)
def test_the_result_in_whatever_shape(output: Any) -> None:
    told = {"status": "succeeded", "output": output}
    result = mapping.generation_result(told, schemes=HTTPS, key_headers={"Authorization": "x"})
    assert (result.url, result.headers) == (VIDEO, {"Authorization": "x"})


@pytest.mark.parametrize(
    ("url", "gets_the_key"),
    [
        ("https://replicate.delivery/x/out.mp4", True),
        ("https://pbxt.replicate.delivery/x/out.mp4", True),
        ("http://replicate.delivery/x/out.mp4", False),
        ("https://replicate.delivery.example.com/out.mp4", False),
        ("https://notreplicate.delivery/out.mp4", False),
        ("https://example.com/replicate.delivery/out.mp4", False),
    ],
)
def test_the_key_goes_to_replicates_own_store_alone(url: str, gets_the_key: bool) -> None:
    assert mapping.is_delivery(url) is gets_the_key


@pytest.mark.parametrize("output", [None, "", [], {}, "done", ["file:///etc/passwd"], 7])
def test_a_success_without_a_file(output: Any) -> None:
    told = {"status": "succeeded", "output": output}
    assert mapping.status_report(told, schemes=HTTPS).error_code == "no_output"
    with pytest.raises(GenerationFailed):
        mapping.generation_result(told, schemes=HTTPS, key_headers={})


def test_a_result_that_was_thrown_away_says_so() -> None:
    told = {"status": "succeeded", "output": None, "data_removed": True}
    report = mapping.status_report(told, schemes=HTTPS)
    assert (report.status, report.error_code) == (GenerationStatus.FAILED, "data_removed")
    assert "an hour" in (report.error_message or "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("The input or output was flagged as sensitive. (E005)", "moderated"),
        ("NSFW content detected. Try another prompt.", "moderated"),
        ("Prediction interrupted; please retry (code: PA)", "PA"),
        ("Out of memory (E1001)", "E1001"),
        ("CUDA is case sensitive today", "provider_error"),
        (None, "provider_error"),
        ({"odd": 1}, "provider_error"),
    ],
)
def test_failures_are_told_apart(error: Any, code: str) -> None:
    report = mapping.status_report({"status": "failed", "error": error}, schemes=HTTPS)
    assert report.error_code == code
    assert report.error_message


def test_progress_is_what_the_model_prints() -> None:
    logs = "seed 4\n 10%|# | 1/10\n\r 40%|#### | 4/10 [00:01<00:02]"
    told = {"status": "processing", "logs": logs}
    assert mapping.status_report(told, schemes=HTTPS).progress == 0.4
    assert mapping.status_report({**told, "logs": None}, schemes=HTTPS).progress is None


@pytest.mark.parametrize(
    ("detail", "header", "wait"),
    [
        ("Request was throttled. Your rate limit resets in ~30s.", None, 30.0),
        ("Your rate limit for creating predictions resets in ~2m.", None, 120.0),
        ("resets in 500ms", None, 0.5),
        ("Request was throttled.", None, None),
        ("resets in ~30s.", "7", 7.0),
    ],
)
def test_the_wait_in_words(detail: str, header: str | None, wait: float | None) -> None:
    headers = {"retry-after": header} if header else {}
    error = mapping.refusal(_answer(429, {"detail": detail}, headers), NOW)
    assert isinstance(error, RateLimited)
    assert error.retry_after == wait


def test_refusals_say_what_was_said() -> None:
    told = {"title": "Input validation failed", "detail": "- input.duration: Must be 4\n"}
    error = mapping.refusal(_answer(422, told), NOW)
    assert type(error) is Rejected
    assert "input.duration" in str(error)
    assert type(mapping.refusal(_answer(422, {"detail": "flagged as sensitive"}), NOW)) is Moderated
    assert "400 Bad Request" in str(mapping.refusal(_answer(400, {}), NOW))


def _answer(status: int, told: Any, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, json.dumps(told).encode())


def test_the_cursor_is_taken_and_the_address_is_not() -> None:
    assert mapping.next_cursor({"next": "https://elsewhere/v1/predictions?cursor=cD0x"}) == "cD0x"
    for odd in (None, 7, "", "https://api.replicate.com/v1/predictions"):
        assert mapping.next_cursor({"next": odd}) is None


def test_only_our_mark_on_our_model_is_ours() -> None:
    mine = {"id": "mine", "model": "a/b", "input": {"seed": 9}}
    beside = [
        None,
        {"id": "x", "model": "a/b", "input": None},
        {"id": "x", "model": "a/b", "input": {"seed": "9"}},
        {"id": "x", "model": "a/c", "input": {"seed": 9}},
        {"id": 4, "model": "a/b", "input": {"seed": 8}},
    ]
    assert mapping.marked([*beside, mine], ref="a/b", carrier="seed", mark=9) == "mine"
    assert mapping.marked(beside, ref="a/b", carrier="seed", mark=9) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
ADDRESSES = st.sampled_from(["https://[", "https://a:99999/x", "https://a/x.mp4", "http://a", ""])


@settings(max_examples=150, deadline=None)
@given(
    told=st.fixed_dictionaries(
        {"status": st.sampled_from(["succeeded", "failed", "processing", "odd"]) | JSON},
        optional={
            "output": JSON | ADDRESSES | st.lists(JSON | ADDRESSES, max_size=3),
            "error": JSON,
            "logs": JSON,
            "data_removed": JSON,
            "next": JSON | ADDRESSES,
        },
    )
)
def test_whatever_is_told_is_read(told: dict[str, Any]) -> None:
    report = mapping.status_report(told, schemes=HTTPS)
    assert (report.status is GenerationStatus.FAILED) is bool(report.error_message)
    try:
        result = mapping.generation_result(told, schemes=HTTPS, key_headers={"a": "b"})
    except (GenerationFailed, Unavailable):
        assert report.status is not GenerationStatus.SUCCEEDED
    else:
        assert (result.url or "").startswith("https://")
        assert result.headers == {}
    assert mapping.next_cursor(told) is None


# --- webhooks -----------------------------------------------------------------------------------

SECRET = f"whsec_{b64encode(b'a secret of ours').decode()}"
BODY = b'{"id": "p1", "status": "succeeded"}'
SENT = 1_800_000_000


def _signed(body: bytes = BODY, at: int = SENT, secret: bytes = b"a secret of ours") -> str:
    digest = hmac.digest(secret, f"msg_1.{at}.".encode() + body, sha256)
    return f"v1,{b64encode(digest).decode()}"


def _headers(signature: str, at: str = str(SENT)) -> dict[str, str]:
    return {"webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": signature}


def test_a_true_webhook() -> None:
    assert webhooks.is_genuine(_headers(_signed()), BODY, secret=SECRET, now=SENT + 10)
    turned = f"v1,AAAA v0,{_signed()[3:]} {_signed()}"
    assert webhooks.is_genuine(_headers(turned), BODY, secret=SECRET, now=SENT)


@pytest.mark.parametrize(
    ("headers", "body", "secret", "now"),
    [
        (_headers(_signed()), BODY + b" ", SECRET, SENT),
        (_headers(_signed(secret=b"another")), BODY, SECRET, SENT),
        (_headers(_signed()), BODY, SECRET, SENT + 301),
        (_headers(_signed()), BODY, SECRET, SENT - 301),
        (_headers(_signed(), at="soon"), BODY, SECRET, SENT),
        (_headers("v0," + _signed()[3:]), BODY, SECRET, SENT),
        (_headers("v1,???"), BODY, SECRET, SENT),
        (_headers(""), BODY, SECRET, SENT),
        ({}, BODY, SECRET, SENT),
        (_headers(_signed()), BODY, "", SENT),
        (_headers("v1,"), BODY, "whsec_???", SENT),
    ],
)
def test_a_false_webhook(headers: dict[str, str], body: bytes, secret: str, now: float) -> None:
    assert not webhooks.is_genuine(headers, body, secret=secret, now=now)


# --- the catalogue ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "params", "field"),
    [
        ("replicate-veo-3.1", {"duration": 5}, "duration"),
        ("replicate-veo-3.1", {"last_frame": "m"}, "first_frame"),
        ("replicate-veo-3.1", {"aspect_ratio": "1:1"}, "aspect_ratio"),
        ("replicate-seedance-2.0-fast", {"resolution": "1080p"}, "resolution"),
        ("replicate-hailuo-2.3", {"resolution": "1080p", "duration": 10}, "duration"),
        ("replicate-hailuo-2.3", {"seed": 4}, "seed"),
        ("replicate-model", {}, "model_ref"),
        ("replicate-model", {"model_ref": "a/../../v1/x"}, "model_ref"),
        ("replicate-model", {"model_ref": "a/b", "version": "latest"}, "version"),
        ("replicate-model", {"model_ref": "a/b", "first_frame_name": "x"}, "first_frame"),
    ],
)
def test_what_does_not_fit_is_refused_before_money(
    model: str, params: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput, match=field):
        effective_params(ENTRIES[model], params)


def test_prices() -> None:
    kling = ENTRIES["replicate-kling-v2.6"]
    for audio, amount in ((True, "0.70"), (False, "0.35")):
        price = price_of(kling, {"duration": 5, "audio": audio})
        assert price.low == price.high == Decimal(amount)
    assert price_of(ENTRIES["replicate-flux-1.1-pro"], {}).high == Decimal("0.04")
    assert not price_of(ENTRIES["replicate-veo-3.1"], {"duration": 8}).is_known


def test_a_look_up_is_promised_exactly_where_there_is_a_mark() -> None:
    for entry in ENTRIES.values():
        if entry.retired is None:
            assert (entry.idempotency == "lookup") is ("mark" in entry.wire), entry.id


def test_aliases_and_what_is_gone() -> None:
    catalogue = Catalogue(ENTRIES.values())
    catalogue.refuse_wrong_schemas()
    assert catalogue.resolve("replicate-veo").entry.id == "replicate-veo-3.1"
    gone = catalogue.resolve("replicate-sora").entry
    assert "shut Sora down" in (gone.retired or "")
    assert gone.successor in ENTRIES
    assert all(entry.evidence for entry in ENTRIES.values())
    assert ENTRIES["replicate-veo-3.1"].kinds == ("text", "image", "first_last", "audio")
    assert ENTRIES["replicate-flux-1.1-pro"].makes == "image"
