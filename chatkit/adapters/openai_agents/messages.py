"""Messages of the model."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from agents.models.fake_id import FAKE_RESPONSES_ID
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
from chatkit.adapters.openai_agents.reasoning import grow, whole
from chatkit.adapters.openai_agents.run import Run, Shown, on, updated
from chatkit.adapters.openai_agents.thinking import Piece, ThinkingSplitter, without_thinking
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
)

__all__ = ["message_added", "message_done"]

Part = ResponseOutputText | ResponseOutputRefusal
_PARTS = ("output_text", "refusal")


async def _content(run: Run, part: Any) -> AssistantMessageContent:
    """A part of the model's message, without reasoning. A refusal reads like any other text."""
    if part.type == "refusal":
        return AssistantMessageContent(text=part.refusal)
    annotations = await to_annotations(getattr(part, "annotations", None) or (), run.converter)
    return AssistantMessageContent(text=without_thinking(part.text)[0], annotations=annotations)


async def _message(run: Run, item_id: str, parts: Sequence[Part]) -> AssistantMessageItem:
    content = [await _content(run, part) for part in parts]
    return AssistantMessageItem(
        id=item_id, thread_id=run.context.thread.id, created_at=datetime.now(UTC), content=content
    )


async def message_added(run: Run, item: ResponseOutputMessage) -> Shown:
    """A message begins; the open workflow ends. One of a chat-completions model may begin with reasoning."""
    item_id = await run.ids.open(item.id)
    event = ThreadItemAddedEvent(item=await _message(run, item_id, item.content))
    if item.id == FAKE_RESPONSES_ID:
        run.unshown[item_id] = [event]
        return ()
    return [*run.end_workflow(), event]


def _appearing(run: Run, item_id: str) -> Shown:
    """What shows a message that was not shown yet."""
    return [*run.end_workflow(), *held] if (held := run.unshown.pop(item_id, None)) else ()


async def message_done(run: Run, item: ResponseOutputMessage) -> Shown:
    """The message is final. One that was reasoning alone is none.

    Nor is one of a chat-completions model without text: older SDKs begin one for `"content": ""` beside a tool's call.
    """
    item_id = await run.ids.of(item.id)
    run.ids.close(item.id)
    shown = [event for index, part in enumerate(item.content) for event in _rest(run, item_id, index, part)]
    thought = any(splitter.thought for (of, _), splitter in run.texts.items() if of == item_id)
    run.texts = {key: splitter for key, splitter in run.texts.items() if key[0] != item_id}
    message = await _message(run, item_id, item.content)
    if thought:
        shown += [event for index, _ in enumerate(item.content) for event in _closed(run, item_id, index)]
        shown += run.end_workflow()
        if not any(part.text.strip() for part in message.content):
            return shown if run.unshown.pop(item_id, None) else [*shown, ThreadItemRemovedEvent(item_id=item_id)]
    if item_id in run.unshown and not any(part.text or part.annotations for part in message.content):
        del run.unshown[item_id]
        return shown
    return [*shown, *_appearing(run, item_id), ThreadItemDoneEvent(item=message)]


def _rest(run: Run, item_id: str, index: int, part: Part) -> Shown:
    """What is still to be shown of a part that is whole: what was held back, and reasoning that did not stream."""
    if part.type != "output_text":
        return ()
    splitter = run.texts.get((item_id, index))
    if splitter is not None:
        return _shown(run, item_id, index, splitter.finish())
    splitter = run.texts[item_id, index] = ThinkingSplitter()
    pieces = [*splitter.read(part.text), *splitter.finish()] if "<" in part.text else []
    return _shown(run, item_id, index, [piece for piece in pieces if piece.kind != "text"])


@on(ResponseContentPartAddedEvent)
async def part_added(run: Run, event: ResponseContentPartAddedEvent) -> Shown:
    """A part begins. Raw reasoning text is not shown."""
    if event.part.type not in _PARTS:
        return ()
    update = AssistantMessageContentPartAdded(
        content_index=event.content_index, content=await _content(run, event.part)
    )
    item_id = await run.ids.of(event.item_id)
    shown = updated(item_id, update)
    if (held := run.unshown.get(item_id)) is not None:
        held += shown
        return ()
    return shown


