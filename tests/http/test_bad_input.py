"""Clients that send garbage: never a fault of the server, never half a change."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatkit.http import Settings
from chatkit.http.bodies import check_depth
from chatkit.http.errors import HttpError
from chatkit.stores import MemoryStore
from tests.http.servers import USER, EchoServer, chatkit, client, create, new_thread

LIMIT = 4096
JSON = {"content-type": "application/json"}


@pytest.fixture
async def http(server: EchoServer) -> AsyncIterator[httpx.AsyncClient]:
    async with client(chatkit(server, settings=Settings(max_body_bytes=LIMIT, turns_per_minute=0))) as opened:
        yield opened


async def test_a_body_that_announces_too_much_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/chatkit", json=create("x" * LIMIT))
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "request.too_large"


async def test_a_body_in_chunks_is_refused_when_it_gets_too_long(http: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'{"type": "'
        while sent < 10 * LIMIT:
            sent += 512
            yield b"x" * 512

    answer = await http.post("/chatkit", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert sent < 2 * LIMIT, "the rest must not be read"


async def test_a_body_just_within_the_limit_is_taken(http: httpx.AsyncClient) -> None:
    empty = json.dumps(create("")).encode()
    answer = await http.post("/chatkit", content=json.dumps(create("x" * (LIMIT - len(empty)))), headers=JSON)
    assert answer.status_code == 200


async def test_a_client_that_leaves_within_its_body_gets_nothing(server: EchoServer) -> None:
    app = chatkit(server)
    sent: list[Any] = []
    messages = iter([{"type": "http.request", "body": b'{"ty', "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/chatkit",
        "raw_path": b"/chatkit",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"host", b"chat.test")],
    }
    await app(scope, receive, send)
    assert sent == []


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
async def test_deep_json_is_refused(http: httpx.AsyncClient, opening: bytes) -> None:
    answer = await http.post("/chatkit", content=opening * 500, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "request.malformed"


def depth(value: Any) -> int:
    match value:
        case dict():
            return 1 + max((depth(item) for item in value.values()), default=0)
        case list():
            return 1 + max((depth(item) for item in value), default=0)
        case _:
            return 0


texts = st.text(alphabet=st.sampled_from('{}[]"\\ aé\u2028'), max_size=8)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=20,
)


@given(documents, st.integers(0, 6), st.booleans())
def test_depth_is_counted_as_a_parser_would(document: Any, limit: int, ascii_only: bool) -> None:
    body = json.dumps(document, ensure_ascii=ascii_only).encode()
    if depth(document) <= limit:
        check_depth(body, limit)
    else:
        with pytest.raises(HttpError):
            check_depth(body, limit)


OPERATIONS = [
    "threads.create",
    "threads.add_user_message",
    "threads.add_client_tool_output",
    "threads.add_structured_input",
    "threads.retry_after_item",
    "threads.custom_action",
    "threads.sync_custom_action",
    "threads.get_by_id",
    "threads.list",
    "threads.update",
    "threads.delete",
    "items.list",
    "items.feedback",
    "attachments.create",
    "attachments.delete",
    "input.transcribe",
]
STRANGE = ["", "\0", "x" * 300, "\ud800", "..", "thr_none", "💥"]
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "limit": st.sampled_from([None, 0, -1, 1, 100, 10**30, "5", 2.5]),
    "order": st.sampled_from(["asc", "desc", "up", 1]),
    "after": st.sampled_from([None, *STRANGE]),
    "title": st.sampled_from(["A title", *STRANGE]),
    "kind": st.sampled_from(["positive", "negative", "meh"]),
    "item_ids": st.lists(st.sampled_from(STRANGE), max_size=3),
    "result": documents,
    "action": st.fixed_dictionaries({"type": st.sampled_from(STRANGE)}, optional={"payload": documents}),
    "audio_base64": st.sampled_from(["", "AAAA", "%", "AAA"]),
    "mime_type": st.sampled_from(["image/png", "", "x"]),
    "name": st.sampled_from(["a.png", *STRANGE]),
    "size": st.sampled_from([0, -1, 10**30, 1.5]),
    "attachment_id": st.sampled_from(STRANGE),
}


def requests(thread: str, items: list[str]) -> st.SearchStrategy[Any]:
    """Requests that are nearly right: real operations and fields, with values that fit now and then."""
    ids = st.sampled_from([thread, thread, *STRANGE])
    content = st.lists(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["input_text", "input_tag", "nope"]), "text": st.sampled_from(STRANGE)},
            optional={"id": st.just("t"), "data": documents},
        )
        | documents,
        max_size=2,
    )
    message = st.fixed_dictionaries(
        {"content": content, "attachments": st.lists(st.sampled_from(STRANGE), max_size=1)},
        optional={"inference_options": documents, "quoted_text": st.sampled_from(STRANGE)},
    )
    answers = st.fixed_dictionaries({"status": st.sampled_from(["answered", "skipped", ""]), "answers": documents})
    fields = FIELDS | {"thread_id": ids, "item_id": st.sampled_from([*items, *STRANGE]), "input": message | answers}
    params = st.fixed_dictionaries({}, optional={name: value | documents for name, value in fields.items()})
    return st.fixed_dictionaries(
        {"type": st.sampled_from(OPERATIONS), "params": params}, optional={"metadata": documents}
    )


class Recording(MemoryStore[Any]):
    """Counts what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        for name in (
            "save_thread",
            "add_thread_item",
            "save_item",
            "delete_thread_item",
            "delete_thread",
            "save_attachment",
            "delete_attachment",
        ):
            setattr(self, name, self._counted(getattr(self, name)))

    def _counted(self, write: Any) -> Any:
        async def counted(*arguments: Any) -> None:
            await write(*arguments)
            self.writes += 1

        return counted


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_request_makes_a_fault_or_half_a_change(data: st.DataObject) -> None:
    async def run() -> None:
        store = Recording()
        async with client(chatkit(EchoServer(store))) as http:
            thread, found = await new_thread(http)
            items = [event["item"]["id"] for event in found if "item" in event]
            request = data.draw(requests(thread, items))
            before = store.writes
            answer = await http.post("/chatkit", content=json.dumps(request).encode(), headers=JSON)
            refused = answer.status_code != 200
            assert answer.status_code in (200, 400, 404, 413, 422, 501), (request, answer.text)
            assert not refused or store.writes == before, (request, answer.text)
            threads = await store.load_threads(10, None, "asc", USER)
            assert all([await store.load_thread_items(one.id, None, 10, "asc", USER) for one in threads.data])

    asyncio.run(run())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | documents.map(lambda document: json.dumps(document).encode()))
def test_no_bytes_make_a_fault(body: bytes) -> None:
    async def run() -> None:
        async with client(chatkit(EchoServer())) as http:
            answer = await http.post("/chatkit", content=body, headers=JSON)
            assert 400 <= answer.status_code < 500
            assert answer.json()["error"]["code"].startswith("request.")

    asyncio.run(run())
