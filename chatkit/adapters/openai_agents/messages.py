"""Messages of the model."""

from collections.abc import Sequence
from datetime import UTC, datetime

from openai.types.responses import (
    ResponseContentPartAddedEvent,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseOutputText,
    ResponseOutputTextAnnotationAddedEvent,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)

from chatkit.adapters.openai_agents.annotations import to_annotation, to_annotations
from chatkit.adapters.openai_agents.run import Run, Shown, on, updated
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
)

__all__ = ["message_added", "message_done"]

Part = ResponseOutputText | ResponseOutputRefusal


async def _content(run: Run, part: Part) -> AssistantMessageContent:
    """A part of the model's message. A refusal reads like any other text."""
    if isinstance(part, ResponseOutputRefusal):
        return AssistantMessageContent(text=part.refusal)
    annotations = await to_annotations(part.annotations or (), run.converter)
    return AssistantMessageContent(text=part.text, annotations=annotations)


async def _message(run: Run, item_id: str, parts: Sequence[Part]) -> AssistantMessageItem:
    content = [await _content(run, part) for part in parts]
    return AssistantMessageItem(
        id=item_id, thread_id=run.context.thread.id, created_at=datetime.now(UTC), content=content
    )


async def message_added(run: Run, item: ResponseOutputMessage) -> Shown:
    """A message begins; the open workflow ends."""
    message = await _message(run, await run.ids.open(item.id), item.content)
    return [*run.end_workflow(), ThreadItemAddedEvent(item=message)]


async def message_done(run: Run, item: ResponseOutputMessage) -> Shown:
    """The message is final."""
    message = await _message(run, await run.ids.of(item.id), item.content)
    run.ids.close(item.id)
    return [ThreadItemDoneEvent(item=message)]


@on(ResponseContentPartAddedEvent)
async def part_added(run: Run, event: ResponseContentPartAddedEvent) -> Shown:
    """A part begins. Raw reasoning text is not shown."""
    if not isinstance(event.part, (ResponseOutputText, ResponseOutputRefusal)):
        return ()
    update = AssistantMessageContentPartAdded(
        content_index=event.content_index, content=await _content(run, event.part)
    )
    return updated(await run.ids.of(event.item_id), update)


@on(ResponseTextDeltaEvent)
async def text_delta(run: Run, event: ResponseTextDeltaEvent) -> Shown:
    """Text goes on."""
    update = AssistantMessageContentPartTextDelta(content_index=event.content_index, delta=event.delta)
    return updated(await run.ids.of(event.item_id), update)


@on(ResponseTextDoneEvent)
async def text_done(run: Run, event: ResponseTextDoneEvent) -> Shown:
    """A part's text is whole. Its annotations come again with the finished message."""
    content = AssistantMessageContent(text=event.text)
    update = AssistantMessageContentPartDone(content_index=event.content_index, content=content)
    return updated(await run.ids.of(event.item_id), update)


@on(ResponseOutputTextAnnotationAddedEvent)
async def annotation_added(run: Run, event: ResponseOutputTextAnnotationAddedEvent) -> Shown:
    """A citation, counted among those of its part that are kept."""
    annotation = await to_annotation(event.annotation, run.converter)
    if annotation is None:
        return ()
    item_id = await run.ids.of(event.item_id)
    part = (item_id, event.content_index)
    update = AssistantMessageContentPartAnnotationAdded(
        content_index=event.content_index, annotation_index=run.annotations[part], annotation=annotation
    )
    run.annotations[part] += 1
    return updated(item_id, update)