@on(ResponseTextDeltaEvent)
async def text_delta(run: Run, event: ResponseTextDeltaEvent) -> Shown:
    """Text goes on."""
    item_id, index = await run.ids.of(event.item_id), event.content_index
    splitter = run.texts.get((item_id, index))
    if splitter is None:
        splitter = run.texts[item_id, index] = ThinkingSplitter()
    held = run.unshown.get(item_id) if run.unshown else None
    update = AssistantMessageContentPartTextDelta(content_index=index, delta=event.delta)
    if splitter.is_plain(event.delta, blank=held is None):
        return [*_appearing(run, item_id), *updated(item_id, update)] if held else updated(item_id, update)
    if held and not event.delta:
        held += updated(item_id, update)
        return ()
    return _shown(run, item_id, index, splitter.read(event.delta))


def _shown(run: Run, item_id: str, index: int, pieces: Sequence[Piece]) -> Shown:
    """What shows the pieces of a part: text in the message, reasoning in a workflow that ends where text goes on."""
    return [event for piece in pieces for event in _PIECES[piece.kind](run, item_id, index, piece.text)]


def _thought(run: Run, item_id: str, index: int, text: str) -> Shown:
    key = (f"{item_id}/{index}", 0)
    if run.thought is None or run.thought.item_id != key[0]:
        text = text.lstrip()
    if not text:
        return ()
    shown = grow(run, key, text, always=True)
    run.thinking = item_id
    return shown


def _closed(run: Run, item_id: str, index: int, _: str = "") -> Shown:
    thought = run.thought
    if thought is None or thought.item_id != f"{item_id}/{index}":
        return ()
    content = thought.task.content
    shown = whole(run, (thought.item_id, thought.index), content.rstrip()) if content != content.rstrip() else ()
    run.thought = None
    return shown


def _text(run: Run, item_id: str, index: int, text: str) -> Shown:
    ended = [*_closed(run, item_id, index), *run.end_workflow()] if run.thinking == item_id else ()
    delta = AssistantMessageContentPartTextDelta(content_index=index, delta=text)
    return [*ended, *_appearing(run, item_id), *updated(item_id, delta)]


def _misread(run: Run, item_id: str, index: int, text: str) -> Shown:
    thought = [*_thought(run, item_id, index, text), *_closed(run, item_id, index), *run.end_workflow()]
    empty = AssistantMessageContentPartAdded(content_index=index, content=AssistantMessageContent(text=""))
    return [*thought, *updated(item_id, empty)]


_PIECES: Mapping[str, Callable[[Run, str, int, str], Shown]] = {
    "text": _text,
    "thought": _thought,
    "closed": _closed,
    "misread": _misread,
}


@on(ResponseTextDoneEvent)
async def text_done(run: Run, event: ResponseTextDoneEvent) -> Shown:
    """A part's text is whole. Its annotations come again with the finished message."""
    content = AssistantMessageContent(text=without_thinking(event.text)[0])
    update = AssistantMessageContentPartDone(content_index=event.content_index, content=content)
    item_id = await run.ids.of(event.item_id)
    splitter = run.texts.get((item_id, event.content_index))
    rest = _shown(run, item_id, event.content_index, splitter.finish()) if splitter else ()
    if (held := run.unshown.get(item_id)) is not None:
        held += updated(item_id, update)
        return rest
    return [*rest, *updated(item_id, update)]


@on(ResponseOutputTextAnnotationAddedEvent)
async def annotation_added(run: Run, event: ResponseOutputTextAnnotationAddedEvent) -> Shown:
    """A citation, counted among those of its part that are kept."""
    annotation = await to_annotation(event.annotation, run.converter)
    if annotation is None:
        return ()
    item_id = await run.ids.of(event.item_id)
    appearing = _appearing(run, item_id)
    part = (item_id, event.content_index)
    update = AssistantMessageContentPartAnnotationAdded(
        content_index=event.content_index, annotation_index=run.annotations[part], annotation=annotation
    )
    run.annotations[part] += 1
    return [*appearing, *updated(item_id, update)]
