"""A model host that plays deltas over the Chat Completions API, or refuses, as the many hosts of that API do."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.support.loopback import serving

__all__ = ["ChatHost", "Refusal", "calling"]

Delta = str | Mapping[str, Any]
"""A piece of text, or the fields of a chunk's delta."""


class Refusal:
    """The host answers with a status and a body."""

    def __init__(self, status: int, body: Any) -> None:
        self.status = status
        self.body = body


Turn = Sequence[Delta] | Refusal
Answers = Callable[[dict[str, Any]], Turn | None]


def calling(name: str, arguments: Mapping[str, Any] | None = None, call_id: str = "call_1") -> Delta:
    """The delta that calls a function."""
    function = {"name": name, "arguments": json.dumps(dict(arguments or {}))}
    return {"tool_calls": [{"index": 0, "id": call_id, "type": "function", "function": function}]}


class ChatHost:
    """Answers request number n with turn number n, unless `judge` has an answer. Keeps the requests."""

    def __init__(self, *turns: Turn, judge: Answers | None = None) -> None:
        self.turns = list(turns)
        self.judge = judge
        self.requests: list[dict[str, Any]] = []
        self._played = 0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[str]:
        """Serves `POST /v1/chat/completions`; gives the base URL."""
        app = Starlette(routes=[Route("/v1/chat/completions", self._complete, methods=["POST"])])
        async with serving(app) as url:
            yield f"{url}/v1"

    async def _complete(self, request: Request) -> Response:
        asked = await request.json()
        self.requests.append(asked)
        turn = self.judge(asked) if self.judge else None
        if turn is None:
            turn = self.turns[self._played]
            self._played += 1
        if isinstance(turn, Refusal):
            return JSONResponse(turn.body, status_code=turn.status)
        if not asked.get("stream"):
            return JSONResponse(_whole(turn))
        return StreamingResponse(_frames(turn), media_type="text/event-stream")


def _fields(delta: Delta) -> dict[str, Any]:
    return {"content": delta} if isinstance(delta, str) else dict(delta)


def _whole(turn: Sequence[Delta]) -> dict[str, Any]:
    content = "".join(str(_fields(delta).get("content") or "") for delta in turn)
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "c1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


async def _frames(turn: Sequence[Delta]) -> AsyncIterator[str]:
    called = any("tool_calls" in _fields(delta) for delta in turn)
    last: dict[str, Any] = {}
    for delta in [{"role": "assistant", "content": ""}, *map(_fields, turn), last]:
        finish = ("tool_calls" if called else "stop") if delta is last else None
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        yield f"data: {json.dumps(chunk)}\n\n"
    yield "data: [DONE]\n\n"
