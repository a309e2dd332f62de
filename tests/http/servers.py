"""Servers for the tests of HTTP, and the requests that they are sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx

from chatkit.http import ChatKit, Settings
from chatkit.server import ChatKitServer
from chatkit.stores import MemoryStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)

USER = {"user_id": "ada"}


class EchoServer(ChatKitServer[Any]):
    """Says the user's words back at once."""

    def __init__(self, store: Any = None) -> None:
        super().__init__(store or MemoryStore())
        self.contexts: list[Any] = []

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        self.contexts.append(context)
        text = "".join(part.text for part in input_user_message.content) if input_user_message else "again"
        yield ThreadItemDoneEvent(item=message(self, thread, text, context))


class GatedServer(EchoServer):
    """Sends one delta for each text put into `words`, and ends at None. Tells what became of its turns."""

    def __init__(self) -> None:
        super().__init__()
        self.words: asyncio.Queue[str | None] = asyncio.Queue()
        self.started = asyncio.Event()
        self.ended = asyncio.Event()
        self.stopped = asyncio.Event()
        self.cancelled: list[list[Any]] = []

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        try:
            item = message(self, thread, "", context)
            yield ThreadItemAddedEvent(item=item.model_copy(update={"content": []}))
            part = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
            yield ThreadItemUpdatedEvent(item_id=item.id, update=part)
            self.started.set()
            while (word := await self.words.get()) is not None:
                delta = AssistantMessageContentPartTextDelta(content_index=0, delta=word)
                yield ThreadItemUpdatedEvent(item_id=item.id, update=delta)
        finally:
            self.ended.set()

    async def handle_stream_cancelled(self, thread: ThreadMetadata, pending_items: list[Any], context: Any) -> None:
        self.cancelled.append(pending_items)
        await super().handle_stream_cancelled(thread, pending_items, context)
        self.stopped.set()


def message(server: ChatKitServer[Any], thread: ThreadMetadata, text: str, context: Any) -> AssistantMessageItem:
    return AssistantMessageItem(
        id=server.store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=datetime.now(UTC),
        content=[AssistantMessageContent(text=text)],
    )


async def as_ada(request: Any) -> dict[str, str]:
    return dict(USER)


def chatkit(server: ChatKitServer[Any], *, context: Any = as_ada, **options: Any) -> ChatKit:
    """An app with one user, and settings that do not come from the environment."""
    settings = options.pop("settings", None) or Settings(turns_per_minute=0)
    return ChatKit(server, context=context, settings=settings, **options)


def client(app: Any, **options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat.test", **options)


def user_input(text: str = "Hello") -> dict[str, Any]:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def create(text: str = "Hello") -> dict[str, Any]:
    return {"type": "threads.create", "params": {"input": user_input(text)}}


def events(body: bytes) -> list[dict[str, Any]]:
    """The events of a whole stream."""
    frames = [frame for frame in body.decode().split("\n\n") if frame and not frame.startswith(":")]
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


async def new_thread(http: httpx.AsyncClient, text: str = "Hello") -> tuple[str, list[dict[str, Any]]]:
    """A thread with a message and its answer: its id, and the events."""
    answer = await http.post("/chatkit", json=create(text))
    assert answer.status_code == 200, answer.text
    found = events(answer.content)
    return found[0]["thread"]["id"], found
