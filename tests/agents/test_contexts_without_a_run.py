"""What a hook streams into a context that it hands to no run arrives all the same; what cannot, is told to the log."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import Any

import pytest
from agents import Agent, RunConfig, Runner

from chatkit.agents import AgentChatKitServer, AgentContext, BaseChatKitServer, stream_agent_response
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.stores import MemoryStore
from chatkit.testing.scripted_model import ScriptedModel
from chatkit.types import CustomTask, ProgressUpdateEvent, SyncCustomActionResponse, ThreadMetadata, Workflow
from chatkit.widgets import Card, Text

VARIABLE: ContextVar[str] = ContextVar("variable", default="nobody's")
Hook = Callable[[Any, ThreadMetadata], Any]


class Server(ChatKitServer[dict[str, Any]]):
    """Both hooks are the one that it is given."""

    def __init__(self, hook: Hook) -> None:
        super().__init__(MemoryStore())
        self.hook = hook

    def respond(self, thread: ThreadMetadata, input_user_message: Any, context: Any) -> Any:
        return self.hook(self.context(thread), thread)

    def action(self, thread: ThreadMetadata, action: Any, sender: Any, context: Any) -> Any:
        return self.hook(self.context(thread), thread)

    def context(self, thread: ThreadMetadata) -> AgentContext[Any]:
        return AgentContext(thread=thread, store=self.store, request_context={})

    async def open(self, body: dict[str, Any]) -> StreamingResult:
        result = await self.process(json.dumps(body), {})
        assert isinstance(result, StreamingResult)
        return result

    async def told(self, body: dict[str, Any]) -> list[Any]:
        return [json.loads(frame.removeprefix(b"data: ")) async for frame in await self.open(body)]


def shown(events: list[Any]) -> list[str]:
    """What is visible of an answer, in order, after the user's message."""
    words: list[str] = []
    for event in events:
        match event:
            case {"type": "progress_update", "text": text}:
                words.append(text)
            case {"update": {"type": "assistant_message.content_part.text_delta", "delta": delta}}:
                words.append(delta)
            case {"type": "thread.item.done", "item": {"type": "assistant_message", "content": [{"text": text}]}}:
                words.append(f"{text}.")
            case {"type": "thread.item.done", "item": {"type": "widget", "widget": {"children": [{"value": value}]}}}:
                words.append(f"[{value}]")
            case {"type": "error"}:
                words.append("error")
            case _:
                pass
    return words


def card(text: str) -> Card:
    return Card(children=[Text(value=text)])


async def pieces(*texts: str) -> AsyncIterator[str]:
    for text in texts:
        await asyncio.sleep(0)
        yield text


async def only_awaits_a_widget(context: Any, thread: ThreadMetadata) -> None:
    await context.stream_widget(card("a"))


async def only_awaits_a_text(context: Any, thread: ThreadMetadata) -> None:
    await context.stream_text(pieces("He", "llo"))


async def awaits_several(context: Any, thread: ThreadMetadata) -> None:
    await context.stream_widget({"type": "Card", "children": [{"type": "Text", "value": "a"}]})
    await asyncio.sleep(0)
    await context.stream(ProgressUpdateEvent(text="b"))
    await asyncio.gather(context.stream_widget(card("c")), asyncio.sleep(0))


