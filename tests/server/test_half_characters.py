"""Characters that were cut in two: halves that belong together are joined, one alone becomes U+FFFD, and the answer
goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit._surrogates import HeldHalves, sound
from chatkit.adapters.text import text_stream
from chatkit.errors import CustomStreamError
from chatkit.server import stream_widget
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientEffectEvent,
    CustomTask,
    ErrorEvent,
    HiddenContextItem,
    NoticeEvent,
    ProgressUpdateEvent,
    SyncCustomActionResponse,
    ThreadItemAddedEvent,
    ThreadItemDeltaEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ToolCallItem,
    TranscriptionResult,
    WidgetItem,
    WidgetStreamingTextValueDelta,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
)
from chatkit.widgets import Card, Text
from tests.server.conftest import ScriptedServer, message

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HIGH, LOW, WHOLE, LOST = "\ud83d", "\ude00", "\U0001f600", "\ufffd"


def reply(text: str = "", item_id: str = "msg_a") -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)] if text else []
    return AssistantMessageItem(id=item_id, thread_id="thr", created_at=NOW, content=content)


def delta(text: str, item_id: str = "msg_a", index: int = 0) -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=index, delta=text)
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


def widget_delta(text: str, done: bool = False) -> ThreadItemUpdatedEvent:
    update = WidgetStreamingTextValueDelta(component_id="t", delta=text, done=done)
    return ThreadItemUpdatedEvent(item_id="w", update=update)


def playing(*events: Any, error: Exception | None = None) -> Any:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        for event in events:
            yield event
        if error is not None:
            raise error

    return hook


async def shown(server: ScriptedServer, *events: Any, error: Exception | None = None) -> list[dict[str, Any]]:
    server.hook = playing(*events, error=error)
    return (await server.send("threads.create", input=message()))[3:]


def deltas(events: list[dict[str, Any]]) -> list[str]:
    return [event["update"]["delta"] for event in events if "delta" in event.get("update", {})]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([HIGH, LOW], [WHOLE]),
        (["a" + HIGH, LOW + "b"], ["a", WHOLE + "b"]),
        ([HIGH, "b"], [LOST + "b"]),
        ([HIGH, HIGH, LOW], [LOST, WHOLE]),
        ([LOW], [LOST]),
        (["a" + LOW + "b"], ["a" + LOST + "b"]),
        ([HIGH + LOW], [WHOLE]),
        ([HIGH, "", LOW], ["", WHOLE]),
        ([HIGH], [LOST]),
        (["é", WHOLE], ["é", WHOLE]),
    ],
)
async def test_halves_in_deltas_are_joined_or_replaced(
    server: ScriptedServer, pieces: list[str], expected: list[str]
) -> None:
    seen = await shown(server, ThreadItemAddedEvent(item=reply()), *map(delta, pieces), delta("end", "msg_b"))
    texts = [event["update"]["delta"] for event in seen if event.get("item_id") == "msg_a"]
    assert [text for text in texts if text] == [text for text in expected if text]


async def test_texts_that_alternate_are_joined_each_by_itself(server: ScriptedServer) -> None:
    seen = await shown(
        server,
        ThreadItemAddedEvent(item=reply()),
        ThreadItemAddedEvent(item=reply(item_id="msg_b")),
        delta(HIGH),
        delta("plain", "msg_b"),
        delta("x" + HIGH, "msg_b"),
        ProgressUpdateEvent(text="…"),
        delta(LOW),
        delta(LOW, "msg_b"),
    )
    by_item = {name: [e["update"]["delta"] for e in seen if e.get("item_id") == name] for name in ("msg_a", "msg_b")}
    assert by_item == {"msg_a": [WHOLE], "msg_b": ["plain", "x", WHOLE]}


@pytest.mark.parametrize(
    "following",
    [
        ThreadItemUpdatedEvent(
            item_id="msg_a",
            update=AssistantMessageContentPartDone(content_index=0, content=AssistantMessageContent(text="x")),
        ),
        ThreadItemDoneEvent(item=reply("x")),
        ThreadItemRemovedEvent(item_id="msg_a"),
        delta("another part", index=1),
    ],
)
async def test_half_a_character_is_shown_before_anything_else_of_its_item(
    server: ScriptedServer, following: Any
) -> None:
    seen = await shown(server, ThreadItemAddedEvent(item=reply()), delta("a" + HIGH), following)
    assert deltas(seen)[:2] == ["a", LOST]
    assert seen[-1]["type"] == following.type


@pytest.mark.parametrize("error", [None, RuntimeError("no")])
async def test_half_a_character_is_shown_and_kept_at_the_end(server: ScriptedServer, error: Exception | None) -> None:
    seen = await shown(server, ThreadItemAddedEvent(item=reply()), delta("a" + HIGH), error=error)
    assert deltas(seen) == ["a", LOST]
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    kept = [part.text for item in (await server.items(thread_id))[1:] for part in item.content]
    assert kept == ([] if error is None else ["a" + LOST])


async def test_what_a_stop_keeps_is_well_formed(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield ThreadItemAddedEvent(item=reply())
        yield delta(HIGH)
        yield delta(LOW + HIGH)
        await asyncio.Event().wait()

    server.hook = hook
    result = await server.stream("threads.create", input=message())
    async for frame in result:
        if b"delta" in frame:
            break
    await result.json_events.aclose()
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    assert (await server.items(thread_id))[1].content[0].text == WHOLE + LOST


async def test_the_tutorials_spelling_of_deltas_is_joined_too(server: ScriptedServer) -> None:
    pieces = [ThreadItemDeltaEvent(item_id="msg_a", delta={"content": [{"text": text}]}) for text in (HIGH, LOW)]
    assert deltas(await shown(server, ThreadItemAddedEvent(item=reply()), *pieces)) == [WHOLE]


async def test_text_of_a_widget_is_joined_too(server: ScriptedServer) -> None:
    item = WidgetItem(id="w", thread_id="thr", created_at=NOW, widget=Card(children=[Text(id="t", value="")]))
    seen = await shown(
        server,
        ThreadItemAddedEvent(item=item),
        widget_delta(HIGH),
        widget_delta(LOW + HIGH),
        widget_delta("", done=True),
    )
    assert deltas(seen) == [WHOLE, LOST]
    assert [event["update"]["done"] for event in seen[1:]] == [False, True]


BAD = f"a{LOW}{HIGH}{LOW}"
GOOD = f"a{LOST}{WHOLE}"


def everywhere(text: str) -> list[Any]:
    """Events with a text in every place that can have one."""
    base: dict[str, Any] = {"thread_id": "thr", "created_at": NOW}
    task = CustomTask(title=text, content=text)
    call: dict[str, Any] = {"call_id": text, "name": text, "arguments": {text: [text, (text,)]}, "output": {"a": text}}
    return [
        ThreadItemAddedEvent(item=AssistantMessageItem(id="m", content=[AssistantMessageContent(text=text)], **base)),
        ThreadItemDoneEvent(item=ToolCallItem(id="tc", **base, **call)),
        ThreadItemDoneEvent(item=HiddenContextItem(id="h", content={text: text}, **base)),
        ThreadItemDoneEvent(item=WidgetItem(id="w", widget=Card(children=[Text(value=text)]), copy_text=text, **base)),
        ThreadItemDoneEvent(item=WorkflowItem(id="wf", workflow=Workflow(type="custom", tasks=[task]), **base)),
        ThreadItemUpdatedEvent(item_id="wf", update=WorkflowTaskAdded(task_index=0, task=task)),
        NoticeEvent(level="info", message=text, title=text),
        ProgressUpdateEvent(text=text),
        ClientEffectEvent(name=text, data={text: [text]}),
        ErrorEvent(message=text),
    ]


@pytest.mark.parametrize("place", range(len(everywhere(""))))
async def test_any_text_of_any_event_is_well_formed_where_it_is_sent_and_stored(
    server: ScriptedServer, place: int
) -> None:
    seen = await shown(server, everywhere(BAD)[place])
    good = everywhere(GOOD)[place]
    hidden = isinstance(good, ThreadItemDoneEvent) and isinstance(good.item, HiddenContextItem)
    assert seen == ([] if hidden else [json.loads(good.model_dump_json(by_alias=True, exclude_none=True))])
    if isinstance(good, ThreadItemDoneEvent):
        thread_id = (await server.send("threads.list"))["data"][0]["id"]
        assert (await server.items(thread_id))[1].model_dump() == good.item.model_dump(mode="json") | {
            "created_at": NOW
        }


async def test_titles_and_metadata_are_well_formed(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        thread.title = BAD
        thread.metadata[BAD] = [BAD]
        yield ProgressUpdateEvent(text="…")

    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert events[-1]["thread"]["title"] == GOOD
    assert len([event for event in events if event["type"] == "thread.updated"]) == 1
    stored = await server.store.load_thread(events[-1]["thread"]["id"], {})
    assert (stored.title, stored.metadata) == (GOOD, {GOOD: [GOOD]})


async def test_messages_of_errors_are_well_formed(server: ScriptedServer) -> None:
    assert (await shown(server, error=CustomStreamError(BAD)))[-1]["message"] == GOOD


async def test_answers_of_other_operations_are_well_formed(server: ScriptedServer) -> None:
    item = WidgetItem(id="w", thread_id="thr", created_at=NOW, widget=Card(children=[Text(value=BAD)]))

    async def sync_action(*_: Any) -> SyncCustomActionResponse:
        return SyncCustomActionResponse(updated_item=item)

    async def transcribe(*_: Any) -> TranscriptionResult:
        return TranscriptionResult(text=BAD)

    server.sync_action, server.transcribe = sync_action, transcribe  # pyright: ignore[reportAttributeAccessIssue]
    thread_id = await server.new_thread()
    answer = await server.send("threads.sync_custom_action", thread_id=thread_id, action={"type": "a"})
    assert answer["updated_item"]["widget"]["children"][0]["value"] == GOOD
    assert (await server.send("input.transcribe", audio_base64="", mime_type="audio/webm"))["text"] == GOOD


async def pieces(*texts: str) -> AsyncIterator[str]:
    for text in texts:
        yield text


@pytest.mark.parametrize(
    ("given", "expected"),
    [((HIGH, LOW), [WHOLE]), (("a" + HIGH,), ["a", LOST]), ((HIGH, "b"), [LOST + "b"])],
)
async def test_a_stream_of_text_is_joined(given: tuple[str, ...], expected: list[str]) -> None:
    thread = ThreadMetadata(id="thr", created_at=NOW)
    events: list[Any] = [event async for event in text_stream(thread, pieces(*given))]
    texts = [
        e.update.delta for e in events if isinstance(e, ThreadItemUpdatedEvent) and e.update.type.endswith("delta")
    ]
    assert texts == expected
    assert events[-1].item.content[0].text == "".join(expected)


async def test_states_of_a_widget_are_well_formed() -> None:
    async def states() -> AsyncIterator[Any]:
        for text in ("", "a" + HIGH, "a" + WHOLE):
            yield Card(children=[Text(id="t", value=text, streaming=True)])

    thread = ThreadMetadata(id="thr", created_at=NOW)
    events: list[Any] = [event async for event in stream_widget(thread, states())]  # pyright: ignore[reportArgumentType]
    assert events[-1].item.widget.children[0].value == "a" + WHOLE
    assert all(event.model_dump_json() for event in events)


def test_what_is_well_formed_is_not_copied() -> None:
    for event in everywhere(GOOD):
        assert sound(event) is event


def test_nothing_is_held_back_without_need() -> None:
    halves = HeldHalves[int]()
    assert [halves.join(0, text) for text in ("a", "é", WHOLE)] == ["a", "é", WHOLE]
    assert halves.held == {}
