"""Stability's HTTP API for pictures: one call, whose answer is the result. What a refusal means is
for `mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping

from video_foundry.adapters.models.stability import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect, bearer
from video_foundry.errors import Ambiguous

MAX_PICTURE = 24 * 1024 * 1024
"""Bytes of an answer with a picture of a megapixel as text; real ones have two to six."""


DIALECT = Dialect(
    title="Stability",
    base_url="https://api.stability.ai",
    headers=bearer,
    refusal=mapping.refusal,
)


class StabilityClient(Client):
    """The call."""

    async def generate(self, path: str, form: Mapping[str, str]) -> mapping.Made:
        """Send one create call, once, as a form, and return what it made. Raises Ambiguous for an
        answer with status 2xx that is not Stability's."""
        parts = {name: (None, value) for name, value in form.items()}
        answer = await self._wire.send_once(path, files=parts, max_answer=MAX_PICTURE)
        made = mapping.made(answer)
        if made is None:
            raise Ambiguous("Stability answered with no picture: it may have made one")
        return made
