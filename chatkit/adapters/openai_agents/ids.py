"""Ids of the model's items as this thread knows them.

The Responses API gives every item an id of its own. Other back ends do not: the Agents SDK fills in one placeholder for
every message of a chat-completions model, and some local servers count from zero in every response. Taken as they are,
later messages would overwrite earlier ones.
"""

import re
from typing import Any, Final

from agents.models.fake_id import FAKE_RESPONSES_ID

from chatkit.adapters.openai_agents.context import AgentContext
from chatkit.logger import logger
from chatkit.store import NotFoundError, StoreItemType

__all__ = ["ItemIds"]

_ORIGINAL: Final = re.compile(r"[A-Za-z]+[_-]([0-9A-Za-z_-]{20,})")
_VARIED: Final = 8
"""How many different characters there must be after the prefix: numbers that were filled up with zeros have few."""
_NEWEST: Final = 50
_NOT_THERE = (NotFoundError, LookupError, FileNotFoundError)
"""What stores raise for an item that they do not have."""


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
        """The store is asked only for ids that a host may have given before, and may fail: the answer goes on."""
        if not model_id or model_id == FAKE_RESPONSES_ID or model_id in self._given:
            return False
        return _is_original(model_id) or not await self._stored(model_id)

    async def _stored(self, item_id: str) -> bool:
        """Whether the thread has such an item, as far as its store can tell; what nobody can tell counts as so."""
        context = self._context
        try:
            found: object = await context.store.load_item(context.thread.id, item_id, context.request_context)
            return getattr(found, "id", None) == item_id
        except _NOT_THERE:
            return False
        except Exception:  # noqa: BLE001 - an id is not worth an answer
            logger.debug("The store could not say whether it has item %s", item_id, exc_info=True)
        try:
            page = await context.store.load_thread_items(
                context.thread.id, None, _NEWEST, "desc", context.request_context
            )
            return item_id in {item.id for item in page.data}
        except Exception:  # noqa: BLE001 - as above
            return True


def _is_original(model_id: str) -> bool:
    """Whether the id looks like one of those that a host makes at random, long enough never to come again."""
    found = _ORIGINAL.fullmatch(model_id)
    return found is not None and len(set(found[1])) >= _VARIED
