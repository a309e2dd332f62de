"""Rules for items."""

# ruff: noqa: S101  (it is a suite of tests)

from typing import Any

import pytest
from pydantic import TypeAdapter

from chatkit.store import NotFoundError
from chatkit.testing.store_contract.base import MORNING, AnyStore, Contexts, all_items, item, new_id, thread
from chatkit.types import AssistantMessageItem, ThreadItem, ThreadMetadata

__all__ = ["ItemRules"]

_ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)

_KINDS: list[dict[str, Any]] = [
    {
        "type": "user_message",
        "content": [
            {"type": "input_text", "text": "a\0b \u2028 🧵 ' \" % \\ \ufffe"},
            {"type": "input_tag", "id": "t", "text": "@t", "data": {"null": None}},
        ],
        "attachments": [{"type": "image", "id": "atc", "name": "n", "mime_type": "m", "preview_url": "https://e.x/p"}],
        "quoted_text": "quoted",
        "inference_options": {"model": "m", "tool_choice": {"id": "search"}},
    },
    {
        "type": "assistant_message",
        "content": [
            {
                "type": "output_text",
                "text": "answer",
                "annotations": [
                    {"type": "annotation", "index": 3, "source": {"type": "url", "title": "t", "url": "u"}}
                ],
            }
        ],
    },
    {
        "type": "client_tool_call",
        "call_id": "c",
        "name": "f",
        "arguments": {"null": None, "list": [None]},
        "status": "completed",
        "output": {"deep": [{"null": None}]},
    },
    {
        "type": "widget",
        "copy_text": "copy",
        "widget": {"type": "Card", "children": [{"type": "Text", "value": "v", "key": "k"}]},
    },
    {"type": "generated_image", "image": {"id": "i", "url": "data:image/png;base64,AA=="}},
    {
        "type": "structured_input",
        "inputs": [
            {"type": "multiple_choice", "id": "q", "question": "?", "options": [{"value": "a"}]},
            {"type": "freeform", "id": "r", "question": "?", "answer": {"values": ["x"], "skipped": False}},
        ],
    },
    {
        "type": "workflow",
        "workflow": {
            "type": "reasoning",
            "tasks": [{"type": "thought", "content": "hm"}, {"type": "web_search", "queries": ["q"]}],
            "summary": {"duration": 4},
        },
    },
    {"type": "task", "task": {"type": "custom", "title": "t", "content": "c"}},
    {"type": "hidden_context_item", "content": {"any": ["thing", None, 1.5]}},
    {"type": "sdk_hidden_context", "content": "text"},
    {"type": "end_of_turn"},
]


