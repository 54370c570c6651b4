"""How the application's start ended, for whoever started it: the server below knows only that it
failed, and would put a whole traceback into the log. No request is looked at here."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Starting:
    """ASGI middleware; put it outside everything else.

    failure: why the application could not start; None while nothing has gone wrong.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and keep the error of a start that fails."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        failed: Message | None = None

        async def heard(message: Message) -> None:
            nonlocal failed
            if message["type"] == "lifespan.startup.failed":
                failed = message
            else:
                await send(message)

        try:
            await self._app(scope, receive, heard)
        except Exception as error:
            if failed is None:
                raise
            self.failure = error
            await send({**failed, "message": ""})
