"""How deep a widget may be nested.

A stored widget is read as JSON again, and readers have a limit: pydantic's is about 200 arrays and objects inside one
another. Writing has one too, and beyond it pydantic takes time that doubles with each level. So what is too deep is
refused while it is still an object of whoever made it.
"""

from collections.abc import Iterator
from typing import Any, TypeVar, cast

from pydantic import BaseModel

__all__ = ["MOST_LEVELS", "not_too_deep"]

MOST_LEVELS = 160
"""Objects and arrays inside one another: a component with a list of children is two."""

Widget = TypeVar("Widget", bound=BaseModel)


def not_too_deep(widget: Widget) -> Widget:
    """The widget itself. Raises `ValueError` when it has more than `MOST_LEVELS`."""
    level: list[object] = [widget]
    for _ in range(MOST_LEVELS):
        level = [inner for node in level for inner in _inside(node)]
        if not level:
            return widget
    raise ValueError(f"a widget may have at most {MOST_LEVELS} objects and arrays inside one another")


def _inside(node: object) -> Iterator[object]:
    """The objects and lists that stand directly in one."""
    match node:
        case BaseModel():
            values: list[object] = [*node.__dict__.values(), *(node.model_extra or {}).values()]
        case dict():
            values = list(cast(dict[Any, object], node).values())
        case _:
            values = list(cast(list[object], node))
    for value in values:
        if isinstance(value, (BaseModel, dict, list)):
            yield cast(object, value)
