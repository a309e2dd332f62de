"""Unary and binary operators. Those that may skip their right side (`&&`, `||`, `??`) are compiled elsewhere."""

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from chatkit.widgets.jsx.budget import Budget
from chatkit.widgets.jsx.values import (
    UNDEFINED,
    Value,
    from_float,
    is_object,
    loosely_equal,
    primitive,
    strictly_equal,
    to_number,
    to_text,
    truthy,
    type_name,
)

__all__ = ["BINARY", "UNARY", "Binary", "Unary"]

Binary: TypeAlias = Callable[[Value, Value, Budget], Value]
Unary: TypeAlias = Callable[[Value], Value]


def _plus(left: Value, right: Value, budget: Budget) -> Value:
    left, right = primitive(left, budget), primitive(right, budget)
    if isinstance(left, str) or isinstance(right, str):
        one, other = to_text(left, budget), to_text(right, budget)
        budget.write(len(one) + len(other))
        return one + other
    return from_float(to_number(left) + to_number(right))


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def _remainder(left: float, right: float) -> float:
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def _power(left: float, right: float) -> float:
    if math.isnan(right) or (math.isinf(right) and abs(left) == 1):
        return math.nan
    try:
        return math.pow(left, right)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _arithmetic(operation: Callable[[float, float], float]) -> Binary:
    return lambda left, right, _budget: from_float(operation(to_number(left), to_number(right)))


def _comparison(of_texts: Callable[[str, str], bool], of_numbers: Callable[[float, float], bool]) -> Binary:
    def compare(left: Value, right: Value, budget: Budget) -> bool:
        left, right = primitive(left, budget), primitive(right, budget)
        if isinstance(left, str) and isinstance(right, str):
            return of_texts(left, right)
        return of_numbers(to_number(left), to_number(right))

    return compare


def _contains(left: Value, right: Value, budget: Budget) -> bool:
    return is_object(right) and to_text(left, budget) in right


BINARY: Mapping[str, Binary] = {
    "+": _plus,
    "-": _arithmetic(lambda left, right: left - right),
    "*": _arithmetic(lambda left, right: left * right),
    "/": _arithmetic(_divide),
    "%": _arithmetic(_remainder),
    "**": _arithmetic(_power),
    "===": lambda left, right, _budget: strictly_equal(left, right),
    "!==": lambda left, right, _budget: not strictly_equal(left, right),
    "==": loosely_equal,
    "!=": lambda left, right, budget: not loosely_equal(left, right, budget),
    "<": _comparison(lambda left, right: left < right, lambda left, right: left < right),
    "<=": _comparison(lambda left, right: left <= right, lambda left, right: left <= right),
    ">": _comparison(lambda left, right: left > right, lambda left, right: left > right),
    ">=": _comparison(lambda left, right: left >= right, lambda left, right: left >= right),
    "in": _contains,
}

UNARY: Mapping[str, Unary] = {
    "!": lambda value: not truthy(value),
    "-": lambda value: from_float(-to_number(value)),
    "+": lambda value: from_float(to_number(value)),
    "typeof": type_name,
    "void": lambda _value: UNDEFINED,
}
