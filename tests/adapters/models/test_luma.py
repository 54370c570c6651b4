"""Luma's adapter against its emulator: the contract of all providers, and Luma's own rules."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
from PIL import Image

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.luma import mapping
from video_foundry.adapters.models.luma.adapter import INLINE_LIMIT, LumaModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Catalogue, ModelEntry, effective_params, price_of
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.luma import LumaEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.errors import BadInput, ModelError, Moderated, NoCredit, RateLimited, Rejected
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import ProviderContract, read_catalogue

KEY = "luma-api-canary0123"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 10
ENTRIES = {entry.id: entry for entry in read_catalogue("luma")}
RAY, UNI, MAX = (ENTRIES[f"luma-{name}"] for name in ("ray-3.2", "uni-1", "uni-1-max"))
A, B, C = ({"data": letter, "media_type": "image/png"} for letter in "abc")


class Luma(ProviderContract):
    provider = "luma"
    model = "luma-ray-3.2"
    adapter_class: ClassVar[type[HttpModel[Any]]] = LumaModel
    emulator_class: ClassVar[type[Emulator]] = LumaEmulator
    params: ClassVar[Mapping[str, Any]] = {"resolution": "360p"}


class TestFromText(Luma):
    """A video from words alone."""


class TestPicture(Luma):
    """A picture, which is another type of generation."""

    model = "luma-uni-1"
    params: ClassVar[Mapping[str, Any]] = {}


# --- what goes over the wire ---------------------------------------------------------------------


def body(entry: ModelEntry, params: Mapping[str, Any], **pictures: Mapping[str, Any]) -> Any:
    given = effective_params(entry, {**params, **dict.fromkeys(pictures, "media")})
    left = {k: v for k, v in given.items() if k not in pictures}
    return mapping.create_request(entry.wire, "A fox", left, pictures)


RAY_BODY = {"model": "ray-3.2", "type": "video", "prompt": "A fox", "aspect_ratio": "16:9"}


@pytest.mark.parametrize(
    ("params", "pictures", "video"),
    [
        ({}, {}, {"duration": "5s", "resolution": "720p"}),
        (
            {"duration": 10, "resolution": "1080p"},
            {},
            {"duration": "10s", "resolution": "1080p"},
        ),
        (
            {"loop": True},
            {"first_frame": A},
            {"duration": "5s", "resolution": "720p", "loop": True, "start_frame": A},
        ),
        (
            {},
            {"first_frame": A, "last_frame": B},
            {"duration": "5s", "resolution": "720p", "start_frame": A, "end_frame": B},
        ),
        (
            {"duration": 10},
            {"first_frame": A, "last_frame": B},
            {
                "duration": "10s",
                "resolution": "720p",
                "keyframes": [A, B],
                "keyframe_indexes": [0, 240],
            },
        ),
        (
            {"middle_frame_at": 2.5},
            {"first_frame": A, "last_frame": B, "middle_frame": C},
            {
                "duration": "5s",
                "resolution": "720p",
                "keyframes": [A, C, B],
                "keyframe_indexes": [0, 60, 120],
            },
        ),
    ],
)
def test_a_video_as_luma_is_asked_for_it(params: Any, pictures: Any, video: Any) -> None:
    assert body(RAY, params, **pictures) == {**RAY_BODY, "video": video}


def test_places_of_pictures_never_fall_together() -> None:
    told = body(RAY, {"middle_frame_at": 0.001}, first_frame=A, middle_frame=C)
    assert told["video"]["keyframe_indexes"] == [0, 1]


def test_a_picture_as_luma_is_asked_for_it() -> None:
    plain = {"model": "uni-1-max", "type": "image", "prompt": "A fox", "output_format": "png"}
    assert body(MAX, {"aspect_ratio": "3:2"}) == {**plain, "aspect_ratio": "3:2"}
    assert body(UNI, {"style": "manga", "web_search": True}, reference_image=A) == {
        **plain,
        "model": "uni-1",
        "aspect_ratio": "16:9",
        "style": "manga",
        "web_search": True,
        "image_ref": [A],
    }


def test_a_prompt_of_blanks_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Rejected):
        mapping.create_request(RAY.wire, "  ", {}, {})


# --- pictures on their way -----------------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[Running]:
    with running(LumaEmulator(Settings(key=KEY))) as server:
        yield server


def adapter_of(entry: ModelEntry, served: Running) -> LumaModel:
    variables = {"LUMA_AGENTS_API_KEY": KEY, "LUMA_AGENTS_BASE_URL": served.url}
    account = account_of("luma", entry.env_key, title="Luma")
    return LumaModel(entry, replace(account, environment=variables))


def submission(entry: ModelEntry, folder: Path, **files: bytes) -> Submission:
    references = {}
    for name, content in files.items():
        references[name] = folder / name
        references[name].write_bytes(content)
    return Submission(
        model=entry.id,
        prompt="A fox",
        params=effective_params(entry, {}),
        references=references,
        key="k",
        scratch=folder,
    )


async def test_a_small_picture_travels_within_the_request(served: Running, tmp_path: Path) -> None:
    adapter = adapter_of(RAY, served)
    await adapter.submit(submission(RAY, tmp_path, first_frame=PNG))
    await adapter.aclose()
    (create,) = served.emulator.ledger.entries()
    assert create.body["video"]["start_frame"]["media_type"] == "image/png"


def large_picture() -> bytes:
    """Of one colour and not compressed, so that it is quickly made."""
    told = BytesIO()
    Image.new("RGB", (1300, 1300)).save(told, "PNG", compress_level=0)
    assert len(told.getvalue()) > INLINE_LIMIT
    return told.getvalue()


async def test_a_large_picture_is_uploaded_first_and_never_with_the_key(
    served: Running, tmp_path: Path
) -> None:
    adapter = adapter_of(UNI, served)
    large = large_picture()
    await adapter.submit(submission(UNI, tmp_path, reference_image=large))
    await adapter.aclose()
    calls = [(c.method, c.path.split("/")[1], c.status) for c in served.emulator.ledger.entries()]
    assert calls[:2] == [("POST", "v1", 201), ("PUT", "_store", 200)]
    assert ("GET", "v1", 200) in calls  # it asked until the file was ready
    (create,) = served.emulator.ledger.accepted
    assert list(create.body["image_ref"][0]) == ["file_id"]
    store = served.emulator.ledger.entries("other")[1]
    assert "authorization" not in store.headers


async def test_a_picture_that_luma_will_not_have_costs_nothing(
    served: Running, tmp_path: Path
) -> None:
    adapter = adapter_of(RAY, served)
    damaged = PNG + bytes(INLINE_LIMIT)
    with pytest.raises(Rejected, match=r"will not take this picture: The file is damaged\.") as no:
        await adapter.submit(submission(RAY, tmp_path, first_frame=damaged))
    await adapter.aclose()
    assert no.value.code == "picture_refused"
    assert served.emulator.ledger.entries("create") == []


async def test_a_file_that_is_no_picture_is_refused_before_anything_is_sent(
    served: Running, tmp_path: Path
) -> None:
    adapter = adapter_of(RAY, served)
    with pytest.raises(Rejected, match="last frame") as caught:
        await adapter.submit(submission(RAY, tmp_path, last_frame=b"%PDF-1.7"))
    await adapter.aclose()
    assert caught.value.code == "last_frame_type"
    assert served.emulator.ledger.entries() == []


# --- what Luma says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "content", "meaning"),
    [
        (400, b'{"failure_code":"content_moderated","detail":"no"}', Moderated),
        (422, b'{"detail":[{"loc":["body","prompt"],"msg":"moderation"}]}', Moderated),
        (403, b'{"error":{"code":"budget_exhausted","message":"no"}}', NoCredit),
        (429, b'{"failure_code":"budget_exhausted","detail":"no"}', NoCredit),
        (429, b'{"detail":"Out of credits per minute"}', RateLimited),
        (422, b'{"detail":"the colour balance is wrong"}', Rejected),
        (400, b"<html>", Rejected),
    ],
)
def test_refusals_are_told_apart(status: int, content: bytes, meaning: type[ModelError]) -> None:
    error = mapping.refusal(Answer(status, {}, content), datetime.now(UTC))
    assert type(error) is meaning, error


def test_the_field_of_a_refusal_is_named() -> None:
    content = b'{"detail":[{"loc":["body","video","duration"],"msg":"Input should be 5s"}]}'
    error = mapping.refusal(Answer(422, {}, content), datetime.now(UTC))
    assert "body.video.duration: Input should be 5s" in str(error)


def test_a_spent_budget_at_the_end_is_told_as_such() -> None:
    failed = {"state": "failed", "failure_code": "budget_exhausted", "failure_reason": "No money."}
    report = mapping.status_report(failed)
    assert (report.status, report.error_code) == (GenerationStatus.FAILED, "no_credit")
    assert report.error_message == "No money."


# --- the catalogue -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [
        {"duration": 7},
        {"resolution": "4k"},
        {"aspect_ratio": "3:1"},
        {"seed": 7},
        {"loop": True, "duration": 10},
        {"loop": True, "last_frame": "media"},
        {"loop": True, "middle_frame": "media", "middle_frame_at": 2},
        {"middle_frame": "media"},
        {"middle_frame_at": 2},
        {"middle_frame": "media", "middle_frame_at": 6},
    ],
)
def test_what_luma_would_refuse_is_refused_before_money(params: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        effective_params(RAY, params)


@pytest.mark.parametrize(
    "params",
    [
        {"duration": 10, "first_frame": "media", "last_frame": "media"},
        {"duration": 10, "middle_frame": "media", "middle_frame_at": 9.5},
        {"loop": True, "first_frame": "media"},
    ],
)
def test_what_luma_takes_is_taken(params: dict[str, Any]) -> None:
    assert effective_params(RAY, params).items() >= params.items()


def test_prices() -> None:
    assert not price_of(RAY, effective_params(RAY, {})).is_known
    uni = price_of(UNI, effective_params(UNI, {}))
    assert (uni.low, uni.high) == (Decimal("0.0404"), Decimal("0.0434"))
    assert price_of(MAX, effective_params(MAX, {})).high == Decimal("0.10")


def test_the_catalogue() -> None:
    catalogue = Catalogue(ENTRIES.values())
    catalogue.refuse_wrong_schemas()
    assert RAY.kinds == ("text", "image", "first_last")
    assert [entry.makes for entry in (RAY, UNI, MAX)] == ["video", "image", "image"]
    for old in ("luma", "ray-2", "dream-machine"):
        found = catalogue.resolve(old)
        assert found.entry is RAY
        assert found.note is not None
        assert found.note.startswith(f"{old} means luma-ray-3.2")
    for entry in ENTRIES.values():
        assert entry.idempotency == LumaModel.idempotency
        assert set(entry.alias_notes) <= set(entry.aliases)


# --- the emulator --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"duration": "7s"}, "video.duration"),
        ({"duration": "10s", "start_frame": A}, "video.start_frame"),
        ({"keyframes": [A], "keyframe_indexes": [121]}, "video.keyframes"),
        ({"keyframes": [A], "keyframe_indexes": [0], "start_frame": B}, "video.keyframes"),
        ({"start_frame": {**A, "url": "https://e.com/a.png"}}, "video.end_frame"),
        ({"start_frame": {"file_id": "never uploaded"}}, "video.end_frame"),
        ({"hdr": True, "resolution": "540p"}, "video.hdr"),
        ({"exr_export": True}, "video.exr_export"),
        ({"fps": 24}, "video"),
    ],
)
def test_the_emulator_refuses_what_luma_refuses(
    served: Running, change: dict[str, Any], field: str
) -> None:
    asked = {**RAY_BODY, "video": {"duration": "5s", "resolution": "720p", **change}}
    answer = httpx2.post(
        f"{served.url}/v1/generations", json=asked, headers={"Authorization": f"Bearer {KEY}"}
    )
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", *field.split(".")]
    assert served.emulator.ledger.accepted == []
