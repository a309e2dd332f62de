"""What stays of an answer that did not come to its end."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit.errors import CustomStreamError
from chatkit.server import StreamingResult
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ProgressUpdateEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
)
from tests.server.conftest import ScriptedServer, message


def reply(thread: ThreadMetadata, item_id: str = "msg_a", text: str = "") -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)] if text else []
    return AssistantMessageItem(id=item_id, thread_id=thread.id, created_at=datetime.now(UTC), content=content)


def delta(text: str, item_id: str = "msg_a") -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


async def writing(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
    """Writes one message whole, half of another, a blank one, one that it takes back, and a workflow."""
    yield ThreadItemDoneEvent(item=reply(thread, "msg_whole", "whole"))
    yield ThreadItemAddedEvent(item=reply(thread))
    yield delta("half an ")
    yield delta("answer")
    yield ThreadItemAddedEvent(item=reply(thread, "msg_blank"))
    yield delta("  ", "msg_blank")
    yield ThreadItemAddedEvent(item=reply(thread, "msg_removed"))
    yield delta("taken back", "msg_removed")
    yield ThreadItemRemovedEvent(item_id="msg_removed")
    workflow = Workflow(type="custom", tasks=[])
    item = WorkflowItem(id="wf", thread_id=thread.id, created_at=datetime.now(UTC), workflow=workflow)
    yield ThreadItemAddedEvent(item=item)


def failing(error: BaseException) -> Any:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        async for event in writing(thread):
            yield event
        raise error

    return hook


async def only_thread(server: ScriptedServer) -> str:
    return (await server.send("threads.list"))["data"][0]["id"]


@pytest.mark.parametrize("error", [RuntimeError("no"), CustomStreamError("Sorry."), KeyError("x"), RecursionError()])
async def test_what_was_written_before_an_error_is_kept_as_incomplete(server: ScriptedServer, error: Exception) -> None:
    server.hook = failing(error)
    events = await server.send("threads.create", input=message())
    assert events[-1]["type"] == "error"
    thread_id = await only_thread(server)
    _, whole, half = await server.items(thread_id)
    assert [(item.id, item.content[0].text, item.status) for item in (whole, half)] == [
        ("msg_whole", "whole", None),
        ("msg_a", "half an answer", "incomplete"),
    ]
    shown = (await server.send("items.list", thread_id=thread_id, order="asc"))["data"]
    assert [item.get("status") for item in shown] == [None, None, "incomplete"]
    assert "status" not in shown[1]


async def test_what_was_written_before_the_store_failed_is_kept_if_it_can_be(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = server.store.add_thread_item

    async def fails_once(*arguments: Any) -> None:
        monkeypatch.setattr(server.store, "add_thread_item", add)
        raise OSError("disk full")

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=reply(thread))
        yield delta("written")
        monkeypatch.setattr(server.store, "add_thread_item", fails_once)
        yield ThreadItemDoneEvent(item=reply(thread, text="written, and done"))

    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert events[-1]["type"] == "error"
    _, kept = await server.items(await only_thread(server))
    assert (kept.content[0].text, kept.status) == ("written", "incomplete")


async def broken_off(server: ScriptedServer, *, interrupted: bool, after: bytes) -> None:
    result = await server.stream("threads.create", input=message())
    assert isinstance(result, StreamingResult)
    async for frame in result:
        if after in frame:
            break
    result.interrupted = interrupted
    await result.json_events.aclose()


@pytest.mark.parametrize(("interrupted", "status"), [(True, "incomplete"), (False, "stopped")])
async def test_what_a_shutdown_or_a_stop_cut_off_says_so(
    server: ScriptedServer, interrupted: bool, status: str | None
) -> None:
    server.hook = writing
    await broken_off(server, interrupted=interrupted, after=b'"wf"')
    items = await server.items(await only_thread(server))
    assert [item.type for item in items[3:]] == ([] if interrupted else ["sdk_hidden_context"])
    assert items[2].status == status


async def idle(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
    yield ThreadItemDoneEvent(item=reply(thread, text="whole"))
    yield ProgressUpdateEvent(text="tidying up")


async def test_a_stop_after_the_answer_is_complete_tells_the_model_nothing(server: ScriptedServer) -> None:
    server.hook = idle
    await broken_off(server, interrupted=False, after=b"tidying up")
    assert [item.type for item in await server.items(await only_thread(server))] == [
        "user_message",
        "assistant_message",
    ]


async def begun(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
    yield ThreadItemAddedEvent(item=reply(thread))
    yield ProgressUpdateEvent(text="thinking")


async def test_a_stop_of_what_has_only_begun_is_noted(server: ScriptedServer) -> None:
    server.hook = begun
    await broken_off(server, interrupted=False, after=b"thinking")
    items = await server.items(await only_thread(server))
    assert [item.type for item in items] == ["user_message", "sdk_hidden_context"]


@pytest.mark.parametrize("name", ["cancelled", "interrupted", "failed"])
@pytest.mark.parametrize("sloppy", [True, False])
async def test_each_end_has_a_hook_of_its_own(server: ScriptedServer, name: str, sloppy: bool) -> None:
    calls: list[tuple[str, list[str]]] = []

    def hook_for(kind: str) -> Any:
        def handle(thread: ThreadMetadata, pending: list[ThreadItem], context: Any) -> Any:
            calls.append((kind, [item.id for item in pending]))

        async def handle_later(*arguments: Any) -> None:
            handle(*arguments)

        return handle if sloppy else handle_later

    for kind in ("cancelled", "interrupted", "failed"):
        setattr(server, f"handle_stream_{kind}", hook_for(kind))
    if name == "failed":
        server.hook = failing(RuntimeError("no"))
        await server.send("threads.create", input=message())
    else:
        server.hook = writing
        await broken_off(server, interrupted=name == "interrupted", after=b'"wf"')
    assert calls == [(name, ["msg_a", "msg_blank", "wf"])]


@pytest.mark.parametrize("name", ["cancelled", "interrupted", "failed"])
async def test_errors_of_these_hooks_are_logged_and_hide_nothing(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("could not keep it")

    setattr(server, f"handle_stream_{name}", broken)
    if name == "failed":
        server.hook = failing(CustomStreamError("Sorry."))
        events = await server.send("threads.create", input=message())
        assert events[-1]["message"] == "Sorry."
    else:
        server.hook = writing
        await broken_off(server, interrupted=name == "interrupted", after=b'"wf"')
    assert "could not keep it" in caplog.text


def test_the_mark_is_left_out_where_there_is_none() -> None:
    item = AssistantMessageItem(id="m", thread_id="t", created_at=datetime.now(UTC), content=[])
    assert "status" not in json.loads(item.model_dump_json(exclude_none=True))
