"""The log names the class and the method that an error came out of; hooks that fail at once fail like any other."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatkit.errors import NotSupportedError
from chatkit.types import ProgressUpdateEvent, ThreadMetadata
from tests.server.conftest import ScriptedServer, message
from tests.support.plain_store import PlainStore


class Failing(PlainStore):
    """Fails where it is told to, deep inside."""

    async def _ask(self, method: str, *arguments: Any) -> Any:
        if method == self.failing:
            await self._fail()
        return await super()._ask(method, *arguments)

    async def _fail(self) -> None:
        raise ZeroDivisionError


@pytest.fixture
def server() -> ScriptedServer:
    server = ScriptedServer()
    server.store = Failing()
    return server


@pytest.mark.parametrize(
    ("operation", "failing"),
    [("threads.get_by_id", "load_thread"), ("threads.list", "load_threads"), ("threads.delete", "delete_thread")],
)
async def test_what_a_store_raises_says_where(server: ScriptedServer, operation: str, failing: str) -> None:
    thread_id = await server.new_thread()
    server.store.failing = failing  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError) as raised:
        await server.send(operation, **({} if operation == "threads.list" else {"thread_id": thread_id}))
    assert raised.value.__notes__ == ["It came out of Failing._fail()."]


async def test_what_a_store_raises_during_an_answer_says_where(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        server.store.failing = "save_thread"  # type: ignore[attr-defined]
        thread.title = "New"
        yield ProgressUpdateEvent(text="…")

    server.hook = hook
    await server.send("threads.create", input=message())
    assert "The answer of ScriptedServer.respond()" in caplog.text
    assert "It came out of Failing._fail()." in caplog.text


class AtOnce(ScriptedServer):
    """Its hooks are no generators."""

    error: Exception = ValueError("at once")

    def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        raise self.error

    def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        raise self.error


async def test_a_hook_that_fails_before_its_first_step_ends_the_answer_with_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = AtOnce()
    events = await server.send("threads.create", input=message())
    assert [event["type"] for event in events] == ["thread.created", "thread.item.done", "stream_options", "error"]
    assert "AtOnce.respond()" in caplog.text
    thread_id = events[0]["thread"]["id"]
    clicked = await server.send("threads.custom_action", thread_id=thread_id, action={"type": "x"})
    assert [event["type"] for event in clicked] == ["stream_options", "error"]


async def test_what_is_not_supported_is_still_known_before_the_stream() -> None:
    server = AtOnce()
    thread_id = (await server.send("threads.create", input=message()))[0]["thread"]["id"]
    server.error = NotSupportedError("no actions")
    with pytest.raises(NotSupportedError):
        await server.send("threads.custom_action", thread_id=thread_id, action={"type": "x"})


class Direct(ScriptedServer):
    """Returns the hook itself."""

    def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        assert self.hook is not None
        return self.hook(thread)


async def test_closing_a_hook_that_waits_in_a_task_group_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    server, ended = Direct(), list[str]()

    async def works() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("task")

    async def hook(thread: ThreadMetadata) -> AsyncIterator[Any]:
        async with asyncio.TaskGroup() as group:
            group.create_task(works())
            await asyncio.sleep(0)
            yield ProgressUpdateEvent(text="…")

    server.hook = hook
    result = await server.stream("threads.create", input=message())
    async with asyncio.timeout(10):
        async for frame in result:
            if b"progress_update" in frame:
                break
        await result.json_events.aclose()
    assert ended == ["task"]
    assert not caplog.records
