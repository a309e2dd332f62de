"""Rules for pages: what a cursor finds, also while others write."""

# ruff: noqa: S101  (it is a suite of tests)

import asyncio

import pytest

from chatkit.store import NotFoundError
from chatkit.testing.store_contract.base import AnyStore, Contexts, all_items, item, new_id
from chatkit.testing.store_contract.base import thread as new_thread
from chatkit.types import ThreadMetadata

__all__ = ["PageRules"]

_WRITERS = 5
_ITEMS_EACH = 8
_SIZES = [10, 3000, 10, 10, 900, 900, 10, 5000, 10]
"""Lengths of texts; a record has some 200 bytes beside its text."""


class PageRules:
    """What holds for pages."""

    async def test_page_says_whether_there_is_more_and_where_to_go_on(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        added = [item(thread.id) for _ in range(3)]
        for one in added:
            await store.add_thread_item(thread.id, one, contexts[0])
        page = await store.load_thread_items(thread.id, None, 2, "asc", contexts[0])
        assert (page.has_more, page.after) == (True, added[1].id)
        page = await store.load_thread_items(thread.id, page.after, 2, "asc", contexts[0])
        assert ([i.id for i in page.data], page.has_more) == ([added[2].id], False)
        page = await store.load_thread_items(thread.id, added[2].id, 2, "asc", contexts[0])
        assert (page.data, page.has_more) == ([], False)
        page = await store.load_thread_items(thread.id, None, 3, "desc", contexts[0])
        assert (len(page.data), page.has_more) == (3, False)

    async def test_empty_pages(self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata) -> None:
        page = await store.load_thread_items(thread.id, None, 20, "desc", contexts[0])
        assert (page.data, page.has_more) == ([], False)
        page = await store.load_threads(20, None, "desc", contexts[1])
        assert (page.data, page.has_more) == ([], False)

    @pytest.mark.parametrize("order", ["asc", "desc"])
    async def test_unknown_cursor_is_not_found(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata, order: str
    ) -> None:
        elsewhere = thread.model_copy(update={"id": new_id("thr")})
        await store.save_thread(elsewhere, contexts[0])
        stranger, gone = item(elsewhere.id), item(thread.id)
        await store.add_thread_item(elsewhere.id, stranger, contexts[0])
        for one in (gone, item(thread.id)):
            await store.add_thread_item(thread.id, one, contexts[0])
        await store.delete_thread_item(thread.id, gone.id, contexts[0])
        for after in (new_id("msg"), stranger.id, gone.id, thread.id):
            with pytest.raises(NotFoundError):
                await store.load_thread_items(thread.id, after, 10, order, contexts[0])
        for after in (new_id("thr"), stranger.id):
            with pytest.raises(NotFoundError):
                await store.load_threads(10, after, order, contexts[0])

    @pytest.mark.parametrize(("limit", "order"), [(0, "asc"), (-1, "desc"), (10, "random")])
    async def test_senseless_pages_are_refused(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata, limit: int, order: str
    ) -> None:
        with pytest.raises(ValueError, match=r"limit|order"):
            await store.load_thread_items(thread.id, None, limit, order, contexts[0])
        with pytest.raises(ValueError, match=r"limit|order"):
            await store.load_threads(limit, None, order, contexts[0])

    async def test_ids_that_cannot_exist_are_not_found(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        for strange in ("", "\0", "a\0b", "x" * 100_000, "\ud800", "%", "' OR 1=1 --"):
            for absent in (
                store.load_thread(strange, contexts[0]),
                store.delete_thread(strange, contexts[0]),
                store.load_thread_items(strange, None, 1, "asc", contexts[0]),
                store.load_thread_items(thread.id, strange, 1, "asc", contexts[0]),
                store.load_threads(1, strange, "asc", contexts[0]),
                store.load_item(thread.id, strange, contexts[0]),
                store.delete_thread_item(thread.id, strange, contexts[0]),
                store.add_thread_item(strange, item(thread.id), contexts[0]),
                store.load_attachment(strange, contexts[0]),
                store.delete_attachment(strange, contexts[0]),
            ):
                with pytest.raises(NotFoundError):
                    await absent

    async def test_pages_hold_still_while_items_are_added(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        added = [item(thread.id) for _ in range(6)]
        for one in added[:4]:
            await store.add_thread_item(thread.id, one, contexts[0])
        newest = await store.load_thread_items(thread.id, None, 2, "desc", contexts[0])
        oldest = await store.load_thread_items(thread.id, None, 2, "asc", contexts[0])
        for one in added[4:]:
            await store.add_thread_item(thread.id, one, contexts[0])
        older = await store.load_thread_items(thread.id, newest.after, 10, "desc", contexts[0])
        assert [i.id for i in older.data] == [added[1].id, added[0].id]
        newer = await store.load_thread_items(thread.id, oldest.after, 10, "asc", contexts[0])
        assert [i.id for i in newer.data] == [i.id for i in added[2:]]

    async def test_reader_who_follows_a_thread_misses_nothing(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        """Places become visible in their order: what a reader has passed stays as it was seen."""
        first = item(thread.id)
        await store.add_thread_item(thread.id, first, contexts[0])
        seen = [first.id]

        async def write() -> None:
            for _ in range(_ITEMS_EACH):
                await store.add_thread_item(thread.id, item(thread.id), contexts[0])

        writing = asyncio.gather(*(write() for _ in range(_WRITERS)))
        while True:
            over = writing.done()
            page = await store.load_thread_items(thread.id, seen[-1], 3, "asc", contexts[0])
            seen.extend(i.id for i in page.data)
            if over and not page.data:
                break
            await asyncio.sleep(0)
        await writing
        assert len(seen) == 1 + _WRITERS * _ITEMS_EACH
        assert seen == [i.id async for i in all_items(store, thread.id, contexts[0])]

    async def test_concurrent_upserts_of_one_item_leave_one(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        one = item(thread.id)
        versions = [item(thread.id, str(n), item_id=one.id) for n in range(10)]
        await asyncio.gather(*(store.add_thread_item(thread.id, version, contexts[0]) for version in versions))
        assert [i async for i in all_items(store, thread.id, contexts[0])] in [[version] for version in versions]

    @pytest.mark.parametrize("order", ["asc", "desc"])
    @pytest.mark.parametrize("letter", ["x", "ü", "🧵"])
    @pytest.mark.parametrize("most", [1, 1500, 7000, 1_000_000])
    async def test_pages_of_items_end_at_a_size(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata, order: str, letter: str, most: int
    ) -> None:
        width = len(letter.encode())
        added = [item(thread.id, letter * (size // width)) for size in _SIZES]
        for one in added:
            await store.add_thread_item(thread.id, one, contexts[0])
        for limit in (1, 4, 50):
            seen: list[str] = []
            after: str | None = None
            while True:
                page = await store.load_thread_items_within(thread.id, after, limit, order, most, contexts[0])
                written = sum(len(one.content[0].text.encode()) for one in page.data if one.type == "assistant_message")
                assert len(page.data) == 1 or written <= most
                assert 1 <= len(page.data) <= limit
                seen += [one.id for one in page.data]
                after = page.after
                if not page.has_more:
                    break
                assert after == seen[-1]
            assert seen == [one.id for one in (added if order == "asc" else added[::-1])]

    @pytest.mark.parametrize("order", ["asc", "desc"])
    async def test_pages_of_threads_end_at_a_size(self, store: AnyStore, contexts: Contexts, order: str) -> None:
        added = [new_thread(minutes=minute, title="x" * size) for minute, size in enumerate(_SIZES)]
        for one in added:
            await store.save_thread(one, contexts[0])
        for most in (1, 1500, 7000, 1_000_000):
            seen: list[str] = []
            after: str | None = None
            while True:
                page = await store.load_threads_within(50, after, order, most, contexts[0])
                assert len(page.data) == 1 or sum(len(one.title or "") for one in page.data) <= most
                seen += [one.id for one in page.data]
                after = page.after
                if not page.has_more:
                    break
                assert after == seen[-1]
            assert seen == [one.id for one in (added if order == "asc" else added[::-1])]

    async def test_pages_with_a_size_are_of_ones_own_and_after_known_ids_too(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        one = item(thread.id)
        await store.add_thread_item(thread.id, one, contexts[0])
        for absent in (
            store.load_thread_items_within(thread.id, None, 10, "asc", 1000, contexts[1]),
            store.load_thread_items_within(thread.id, new_id("msg"), 10, "asc", 1000, contexts[0]),
            store.load_thread_items_within(new_id("thr"), None, 10, "asc", 1000, contexts[0]),
            store.load_threads_within(10, new_id("thr"), "asc", 1000, contexts[0]),
        ):
            with pytest.raises(NotFoundError):
                await absent
        assert (await store.load_threads_within(10, None, "asc", 1000, contexts[1])).data == []
