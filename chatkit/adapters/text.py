"""An answer from plain text: the simplest adapter, for anything that yields strings."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from datetime import UTC, datetime

from chatkit._iterators import iterating
from chatkit._surrogates import HeldHalves
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


def _delta(item: AssistantMessageItem, piece: str) -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=0, delta=piece)
    return ThreadItemUpdatedEvent(item_id=item.id, update=update)


async def text_stream(
    thread: ThreadMetadata,
    text: str | AsyncIterable[str],
    *,
    generate_id: Callable[[StoreItemType], str] = default_generate_id,
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """Streams one assistant message: `text` is all of it, or the pieces in order. Empty pieces are left out.
    A character that was cut in two is joined; half of one becomes U+FFFD.

    When the pieces fail, their error goes on and the message stays unfinished.
    """
    item = AssistantMessageItem(
        id=generate_id("message"), thread_id=thread.id, created_at=datetime.now(UTC), content=[]
    )
    yield ThreadItemAddedEvent(item=item)
    empty = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
    yield ThreadItemUpdatedEvent(item_id=item.id, update=empty)
    pieces: list[str] = []
    halves = HeldHalves[int]()
    async with iterating(_once(text) if isinstance(text, str) else text) as given:
        async for piece in given:
            if piece := halves.join(0, piece):
                pieces.append(piece)
                yield _delta(item, piece)
    if piece := halves.join(0, "", last=True):
        pieces.append(piece)
        yield _delta(item, piece)
    content = AssistantMessageContent(text="".join(pieces))
    done = AssistantMessageContentPartDone(content_index=0, content=content)
    yield ThreadItemUpdatedEvent(item_id=item.id, update=done)
    yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [content]}))
