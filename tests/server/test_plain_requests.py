"""Requests that people write by hand stand for the protocol's own, with all their limits and errors."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import ValidationError

from chatkit.errors import RequestError
from chatkit.server import StreamingResult, current_request_metadata
from chatkit.store import NotFoundError
from chatkit.types import LockedStatus, ProgressUpdateEvent, ThreadMetadata, ThreadStreamEvent
from tests.server.conftest import ScriptedServer, message


class PlainServer(ScriptedServer):
    """Says which message or action it got."""

    def __init__(self) -> None:
        super().__init__()
        self.metadata: list[Any] = []

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        self.metadata.append(current_request_metadata())
        yield ProgressUpdateEvent(text=f"got {input_user_message.content[0].text}")

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ProgressUpdateEvent(text=f"{action.type} {json.dumps(action.payload)} {sender}")

    async def plain(self, body: dict[str, Any]) -> list[Any]:
        result = await self.process(json.dumps(body), {})
        assert isinstance(result, StreamingResult)
        return [json.loads(frame.removeprefix(b"data: ")) async for frame in result]


@pytest.fixture
def server() -> PlainServer:
    return PlainServer()


def texts(events: list[Any]) -> list[str]:
    return [event["text"] for event in events if event["type"] == "progress_update"]


async def test_a_plain_message_opens_a_thread_and_goes_on_in_it(server: PlainServer) -> None:
    opened = await server.plain({"message": "Hello", "metadata": {"page": "a"}})
    assert opened[0]["type"] == "thread.created"
    assert opened[1]["item"]["content"] == [{"type": "input_text", "text": "Hello"}]
    assert texts(opened) == ["got Hello"]
    assert server.metadata == [{"page": "a"}]
    thread_id = opened[0]["thread"]["id"]
    went_on = await server.plain({"thread_id": thread_id, "message": "More"})
    assert went_on[0]["type"] == "thread.item.done"
    assert [item.content[0].text for item in await server.items(thread_id)] == ["Hello", "More"]


async def test_a_plain_message_to_a_thread_that_is_not_there_opens_one_of_the_stores_own_id(
    server: PlainServer,
) -> None:
    events = await server.plain({"thread_id": "my-thread", "message": "Hello"})
    assert events[0]["type"] == "thread.created"
    assert events[0]["thread"]["id"].startswith("thr_")
    assert texts(events) == ["got Hello"]
    with pytest.raises(NotFoundError):
        await server.store.load_thread("my-thread", {})


@pytest.mark.parametrize("body", [{"data": {"id": 7}}, {"payload": {"id": 7}}])
async def test_a_plain_action_reaches_the_hook(server: PlainServer, body: dict[str, Any]) -> None:
    thread_id = await server.new_thread()
    events = await server.plain({"thread_id": thread_id, "action": {"type": "todo.done", **body}})
    assert texts(events) == ['todo.done {"id": 7} None']


async def test_a_plain_action_needs_its_thread(server: PlainServer) -> None:
    with pytest.raises(NotFoundError):
        await server.plain({"thread_id": "thr_none", "action": {"type": "x", "data": {}}})


async def test_threads_run_is_another_name_for_adding_a_message(server: PlainServer) -> None:
    thread_id = await server.new_thread()
    events = await server.send("threads.run", thread_id=thread_id, input=message("again"))
    assert texts(events) == ["got again"]
    with pytest.raises(NotFoundError):
        await server.send("threads.run", thread_id="thr_none", input=message("again"))


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"message": 5}, ("message",)),
        ({"message": None}, ("message",)),
        ({"message": {"content": []}}, ("message",)),
        ({"message": "x", "thread_id": 5}, ("thread_id",)),
        ({"message": "x", "metadata": []}, ("metadata",)),
        ({"message": "x", "extensions": [5]}, ("extensions", 0)),
        ({"action": {"type": "x"}}, ("thread_id",)),
        ({"thread_id": "t", "action": {}}, ("action", "type")),
        ({"thread_id": "t", "action": "x"}, ("action",)),
        ({"thread_id": "t", "action": {"type": "x"}, "item_id": 5}, ("item_id",)),
        ({"thread_id": "t", "action": {"type": "x"}, "message": "x"}, ("action",)),
    ],
)
async def test_a_wrong_plain_request_names_its_field(server: PlainServer, body: Any, place: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        await server.plain(body)
    assert raised.value.errors()[0]["loc"] == place
    assert (await server.send("threads.list"))["data"] == []


@pytest.mark.parametrize(
    "body", [{}, {"thread_id": "t"}, {"type": 5, "message": "x"}, {"type": "x", "message": "x"}, []]
)
async def test_what_is_no_plain_request_is_read_as_any_other(server: PlainServer, body: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        await server.plain(body)
    assert raised.value.errors()[0]["type"].startswith(("union_tag", "model_attributes_type", "dict"))


async def test_the_limits_of_messages_hold_for_plain_ones(server: PlainServer) -> None:
    for body in ({"message": "x" * 300_000}, {"message": "x" * 300_000, "thread_id": await server.new_thread()}):
        with pytest.raises(RequestError) as raised:
            await server.plain(body)
        assert (raised.value.code, raised.value.param) == ("message.too_long", "message")


async def test_a_locked_thread_refuses_plain_messages(server: PlainServer) -> None:
    thread_id = await server.new_thread()
    thread: ThreadMetadata = await server.store.load_thread(thread_id, {})
    thread.status = LockedStatus()
    await server.store.save_thread(thread, {})
    assert [event["code"] for event in await server.plain({"thread_id": thread_id, "message": "x"})] == [
        "thread.locked"
    ]
