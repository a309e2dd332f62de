"""A store as people write them for the reference: the abstract methods, each with a wait or two, and nothing else."""

import asyncio
from typing import Any

from chatkit.store import Store
from chatkit.stores import MemoryStore
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

__all__ = ["PlainStore"]


class PlainStore(Store[Any]):
    """Keeps `log`, what it was asked to write."""

    def __init__(self) -> None:  # many do not call the base's
        self.inner = MemoryStore[Any]()
        self.log: list[tuple[str, ...]] = []
        self.failing: str | None = None
        """The method that raises `ConnectionError`, after it has done its work's first half: nothing."""

    async def _ask(self, method: str, *arguments: Any) -> Any:
        await asyncio.sleep(0)
        if method == self.failing:
            raise ConnectionError("gone")
        answer = await getattr(self.inner, method)(*arguments)
        await asyncio.sleep(0)
        return answer

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        return await self._ask("load_thread", thread_id, context)

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        self.log.append(("save_thread", thread.id))
        await self._ask("save_thread", thread, context)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Page[ThreadItem]:
        return await self._ask("load_thread_items", thread_id, after, limit, order, context)

    async def save_attachment(self, attachment: Attachment, context: Any) -> None:
        self.log.append(("save_attachment", attachment.id))
        await self._ask("save_attachment", attachment, context)

    async def load_attachment(self, attachment_id: str, context: Any) -> Attachment:
        return await self._ask("load_attachment", attachment_id, context)

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        self.log.append(("delete_attachment", attachment_id))
        await self._ask("delete_attachment", attachment_id, context)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> Page[ThreadMetadata]:
        return await self._ask("load_threads", limit, after, order, context)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        self.log.append(("add_thread_item", item.id))
        await self._ask("add_thread_item", thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        self.log.append(("save_item", item.id))
        await self._ask("save_item", thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> ThreadItem:
        return await self._ask("load_item", thread_id, item_id, context)

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        self.log.append(("delete_thread", thread_id))
        await self._ask("delete_thread", thread_id, context)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        self.log.append(("delete_thread_item", item_id))
        await self._ask("delete_thread_item", thread_id, item_id, context)
