"""What a hook changes of its thread is made of the stored thread, whatever others do to it meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit._watch import ThreadWatch
from chatkit.store import NotFoundError, Store
from chatkit.stores import MemoryStore
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    LockedStatus,
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)
from chatkit.types.threads import ASSIGNMENTS
from tests.server.conftest import ScriptedServer, message


class LiveStore(MemoryStore[Any]):
    """A store that others wrote: only what they had to write, and it gives out the threads that it holds."""

    update_thread = Store.update_thread

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, ThreadMetadata] = {}

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        if thread_id not in self.held:
            raise NotFoundError(thread_id)
        return self.held[thread_id]

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        await super().save_thread(thread, context)
        self.held[thread.id] = thread

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        await super().delete_thread(thread_id, context)
        del self.held[thread_id]


@pytest.fixture(params=[MemoryStore[Any], LiveStore])
def server(request: pytest.FixtureRequest) -> ScriptedServer:
    server = ScriptedServer()
    server.store = request.param()
    return server


def delta(text: str = "x") -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
    return ThreadItemUpdatedEvent(item_id="msg_a", update=update)


def added(thread: ThreadMetadata) -> ThreadItemAddedEvent:
    item = AssistantMessageItem(id="msg_a", thread_id=thread.id, created_at=datetime.now(UTC), content=[])
    return ThreadItemAddedEvent(item=item)


async def test_a_rename_during_the_answer_stays(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        await server.send("threads.update", thread_id=thread.id, title="The user's")
        thread.title = "Generated"
        thread.metadata["seen"] = True
        yield ProgressUpdateEvent(text="…")

    server.hook = hook
    thread_id = await server.new_thread()
    events = await server.send("threads.add_user_message", thread_id=thread_id, input=message())
    stored = await server.store.load_thread(thread_id, {})
    assert stored.metadata == {"seen": True}
    if not isinstance(server.store, LiveStore):  # there, the hook's thread is the one that was renamed
        assert stored.title == "The user's"
        assert events[-1]["thread"]["title"] == "The user's"
    assert events[-1]["type"] == "thread.updated"


async def test_what_others_put_into_the_metadata_stays(server: ScriptedServer) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        other = (await server.store.load_thread(thread.id, {})).model_copy(deep=True)
        other.metadata["theirs"] = 1
        await server.store.save_thread(other, {})
        thread.metadata["mine"] = 2
        del thread.metadata["old"]
        yield ProgressUpdateEvent(text="…")

    thread_id = await server.new_thread()
    thread = await server.store.load_thread(thread_id, {})
    thread.metadata["old"] = 0
    await server.store.save_thread(thread, {})
    server.hook = hook
    await server.send("threads.add_user_message", thread_id=thread_id, input=message())
    assert (await server.store.load_thread(thread_id, {})).metadata == {"theirs": 1, "mine": 2}


@pytest.mark.parametrize("late", [True, False])
async def test_a_thread_deleted_during_the_answer_never_comes_back(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, late: bool
) -> None:
    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        await server.store.delete_thread(thread.id, {})
        thread.title = "Back again"
        if not late:
            yield ProgressUpdateEvent(text="…")

    caplog.set_level(logging.INFO, "chatkit")
    server.hook = hook
    events = await server.send("threads.create", input=message())
    assert {"thread.updated", "error"}.isdisjoint(event["type"] for event in events)
    with pytest.raises(NotFoundError):
        await server.store.load_thread(events[0]["thread"]["id"], {})
    assert [record.levelname for record in caplog.records] == ["INFO"]


async def test_a_change_just_before_a_stop_is_saved(server: ScriptedServer) -> None:
    waiting = asyncio.Event()

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        yield ProgressUpdateEvent(text="…")
        thread.metadata["progress"] = 3
        waiting.set()
        await asyncio.Event().wait()

    server.hook = hook
    result = await server.stream("threads.create", input=message())

    async def read() -> None:
        async for _ in result:
            pass

    task = asyncio.create_task(read())
    await waiting.wait()
    task.cancel()
    await asyncio.wait([task])
    thread_id = (await server.send("threads.list"))["data"][0]["id"]
    assert (await server.store.load_thread(thread_id, {})).metadata == {"progress": 3}


def title(thread: ThreadMetadata) -> None:
    thread.title = "New"


def entry(thread: ThreadMetadata) -> None:
    thread.metadata["new"] = 1


def gone(thread: ThreadMetadata) -> None:
    thread.metadata.popitem()


def replaced(thread: ThreadMetadata) -> None:
    thread.metadata = {**thread.metadata, "0": "other"}


def locked(thread: ThreadMetadata) -> None:
    thread.status = LockedStatus(reason="r")


def inside(thread: ThreadMetadata) -> None:
    thread.metadata["list"].append(1)


def value(thread: ThreadMetadata) -> None:
    thread.metadata["0"] = "other"


AT_ONCE = [title, entry, gone, replaced, locked]


def metadata(entries: int) -> dict[str, Any]:
    return {"list": [0], **{str(number): number for number in range(entries)}}


async def frames_after(
    server: ScriptedServer, entries: int, change: Callable[[ThreadMetadata], None], event: Any
) -> list[str]:
    """The types of the events after a change that is followed by `event`, and then by nothing."""

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        yield added(thread)
        change(thread)
        yield event
        yield ProgressUpdateEvent(text="later")

    thread_id = await server.new_thread()
    thread = await server.store.load_thread(thread_id, {})
    thread.metadata = metadata(entries)
    await server.store.save_thread(thread, {})
    server.hook = hook
    events = await server.send("threads.add_user_message", thread_id=thread_id, input=message())
    return [event["type"] for event in events[3:]]


@pytest.mark.parametrize("change", [*AT_ONCE, inside, value])
@pytest.mark.parametrize("entries", [1, 29])
async def test_of_ordinary_threads_every_change_is_shown_right_after_the_event(
    server: ScriptedServer, entries: int, change: Callable[[ThreadMetadata], None]
) -> None:
    seen = await frames_after(server, entries, change, delta())
    assert seen == ["thread.item.updated", "thread.updated", "progress_update"]


@pytest.mark.parametrize("change", AT_ONCE)
async def test_of_large_metadata_what_comes_and_goes_is_shown_right_after_a_delta(
    server: ScriptedServer, change: Callable[[ThreadMetadata], None]
) -> None:
    seen = await frames_after(server, 2000, change, delta())
    assert seen == ["thread.item.updated", "thread.updated", "progress_update"]


@pytest.mark.parametrize("change", [inside, value])
async def test_of_large_metadata_any_change_is_shown_after_the_next_other_event(
    server: ScriptedServer, change: Callable[[ThreadMetadata], None]
) -> None:
    seen = await frames_after(server, 2000, change, delta())
    assert seen.count("thread.updated") == 1
    seen = await frames_after(server, 2000, change, ProgressUpdateEvent(text="p"))
    assert seen == ["progress_update", "thread.updated", "progress_update"]


def added_to_domains(thread: ThreadMetadata) -> None:
    assert thread.allowed_image_domains is not None
    thread.allowed_image_domains.append("images.example")


def another_reason(thread: ThreadMetadata) -> None:
    assert isinstance(thread.status, LockedStatus)
    thread.status.reason = "other"


def inside_an_unknown_field(thread: ThreadMetadata) -> None:
    assert thread.model_extra is not None
    thread.model_extra["labels"].append("b")


def unknown_field(thread: ThreadMetadata) -> None:
    thread.__setattr__("labels", ["c"])


def no_title(thread: ThreadMetadata) -> None:
    del thread.title


def another_threads(thread: ThreadMetadata) -> None:
    thread.model_copy().title = "Another's"


def no_change(thread: ThreadMetadata) -> None:
    pass


def past_setattr(thread: ThreadMetadata) -> None:
    vars(thread)["title"] = "New"


FULL = {
    "title": "Old",
    "status": {"type": "locked", "reason": "for now"},
    "allowed_image_domains": ["a.example"],
    "labels": ["a"],
}


OF_ALL = [(title, True), (entry, True), (locked, True), (unknown_field, True), (no_change, False)]
OF_ALL += [(another_threads, False), (past_setattr, False)]
IN_PLACE = [(added_to_domains, True), (another_reason, True), (inside_an_unknown_field, True), (no_title, True)]


@pytest.mark.parametrize("entries", [0, 3, 40])
@pytest.mark.parametrize(
    ("fields", "change", "seen"),
    [*(({}, *case) for case in OF_ALL), *((FULL, *case) for case in OF_ALL + IN_PLACE)],
)
def test_a_delta_sees_what_changed(
    fields: dict[str, Any], entries: int, change: Callable[[ThreadMetadata], None], seen: bool
) -> None:
    values = {str(number): number for number in range(entries)}
    thread = ThreadMetadata(id="thr", created_at=datetime.now(UTC), metadata=values, **fields)
    watch = ThreadWatch(thread)

    def heard() -> bool:
        """As `play` asks after a delta."""
        return bool(ASSIGNMENTS.latest is not watch.assigned or watch.cue) and watch.changed_by_delta()

    assert not heard()
    change(thread)
    assert [heard(), heard()] == [seen, seen]
    assert watch.changed() == (seen or change is past_setattr)
    watch.take()
    assert not heard()
    assert not watch.changed()


class Counting(dict[str, Any]):
    """Counts how often it is compared with another."""

    compared = 0

    def __ne__(self, other: object) -> bool:
        Counting.compared += 1
        return dict.__ne__(self, other)

    def __eq__(self, other: object) -> bool:
        Counting.compared += 1
        return dict.__eq__(self, other)

    __hash__ = None  # pyright: ignore[reportAssignmentType]


def test_large_metadata_is_not_compared_with_every_delta(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("chatkit._watch.perf_counter", lambda: now)
    thread = ThreadMetadata(id="thr", created_at=datetime.now(UTC))
    thread.metadata = Counting(metadata(10_000))
    watch = ThreadWatch(thread)
    watch._pause = 0.04  # pyright: ignore[reportPrivateUsage] - what it measures as it begins stands still here
    watch._rest()  # pyright: ignore[reportPrivateUsage]
    Counting.compared = 0
    for _ in range(1000):
        assert not watch.changed_by_delta()
    assert Counting.compared == 0
    thread.metadata["list"].append(1)
    assert not watch.changed_by_delta()
    now = 0.05
    assert watch.changed_by_delta()
    assert watch.take().metadata == {"list": [0, 1]}
    assert not watch.changed()
