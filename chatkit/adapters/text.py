"""An answer from plain text: the simplest adapter, for anything that yields strings."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from datetime import UTC, datetime

from chatkit.store import StoreItemType, default_generate_id
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

__all__ = ["text_stream"]


async def _once(text: str) -> AsyncIterator[str]:
    yield text


async def text_stream(
    thread: ThreadMetadata,
    text: str | AsyncIterable[str],
    *,
    generate_id: Callable[[StoreItemType], str] = default_generate_id,
) -> AsyncIterator[ThreadStreamEvent]:
    """Streams one assistant message: `text` is all of it, or the pieces in order. Empty pieces are left out.

    When the pieces fail, their error goes on and the message stays unfinished.
    """
    item = AssistantMessageItem(
        id=generate_id("message"), thread_id=thread.id, created_at=datetime.now(UTC), content=[]
    )
    yield ThreadItemAddedEvent(item=item)
    empty = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
    yield ThreadItemUpdatedEvent(item_id=item.id, update=empty)
    pieces: list[str] = []
    async for piece in _once(text) if isinstance(text, str) else text:
        if piece:
            pieces.append(piece)
            update = AssistantMessageContentPartTextDelta(content_index=0, delta=piece)
            yield ThreadItemUpdatedEvent(item_id=item.id, update=update)
    content = AssistantMessageContent(text="".join(pieces))
    done = AssistantMessageContentPartDone(content_index=0, content=content)
    yield ThreadItemUpdatedEvent(item_id=item.id, update=done)
    yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [content]}))
