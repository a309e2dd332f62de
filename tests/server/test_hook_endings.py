"""A hook is ended where it ran: at once, by the task that stepped it, in the context that it ran in."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit.server import StreamingResult
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.stores import MemoryStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ProgressUpdateEvent,
    StructuredInputFreeform,
    StructuredInputItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)
from tests.server.conftest import ScriptedServer, message

VARIABLE: ContextVar[str] = ContextVar("variable", default="nobody's")


class DirectServer(ScriptedServer):
    """Returns the hook as it is, whatever it is."""

    def respond(self, thread: ThreadMetadata, input_user_message: Any, context: Any) -> Any:
        return self.hook(thread) if self.hook is not None else []


@pytest.fixture
def server() -> DirectServer:
    return DirectServer()


def reply(thread: ThreadMetadata, text: str = "whole", item_id: str = "msg_a") -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)] if text else []
    return AssistantMessageItem(id=item_id, thread_id=thread.id, created_at=datetime.now(UTC), content=content)


class Witness:
    """A hook that sees how it ends."""

    def __init__(self, events: Callable[[ThreadMetadata], AsyncIterator[Any]]) -> None:
        self.events = events
        self.ended: list[bool] = []

    async def __call__(self, thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        task, token = asyncio.current_task(), VARIABLE.set("the hook's")
        try:
            async for event in self.events(thread):
                yield event
        finally:
            VARIABLE.reset(token)  # raises in any other context
            self.ended.append(asyncio.current_task() is task)


async def read(result: StreamingResult) -> list[dict[str, Any]]:
    return [json.loads(frame.removeprefix(b"data: ")) async for frame in result]


async def ends(thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield ProgressUpdateEvent(text="…")


async def fails(thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield ProgressUpdateEvent(text="…")
    raise RuntimeError("no")


async def stores(thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield ThreadItemDoneEvent(item=reply(thread))
    yield ProgressUpdateEvent(text="never")


async def yields_nonsense(thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield "text"
    yield ProgressUpdateEvent(text="never")


@pytest.mark.parametrize("events", [ends, fails, yields_nonsense])
async def test_a_hook_that_ends_or_fails_is_ended_where_it_ran(
    server: DirectServer, events: Callable[[ThreadMetadata], AsyncIterator[Any]]
) -> None:
    server.hook = witness = Witness(events)
    await read(await server.stream("threads.create", input=message()))
    assert witness.ended == [True]
    assert VARIABLE.get() == "nobody's"


@pytest.mark.parametrize(
    "error", [OSError("disk"), KeyError("msg_a"), NotFoundError("x"), StoreUnavailableError("down"), ValueError("x")]
)
async def test_after_an_error_of_the_store_the_hook_is_ended_where_it_ran(
    server: DirectServer, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def broken(*_: Any) -> None:
        raise error

    server.hook = witness = Witness(stores)
    result = await server.stream("threads.create", input=message())
    seen: list[bytes] = []
    async for frame in result:
        seen.append(frame)
        if b"stream_options" in frame:
            monkeypatch.setattr(server.store, "add_thread_item", broken)
        if b'"error"' in frame:
            assert witness.ended == [True]  # before the user is told, not when somebody collects garbage
    assert b'"error"' in seen[-1]


async def waits(thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield ProgressUpdateEvent(text="…")
    await asyncio.Event().wait()


async def cancel(result: StreamingResult, shown: asyncio.Event) -> None:
    async def reading() -> None:
        async for frame in result:
            if b"progress" in frame:
                shown.set()

    task = asyncio.create_task(reading())
    await shown.wait()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


async def close(result: StreamingResult, shown: asyncio.Event) -> None:
    async for frame in result:
        if b"progress" in frame:
            break
    await result.json_events.aclose()


@pytest.mark.parametrize("end", [cancel, close])
async def test_a_stopped_hook_is_ended_where_it_ran(
    server: DirectServer, end: Callable[[StreamingResult, asyncio.Event], Awaitable[None]]
) -> None:
    server.hook = witness = Witness(waits)
    await end(await server.stream("threads.create", input=message()), asyncio.Event())
    assert witness.ended == [True]


async def test_a_hook_whose_reader_hands_it_to_another_task_is_ended_in_its_own_context(server: DirectServer) -> None:
    server.hook = witness = Witness(waits)
    result = await server.stream("threads.create", input=message())
    async for frame in result:
        if b"progress" in frame:
            break
    await asyncio.create_task(result.json_events.aclose())  # pyright: ignore[reportArgumentType]
    assert witness.ended == [False]


async def test_a_hook_behind_the_events_of_an_operation_is_ended_where_it_ran(
    server: DirectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread_id = await server.new_thread()
    asked = StructuredInputItem(
        id="si",
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        inputs=[StructuredInputFreeform(id="q", question="?")],
    )
    await server.store.add_thread_item(thread_id, asked, {})
    server.hook = witness = Witness(waits)
    result = await server.stream("threads.add_structured_input", thread_id=thread_id, item_id="si", input={})
    await close(result, asyncio.Event())
    assert witness.ended == [True]


async def test_what_a_hook_raises_as_it_is_ended_is_logged_and_hides_nothing(
    server: DirectServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        try:
            yield ThreadItemAddedEvent(item=reply(thread, "written"))
            yield ProgressUpdateEvent(text="…")
        finally:
            raise RuntimeError("cleaning up failed")

    server.hook = hook
    await close(await server.stream("threads.create", input=message()), asyncio.Event())
    assert "cleaning up failed" in caplog.text
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    assert [item.type for item in await server.items(thread_id)] == [
        "user_message",
        "assistant_message",
        "sdk_hidden_context",
    ]


# A cancellation that is the hook's own


class Gate:
    """Holds up the first call of a store's method for some time that is longer than the hooks' timeouts."""

    def __init__(self, method: Callable[..., Awaitable[Any]], seconds: float = 0.1) -> None:
        self.method = method
        self.seconds = seconds
        self.reached = asyncio.Event()
        self.calls = 0
        self.cancelled = False

    async def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        if not self.reached.is_set():
            self.reached.set()
            try:
                await asyncio.sleep(self.seconds)
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        return await self.method(*arguments)


@pytest.mark.parametrize("handles", [True, False])
async def test_a_hooks_own_timeout_stays_its_own_while_its_event_is_stored(
    server: DirectServer, monkeypatch: pytest.MonkeyPatch, handles: bool
) -> None:
    gate = Gate(server.store.add_thread_item)

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        monkeypatch.setattr(server.store, "add_thread_item", gate)
        try:
            async with asyncio.timeout(0.01):
                yield ThreadItemDoneEvent(item=reply(thread))
        except TimeoutError:
            if not handles:
                raise
            yield ProgressUpdateEvent(text="that took long")

    server.hook = hook
    events = await read(await server.stream("threads.create", input=message()))
    assert (gate.calls, gate.cancelled) == (1, False), "a write is done to its end, and once"
    last = {"type": "progress_update", "text": "that took long"}
    failed = {"type": "error", "code": "stream.error", "allow_retry": True}
    assert events[-2]["type"] == "thread.item.done"
    assert events[-1] == (last if handles else failed)
    thread_id = events[0]["thread"]["id"]
    assert [item.type for item in await server.items(thread_id)] == ["user_message", "assistant_message"]


@pytest.mark.parametrize("event", ["thread.item.updated", "progress_update"])
async def test_a_hooks_own_timeout_stays_its_own_while_its_thread_is_saved(
    server: DirectServer, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    gate = Gate(server.store.update_thread)

    def said() -> ThreadStreamEvent:
        if event == "progress_update":
            return ProgressUpdateEvent(text="…")
        return ThreadItemUpdatedEvent(
            item_id="msg_a", update=AssistantMessageContentPartTextDelta(content_index=0, delta="a word")
        )

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        monkeypatch.setattr(server.store, "update_thread", gate)
        yield ThreadItemAddedEvent(item=reply(thread, ""))
        yield said()
        try:
            async with asyncio.timeout(0.01):
                thread.title = "Named"
                yield said()
                yield ProgressUpdateEvent(text="never reached")
        except TimeoutError:
            yield said()

    server.hook = hook
    events = await read(await server.stream("threads.create", input=message()))
    assert [event["type"] for event in events[-3:]] == [event, "thread.updated", event]
    assert (await server.store.load_thread(events[0]["thread"]["id"], {})).title == "Named"


async def test_a_stop_while_an_item_is_stored_leaves_the_item_whole(
    server: DirectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(server.store.add_thread_item)

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        monkeypatch.setattr(server.store, "add_thread_item", gate)
        yield ThreadItemAddedEvent(item=reply(thread, ""))
        yield ThreadItemDoneEvent(item=reply(thread, "whole"))

    server.hook = witness = Witness(hook)
    result = await server.stream("threads.create", input=message())
    task = asyncio.create_task(read(result))
    await gate.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert witness.ended == [True]
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    _, answer = await server.items(thread_id)
    assert answer.content[0].text == "whole"


async def test_a_write_that_never_ends_is_given_up_when_its_turn_is_stopped(
    server: DirectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatkit._turn._WRITE_PATIENCE", 0.05)
    gate = Gate(server.store.add_thread_item, seconds=3600)

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        monkeypatch.setattr(server.store, "add_thread_item", gate)
        yield ThreadItemAddedEvent(item=reply(thread, "begun"))
        yield ThreadItemDoneEvent(item=reply(thread, "whole"))

    server.hook = witness = Witness(hook)
    task = asyncio.create_task(read(await server.stream("threads.create", input=message())))
    await gate.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gate.cancelled
    assert witness.ended == [True]
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    assert [item.type for item in await server.items(thread_id)][1:] == ["assistant_message", "sdk_hidden_context"]


# What hooks return


def a_list(thread: ThreadMetadata) -> Any:
    return [ProgressUpdateEvent(text="one"), ProgressUpdateEvent(text="two")]


def a_generator(thread: ThreadMetadata) -> Any:
    yield from a_list(thread)


class Iterator:
    """An async iterator that has nothing else."""

    def __init__(self) -> None:
        self.left = a_list(None)  # pyright: ignore[reportArgumentType]

    def __aiter__(self) -> "Iterator":
        return self

    async def __anext__(self) -> ThreadStreamEvent:
        if not self.left:
            raise StopAsyncIteration
        return self.left.pop(0)


def an_iterator(thread: ThreadMetadata) -> Any:
    return Iterator()


async def a_coroutine_of_a_list(thread: ThreadMetadata) -> Any:
    return a_list(thread)


async def a_coroutine_of_a_generator(thread: ThreadMetadata) -> Any:
    async def events() -> AsyncIterator[Any]:
        for event in a_list(thread):
            yield event

    return events()


@pytest.mark.parametrize("hook", [a_list, a_generator, an_iterator, a_coroutine_of_a_list, a_coroutine_of_a_generator])
async def test_what_a_hook_can_only_mean_is_taken(server: DirectServer, hook: Any) -> None:
    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert [event["text"] for event in events if event["type"] == "progress_update"] == ["one", "two"]


def gives_none(thread: ThreadMetadata) -> Any:
    return None


async def forgets_to_yield(thread: ThreadMetadata) -> Any:
    pass


def gives_text(thread: ThreadMetadata) -> Any:
    return "text"


def yielding(*values: Any) -> Any:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        for value in values:
            yield value

    return hook


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        (gives_none, "DirectServer.respond() returned None"),
        (forgets_to_yield, "an async def without a yield"),
        (gives_text, "returned an object of type str"),
        (yielding(None), "DirectServer.respond() yielded None"),
        (yielding({"type": "progress_update", "text": "x"}), "yielded an object of type dict"),
        (yielding("Hello"), "text_stream"),
        (yielding(object()), "yielded an object of type object"),
    ],
)
async def test_what_is_no_event_is_told_in_words(
    server: DirectServer, caplog: pytest.LogCaptureFixture, hook: Any, words: str
) -> None:
    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert events[-1] == {"type": "error", "code": "stream.error", "allow_retry": True}
    assert words in caplog.text


async def test_stream_options_may_be_a_coroutine(server: DirectServer) -> None:
    async def options(thread: ThreadMetadata, context: Any) -> Any:
        await asyncio.sleep(0)
        return DirectServer.get_stream_options(server, thread, context)

    server.get_stream_options = options  # pyright: ignore[reportAttributeAccessIssue]
    events = await server.send("threads.create", input=message())
    assert {"type": "stream_options", "stream_options": {"allow_cancel": True}} in events


async def test_a_deleted_thread_ends_the_turn_quietly(server: DirectServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chatkit")

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        await server.store.delete_thread(thread.id, {})
        yield ThreadItemDoneEvent(item=reply(thread))
        yield ProgressUpdateEvent(text="never")

    server.hook = witness = Witness(hook)
    events = await server.send("threads.create", input=message())
    assert events[-1]["type"] == "stream_options"
    assert witness.ended == [True]
    assert [record.levelname for record in caplog.records] == ["INFO"]


async def test_a_hook_that_was_never_begun_is_ended_too(server: DirectServer, recwarn: pytest.WarningsRecorder) -> None:
    server.hook = a_coroutine_of_a_list
    result = await server.stream("threads.create", input=message())
    await anext(result.json_events)
    await result.json_events.aclose()
    assert [str(warning.message) for warning in recwarn] == []


# A stop at any moment


class Slow(MemoryStore[Any]):
    """Gives way to other tasks before and after each write."""

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        await super().add_thread_item(thread_id, item, context)
        await asyncio.sleep(0)

    async def update_thread(self, thread_id: str, changes: Any, context: Any) -> Any:
        await asyncio.sleep(0)
        updated = await super().update_thread(thread_id, changes, context)
        await asyncio.sleep(0)
        return updated


async def busy(thread: ThreadMetadata) -> AsyncIterator[Any]:
    for number in range(3):
        yield ThreadItemAddedEvent(item=reply(thread, "", f"msg_{number}"))
        await asyncio.sleep(0)
        for text in ("one ", "two"):
            update = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
            yield ThreadItemUpdatedEvent(item_id=f"msg_{number}", update=update)
        thread.metadata["number"] = number
        yield ThreadItemDoneEvent(item=reply(thread, "one two", f"msg_{number}"))


@pytest.mark.parametrize("hook", [busy, lambda thread: Wrapped(busy(thread))], ids=["generator", "iterator"])
@pytest.mark.parametrize("interrupted", [True, False])
async def test_a_stop_at_any_moment_leaves_the_thread_as_it_was_shown(
    server: DirectServer, hook: Any, interrupted: bool
) -> None:
    server.store = Slow()
    thread_id = await server.new_thread()
    done = ticks = 0
    while not done:
        server.hook = witness = Witness(hook)
        result = await server.stream("threads.add_user_message", thread_id=thread_id, input=message())
        result.interrupted = interrupted
        frames: list[bytes] = []
        before = asyncio.all_tasks()
        reading = asyncio.create_task(gather(result, frames))
        for _ in range(ticks):
            await asyncio.sleep(0)
        done = reading.done()
        reading.cancel()
        await asyncio.wait([reading])
        assert witness.ended in ([], [True])
        assert asyncio.all_tasks() == before
        await check(server, thread_id, frames)
        ticks += 1
    assert ticks > 20


class Wrapped:
    """An async iterable that is no generator."""

    def __init__(self, events: Any) -> None:
        self.events = events

    def __aiter__(self) -> Any:
        return self.events


async def gather(result: StreamingResult, frames: list[bytes]) -> None:
    async for frame in result:
        frames.append(frame)


async def check(server: DirectServer, thread_id: str, frames: list[bytes]) -> None:
    """What was shown as done is stored, what was shown of a message begins what is stored; then forgets all of it."""
    events = [json.loads(frame.removeprefix(b"data: ")) for frame in frames]
    items = {item.id: item for item in await server.items(thread_id)}
    for number in range(3):
        name = f"msg_{number}"
        text = "".join(event["update"]["delta"] for event in events if event.get("item_id") == name)
        kept = items[name].content[0].text if name in items else ""
        assert kept.startswith(text)
        if any(event["type"] == "thread.item.done" and event["item"]["id"] == name for event in events):
            assert kept == "one two"
    for item_id in items:
        await server.store.delete_thread_item(thread_id, item_id, {})
