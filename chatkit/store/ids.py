"""The ids that stores hand out."""

import os
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

    Ids of one kind sort by the time of their creation. An unknown kind raises `KeyError`.
    """
    return f"{_ID_PREFIXES[item_type]}_{time.time_ns() // 1_000_000:012x}{os.urandom(_RANDOM_BYTES).hex()}"
