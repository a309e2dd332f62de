"""The ids that stores hand out."""

import os
import re
import time
from typing import Literal

__all__ = ["StoreItemType", "default_generate_id"]

StoreItemType = Literal["thread", "message", "tool_call", "task", "workflow", "attachment", "sdk_hidden_context"]
"""The kinds of things that get ids."""

_ID_PREFIXES: dict[StoreItemType, str] = {
    "thread": "thr",
    "message": "msg",
    "tool_call": "tc",
    "task": "tsk",
    "workflow": "wf",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}
_RANDOM_BYTES = 10


def default_generate_id(item_type: StoreItemType) -> str:
    """A new id: the kind's prefix, then 12 hex digits of the time in milliseconds and 20 of 80 random bits.

    Ids of one kind sort by the time of their creation. A kind that is not listed (`"widget"`, …) is its own prefix.
    """
    prefix = _ID_PREFIXES.get(item_type) or _prefix(str(item_type))
    return f"{prefix}_{time.time_ns() // 1_000_000:012x}{os.urandom(_RANDOM_BYTES).hex()}"


def _prefix(kind: str) -> str:
    """What of a kind can stand in an id: letters, digits and underscores, 24 at most."""
    return re.sub(r"[^a-z0-9]+", "_", kind.lower()).strip("_")[:24] or "item"
