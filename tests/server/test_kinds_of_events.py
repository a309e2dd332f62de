"""Events are told by their `type`: subclasses and stand-ins do what the event of that type does."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from chatkit.server import ChatKitServer
from chatkit.stores import MemoryStore
from chatkit.testing import InProcessClient
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ErrorEvent,
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
)
from tests.support.names import shown


def subclass(event: Any) -> Any:
    """The event as one of a subclass with a field more."""
    kind = type("Own", (type(event),), {"__annotations__": {"mine": int}, "mine": 1})
    return kind(**{name: getattr(event, name) for name in type(event).model_fields})


def stand_in(event: Any) -> Any:
    return SimpleNamespace(**{name: getattr(event, name) for name in type(event).model_fields})


SHAPES: dict[str, Callable[[Any], Any]] = {"subclass": subclass, "stand-in": stand_in}


class Playing(ChatKitServer[Any]):
    """Yields events for an item `m`, each in some shape, and fails if it is told to."""

    def __init__(self, shape: Callable[[Any], Any], *events: Any, fails: bool = False) -> None:
        super().__init__(MemoryStore())
        self.shape, self.events, self.fails = shape, events, fails

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        for event in self.events:
            if hasattr(event, "item"):
                event = event.model_copy(update={"item": event.item.model_copy(update={"thread_id": thread.id})})
            yield self.shape(event)
        if self.fails:
            raise RuntimeError("no")


def item(text: str) -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id="m", thread_id="t", created_at=datetime.now(UTC), content=content)


def delta(text: str) -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
    return ThreadItemUpdatedEvent(item_id="m", update=update)


async def played(server: Playing) -> tuple[list[Any], list[Any]]:
    """The events that the client gets after its message, and the items stored then."""
    client: Any = InProcessClient(server, {})
    events = [event async for event in client.create_thread("hi")]
    threads = await server.store.load_threads(1, None, "desc", {})
    stored = await server.store.load_thread_items(threads.data[0].id, None, 10, "asc", {})
    return events[3:], stored.data[1:]


STORING: dict[str, tuple[list[Any], list[str]]] = {
    "done": ([ThreadItemDoneEvent(item=item("a"))], ["a"]),
    "replaced": ([ThreadItemDoneEvent(item=item("a")), ThreadItemReplacedEvent(item=item("b"))], ["b"]),
    "removed": ([ThreadItemDoneEvent(item=item("a")), ThreadItemRemovedEvent(item_id="m")], []),
    "progress": ([ProgressUpdateEvent(text="t"), ThreadItemDoneEvent(item=item("a"))], ["a"]),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", STORING)
async def test_an_event_of_any_shape_is_stored_and_shown_as_its_type_says(name: str, shape: str) -> None:
    events, texts = STORING[name]
    shown, stored = await played(Playing(SHAPES[shape], *events))
    assert [event.type for event in shown] == [event.type for event in events]
    assert [one.content[0].text for one in stored] == texts


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_was_written_in_events_of_any_shape_is_kept_when_the_hook_fails(shape: str) -> None:
    begun = [ThreadItemAddedEvent(item=item("")), delta("Half "), delta("a text")]
    shown, stored = await played(Playing(SHAPES[shape], *begun, fails=True))
    assert isinstance(shown[-1], ErrorEvent)
    assert [(one.content[0].text, one.status) for one in stored] == [("Half a text", "incomplete")]


@pytest.mark.parametrize(
    "event", [3, None, "text", {}, {"type": "nope"}, SimpleNamespace(type="nope"), object()], ids=shown
)
async def test_what_is_no_event_ends_the_answer_with_an_error(event: Any) -> None:
    shown, stored = await played(Playing(lambda _: event, ProgressUpdateEvent(text="t")))
    assert [one.type for one in shown] == ["error"]
    assert stored == []
