"""Requests written by hand over HTTP: the same limits, charges and error codes as for the protocol's own."""

from typing import Any

import httpx
import pytest

from chatkit.http import Settings
from tests.http.servers import EchoServer, chatkit, client


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({"message": 5}, 422, "request.invalid_params", "message"),
        ({"message": "x", "thread_id": []}, 422, "request.invalid_params", "thread_id"),
        ({"message": "x", "extensions": [5]}, 422, "request.invalid_params", "extensions.0"),
        ({"action": {"type": "x"}}, 422, "request.invalid_params", "thread_id"),
        ({"thread_id": "t", "action": {"data": 1}}, 422, "request.invalid_params", "action.type"),
        ({"thread_id": "t", "action": {"type": "x"}, "message": "x"}, 422, "request.invalid_params", "action"),
        ({"thread_id": "thr_none", "action": {"type": "x"}}, 404, "not_found", None),
        ({"message": "x" * 300_000}, 413, "message.too_long", "message"),
        ({"thread_id": "t"}, 400, "request.unknown_operation", "type"),
        ({"type": "threads.walk", "message": "x"}, 400, "request.unknown_operation", "type"),
    ],
)
async def test_a_wrong_request_written_by_hand_has_the_status_and_the_path(
    http: httpx.AsyncClient, body: Any, status: int, code: str, param: str | None
) -> None:
    answer = await http.post("/chatkit", json=body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert (error["code"], error.get("param")) == (code, param)


async def test_a_request_written_by_hand_costs_what_the_protocols_own_costs(server: EchoServer) -> None:
    async with client(chatkit(server, settings=Settings(turns_per_minute=1))) as http:
        first = await http.post("/chatkit", json={"message": "Hello"})
        second = await http.post("/chatkit", json={"message": "Hello"})
    assert (first.status_code, second.status_code) == (200, 429)
    assert "thread.created" in first.text


async def test_a_request_written_by_hand_has_to_say_that_it_is_json(http: httpx.AsyncClient) -> None:
    answer = await http.post("/chatkit", content='{"message": "Hello"}', headers={"content-type": "text/plain"})
    assert answer.status_code == 415
