"""JavaScript's values as Python has them, and how they turn into one another.

null is None, objects are dicts, arrays lists, numbers int or float. There are no prototypes: a value has the members
that the data or the source gave it.
"""

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal, TypeAlias, TypeGuard

from chatkit.widgets.jsx.budget import Budget

__all__ = [
    "UNDEFINED",
    "Function",
    "Namespace",
    "Undefined",
    "Value",
    "from_float",
    "is_list",
    "is_number",
    "is_object",
    "is_sequence",
    "loosely_equal",
    "primitive",
    "strictly_equal",
    "to_number",
    "to_text",
    "truthy",
    "type_name",
]

Value: TypeAlias = Any


class Undefined(Enum):
    """JavaScript's `undefined`."""

    UNDEFINED = "undefined"


UNDEFINED: Final = Undefined.UNDEFINED


class Function:
    """Something that can be called: `run(arguments, budget)`. It is not data, so no widget can contain it."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[list[Value], Budget], Value]) -> None:
        self.run = run


class Namespace(Function):
    """A global such as `Math`; some can be called."""

    __slots__ = ("members",)

    def __init__(self, members: Mapping[str, Value], run: Callable[[list[Value], Budget], Value]) -> None:
        super().__init__(run)
        self.members = members


def is_list(value: Value) -> TypeGuard[list[Value]]:
    return isinstance(value, list)


def is_sequence(value: Value) -> TypeGuard[list[Value] | str]:
    return isinstance(value, (list, str))


def is_object(value: Value) -> TypeGuard[dict[str, Value]]:
    return isinstance(value, dict)


def is_number(value: Value) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def truthy(value: Value) -> bool:
    if isinstance(value, (list, dict)):
        return True
    if isinstance(value, float):
        return bool(value) and not math.isnan(value)
    return value is not UNDEFINED and bool(value)


def type_name(value: Value) -> Literal["undefined", "boolean", "number", "string", "function", "object"]:
    """What `typeof` says."""
    match value:
        case Undefined():
            return "undefined"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case Function():
            return "function"
        case _:
            return "object"


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_OTHER_BASES = re.compile(r"0(?:x[0-9a-f]+|o[0-7]+|b[01]+)", re.IGNORECASE)
_NAMED = {"": 0.0, "Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}
_EXACT = 2**53


def from_float(value: float) -> int | float:
    """Whole numbers are ints, so that they are written without a point."""
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def to_number(value: Value) -> float:
    """What arithmetic sees; NaN for what is no number. An array counts as its text: `[]` is 0, `[5]` is 5."""
    while is_list(value) and len(value) == 1:
        value = "true" if value[0] is True else "false" if value[0] is False else "" if value[0] is None else value[0]
    if is_list(value):
        return math.nan if value else 0.0
    match value:
        case bool() | float():
            return float(value)
        case int():
            return _as_float(value)
        case None:
            return 0.0
        case str():
            return _parsed(value.strip())
        case _:
            return math.nan


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _parsed(text: str) -> float:
    if text in _NAMED:
        return _NAMED[text]
    if _NUMBER.fullmatch(text):
        return float(text)
    return _as_float(int(text[:1000], 0)) if _OTHER_BASES.fullmatch(text) else math.nan


def to_text(value: Value, budget: Budget) -> str:
    """What a template literal or `String()` makes of a value."""
    if is_list(value):
        return _list_text(value, budget)
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case Undefined():
            return "undefined"
        case int() | float():
            return _number_text(value)
        case Function():
            return "function"
        case _:
            return "[object Object]"


def _list_text(values: list[Value], budget: Budget) -> str:
    budget.spend(len(values))
    text = ",".join("" if value is None or value is UNDEFINED else to_text(value, budget) for value in values)
    budget.write(len(text))
    return text


def _number_text(value: int | float) -> str:
    if isinstance(value, int) and abs(value) < 10**21:
        return str(value)
    number = to_number(value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    shortest = Decimal(repr(number))
    if 1e-6 <= abs(number) < 1e21:
        text = f"{shortest:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, exponent = f"{shortest.normalize():e}".partition("e")
    return f"{mantissa}e{int(exponent):+d}"


def strictly_equal(left: Value, right: Value) -> bool:
    """`===`: objects and arrays are equal to themselves alone."""
    if is_number(left) and is_number(right):
        return left == right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return left is right


def loosely_equal(left: Value, right: Value, budget: Budget) -> bool:
    """`==`: null with undefined, numbers and arrays with their texts."""
    absent = (None, UNDEFINED)
    if left in absent or right in absent:
        return left in absent and right in absent
    if type_name(left) == type_name(right):
        return strictly_equal(left, right)
    one, other = primitive(left, budget), primitive(right, budget)
    return one == other if isinstance(one, str) and isinstance(other, str) else to_number(one) == to_number(other)


def primitive(value: Value, budget: Budget) -> Value:
    """Arrays and objects as their text, which is what operators see of them."""
    return to_text(value, budget) if isinstance(value, (list, dict, Function)) else value
