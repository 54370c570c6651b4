"""Vertex AI's long-running predictions over HTTP, one method a call. What a refusal means is for
`mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.accounts import EnvironmentAccount
from video_foundry.adapters.models.vertex import mapping
from video_foundry.adapters.models.vertex.tokens import Tokens
from video_foundry.adapters.models.wire.http import Client, Dialect, Timeouts, Wire, bearer
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.errors import NotAuthorised
from video_foundry.ports.accounts import Account

DEFAULT_LOCATION = "us-central1"
MAX_OPERATION = 96 * 1024 * 1024
"""Bytes of an operation that are read: a finished one carries its video, as text."""
STORAGE = "https://storage.googleapis.com"


DIALECT = Dialect(
    title="Vertex AI",
    base_url=f"https://{DEFAULT_LOCATION}-aiplatform.googleapis.com",
    headers=bearer,
    refusal=mapping.refusal,
)


def location_of(account: Account) -> str:
    """Where Google Cloud is to work, `us-central1` unless the account says otherwise."""
    return account.setting("location") or DEFAULT_LOCATION


class VertexWire(Wire):
    """A wire to the address of the account's location, over which no token is used that is about to
    end."""

    def __init__(
        self, dialect: Dialect, account: Account, *, timeouts: Timeouts | None = None
    ) -> None:
        super().__init__(dialect, account, timeouts=timeouts)
        self._tokens = Tokens(
            token_url=account.setting("token_url"),
            metadata_url=account.setting("metadata_url"),
            may_use_machine=isinstance(account, EnvironmentAccount),
        )

    async def key(self) -> str:
        """A token that is good for some minutes. Raises NotAuthorised and Unavailable."""
        return await self._tokens.token(self.account.key())

    @property
    def base_url(self) -> str:
        """The address of that location, unless the account names another."""
        location = location_of(self.account)
        region = "" if location == "global" else f"{location}-"
        return self.account.base_url(f"https://{region}aiplatform.googleapis.com")


class VertexClient(Client):
    """The calls."""

    @property
    def storage_uri(self) -> str:
        """The bucket that results go to, "" to have them in the answer."""
        return self._wire.account.setting("storage_uri").rstrip("/")

    @property
    def storage_base_url(self) -> str:
        """Where buckets are read."""
        return self._wire.account.setting("storage_base_url").rstrip("/") or STORAGE

    async def predict(self, model: str, body: Mapping[str, Any]) -> str:
        """Send one create call, once, and return the operation's name. Raises NotAuthorised where
        no project is named."""
        project = self._wire.account.setting("project")
        if not project:
            raise NotAuthorised("there is no project for Vertex AI: set VERTEX_PROJECT")
        location = quote(location_of(self._wire.account), safe="")
        place = f"projects/{quote(project)}/locations/{location}"
        path = f"/v1/{place}/publishers/google/models/{model}:predictLongRunning"
        return await self._wire.create(path, json=body, id_of=mapping.operation_name)

    async def operation(self, name: str) -> Answer:
        """An operation as Vertex AI tells it, with its video once it has one: tens of megabytes,
        not to be kept. Raises GenerationLost for a name that it does not know."""
        path = f"/v1/{quote(name.rpartition('/operations/')[0])}:fetchPredictOperation"
        asked = {"operationName": name}
        return await self._wire.look(path, method="POST", json=asked, max_answer=MAX_OPERATION)
