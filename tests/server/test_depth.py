"""What is nested too deep to be read again is refused while it is an object: before it is serialised, stored or
sent."""

import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit._depth import MOST_LEVELS, MOST_LEVELS_OF_A_RECORD, not_too_deep
from chatkit.server import diff_widget, stream_widget
from chatkit.store.records import ITEMS
from chatkit.types import (
    ClientEffectEvent,
    ClientToolCallItem,
    CustomTask,
    HiddenContextItem,
    LockedStatus,
    SyncCustomActionResponse,
    Thread,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadUpdatedEvent,
    ToolCallItem,
    WidgetComponentUpdated,
    WidgetItem,
    WidgetRootUpdated,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
)
from chatkit.widgets import Box, Card, DynamicWidgetComponent, DynamicWidgetRoot, Text, WidgetRoot, WidgetTemplate
from tests.server.conftest import ScriptedServer, message

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEPTHS = [85, 130, 900]


def boxes(depth: int) -> WidgetRoot:
    """Typed components, made without the validators, as `model_copy` makes them."""
    inner: Any = Text(value="x")
    for _ in range(depth):
        inner = Box(children=[]).model_copy(update={"children": [inner]})
    return Card(children=[]).model_copy(update={"children": [inner]})


def dynamic(depth: int) -> WidgetRoot:
    inner: Any = DynamicWidgetComponent(type="Text")
    for _ in range(depth):
        inner = DynamicWidgetComponent.model_construct(type="Box", children=inner)
    return DynamicWidgetRoot.model_construct(type="Card", children=[inner])


def lists(depth: int) -> Any:
    value: Any = "x"
    for _ in range(2 * depth):
        value = [value]
    return value


def in_itself(_: int) -> Any:
    value: dict[str, Any] = {}
    value["one"] = value["other"] = value
    return value


def item(kind: type[Any], **fields: Any) -> Any:
    return kind.model_construct(id="deep", thread_id="thr", created_at=NOW, **fields)


def tool(kind: type[Any], value: Any) -> Any:
    return item(kind, call_id="c", name="n", arguments={"value": value}, output=value)


def updated(update: Any) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent.model_construct(item_id="deep", update=update)


EVENTS: dict[str, Callable[[int], Any]] = {
    "widget done": lambda depth: ThreadItemDoneEvent.model_construct(item=item(WidgetItem, widget=boxes(depth))),
    "widget added": lambda depth: ThreadItemAddedEvent.model_construct(item=item(WidgetItem, widget=boxes(depth))),
    "widget replaced": lambda depth: ThreadItemReplacedEvent.model_construct(
        item=item(WidgetItem, widget=dynamic(2 * depth))
    ),
    "root updated": lambda depth: updated(WidgetRootUpdated.model_construct(widget=boxes(depth))),
    "component updated": lambda depth: updated(
        WidgetComponentUpdated.model_construct(component_id="x", component=boxes(depth))
    ),
    "tool call": lambda depth: ThreadItemDoneEvent.model_construct(item=tool(ToolCallItem, lists(depth))),
    "client tool call": lambda depth: ThreadItemDoneEvent.model_construct(item=tool(ClientToolCallItem, lists(depth))),
    "hidden context": lambda depth: ThreadItemDoneEvent.model_construct(
        item=item(HiddenContextItem, content=lists(depth))
    ),
    "hidden context in itself": lambda depth: ThreadItemDoneEvent.model_construct(
        item=item(HiddenContextItem, content=in_itself(depth))
    ),
    "tuples": lambda depth: ThreadItemDoneEvent.model_construct(item=item(HiddenContextItem, content=(lists(depth),))),
    "workflow": lambda depth: ThreadItemDoneEvent.model_construct(
        item=item(
            WorkflowItem,
            workflow=Workflow.model_construct(type="custom", tasks=[CustomTask.model_construct(extra=lists(depth))]),
        )
    ),
    "task": lambda depth: updated(
        WorkflowTaskAdded.model_construct(task_index=0, task=CustomTask.model_construct(content=lists(depth)))
    ),
    "effect": lambda depth: ClientEffectEvent.model_construct(name="e", data={"value": lists(depth)}),
    "effect in itself": lambda depth: ClientEffectEvent.model_construct(name="e", data=in_itself(depth)),
    "thread": lambda depth: ThreadUpdatedEvent.model_construct(
        thread=Thread.model_construct(id="thr", created_at=NOW, title="t", items=lists(depth))
    ),
}


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", EVENTS)
async def test_an_event_that_is_too_deep_ends_the_answer_and_is_neither_stored_nor_sent(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, name: str, depth: int
) -> None:
    deep = EVENTS[name](depth)

    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        yield deep

    server.hook = hook
    start = time.perf_counter()
    events = await server.send("threads.create", input=message())
    assert time.perf_counter() - start < 5  # serialising would take time that doubles with each level
    assert [event["type"] for event in events[2:]] == ["stream_options", "error"]
    assert "may stand inside one another" in caplog.text
    items = await server.items(events[0]["thread"]["id"])
    assert [stored.type for stored in items] == ["user_message"]


