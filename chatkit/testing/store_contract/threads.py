"""Rules for threads."""

# ruff: noqa: S101  (it is a suite of tests)

from datetime import datetime, timedelta, timezone

import pytest

from chatkit.store import NotFoundError
from chatkit.testing.store_contract.base import MORNING, AnyStore, Contexts, all_threads, item, new_id, thread
from chatkit.types import ClosedStatus, LockedStatus, Page, Thread, ThreadMetadata

__all__ = ["ThreadRules"]


class ThreadRules:
    """What holds for threads."""

    async def test_thread_is_loaded_as_it_was_saved(self, store: AnyStore, contexts: Contexts) -> None:
        saved = ThreadMetadata(
            id=new_id("thr"),
            title="Ünïcode “title” 🧵 \0 ' \" % \\",
            created_at=MORNING,
            status=LockedStatus(reason="Paused"),
            allowed_image_domains=["images.example"],
            metadata={"nested": {"list": [1, 2.5, None, "x"], "null": None}, "big": 2**70},
        )
        await store.save_thread(saved, contexts[0])
        assert await store.load_thread(saved.id, contexts[0]) == saved

    async def test_thread_keeps_fields_of_a_newer_version(self, store: AnyStore, contexts: Contexts) -> None:
        saved = ThreadMetadata.model_validate(
            {
                "id": new_id("thr"),
                "created_at": MORNING,
                "colour": {"hue": 7, "none": None},
                "status": {"type": "locked", "until": "tomorrow"},
            }
        )
        await store.save_thread(saved, contexts[0])
        again = await store.load_thread(saved.id, contexts[0])
        await store.save_thread(again, contexts[0])
        loaded = (await store.load_thread(saved.id, contexts[0])).model_dump()
        assert loaded["colour"] == {"hue": 7, "none": None}
        assert loaded["status"]["until"] == "tomorrow"

    async def test_saving_a_thread_again_replaces_it(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        await store.add_thread_item(thread.id, item(thread.id), contexts[0])
        changed = thread.model_copy(update={"title": "New", "status": ClosedStatus()})
        await store.save_thread(changed, contexts[0])
        assert await store.load_thread(thread.id, contexts[0]) == changed
        assert [t.id async for t in all_threads(store, contexts[0])] == [thread.id]
        assert len((await store.load_thread_items(thread.id, None, 10, "asc", contexts[0])).data) == 1

    async def test_items_of_a_full_thread_are_not_saved_with_it(self, store: AnyStore, contexts: Contexts) -> None:
        full = Thread(id=new_id("thr"), created_at=MORNING, items=Page(data=[item("any")]))
        await store.save_thread(full, contexts[0])
        assert "items" not in (await store.load_thread(full.id, contexts[0])).model_dump()
        assert (await store.load_thread_items(full.id, None, 10, "asc", contexts[0])).data == []

    async def test_what_happens_to_a_thread_later_changes_nothing(self, store: AnyStore, contexts: Contexts) -> None:
        saved = thread(title="before")
        await store.save_thread(saved, contexts[0])
        saved.title = "after"
        loaded = await store.load_thread(saved.id, contexts[0])
        loaded.metadata["changed"] = True
        again = await store.load_thread(saved.id, contexts[0])
        assert (again.title, again.metadata) == ("before", {})

    async def test_threads_are_ordered_by_time_then_id(self, store: AnyStore, contexts: Contexts) -> None:
        prefix = new_id("thr")
        names = [("b", 5), ("C", 5), ("a", 5), ("é", 5), ("z", 1), ("_", 9), ("-", 5)]
        for name, minutes in names:
            await store.save_thread(thread(thread_id=f"{prefix}{name}", minutes=minutes), contexts[0])
        expected = [prefix + name for name, _ in sorted(names, key=lambda entry: (entry[1], entry[0]))]
        for limit in (1, 2, 3, 7, 50):
            ascending = [t.id async for t in all_threads(store, contexts[0], limit=limit)]
            assert ascending == expected
            descending = [t.id async for t in all_threads(store, contexts[0], limit=limit, order="desc")]
            assert descending == expected[::-1]

    async def test_times_of_all_zones_are_one_order(self, store: AnyStore, contexts: Contexts) -> None:
        east = timezone(timedelta(hours=9))
        first = ThreadMetadata(id=new_id("thr"), created_at=datetime(2026, 3, 1, 17, 29, 59, 999_999, tzinfo=east))
        second = thread()
        third = ThreadMetadata(id=new_id("thr"), created_at=MORNING + timedelta(microseconds=1))
        for saved in (third, first, second):
            await store.save_thread(saved, contexts[0])
        assert [t.id async for t in all_threads(store, contexts[0], limit=1)] == [first.id, second.id, third.id]

    async def test_paging_goes_on_after_a_deletion_elsewhere(self, store: AnyStore, contexts: Contexts) -> None:
        saved = [thread(minutes=minute) for minute in range(4)]
        for one in saved:
            await store.save_thread(one, contexts[0])
        page = await store.load_threads(2, None, "asc", contexts[0])
        await store.delete_thread(saved[0].id, contexts[0])
        rest = await store.load_threads(2, page.after, "asc", contexts[0])
        assert [t.id for t in rest.data] == [saved[2].id, saved[3].id]

    async def test_deleted_thread_is_gone_with_its_items(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        kept = item(thread.id)
        await store.add_thread_item(thread.id, kept, contexts[0])
        await store.delete_thread(thread.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_thread(thread.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_item(thread.id, kept.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_thread_items(thread.id, None, 10, "asc", contexts[0])
        with pytest.raises(NotFoundError):
            await store.delete_thread(thread.id, contexts[0])
        assert (await store.load_threads(10, None, "asc", contexts[0])).data == []
        await store.save_thread(thread, contexts[0])  # the id may be used again: nothing of the old thread is left
        assert (await store.load_thread_items(thread.id, None, 10, "asc", contexts[0])).data == []

    async def test_store_can_be_warmed_up_and_pinged(self, store: AnyStore) -> None:
        await store.warm_up()
        await store.ping()