async def does_both(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
    await context.stream_widget(card("a"))
    yield ProgressUpdateEvent(text="b")
    await asyncio.sleep(0)
    await context.stream_text("c")
    yield ProgressUpdateEvent(text="d")
    await context.stream_widget(card("e"))


async def yields_what_it_awaits(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield await context.stream_widget(card("a"))
    yield await context.stream_widget(card("b"))


async def gives_back_a_list(context: Any, thread: ThreadMetadata) -> Any:
    await context.stream_widget(card("a"))
    return [ProgressUpdateEvent(text="b")]


async def leaves_it_to_a_task(context: Any, thread: ThreadMetadata) -> None:
    await asyncio.create_task(context.stream_widget(card("a")))


async def has_several_contexts(context: Any, thread: ThreadMetadata) -> None:
    other = AgentContext[Any](thread=thread, store=context.store, request_context={})
    await context.stream_widget(card("a"))
    await other.stream_widget(card("b"))
    await context.stream_widget(card("c"))


async def fails_afterwards(context: Any, thread: ThreadMetadata) -> None:
    await context.stream_widget(card("a"))
    raise RuntimeError


async def fails_between(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
    yield ProgressUpdateEvent(text="a")
    await context.stream_widget(card("b"))
    raise RuntimeError


HOOKS: list[tuple[Hook, list[str]]] = [
    (only_awaits_a_widget, ["[a]"]),
    (only_awaits_a_text, ["He", "llo", "Hello."]),
    (awaits_several, ["[a]", "b", "[c]"]),
    (does_both, ["[a]", "b", "c", "c.", "d", "[e]"]),
    (yields_what_it_awaits, ["[a]", "[b]"]),
    (gives_back_a_list, ["[a]", "b"]),
    (leaves_it_to_a_task, ["[a]"]),
    (has_several_contexts, ["[a]", "[b]", "[c]"]),
    (fails_afterwards, ["[a]", "error"]),
    (fails_between, ["a", "[b]", "error"]),
]

CREATE = {"message": "hi"}


@pytest.mark.parametrize(("hook", "expected"), HOOKS, ids=[hook.__name__ for hook, _ in HOOKS])
@pytest.mark.parametrize("operation", ["respond", "action"])
async def test_what_is_streamed_into_a_context_arrives_and_is_stored(
    hook: Hook, expected: list[str], operation: str
) -> None:
    server = Server(hook)
    if operation == "action":
        thread_id = (await Server(empty).told(CREATE))[0]["thread"]["id"]
        await server.store.save_thread(ThreadMetadata(id=thread_id, created_at=0), {})  # pyright: ignore[reportArgumentType]
        events = await server.told({"thread_id": thread_id, "action": {"type": "x"}})
    else:
        events = await server.told(CREATE)
        thread_id = events[0]["thread"]["id"]
    assert shown(events) == expected
    done = [event["item"]["id"] for event in events if event["type"] == "thread.item.done"]
    stored = await server.store.load_thread_items(thread_id, None, 100, "asc", {})
    assert [item.id for item in stored.data] == done


async def empty(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
    return
    yield


@pytest.mark.parametrize("generator", [False, True])
async def test_a_text_that_comes_slowly_is_shown_as_it_comes(generator: bool) -> None:
    """Each piece is awaited until the one before it was read."""
    read = asyncio.Event()

    async def slow() -> AsyncIterator[str]:
        for text in ("a", "b", "c"):
            yield text
            await read.wait()
            read.clear()

    async def coroutine(context: Any, thread: ThreadMetadata) -> None:
        await context.stream_text(slow())

    async def both(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
        await context.stream_text(slow())
        yield ProgressUpdateEvent(text="end")

    seen: list[str] = []
    async with asyncio.timeout(10):
        async for frame in await Server(both if generator else coroutine).open(CREATE):
            if b"text_delta" in frame:
                seen.append(json.loads(frame.removeprefix(b"data: "))["update"]["delta"])
                read.set()
    assert seen == ["a", "b", "c"]


async def test_a_stop_while_a_text_is_shown_ends_the_hook_where_it_waits() -> None:
    ended: list[str] = []

    async def forever() -> AsyncIterator[str]:
        yield "a"
        await asyncio.Event().wait()

    async def hook(context: Any, thread: ThreadMetadata) -> None:
        VARIABLE.set("the hook's")
        try:
            await context.stream_text(forever())
        except asyncio.CancelledError:
            ended.append(VARIABLE.get())
            raise

    server = Server(hook)
    async with asyncio.timeout(10):
        result = await server.open(CREATE)
        async for frame in result:
            if b"text_delta" in frame:
                break
        await result.json_events.aclose()
    assert ended == ["the hook's"]
    thread_id = (await server.store.load_threads(1, None, "desc", {})).data[0].id
    items = (await server.store.load_thread_items(thread_id, None, 10, "asc", {})).data
    assert [item.type for item in items] == ["user_message", "assistant_message", "sdk_hidden_context"]


async def test_a_timeout_of_the_hooks_own_ends_what_it_streams() -> None:
    async def forever() -> AsyncIterator[str]:
        yield "a"
        await asyncio.Event().wait()

    async def hook(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
        try:
            async with asyncio.timeout(0.01):
                await context.stream_text(forever())
        except TimeoutError:
            yield ProgressUpdateEvent(text="too slow")

    async with asyncio.timeout(10):
        assert shown(await Server(hook).told(CREATE)) == ["a", "too slow"]


def run(context: AgentContext[Any], text: str) -> Any:
    return Runner.run_streamed(
        Agent(name="a", model=ScriptedModel(text)),
        "hi",
        context=context,
        run_config=RunConfig(tracing_disabled=True),
    )


async def test_a_run_reads_its_context_itself_and_nothing_comes_twice(caplog: pytest.LogCaptureFixture) -> None:
    async def hook(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
        await context.stream_widget(card("a"))
        await asyncio.sleep(0)
        async for event in stream_agent_response(context, run(context, "b")):
            yield event
        await context.stream_widget(card("c"))
        yield ProgressUpdateEvent(text="d")
        await context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="t")]))
        await context.end_workflow()

    events = await Server(hook).told(CREATE)
    assert shown(events) == ["[a]", "b", "b.", "[c]", "d"]
    assert [event["item"]["type"] for event in events if event["type"] == "thread.item.done"][-1] == "workflow"
    assert not caplog.records


async def test_a_context_that_is_kept_shows_in_the_turn_that_streams_into_it() -> None:
    kept: list[Any] = []

    async def hook(context: Any, thread: ThreadMetadata) -> None:
        kept.append(context)
        await kept[0].stream_widget(card(str(len(kept))))

    server = Server(hook)
    first = await server.told(CREATE)
    second = await server.told({"message": "again", "thread_id": first[0]["thread"]["id"]})
    assert (shown(first), shown(second)) == (["[1]"], ["[2]"])


# What cannot arrive


async def test_what_is_streamed_after_the_turn_is_told_to_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    kept: list[Any] = []

    async def hook(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
        kept.append(context)
        yield ProgressUpdateEvent(text="a")

    thread_id = (await Server(hook).told(CREATE))[0]["thread"]["id"]
    assert not caplog.records
    for text in ("b", "c"):
        await kept[0].stream_widget(card(text))
    kept.clear()
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING
    assert all(word in caplog.text for word in (thread_id, "AgentContext", "thread.item.done", "is over"))


async def test_what_nobody_reads_outside_a_turn_is_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    thread = ThreadMetadata(id="thr_lost", created_at=0)  # pyright: ignore[reportArgumentType]
    context = Server(empty).context(thread)
    await context.stream_widget(card("a"))
    assert not caplog.records
    del context
    assert "thr_lost" in caplog.text
    assert "nobody has read it" in caplog.text


async def test_another_threads_context_is_not_shown_in_this_one(caplog: pytest.LogCaptureFixture) -> None:
    async def hook(context: Any, thread: ThreadMetadata) -> AsyncIterator[Any]:
        other = thread.model_copy(update={"id": "thr_other"})
        await AgentContext[Any](thread=other, store=context.store, request_context={}).stream_widget(card("secret"))
        yield ProgressUpdateEvent(text="a")

    assert shown(await Server(hook).told(CREATE)) == ["a"]
    assert "in another thread" in caplog.text


async def test_a_sync_action_says_in_the_log_what_it_cannot_send(caplog: pytest.LogCaptureFixture) -> None:
    class Syncing(Server):
        async def sync_action(self, thread: Any, action: Any, sender: Any, context: Any) -> SyncCustomActionResponse:
            await self.context(thread).stream_widget(card("a"))
            return SyncCustomActionResponse()

    server = Syncing(empty)
    thread_id = (await server.told(CREATE))[0]["thread"]["id"]
    params = {"thread_id": thread_id, "action": {"type": "x"}}
    result = await server.process(json.dumps({"type": "threads.sync_custom_action", "params": params}), {})
    assert isinstance(result, NonStreamingResult)
    assert json.loads(result.json) == {}
    assert all(
        word in caplog.text for word in ("Syncing.sync_action()", "thread.item.done", "updated_item", "streaming")
    )


async def test_a_coroutine_that_shows_nothing_is_an_error_in_respond_and_a_warning_in_action(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def hook(context: Any, thread: ThreadMetadata) -> None:
        pass

    server = Server(hook)
    events = await server.told(CREATE)
    assert shown(events) == ["error"]
    assert "Server.respond() is an async def without a yield" in caplog.text
    caplog.clear()
    events = await server.told({"thread_id": events[0]["thread"]["id"], "action": {"type": "x"}})
    assert shown(events) == []
    assert "Server.action() is an async def without a yield" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_a_coroutine_that_changes_the_thread_has_done_something(caplog: pytest.LogCaptureFixture) -> None:
    async def hook(context: Any, thread: ThreadMetadata) -> None:
        thread.title = "New"

    events = await Server(hook).told(CREATE)
    assert events[-1]["thread"]["title"] == "New"
    assert not caplog.records


# The samples' base class


def test_the_samples_name_is_the_packages_class() -> None:
    store = MemoryStore[Any]()
    server = BaseChatKitServer(store, agent=Agent(name="a"), titles="none")
    assert isinstance(server, AgentChatKitServer)
    assert server.store is server.data_store is store


def _agent() -> Agent[Any]:
    return Agent(name="a", model=ScriptedModel("Hello"))


class PlainWithout(BaseChatKitServer[Any]):
    def get_agent(self) -> Agent[Any]:  # type: ignore[override]
        return _agent()


class PlainWith(BaseChatKitServer[Any]):
    def get_agent(self, context: Any) -> Agent[Any]:  # type: ignore[override]
        assert context == {}
        return _agent()


class CoroutineWithout(BaseChatKitServer[Any]):
    async def get_agent(self) -> Agent[Any]:  # type: ignore[override]
        return _agent()


class CoroutineWith(BaseChatKitServer[Any]):
    async def get_agent(self, context: Any) -> Agent[Any]:
        assert context == {}
        return _agent()


@pytest.mark.parametrize("kind", [PlainWithout, PlainWith, CoroutineWithout, CoroutineWith])
async def test_the_samples_get_agent_may_take_nothing_and_be_a_plain_method(kind: Any) -> None:
    result = await kind(MemoryStore(), titles="none").process(json.dumps(CREATE), {})
    assert shown([json.loads(frame.removeprefix(b"data: ")) async for frame in result]) == ["Hello", "Hello."]


@pytest.mark.parametrize("after", ["nothing", "coroutine", "generator", "not overridden"])
async def test_the_samples_hook_after_the_answer(after: str) -> None:
    class Sample(BaseChatKitServer[dict[str, Any]]):
        async def get_agent(self, *_: Any) -> Agent[Any]:
            return Agent(name="a", model=ScriptedModel("Hello"))

    async def nothing(thread: Any, agent_context: Any) -> None:
        pass

    async def coroutine(thread: Any, agent_context: Any) -> None:
        await agent_context.stream_widget(card("w"))

    async def generator(thread: Any, agent_context: Any) -> AsyncIterator[Any]:
        await agent_context.stream_widget(card("w"))
        yield ProgressUpdateEvent(text="x")

    server = Sample(MemoryStore(), titles="none")
    if after in (hooks := {"nothing": nothing, "coroutine": coroutine, "generator": generator}):
        server.post_respond_hook = hooks[after]  # type: ignore[method-assign, assignment]
    result = await server.process(json.dumps(CREATE), {})
    events = [json.loads(frame.removeprefix(b"data: ")) async for frame in result]  # type: ignore[union-attr]
    assert shown(events)[-1:] == {"coroutine": ["[w]"], "generator": ["x"]}.get(after, ["Hello."])
    assert shown(events)[:2] == ["Hello", "Hello."]
    assert ("[w]" in shown(events)) is (after in ("coroutine", "generator"))
