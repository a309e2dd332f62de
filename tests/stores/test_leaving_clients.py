"""Clients that leave at any moment of `threads.create`: no empty thread, and no message lost that was acknowledged.

CHATKIT_LEAVING_CLIENTS=2000 pytest tests/stores/test_leaving_clients.py -s
"""

import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import Store
from chatkit.stores import MemoryStore, SQLStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    FileAttachment,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from tests.support.plain_store import PlainStore

CLIENTS = int(os.environ.get("CHATKIT_LEAVING_CLIENTS", "200"))
AT_ONCE = 20
FILE = "atc_file"


@pytest.fixture(params=["memory", "plain", "sqlite", "postgres"])
def opening(request: pytest.FixtureRequest) -> Callable[[], Store[Any]]:
    match request.param:
        case "memory":
            return MemoryStore
        case "plain":
            return PlainStore
        case "sqlite":
            return partial(SQLStore, request.getfixturevalue("sqlite_url"))
        case _:
            schema = request.getfixturevalue("postgres_schema")
            return partial(SQLStore, request.getfixturevalue("postgres").url, schema_name=schema)


@pytest.fixture
async def store(opening: Callable[[], Store[Any]]) -> AsyncIterator[Store[Any]]:
    opened = opening()
    yield opened
    await opened.close()


class Answering(ChatKitServer[Any]):
    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        item = AssistantMessageItem(
            id=self.store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=thread.created_at,
            content=[AssistantMessageContent(text="an answer")],
        )
        yield ThreadItemAddedEvent(item=item)
        await asyncio.sleep(0)
        yield ThreadItemDoneEvent(item=item)


@dataclass
class Client:
    """One user, who sends one message with a file and reads frames until told to leave."""

    server: Answering
    name: str
    acknowledged: list[str] = field(default_factory=list[str])
    frames: int = 0

    @property
    def context(self) -> dict[str, str]:
        return {"user_id": self.name}

    async def read(self, frames: int | None) -> None:
        """Closes the stream after so many frames; None reads it to its end."""
        params = {
            "input": {
                "content": [{"type": "input_text", "text": "hi"}],
                "attachments": [f"{FILE}_{self.name}"],
                "inference_options": {},
            }
        }
        result = await self.server.process(json.dumps({"type": "threads.create", "params": params}), self.context)
        assert isinstance(result, StreamingResult)
        async for frame in result:
            event = json.loads(frame.removeprefix(b"data: "))
            self.frames += 1
            if event["type"] == "thread.item.done" and event["item"]["type"] == "user_message":
                self.acknowledged.append(event["item"]["id"])
            if self.frames == frames:
                await result.json_events.aclose()
                return

    async def prepare(self) -> None:
        file = FileAttachment(id=f"{FILE}_{self.name}", name="n", mime_type="m")
        await self.server.store.save_attachment(file, self.context)

    async def check(self) -> str:
        """What is stored. Fails for an empty thread and for a message that was acknowledged and is not there."""
        store = self.server.store
        threads = (await store.load_threads(10, None, "asc", self.context)).data
        kept: list[str] = []
        for thread in threads:
            items = (await store.load_thread_items(thread.id, None, 10, "asc", self.context)).data
            assert items, f"{self.name} left an empty thread"
            assert isinstance(items[0], UserMessageItem)
            attachment = await store.load_attachment(f"{FILE}_{self.name}", self.context)
            assert attachment.thread_id == thread.id
            kept.append(items[0].id)
        assert set(self.acknowledged) <= set(kept), f"{self.name} lost what was acknowledged"
        return "acknowledged" if self.acknowledged else "stored" if kept else "nothing"


async def steps_of(client: Client) -> int:
    """How many turns of the event loop a whole exchange takes, while it has the loop for itself."""
    await client.prepare()
    task = asyncio.create_task(client.read(None))
    steps = 0
    while not task.done():
        await asyncio.sleep(0)
        steps += 1
    await task
    return steps


async def leave(client: Client, chosen: random.Random, steps: int) -> None:
    frames = chosen.randrange(1, 6) if chosen.random() < 0.25 else None
    task = asyncio.create_task(client.read(frames))
    for _ in range(int(steps * chosen.random() ** 2)):  # most of what can go wrong is early
        await asyncio.sleep(0)
    if frames is None:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_clients_that_leave_at_any_moment_leave_no_empty_thread_and_lose_nothing_acknowledged(
    store: Store[Any],
) -> None:
    server = Answering(store)
    before = asyncio.all_tasks()
    await store.warm_up()
    for name in ("first", "second"):  # the first opens what is opened once
        steps = 2 * await steps_of(Client(server, name)) + 2
    chosen = random.Random(3)  # noqa: S311
    clients = [Client(server, f"user_{number}") for number in range(CLIENTS)]
    for start in range(0, CLIENTS, AT_ONCE):
        group = clients[start : start + AT_ONCE]
        await asyncio.gather(*(client.prepare() for client in group))
        await asyncio.gather(*(leave(client, chosen, steps) for client in group))
    await store.close()  # waits for what is still being done
    assert asyncio.all_tasks() <= before
    outcomes = Counter(await asyncio.gather(*(client.check() for client in clients)))
    print(f"\n{type(store).__name__}, {CLIENTS} clients: {dict(outcomes)}")
    assert len(outcomes) > 1, "they all left at the same moment"
