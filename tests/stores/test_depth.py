"""What is too deep to be read again is refused when it is written, in no time, and nothing of it is stored."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from chatkit.store import NotFoundError, Store, ThreadChanges
from chatkit.store.records import MAX_LEVELS
from chatkit.stores import MemoryStore, SQLStore
from chatkit.testing.store_contract.base import MORNING, all_items, item, message, thread
from chatkit.types import (
    ClientToolCallItem,
    FileAttachment,
    HiddenContextItem,
    ThreadItem,
    UserMessageTagContent,
    WidgetItem,
)
from chatkit.widgets import Box, Card, Text


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Store[Any]]:
    opened: Store[Any] = MemoryStore() if request.param == "memory" else SQLStore(sqlite_url)
    yield opened
    await opened.close()


def lists(levels: int) -> Any:
    nested: Any = []
    for _ in range(levels - 1):
        nested = [nested]
    return nested


def dicts(levels: int) -> Any:
    nested: Any = {}
    for _ in range(levels - 1):
        nested = {"a": nested}
    return nested


def boxes(levels: int) -> Card:
    """A card of so many objects and arrays inside one another, of which pydantic checked none."""
    inner: Any = Text.model_construct(value="t")
    for _ in range((levels - 3) // 2):
        inner = Box.model_construct(children=[inner])
    return Card.model_construct(children=[inner])


COMMON: dict[str, Any] = {"id": "deep", "thread_id": "thr_1", "created_at": MORNING}

DEEP: dict[str, Callable[[int], ThreadItem]] = {
    "lists of a hidden item": lambda levels: HiddenContextItem(**COMMON, content=lists(levels - 1)),
    "objects of a hidden item": lambda levels: HiddenContextItem(**COMMON, content=dicts(levels - 1)),
    "arguments of a tool": lambda levels: ClientToolCallItem(
        **COMMON, call_id="c", name="n", arguments=dicts(levels - 1)
    ),
    "output of a tool": lambda levels: ClientToolCallItem(
        **COMMON, call_id="c", name="n", arguments={}, output=lists(levels - 1)
    ),
    "data of a tag": lambda levels: message("thr_1", item_id="deep").model_copy(
        update={"content": [UserMessageTagContent(id="t", text="t", data=dicts(levels - 3))]}
    ),
    "a field of a newer version": lambda levels: item("thr_1", item_id="deep").model_copy(
        update={"newer": lists(levels - 1)}
    ),
}


@pytest.mark.parametrize("kind", DEEP)
async def test_item_of_the_most_levels_is_kept_and_one_of_more_is_refused(store: Store[Any], kind: str) -> None:
    await store.save_thread(thread(thread_id="thr_1"), None)
    for write in (store.add_thread_item, store.save_item):
        for levels in (MAX_LEVELS + 1, MAX_LEVELS + 60, 5_000):
            with pytest.raises(ValueError, match="inside one another"):
                await write("thr_1", DEEP[kind](levels), None)
        assert [i async for i in all_items(store, "thr_1", None)] == []
        deepest = DEEP[kind](MAX_LEVELS)
        await write("thr_1", deepest, None)
        assert await store.load_item("thr_1", "deep", None) == deepest
        await store.delete_thread_item("thr_1", "deep", None)


@pytest.mark.parametrize("levels", [165, 200, 263, 400, 10_000])
@pytest.mark.parametrize("copied", [False, True])
async def test_widget_that_skipped_validation_is_refused_in_no_time(
    store: Store[Any], levels: int, copied: bool
) -> None:
    await store.save_thread(thread(thread_id="thr_1"), None)
    shallow = WidgetItem(**COMMON, widget=Card(children=[Text(value="t")]))
    deep = (
        shallow.model_copy(update={"widget": boxes(levels)})
        if copied
        else WidgetItem.model_construct(**COMMON, widget=boxes(levels))
    )
    begun = time.perf_counter()
    for write in (store.add_thread_item, store.save_item):
        with pytest.raises(ValueError, match="inside one another"):
            await write("thr_1", deep, None)
    assert time.perf_counter() - begun < 5  # it took longer than the universe is old
    assert [i async for i in all_items(store, "thr_1", None)] == []


async def test_thread_and_attachment_that_are_too_deep_leave_everything_as_it_was(store: Store[Any]) -> None:
    kept = thread()
    await store.save_thread(kept, None)
    deep = kept.model_copy(update={"metadata": {"a": dicts(300)}})
    file = FileAttachment(id="atc_1", name="n", mime_type="m", metadata=dicts(300), thread_id=kept.id)
    opened = thread()
    sent = message(opened.id, [file])
    for attempt in (
        store.save_thread(deep, None),
        store.update_thread(kept.id, ThreadChanges(metadata={"a": dicts(300)}), None),
        store.save_attachment(file, None),
        store.store_user_message(opened, sent, None, opens_thread=True),
        store.store_user_message(kept, sent.model_copy(update={"thread_id": kept.id}), None, opens_thread=False),
    ):
        with pytest.raises(ValueError, match="inside one another"):
            await attempt
    assert await store.load_thread(kept.id, None) == kept
    assert [i async for i in all_items(store, kept.id, None)] == []
    for absent in (store.load_attachment("atc_1", None), store.load_thread(opened.id, None)):
        with pytest.raises(NotFoundError):
            await absent
