"""A `ThreadItemDeltaEvent` without an item before it begins one."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDeltaEvent,
    ThreadItemDoneEvent,
    ThreadMetadata,
)
from tests.server.conftest import ScriptedServer, message


def whole(thread: ThreadMetadata, text: str) -> AssistantMessageItem:
    return AssistantMessageItem(
        id="msg_a",
        thread_id=thread.id,
        created_at=datetime.now(),  # noqa: DTZ005 - as people write it
        content=[AssistantMessageContent(text=text)],
    )


def shown(events: list[Any]) -> list[tuple[str, Any]]:
    """What is sent of the message, after the user's."""
    seen: list[tuple[str, Any]] = []
    for event in events:
        match event:
            case {"type": "thread.item.updated", "update": {"delta": delta}}:
                seen.append(("delta", delta))
            case {
                "type": "thread.item.added" | "thread.item.done" as kind,
                "item": {"type": "assistant_message"} as item,
            }:
                seen.append((kind, "".join(part["text"] for part in item["content"])))
            case _:
                pass
    return seen


@pytest.mark.parametrize(
    "deltas",
    [
        [{"content": [{"text": "He"}]}, {"content": [{"text": "llo"}]}],
        ["He", "llo"],
        [{"text": "He"}, {"text": "llo"}],
        [{"content": "He"}, {"content": ["llo"]}],
    ],
)
async def test_the_first_delta_begins_the_message_and_the_end_of_the_turn_finishes_it(
    server: ScriptedServer, deltas: list[Any]
) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        for delta in deltas:
            yield ThreadItemDeltaEvent(item_id="msg_a", delta=delta)

    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert shown(events) == [
        ("thread.item.added", ""),
        ("delta", "He"),
        ("delta", "llo"),
        ("thread.item.done", "Hello"),
    ]
    items = await server.items(events[0]["thread"]["id"])
    assert [item.content[0].text for item in items] == ["hi", "Hello"]


async def test_a_message_that_the_hook_adds_or_finishes_itself_is_left_to_it(server: ScriptedServer) -> None:
    async def finishes(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemDeltaEvent(item_id="msg_a", delta="He")
        yield ThreadItemDoneEvent(item=whole(thread, "Hello"))
        yield ThreadItemDeltaEvent(item_id="msg_a", delta="late")

    async def adds(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemAddedEvent(item=whole(thread, ""))
        yield ThreadItemDeltaEvent(item_id="msg_a", delta="He")

    server.hook = finishes
    events = await server.send("threads.create", input=message())
    begun, late = ("thread.item.added", ""), ("delta", "late")
    assert shown(events) == [begun, ("delta", "He"), ("thread.item.done", "Hello"), late]
    server.hook = adds
    assert shown(await server.send("threads.create", input=message())) == [begun, ("delta", "He")]


async def test_a_message_that_the_hook_stores_itself_is_stored_once(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemDeltaEvent(item_id="msg_a", delta="He")
        await server.store.add_thread_item(thread.id, whole(thread, "Hello"), {})

    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert shown(events)[-1] == ("thread.item.done", "Hello")
    assert [item.content[0].text for item in await server.items(events[0]["thread"]["id"])] == ["hi", "Hello"]


async def test_a_message_of_an_earlier_turn_is_not_begun_again(server: ScriptedServer) -> None:
    async def first(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemDoneEvent(item=whole(thread, "Hello"))

    async def second(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemDeltaEvent(item_id="msg_a", delta="!")

    server.hook = first
    thread_id = (await server.send("threads.create", input=message()))[0]["thread"]["id"]
    server.hook = second
    events = await server.send("threads.add_user_message", thread_id=thread_id, input=message())
    assert shown(events) == [("delta", "!")]
    assert [item.content[0].text for item in await server.items(thread_id)] == ["hi", "Hello", "hi"]


@pytest.mark.parametrize("failing", [KeyError, NotImplementedError, RuntimeError])
async def test_a_store_that_cannot_say_whether_the_message_is_there_ends_nothing(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, failing: type[Exception]
) -> None:
    async def load_item(*_: Any) -> Any:
        raise failing

    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemDeltaEvent(item_id="msg_a", delta="Hello")

    monkeypatch.setattr(server.store, "load_item", load_item)
    server.hook = hook
    assert shown(await server.send("threads.create", input=message()))[-1] == ("thread.item.done", "Hello")


async def test_what_an_error_cuts_off_is_kept_as_incomplete(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemDeltaEvent(item_id="msg_a", delta="He")
        raise RuntimeError

    server.hook = hook
    events = await server.send("threads.create", input=message())
    items = await server.items(events[0]["thread"]["id"])
    assert (items[1].content[0].text, items[1].status) == ("He", "incomplete")
