"""The least a FastAPI route can be: it returns bytes that are ready. Run as a process."""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response


def main(body: Path, port: int) -> None:
    """Serve the bytes of `body` on loopback."""
    ready = body.read_bytes()
    app = FastAPI()

    @app.get("/")
    async def page() -> Response:
        return Response(ready, media_type="application/json")

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
