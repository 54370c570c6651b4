"""What every adapter of a provider over HTTP must do with the traps of that trade, as tests against
the provider's emulator: subclass ProviderContract and name the parts.

Shipped for authors of plug-ins; needs pytest and pytest-asyncio. Nothing here knows a provider.
"""

# ruff: noqa: S101 - these are tests, shipped
import asyncio
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

import video_foundry.adapters.models as models_room
from video_foundry.adapters.fetch.guarded import GuardedFetcher
from video_foundry.adapters.models.accounts import EnvironmentAccount, account_of
from video_foundry.adapters.models.wire.http import Timeouts
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.core.catalogue import ModelEntry, effective_params, parse_provider
from video_foundry.emulators import faults
from video_foundry.emulators.emulator import Emulator, Settings
from video_foundry.emulators.server import Running, running
from video_foundry.errors import (
    Ambiguous,
    GenerationFailed,
    GenerationLost,
    ModelError,
    Moderated,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
)
from video_foundry.testing.model_contract import decoded_length

KEY = "key_canary0123456789"
PROMPT = "A lighthouse at dusk"
PATIENT = Timeouts(create=60.0, ask=60.0, connect=60.0, upload=60.0)
"""For a very busy machine; whoever answers is not waited for."""
IMPATIENCE = (0.3, 3.0, 30.0)
"""Seconds for an answer that does not come: more where not even the question got through."""
MOST_LOOKS = 20
OVER = (GenerationStatus.SUCCEEDED, GenerationStatus.FAILED, GenerationStatus.CANCELLED)


def read_catalogue(provider: str) -> list[ModelEntry]:
    """The entries of a built-in provider's catalogue."""
    folder = Path(next(iter(models_room.__path__))) / provider
    return parse_provider(tomllib.loads((folder / "catalogue.toml").read_text("utf-8")))


