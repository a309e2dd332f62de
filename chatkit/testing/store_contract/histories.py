"""Histories: operations of two owners on each other's ids, and a model that says what each must give."""

# ruff: noqa: S101  (it is a suite of tests)

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chatkit.store import NotFoundError
from chatkit.testing.store_contract.base import MORNING, AnyStore, Contexts, item, new_id, thread
from chatkit.types import FileAttachment

__all__ = ["OPERATIONS", "Step", "check_history"]

_THREADS, _ITEMS = 3, 3
_MISSING = "not found"


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of one owner. The numbers pick ids out of a few that both owners use."""

    operation: str
    owner: int
    thread: int
    item: int


@dataclass(slots=True)
class _ModelThread:
    owner: int
    title: str
    items: dict[str, str] = field(default_factory=dict[str, str])


class _History:
    """Carries steps out on the store and on the model, and compares."""

    def __init__(self, store: AnyStore, contexts: Contexts) -> None:
        self._store = store
        self._contexts = contexts
        self._threads: dict[str, _ModelThread] = {}
        self._attachments: dict[str, tuple[int, str]] = {}
        self._thread_ids = [new_id("thr") for _ in range(_THREADS)]
        self._item_ids = [new_id("msg") for _ in range(_ITEMS)]

    async def check(self, number: int, step: Step) -> None:
        """The store must give what the model gives."""
        given = _OPERATIONS[step.operation](self, step, f"text {number}")
        try:
            answer = await given.real()
        except NotFoundError:
            answer = _MISSING
        assert answer == given.expected(), f"step {number}: {step}"

    async def clean_up(self) -> None:
        for thread_id, known in self._threads.items():
            await self._store.delete_thread(thread_id, self._contexts[known.owner])
        for attachment_id, (owner, _) in self._attachments.items():
            await self._store.delete_attachment(attachment_id, self._contexts[owner])

    def _own(self, thread_id: str, owner: int) -> _ModelThread | None:
        known = self._threads.get(thread_id)
        return known if known is not None and known.owner == owner else None

    def save_thread(self, step: Step, text: str) -> "_Both":
        thread_id = self._thread_ids[step.thread]

        async def real() -> object:
            saved = thread(thread_id=thread_id, title=text)
            saved.created_at = MORNING + timedelta(minutes=step.thread % 2)  # two threads share a time
            return await self._store.save_thread(saved, self._contexts[step.owner])

        def expected() -> object:
            known = self._threads.setdefault(thread_id, _ModelThread(step.owner, text))
            if known.owner != step.owner:
                return _MISSING
            known.title = text
            return None

        return _Both(real, expected)

    def load_thread(self, step: Step, text: str) -> "_Both":
        thread_id = self._thread_ids[step.thread]

        async def real() -> object:
            return (await self._store.load_thread(thread_id, self._contexts[step.owner])).title

        def expected() -> object:
            known = self._own(thread_id, step.owner)
            return _MISSING if known is None else known.title

        return _Both(real, expected)

    def delete_thread(self, step: Step, text: str) -> "_Both":
        thread_id = self._thread_ids[step.thread]

        async def real() -> object:
            return await self._store.delete_thread(thread_id, self._contexts[step.owner])

        def expected() -> object:
            if self._own(thread_id, step.owner) is None:
                return _MISSING
            del self._threads[thread_id]
            return None

        return _Both(real, expected)

    def list_threads(self, step: Step, text: str) -> "_Both":
        after = self._thread_ids[step.thread] if step.item else None
        order = "asc" if step.item < _ITEMS - 1 else "desc"

        async def real() -> object:
            page = await self._store.load_threads(2, after, order, self._contexts[step.owner])
            return [found.id for found in page.data]

        def expected() -> object:
            own = [key for key in self._thread_ids if self._own(key, step.owner) is not None]
            own.sort(key=lambda key: (self._thread_ids.index(key) % 2, key), reverse=order == "desc")
            return _page(own, after, 2)

        return _Both(real, expected)

    def write_item(self, step: Step, text: str) -> "_Both":
        thread_id, item_id = self._thread_ids[step.thread], self._item_ids[step.item]
        write = self._store.add_thread_item if step.item else self._store.save_item

        async def real() -> object:
            return await write(thread_id, item(thread_id, text, item_id=item_id), self._contexts[step.owner])

        def expected() -> object:
            known = self._own(thread_id, step.owner)
            if known is None:
                return _MISSING
            known.items[item_id] = text
            return None

        return _Both(real, expected)

    def load_item(self, step: Step, text: str) -> "_Both":
        thread_id, item_id = self._thread_ids[step.thread], self._item_ids[step.item]

        async def real() -> object:
            return _text(await self._store.load_item(thread_id, item_id, self._contexts[step.owner]))

        def expected() -> object:
            known = self._own(thread_id, step.owner)
            return _MISSING if known is None else known.items.get(item_id, _MISSING)

        return _Both(real, expected)

    def delete_item(self, step: Step, text: str) -> "_Both":
        thread_id, item_id = self._thread_ids[step.thread], self._item_ids[step.item]

        async def real() -> object:
            return await self._store.delete_thread_item(thread_id, item_id, self._contexts[step.owner])

        def expected() -> object:
            known = self._own(thread_id, step.owner)
            return _MISSING if known is None or known.items.pop(item_id, None) is None else None

        return _Both(real, expected)

    def list_items(self, step: Step, text: str) -> "_Both":
        thread_id, after = self._thread_ids[step.thread], self._item_ids[step.item] if step.item else None
        order = "asc" if step.item < _ITEMS - 1 else "desc"

        async def real() -> object:
            page = await self._store.load_thread_items(thread_id, after, 2, order, self._contexts[step.owner])
            return [(found.id, _text(found)) for found in page.data]

        def expected() -> object:
            known = self._own(thread_id, step.owner)
            if known is None:
                return _MISSING
            ids = _page(list(known.items)[:: 1 if order == "asc" else -1], after, 2)
            return ids if isinstance(ids, str) else [(item_id, known.items[item_id]) for item_id in ids]

        return _Both(real, expected)

    def save_attachment(self, step: Step, text: str) -> "_Both":
        attachment_id = self._item_ids[step.item]

        async def real() -> object:
            saved = FileAttachment(id=attachment_id, name=text, mime_type="text/plain")
            return await self._store.save_attachment(saved, self._contexts[step.owner])

        def expected() -> object:
            if self._attachments.get(attachment_id, (step.owner, ""))[0] != step.owner:
                return _MISSING
            self._attachments[attachment_id] = step.owner, text
            return None

        return _Both(real, expected)

    def load_attachment(self, step: Step, text: str) -> "_Both":
        attachment_id = self._item_ids[step.item]

        async def real() -> object:
            return (await self._store.load_attachment(attachment_id, self._contexts[step.owner])).name

        def expected() -> object:
            owner, name = self._attachments.get(attachment_id, (None, ""))
            return name if owner == step.owner else _MISSING

        return _Both(real, expected)

    def delete_attachment(self, step: Step, text: str) -> "_Both":
        attachment_id = self._item_ids[step.item]

        async def real() -> object:
            return await self._store.delete_attachment(attachment_id, self._contexts[step.owner])

        def expected() -> object:
            if self._attachments.get(attachment_id, (None, ""))[0] != step.owner:
                return _MISSING
            del self._attachments[attachment_id]
            return None

        return _Both(real, expected)


@dataclass(frozen=True, slots=True)
class _Both:
    """An operation on the store, and the same on the model."""

    real: Callable[[], Awaitable[object]]
    expected: Callable[[], object]


_OPERATIONS: dict[str, Callable[[_History, Step, str], _Both]] = {
    "save_thread": _History.save_thread,
    "load_thread": _History.load_thread,
    "delete_thread": _History.delete_thread,
    "list_threads": _History.list_threads,
    "write_item": _History.write_item,
    "load_item": _History.load_item,
    "delete_item": _History.delete_item,
    "list_items": _History.list_items,
    "save_attachment": _History.save_attachment,
    "load_attachment": _History.load_attachment,
    "delete_attachment": _History.delete_attachment,
}
OPERATIONS = tuple(_OPERATIONS)
"""The names that a step may have."""


async def check_history(store: AnyStore, contexts: Contexts, steps: list[Step]) -> None:
    """Carries the steps out, and fails at the first whose outcome is not the model's. Leaves nothing behind."""
    history = _History(store, contexts)
    try:
        for number, step in enumerate(steps):
            await history.check(number, step)
    finally:
        await history.clean_up()


def _page(ids: list[str], after: str | None, limit: int) -> list[str] | str:
    if after is None:
        return ids[:limit]
    return ids[ids.index(after) + 1 :][:limit] if after in ids else _MISSING


def _text(found: Any) -> str:
    return found.content[0].text
