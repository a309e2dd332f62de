"""Widgets that stream: states that are one object, changed in place, are as good as new ones."""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit._fold import ConversationFold
from chatkit.server import stream_widget
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
)
from chatkit.widgets import Card, DynamicWidgetComponent, DynamicWidgetRoot, Text, WidgetRoot

THREAD = ThreadMetadata(id="thr", created_at=datetime(2026, 1, 1, tzinfo=UTC))


def typed() -> tuple[WidgetRoot, Any]:
    text = Text(id="t", value="", streaming=True)
    return Card(children=[text]), text


def dynamic() -> tuple[WidgetRoot, Any]:
    text = DynamicWidgetComponent.model_validate({"type": "Text", "id": "t", "value": "", "streaming": True})
    return DynamicWidgetRoot(type="Card", children=[text]), text


async def growing(root: WidgetRoot, text: Any, words: list[str]) -> AsyncGenerator[WidgetRoot, None]:
    yield root
    for word in words:
        text.value += word
        yield root


def widget_of(fold: ConversationFold) -> Any:
    (item,) = fold.items
    assert isinstance(item, WidgetItem)
    return item.widget.model_dump(exclude_none=True)


@pytest.mark.parametrize("make", [typed, dynamic])
async def test_the_same_object_changed_sends_its_updates(make: Any) -> None:
    root, text = make()
    events = [event async for event in stream_widget(THREAD, growing(root, text, ["one ", "two"]))]
    assert [type(event) for event in events] == [
        ThreadItemAddedEvent,
        ThreadItemUpdatedEvent,
        ThreadItemUpdatedEvent,
        ThreadItemDoneEvent,
    ]
    updates = [event.update for event in events if isinstance(event, ThreadItemUpdatedEvent)]
    assert [update.delta for update in updates if isinstance(update, WidgetStreamingTextValueDelta)] == ["one ", "two"]


@pytest.mark.parametrize("make", [typed, dynamic])
async def test_events_that_wait_to_be_sent_show_the_widget_as_it_was(make: Any) -> None:
    """As in a context's queue, while the generator already changes the widget again."""
    root, text = make()

    async def states() -> AsyncGenerator[WidgetRoot, None]:
        async for state in growing(root, text, ["one", "two"]):
            yield state
        root.__setattr__("size", "sm")
        yield root
        root.__setattr__("size", "lg")
        yield root
        text.value = "spoilt afterwards"

    fold, shown = ConversationFold(THREAD), list[dict[str, Any]]()
    for event in [event async for event in stream_widget(THREAD, states())]:
        fold.apply(event)
        shown.append(widget_of(fold))
    assert [widget["children"][0]["value"] for widget in shown[:3]] == ["", "one", "onetwo"]
    assert [widget.get("size") for widget in shown[3:5]] == ["sm", "lg"]


async def test_a_text_that_grows_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[object] = []
    deep_copy = Text.__deepcopy__

    def counted(self: Text, memo: dict[int, Any] | None = None) -> Text:
        copied.append(self)
        return deep_copy(self, memo)

    monkeypatch.setattr(Text, "__deepcopy__", counted)
    root, text = typed()
    words = ["word "] * 500
    events: list[ThreadStreamEvent] = [event async for event in stream_widget(THREAD, growing(root, text, words))]
    deltas = [event.update for event in events if isinstance(event, ThreadItemUpdatedEvent)]
    assert sum(len(delta.delta) for delta in deltas if isinstance(delta, WidgetStreamingTextValueDelta)) == 2500
    assert not any(isinstance(delta, WidgetRootUpdated) for delta in deltas)
    assert len(copied) == 2  # as it is added, and as it is done


@pytest.mark.parametrize("end", ["all", "some", "fails"])
async def test_the_generator_of_states_is_closed_at_once(end: str) -> None:
    closed: list[bool] = []

    async def states() -> AsyncGenerator[WidgetRoot, None]:
        try:
            yield Card(children=[])
            yield Card(children=[], size="sm")
        finally:
            closed.append(True)

    events = stream_widget(THREAD, states())
    if end == "all":
        assert len([event async for event in events]) == 3
    elif end == "some":
        await anext(events)
        await events.aclose()
    else:
        await anext(events)
        with pytest.raises(RuntimeError):
            await events.athrow(RuntimeError("no"))
    assert closed == [True]


async def test_states_may_come_from_any_async_iterable() -> None:
    class States:
        def __aiter__(self) -> AsyncIterator[WidgetRoot]:
            return growing(*typed(), ["a"])

    events = [event async for event in stream_widget(THREAD, States())]  # pyright: ignore[reportArgumentType]
    assert len(events) == 3
