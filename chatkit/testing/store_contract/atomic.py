"""Rules for what is done whole or not at all, whoever else is at work and whoever stops waiting."""

# ruff: noqa: S101  (it is a suite of tests)

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from chatkit.store import NotFoundError, ThreadChanges
from chatkit.testing.store_contract.base import (
    MORNING,
    AnyStore,
    Contexts,
    all_items,
    attachment,
    item,
    message,
    new_id,
    thread,
)
from chatkit.types import (
    ClientToolCallItem,
    SDKHiddenContextItem,
    StructuredInput,
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    ThreadMetadata,
)

__all__ = ["AtomicRules"]

_AT_ONCE = 5
_STEPS = 40


def _question(thread_id: str) -> StructuredInputItem:
    asked: list[StructuredInput] = [StructuredInputFreeform(id="q", question="Why?")]
    return StructuredInputItem(id=new_id("si"), thread_id=thread_id, created_at=MORNING, inputs=asked)


def _answered(question: StructuredInputItem, answer: str) -> StructuredInputItem:
    done = question.model_copy(deep=True)
    done.status = "answered"
    done.inputs[0].answer = StructuredInputAnswer(values=[answer])
    return done


def _call(thread_id: str) -> ClientToolCallItem:
    return ClientToolCallItem(
        id=new_id("tc"), thread_id=thread_id, created_at=MORNING, call_id="c", name="look", arguments={}
    )


def _note(thread_id: str, text: str, item_id: str | None = None) -> SDKHiddenContextItem:
    return SDKHiddenContextItem(id=item_id or new_id("shcx"), thread_id=thread_id, created_at=MORNING, content=text)