class ProviderContract:
    """Tests for one model of one provider.

    class TestMine(ProviderContract):
        provider, model = "acme", "acme-2"
        adapter_class, emulator_class = AcmeModel, AcmeEmulator

    params: beside the catalogue's defaults. refusals: where the provider's refusals mean something
    else than `REFUSED`. key_goes_with_results: whether its files are fetched with the key. cancels:
    whether one that has not begun can be cancelled. stops_for_free: whether one that runs can be
    stopped, and is not billed then.
    """

    provider: ClassVar[str]
    model: ClassVar[str]
    adapter_class: ClassVar[type[HttpModel[Any]]]
    emulator_class: ClassVar[type[Emulator]]
    params: ClassVar[Mapping[str, Any]] = {}
    refusals: ClassVar[Mapping[str, type[ModelError]]] = {}
    key_goes_with_results: ClassVar[bool] = False
    cancels: ClassVar[bool] = False
    stops_for_free: ClassVar[bool] = False

    REFUSED: ClassVar[Mapping[str, type[ModelError]]] = {
        "rate_limited": RateLimited,
        "rate_limited_untold": RateLimited,
        "unauthorised": NotAuthorised,
        "no_credit": NoCredit,
        "moderated": Moderated,
        "invalid": Rejected,
        "unavailable": Ambiguous,
    }

    # --- the parts -----------------------------------------------------------------------------

    @pytest.fixture
    def entry(self) -> ModelEntry:
        """The model's catalogue entry."""
        return next(e for e in read_catalogue(self.provider) if e.id == self.model)

    @pytest.fixture
    def served(self) -> Iterator[Running]:
        """The provider's emulator, which takes one key alone."""
        with running(self.emulator_class(Settings(key=KEY))) as server:
            yield server

    @pytest.fixture
    def account(self, entry: ModelEntry, served: Running) -> EnvironmentAccount:
        """An account whose provider is the emulator."""
        account = account_of(entry.provider, entry.env_key)
        variables = {f"{account.prefix}_BASE_URL": served.url, **self.settings(account.prefix)}
        if entry.env_key:
            variables[entry.env_key] = KEY
        return replace(account, environment=variables)

    def settings(self, prefix: str) -> Mapping[str, str]:
        """Further variables of the account."""
        return {}

    @pytest.fixture
    async def adapter(
        self, entry: ModelEntry, account: EnvironmentAccount
    ) -> AsyncIterator[HttpModel[Any]]:
        """The adapter."""
        made = self.adapter_class(entry, account, timeouts=PATIENT)
        yield made
        await made.aclose()

    @pytest.fixture
    def submission(self, entry: ModelEntry, tmp_path: Path) -> Submission:
        """One that succeeds."""
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        return Submission(
            model=entry.id,
            prompt=PROMPT,
            params=effective_params(entry, self.params),
            references=self.references(tmp_path),
            key="11111111-2222-4333-8444-555555555555",
            scratch=scratch,
        )

    def references(self, folder: Path) -> Mapping[str, Path]:
        """Reference files of the submission, for models that need one."""
        return {}

    # --- the way it should go ------------------------------------------------------------------

    async def test_one_submit_is_one_generation_and_ends_in_its_result(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, tmp_path: Path
    ) -> None:
        job_id = await adapter.submit(submission)
        assert isinstance(job_id, str)
        assert (await settled(adapter, job_id)).status is GenerationStatus.SUCCEEDED
        file = await fetched(adapter, job_id, tmp_path)
        assert len(served.emulator.ledger.accepted) == 1
        if adapter.entry.makes == "video":
            seconds, frame = decoded_length(file)
            assert abs(float(seconds) - submission.params.get("duration", seconds)) <= float(frame)
        else:
            assert file.read_bytes()[:4] == b"\x89PNG"

    async def test_a_result_is_fetched_with_the_key_only_where_it_must_be(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, tmp_path: Path
    ) -> None:
        job_id = await adapter.submit(submission)
        await settled(adapter, job_id)
        await fetched(adapter, job_id, tmp_path)
        for call in served.emulator.ledger.entries("media"):
            assert any(KEY[-4:] in v for v in call.headers.values()) is self.key_goes_with_results

    # --- creates -------------------------------------------------------------------------------

    @pytest.mark.parametrize("refusal", faults.REFUSALS)
    async def test_a_clear_no_is_told_apart(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, refusal: str
    ) -> None:
        served.emulator.script.put(refusal)
        expected = {**self.REFUSED, **self.refusals}[refusal]
        with pytest.raises(ModelError) as caught:
            await adapter.submit(submission)
        assert type(caught.value) is expected, caught.value
        assert KEY not in str(caught.value)
        assert len(served.emulator.ledger.entries("create")) == 1
        if refusal == "rate_limited" and isinstance(caught.value, RateLimited):
            assert caught.value.retry_after == served.emulator.settings.retry_after

    @pytest.mark.parametrize("fault", faults.CONNECTION_AFTER)
    async def test_a_lost_answer_is_doubtful_and_never_asked_for_twice(
        self,
        served: Running,
        adapter: HttpModel[Any],
        submission: Submission,
        fault: str,
    ) -> None:
        served.emulator.script.put(fault)
        if fault == "stall":
            await self.lose_patience(served, adapter, submission)
        else:
            with pytest.raises(Ambiguous):
                await adapter.submit(submission)
        assert await has_accepted(served)
        assert len(served.emulator.ledger.entries("create")) == 1
        await self.check_reconciled(served, adapter, submission)

    async def lose_patience(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        """Submit, and give up waiting for the answer once the emulator has it."""
        for seconds in IMPATIENCE:
            impatient = self.adapter_class(
                adapter.entry, adapter.wire.account, timeouts=replace(PATIENT, create=seconds)
            )
            with pytest.raises(Ambiguous):
                await impatient.submit(submission)
            await impatient.aclose()
            if await has_accepted(served):
                return

    async def check_reconciled(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        """How a doubt is cleared up, by what the model promises."""
        (job,) = served.emulator.jobs.all()
        if adapter.entry.idempotency == "lookup":
            found = await adapter.find_generation(submission.key)
            assert found is not None
            assert (await settled(adapter, found)).status is GenerationStatus.SUCCEEDED
        elif adapter.entry.idempotency == "key":
            again = await adapter.submit(submission)
            assert len(served.emulator.ledger.accepted) == 1
            assert job.id in again
        else:
            assert await adapter.find_generation(submission.key) is None

    @pytest.mark.parametrize("fault", faults.CONNECTION_BEFORE)
    async def test_trouble_before_it_was_accepted_is_no_success(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, fault: str
    ) -> None:
        served.emulator.script.put(fault)
        with pytest.raises(Rejected if fault == "redirect_create" else Ambiguous):
            await adapter.submit(submission)
        assert len(served.emulator.ledger.entries("create")) == 1
        if adapter.entry.idempotency == "lookup":
            assert await adapter.find_generation(submission.key) is None

    async def test_nobody_there_is_no_doubt(
        self, entry: ModelEntry, account: EnvironmentAccount, submission: Submission
    ) -> None:
        elsewhere = {**account.environment, f"{account.prefix}_BASE_URL": "http://127.0.0.1:9"}
        adapter = self.adapter_class(
            entry, replace(account, environment=elsewhere), timeouts=PATIENT
        )
        with pytest.raises(Unavailable):
            await adapter.submit(submission)
        await adapter.aclose()

    async def test_without_a_key_nothing_is_sent_and_the_variable_is_named(
        self,
        served: Running,
        entry: ModelEntry,
        account: EnvironmentAccount,
        submission: Submission,
    ) -> None:
        if not entry.env_key:
            pytest.skip("no key is needed")
        keyless = {k: v for k, v in account.environment.items() if k != entry.env_key}
        adapter = self.adapter_class(entry, replace(account, environment=keyless), timeouts=PATIENT)
        with pytest.raises(NotAuthorised, match=entry.env_key):
            await adapter.submit(submission)
        assert served.emulator.ledger.entries() == []
        await adapter.aclose()

    # --- questions -----------------------------------------------------------------------------

    @pytest.mark.parametrize("fault", ["poll_error", "poll_html", "poll_limited"])
    async def test_a_failed_question_is_no_failed_generation(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, fault: str
    ) -> None:
        served.emulator.script.put(fault)
        job_id = await adapter.submit(submission)
        try:
            assert (await reported(adapter, job_id)).status not in OVER
        except ModelError as error:
            assert isinstance(error, RateLimited if fault == "poll_limited" else Unavailable)
        assert (await settled(adapter, job_id)).status is GenerationStatus.SUCCEEDED

    async def test_a_word_that_nobody_knows_means_still_running(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("unknown_status")
        job_id = await adapter.submit(submission)
        assert (await reported(adapter, job_id)).status is GenerationStatus.RUNNING
        assert (await settled(adapter, job_id)).status is GenerationStatus.SUCCEEDED

    async def test_a_generation_that_is_not_known_is_lost(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("lost")
        job_id = await adapter.submit(submission)
        with pytest.raises(GenerationLost):
            await reported(adapter, job_id)

    # --- ends ----------------------------------------------------------------------------------

    async def test_a_failure_says_why(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("failed")
        job_id = await adapter.submit(submission)
        report = await settled(adapter, job_id)
        assert report.status is GenerationStatus.FAILED
        assert report.error_message
        assert report.error_code != "moderated"

    async def test_a_withheld_result_is_called_moderated(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("moderated_after")
        job_id = await adapter.submit(submission)
        report = await settled(adapter, job_id)
        assert (report.status, report.error_code) == (GenerationStatus.FAILED, "moderated")
        assert report.error_message

    async def test_a_success_without_a_result_is_a_failure(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("no_output")
        job_id = await adapter.submit(submission)
        if (await settled(adapter, job_id)).status is GenerationStatus.SUCCEEDED:
            with pytest.raises(GenerationFailed):
                await adapter.get_result(job_id)

    async def test_no_result_before_the_end(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("never")
        job_id = await adapter.submit(submission)
        with pytest.raises(ModelError) as caught:
            await adapter.get_result(job_id)
        assert not isinstance(caught.value, GenerationFailed | GenerationLost)

    async def test_an_address_that_expired_is_asked_for_anew(
        self, served: Running, adapter: HttpModel[Any], submission: Submission, tmp_path: Path
    ) -> None:
        served.emulator.script.put("expired")
        job_id = await adapter.submit(submission)
        await settled(adapter, job_id)
        try:
            await fetched(adapter, job_id, tmp_path)
        except Exception:
            await fetched(adapter, job_id, tmp_path)
        assert len(served.emulator.ledger.accepted) == 1

    # --- cancel --------------------------------------------------------------------------------

    async def test_a_cancel_tells_the_truth(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("never")
        job_id = await adapter.submit(submission)
        assert await adapter.cancel_generation(job_id) is self.cancels
        status = (await reported(adapter, job_id)).status
        assert (status is GenerationStatus.CANCELLED) is self.cancels

    async def test_what_may_be_billed_is_not_called_cancelled(
        self, served: Running, adapter: HttpModel[Any], submission: Submission
    ) -> None:
        served.emulator.script.put("never")
        job_id = await adapter.submit(submission)
        (job,) = served.emulator.jobs.all()
        job.looks = 2  # as if it had been asked about since
        assert job.stage == "running"
        assert await adapter.cancel_generation(job_id) is self.stops_for_free

    # --- secrets -------------------------------------------------------------------------------

    async def test_the_key_is_in_no_log(
        self,
        served: Running,
        adapter: HttpModel[Any],
        submission: Submission,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level("DEBUG", "video_foundry")
        caplog.set_level("INFO")
        for fault in ("invalid", "drop", "poll_error"):
            served.emulator.script.put(fault)
        for _ in range(2):
            with pytest.raises(ModelError):
                await adapter.submit(submission)
        # Another attempt has another key: where keys are unique, the one that got lost has this.
        job_id = await adapter.submit(
            replace(submission, key="66666666-7777-4888-9999-000000000000")
        )
        await settled(adapter, job_id)
        result = await adapter.get_result(job_id)
        assert KEY not in caplog.text
        assert KEY not in repr(result)


async def has_accepted(served: Running) -> bool:
    """Whether it was accepted, once; on a busy machine the emulator may get to it a little late."""
    for _ in range(500):
        if served.emulator.ledger.accepted:
            break
        await asyncio.sleep(0.01)
    return len(served.emulator.ledger.accepted) == 1


async def reported(adapter: HttpModel[Any], job_id: str) -> StatusReport:
    """One question."""
    told = await adapter.get_status(job_id)
    assert isinstance(told, StatusReport)
    return told


async def settled(adapter: HttpModel[Any], job_id: str) -> StatusReport:
    """Ask until it is over; failed questions are asked again."""
    for _ in range(MOST_LOOKS):
        try:
            report = await reported(adapter, job_id)
        except (Unavailable, RateLimited):
            continue
        if report.status in OVER:
            return report
        await asyncio.sleep(0.005)
    raise AssertionError("the generation does not end")


async def fetched(adapter: HttpModel[Any], job_id: str, folder: Path) -> Path:
    """The result as a file."""
    result = await adapter.get_result(job_id)
    assert isinstance(result, GenerationResult)
    if result.path is not None:
        return result.path
    target = folder / "result"
    if result.content is not None:
        target.write_bytes(result.content)
        return target
    fetcher = GuardedFetcher(allow_hosts={"127.0.0.1", "localhost"})
    await fetcher.download(result.url or "", target, headers=result.headers)
    return target
