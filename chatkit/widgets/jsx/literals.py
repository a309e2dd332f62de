"""Literals: texts, numbers, templates, arrays and objects."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from chatkit.widgets.jsx.compiling import Compiler, rule
from chatkit.widgets.jsx.errors import JsxError
from chatkit.widgets.jsx.scope import Scope, Thunk
from chatkit.widgets.jsx.tree import children, text_of
from chatkit.widgets.jsx.values import UNDEFINED, Value, from_float, is_list, is_object, to_number, to_text

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["property_name", "text_literal"]

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[\s\S])")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}


def text_literal(node: "Node") -> str:
    """What a quoted string says."""
    return _unescaped(text_of(node)[1:-1])


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    whole = _ESCAPE.sub(lambda found: _character(found.group(1)), text)
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # escaped pairs are one character


def _character(escape: str) -> str:
    if len(escape) > 1 and escape[0] in "ux":
        code = int(escape[1:].strip("{}"), 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    return _LETTERS.get(escape, escape)


@rule("true", "false", "null", "undefined")
def _constant(_compiler: Compiler, node: "Node") -> Thunk:
    value = _CONSTANTS[node.type]
    return lambda scope: value


@rule("string")
def _string(_compiler: Compiler, node: "Node") -> Thunk:
    value = text_literal(node)
    return lambda scope: value


@rule("number")
def _number(compiler: Compiler, node: "Node") -> Thunk:
    written = text_of(node).replace("_", "")
    if written.endswith("n"):
        raise compiler.unsupported(node, "a bigint")
    value = from_float(to_number(written))
    return lambda scope: value


@rule("template_string")
def _template(compiler: Compiler, node: "Node") -> Thunk:
    parts: list[str | Thunk] = []
    source, start = node.text or b"", node.start_byte
    at = 1
    for child in node.named_children:
        if child.type == "template_substitution":
            parts.append(_written(source[at : child.start_byte - start]))
            parts += [compiler(inner) for inner in children(child)]
            at = child.end_byte - start
    parts.append(_written(source[at:-1]))

    def evaluate(scope: Scope) -> str:
        texts = [part if isinstance(part, str) else to_text(part(scope), scope.budget) for part in parts]
        scope.budget.write(sum(map(len, texts)))
        return "".join(texts)

    return evaluate


def _written(source: bytes) -> str:
    return _unescaped(source.decode(errors="replace").replace("\r\n", "\n"))


@rule("array")
def _array(compiler: Compiler, node: "Node") -> Thunk:
    entries: list[tuple[bool, Thunk]] = []
    empty = True  # nothing since the last comma
    for child in node.children[1:-1]:
        if child.type == ",":
            if empty:
                entries.append((False, lambda scope: UNDEFINED))
            empty = True
        elif child.type == "spread_element":
            entries.append((True, _spread_list(compiler, child)))
            empty = False
        elif child.type != "comment":
            entries.append((False, compiler(child)))
            empty = False

    def evaluate(scope: Scope) -> list[Value]:
        values: list[Value] = []
        for spread, entry in entries:
            value = entry(scope)
            values += value if spread else [value]
        scope.budget.spend(len(values))
        return values

    return evaluate


def _spread_list(compiler: Compiler, node: "Node") -> Thunk:
    inner, place = compiler(next(children(node))), compiler.place(node)

    def evaluate(scope: Scope) -> list[Value]:
        value = inner(scope)
        if not isinstance(value, str) and not is_list(value):
            raise JsxError("only an array can be spread here", place)
        return list(value)

    return evaluate


Part = Callable[[Scope, dict[str, Value]], None]


@rule("object")
def _object(compiler: Compiler, node: "Node") -> Thunk:
    parts = [_member(compiler, child) for child in children(node)]

    def evaluate(scope: Scope) -> dict[str, Value]:
        made: dict[str, Value] = {}
        for part in parts:
            part(scope, made)
        scope.budget.spend(len(made))
        return made

    return evaluate


def _member(compiler: Compiler, node: "Node") -> Part:
    if node.type == "spread_element":
        return spread_object(compiler, node)
    if node.type == "shorthand_property_identifier":
        name, value = text_of(node), compiler(node)
        return lambda scope, made: made.__setitem__(name, value(scope))
    if node.type != "pair":
        raise compiler.unsupported(node, "a method in an object")
    key, value = property_name(compiler, compiler.field(node, "key")), compiler(compiler.field(node, "value"))
    return lambda scope, made: made.__setitem__(key(scope), value(scope))


def spread_object(compiler: Compiler, node: "Node") -> Part:
    """`...value`, in an object or among the attributes of an element. null and undefined have nothing to give."""
    inner, place = compiler(next(children(node))), compiler.place(node)

    def put(scope: Scope, made: dict[str, Value]) -> None:
        value = inner(scope)
        if is_object(value):
            made.update(value)
        elif value is not None and value is not UNDEFINED and value is not False:
            raise JsxError("only an object can be spread here", place)

    return put


def property_name(compiler: Compiler, node: "Node") -> Callable[[Scope], str]:
    """The name of a member: a word, a text, a number, or an expression in brackets."""
    if node.type == "computed_property_name":
        inner = compiler(next(children(node)))
        return lambda scope: to_text(inner(scope), scope.budget)
    if node.type == "number":
        thunk = compiler(node)
        return lambda scope: to_text(thunk(scope), scope.budget)
    name = text_literal(node) if node.type == "string" else text_of(node)
    return lambda scope: name
