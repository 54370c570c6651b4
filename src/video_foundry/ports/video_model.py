"""The port to AI video models: three methods are enough; everything else is optional.

An adapter talks to one provider. It never decides about retries, money or storage: it says
exactly what happened (see `errors`), and the workers decide. No adapter code lives here.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from video_foundry.core.catalogue import Idempotency
from video_foundry.core.money import Money

LONGEST_PAUSE = 600.0
"""Seconds for which a provider may put off a question: whoever waits for what was paid for is not
to be put off for good by one bad number."""
LONGEST_WAIT = 32 * 24 * 3600.0
"""The same for a submit that was refused for now: caps are of a month at the most."""


class GenerationStatus(StrEnum):
    """The provider's job as we see it. An unknown word from a provider means RUNNING."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class StatusReport:
    """A status with what else the provider tells.

    progress: 0..1 or None where the provider does not say. error_code is `moderated` for a content
    refusal, otherwise the provider's own code. poll_after: seconds, the provider's own wish.
    """

    status: GenerationStatus
    progress: float | None = None
    error_code: str | None = None
    error_message: str | None = None
    cost: Money | None = None
    poll_after: float | None = None


@dataclass(frozen=True, kw_only=True)
class GenerationResult:
    """Where the video is: exactly one of `url`, `path` (only from trusted, local code) or `content`
    (its bytes, from a provider that answers with nothing else).

    headers are sent when fetching `url` (a key, say) to the same origin only, and are never logged.
    """

    url: str | None = None
    path: Path | None = None
    content: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cost: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One submit of one canonical request.

    params: validated against the catalogue entry, defaults filled in, the field's standard names;
    without the keys of `references`.
    references: parameter name -> local file of a reference image or video (read-only).
    key: stable for this attempt; send it as Idempotency-Key where the provider takes one, and in
    metadata where the provider can be searched by it.
    scratch: an empty folder this generation may write to (local models put their clip there).
    webhook_url: where the provider may call when it is over, None where nobody can be called.
    """

    model: str
    prompt: str
    params: Mapping[str, Any]
    references: Mapping[str, Path]
    key: str
    scratch: Path
    webhook_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A call to the address that a submission gave away. headers: names in lower case. body: as it
    came, not parsed. received_at: with a zone."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_at: datetime


class VideoModelInterface(ABC):
    """What a model adapter must do. Subclass, implement the three abstract methods, register.

    Instances are shared by concurrent generations: keep no per-generation state that a restart
    would miss. Constructor: called with no arguments.
    """

    idempotency: ClassVar[Idempotency] = "none"
    """key: `submit` honours `Submission.key` (same key, same job). lookup: `find_generation` can
    search by it. none: neither, so an unclear submit waits for a person."""

    answers_with_result: ClassVar[bool] = False
    """Whether the answer to `submit` is the result itself, of which the provider keeps none: it is
    then asked for at once and put into the object store, and nobody is asked for it again."""

    @abstractmethod
    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create request, once, and return the provider's job id."""

    @abstractmethod
    async def get_status(self, job_id: str) -> GenerationStatus | StatusReport | str:
        """Ask how the job stands. Raising means "could not ask", never "failed"."""

    @abstractmethod
    async def get_result(self, job_id: str) -> str | Path | GenerationResult:
        """Where the finished video is: a URL, a local path, or a GenerationResult."""

    async def submit(self, submission: Submission) -> str:
        """Send one create request and return the provider's job id.

        Override instead of `initiate_generation` to use the key, references or scratch folder.
        """
        return await self.initiate_generation(submission.prompt, dict(submission.params))

    async def cancel_generation(self, job_id: str) -> bool:
        """Best effort. True: the provider stopped it and will not bill; False: it goes on."""
        return False

    async def find_generation(self, key: str) -> str | None:
        """For `lookup` models: the provider's job id for our key, or None when there is none."""
        return None

    async def is_genuine_webhook(self, webhook: Webhook) -> bool:
        """Whether a call to a submission's `webhook_url` comes from the provider, by its signature;
        with True where the provider signs nothing, the address alone says so. It leads to one
        `get_status`, never to more. Only for those that give the address away."""
        return False

    async def aclose(self) -> None:
        """Release connections. Called once, at shutdown."""
        return
