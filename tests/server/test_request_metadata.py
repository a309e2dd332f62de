"""What a hook is told of its request is of its request, whoever reads which answer when."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatkit.logger import current_run_id, current_thread_id, logger
from chatkit.server import NonStreamingResult, StreamingResult, current_request_metadata
from chatkit.types import ProgressUpdateEvent, SyncCustomActionResponse, ThreadMetadata, ThreadStreamEvent
from tests.server.conftest import ScriptedServer, message


def asks(name: str) -> str:
    return json.dumps(
        {"type": "threads.create", "params": {"input": message(metadata={"of": name})}, "metadata": {"name": name}}
    )


class Telling:
    """A hook that says at each step whose it is, in events and in the log."""

    def __init__(self, steps: int = 3) -> None:
        self.steps = steps

    async def __call__(self, thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        for _ in range(self.steps):
            logger.info("step of %s in %s", current_request_metadata().get("name"), thread.id)
            yield ProgressUpdateEvent(text=f"{current_request_metadata()} {thread.id} {current_run_id.get()}")


async def started(server: ScriptedServer, name: str) -> StreamingResult:
    result = await server.process(asks(name), {})
    assert isinstance(result, StreamingResult)
    return result


async def said(result: StreamingResult, frames: int | None = None) -> list[str]:
    """What the hook said in the next frames, or in all that are left."""
    texts: list[str] = []
    while frames is None or len(texts) < frames:
        frame = await anext(result.json_events, None)
        if frame is None:
            break
        event = json.loads(frame.removeprefix(b"data: "))
        texts += [event["text"]] if event["type"] == "progress_update" else []
    return texts


def ours(texts: list[str], name: str) -> bool:
    return all(text.startswith(str({"name": name, "of": name})) for text in texts)


async def test_two_results_made_before_either_is_read_each_see_their_own(server: ScriptedServer) -> None:
    server.hook = Telling()
    first, second = await started(server, "one"), await started(server, "two")
    assert ours(one := await said(first), "one")
    assert ours(two := await said(second), "two")
    assert len(one) == len(two) == 3


async def test_two_results_read_alternately_each_see_their_own(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chatkit")
    server.hook = Telling()
    first, second = await started(server, "one"), await started(server, "two")
    for _ in range(3):
        assert ours(await said(first, 1), "one")
        assert ours(await said(second, 1), "two")
        assert current_request_metadata() == {}
    records = [record.__dict__ for record in caplog.records if record.message.startswith("step")]
    assert len(records) == 6
    assert all(record["thread_id"] in record["message"] for record in records)
    runs = {record["message"]: record["run_id"] for record in records}
    assert len(set(runs.values())) == 2
    assert (current_thread_id.get(), current_run_id.get()) == ("-", "-")


async def test_a_request_inside_a_hook_leaves_the_hooks_own_alone(server: ScriptedServer) -> None:
    inner: list[list[str]] = []

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        if current_request_metadata()["name"] == "inner":
            async for event in Telling(1)(thread):
                yield event
            return
        yield ProgressUpdateEvent(text=f"{current_request_metadata()}")
        inner.append(await said(await started(server, "inner")))
        assert isinstance(
            await server.process(json.dumps({"type": "threads.list", "params": {}}), {}), NonStreamingResult
        )
        assert current_thread_id.get() == thread.id
        yield ProgressUpdateEvent(text=f"{current_request_metadata()}")

    server.hook = hook
    assert ours(await said(await started(server, "outer")), "outer")
    assert len(inner) == 1
    assert ours(inner[0], "inner")


async def test_hooks_with_one_answer_see_their_own_and_leave_nothing_behind(server: ScriptedServer) -> None:
    seen: list[tuple[dict[str, Any], str]] = []

    async def sync_action(*_: Any) -> SyncCustomActionResponse:
        seen.append((current_request_metadata(), current_thread_id.get()))
        return SyncCustomActionResponse()

    thread_id = await server.new_thread()
    server.sync_action = sync_action  # pyright: ignore[reportAttributeAccessIssue]
    request = {
        "type": "threads.sync_custom_action",
        "params": {"thread_id": thread_id, "action": {"type": "a"}},
        "metadata": {"name": "action"},
    }
    await server.process(json.dumps(request), {})
    assert seen == [({"name": "action"}, thread_id)]
    assert (current_request_metadata(), current_thread_id.get()) == ({}, "-")
    with pytest.raises(Exception, match="nope"):
        await server.process(json.dumps({**request, "params": {"thread_id": "nope", "action": {"type": "a"}}}), {})
    assert (current_request_metadata(), current_thread_id.get()) == ({}, "-")


async def test_handlers_of_a_stop_see_their_own(server: ScriptedServer) -> None:
    seen: list[dict[str, Any]] = []

    async def handle(*_: Any) -> None:
        seen.append(current_request_metadata())

    server.hook = Telling()
    server.handle_stream_cancelled = handle  # pyright: ignore[reportAttributeAccessIssue]
    first, second = await started(server, "one"), await started(server, "two")
    await said(first, 1)
    await said(second, 1)
    await first.json_events.aclose()
    assert [one["name"] for one in seen] == ["one"]
