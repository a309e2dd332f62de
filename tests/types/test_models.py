"""What the models add to the reference's: spellings, times, unknown fields, ids."""

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from chatkit.actions import Action, ActionConfig
from chatkit.store import default_generate_id
from chatkit.types import ThreadMetadata, UserMessageItem, WidgetItem, WidgetRootUpdated
from chatkit.widgets import (
    Box,
    Button,
    Caption,
    Card,
    Col,
    Column,
    DynamicWidgetComponent,
    Image,
    Table,
    TableCell,
    TableRow,
    Text,
    Title,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def wire(model: Any) -> Any:
    return json.loads(model.model_dump_json(exclude_none=True, by_alias=True))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (Column(children=[]), Col(children=[])),
        (Title.model_validate({"value": "a", "level": 1}), Title(value="a", size="3xl", level=1)),
        (Title.model_validate({"value": "a", "level": 6}), Title(value="a", size="sm", level=6)),
        (Title.model_validate({"value": "a", "level": 1, "size": "sm"}), Title(value="a", size="sm", level=1)),
        (Image.model_validate({"url": "/a.png"}), Image(src="/a.png")),
        (
            Button.model_validate({"label": "a", "style": "tertiary"}),
            Button(label="a", style="secondary", variant="ghost"),
        ),
        (Button.model_validate({"label": "a", "style": "danger"}), Button(label="a", style="primary", color="danger")),
        (Text.model_validate({"value": "a", "color": "error"}), Text(value="a", color="danger")),
        (Caption.model_validate({"value": "a", "color": "error"}), Caption(value="a", color="danger")),
        (
            Card.model_validate({"children": [], "confirmAction": {"label": "Go", "action": {"type": "go"}}}),
            Card(children=[], confirm={"label": "Go", "action": ActionConfig(type="go")}),
        ),
        (
            Card.model_validate({"children": [], "cancelAction": {"type": "no"}}),
            Card(children=[], cancel={"label": "Cancel", "action": ActionConfig(type="no")}),
        ),
        (DynamicWidgetComponent.model_validate({"type": "Column"}), DynamicWidgetComponent(type="Col")),
    ],
)
def test_spellings_of_tutorials_become_the_wires(written: Any, meant: Any) -> None:
    assert wire(written) == wire(meant)


def test_a_column_inside_a_widget_is_a_col() -> None:
    item = {
        "id": "w",
        "thread_id": "t",
        "created_at": NOW,
        "widget": {"type": "Card", "children": [{"type": "Column"}]},
    }
    assert wire(WidgetItem.model_validate(item))["widget"]["children"] == [{"type": "Col"}]


def test_an_action_stands_for_its_configuration() -> None:
    class Complete(Action[Literal["todo.complete"], dict[str, int]]):
        pass

    expected = {"type": "todo.complete", "handler": "server", "loadingBehavior": "auto", "streaming": True}
    action = Complete(type="todo.complete", payload={"id": 1})
    assert wire(Button(label="a", onClickAction=action))["onClickAction"] == {**expected, "payload": {"id": 1}}  # pyright: ignore[reportArgumentType]
    assert wire(Complete.create({"id": 1})) == {**expected, "payload": {"id": 1}}


def test_an_action_says_data_for_payload() -> None:
    action = Action[str, Any].model_validate({"type": "a", "data": {"x": 1}})
    assert action.payload == action.data == {"x": 1}
    assert ActionConfig.model_validate({"type": "a", "data": 3}).payload == 3


def test_an_action_without_a_fixed_type_cannot_be_configured() -> None:
    with pytest.raises(TypeError, match="Literal"):
        Action[str, None].create(None)


def test_tables_are_components() -> None:
    table = Table(children=[TableRow(header=True, children=[TableCell(children=[Text(value="a")], colSize="sm")])])
    item = WidgetItem(id="w", thread_id="t", created_at=NOW, widget=Card(children=[table]))
    read = WidgetItem.model_validate_json(item.model_dump_json())
    assert isinstance(read.widget, Card)
    assert isinstance(read.widget.children[0], Table)
    assert wire(read) == wire(item)


def nested(boxes: int) -> Card:
    """A card with so many boxes inside one another; each is an object and a list."""
    inner: Text | Box = Text(value="in the middle")
    for _ in range(boxes):
        inner = Box(children=[inner])
    return Card(children=[inner])


def test_what_is_nested_as_deep_as_allowed_can_be_stored_and_read() -> None:
    item = WidgetItem(id="wid_1", thread_id="thr_1", created_at=NOW, widget=nested(78))
    assert WidgetItem.model_validate_json(item.model_dump_json()) == item


@pytest.mark.parametrize("boxes", [80, 200, 500])
def test_a_widget_that_could_not_be_read_again_is_refused(boxes: int) -> None:
    widget = nested(boxes)
    with pytest.raises(ValidationError, match="at most 160 objects and arrays"):
        WidgetItem(id="wid_1", thread_id="thr_1", created_at=NOW, widget=widget)
    with pytest.raises(ValidationError, match="at most 160 objects and arrays"):
        WidgetRootUpdated(widget=widget)


def test_times_are_aware_and_in_utc() -> None:
    naive = ThreadMetadata(id="t", created_at=datetime(2026, 1, 1, 12))  # noqa: DTZ001 - a naive time is what is tested
    east = ThreadMetadata(id="t", created_at=datetime(2026, 1, 1, 14, tzinfo=timezone(timedelta(hours=2))))
    assert naive.created_at == east.created_at == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert wire(east)["created_at"] == "2026-01-01T12:00:00Z"


def test_fields_of_a_newer_peer_survive() -> None:
    raw = {
        "id": "msg_1",
        "thread_id": "t",
        "created_at": "2026-01-01T00:00:00Z",
        "type": "user_message",
        "content": [{"type": "input_text", "text": "hi", "tone": "calm"}],
        "attachments": [{"id": "a", "name": "n", "mime_type": "m", "type": "file", "pages": 3}],
        "inference_options": {"model": "m", "effort": "high"},
        "seen": True,
    }
    assert wire(UserMessageItem.model_validate(raw)) == raw


def test_ids_sort_by_time_and_cannot_be_guessed() -> None:
    ids: list[str] = []
    for _ in range(3):
        ids.append(default_generate_id("message"))
        before = time.time_ns() // 1_000_000
        while time.time_ns() // 1_000_000 == before:
            pass
    assert ids == sorted(ids)
    assert len({default_generate_id("thread") for _ in range(1000)}) == 1000
    assert all(one.startswith("msg_") and len(one) == len("msg_") + 32 for one in ids)
