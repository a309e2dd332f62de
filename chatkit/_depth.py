"""How deep what is stored and sent may be nested.

What is stored is read as JSON again, and readers have a limit: pydantic's is 200 arrays and objects inside one
another. Writing has one too, and beyond it pydantic takes time that doubles with each level. So what is too deep is
refused while it is still an object of whoever made it. Something that contains itself is too deep as well.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import is_dataclass
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel

__all__ = ["MOST_LEVELS", "MOST_LEVELS_OF_A_RECORD", "TooDeepError", "not_too_deep"]

MOST_LEVELS: Final = 160
"""Of a widget: objects and arrays inside one another. A component with a list of children is two."""

MOST_LEVELS_OF_A_RECORD: Final = MOST_LEVELS + 10
"""Of an item, a thread or an event, whatever is in it."""

T = TypeVar("T")

_NESTING = (BaseModel, dict, list, tuple, set, frozenset, deque)


class TooDeepError(ValueError):
    """Something is nested deeper than can be stored and read again."""


def not_too_deep(value: T, most: int = MOST_LEVELS) -> T:
    """The value itself. Raises `TooDeepError` when it has more than `most` levels.

    Takes time in proportion to what is in it, also where the same object stands in many places.
    """
    level: dict[int, object] = {id(value): value} if _nests(value) else {}
    for _ in range(most):
        level = {id(inner): inner for node in level.values() for inner in _inside(node) if _nests(inner)}
        if not level:
            return value
    kind = type(value).__name__
    raise TooDeepError(f"at most {most} objects and arrays may stand inside one another; this {kind} has more")


def _nests(value: object) -> bool:
    return isinstance(value, _NESTING) or (is_dataclass(value) and not isinstance(value, type))


def _inside(node: object) -> Iterable[object]:
    """What stands directly in an object or a list."""
    match node:
        case BaseModel():
            return [*vars(node).values(), *(node.model_extra or {}).values()]
        case dict():
            return cast(dict[Any, object], node).values()
        case list() | tuple() | set() | frozenset() | deque():
            return cast(Iterable[object], node)
        case _:
            return vars(node).values() if hasattr(node, "__dict__") else ()
