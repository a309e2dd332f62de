"""How deep what is stored and sent may be nested.

What is stored is read as JSON again, and readers have a limit: pydantic's is 200 arrays and objects inside one
another. Writing has one too, and beyond it pydantic takes time that doubles with each level. So what is too deep is
refused while it is still an object of whoever made it. Something that contains itself is too deep as well.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel

__all__ = ["MOST_LEVELS", "MOST_LEVELS_OF_A_RECORD", "TooDeepError", "not_too_deep", "texts_outside_ascii"]

MOST_LEVELS: Final = 160
"""Of a widget: objects and arrays inside one another. A component with a list of children is two."""

MOST_LEVELS_OF_A_RECORD: Final = MOST_LEVELS + 10
"""Of an item, a thread or an event, whatever is in it."""

T = TypeVar("T")

_NESTING = (BaseModel, dict, list, tuple, set, frozenset, deque)
_LEAVES = {bool, int, float, bytes, datetime}
_MANY: Final = 10_000
"""Objects on one level, from which on those that stand there several times are looked at once."""


class TooDeepError(ValueError):
    """Something is nested deeper than can be stored and read again."""


def not_too_deep(value: T, most: int = MOST_LEVELS) -> T:
    """The value itself. Raises `TooDeepError` when it has more than `most` levels.

    Takes time in proportion to what is in it, also where the same object stands in many places.
    """
    texts_outside_ascii(value, most)
    return value


def texts_outside_ascii(value: object, most: int) -> list[str]:
    """All texts in a value that hold more than ASCII, found on the way. Raises as `not_too_deep` does."""
    strings: list[Any] = []
    level: list[Any] = [[value]]
    for _ in range(most + 1):
        below: list[Any] = []
        for node in level:
            for inner in _inside(node):
                if inner is None:
                    continue
                kind = type(inner)
                if kind is str:
                    strings.append(inner)
                elif kind not in _LEAVES and (isinstance(inner, _NESTING) or is_dataclass(inner)):
                    below.append(inner)
        if not below:
            return [text for text in strings if not text.isascii()]
        level = below if len(below) < _MANY else list({id(node): node for node in below}.values())
    raise TooDeepError(
        f"at most {most} objects and arrays may stand inside one another; this {type(value).__name__} has more"
    )


def _inside(node: object) -> Iterable[object]:
    """What stands directly in an object or a list, with the names in it that may be anything."""
    if isinstance(node, BaseModel):
        extra = node.__pydantic_extra__
        return chain(vars(node).values(), extra, extra.values()) if extra else vars(node).values()
    if isinstance(node, dict):
        entries = cast(dict[object, object], node)
        return chain(entries, entries.values())
    if isinstance(node, Iterable):
        return cast(Iterable[object], node)
    return vars(node).values() if hasattr(node, "__dict__") else ()
