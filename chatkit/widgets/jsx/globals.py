"""The names that a source may use without the data having them: `Math`, `String`, `Object` and so on."""

import json
import math
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from chatkit.widgets.jsx.budget import Budget
from chatkit.widgets.jsx.errors import Refused
from chatkit.widgets.jsx.methods import argument, whole
from chatkit.widgets.jsx.output import plain
from chatkit.widgets.jsx.values import (
    UNDEFINED,
    Function,
    Namespace,
    Value,
    from_float,
    is_list,
    is_number,
    is_object,
    is_sequence,
    to_number,
    to_text,
    truthy,
)

__all__ = ["GLOBALS"]

Run = Callable[[list[Value], Budget], Value]


def _to_json(arguments: list[Value], budget: Budget) -> str:
    text = json.dumps(plain(argument(arguments, 0), budget), ensure_ascii=False, separators=(",", ":"))
    budget.write(len(text))
    return text


def _on_number(operation: Callable[[float], float]) -> Function:
    def run(arguments: list[Value], _budget: Budget) -> Value:
        number = to_number(argument(arguments, 0))
        return from_float(float(operation(number))) if math.isfinite(number) else number

    return Function(run)


def _extreme(choose: Callable[[list[float]], float], of_nothing: float) -> Function:
    def run(arguments: list[Value], budget: Budget) -> Value:
        budget.spend(len(arguments))
        numbers = [to_number(each) for each in arguments]
        if any(math.isnan(each) for each in numbers):
            return math.nan
        return from_float(choose(numbers)) if numbers else of_nothing

    return Function(run)


def _root(number: float) -> float:
    return math.sqrt(number) if number >= 0 else math.nan


def _members(read: Callable[[dict[str, Value]], list[Value]]) -> Function:
    def run(arguments: list[Value], budget: Budget) -> list[Value]:
        given = argument(arguments, 0)
        if given is None or given is UNDEFINED:
            raise Refused("this needs an object, not null or undefined")
        pairs = given if is_object(given) else dict(_numbered(given)) if is_list(given) else {}
        budget.spend(len(pairs))
        return read(pairs)

    return Function(run)


def _numbered(values: list[Value]) -> list[tuple[str, Value]]:
    return [(str(index), value) for index, value in enumerate(values)]


def _from_entries(arguments: list[Value], budget: Budget) -> dict[str, Value]:
    pairs = argument(arguments, 0)
    if not is_list(pairs) or not all(is_list(pair) for pair in pairs):
        raise Refused("Object.fromEntries() needs an array of pairs")
    budget.spend(len(pairs))
    return {to_text(argument(pair, 0), budget): argument(pair, 1) for pair in pairs}


def _list_from(arguments: list[Value], budget: Budget) -> list[Value]:
    given = argument(arguments, 0)
    length = whole(given.get("length"), 0) if is_object(given) else len(given) if is_sequence(given) else 0
    budget.spend(max(0, length))
    values: list[Value] = list(given) if is_sequence(given) else [UNDEFINED] * length
    change = argument(arguments, 1)
    if not isinstance(change, Function):
        return values
    return [change.run([value, index], budget) for index, value in enumerate(values)]


def _whole_from(arguments: list[Value], budget: Budget) -> Value:
    found = re.match(r"\s*[+-]?\d{1,300}", to_text(argument(arguments, 0), budget), re.ASCII)
    return from_float(float(found.group())) if found else math.nan


def _number_from(arguments: list[Value], budget: Budget) -> Value:
    text = to_text(argument(arguments, 0), budget)
    found = re.match(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text[:400], re.ASCII | re.IGNORECASE)
    return from_float(float(found.group())) if found else math.nan


def _encoded(safe: str) -> Function:
    return Function(lambda arguments, budget: quote(to_text(argument(arguments, 0), budget), safe=safe))


def _number(arguments: list[Value], _budget: Budget) -> Value:
    return from_float(to_number(arguments[0])) if arguments else 0


def _text(arguments: list[Value], budget: Budget) -> str:
    return to_text(arguments[0], budget) if arguments else ""


def _not_to_call(name: str) -> Run:
    def run(_arguments: list[Value], _budget: Budget) -> Value:
        raise Refused(f"{name} is not a function")

    return run


_IS_NAN = Function(lambda arguments, _budget: math.isnan(to_number(argument(arguments, 0))))
_IS_INTEGER = Function(lambda arguments, _budget: _is_integer(argument(arguments, 0)))


def _is_integer(value: Value) -> bool:
    return is_number(value) and (isinstance(value, int) or value.is_integer())


GLOBALS: Mapping[str, Value] = {
    "Array": Namespace(
        {"from": Function(_list_from), "isArray": Function(lambda given, _budget: is_list(argument(given, 0)))},
        _not_to_call("Array"),
    ),
    "Boolean": Namespace({}, lambda arguments, _budget: truthy(argument(arguments, 0))),
    "Infinity": math.inf,
    "JSON": Namespace({"stringify": Function(_to_json)}, _not_to_call("JSON")),
    "Math": Namespace(
        {
            "PI": math.pi,
            "abs": _on_number(abs),
            "ceil": _on_number(math.ceil),
            "floor": _on_number(math.floor),
            "max": _extreme(max, -math.inf),
            "min": _extreme(min, math.inf),
            "round": _on_number(lambda number: math.floor(number + 0.5)),
            "sign": _on_number(lambda number: (number > 0) - (number < 0)),
            "sqrt": _on_number(_root),
            "trunc": _on_number(math.trunc),
        },
        _not_to_call("Math"),
    ),
    "NaN": math.nan,
    "Number": Namespace(
        {"isInteger": _IS_INTEGER, "isNaN": _IS_NAN, "parseFloat": Function(_number_from)},
        _number,
    ),
    "Object": Namespace(
        {
            "entries": _members(lambda pairs: [[name, value] for name, value in pairs.items()]),
            "fromEntries": Function(_from_entries),
            "keys": _members(lambda pairs: list(pairs)),
            "values": _members(lambda pairs: list(pairs.values())),
        },
        _not_to_call("Object"),
    ),
    "String": Namespace({}, _text),
    "encodeURIComponent": _encoded("!'()*-._~"),
    "isNaN": _IS_NAN,
    "parseFloat": Function(_number_from),
    "parseInt": Function(_whole_from),
}
