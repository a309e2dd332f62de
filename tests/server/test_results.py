"""What `process()` answers, in the hands of endpoints that people write."""

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from chatkit.server import JSONResult, NonStreamingResult, StreamingResult
from tests.server.conftest import ScriptedServer, message


def served(server: ScriptedServer, respond: Any) -> TestClient:
    async def endpoint(request: Request) -> Response:
        return respond(await server.process(await request.body(), {}))

    return TestClient(Starlette(routes=[Route("/chatkit", endpoint, methods=["POST"])]))


def one_response_for_all(result: Any) -> Response:
    return StreamingResponse(result, media_type="text/event-stream")


def by_either_name(result: Any) -> Response:
    if isinstance(result, JSONResult):
        return Response(result.json, media_type="application/json")
    assert isinstance(result, StreamingResult)
    return StreamingResponse(result, media_type="text/event-stream")


@pytest.mark.parametrize("respond", [one_response_for_all, by_either_name])
def test_endpoints_of_tutorials_answer_both_kinds_of_requests(server: ScriptedServer, respond: Any) -> None:
    client = served(server, respond)
    made = client.post("/chatkit", json={"type": "threads.create", "params": {"input": message()}})
    assert '"thread.created"' in made.text
    listed = client.post("/chatkit", json={"type": "threads.list", "params": {}})
    assert len(listed.json()["data"]) == 1


async def test_one_document_can_be_iterated_more_than_once() -> None:
    result = NonStreamingResult(b'{"a":1}')
    for _ in range(2):
        assert json.loads(b"".join([piece async for piece in result])) == {"a": 1}
