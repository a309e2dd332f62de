"""Ids of the model's items as this thread knows them.

The Responses API gives every item an id of its own. Other back ends do not: the Agents SDK fills in one placeholder for
every message of a chat-completions model, and some local servers count from zero in every response. Taken as they are,
later messages would overwrite earlier ones.
"""

from typing import Any

from agents.models.fake_id import FAKE_RESPONSES_ID

from chatkit.adapters.openai_agents.context import AgentContext
from chatkit.store import NotFoundError, StoreItemType

__all__ = ["ItemIds"]


class ItemIds:
    """Maps the model's ids to ids that are unique in the thread, the same one over all events of an item."""

    def __init__(self, context: AgentContext[Any]) -> None:
        self._context = context
        self._open: dict[str, str] = {}
        self._given: set[str] = set()

    async def open(self, model_id: str, new: StoreItemType = "message") -> str:
        """The id of an item that begins: the model's own when it is unique, else a new one."""
        item_id = model_id if await self._unique(model_id) else self._context.generate_id(new)
        self._open[model_id] = item_id
        self._given.add(item_id)
        return item_id

    async def of(self, model_id: str) -> str:
        """The id of the item that an event is about, whether or not its beginning was seen."""
        return self._open.get(model_id) or await self.open(model_id)

    def close(self, model_id: str) -> None:
        """The item is finished: the same id from the model means another item from now on."""
        self._open.pop(model_id, None)

    async def _unique(self, model_id: str) -> bool:
        if not model_id or model_id == FAKE_RESPONSES_ID or model_id in self._given:
            return False
        context = self._context
        try:
            await context.store.load_item(context.thread.id, model_id, context.request_context)
        except NotFoundError:
            return True
        return False