async def _left_after(steps: int, work: Coroutine[Any, Any, Any]) -> None:
    """Begins something, and stops waiting for it so many turns of the event loop later."""
    task = asyncio.ensure_future(work)
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class AtomicRules:
    """What holds for `store_user_message`, `update_thread`, `claim_item`, `save_if_unchanged`, `delete_items_after`."""

    async def test_message_is_stored_with_its_thread_and_attachments(self, store: AnyStore, contexts: Contexts) -> None:
        opened = thread()
        files = [attachment(opened.id) for _ in range(2)]
        first, second = message(opened.id, files), message(opened.id)
        await store.store_user_message(opened, first, contexts[0], opens_thread=True)
        await store.store_user_message(opened, second, contexts[0], opens_thread=False)
        assert await store.load_thread(opened.id, contexts[0]) == opened
        assert [i async for i in all_items(store, opened.id, contexts[0])] == [first, second]
        for file in files:
            assert await store.load_attachment(file.id, contexts[0]) == file

    async def test_message_that_cannot_be_stored_leaves_nothing(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        theirs, mine = attachment(), attachment()
        await store.save_attachment(theirs, contexts[1])
        await store.save_attachment(mine, contexts[0])
        opened = thread.model_copy(update={"id": new_id("thr")})
        for target, opens in ((opened, True), (thread, False)):
            stamped = [file.model_copy(update={"thread_id": target.id}) for file in (mine, theirs)]
            with pytest.raises(NotFoundError):
                await store.store_user_message(target, message(target.id, stamped), contexts[0], opens_thread=opens)
        with pytest.raises(NotFoundError):
            await store.load_thread(opened.id, contexts[0])
        assert [i async for i in all_items(store, thread.id, contexts[0])] == []
        with pytest.raises(NotFoundError):
            gone = thread.model_copy(update={"id": new_id("thr")})
            await store.store_user_message(gone, message(gone.id), contexts[0], opens_thread=False)

    async def test_thread_whose_opening_nobody_waits_for_has_its_message_or_is_not_there(
        self, store: AnyStore, contexts: Contexts
    ) -> None:
        await store.save_thread(thread(), contexts[0])  # what is done only once is done before
        for steps in range(_STEPS):
            opened = thread()
            file = attachment(opened.id)
            sent = message(opened.id, [file])
            await _left_after(steps, store.store_user_message(opened, sent, contexts[0], opens_thread=True))
            try:
                await store.load_thread(opened.id, contexts[0])
            except NotFoundError:
                continue
            assert [i async for i in all_items(store, opened.id, contexts[0])] == [sent], f"left after {steps} steps"
            assert await store.load_attachment(file.id, contexts[0]) == file

    async def test_changes_at_once_are_all_kept(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        names = [f"key {number}" for number in range(2 * _AT_ONCE)]
        changes = [ThreadChanges(metadata={name: name}) for name in names]
        changes.append(ThreadChanges(fields={"title": "New"}))
        await asyncio.gather(*(store.update_thread(thread.id, change, contexts[0]) for change in changes))
        changed = await store.load_thread(thread.id, contexts[0])
        assert (changed.title, changed.metadata) == ("New", {name: name for name in names})

    async def test_update_gives_the_thread_as_it_is_then_and_leaves_its_items(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        kept = item(thread.id)
        await store.add_thread_item(thread.id, kept, contexts[0])
        changed = await store.update_thread(thread.id, ThreadChanges(fields={"title": "New"}), contexts[0])
        assert changed == thread.model_copy(update={"title": "New"})
        assert await store.load_thread(thread.id, contexts[0]) == changed
        assert [i async for i in all_items(store, thread.id, contexts[0])] == [kept]

    async def test_update_never_brings_a_deleted_thread_back(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        change = ThreadChanges(fields={"title": "New"})
        updates = [store.update_thread(thread.id, change, contexts[0]) for _ in range(_AT_ONCE)]
        await asyncio.gather(store.delete_thread(thread.id, contexts[0]), *updates, return_exceptions=True)
        with pytest.raises(NotFoundError):
            await store.load_thread(thread.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.update_thread(thread.id, change, contexts[0])
        assert (await store.load_threads(10, None, "asc", contexts[0])).data == []

    async def test_of_answers_at_once_one_is_stored(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        question, call = _question(thread.id), _call(thread.id)
        for pending in (question, call):
            await store.add_thread_item(thread.id, pending, contexts[0])
        answers = [_answered(question, str(number)) for number in range(_AT_ONCE)]
        outputs = [call.model_copy(update={"status": "completed", "output": number}) for number in range(_AT_ONCE)]
        for given in (answers, outputs):
            won = await asyncio.gather(*(store.claim_item(thread.id, one, contexts[0]) for one in given))
            assert won.count(True) == 1
            stored = await store.load_item(thread.id, given[0].id, contexts[0])
            assert stored == given[won.index(True)]
            assert not await store.claim_item(thread.id, given[0], contexts[0])
            assert await store.load_item(thread.id, given[0].id, contexts[0]) == stored

    async def test_only_what_is_pending_can_be_answered(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        said = item(thread.id)
        await store.add_thread_item(thread.id, said, contexts[0])
        claim = _answered(_question(thread.id), "x").model_copy(update={"id": said.id})
        assert not await store.claim_item(thread.id, claim, contexts[0])
        assert await store.load_item(thread.id, said.id, contexts[0]) == said
        with pytest.raises(NotFoundError):
            await store.claim_item(thread.id, _call(thread.id), contexts[0])
        with pytest.raises(NotFoundError):
            await store.claim_item(new_id("thr"), claim, contexts[0])

    async def test_of_writers_at_once_that_saw_the_same_one_saves_all_it_has(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        note, beside = _note(thread.id, "0"), message(thread.id)
        for one in (note, beside):
            await store.add_thread_item(thread.id, one, contexts[0])
        seen = await store.load_item(thread.id, note.id, contexts[0])
        written = [
            [_note(thread.id, f"by {number}", note.id), message(thread.id, text=f"by {number}", item_id=beside.id)]
            for number in range(_AT_ONCE)
        ]
        won = await asyncio.gather(*(store.save_if_unchanged(thread.id, seen, one, contexts[0]) for one in written))
        assert won.count(True) == 1
        assert [i async for i in all_items(store, thread.id, contexts[0])] == written[won.index(True)]
        assert not await store.save_if_unchanged(thread.id, seen, [beside], contexts[0])
        assert [i async for i in all_items(store, thread.id, contexts[0])] == written[won.index(True)]

    async def test_nothing_is_saved_when_what_was_seen_is_gone(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        note, kept = _note(thread.id, "0"), message(thread.id)
        await store.add_thread_item(thread.id, kept, contexts[0])
        changed = kept.model_copy(update={"quoted_text": "changed"})
        for thread_id, seen in ((thread.id, note), (new_id("thr"), kept), (thread.id, _note(thread.id, "0", "\0"))):
            with pytest.raises(NotFoundError):
                await store.save_if_unchanged(thread_id, seen, [changed], contexts[0])
        assert [i async for i in all_items(store, thread.id, contexts[0])] == [kept]

    async def test_what_stands_behind_an_item_is_deleted(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        added = [message(thread.id) for _ in range(4)]
        for one in added:
            await store.add_thread_item(thread.id, one, contexts[0])
        await store.delete_items_after(thread.id, added[2].id, contexts[0])
        assert [i async for i in all_items(store, thread.id, contexts[0])] == added[:3]
        file = attachment(thread.id)
        edited = message(thread.id, [file], text="edited", item_id=added[0].id)
        await store.delete_items_after(thread.id, added[0].id, contexts[0], replaced=edited)
        assert [i async for i in all_items(store, thread.id, contexts[0])] == [edited]
        assert await store.load_attachment(file.id, contexts[0]) == file
        for thread_id, item_id in ((thread.id, added[1].id), (new_id("thr"), edited.id), (thread.id, "\0")):
            with pytest.raises(NotFoundError):
                await store.delete_items_after(thread_id, item_id, contexts[0])
        last = item(thread.id)
        await store.add_thread_item(thread.id, last, contexts[0])
        assert [i.id async for i in all_items(store, thread.id, contexts[0])] == [edited.id, last.id]

    async def test_going_back_that_nobody_waits_for_is_done_whole_or_not_at_all(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        for steps in range(_STEPS):
            there = thread.model_copy(update={"id": new_id("thr")})
            await store.save_thread(there, contexts[0])
            added = [message(there.id, text=str(number)) for number in range(4)]
            for one in added:
                await store.add_thread_item(there.id, one, contexts[0])
            edited = added[0].model_copy(update={"quoted_text": "edited"})
            await _left_after(steps, store.delete_items_after(there.id, edited.id, contexts[0], replaced=edited))
            found = [i async for i in all_items(store, there.id, contexts[0])]
            assert found in (added, [edited]), f"left after {steps} steps"

    @pytest.mark.parametrize(
        "name", ["store_user_message", "update_thread", "claim_item", "save_if_unchanged", "delete_items_after"]
    )
    async def test_what_is_anothers_cannot_be_changed_at_a_stroke_either(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata, name: str
    ) -> None:
        question, sent = _question(thread.id), message(thread.id)
        for one in (sent, question):
            await store.add_thread_item(thread.id, one, contexts[0])
        attempts: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "store_user_message": lambda: store.store_user_message(
                thread, message(thread.id), contexts[1], opens_thread=False
            ),
            "update_thread": lambda: store.update_thread(
                thread.id, ThreadChanges(fields={"title": "forged"}), contexts[1]
            ),
            "claim_item": lambda: store.claim_item(thread.id, _answered(question, "forged"), contexts[1]),
            "save_if_unchanged": lambda: store.save_if_unchanged(
                thread.id, question, [_answered(question, "forged")], contexts[1]
            ),
            "delete_items_after": lambda: store.delete_items_after(
                thread.id, sent.id, contexts[1], replaced=message(thread.id, text="forged", item_id=sent.id)
            ),
        }
        with pytest.raises(NotFoundError):
            await attempts[name]()
        assert await store.load_thread(thread.id, contexts[0]) == thread
        assert [i async for i in all_items(store, thread.id, contexts[0])] == [sent, question]
