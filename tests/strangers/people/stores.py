"""Stores as strangers write them, each with its own idea of what a store is."""
# ruff: noqa: DTZ005, S301 - as people write

import asyncio
import json
import pickle
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any
from unittest.mock import AsyncMock, Mock

from pydantic import TypeAdapter

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

ITEM: TypeAdapter[Any] = TypeAdapter(ThreadItem)


class InMemory(Store[Any]):
    """What many tutorials have, and the others here deviate from: items are given out as they are kept."""

    def __init__(self) -> None:
        self.threads: dict[str, Any] = {}
        self.items: dict[str, list[Any]] = defaultdict(list)
        self.files: dict[str, Any] = {}

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        if thread_id not in self.threads:
            raise NotFoundError(f"Thread {thread_id} not found")
        return self.threads[thread_id]

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        self.threads[thread.id] = ThreadMetadata(**thread.model_dump(exclude={"items"}))

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Page[ThreadItem]:
        items = list(self.items[thread_id])
        if order == "desc":
            items.reverse()
        start = next((place + 1 for place, item in enumerate(items) if item.id == after), 0)
        data = items[start : start + limit]
        more = len(items) > start + limit
        return Page(data=data, has_more=more, after=data[-1].id if more else None)

    async def save_attachment(self, attachment: Attachment, context: Any) -> None:
        self.files[attachment.id] = attachment

    async def load_attachment(self, attachment_id: str, context: Any) -> Attachment:
        return self.files[attachment_id]

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        del self.files[attachment_id]

    async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> Page[ThreadMetadata]:
        return Page(data=list(self.threads.values())[:limit])

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        items = self.items[thread_id]
        for place, old in enumerate(items):
            if old.id == item.id:
                items[place] = item
                return
        items.append(item)

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> ThreadItem:
        for item in self.items[thread_id]:
            if item.id == item_id:
                return item
        raise NotFoundError("no such item")

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        self.threads.pop(thread_id, None)
        self.items.pop(thread_id, None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        self.items[thread_id] = [item for item in self.items[thread_id] if item.id != item_id]


class LiveDict(InMemory):
    """Gives out the very objects that it keeps, threads too."""

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        self.threads[thread.id] = thread


class KeyErrors(InMemory):
    """What is not there is whatever a dict or a list says."""

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        return self.threads[thread_id]

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> ThreadItem:
        return {item.id: item for item in self.items[thread_id]}[item_id]

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        del self.threads[thread_id]


class IndexErrors(InMemory):
    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        return [thread for thread in self.threads.values() if thread.id == thread_id][0]  # noqa: RUF015

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> ThreadItem:
        return [item for item in self.items[thread_id] if item.id == item_id][0]  # noqa: RUF015


class ValueErrors(InMemory):
    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        if thread_id not in self.threads:
            raise ValueError(f"Thread {thread_id} not found")
        return self.threads[thread_id]


class NoneForMissing(InMemory):
    async def load_thread(self, thread_id: str, context: Any) -> Any:
        return self.threads.get(thread_id)

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        return next((item for item in self.items[thread_id] if item.id == item_id), None)


class IgnoresPages(InMemory):
    """All there is, oldest first, whatever was asked for."""

    async def load_thread_items(self, thread_id: str, after: Any, limit: Any, order: Any, context: Any) -> Any:
        return Page(data=list(self.items[thread_id]), has_more=False)


class AlwaysMore(InMemory):
    """There is always more, and it is always the same."""

    async def load_thread_items(self, thread_id: str, after: Any, limit: int, order: str, context: Any) -> Any:
        items = self.items[thread_id]
        items = items[::-1] if order == "desc" else items
        return Page(data=items[:limit], has_more=True, after=items[-1].id if items else None)


class ListsForPages(InMemory):
    async def load_thread_items(self, thread_id: str, after: Any, limit: int, order: str, context: Any) -> Any:
        items = self.items[thread_id]
        return items[::-1] if order == "desc" else items

    async def load_threads(self, limit: int, after: Any, order: str, context: Any) -> Any:
        return list(self.threads.values())


class Sqlite(Store[Any]):
    """One table for everything, a connection for each question, in threads."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", check_same_thread=False)
        self.connection.execute("create table threads (id text primary key, data text)")
        self.connection.execute(
            "create table items (n integer primary key autoincrement, thread text, id text unique, data text)"
        )

    async def _run(self, statement: str, *values: Any) -> list[Any]:
        def run() -> list[Any]:
            with self.connection:
                return self.connection.execute(statement, values).fetchall()

        return await asyncio.to_thread(run)

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        rows = await self._run("select data from threads where id = ?", thread_id)
        if not rows:
            raise NotFoundError(thread_id)
        return ThreadMetadata.model_validate_json(rows[0][0])

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        await self._run("insert or replace into threads values (?, ?)", thread.id, thread.model_dump_json())

    async def load_thread_items(self, thread_id: str, after: Any, limit: int, order: str, context: Any) -> Any:
        direction = "desc" if order == "desc" else "asc"
        rows = await self._run(f"select data from items where thread = ? order by n {direction}", thread_id)  # noqa: S608
        items = [ITEM.validate_json(row[0]) for row in rows]
        start = next((place + 1 for place, item in enumerate(items) if item.id == after), 0)
        return Page(data=items[start : start + limit], has_more=len(items) > start + limit)

    async def load_threads(self, limit: int, after: Any, order: str, context: Any) -> Any:
        rows = await self._run("select data from threads limit ?", limit)
        return Page(data=[ThreadMetadata.model_validate_json(row[0]) for row in rows])

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        document = item.model_dump_json()
        await self._run("insert into items (thread, id, data) values (?, ?, ?)", thread_id, item.id, document)

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        await self._run("update items set data = ? where id = ?", item.model_dump_json(), item.id)

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        rows = await self._run("select data from items where id = ?", item_id)
        if not rows:
            raise NotFoundError(item_id)
        return ITEM.validate_json(rows[0][0])

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        await self._run("delete from items where thread = ?", thread_id)
        await self._run("delete from threads where id = ?", thread_id)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        await self._run("delete from items where id = ?", item_id)

    async def save_attachment(self, attachment: Any, context: Any) -> None:
        raise NotImplementedError("no attachments")

    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        raise NotImplementedError("no attachments")

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        raise NotImplementedError("no attachments")


class NaiveTimes(InMemory):
    """Threads and items are rows of its own, with naive times, made into models again when they are asked for."""

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        row = {"id": thread.id, "title": thread.title, "metadata": thread.metadata, "created_at": datetime.now()}
        self.threads[thread.id] = row

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        if thread_id not in self.threads:
            raise NotFoundError(thread_id)
        return ThreadMetadata(**self.threads[thread_id])

    async def load_threads(self, limit: int, after: Any, order: str, context: Any) -> Any:
        rows = sorted(self.threads.values(), key=lambda row: row["created_at"], reverse=order == "desc")
        return Page(data=[ThreadMetadata(**row) for row in rows[:limit]], has_more=False, after=None)

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        fields = item.model_dump() | {"created_at": datetime.now().isoformat()}
        await super().save_item(thread_id, ITEM.validate_python(fields), context)


class NoValidation(InMemory):
    """Rows become models by `model_construct`, times stay text."""

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        fields = vars(await super().load_thread(thread_id, context))
        return ThreadMetadata.model_construct(**{**fields, "created_at": "2026-01-02T03:04:05"})


class NoContext(InMemory):
    """One user, no context."""

    async def load_thread(self, thread_id: str) -> ThreadMetadata:  # type: ignore[override]
        return await InMemory.load_thread(self, thread_id, None)

    async def save_thread(self, thread: ThreadMetadata) -> None:  # type: ignore[override]
        await InMemory.save_thread(self, thread, None)

    async def load_threads(self, limit: int = 20, after: Any = None, order: str = "desc") -> Any:  # type: ignore[override]
        return Page(data=list(self.threads.values()))

    async def load_item(self, thread_id: str, item_id: str) -> Any:  # type: ignore[override]
        return await InMemory.load_item(self, thread_id, item_id, None)


class OtherOrder(InMemory):
    """Parameters in an order of its own, and more of them."""

    async def load_threads(  # type: ignore[override]
        self, context: Any, limit: int = 20, order: str = "desc", after: str | None = None, status: str | None = None
    ) -> Any:
        assert isinstance(limit, int)
        assert order in ("asc", "desc")
        return Page(data=list(self.threads.values())[:limit])

    async def load_thread(self, thread_id: str, include_items: bool = False, *, context: Any = None) -> Any:  # type: ignore[override]
        assert include_items is False
        return await super().load_thread(thread_id, context)

    async def save_thread(self, thread: ThreadMetadata, **more: Any) -> None:  # type: ignore[override]
        await InMemory.save_thread(self, thread, more["context"])

    async def add_thread_item(self, thread_id: str, item: Any, *, context: Any) -> None:  # type: ignore[override]
        self.items[thread_id].append(item)


class AsksForMore(InMemory):
    """Wants what nobody gives."""

    async def load_thread(self, thread_id: str, user_id: str, context: Any) -> Any:  # type: ignore[override]
        return self.threads[thread_id]


class Pickles(InMemory):
    """Copies what it keeps with pickle."""

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        self.threads[thread.id] = pickle.dumps(ThreadMetadata(**thread.model_dump(exclude={"items"})))

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        if thread_id not in self.threads:
            raise NotFoundError(thread_id)
        return pickle.loads(self.threads[thread_id])

    async def load_threads(self, limit: int, after: Any, order: str, context: Any) -> Any:
        return Page(data=[pickle.loads(thread) for thread in self.threads.values()])

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        await super().save_item(thread_id, pickle.loads(pickle.dumps(item)), context)


class Jsons(InMemory):
    """Copies what it keeps through `json.dumps`."""

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        document = json.dumps(item.model_dump(mode="json"))
        await super().save_item(thread_id, ITEM.validate_python(json.loads(document)), context)

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        document = json.dumps(thread.model_dump(exclude={"items"}), default=str)
        self.threads[thread.id] = ThreadMetadata(**json.loads(document))


class NotAsync(InMemory):
    """Nothing to wait for."""

    def load_thread(self, thread_id: str, context: Any) -> Any:
        if thread_id not in self.threads:
            raise NotFoundError(thread_id)
        return self.threads[thread_id]

    def load_threads(self, limit: int, after: Any, order: str, context: Any) -> Any:
        return Page(data=list(self.threads.values()))

    def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        return next(item for item in self.items[thread_id] if item.id == item_id)


class MakesWhatIsMissing(InMemory):
    """Asked for a thread that is not there, it makes one."""

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        if thread_id not in self.threads:
            self.threads[thread_id] = ThreadMetadata(id=thread_id, created_at=datetime.now())
        return self.threads[thread_id]


class OneThread(InMemory):
    """There is one conversation, for ever, and ids are counted."""

    count = 0

    def generate_thread_id(self, context: Any) -> str:
        return "the-thread"

    def generate_item_id(self, item_type: Any, thread: Any, context: Any) -> str:
        self.count += 1
        return f"{item_type}-{self.count}"


class OnlyAppends(InMemory):
    """Knows no upserts."""

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.items[thread_id].append(item)


class Slots(InMemory):
    """Hashes to nothing, compares with everything."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


class GivesDicts(InMemory):
    """Rows are good enough."""

    async def load_thread(self, thread_id: str, context: Any) -> Any:
        return (await super().load_thread(thread_id, context)).model_dump()


class NoBase:
    """Not derived from anything."""

    def __init__(self) -> None:
        self.inner = InMemory()
        self.count = 0

    def generate_thread_id(self, context: Any) -> str:
        return "thr_1"

    def generate_item_id(self, item_type: Any, thread: Any, context: Any) -> str:
        self.count += 1
        return f"it_{self.count}"

    def __getattr__(self, name: str) -> Any:
        inner = vars(self).get("inner")
        if name.startswith("_") or name not in Store.__abstractmethods__:
            raise AttributeError(name)
        return getattr(inner, name)


def a_mock() -> Any:
    """A test double with a store's face."""
    inner, store = InMemory(), AsyncMock(spec=Store)
    for name in Store.__abstractmethods__:
        getattr(store, name).side_effect = getattr(inner, name)
    store.generate_thread_id = Mock(return_value="thr_1")
    store.generate_item_id = Mock(side_effect=[f"it_{number}" for number in range(1000)])
    return store


STORES: dict[str, Callable[[], Any]] = {
    "live objects": LiveDict,
    "KeyError for what is missing": KeyErrors,
    "IndexError for what is missing": IndexErrors,
    "ValueError for what is missing": ValueErrors,
    "None for what is missing": NoneForMissing,
    "pages ignored": IgnoresPages,
    "always more": AlwaysMore,
    "lists for pages": ListsForPages,
    "sqlite3 in threads": Sqlite,
    "naive times": NaiveTimes,
    "models without validation": NoValidation,
    "no context": NoContext,
    "parameters in another order": OtherOrder,
    "a parameter nobody gives": AsksForMore,
    "pickle": Pickles,
    "json": Jsons,
    "plain functions": NotAsync,
    "makes what is missing": MakesWhatIsMissing,
    "one thread": OneThread,
    "only appends": OnlyAppends,
    "no hash": Slots,
    "dicts for models": GivesDicts,
    "no base class": NoBase,
    "a mock": a_mock,
}
