"""Any container is a root, and a dict is a widget: made, streamed, stored, read again, acted on."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from chatkit.actions import Action
from chatkit.server import ChatKitServer, NonStreamingResult, stream_widget
from chatkit.store import Store
from chatkit.stores import MemoryStore, SQLStore
from chatkit.types import ThreadItemReplacedEvent, ThreadMetadata, ThreadStreamEvent, UserMessageItem, WidgetItem
from chatkit.widgets import (
    Box,
    Button,
    Col,
    DynamicWidgetRoot,
    Form,
    Input,
    ListViewItem,
    Row,
    Table,
    TableCell,
    TableRow,
    Text,
    Transition,
    WidgetTemplate,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = Text(value="inside")
BOOK: Any = {"type": "book", "payload": {"id": 7}}
FORM = Form(
    onSubmitAction=BOOK,
    children=[Input(name="guest"), Button(label="Book", submit=True)],
)
ROOTS: list[Any] = [
    FORM,
    Box(children=[TEXT]),
    Row(children=[TEXT]),
    Col(children=[TEXT]),
    ListViewItem(children=[TEXT]),
    Transition(children=TEXT),
    Transition(children=None),
    Table(children=[TableRow(children=[TableCell(children=[TEXT])])]),
]
DICTS: list[Any] = [
    {"type": "Card", "children": [{"type": "Text", "value": "a"}]},
    {"type": "Card", "size": "huge", "children": []},
    {"type": "ListView", "children": [{"type": "ListViewItem", "children": []}]},
    {"type": "Basic", "children": []},
    {"type": "Form", "onSubmitAction": BOOK, "children": []},
    {"type": "Column", "children": []},
]
NO_ROOTS: list[Any] = [
    Text(value="a"),
    {"type": "Text", "value": "a"},
    {"type": "Zoo"},
    {},
    {"children": []},
    "Card",
    3,
]


def names(values: list[Any]) -> list[str]:
    return [value.get("type", "?") if isinstance(value, dict) else type(value).__name__ for value in values]


class WidgetServer(ChatKitServer[dict[str, Any]]):
    """Shows one widget, and notes the actions that come."""

    def __init__(self, store: Store[dict[str, Any]], widget: Any) -> None:
        super().__init__(store)
        self.widget = widget
        self.actions: list[Action[str, Any]] = []

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        async for event in stream_widget(thread, self.widget):
            yield event

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        assert sender is not None
        self.actions.append(action)
        done: Any = {"type": "Box", "children": [{"type": "Text", "value": "done"}]}
        yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": done}))

    async def send(self, operation: str, **params: Any) -> Any:
        result = await self.process(json.dumps({"type": operation, "params": params}), {})
        if isinstance(result, NonStreamingResult):
            return json.loads(result.json)
        return [json.loads(frame.removeprefix(b"data: ")) async for frame in result]

    async def new_thread(self) -> tuple[str, list[Any]]:
        content = [{"type": "input_text", "text": "hi"}]
        message = {"content": content, "attachments": [], "inference_options": {}}
        events = await self.send("threads.create", input=message)
        return events[0]["thread"]["id"], events

    async def stored_widget(self, thread_id: str) -> Any:
        """As a client sees it that loads the thread again."""
        thread = await self.send("threads.get_by_id", thread_id=thread_id)
        return next(item for item in thread["items"]["data"] if item["type"] == "widget")


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "memory":
        yield MemoryStore()
        return
    store = SQLStore("sqlite+aiosqlite:///:memory:")
    yield store
    await store.close()


def as_sent(widget: Any) -> Any:
    if isinstance(widget, dict):
        widget = WidgetItem(id="w", thread_id="t", created_at=NOW, widget=widget).widget  # pyright: ignore[reportArgumentType]
    return json.loads(widget.model_dump_json(exclude_none=True))


@pytest.mark.parametrize("widget", ROOTS + DICTS, ids=names(ROOTS + DICTS))
async def test_a_root_is_streamed_stored_and_read_again(store: Any, widget: Any) -> None:
    server = WidgetServer(store, widget)
    thread_id, events = await server.new_thread()
    done = [event["item"]["widget"] for event in events if event.get("item", {}).get("type") == "widget"]
    assert done == [as_sent(widget)]
    assert (await server.stored_widget(thread_id))["widget"] == as_sent(widget)
    again = await server.send("threads.add_user_message", thread_id=thread_id, input=_message())
    assert again[-1]["type"] == "thread.item.done"


def _message() -> Any:
    return {"content": [{"type": "input_text", "text": "again"}], "attachments": [], "inference_options": {}}


@pytest.mark.parametrize("widget", [FORM, DICTS[4]], ids=["object", "dict"])
async def test_a_form_that_is_the_root_submits(store: Any, widget: Any) -> None:
    server = WidgetServer(store, widget)
    thread_id, _ = await server.new_thread()
    item = await server.stored_widget(thread_id)
    action = {"type": "book", "payload": {"id": 7, "guest": "Ada"}}
    await server.send("threads.custom_action", thread_id=thread_id, item_id=item["id"], action=action)
    assert [action.payload for action in server.actions] == [{"id": 7, "guest": "Ada"}]
    replaced = {"type": "Box", "children": [{"type": "Text", "value": "done"}]}
    assert (await server.stored_widget(thread_id))["widget"] == replaced


async def test_states_may_be_roots_of_any_kind_and_dicts(store: Any) -> None:
    async def states() -> AsyncIterator[Any]:
        yield {"type": "Form", "children": [{"type": "Text", "id": "t", "value": "a"}]}
        yield Form(children=[Text(id="t", value="ab")])
        yield {"type": "Box", "children": []}

    server = WidgetServer(store, states())
    thread_id, events = await server.new_thread()
    updates = [event["update"]["type"] for event in events if event["type"] == "thread.item.updated"]
    assert updates == ["widget.streaming_text.value_delta", "widget.root.updated"]
    assert (await server.stored_widget(thread_id))["widget"] == {"type": "Box", "children": []}


@pytest.mark.parametrize("widget", NO_ROOTS, ids=map(str, range(len(NO_ROOTS))))
async def test_what_is_no_root_is_refused_before_it_is_sent(widget: Any) -> None:
    thread = ThreadMetadata(id="t", created_at=NOW)
    with pytest.raises(ValidationError):
        WidgetItem(id="w", thread_id="t", created_at=NOW, widget=widget)
    with pytest.raises(ValidationError):
        _ = [event async for event in stream_widget(thread, widget)]


@pytest.mark.parametrize("widget", DICTS, ids=names(DICTS))
def test_a_dict_becomes_a_widget_however_it_gets_into_an_item(widget: Any) -> None:
    made = WidgetItem(id="w", thread_id="t", created_at=NOW, widget=widget)
    copied = WidgetItem(id="w", thread_id="t", created_at=NOW, widget=FORM).model_copy(update={"widget": widget})
    assigned = WidgetItem(id="w", thread_id="t", created_at=NOW, widget=FORM)
    assigned.widget = widget
    assert made == copied == assigned
    assert not isinstance(made.widget, dict)


@pytest.mark.parametrize("kind", ["Box", "Row", "Col", "Form", "ListViewItem", "Table", "Transition"])
def test_a_template_gives_any_container_as_root(kind: str) -> None:
    for template in (f"<{kind} />", f'{{"type": "{kind}"}}'):
        built = WidgetTemplate({"version": "1.0", "name": "n", "template": template}).build()
        assert isinstance(built, DynamicWidgetRoot)
        assert built.type == kind
