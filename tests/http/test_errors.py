"""Every status and body of the table of errors."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException

from chatkit.http import UnauthenticatedError
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.stores import MemoryStore
from tests.http.servers import EchoServer, chatkit, client, create, new_thread, user_input


def error(answer: httpx.Response) -> dict[str, Any]:
    """The error, after the checks that hold for all: JSON, uncached, with the request's id, without a traceback."""
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]
    assert "Traceback" not in answer.text
    assert set(answer.json()) == {"error"}
    found = answer.json()["error"]
    assert set(found) <= {"code", "message", "param"}
    return found


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1", b'{"type": "threads.list", "params": {}', b"\x00"])
async def test_what_is_not_json_is_malformed(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/chatkit", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert error(answer)["code"] == "request.malformed"


@pytest.mark.parametrize("body", [{}, {"type": "nope", "params": {}}, {"type": 3}, {"params": {}}])
async def test_an_unknown_operation_is_named_as_the_fault(http: httpx.AsyncClient, body: Any) -> None:
    answer = await http.post("/chatkit", json=body)
    assert answer.status_code == 400
    assert error(answer) | {"message": ""} == {"code": "request.unknown_operation", "message": "", "param": "type"}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"type": "threads.list"}, ["params"]),
        ({"type": "threads.list", "params": 3}, ["params"]),
        ({"type": "threads.list", "params": {"limit": "many", "order": "up"}}, ["params.limit", "params.order"]),
        ({"type": "threads.list", "params": {"limit": 0}}, ["params.limit"]),
        ({"type": "threads.get_by_id", "params": {"thread_id": None}}, ["params.thread_id"]),
        ({"type": "threads.create", "params": {"input": {}}}, ["params.input.content"]),
        (
            {"type": "threads.create", "params": {"input": user_input() | {"content": [{"type": "input_text"}]}}},
            ["params.input.content.0.text"],
        ),
        (
            {"type": "input.transcribe", "params": {"audio_base64": "%", "mime_type": "audio/webm"}},
            ["params.audio_base64"],
        ),
        ({"type": "threads.list", "params": {}, "metadata": []}, ["metadata"]),
    ],
)
async def test_wrong_params_are_told_with_the_path_of_each_field(
    http: httpx.AsyncClient, body: Any, paths: list[str]
) -> None:
    answer = await http.post("/chatkit", json=body)
    assert answer.status_code == 422
    found = error(answer)
    assert found["code"] == "request.invalid_params"
    assert found["param"] == paths[0]
    if len(paths) > 1:
        assert all(path in found["message"] for path in paths)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "threads.get_by_id", "params": {"thread_id": "thr_none"}},
        {"type": "threads.add_user_message", "params": {"thread_id": "thr_none", "input": user_input()}},
        {"type": "threads.list", "params": {"after": "thr_none"}},
        {"type": "threads.create", "params": {"input": user_input() | {"attachments": ["atc_none"]}}},
        {"type": "threads.custom_action", "params": {"thread_id": "thr_none", "action": {"type": "x"}}},
        {"type": "threads.retry_after_item", "params": {"thread_id": "thr_none", "item_id": "msg_none"}},
    ],
)
async def test_unknown_ids_are_not_found_for_streams_too(http: httpx.AsyncClient, body: Any) -> None:
    answer = await http.post("/chatkit", json=body)
    assert answer.status_code == 404
    assert error(answer)["code"] == "not_found"


async def test_items_of_the_wrong_kind_are_refused_and_nothing_is_changed(http: httpx.AsyncClient) -> None:
    thread, found = await new_thread(http)
    user, assistant = found[1]["item"]["id"], found[-1]["item"]["id"]
    before = (await http.post("/chatkit", json=get(thread))).json()
    for body in [
        {"type": "threads.retry_after_item", "params": {"thread_id": thread, "item_id": assistant}},
        {"type": "threads.add_client_tool_output", "params": {"thread_id": thread, "result": {}}},
        {
            "type": "threads.add_structured_input",
            "params": {"thread_id": thread, "item_id": user, "input": {"status": "answered", "answers": {}}},
        },
        {
            "type": "threads.sync_custom_action",
            "params": {"thread_id": thread, "item_id": user, "action": {"type": "x"}},
        },
    ]:
        answer = await http.post("/chatkit", json=body)
        assert answer.status_code == 422, body
        assert error(answer)["code"] in {"item.wrong_kind", "request.invalid_params"}, body
    assert (await http.post("/chatkit", json=get(thread))).json() == before


def get(thread: str) -> dict[str, Any]:
    return {"type": "threads.get_by_id", "params": {"thread_id": thread}}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "attachments.create", "params": {"name": "a.txt", "size": 1, "mime_type": "text/plain"}},
        {"type": "input.transcribe", "params": {"audio_base64": "AAAA", "mime_type": "audio/webm"}},
    ],
)
async def test_a_hook_that_is_not_written_is_not_implemented(http: httpx.AsyncClient, body: Any) -> None:
    answer = await http.post("/chatkit", json=body)
    assert answer.status_code == 501
    assert error(answer)["code"] == "not_implemented"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