class ItemRules:
    """What holds for items."""

    @pytest.mark.parametrize("fields", _KINDS, ids=lambda fields: fields["type"])
    async def test_item_is_loaded_as_it_was_saved(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata, fields: dict[str, Any]
    ) -> None:
        common = {"id": new_id("msg"), "thread_id": thread.id, "created_at": MORNING}
        saved = _ITEM.validate_python({**common, **fields})
        await store.add_thread_item(thread.id, saved, contexts[0])
        assert await store.load_item(thread.id, saved.id, contexts[0]) == saved
        assert [i async for i in all_items(store, thread.id, contexts[0])] == [saved]

    async def test_item_keeps_fields_of_a_newer_version(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        saved = AssistantMessageItem.model_validate(
            {
                "id": new_id("msg"),
                "thread_id": thread.id,
                "created_at": MORNING,
                "mood": {"glad": True, "why": None},
                "content": [{"type": "output_text", "text": "t", "language": "de"}],
            }
        )
        await store.add_thread_item(thread.id, saved, contexts[0])
        await store.save_item(thread.id, await store.load_item(thread.id, saved.id, contexts[0]), contexts[0])
        loaded = (await store.load_item(thread.id, saved.id, contexts[0])).model_dump()
        assert loaded["mood"] == {"glad": True, "why": None}
        assert loaded["content"][0]["language"] == "de"

    async def test_long_item_is_kept_whole(self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata) -> None:
        text = "0123456789äöü🧵" * 100_000
        saved = item(thread.id, text)
        await store.add_thread_item(thread.id, saved, contexts[0])
        assert await store.load_item(thread.id, saved.id, contexts[0]) == saved

    async def test_items_are_ordered_as_they_were_added_whatever_their_times(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        added = [item(thread.id, minutes=minutes) for minutes in (5, 5, 1, 5, -3, 5, 1)]
        for one in added:
            await store.add_thread_item(thread.id, one, contexts[0])
        for limit in (1, 2, 7, 50):
            ascending = [i.id async for i in all_items(store, thread.id, contexts[0], limit=limit)]
            assert ascending == [i.id for i in added]
            descending = [i.id async for i in all_items(store, thread.id, contexts[0], limit=limit, order="desc")]
            assert descending == [i.id for i in reversed(added)]

    @pytest.mark.parametrize("method", ["add_thread_item", "save_item"])
    async def test_replaced_item_stays_where_it_stands(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata, method: str
    ) -> None:
        write = store.add_thread_item if method == "add_thread_item" else store.save_item
        added = [item(thread.id, "old") for _ in range(4)]
        for one in added:
            await write(thread.id, one, contexts[0])
        new = item(thread.id, "new", item_id=added[1].id, minutes=99)
        await write(thread.id, new, contexts[0])
        assert [i async for i in all_items(store, thread.id, contexts[0])] == [added[0], new, *added[2:]]
        last = item(thread.id, "last")
        await write(thread.id, last, contexts[0])
        assert [i.id async for i in all_items(store, thread.id, contexts[0])][-1] == last.id

    async def test_deleted_item_alone_is_gone(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        added = [item(thread.id) for _ in range(3)]
        for one in added:
            await store.add_thread_item(thread.id, one, contexts[0])
        await store.delete_thread_item(thread.id, added[1].id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_item(thread.id, added[1].id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.delete_thread_item(thread.id, added[1].id, contexts[0])
        assert [i.id async for i in all_items(store, thread.id, contexts[0])] == [added[0].id, added[2].id]

    async def test_item_added_after_the_newest_was_deleted_is_the_newest(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        added = [item(thread.id) for _ in range(3)]
        for one in added:
            await store.add_thread_item(thread.id, one, contexts[0])
        await store.delete_thread_item(thread.id, added[2].id, contexts[0])
        again = [added[2], item(thread.id)]
        for one in again:
            await store.add_thread_item(thread.id, one, contexts[0])
        expected = [i.id for i in (*added[:2], *again)]
        assert [i.id async for i in all_items(store, thread.id, contexts[0], limit=1)] == expected

    async def test_one_id_in_two_threads_is_two_items(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        other = thread.model_copy(update={"id": new_id("thr")})
        await store.save_thread(other, contexts[0])
        here, there = item(thread.id, "here"), item(other.id, "there")
        there.id = here.id
        await store.add_thread_item(thread.id, here, contexts[0])
        await store.add_thread_item(other.id, there, contexts[0])
        assert await store.load_item(thread.id, here.id, contexts[0]) == here
        await store.delete_thread_item(thread.id, here.id, contexts[0])
        assert await store.load_item(other.id, here.id, contexts[0]) == there

    async def test_item_needs_a_thread(self, store: AnyStore, contexts: Contexts) -> None:
        nowhere = thread().id
        for write in (store.add_thread_item, store.save_item):
            with pytest.raises(NotFoundError):
                await write(nowhere, item(nowhere), contexts[0])

    async def test_what_happens_to_an_item_later_changes_nothing(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        saved = item(thread.id, "before")
        await store.add_thread_item(thread.id, saved, contexts[0])
        saved.content[0].text = "after"
        loaded = await store.load_item(thread.id, saved.id, contexts[0])
        assert isinstance(loaded, AssistantMessageItem)
        assert loaded.content[0].text == "before"
        loaded.content[0].text = "after"
        assert await store.load_item(thread.id, saved.id, contexts[0]) == item(thread.id, "before", item_id=saved.id)

    async def test_halves_of_characters_never_keep_a_record_from_being_stored(
        self, store: AnyStore, contexts: Contexts
    ) -> None:
        """Those that belong together are joined; others become U+FFFD."""
        halves = "\ud83e\uddf5 \ud83e!"
        whole = "🧵 \ufffd!"
        kept = thread().model_copy(update={"title": halves, "metadata": {halves: [halves]}})
        await store.save_thread(kept, contexts[0])
        loaded = await store.load_thread(kept.id, contexts[0])
        assert (loaded.title, loaded.metadata) == (whole, {whole: [whole]})
        said = item(kept.id, "x", item_id=new_id("msg"))
        said.id, said.content[0].text = said.id + halves, halves
        await store.add_thread_item(kept.id, said, contexts[0])
        await store.save_item(kept.id, said, contexts[0])
        [found] = [i async for i in all_items(store, kept.id, contexts[0])]
        assert isinstance(found, AssistantMessageItem)
        assert (found.id, found.content[0].text) == (said.id.replace(halves, whole), whole)
        assert await store.load_item(kept.id, said.id, contexts[0]) == found
        await store.delete_thread_item(kept.id, said.id, contexts[0])
        assert [i async for i in all_items(store, kept.id, contexts[0])] == []
