"""Streams that applications have of their own, made of the names that the reference keeps private."""

from collections.abc import AsyncIterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

import chatkit.agents as chatkit_agents
from chatkit.agents import AgentContext, stream_agent_response
from chatkit.stores import MemoryStore
from chatkit.types import CustomTask, ProgressUpdateEvent, ThreadItemDoneEvent, ThreadMetadata, Workflow
from tests.agents.test_context import new_context, run

NAMES: Any = chatkit_agents  # what type checkers must not know


async def own_stream(context: Any, result: Any) -> AsyncIterator[Any]:
    """The shape of it: both sources merged, workflows ended with the seconds since a naive now."""
    queue = NAMES._AsyncQueueIterator(context._events)
    async for event in NAMES._merge_generators(result.stream_events(), queue):
        if isinstance(event, NAMES._EventWrapper):
            yield event.event
        elif event.type == "raw_response_event" and event.data.type == "response.output_item.done":
            if context.workflow_item is not None:
                seconds = (datetime.now() - context.workflow_item.created_at).total_seconds()  # noqa: DTZ005
                summary = NAMES.DurationSummary(duration=int(seconds))
                context.workflow_item.workflow.summary = summary
                yield NAMES.ThreadItemDoneEvent(item=context.workflow_item)
                context.workflow_item = None
            parts = [
                await NAMES._convert_content(part, NAMES._DEFAULT_RESPONSE_STREAM_CONVERTER)
                for part in event.data.item.content
            ]
            yield NAMES.ThreadItemDoneEvent(
                item=NAMES.AssistantMessageItem(
                    id=event.data.item.id,
                    thread_id=context.thread.id,
                    created_at=datetime.now(),  # noqa: DTZ005
                    content=parts,
                )
            )
    context._complete()
    async for wrapped in queue:
        yield wrapped.event


async def test_a_stream_of_ones_own_works_on_the_private_names() -> None:
    context = await new_context()
    await context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="a")]))
    events = [event async for event in own_stream(context, run(context, "Done."))]
    done = [event.item for event in events if isinstance(event, ThreadItemDoneEvent)]
    assert [item.type for item in done] == ["workflow", "assistant_message"]
    assert 0 <= done[0].workflow.summary.duration < 60  # type: ignore[union-attr]
    assert done[1].content[0].text == "Done."  # type: ignore[union-attr]


def test_a_context_can_be_made_by_position() -> None:
    thread, store = ThreadMetadata(id="t", created_at=datetime.now()), MemoryStore[Any]()  # noqa: DTZ005
    make: Any = AgentContext
    for kind in (make, make[dict[str, Any]], type("Own", (make,), {"__annotations__": {"more": int}, "more": 1})):
        context = kind(thread, store, {"user_id": "u"}, previous_response_id="r")
        assert (context.thread, context.store, context.request_context) == (thread, store, {"user_id": "u"})
        assert context.previous_response_id == "r"
    with pytest.raises(TypeError, match="thread"):
        make(thread, store, {}, thread=thread)
    with pytest.raises(TypeError, match="by position"):
        make(thread, store, {}, "r")


class Mocked:
    """A run whose events are not the SDK's own classes, and have no more than the rule for them reads."""

    def __init__(self, *events: Any) -> None:
        self.events = events

    async def stream_events(self) -> AsyncIterator[Any]:
        for event in self.events:
            yield event

    def cancel(self) -> None: ...


def raw(**fields: Any) -> Any:
    return SimpleNamespace(type="raw_response_event", data=SimpleNamespace(**fields))


MOCKS: dict[str, tuple[Any, str]] = {
    "delta": (raw(type="response.output_text.delta", item_id="m", content_index=0, delta="hi"), "thread.item.updated"),
    "text done": (
        raw(type="response.output_text.done", item_id="m", content_index=0, text="hi"),
        "thread.item.updated",
    ),
    "message": (
        raw(type="response.output_item.added", item=SimpleNamespace(type="message", id="m", content=[])),
        "thread.item.added",
    ),
    "reasoning": (
        raw(type="response.output_item.added", item=SimpleNamespace(type="reasoning", id="r")),
        "thread.item.added",
    ),
    "part": (
        raw(
            type="response.content_part.added",
            item_id="m",
            content_index=0,
            part=SimpleNamespace(type="output_text", text="", annotations=[]),
        ),
        "thread.item.updated",
    ),
}


@pytest.mark.parametrize("name", MOCKS)
async def test_mocked_events_of_the_model_are_shown(name: str) -> None:
    event, shown = MOCKS[name]
    context = await new_context()
    result: Any = Mocked(event)
    assert [found.type async for found in stream_agent_response(context, result)] == [shown]


async def test_an_event_of_a_subclass_goes_the_way_of_its_class() -> None:
    class Own(ProgressUpdateEvent):
        mine: str = "x"

    context = await new_context()
    await context.stream(Own(text="t"))
    events = [event async for event in stream_agent_response(context, run(context, "Done."))]
    assert isinstance(events[0], Own)
