"""ComfyUI: the exact bodies, files and digests, the catalogue, and traps of its own."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from video_foundry.adapters.models.accounts import EnvironmentAccount, account_of
from video_foundry.adapters.models.comfyui import graph
from video_foundry.adapters.models.comfyui.adapter import ComfyUIModel
from video_foundry.core.catalogue import effective_params, price_of
from video_foundry.core.request import make_request
from video_foundry.emulators.comfyui import ComfyUIEmulator
from video_foundry.emulators.server import Running, running
from video_foundry.errors import (
    BadInput,
    GenerationFailed,
    GenerationLost,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import GenerationStatus, Submission
from video_foundry.testing.provider_contract import (
    PATIENT,
    read_catalogue,
    reported,
    settled,
)

WORKFLOWS = Path(__file__).parents[3] / "examples" / "comfyui"
ENTRIES = {entry.id: entry for entry in read_catalogue("comfyui")}
KEY = "11111111-2222-4333-8444-555555555555"


def named(name: str, **params: Any) -> dict[str, Any]:
    """Parameters that name one of the shipped workflows."""
    digest = hashlib.sha256((WORKFLOWS / f"{name}.json").read_bytes()).hexdigest()
    return {"workflow": name, "workflow_sha256": digest, **params}


def workflow(name: str) -> graph.Graph:
    return graph.checked(json.loads((WORKFLOWS / f"{name}.json").read_text("utf-8")))


def picture(folder: Path) -> Path:
    path = folder / "frame.png"
    Image.new("RGB", (32, 16), (200, 30, 30)).save(path)
    return path


# --- one adapter at one emulator ---------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[Running]:
    with running(ComfyUIEmulator()) as server:
        yield server


def account(served: Running, **more: str) -> EnvironmentAccount:
    variables = {"COMFYUI_BASE_URL": served.url, "COMFYUI_WORKFLOWS": str(WORKFLOWS), **more}
    return replace(account_of("comfyui", None), environment=variables)


@pytest.fixture
async def adapter(served: Running) -> AsyncIterator[ComfyUIModel]:
    made = ComfyUIModel(ENTRIES["comfyui"], account(served), timeouts=PATIENT)
    yield made
    await made.aclose()


def emulator(served: Running) -> ComfyUIEmulator:
    assert isinstance(served.emulator, ComfyUIEmulator)
    return served.emulator


def submission(
    params: Mapping[str, Any],
    *,
    prompt: str = "A lighthouse",
    model: str = "comfyui",
    key: str = KEY,
    **pictures: Path,
) -> Submission:
    return Submission(
        model=model,
        prompt=prompt,
        params=effective_params(ENTRIES[model], params),
        references=pictures,
        key=key,
        scratch=WORKFLOWS,
    )


def body_sent(served: Running) -> dict[str, Any]:
    (entry,) = served.emulator.ledger.entries("create")
    body: dict[str, Any] = entry.body
    return body


def sent_graph(served: Running, name: str, **changes: Any) -> graph.Graph:
    """A shipped workflow with inputs changed: `n8_seed=7` is input seed of node 8."""
    expected = workflow(name)
    for address, value in changes.items():
        node, _, key = address[1:].partition("_")
        expected[node]["inputs"][key] = value
    return expected


# --- golden bodies -----------------------------------------------------------------------------


async def test_text_to_video_on_the_wire(served: Running, adapter: ComfyUIModel) -> None:
    params = named(
        "wan-text-to-video",
        duration=3.3,
        aspect_ratio="9:16",
        seed=7,
        negative_prompt="rain",
        inputs={"8.cfg": 5.5, "8.scheduler": "normal"},
    )
    await adapter.submit(submission(params, prompt="A lighthouse at dusk"))
    body = body_sent(served)
    client_id = body.pop("client_id")
    assert isinstance(client_id, str)
    assert client_id
    assert body == {
        "prompt": sent_graph(
            served,
            "wan-text-to-video",
            n4_text="A lighthouse at dusk",
            n5_text="rain",
            n6_width=480,
            n6_height=848,
            n6_length=53,  # 3.3 s of 16 frames are 52.8, and the next 4n + 1 is 53
            n8_seed=7,
            n8_cfg=5.5,
            n8_scheduler="normal",
        ),
        "prompt_id": KEY,
        "extra_data": {"video_foundry": KEY},
    }


async def test_without_parameters_only_the_prompt_changes(
    served: Running, adapter: ComfyUIModel
) -> None:
    await adapter.submit(submission(named("wan-text-to-video"), prompt="Fog"))
    assert body_sent(served)["prompt"] == sent_graph(served, "wan-text-to-video", n4_text="Fog")


async def test_image_to_video_on_the_wire(
    served: Running, adapter: ComfyUIModel, tmp_path: Path
) -> None:
    frame = picture(tmp_path)
    params = named("wan-image-to-video", duration=5, resolution="720p", aspect_ratio="16:9")
    await adapter.submit(submission(params, first_frame=frame))
    name = f"video-foundry/{hashlib.sha256(frame.read_bytes()).hexdigest()[:32]}.png"
    assert emulator(served).pictures[name] == frame.read_bytes()
    assert body_sent(served)["prompt"] == sent_graph(
        served,
        "wan-image-to-video",
        n4_text="A lighthouse",
        n6_image=name,
        n7_width=1280,
        n7_height=720,
        n7_length=81,
    )
    upload = next(e for e in served.emulator.ledger.entries("other") if "/upload" in e.path)
    assert upload.method == "POST"


async def test_a_picture_on_the_wire(served: Running) -> None:
    made = ComfyUIModel(ENTRIES["comfyui-image"], account(served), timeouts=PATIENT)
    params = named("sdxl-picture", aspect_ratio="16:9", seed=2**32 - 1)
    await made.submit(submission(params, model="comfyui-image"))
    await made.aclose()
    assert body_sent(served)["prompt"] == sent_graph(
        served,
        "sdxl-picture",
        n2_text="A lighthouse",
        n4_width=1344,
        n4_height=768,
        n5_seed=2**32 - 1,
    )


async def test_a_workflow_may_be_in_the_request_itself(
    served: Running, adapter: ComfyUIModel
) -> None:
    params = {"graph": workflow("wan-text-to-video"), "width": 640, "height": 368, "fps": 24}
    await adapter.submit(submission({**params, "duration": 2}))
    assert body_sent(served)["prompt"] == sent_graph(
        served,
        "wan-text-to-video",
        n4_text="A lighthouse",
        n6_width=640,
        n6_height=368,
        n6_length=49,
        n10_fps=24,
    )


async def test_no_origin_is_sent_because_the_server_refuses_foreign_ones(
    served: Running, adapter: ComfyUIModel
) -> None:
    await adapter.submit(submission(named("wan-text-to-video")))
    assert all("origin" not in entry.headers for entry in served.emulator.ledger.entries())


# --- files and digests -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("mine", '{"1": {"class_type": "A", "inputs": {}}}', "workflow_changed"),
        ("mine", None, "no_such_workflow"),
        ("mine", "{", "workflow_format"),
        ("../mine", "{}", "no_such_workflow"),
    ],
)
async def test_a_file_that_is_not_the_one_that_was_meant_is_not_sent(
    served: Running, tmp_path: Path, name: str, content: str | None, code: str
) -> None:
    folder = tmp_path / "workflows"
    folder.mkdir()
    place = tmp_path if "/" in name else folder
    digest = "0" * 64
    if content is not None:
        (place / "mine.json").write_text(content)
        if code != "workflow_changed":
            digest = hashlib.sha256(content.encode()).hexdigest()
    made = ComfyUIModel(ENTRIES["comfyui"], account(served, COMFYUI_WORKFLOWS=str(folder)))
    with pytest.raises(Rejected) as caught:
        await made.initiate_generation("Fog", {"workflow": name, "workflow_sha256": digest})
    assert caught.value.code == code
    if code == "workflow_changed":
        assert hashlib.sha256((content or "").encode()).hexdigest() in str(caught.value)
    assert served.emulator.ledger.entries() == []


async def test_without_a_folder_the_variable_is_named(served: Running) -> None:
    made = ComfyUIModel(ENTRIES["comfyui"], account(served, COMFYUI_WORKFLOWS=""))
    with pytest.raises(Rejected, match="COMFYUI_WORKFLOWS"):
        await made.initiate_generation("Fog", named("wan-text-to-video"))


def test_another_workflow_is_another_request() -> None:
    entry = ENTRIES["comfyui"]

    def fingerprint(params: Mapping[str, Any]) -> str:
        return make_request(entry, "Fog", params, {}).fingerprint

    named_one = named("wan-text-to-video")
    assert fingerprint(named_one) != fingerprint({**named_one, "workflow_sha256": "0" * 64})
    whole, same, other = (workflow("wan-text-to-video") for _ in range(3))
    same["7"]["inputs"]["shift"] = 8
    other["7"]["inputs"]["shift"] = 8.5
    assert fingerprint({"graph": whole}) == fingerprint({"graph": same})
    assert fingerprint({"graph": whole}) != fingerprint({"graph": other})


def test_a_workflow_survives_the_canonical_form() -> None:
    whole = workflow("wan-text-to-video")
    whole["7"]["inputs"]["shift"] = 8.5
    whole["8"]["inputs"]["seed"] = 2**64 - 1
    request = make_request(ENTRIES["comfyui"], "Fog", {"graph": whole}, {})
    assert request.submit_params(ENTRIES["comfyui"])["graph"] == whole


# --- the catalogue -----------------------------------------------------------------------------


@pytest.mark.parametrize("model", ENTRIES)
def test_it_is_free_and_says_how_its_facts_are_known(model: str) -> None:
    entry = ENTRIES[model]
    price = price_of(entry, {})
    assert price.is_known
    assert price.high == 0
    assert entry.idempotency == ComfyUIModel.idempotency == "lookup"
    assert entry.env_key is None
    assert entry.evidence


def test_kinds_follow_from_the_parameters() -> None:
    assert ENTRIES["comfyui"].kinds == ("text", "image", "first_last")
    assert ENTRIES["comfyui-image"].makes == "image"


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({}, "workflow"),
        ({"workflow": "mine"}, "workflow_sha256"),
        ({"workflow": "../mine", "workflow_sha256": "0" * 64}, "workflow"),
        ({"workflow": "mine", "workflow_sha256": "0" * 63}, "workflow_sha256"),
        (named("sdxl-picture", graph={"1": {}}), "workflow"),
        (named("sdxl-picture", width=64), "height"),
        (named("sdxl-picture", duration=0), "duration"),
        (named("sdxl-picture", inputs={"1.a": ["2", 0]}), "inputs"),
        (named("sdxl-picture", cfg=7), "cfg"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_is_sent(
    params: dict[str, Any], word: str
) -> None:
    with pytest.raises(BadInput) as caught:
        effective_params(ENTRIES["comfyui"], params)
    assert any(word in problem.field + problem.message for problem in caught.value.problems)


# --- refusals and ends -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"8.steps": 0}, "smaller than min"),
        ({"8.cfg": 900}, "bigger than max"),
        ({"8.sampler_name": "nothing"}, "Value not in list"),
        ({"8.seed": "many"}, "Failed to convert"),
    ],
)
async def test_a_refused_workflow_says_which_node_and_why(
    served: Running, adapter: ComfyUIModel, inputs: dict[str, Any], words: str
) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        await adapter.submit(submission(named("wan-text-to-video", inputs=inputs)))
    assert "node 8 (KSampler)" in str(caught.value)
    assert served.emulator.ledger.accepted == []


async def test_a_node_that_is_not_installed_is_named(adapter: ComfyUIModel) -> None:
    nodes = workflow("wan-text-to-video")
    nodes["99"] = {
        "class_type": "SuperUpscaler",
        "inputs": {},
        "_meta": {"title": "Upscaler"},
    }
    with pytest.raises(Rejected, match="Node 'Upscaler' not found"):
        await adapter.submit(submission({"graph": nodes}))


async def test_a_key_that_is_no_uuid_is_refused_and_not_doubtful(adapter: ComfyUIModel) -> None:
    with pytest.raises(Rejected, match="must be a valid UUID"):
        await adapter.submit(submission(named("wan-text-to-video"), key="mine"))


async def test_a_failure_names_the_node(served: Running, adapter: ComfyUIModel) -> None:
    served.emulator.script.put("failed")
    job_id = await adapter.submit(submission(named("wan-text-to-video")))
    report = await settled(adapter, job_id)
    assert report.error_message is not None
    assert report.error_message.startswith("UNETLoader: Allocation on device")
    with pytest.raises(GenerationFailed, match="Allocation"):
        await adapter.get_result(job_id)


async def test_a_server_that_was_restarted_has_lost_the_job(
    served: Running, adapter: ComfyUIModel
) -> None:
    job_id = await adapter.submit(submission(named("wan-text-to-video")))
    served.emulator.jobs.forget(job_id)
    with pytest.raises(GenerationLost):
        await adapter.get_status(job_id)
    with pytest.raises(GenerationLost):
        await adapter.get_result(job_id)


class Hasty(ComfyUIEmulator):
    """Every job ends after it was looked for in the history, and before it is in the queue."""

    async def _queue(self, request: Any) -> Any:
        for job in self.jobs.all():
            job.looks += 5
        return await super()._queue(request)


async def test_a_job_that_ends_between_two_questions_is_not_lost() -> None:
    with running(Hasty()) as server:
        made = ComfyUIModel(ENTRIES["comfyui"], account(server), timeouts=PATIENT)
        job_id = await made.submit(submission(named("wan-text-to-video")))
        assert (await reported(made, job_id)).status is GenerationStatus.SUCCEEDED
        await made.aclose()


# --- cancel ------------------------------------------------------------------------------------


async def test_a_running_job_is_interrupted_and_no_other(
    served: Running, adapter: ComfyUIModel
) -> None:
    served.emulator.script.put("never")
    served.emulator.script.put("never")
    mine = await adapter.submit(submission(named("wan-text-to-video")))
    theirs = await adapter.initiate_generation("Theirs", named("wan-text-to-video"))
    for job_id in (mine, mine, theirs, theirs):
        await adapter.get_status(job_id)
    assert await adapter.cancel_generation(mine) is True
    assert (await reported(adapter, mine)).status is GenerationStatus.CANCELLED
    assert (await reported(adapter, theirs)).status is GenerationStatus.RUNNING


async def test_what_is_over_cannot_be_cancelled(served: Running, adapter: ComfyUIModel) -> None:
    job_id = await adapter.submit(submission(named("wan-text-to-video")))
    await settled(adapter, job_id)
    assert await adapter.cancel_generation(job_id) is False
    assert (await reported(adapter, job_id)).status is GenerationStatus.SUCCEEDED
    assert await adapter.cancel_generation("99999999-2222-4333-8444-555555555555") is False


# --- older servers -----------------------------------------------------------------------------


@pytest.fixture
def old(served: Running) -> ComfyUIEmulator:
    emulator(served).is_old = True
    return emulator(served)


async def test_an_older_server_chooses_the_id_and_is_searched_by_our_key(
    old: ComfyUIEmulator, adapter: ComfyUIModel
) -> None:
    job_id = await adapter.submit(submission(named("wan-text-to-video")))
    assert job_id != KEY
    assert await adapter.find_generation(KEY) == job_id  # in the queue
    await settled(adapter, job_id)
    assert await adapter.find_generation(KEY) == job_id  # in the history
    assert await adapter.find_generation("99999999-2222-4333-8444-555555555555") is None


async def test_an_older_server_takes_a_waiting_job_from_its_queue(
    old: ComfyUIEmulator, adapter: ComfyUIModel
) -> None:
    old.script.put("never")
    job_id = await adapter.submit(submission(named("wan-text-to-video")))
    assert await adapter.cancel_generation(job_id) is True
    assert (await reported(adapter, job_id)).status is GenerationStatus.CANCELLED
    assert await adapter.cancel_generation(job_id) is True
    assert [e.path for e in old.ledger.entries("cancel") if e.path == "/interrupt"] == []


async def test_an_older_server_is_interrupted_only_while_our_job_runs(
    old: ComfyUIEmulator, adapter: ComfyUIModel
) -> None:
    """There the call stops whatever runs, whoever asked for it."""
    old.script.put("never")
    old.script.put("never")
    theirs = await adapter.initiate_generation("Theirs", named("wan-text-to-video"))
    mine = await adapter.submit(submission(named("wan-text-to-video")))
    for _ in range(2):
        await adapter.get_status(theirs)
    assert await adapter.cancel_generation(mine) is True  # it was waiting
    assert (await reported(adapter, theirs)).status is GenerationStatus.RUNNING
    assert await adapter.cancel_generation(theirs) is True
    assert (await reported(adapter, theirs)).status is GenerationStatus.CANCELLED


# --- progress ----------------------------------------------------------------------------------


async def wait_for_listeners(served: Running, count: int) -> None:
    for _ in range(500):
        if emulator(served).listeners == count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{emulator(served).listeners} sockets are open, not {count}")


@pytest.mark.parametrize("is_old", [False, True])
async def test_progress_comes_over_one_socket_that_closes_with_the_last_job(
    served: Running, adapter: ComfyUIModel, is_old: bool
) -> None:
    emulator(served).is_old = is_old
    served.emulator.script.put("never")
    job_id = await adapter.submit(submission(named("wan-text-to-video")))
    second = await adapter.initiate_generation("Second", named("wan-text-to-video"))
    await wait_for_listeners(served, 1)
    shares = []
    for _ in range(500):
        shares.append((await reported(adapter, job_id)).progress)
        if shares[-1] is not None and shares[-1] > 0.7:
            break
        await asyncio.sleep(0.01)
    told = [share for share in shares if share is not None]
    assert told == sorted(told)
    assert told[-1] == pytest.approx(30 / 39)  # 30 steps, and nine nodes that count one each
    await settled(adapter, second)
    assert emulator(served).listeners == 1
    await adapter.cancel_generation(job_id)
    await settled(adapter, job_id)
    await wait_for_listeners(served, 0)


async def test_a_submit_that_is_refused_leaves_no_socket_open(
    served: Running, adapter: ComfyUIModel
) -> None:
    served.emulator.script.put("invalid")
    with pytest.raises(Rejected):
        await adapter.submit(submission(named("wan-text-to-video")))
    await wait_for_listeners(served, 0)
    job_id = await adapter.submit(submission(named("wan-text-to-video"), key=KEY[:-1] + "6"))
    await wait_for_listeners(served, 1)
    await settled(adapter, job_id)
    await wait_for_listeners(served, 0)


class Silent(ComfyUIEmulator):
    """Refuses sockets."""

    async def _talk(self, socket: Any) -> None:
        await socket.close()


async def test_without_a_socket_everything_but_the_share_is_known() -> None:
    with running(Silent()) as server:
        made = ComfyUIModel(ENTRIES["comfyui"], account(server), timeouts=PATIENT)
        job_id = await made.submit(submission(named("wan-text-to-video")))
        seen = [await reported(made, job_id) for _ in range(3)]
        assert [r.status.value for r in seen] == ["queued", "running", "succeeded"]
        assert seen[1].progress is None
        assert (await made.get_result(job_id)).url is not None
        await made.aclose()


async def test_something_else_at_the_address_is_not_a_lost_job(
    served: Running, adapter: ComfyUIModel
) -> None:
    job_id = await adapter.submit(submission(named("wan-text-to-video")))
    elsewhere = account(served, COMFYUI_BASE_URL=f"{served.url}/nothing-here")
    other = ComfyUIModel(ENTRIES["comfyui"], elsewhere, timeouts=PATIENT)
    with pytest.raises(Unavailable):
        await other.get_status(job_id)
    with pytest.raises(Unavailable):
        await other.find_generation(KEY)
    await other.aclose()
