"""Titles are made beside the end of the answer: they are saved whoever reads, and stop nothing."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from agents import Agent

from chatkit.adapters.openai_agents.making_titles import MakingTitles
from chatkit.agents import AgentChatKitServer, AgentContext
from chatkit.stores import MemoryStore
from chatkit.testing import InProcessClient
from chatkit.testing.scripted_model import ScriptedModel
from chatkit.types import (
    ProgressUpdateEvent,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
)
from tests.agents.conftest import items_of, kinds


class Slow(AgentChatKitServer[dict[str, Any]]):
    """Makes a title when it is told to."""

    def __init__(self, **options: Any) -> None:
        super().__init__(MemoryStore(), agent=Agent(name="a", model=ScriptedModel("Hi.")), titles="model", **options)
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def generate_title(self, *_: Any) -> str | None:
        self.asked.set()
        await self.go_on.wait()
        return "Made \ud83d"


@pytest.fixture
async def server() -> AsyncIterator[Slow]:
    server = Slow()
    yield server
    server.go_on.set()
    await server.close()


async def leave(server: Slow) -> str:
    """Asks, and leaves while the title is being made. The thread's id."""
    client: InProcessClient[dict[str, Any]] = InProcessClient(server, {})
    thread_ids: list[str] = []

    async def read() -> None:
        async with contextlib.aclosing(client.create_thread("hello")) as events:
            async for event in events:
                if isinstance(event, ThreadItemDoneEvent) and event.item.type == "assistant_message":
                    thread_ids.append(event.item.thread_id)

    task = asyncio.create_task(read())
    await server.asked.wait()
    task.cancel()
    await asyncio.wait([task])
    return thread_ids[0]


async def title_of(server: Slow, thread_id: str) -> str | None:
    return (await server.store.load_thread(thread_id, {})).title


async def test_a_reader_who_leaves_while_the_title_is_made_stops_nothing(server: Slow) -> None:
    thread_id = await leave(server)
    assert await title_of(server, thread_id) is None
    server.go_on.set()
    await server.close()
    assert await title_of(server, thread_id) == "Made \ufffd"
    client: InProcessClient[dict[str, Any]] = InProcessClient(server, {})
    assert [item.type for item in await items_of(client)] == ["user_message", "assistant_message"]


async def test_a_reader_who_stays_gets_the_title_in_the_same_stream(server: Slow) -> None:
    server.go_on.set()
    client: InProcessClient[dict[str, Any]] = InProcessClient(server, {})
    events = [event async for event in client.create_thread("hello")]
    assert isinstance(events[-1], ThreadUpdatedEvent)
    assert events[-1].thread.title == "Made \ufffd"
    assert kinds(events).count("thread.updated") == 1


@pytest.mark.parametrize("stays", [True, False])
async def test_a_title_yields_to_the_users_own(server: Slow, stays: bool) -> None:
    client: InProcessClient[dict[str, Any]] = InProcessClient(server, {})
    if stays:
        stream = client.create_thread("hello")
        reading = asyncio.create_task(_all(stream))
        await server.asked.wait()
        thread_id = (await items_of(client))[0].thread_id
        await client.update_thread(thread_id, "The user's")
        server.go_on.set()
        last = (await reading)[-1]
        assert isinstance(last, ThreadUpdatedEvent)
        assert last.thread.title == "The user's"
    else:
        thread_id = await leave(server)
        await client.update_thread(thread_id, "The user's")
        server.go_on.set()
        await server.close()
    assert await title_of(server, thread_id) == "The user's"


async def _all(events: Any) -> list[ThreadStreamEvent]:
    return [event async for event in events]


async def test_a_thread_deleted_while_its_title_is_made_stays_deleted(
    server: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chatkit")
    thread_id = await leave(server)
    await server.store.delete_thread(thread_id, {})
    server.go_on.set()
    await server.close()
    assert (await server.store.load_threads(10, None, "desc", {})).data == []
    assert {record.levelname for record in caplog.records} == {"INFO"}


async def test_nothing_is_left_running_after_close() -> None:
    server = Slow()
    before = asyncio.all_tasks()
    await leave(server)
    await server._making_titles.close(0)  # pyright: ignore[reportPrivateUsage] - as close() does after its 10 seconds
    assert asyncio.all_tasks() == before
    await server.close()


async def test_closing_waits_for_the_saving_of_what_was_made() -> None:
    saved: list[str] = []
    go_on = asyncio.Event()

    async def make() -> str:
        await go_on.wait()
        return "made"

    async def save(title: str) -> None:
        await asyncio.sleep(0)
        saved.append(title)

    titles = MakingTitles()
    titles.begin(make(), save).leave()
    closing = asyncio.create_task(titles.close())
    go_on.set()
    await closing
    assert saved == ["made"]


async def test_the_hook_after_the_answer_is_closed_at_once() -> None:
    closed: list[bool] = []

    class Hooked(Slow):
        async def post_respond_hook(
            self, thread: ThreadMetadata, agent_context: AgentContext[dict[str, Any]]
        ) -> AsyncIterator[ThreadStreamEvent]:
            task = asyncio.current_task()
            try:
                yield ProgressUpdateEvent(text="after")
            finally:
                closed.append(asyncio.current_task() is task)

    server = Hooked()
    server.go_on.set()
    client: InProcessClient[dict[str, Any]] = InProcessClient(server, {})
    async with contextlib.aclosing(client.create_thread("hello")) as events:
        async for event in events:
            if isinstance(event, ProgressUpdateEvent):
                break
    assert closed == [True]
    await server.close()
    thread_id = (await items_of(client))[0].thread_id
    assert await title_of(server, thread_id) == "Made \ufffd"


def plain_list(*_: Any) -> Any:
    return [ProgressUpdateEvent(text="one")]


async def coroutine(*_: Any) -> Any:
    return [ProgressUpdateEvent(text="one")]


@pytest.mark.parametrize("hook", [plain_list, coroutine])
async def test_the_hook_after_the_answer_may_be_sloppy(server: Slow, hook: Any) -> None:
    server.go_on.set()
    server.post_respond_hook = hook
    client: InProcessClient[dict[str, Any]] = InProcessClient(server, {})
    events = [event async for event in client.create_thread("hello")]
    assert ProgressUpdateEvent(text="one") in events
