"""What has private names in the reference's `chatkit.agents`, and is used by streams that applications wrote by hand.

It is for such code alone: nothing in this package uses it.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar, cast

from openai import BaseModel
from openai.types.responses import ResponseOutputRefusal, ResponseOutputText

from chatkit.adapters.openai_agents.annotations import to_annotation, to_annotations
from chatkit.adapters.openai_agents.context import Arrival, Ended
from chatkit.adapters.openai_agents.converter import ThreadItemConverter
from chatkit.adapters.openai_agents.response_converter import ResponseStreamConverter
from chatkit.types import Annotation, AssistantMessageContent

__all__ = [
    "DEFAULT_CONVERTER",
    "T1",
    "T2",
    "AsyncQueueIterator",
    "EventWrapper",
    "QueueCompleteSentinel",
    "convert_annotation",
    "convert_content",
    "function_call_metadata",
    "merge_generators",
]

T1 = TypeVar("T1")
T2 = TypeVar("T2")

DEFAULT_CONVERTER = ThreadItemConverter()
QueueCompleteSentinel = Ended


class EventWrapper:
    """What a helper of the context has queued, told from the model's events by its class."""

    def __init__(self, event: Any) -> None:
        self.event = event


class AsyncQueueIterator(AsyncIterator[EventWrapper]):
    """What is put into a context's queue, up to the mark that `AgentContext._complete()` puts there."""

    def __init__(self, queue: asyncio.Queue[Arrival]) -> None:
        self.queue = queue
        self.completed = False

    async def __anext__(self) -> EventWrapper:
        arrival = Ended() if self.completed else await self.queue.get()
        if isinstance(arrival, Ended):
            self.completed = True
            raise StopAsyncIteration
        return EventWrapper(arrival)

    def drain_and_complete(self) -> None:
        """Drops what is queued, and ends."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.completed = True


async def merge_generators(a: AsyncIterator[T1], b: AsyncIterator[T2]) -> AsyncIterator[T1 | T2]:
    """Both in order of arrival, until either ends: then what the other has ready, and no more of it."""
    sources: list[AsyncIterator[Any]] = [a, b]
    steps: dict[asyncio.Future[Any], AsyncIterator[Any]] = {_next(source): source for source in sources}
    try:
        while len(steps) == len(sources):
            await asyncio.wait(steps, return_when=asyncio.FIRST_COMPLETED)
            for step in [step for step in steps if step.done()]:
                source = steps.pop(step)
                try:
                    yield step.result()
                except StopAsyncIteration:
                    continue
                steps[_next(source)] = source
    finally:
        for step in steps:
            step.cancel()
        if steps:
            await asyncio.wait(steps)


def _next(source: AsyncIterator[Any]) -> asyncio.Future[Any]:
    return asyncio.ensure_future(source.__anext__())


async def convert_content(
    content: ResponseOutputText | ResponseOutputRefusal, converter: ResponseStreamConverter
) -> AssistantMessageContent:
    """A part of the model's message as the thread has it."""
    if isinstance(content, ResponseOutputRefusal):
        return AssistantMessageContent(text=content.refusal)
    annotations = await to_annotations(content.annotations or (), converter)
    return AssistantMessageContent(text=content.text, annotations=annotations)


async def convert_annotation(raw_annotation: object, converter: ResponseStreamConverter) -> Annotation | None:
    """A citation of the model as the thread has it; None for one that cannot be shown."""
    return await to_annotation(raw_annotation, converter)


def function_call_metadata(raw_item: object) -> tuple[str | None, str | None]:
    """The call id and the item id of a function call of the model, each if it has one; none of anything else."""
    fields: object = raw_item.model_dump() if isinstance(raw_item, BaseModel) else raw_item
    known = cast(dict[str, object], fields) if isinstance(fields, dict) else {}
    if known.get("type") != "function_call":
        return None, None
    call_id, item_id = known.get("call_id"), known.get("id")
    return call_id if isinstance(call_id, str) else None, item_id if isinstance(item_id, str) else None
