"""Conversations, in which every todo card shows the list as it is now, however old the message."""

from chatkit.demo.todos.cards import TodoCards
from chatkit.http import RequestContext
from chatkit.stores import SQLStore
from chatkit.types import Page, ThreadItem

__all__ = ["DemoStore"]


class DemoStore(SQLStore[RequestContext]):
    """`SQLStore`, with cards made anew when items are loaded: after a reload, and in other conversations."""

    def __init__(self, url: str, cards: TodoCards, live: str | None = None) -> None:
        super().__init__(url, live=live)
        self._cards = cards

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """A page of the thread's items."""
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        return page.model_copy(update={"data": await self._cards.renewed(page.data, context)})
