"""A model host that plays a script over the Responses API, for events that the mock of hosts cannot make."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from chatkit.adapters.openai_agents.playback import Output, response_events
from tests.support.loopback import serving

__all__ = ["BREAK_OFF", "STALL", "ModelHost", "Turn"]

BREAK_OFF = object()
"""The connection is cut here."""
STALL = object()
"""Nothing more comes, until the client goes away."""

Turn = Sequence[Output | object | dict[str, Any]]


class ModelHost:
    """Answers request number n with turn number n. Keeps the requests, and notes when a client left a stalled turn."""

    def __init__(self, *turns: Turn) -> None:
        self.turns = list(turns)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.abandoned = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[str]:
        """Serves `POST /v1/responses`; gives the base URL."""
        app = Starlette(routes=[Route("/v1/responses", self._respond, methods=["POST"])])
        async with serving(app) as url:
            yield f"{url}/v1"

    async def _respond(self, request: Request) -> Response:
        self.requests.append(await request.json())
        self.headers.append(dict(request.headers))
        if len(self.requests) > len(self.turns):
            return JSONResponse({"error": {"message": "The script is over."}}, status_code=400)
        turn = self.turns[len(self.requests) - 1]
        return StreamingResponse(self._frames(turn), media_type="text/event-stream")

    async def _frames(self, turn: Turn) -> AsyncIterator[str]:
        outputs: list[Any] = [part for part in turn if part is not STALL and part is not BREAK_OFF]
        stops = [part for part in turn if part is STALL or part is BREAK_OFF]
        async for event in response_events(outputs, model="scripted"):
            if stops and event.type == "response.completed":
                break
            yield f"event: {event.type}\ndata: {json.dumps(event.model_dump(mode='json'))}\n\n"
        if STALL in stops:
            try:
                await asyncio.Event().wait()
            finally:
                self.abandoned.set()
        if BREAK_OFF in stops:
            raise ConnectionResetError("scripted")
