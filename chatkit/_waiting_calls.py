"""Client tool calls that wait for their turn: a client runs one call at a time, the newest item of its thread.

When a turn has several calls, the first is shown, and the others are kept in a hidden item before it. With the output
of one, the next is shown; with the last one's the answer goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from chatkit.types import ClientToolCallItem, SDKHiddenContextItem, ThreadItem

__all__ = ["Waiting", "keeps_waiting", "kept_waiting", "waiting_behind"]

_MARK: Final = "chatkit.client_tool_calls "


class _Calls(BaseModel):
    behind: str
    calls: list[ClientToolCallItem]


@dataclass(frozen=True)
class Waiting:
    """The next call, and the item that keeps the others, if there are more: in the place of the one that did."""

    item_id: str
    next: ClientToolCallItem
    rest: SDKHiddenContextItem | None


def kept_waiting(item_id: str, shown: ClientToolCallItem, calls: Sequence[ClientToolCallItem]) -> SDKHiddenContextItem:
    """The hidden item that keeps calls until the one that is shown has its output."""
    content = _MARK + _Calls(behind=shown.id, calls=list(calls)).model_dump_json()
    return SDKHiddenContextItem(id=item_id, thread_id=shown.thread_id, created_at=shown.created_at, content=content)


def _read(item: ThreadItem) -> _Calls | None:
    if not isinstance(item, SDKHiddenContextItem) or not item.content.startswith(_MARK):
        return None
    try:
        return _Calls.model_validate_json(item.content[len(_MARK) :])
    except ValidationError:
        return None


def keeps_waiting(item: ThreadItem) -> bool:
    """Whether the item keeps calls, and so says nothing to the model."""
    return isinstance(item, SDKHiddenContextItem) and item.content.startswith(_MARK)


def waiting_behind(call: ClientToolCallItem, items: Sequence[ThreadItem]) -> Waiting | None:
    """What waits for the output of a call, if anything does, among the items around it."""
    for item in items:
        kept = _read(item)
        if kept is None or kept.behind != call.id or not kept.calls:
            continue
        first, *others = kept.calls
        return Waiting(item.id, first, kept_waiting(item.id, first, others) if others else None)
    return None
