"""The methods of strings, arrays and numbers that a source may call. None changes what it is called on."""

import math
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import TypeAlias

from chatkit.widgets.jsx.budget import Budget
from chatkit.widgets.jsx.errors import Refused
from chatkit.widgets.jsx.numbers import fixed, localized
from chatkit.widgets.jsx.values import (
    UNDEFINED,
    Function,
    Value,
    is_list,
    is_number,
    strictly_equal,
    to_number,
    to_text,
    truthy,
)

__all__ = ["Method", "argument", "methods_of", "whole"]

Method: TypeAlias = Callable[[Value, list[Value], Budget], Value]


def argument(arguments: list[Value], index: int) -> Value:
    return arguments[index] if index < len(arguments) else UNDEFINED


def whole(value: Value, otherwise: int) -> int:
    """A whole number, as far as positions and counts go."""
    if value is UNDEFINED:
        return otherwise
    number = to_number(value)
    return 0 if math.isnan(number) else int(max(-(2.0**31), min(number, 2.0**31)))


def _text_of(arguments: list[Value], index: int, budget: Budget) -> str:
    return to_text(argument(arguments, index), budget)


def _function(arguments: list[Value], name: str) -> Function:
    given = argument(arguments, 0)
    if not isinstance(given, Function):
        raise Refused(f"{name}() needs a function, as in {name}((item) => …)")
    return given


# --- strings and arrays alike ---------------------------------------------------------------------------------------


def _slice(value: Value, arguments: list[Value], budget: Budget) -> Value:
    part = value[_from_end(argument(arguments, 0), len(value), 0) : _from_end(argument(arguments, 1), len(value), None)]
    budget.spend(len(part))
    return part


def _from_end(value: Value, length: int, otherwise: int | None) -> int | None:
    if value is UNDEFINED:
        return otherwise
    position = whole(value, 0)
    return max(0, position + length) if position < 0 else position


def _at(value: Value, arguments: list[Value], _budget: Budget) -> Value:
    position = whole(argument(arguments, 0), 0)
    position += len(value) if position < 0 else 0
    return value[position] if 0 <= position < len(value) else UNDEFINED


# --- strings --------------------------------------------------------------------------------------------------------


def _plain(change: Callable[[str], str]) -> Method:
    def method(value: str, _arguments: list[Value], budget: Budget) -> str:
        budget.write(len(value))
        return change(value)

    return method


def _substring(value: str, arguments: list[Value], budget: Budget) -> str:
    budget.write(len(value))
    length = len(value)
    ends = (whole(argument(arguments, 0), 0), whole(argument(arguments, 1), length))
    start, end = sorted(max(0, min(each, length)) for each in ends)
    return value[start:end]


def _split(value: str, arguments: list[Value], budget: Budget) -> list[Value]:
    budget.spend(len(value))
    separator = argument(arguments, 0)
    if separator is UNDEFINED:
        return [value]
    text = to_text(separator, budget)
    parts: list[Value] = list(value.split(text)) if text else list(value)
    return parts[: whole(argument(arguments, 1), len(parts))]


def _replacing(count: int) -> Method:
    def method(value: str, arguments: list[Value], budget: Budget) -> str:
        old, new = _text_of(arguments, 0, budget), argument(arguments, 1)
        if isinstance(new, Function):
            raise Refused("replace() takes a text to put in, not a function")
        put = to_text(new, budget)
        found = value.count(old) if count < 0 else min(count, value.count(old))
        budget.write(len(value) + found * max(0, len(put) - len(old)))
        return value.replace(old, put, count)

    return method


def _repeat(value: str, arguments: list[Value], budget: Budget) -> str:
    count = whole(argument(arguments, 0), 0)
    if count < 0:
        raise Refused("repeat() needs a count of at least 0")
    budget.write(len(value) * count)
    return value * count