@pytest.mark.parametrize("make", [boxes, dynamic])
@pytest.mark.parametrize("depth", [165, 900])
@pytest.mark.parametrize("streamed", [True, False])
async def test_a_widget_that_is_too_deep_is_not_streamed(
    server: ScriptedServer, make: Callable[[int], WidgetRoot], depth: int, streamed: bool
) -> None:
    async def states() -> AsyncIterator[WidgetRoot]:
        yield Card(children=[])
        yield make(depth)

    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        async for event in stream_widget(thread, states() if streamed else make(depth)):  # pyright: ignore[reportArgumentType]
            yield event

    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert events[-1]["type"] == "error"
    assert [stored.type for stored in await server.items(events[0]["thread"]["id"])] == ["user_message"]


@pytest.mark.parametrize("depth", DEPTHS)
def test_widgets_that_are_too_deep_have_no_difference(depth: int) -> None:
    for before, after in [(boxes(depth), Card(children=[])), (Card(children=[]), boxes(depth))]:
        with pytest.raises(ValueError, match="inside one another"):
            diff_widget(before, after)


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_template_makes_no_widget_that_is_too_deep(depth: int) -> None:
    source = '{"type":"Box","children":[' * depth + "]}" * depth
    template = WidgetTemplate(
        {"version": "1.0", "name": "deep", "template": f'{{"type":"Card","children":[{source}]}}'}
    )
    with pytest.raises(ValueError, match=r"inside one another|nested too deep"):
        WidgetItem(id="w", thread_id="thr", created_at=NOW, widget=template.build())


def metadata(value: Any) -> Callable[[ThreadMetadata], None]:
    return lambda thread: thread.metadata.update(deep=value)


def status(value: Any) -> Callable[[ThreadMetadata], None]:
    return lambda thread: setattr(thread, "status", LockedStatus.model_construct(reason="r", extra=value))


@pytest.mark.parametrize("change", [metadata, status])
@pytest.mark.parametrize("value", [lists(85), lists(450), in_itself(0)], ids=["deep", "deeper", "in itself"])
@pytest.mark.parametrize("late", [True, False])
async def test_a_thread_that_is_too_deep_is_not_saved(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, change: Any, value: Any, late: bool
) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        if late:
            yield ClientEffectEvent(name="e")
        change(value)(thread)
        if not late:
            yield ClientEffectEvent(name="e")

    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert [event["type"] for event in events[2:]] == ["stream_options", "client_effect", "error"]
    assert caplog.text.count("this ThreadMetadata has more") == 1
    stored = await server.store.load_thread(events[0]["thread"]["id"], {})
    assert (stored.metadata, stored.status.type) == ({}, "active")


async def test_an_answer_of_an_action_that_is_too_deep_is_an_error(server: ScriptedServer) -> None:
    async def sync_action(*_: Any) -> Any:
        return SyncCustomActionResponse.model_construct(updated_item=item(WidgetItem, widget=boxes(130)))

    thread_id = await server.new_thread()
    server.sync_action = sync_action  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValueError, match="inside one another"):
        await server.send("threads.sync_custom_action", thread_id=thread_id, action={"type": "a"})


def test_what_is_just_not_too_deep_can_be_read_again() -> None:
    """The limits are below those of whoever reads, for every kind of nesting."""
    widget = boxes((MOST_LEVELS - 2) // 2 - 1)
    content: Any = "x"
    for _ in range(MOST_LEVELS_OF_A_RECORD - 2):
        content = [content]
    for kept in (item(WidgetItem, widget=not_too_deep(widget)), item(HiddenContextItem, content=content)):
        event = ThreadItemDoneEvent.model_construct(item=kept)
        raw = not_too_deep(event, MOST_LEVELS_OF_A_RECORD).item.model_dump_json(by_alias=True)
        assert ITEMS.validate_json(raw).id == "deep"
        assert json.loads(raw)


def test_the_check_takes_time_in_proportion_to_what_is_there() -> None:
    shared: Any = ["x"]
    for _ in range(MOST_LEVELS - 2):
        shared = [shared, shared]  # written out, it would never end
    start = time.perf_counter()
    not_too_deep(shared)
    assert time.perf_counter() - start < 1
