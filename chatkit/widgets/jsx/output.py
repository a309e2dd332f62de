"""What an evaluation gives, as plain JSON."""

import math
from typing import TypeAlias

from chatkit.widgets.jsx.budget import Budget
from chatkit.widgets.jsx.errors import Refused
from chatkit.widgets.jsx.values import UNDEFINED, Function, Value, is_list, is_object

__all__ = ["MOST_LEVELS", "plain"]

MOST_LEVELS = 160
"""Objects and arrays inside one another; a widget may not have more in any case."""

_COST = 5
"""Units of work that a value costs: so a widget has at most 200,000 of them."""


def plain(value: Value, budget: Budget) -> Value:
    """A copy as `JSON.stringify` would write it: members that are undefined are left out, NaN is null.

    Each value is paid for as often as it is written, so what stands in many places cannot grow without limit. Raises
    `Refused` for functions, and for what is nested too deeply.
    """
    return _plain(value, budget, None, 0)


_Path: TypeAlias = "tuple[object, _Path] | None"
"""Where a value stands: its name or place, and where what holds it stands. Spelt out for errors only."""


def _plain(value: Value, budget: Budget, path: _Path, level: int) -> Value:
    budget.spend(_COST)
    if level > MOST_LEVELS:
        raise Refused(f"a widget may have at most {MOST_LEVELS} objects and arrays inside one another")
    if is_object(value):
        return {
            name: _plain(member, budget, (name, path), level + 1)
            for name, member in value.items()
            if member is not UNDEFINED
        }
    if is_list(value):
        return [_plain(entry, budget, (index, path), level + 1) for index, entry in enumerate(value)]
    if isinstance(value, Function):
        raise Refused(f"{_spelt(path) or 'this'} is a function; the client gets data only, as in {{{{ type: … }}}}")
    if isinstance(value, str):
        budget.write(len(value))
    return _json_number(value) if isinstance(value, float) else None if value is UNDEFINED else value


def _spelt(path: _Path) -> str:
    names: list[str] = []
    while path is not None:
        name, path = path
        names.append(str(name))
    return ".".join(reversed(names))


def _json_number(value: float) -> float | None:
    return value if math.isfinite(value) else None