def _padding(at_start: bool) -> Method:
    def method(value: str, arguments: list[Value], budget: Budget) -> str:
        length, filler = whole(argument(arguments, 0), 0), argument(arguments, 1)
        text = " " if filler is UNDEFINED else to_text(filler, budget)
        budget.write(max(length, len(value)))
        missing = length - len(value)
        if missing <= 0 or not text:
            return value
        padding = (text * (missing // len(text) + 1))[:missing]
        return padding + value if at_start else value + padding

    return method


def _concat_text(value: str, arguments: list[Value], budget: Budget) -> str:
    texts = [value, *(to_text(each, budget) for each in arguments)]
    budget.write(sum(map(len, texts)))
    return "".join(texts)


def _compare_text(value: str, arguments: list[Value], budget: Budget) -> int:
    other = _text_of(arguments, 0, budget)
    one, two = (value.casefold(), value.swapcase()), (other.casefold(), other.swapcase())
    return (one > two) - (one < two)


def _find_text(value: str, arguments: list[Value], budget: Budget) -> int:
    budget.write(len(value))
    return value.find(_text_of(arguments, 0, budget), max(0, whole(argument(arguments, 1), 0)))


def _character(value: str, arguments: list[Value], _budget: Budget) -> str:
    position = whole(argument(arguments, 0), 0)
    return value[position] if 0 <= position < len(value) else ""


TEXT_METHODS: Mapping[str, Method] = {
    "at": _at,
    "charAt": _character,
    "concat": _concat_text,
    "endsWith": lambda value, arguments, budget: value.endswith(_text_of(arguments, 0, budget)),
    "includes": lambda value, arguments, budget: _find_text(value, arguments, budget) >= 0,
    "indexOf": _find_text,
    "lastIndexOf": lambda value, arguments, budget: value.rfind(_text_of(arguments, 0, budget)),
    "localeCompare": _compare_text,
    "padEnd": _padding(at_start=False),
    "padStart": _padding(at_start=True),
    "repeat": _repeat,
    "replace": _replacing(1),
    "replaceAll": _replacing(-1),
    "slice": _slice,
    "split": _split,
    "startsWith": lambda value, arguments, budget: value.startswith(_text_of(arguments, 0, budget)),
    "substring": _substring,
    "toLocaleLowerCase": _plain(str.lower),
    "toLocaleUpperCase": _plain(str.upper),
    "toLowerCase": _plain(str.lower),
    "toString": _plain(str),
    "toUpperCase": _plain(str.upper),
    "trim": _plain(str.strip),
    "trimEnd": _plain(str.rstrip),
    "trimStart": _plain(str.lstrip),
}

# --- arrays ---------------------------------------------------------------------------------------------------------


def _map(values: list[Value], arguments: list[Value], budget: Budget) -> list[Value]:
    run = _function(arguments, "map").run
    return [run([value, index, values], budget) for index, value in enumerate(values)]


def _filter(values: list[Value], arguments: list[Value], budget: Budget) -> list[Value]:
    run = _function(arguments, "filter").run
    return [value for index, value in enumerate(values) if truthy(run([value, index, values], budget))]


def _find(values: list[Value], arguments: list[Value], budget: Budget) -> Value:
    position = _find_index(values, arguments, budget)
    return UNDEFINED if position < 0 else values[position]


def _find_index(values: list[Value], arguments: list[Value], budget: Budget) -> int:
    run = _function(arguments, "find").run
    found = (index for index, value in enumerate(values) if truthy(run([value, index, values], budget)))
    return next(found, -1)


def _some(values: list[Value], arguments: list[Value], budget: Budget) -> bool:
    return _find_index(values, arguments, budget) >= 0


def _every(values: list[Value], arguments: list[Value], budget: Budget) -> bool:
    run = _function(arguments, "every").run
    return all(truthy(run([value, index, values], budget)) for index, value in enumerate(values))


def _reduce(values: list[Value], arguments: list[Value], budget: Budget) -> Value:
    run = _function(arguments, "reduce").run
    rest = list(enumerate(values))
    if len(arguments) > 1:
        result = arguments[1]
    elif rest:
        result = rest.pop(0)[1]
    else:
        raise Refused("reduce() of an empty array needs a first value")
    for index, value in rest:
        result = run([result, value, index, values], budget)
    return result


def _join(values: list[Value], arguments: list[Value], budget: Budget) -> str:
    separator = "," if argument(arguments, 0) is UNDEFINED else _text_of(arguments, 0, budget)
    budget.spend(len(values))
    texts = ["" if value is None or value is UNDEFINED else to_text(value, budget) for value in values]
    budget.write(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _index_of(values: list[Value], arguments: list[Value], budget: Budget) -> int:
    budget.spend(len(values))
    wanted, start = argument(arguments, 0), _from_end(argument(arguments, 1), len(values), 0) or 0
    places = range(start, len(values))
    return next((place for place in places if strictly_equal(values[place], wanted)), -1)


def _concat(values: list[Value], arguments: list[Value], budget: Budget) -> list[Value]:
    joined = list(values)
    for each in arguments:
        joined += each if is_list(each) else [each]
        budget.spend(len(joined))
    return joined


def _reverse(values: list[Value], _arguments: list[Value], budget: Budget) -> list[Value]:
    budget.spend(len(values))
    return values[::-1]


def _sort(values: list[Value], arguments: list[Value], budget: Budget) -> list[Value]:
    budget.spend(len(values) * max(1, len(values).bit_length()))
    known = [value for value in values if value is not UNDEFINED]
    absent = [UNDEFINED] * (len(values) - len(known))
    if argument(arguments, 0) is UNDEFINED:
        return [*sorted(known, key=lambda value: to_text(value, budget)), *absent]
    run = _function(arguments, "sort").run

    def compare(one: Value, other: Value) -> int:
        order = to_number(run([one, other], budget))
        return (order > 0) - (order < 0)

    return [*sorted(known, key=cmp_to_key(compare)), *absent]


def _flat(values: list[Value], arguments: list[Value], budget: Budget) -> list[Value]:
    flat = values
    for _ in range(max(0, min(whole(argument(arguments, 0), 1), 100))):
        if not any(map(is_list, flat)):
            break
        flat = _once_flatter(flat, budget)
    return list(flat)


def _once_flatter(values: list[Value], budget: Budget) -> list[Value]:
    flat: list[Value] = []
    for value in values:
        inner = value if is_list(value) else [value]
        budget.spend(len(inner))
        flat += inner
    return flat


def _flat_map(values: list[Value], arguments: list[Value], budget: Budget) -> list[Value]:
    return _once_flatter(_map(values, arguments, budget), budget)


LIST_METHODS: Mapping[str, Method] = {
    "at": _at,
    "concat": _concat,
    "every": _every,
    "filter": _filter,
    "find": _find,
    "findIndex": _find_index,
    "flat": _flat,
    "flatMap": _flat_map,
    "includes": lambda values, arguments, budget: _index_of(values, arguments, budget) >= 0,
    "indexOf": _index_of,
    "join": _join,
    "map": _map,
    "reduce": _reduce,
    "reverse": _reverse,
    "slice": _slice,
    "some": _some,
    "sort": _sort,
    "toReversed": _reverse,
    "toSorted": _sort,
    "toString": lambda values, _arguments, budget: to_text(values, budget),
}

# --- numbers, and what has no methods of its own ----------------------------------------------------------------------


def _to_fixed(value: int | float, arguments: list[Value], _budget: Budget) -> str:
    return fixed(to_number(value), whole(argument(arguments, 0), 0))


def _to_locale_string(value: int | float, arguments: list[Value], budget: Budget) -> str:
    language = argument(arguments, 0)
    if language is not UNDEFINED and not to_text(language, budget).startswith("en"):
        raise Refused(f"toLocaleString() writes English only, not {to_text(language, budget)[:20]!r}")
    return localized(to_number(value), argument(arguments, 1), budget)


NUMBER_METHODS: Mapping[str, Method] = {
    "toFixed": _to_fixed,
    "toLocaleString": _to_locale_string,
    "toString": lambda value, _arguments, budget: to_text(value, budget),
}
_OTHER_METHODS: Mapping[str, Method] = {"toString": lambda value, _arguments, budget: to_text(value, budget)}


def methods_of(value: Value) -> Mapping[str, Method]:
    """The methods that this value has, by name."""
    if isinstance(value, str):
        return TEXT_METHODS
    if is_list(value):
        return LIST_METHODS
    return NUMBER_METHODS if is_number(value) else _OTHER_METHODS
