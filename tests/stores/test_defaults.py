"""Stores that have the abstract methods only, and subclasses that override some: what the rest makes of them."""

import asyncio
from typing import Any

import pytest

from chatkit.store import NotFoundError, Store
from chatkit.store.changes import ThreadChanges
from chatkit.stores import MemoryStore, SQLStore
from chatkit.testing.store_contract.base import attachment, item, message, thread
from chatkit.types import ClientToolCallItem, LockedStatus, Page, ThreadItem, ThreadMetadata
from tests.support.plain_store import PlainStore


async def test_message_is_written_step_by_step_in_the_order_of_the_reference() -> None:
    store, opened = PlainStore(), thread()
    files = [attachment(opened.id), attachment(opened.id)]
    sent = message(opened.id, files)
    await store.store_user_message(opened, sent, None, opens_thread=True)
    assert store.log == [
        ("save_thread", opened.id),
        *(("save_attachment", file.id) for file in files),
        ("add_thread_item", sent.id),
    ]


@pytest.mark.parametrize("failing", ["save_thread", "save_attachment", "add_thread_item"])
async def test_thread_whose_message_cannot_be_stored_is_deleted_again(failing: str) -> None:
    store, opened = PlainStore(), thread()
    store.failing = failing
    with pytest.raises(ConnectionError):
        await store.store_user_message(opened, message(opened.id, [attachment()]), None, opens_thread=True)
    with pytest.raises(NotFoundError):
        await store.load_thread(opened.id, None)


async def test_thread_that_was_there_before_is_never_deleted_by_a_message_that_fails() -> None:
    store, known = PlainStore(), thread()
    await store.save_thread(known, None)
    kept = item(known.id)
    await store.add_thread_item(known.id, kept, None)
    store.failing = "add_thread_item"
    for opens in (False, True):  # some applications give the same id twice
        with pytest.raises(ConnectionError):
            await store.store_user_message(known, message(known.id), None, opens_thread=opens)
    assert (await store.load_thread_items(known.id, None, 10, "asc", None)).data == [kept]


async def test_error_of_the_store_is_what_is_raised_also_when_undoing_fails() -> None:
    class Down(PlainStore):
        async def delete_thread(self, thread_id: str, context: Any) -> None:
            raise RuntimeError("and this, too")

    store, opened = Down(), thread()
    store.failing = "add_thread_item"
    with pytest.raises(ConnectionError):
        await store.store_user_message(opened, message(opened.id), None, opens_thread=True)


