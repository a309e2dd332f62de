"""What a turn keeps, whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    LockedStatus,
    ProgressUpdateEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDeltaEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)
from tests.server.conftest import ScriptedServer, message


def reply(thread: ThreadMetadata, text: str = "") -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)] if text else []
    return AssistantMessageItem(id="msg_a", thread_id=thread.id, created_at=datetime.now(UTC), content=content)


def delta(text: str) -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
    return ThreadItemUpdatedEvent(item_id="msg_a", update=update)


def kinds(items: list[ThreadItem]) -> list[str]:
    return [item.type for item in items]


async def test_stopping_keeps_the_text_so_far_and_tells_the_model(server: ScriptedServer) -> None:
    ended = asyncio.Event()

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        try:
            yield ThreadItemAddedEvent(item=reply(thread))
            for word in ("one ", "two ", "three "):
                yield delta(word)
            await asyncio.Event().wait()
        finally:
            ended.set()

    server.hook = hook
    result = await server.stream("threads.create", input=message())
    seen = 0
    async for frame in result:
        seen += b"text_delta" in frame
        if seen == 2:
            break
    await result.json_events.aclose()

    assert ended.is_set()
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    _, answer, note = await server.items(thread_id)
    assert answer.content[0].text == "one two "
    assert note.type == "sdk_hidden_context"
    shown = (await server.send("items.list", thread_id=thread_id))["data"]
    assert [item["type"] for item in shown] == ["assistant_message", "user_message"]


async def test_a_break_off_keeps_the_text_and_blames_nobody(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=reply(thread))
        yield delta("half an answer")
        await asyncio.Event().wait()

    server.hook = hook
    result = await server.stream("threads.create", input=message())
    async for frame in result:
        if b"text_delta" in frame:
            break
    result.interrupted = True
    await result.json_events.aclose()
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    assert kinds(await server.items(thread_id)) == ["user_message", "assistant_message"]


async def test_an_item_that_was_only_added_can_be_removed(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=reply(thread))
        yield ThreadItemRemovedEvent(item_id="msg_a")

    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert events[-1] == {"type": "thread.item.removed", "item_id": "msg_a"}


async def test_a_stop_is_carried_out_although_the_task_is_cancelled_again_and_again(server: ScriptedServer) -> None:
    started, stopping, go_on, stored = asyncio.Event(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=reply(thread))
        started.set()
        await asyncio.Event().wait()

    async def handle(thread: ThreadMetadata, pending: list[ThreadItem], context: Any) -> None:
        stopping.set()
        await go_on.wait()
        stored.set()

    server.hook = hook
    server.handle_stream_cancelled = handle  # pyright: ignore[reportAttributeAccessIssue]
    result = await server.stream("threads.create", input=message())

    async def read() -> None:
        async for _ in result:
            pass

    task = asyncio.create_task(read())
    await started.wait()
    task.cancel()
    await stopping.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stored.is_set()


async def test_an_item_is_stored_before_it_is_shown_as_done(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemDoneEvent(item=reply(thread, "done"))

    server.hook = hook
    async for frame in await server.stream("threads.create", input=message()):
        if b"assistant_message" in frame:
            thread_id = (await server.send("threads.list"))["data"][0]["id"]
            assert kinds(await server.items(thread_id)) == ["user_message", "assistant_message"]
            return
    pytest.fail("the answer was never shown")


async def test_the_hook_may_keep_changing_an_item_it_has_added(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        item = reply(thread)
        yield ThreadItemAddedEvent(item=item)
        item.content = [AssistantMessageContent(text="the hook's own")]
        yield delta("streamed")
        await asyncio.Event().wait()

    server.hook = hook
    result = await server.stream("threads.create", input=message())
    async for frame in result:
        if b"streamed" in frame:
            break
    await result.json_events.aclose()
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    assert (await server.items(thread_id))[1].content[0].text == "streamed"


async def test_the_tutorials_spelling_of_deltas_becomes_text_deltas(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemAddedEvent(item=reply(thread))
        yield ThreadItemDeltaEvent(item_id="msg_a", delta={"content": [{"text": "a"}, {"text": ""}, {"text": "b"}]})

    server.hook = hook
    events = await server.send("threads.create", input=message())
    updates = [event["update"] for event in events if event["type"] == "thread.item.updated"]
    kind = "assistant_message.content_part.text_delta"
    assert updates == [
        {"type": kind, "content_index": 0, "delta": "a"},
        {"type": kind, "content_index": 2, "delta": "b"},
    ]


async def test_a_locked_thread_takes_no_message_and_says_why(server: ScriptedServer) -> None:
    thread_id = await server.new_thread()
    thread = await server.store.load_thread(thread_id, {})
    thread.status = LockedStatus(reason="Under review.")
    await server.store.save_thread(thread, {})
    before = kinds(await server.items(thread_id))

    events = await server.send("threads.add_user_message", thread_id=thread_id, input=message())

    assert events == [{"type": "error", "code": "thread.locked", "message": "Under review.", "allow_retry": False}]
    assert kinds(await server.items(thread_id)) == before


async def test_a_server_may_take_messages_to_locked_threads(server: ScriptedServer) -> None:
    thread_id = await server.new_thread()
    thread = await server.store.load_thread(thread_id, {})
    thread.status = LockedStatus()
    await server.store.save_thread(thread, {})
    server.refuse_messages_to_inactive_threads = False
    events = await server.send("threads.add_user_message", thread_id=thread_id, input=message())
    assert events[0]["type"] == "thread.item.done"


async def test_a_failing_store_ends_the_answer_with_an_error_event(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        yield ProgressUpdateEvent(text="…")
        monkeypatch.setattr(server.store, "add_thread_item", broken)
        yield ThreadItemDoneEvent(item=reply(thread, "lost"))

    async def broken(*_: Any) -> None:
        raise OSError("disk full at /secret/path")

    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert events[-1] == {"type": "error", "code": "stream.error", "allow_retry": True}
    assert not any("lost" in str(event) for event in events)


async def test_retrying_goes_back_past_many_pages(server: ScriptedServer) -> None:
    thread_id = await server.new_thread()
    first = (await server.items(thread_id))[0]
    for number in range(250):
        item = AssistantMessageItem(id=f"msg_{number}", thread_id=thread_id, created_at=datetime.now(UTC), content=[])
        await server.store.add_thread_item(thread_id, item, {})
    await server.send("threads.retry_after_item", thread_id=thread_id, item_id=first.id)
    assert [item.id for item in await server.items(thread_id)] == [first.id]
