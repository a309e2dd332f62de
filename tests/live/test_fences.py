"""A run that lost its thread writes nothing more, whatever method of the store it tries."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chatkit.live import Fence, LeaseLostError, LiveEngine, memory_engine
from chatkit.store import Store, ThreadChanges
from chatkit.stores import MemoryStore, SQLStore
from chatkit.testing.live_fixtures import die, held, new_id, under
from chatkit.testing.store_contract.base import MORNING, all_items, all_threads, attachment, item, message, thread
from chatkit.types import (
    Attachment,
    ClientToolCallItem,
    FileAttachment,
    ThreadItem,
    ThreadMetadata,
)
from tests.live.conftest import Processes

AnyStore = Store[Any]


@dataclass
class Records:
    """What is stored before a method is tried."""

    thread: ThreadMetadata
    item: ThreadItem
    call: ClientToolCallItem
    file: FileAttachment


Write = Callable[[AnyStore, Records], Awaitable[object]]


async def answer(store: AnyStore, known: Records) -> None:
    done = known.call.model_copy(update={"status": "completed"})
    assert await store.claim_item(known.thread.id, done, None)


async def replace_if_unchanged(store: AnyStore, known: Records) -> None:
    changed = item(known.thread.id, "changed", item_id=known.item.id)
    assert await store.save_if_unchanged(known.thread.id, known.item, [changed], None)


async def tell(store: AnyStore, known: Records, **options: Any) -> None:
    file: list[Attachment] = [attachment(known.thread.id)]
    await store.store_user_message(known.thread, message(known.thread.id, file), None, opens_thread=False)


async def open_thread(store: AnyStore, known: Records) -> None:
    new = thread()
    await store.store_user_message(new, message(new.id), None, opens_thread=True)


WRITES: Mapping[str, Write] = {
    "save_thread": lambda store, known: store.save_thread(thread(thread_id=known.thread.id, title="new"), None),
    "update_thread": lambda store, known: store.update_thread(known.thread.id, ThreadChanges({"title": "new"}), None),
    "delete_thread": lambda store, known: store.delete_thread(known.thread.id, None),
    "add_thread_item": lambda store, known: store.add_thread_item(known.thread.id, item(known.thread.id), None),
    "save_item": lambda store, known: store.save_item(known.thread.id, item(known.thread.id), None),
    "store_user_message": tell,
    "store_user_message in a new thread": open_thread,
    "claim_item": answer,
    "save_if_unchanged": replace_if_unchanged,
    "delete_thread_item": lambda store, known: store.delete_thread_item(known.thread.id, known.item.id, None),
    "delete_items_after": lambda store, known: store.delete_items_after(known.thread.id, known.item.id, None),
    "save_attachment": lambda store, _: store.save_attachment(attachment(), None),
    "delete_attachment": lambda store, known: store.delete_attachment(known.file.id, None),
}
READS = {
    "load_thread",
    "load_threads",
    "load_threads_within",
    "load_thread_items",
    "load_thread_items_within",
    "load_item",
    "load_attachment",
    "ids_after",
    "list_thread_attachment_ids",
    "warm_up",
    "ping",
    "close",
}


def test_every_method_of_a_store_is_in_the_table() -> None:
    methods = {
        name for name in vars(Store) if asyncio.iscoroutinefunction(getattr(Store, name)) and not name.startswith("_")
    }
    assert methods - READS == {name.partition(" ")[0] for name in WRITES}


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def pair(request: pytest.FixtureRequest) -> tuple[AnyStore, Callable[[], LiveEngine], Processes | None]:
    if request.param == "memory":
        store: AnyStore = MemoryStore()
        runs = store._runs
        return store, lambda: memory_engine(runs), None
    processes: Processes = request.getfixturevalue(f"{request.param}_processes")
    return processes.store(), processes.engine, processes


@pytest.fixture
async def made(
    pair: tuple[AnyStore, Callable[[], LiveEngine], Processes | None],
) -> AsyncIterator[tuple[AnyStore, LiveEngine, LiveEngine]]:
    """A store, its engine, and the engine of another process."""
    store, another, processes = pair
    mine, other = store.live_engine(), another()
    assert mine is not None
    assert store.live_engine() is mine
    for engine in (mine, other):
        await engine.leases.start(lambda: None)
    yield store, mine, other
    for engine in (mine, other):
        await engine.leases.close()
    if processes is not None:
        await processes.close()


async def stored(store: AnyStore) -> Records:
    records = Records(thread(), item(""), None, attachment())  # type: ignore[arg-type]
    records.item = item(thread_id := records.thread.id)
    records.call = ClientToolCallItem(
        id=new_id("tc"), thread_id=thread_id, created_at=MORNING, call_id="c", name="look", arguments={}
    )
    records.file = attachment(thread_id)
    await store.save_thread(records.thread, None)
    await store.add_thread_item(thread_id, records.item, None)
    await store.add_thread_item(thread_id, records.call, None)
    await store.save_attachment(records.file, None)
    return records


async def dump(store: AnyStore) -> list[str]:
    """All that a store holds."""
    if isinstance(store, SQLStore):
        database = store._database
        tables = ("chatkit_threads", "chatkit_items", "chatkit_attachments", "chatkit_attachment_uses")
        schema = f"{store._schema}." if store._schema else ""

        async def rows(connection: Any) -> list[str]:
            found = [await connection.exec_driver_sql(f"SELECT * FROM {schema}{table}") for table in tables]  # noqa: S608
            return sorted(str(row) for result in found for row in result)

        return await database.run(rows)
    assert isinstance(store, MemoryStore)
    threads = [one async for one in all_threads(store, None)]
    items = [str(i) for one in threads for i in [i async for i in all_items(store, one.id, None)]]
    return [*map(str, threads), *items, str(store._attachments)]


@pytest.mark.parametrize("name", WRITES)
async def test_run_that_lost_its_thread_writes_nothing(
    made: tuple[AnyStore, LiveEngine, LiveEngine], name: str
) -> None:
    store, mine, other = made
    known = await stored(store)
    fence = await held(mine, thread_id=known.thread.id)
    await die(mine)
    assert await other.leases.take_over(fence.run_id)
    before = await dump(store)
    with under(fence), pytest.raises(LeaseLostError):
        await WRITES[name](store, known)
    assert await dump(store) == before
    await WRITES[name](store, known)  # who has no run is not asked
    assert await dump(store) != before


@pytest.mark.parametrize("name", WRITES)
async def test_run_that_has_its_thread_writes_and_has_begun(
    made: tuple[AnyStore, LiveEngine, LiveEngine], name: str
) -> None:
    store, mine, other = made
    known = await stored(store)
    fence = await held(mine, thread_id=known.thread.id)
    with under(fence):
        await store.load_thread(known.thread.id, None)
        await store.ping()
        assert (await begun(other, fence), fence.begun) == (False, False)
        before = await dump(store)
        await WRITES[name](store, known)
        assert (await begun(other, fence), fence.begun) == (True, True)
        assert await dump(store) != before
        await store.save_thread(thread(), None)


async def begun(engine: LiveEngine, fence: Fence) -> bool:
    record = await engine.leases.find(fence.run_id)
    assert record is not None
    return record.begun


async def test_who_takes_over_goes_on_from_what_was_begun(made: tuple[AnyStore, LiveEngine, LiveEngine]) -> None:
    store, mine, other = made
    fence = await held(mine)
    with under(fence):
        await store.save_thread(thread(), None)
    await die(mine)
    taken = await other.leases.take_over(fence.run_id)
    assert taken is not None
    assert taken.begun


async def test_thread_that_was_deleted_and_made_again_knows_its_old_runs(
    made: tuple[AnyStore, LiveEngine, LiveEngine],
) -> None:
    store, mine, other = made
    known = await stored(store)
    fence = await held(mine, thread_id=known.thread.id)
    await die(mine)
    taken = await other.leases.take_over(fence.run_id)
    assert taken is not None
    await store.delete_thread(known.thread.id, None)
    assert await other.leases.end(fence.run_id, taken.number, "interrupted")
    await other.leases.sweep()
    with under(fence), pytest.raises(LeaseLostError):
        await store.save_thread(known.thread, None)
    await store.save_thread(known.thread, None)
    await mine.leases.start(lambda: None)
    assert (await held(mine, thread_id=known.thread.id)).number > taken.number


async def test_fence_of_another_store_is_none_of_ours(made: tuple[AnyStore, LiveEngine, LiveEngine]) -> None:
    store, mine, other = made
    fence = await held(mine)
    await die(mine)
    assert await other.leases.take_over(fence.run_id)
    elsewhere: list[AnyStore] = [MemoryStore(), SQLStore("sqlite+aiosqlite:///:memory:")]
    with under(fence):
        for one in elsewhere:
            await one.save_thread(thread(), None)
            await one.close()
        with pytest.raises(LeaseLostError):
            await asyncio.create_task(store.save_thread(thread(), None))  # a task that the run began


async def test_write_that_fails_has_begun_nothing(sqlite_processes: Processes) -> None:
    store = sqlite_processes.store()
    engine = store.live_engine()
    assert engine is not None
    await engine.leases.start(lambda: None)
    fence = await held(engine)
    with under(fence), pytest.raises(Exception, match="There is no"):
        await store.delete_thread("thr_none", None)
    assert (await begun(engine, fence), fence.begun) == (False, False)
    await sqlite_processes.close()


async def test_takeover_waits_for_a_write_that_has_begun(postgres_processes: Processes) -> None:
    """And what is written then is there before the other looks: nothing comes in between."""
    store = postgres_processes.store()
    assert isinstance(store, SQLStore)
    mine, other = store.live_engine(), postgres_processes.engine()
    for engine in (mine, other):
        await engine.leases.start(lambda: None)
    fence = await held(mine)
    with under(fence):
        await store.save_thread(thread(), None)
    await die(mine)
    begun_to_write, may_end = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def slow(_: object) -> None:
        begun_to_write.set()
        await may_end.wait()
        done.append("written")

    async def take_over() -> None:
        assert await other.leases.take_over(fence.run_id)
        done.append("taken")

    with under(fence):
        writing = asyncio.create_task(store._database.transact(slow))
    await begun_to_write.wait()
    taking = asyncio.create_task(take_over())
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while (await store._database.run(lambda connection: connection.exec_driver_sql(waiting))).scalar() == 0:
        assert not taking.done()
        await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(writing, taking)
    assert done == ["written", "taken"]
    await postgres_processes.close()
