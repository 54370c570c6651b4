"""Where providers say that a generation may be over. Answered at once; what is said is not read."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from video_foundry.api.deps import Ctx
from video_foundry.api.problems import problem
from video_foundry.core.webhooks import PREFIX
from video_foundry.ports.video_model import Webhook
from video_foundry.services.webhooks import hear

BODY_LIMIT = 2 * 1024 * 1024
"""Bytes of a webhook; some repeat the whole request, pictures and all."""
SHORT = 100
"""Characters of a provider's name and of a token."""

router = APIRouter(prefix=PREFIX, include_in_schema=False)  # for providers, not for clients


@router.post("/{provider}/{token}", status_code=202)
async def webhook(
    provider: Annotated[str, Path(max_length=SHORT)],
    token: Annotated[str, Path(max_length=SHORT)],
    request: Request,
    ctx: Ctx,
) -> Response:
    """202 for all that is genuine, and for all that nothing waits for: there is nothing to be sent
    again. 403 for what the provider did not sign, 413 for what is too large to be one."""
    body = await _body(request)
    if body is None:
        return problem(413, "too_large", f"a webhook has at most {BODY_LIMIT} bytes")
    headers = {name.lower(): value for name, value in request.headers.items()}
    told = Webhook(headers=headers, body=body, received_at=datetime.now(UTC))
    if await hear(ctx, provider, token, told) == "forged":
        return problem(403, "forged_webhook", "the signature does not fit: nothing was done")
    return Response(status_code=202)


async def _body(request: Request) -> bytes | None:
    """The raw body, None where it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)
