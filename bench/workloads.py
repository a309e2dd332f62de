"""CPU time of what `process()` does, under whichever `chatkit` is installed. Prints one JSON object.

Run by `bench/process.py`, once for each package and round; usable by hand with either interpreter.
"""

import asyncio
import json
import sys
import time
import warnings
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

warnings.simplefilter("ignore")

from chatkit.server import ChatKitServer  # noqa: E402
from chatkit.store import Store  # noqa: E402
from chatkit.types import (  # noqa: E402
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    Page,
    ThreadItemAddedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

DELTAS = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
REQUESTS = 400
NOW = datetime(2026, 1, 1, tzinfo=UTC)
THREAD = ThreadMetadata(id="thr_1", created_at=NOW, title="A thread")
ITEMS: list[Any] = [
    AssistantMessageItem(
        id=f"msg_{number}", thread_id="thr_1", created_at=NOW, content=[AssistantMessageContent(text="An answer.")]
    )
    for number in range(20)
]


class FixedStore(Store[Any]):
    """Answers from memory with next to no work of its own, so that what is measured is the package."""

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        return THREAD.model_copy()

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None: ...

    async def load_thread_items(self, thread_id: str, after: Any, limit: int, order: str, context: Any) -> Page[Any]:
        return Page(data=ITEMS[:limit])

    async def save_attachment(self, attachment: Any, context: Any) -> None: ...

    async def load_attachment(self, attachment_id: str, context: Any) -> Any: ...

    async def delete_attachment(self, attachment_id: str, context: Any) -> None: ...

    async def load_threads(self, limit: int, after: Any, order: str, context: Any) -> Page[ThreadMetadata]:
        return Page(data=[THREAD] * limit)

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None: ...

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None: ...

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any: ...

    async def delete_thread(self, thread_id: str, context: Any) -> None: ...

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None: ...


class Server(ChatKitServer[Any]):
    async def respond(
        self, thread: ThreadMetadata, input_user_message: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        item = AssistantMessageItem(id="msg_a", thread_id=thread.id, created_at=NOW, content=[])
        yield ThreadItemAddedEvent(item=item)
        for _ in range(DELTAS):
            update = AssistantMessageContentPartTextDelta(content_index=0, delta="token ")
            yield ThreadItemUpdatedEvent(item_id="msg_a", update=update)


def request(operation: str, **params: Any) -> str:
    return json.dumps({"type": operation, "params": params})


async def stream(server: Server) -> float:
    """Microseconds of CPU time for each text delta."""
    content = [{"type": "input_text", "text": "hi"}]
    body = request(
        "threads.add_user_message",
        thread_id="thr_1",
        input={"content": content, "attachments": [], "inference_options": {}},
    )
    start = time.process_time()
    async for _ in await server.process(body, {}):  # type: ignore[union-attr]
        pass
    return (time.process_time() - start) / DELTAS * 1e6


async def short(server: Server, body: str) -> float:
    """Microseconds of CPU time for each request."""
    start = time.process_time()
    for _ in range(REQUESTS):
        await server.process(body, {})
    return (time.process_time() - start) / REQUESTS * 1e6


async def main() -> None:
    server = Server(FixedStore())
    await stream(server)
    results = {"text delta": await stream(server)}
    for name, body in {
        "threads.list (20)": request("threads.list"),
        "items.list (20)": request("items.list", thread_id="thr_1"),
        "threads.get_by_id (20 items)": request("threads.get_by_id", thread_id="thr_1"),
    }.items():
        results[name] = await short(server, body)
    print(json.dumps(results))


asyncio.run(main())
