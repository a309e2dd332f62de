"""Every way to give a widget as a dict: it becomes components, is stored, drawn again, and read by the next turn."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from chatkit.agents import AgentContext, ThreadItemConverter
from chatkit.server import ChatKitServer, stream_widget
from chatkit.stores import MemoryStore
from chatkit.types import (
    SyncCustomActionResponse,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    WidgetItem,
    WidgetRootUpdated,
)
from chatkit.widgets import Card, Text

DICT: Any = {"type": "Card", "children": [{"type": "Text", "id": "t", "value": "a dict"}]}
CARD = Card(children=[Text(id="t", value="a dict")])


def item(**fields: Any) -> WidgetItem:
    now = datetime.now()  # noqa: DTZ005 - as people write
    return WidgetItem(id="w", thread_id="thr", created_at=now, **{"widget": DICT, **fields})


def assigned() -> WidgetItem:
    one = item(widget=Card(children=[]))
    one.widget = DICT
    return one


async def states() -> AsyncIterator[Any]:
    yield {"type": "Card", "children": [{"type": "Text", "id": "t", "value": "a"}]}
    yield DICT


async def streamed(thread: Any, context: Any) -> AsyncIterator[Any]:
    async for event in stream_widget(thread, DICT):
        yield event


async def streamed_in_states(thread: Any, context: Any) -> AsyncIterator[Any]:
    async for event in stream_widget(thread, states()):  # type: ignore[arg-type]
        yield event


async def through_a_context(thread: Any, context: Any) -> None:
    await context.stream_widget(DICT)


async def through_a_context_in_states(thread: Any, context: Any) -> None:
    await context.stream_widget(states())


async def in_an_item(thread: Any, context: Any) -> Any:
    return ThreadItemDoneEvent(item=item())


async def in_an_item_of_dicts(thread: Any, context: Any) -> Any:
    fields: Any = {"type": "widget", "id": "w", "thread_id": "t", "created_at": datetime.now(), "widget": DICT}  # noqa: DTZ005
    return ThreadItemDoneEvent(item=fields)


async def by_assignment(thread: Any, context: Any) -> Any:
    return ThreadItemDoneEvent(item=assigned())


async def by_a_copy(thread: Any, context: Any) -> Any:
    return ThreadItemDoneEvent(item=item(widget=CARD).model_copy(update={"widget": DICT}))


async def replaced(thread: Any, context: Any) -> Any:
    return [ThreadItemDoneEvent(item=item(widget=CARD)), ThreadItemReplacedEvent(item=item())]


async def as_a_new_root(thread: Any, context: Any) -> Any:
    return [
        ThreadItemAddedEvent(item=item(widget=Card(children=[]))),
        ThreadItemUpdatedEvent(item_id="w", update=WidgetRootUpdated(widget=DICT)),
        ThreadItemDoneEvent(item=item()),
    ]


WAYS = [
    streamed,
    streamed_in_states,
    through_a_context,
    through_a_context_in_states,
    in_an_item,
    in_an_item_of_dicts,
    by_assignment,
    by_a_copy,
    replaced,
    as_a_new_root,
]


class Server(ChatKitServer[Any]):
    way: Any = None

    def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        return self.way(thread, AgentContext(thread=thread, store=self.store, request_context=context))

    async def sync_action(self, thread: Any, action: Any, sender: Any, context: Any) -> SyncCustomActionResponse:
        return SyncCustomActionResponse(updated_item=sender.model_copy(update={"widget": DICT}))


@pytest.mark.parametrize("way", WAYS)
async def test_a_dict_becomes_components_wherever_it_is_given(way: Any) -> None:
    server = Server(MemoryStore())
    server.way = way
    result = await server.process(json.dumps({"message": "hi"}), {})
    events = [json.loads(frame.removeprefix(b"data: ")) async for frame in result]  # type: ignore[union-attr]
    assert "error" not in [event["type"] for event in events]
    thread_id = events[0]["thread"]["id"]
    page = await server.store.load_thread_items(thread_id, None, 10, "asc", {})
    (stored,) = [one for one in page.data if isinstance(one, WidgetItem)]
    assert isinstance(stored.widget, Card)
    opened = await server.process(json.dumps({"type": "threads.get_by_id", "params": {"thread_id": thread_id}}), {})
    shown = json.loads(opened.json)["items"]["data"][1]["widget"]  # type: ignore[union-attr]
    assert shown == DICT
    assert "a dict" in str(await ThreadItemConverter().to_agent_input(page.data))
    params = {"thread_id": thread_id, "item_id": stored.id, "action": {"type": "x"}}
    changed = await server.process(json.dumps({"type": "threads.sync_custom_action", "params": params}), {})
    assert json.loads(changed.json)["updated_item"]["widget"] == DICT  # type: ignore[union-attr]
