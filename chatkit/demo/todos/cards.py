"""Cards of todos in conversations, kept up to date."""

from collections.abc import Sequence

from chatkit.demo.todos.database import TodoDatabase
from chatkit.demo.todos.widgets import as_text, is_todo_card, todo_card
from chatkit.http import RequestContext
from chatkit.types import ThreadItem, WidgetItem

__all__ = ["TodoCards"]


class TodoCards:
    """Makes cards of what is in the database now."""

    def __init__(self, database: TodoDatabase) -> None:
        self._database = database

    async def renew(self, item: WidgetItem, context: RequestContext) -> WidgetItem:
        """The same item with the user's current list on it."""
        todos = await self._database.of(context.user_id).all()
        return item.model_copy(update={"widget": todo_card(todos), "copy_text": as_text(todos)})

    async def renewed(self, items: Sequence[ThreadItem], context: RequestContext) -> list[ThreadItem]:
        """The same items, their cards renewed. Asks the database only when there is a card."""
        if not any(is_todo_card(item) for item in items):
            return list(items)
        todos = await self._database.of(context.user_id).all()
        now = {"widget": todo_card(todos), "copy_text": as_text(todos)}
        return [item.model_copy(update=now) if is_todo_card(item) else item for item in items]