async def test_only_json_is_taken(http: httpx.AsyncClient, media_type: str) -> None:
    answer = await http.post("/chatkit", content=b"{}", headers={"content-type": media_type})
    assert answer.status_code == 415
    assert error(answer)["code"] == "request.unsupported_type"


async def test_json_with_a_charset_is_taken(http: httpx.AsyncClient) -> None:
    body = json.dumps({"type": "threads.list", "params": {}}).encode()
    answer = await http.post("/chatkit", content=body, headers={"content-type": "Application/JSON; charset=utf-8"})
    assert answer.status_code == 200
    assert answer.json() == {"data": [], "has_more": False}


async def test_an_encoded_body_is_refused(http: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert (await http.post("/chatkit", content=b"{}", headers=headers)).status_code == 415


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused_with_the_right_one(http: httpx.AsyncClient, method: str) -> None:
    answer = await http.request(method, "/chatkit")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert error(answer)["code"] == "request.method_not_allowed"


async def test_unknown_routes_answer_json_too(http: httpx.AsyncClient) -> None:
    answer = await http.get("/nothing")
    assert answer.status_code == 404
    assert answer.json() == {"error": {"code": "not_found", "message": "Not Found"}}


@pytest.mark.parametrize(
    ("raised", "status", "code", "text"),
    [
        (UnauthenticatedError(), 401, "auth.required", "Sign in first."),
        (UnauthenticatedError("Who are you?"), 401, "auth.required", "Who are you?"),
        (PermissionError("Not for guests."), 403, "auth.forbidden", "Not for guests."),
        (HTTPException(401, "Log in again."), 401, "auth.required", "Log in again."),
        (HTTPException(403), 403, "auth.forbidden", "Forbidden"),
        (HTTPException(418), 418, "http.418", "I'm a Teapot"),
        (NotFoundError("secret id"), 404, "not_found", "There is no such thread, item or attachment."),
    ],
)
async def test_what_the_context_callable_raises_becomes_a_status(
    server: EchoServer, raised: Exception, status: int, code: str, text: str
) -> None:
    async def refuse(request: Any) -> Any:
        raise raised

    async with client(chatkit(server, context=refuse)) as http:
        answer = await http.post("/chatkit", json=create())
    assert answer.status_code == status
    assert error(answer) == {"code": code, "message": text}


async def test_headers_of_an_http_exception_are_kept(server: EchoServer) -> None:
    async def refuse(request: Any) -> Any:
        raise HTTPException(429, {"code": "plan.exhausted", "message": "Upgrade."}, {"Retry-After": "60"})

    async with client(chatkit(server, context=refuse)) as http:
        answer = await http.post("/chatkit", json=create())
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert error(answer) == {"code": "plan.exhausted", "message": "Upgrade."}


class DownStore(MemoryStore[Any]):
    """A database that does not answer."""

    async def load_threads(self, *_: Any, **__: Any) -> Any:
        raise StoreUnavailableError("postgresql://chat:***@db does not answer")

    async def save_thread(self, *_: Any, **__: Any) -> None:
        raise StoreUnavailableError("postgresql://chat:***@db does not answer")


@pytest.mark.parametrize("body", [create(), {"type": "threads.list", "params": {}}])
async def test_a_store_that_is_down_is_unavailable_and_says_no_more(body: Any) -> None:
    async with client(chatkit(EchoServer(DownStore()))) as http:
        answer = await http.post("/chatkit", json=body)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    found = error(answer)
    assert found["code"] == "store.unavailable"
    assert "postgresql" not in found["message"]


class FaultyServer(EchoServer):
    async def add_feedback(self, *_: Any) -> None:
        raise RuntimeError("the password is hunter2")

    async def respond(self, *_: Any) -> AsyncIterator[Any]:
        raise RuntimeError("the password is hunter2")
        yield


async def test_a_fault_is_500_and_its_traceback_only_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with client(chatkit(FaultyServer())) as http:
        thread_id = (await new_thread(http))[0]
        caplog.clear()
        answer = await http.post(
            "/chatkit",
            json={"type": "items.feedback", "params": {"thread_id": thread_id, "item_ids": [], "kind": "positive"}},
        )
    assert answer.status_code == 500
    assert error(answer) == {
        "code": "server.error",
        "message": "Something went wrong on the server. The log has the details.",
    }
    assert "hunter2" in caplog.text


async def test_a_fault_of_the_hook_is_an_event_since_the_message_is_stored_already() -> None:
    async with client(chatkit(FaultyServer())) as http:
        answer = await http.post("/chatkit", json=create())
    assert answer.status_code == 200
    assert b'"code":"stream.error"' in answer.content
    assert b"hunter2" not in answer.content