async def test_locks_are_forgotten() -> None:
    store, known = PlainStore(), thread()
    await store.save_thread(known, None)
    change = ThreadChanges(metadata={"a": 1})
    tasks = [asyncio.ensure_future(store.update_thread(known.id, change, None)) for _ in range(5)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with pytest.raises(NotFoundError):
        await store.update_thread("thr_none", change, None)
    assert vars(store)["_chatkit_locks"] == {}
    async with asyncio.timeout(5):
        await store.update_thread(known.id, change, None)


async def test_threads_do_not_wait_for_each_other() -> None:
    class Slow(PlainStore):
        def __init__(self) -> None:
            super().__init__()
            self.reached, self.goes_on = asyncio.Event(), asyncio.Event()

        async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
            if thread_id == "slow":
                self.reached.set()
                await self.goes_on.wait()
            return await super().load_thread(thread_id, context)

    store = Slow()
    for name in ("slow", "quick"):
        await store.save_thread(thread(thread_id=name), None)
    change = ThreadChanges(metadata={"a": 1})
    slow = asyncio.ensure_future(store.update_thread("slow", change, None))
    await store.reached.wait()
    async with asyncio.timeout(5):
        await store.update_thread("quick", change, None)
    store.goes_on.set()
    await slow


class Overriding:
    """As a mixin or a subclass: what it sees is what was asked of it."""

    seen: list[str]

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        self.seen.append(f"add {item.type}")
        await super().add_thread_item(thread_id, item, context)  # type: ignore[misc]

    async def save_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        self.seen.append(f"save {item.type}")
        await super().save_item(thread_id, item, context)  # type: ignore[misc]

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        self.seen.append("save thread")
        await super().save_thread(thread, context)  # type: ignore[misc]

    async def load_thread_items(self, *arguments: Any) -> Page[ThreadItem]:
        self.seen.append("page")
        return await super().load_thread_items(*arguments)  # type: ignore[misc]


class OverridingMemoryStore(Overriding, MemoryStore[Any]):
    pass


class OverridingSQLStore(Overriding, SQLStore[Any]):
    pass


class OverridingMore(OverridingMemoryStore):
    """One that knows of the newer method keeps it."""

    async def claim_item(self, *arguments: Any, **named: Any) -> bool:
        self.seen.append("claim")
        return False


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_methods_that_a_subclass_overrides_are_asked(kind: str, sqlite_url: str) -> None:
    store: Any = OverridingMemoryStore() if kind == "memory" else OverridingSQLStore(sqlite_url)
    store.seen = []
    opened = thread()
    await store.store_user_message(opened, message(opened.id), None, opens_thread=True)
    call = ClientToolCallItem(
        id="tc", thread_id=opened.id, created_at=opened.created_at, call_id="c", name="n", arguments={}
    )
    await store.add_thread_item(opened.id, call, None)
    assert await store.claim_item(opened.id, call.model_copy(update={"status": "completed"}), None)
    await store.update_thread(opened.id, ThreadChanges(fields={"title": "x"}), None)
    page = await store.load_thread_items_within(opened.id, None, 10, "asc", 1, None)
    assert (len(page.data), page.has_more) == (1, True)
    assert store.seen == [
        "save thread",
        "add user_message",
        "add client_tool_call",
        "save client_tool_call",
        "save thread",
        "page",
    ]
    await store.close()


async def test_newer_method_of_a_subclass_is_its_own() -> None:
    store = OverridingMore()
    store.seen = []
    assert not await store.claim_item()
    assert store.seen == ["claim"]
    assert OverridingMore.store_user_message is Store.store_user_message


def test_stores_that_override_nothing_keep_their_transactions() -> None:
    class Named(MemoryStore[Any]):
        """Has other methods only."""

        def generate_thread_id(self, context: Any) -> str:
            return "thr_mine"

    writes = ("store_user_message", "update_thread", "claim_item", "save_if_unchanged", "delete_items_after")
    for name in (*writes, "load_threads_within"):
        assert getattr(Named, name) is getattr(MemoryStore, name)
        assert getattr(SQLStore, name) is not getattr(Store, name)


# What changed in a thread


def test_only_what_changed_is_changed_again() -> None:
    before = thread(title="a")
    before.metadata = {"kept": 1, "gone": 2, "deep": {"x": [1]}}
    after = before.model_copy(deep=True)
    after.status = LockedStatus(reason="r")
    after.metadata = {"kept": 1, "deep": {"x": [1, 2]}, "new": 3}
    changes = ThreadChanges.between(before, after)
    assert changes
    stored = before.model_copy(deep=True)
    stored.title, stored.metadata["theirs"] = "renamed", 4
    changed = changes.applied_to(stored)
    assert (changed.title, changed.status) == ("renamed", LockedStatus(reason="r"))
    assert changed.metadata == {"kept": 1, "deep": {"x": [1, 2]}, "new": 3, "theirs": 4}
    assert stored.metadata["gone"] == 2
    assert not ThreadChanges.between(before, before.model_copy(deep=True))


@pytest.mark.parametrize(("meanwhile", "title"), [(None, "made up"), ("renamed", "renamed")])
def test_title_yields_to_one_that_was_set_meanwhile(meanwhile: str | None, title: str) -> None:
    before = thread()
    after = before.model_copy(update={"title": "made up"})
    stored = before.model_copy(update={"title": meanwhile})
    assert ThreadChanges.between(before, after).applied_to(stored).title == title
    assert ThreadChanges(fields={"title": "asked for"}).applied_to(stored).title == "asked for"


def test_changes_are_their_own() -> None:
    before = thread()
    after = before.model_copy(deep=True)
    after.metadata = {"list": [1]}
    changes = ThreadChanges.between(before, after)
    after.metadata["list"].append(2)
    changed = changes.applied_to(before)
    assert changed.metadata == {"list": [1]}
    changed.metadata["list"].append(3)
    assert changes.applied_to(before).metadata == {"list": [1]}


def test_fields_of_a_newer_version_change_too() -> None:
    before = ThreadMetadata.model_validate({**thread().model_dump(), "colour": "red", "shape": "round"})
    after = ThreadMetadata.model_validate({**thread().model_dump(), "id": before.id, "colour": "blue"})
    changed = ThreadChanges.between(before, after).applied_to(before).model_dump()
    assert (changed["colour"], changed["shape"]) == ("blue", None)
