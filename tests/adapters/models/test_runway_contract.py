"""The traps of the trade, for Runway's models, and what each kind of them sends."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from video_foundry.adapters.models.accounts import account_of
from video_foundry.adapters.models.runway import mapping
from video_foundry.adapters.models.runway.adapter import RunwayModel
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.core.catalogue import effective_params
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.runway import RunwayEmulator
from video_foundry.emulators.server import running
from video_foundry.errors import BadInput, Rejected
from video_foundry.ports.video_model import Submission
from video_foundry.testing.provider_contract import KEY, ProviderContract, read_catalogue

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 10
ENTRIES = {entry.id: entry for entry in read_catalogue("runway")}


class TestRunway(ProviderContract):
    provider = "runway"
    model = "runway-gen4.5"
    adapter_class: ClassVar[type[HttpModel[Any]]] = RunwayModel
    emulator_class: ClassVar[type[Emulator]] = RunwayEmulator
    cancels = True


@pytest.mark.parametrize(
    ("model", "frames", "params", "path", "body"),
    [
        (
            "runway-gen4-turbo",
            ("first_frame",),
            {"duration": 3, "aspect_ratio": "21:9"},
            "/v1/image_to_video",
            {
                "model": "gen4_turbo",
                "promptText": "A boat",
                "promptImage": "U",
                "ratio": "1584:672",
                "duration": 3,
            },
        ),
        (
            "runway-veo-3.1",
            (),
            {"resolution": "1080p", "aspect_ratio": "9:16", "negative_prompt": "rain", "seed": 3},
            "/v1/text_to_video",
            {
                "model": "veo3.1",
                "promptText": "A boat",
                "ratio": "1080:1920",
                "duration": 6,
                "audio": True,
                "negativePrompt": "rain",
                "seed": 3,
            },
        ),
        (
            "runway-veo-3.1-fast",
            ("first_frame", "last_frame"),
            {"duration": 8, "audio": False},
            "/v1/image_to_video",
            {
                "model": "veo3.1_fast",
                "promptText": "A boat",
                "promptImage": [
                    {"uri": "U", "position": "first"},
                    {"uri": "U", "position": "last"},
                ],
                "ratio": "1280:720",
                "duration": 8,
                "audio": False,
            },
        ),
        (
            "runway-gen4-image",
            (),
            {"aspect_ratio": "1:1", "resolution": "1080p"},
            "/v1/text_to_image",
            {"model": "gen4_image", "promptText": "A boat", "ratio": "1080:1080"},
        ),
    ],
)
def test_on_the_wire(
    model: str,
    frames: tuple[str, ...],
    params: Mapping[str, Any],
    path: str,
    body: Mapping[str, Any],
) -> None:
    entry = ENTRIES[model]
    given = effective_params(entry, {**params, **dict.fromkeys(frames, "m")})
    ours = {name: value for name, value in given.items() if name not in frames}
    told = mapping.create_request(entry, "A boat", ours, dict.fromkeys(frames, "U"))
    assert told == (path, body)


def test_only_a_model_that_can_do_without_words_may() -> None:
    turbo = ENTRIES["runway-gen4-turbo"]
    params = effective_params(turbo, {"first_frame": "m"})
    _, body = mapping.create_request(turbo, "", params, {"first_frame": "U"})
    assert "promptText" not in body
    with pytest.raises(Rejected, match="1 to 1000"):
        mapping.create_request(ENTRIES["runway-veo-3.1"], "", {"resolution": "720p"}, {})


@pytest.mark.parametrize(
    ("model", "params", "field"),
    [
        ("runway-gen4-turbo", {}, "first_frame"),
        ("runway-veo-3.1", {"duration": 5}, "duration"),
        ("runway-veo-3.1", {"last_frame": "m"}, "last_frame"),
        ("runway-veo-3.1-fast", {"aspect_ratio": "1:1"}, "aspect_ratio"),
        ("runway-gen4-image", {"duration": 5}, "duration"),
    ],
)
def test_what_a_model_cannot_do_is_refused_before(
    model: str, params: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        effective_params(ENTRIES[model], params)
    assert any(field in f"{p.field} {p.message}" for p in caught.value.problems)


@pytest.mark.parametrize("model", ENTRIES)
@pytest.mark.parametrize("frames", [(), ("first_frame",), ("first_frame", "last_frame")])
async def test_every_model_is_taken_as_its_catalogue_says(
    model: str, frames: tuple[str, ...], tmp_path: Path
) -> None:
    """The emulator refuses a body with anything that the SDK's types do not have."""
    entry = ENTRIES[model]
    frame = tmp_path / "frame.png"
    frame.write_bytes(PNG)
    try:
        params = effective_params(entry, dict.fromkeys(frames, "m"))
    except BadInput:
        pytest.skip("this model does not take these frames")
    with running(RunwayEmulator(Settings(key=KEY))) as served:
        variables = {"RUNWAY_API_KEY": KEY, "RUNWAY_BASE_URL": served.url}
        account = replace(account_of(entry.provider, entry.env_key), environment=variables)
        adapter = RunwayModel(entry, account)
        submission = Submission(
            model=entry.id,
            prompt="A boat",
            params={k: v for k, v in params.items() if k not in frames},
            references=dict.fromkeys(frames, frame),
            key="k",
            scratch=tmp_path,
        )
        await adapter.submit(submission)
        await adapter.aclose()
        (accepted,) = served.emulator.ledger.accepted
        assert accepted.body["model"] == entry.wire["model"]
