"""Expressions: names, members, calls, operators, functions."""

import difflib
from typing import TYPE_CHECKING

from chatkit.widgets.jsx.compiling import Compiler, rule
from chatkit.widgets.jsx.errors import JsxError, Place, Refused
from chatkit.widgets.jsx.methods import Method, methods_of
from chatkit.widgets.jsx.operators import BINARY, UNARY
from chatkit.widgets.jsx.scope import Scope, Thunk
from chatkit.widgets.jsx.tree import children, text_of
from chatkit.widgets.jsx.values import (
    UNDEFINED,
    Function,
    Namespace,
    Undefined,
    Value,
    is_list,
    is_object,
    is_sequence,
    to_text,
    truthy,
)

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["call", "name_of", "nearest"]


def nearest(name: str, known: list[str]) -> str:
    """A question that names what may have been meant, or nothing."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


@rule("identifier", "shorthand_property_identifier")
def name_of(compiler: Compiler, node: "Node") -> Thunk:
    """The value of a name. One that nobody gave is an error, not undefined."""
    name, place = text_of(node), compiler.place(node)
    if name == "undefined":
        return lambda scope: UNDEFINED

    def evaluate(scope: Scope) -> Value:
        try:
            return scope.find(name)
        except KeyError:
            raise JsxError(f"'{name}' is not defined{nearest(name, scope.known())}", place) from None

    return evaluate


@rule("parenthesized_expression")
def _parenthesized(compiler: Compiler, node: "Node") -> Thunk:
    return compiler(next(children(node)))


# --- operators ------------------------------------------------------------------------------------------------------


@rule("ternary_expression")
def _ternary(compiler: Compiler, node: "Node") -> Thunk:
    condition, yes, no = (compiler(compiler.field(node, name)) for name in ("condition", "consequence", "alternative"))
    return lambda scope: yes(scope) if truthy(condition(scope)) else no(scope)


@rule("unary_expression")
def _unary(compiler: Compiler, node: "Node") -> Thunk:
    operator, inner = text_of(compiler.field(node, "operator")), compiler.field(node, "argument")
    operation = UNARY.get(operator)
    if operation is None:
        raise compiler.unsupported(node, f"the operator {operator}")
    value = compiler(inner)
    if operator == "typeof" and inner.type == "identifier":
        return _type_of_name(text_of(inner))
    return lambda scope: operation(value(scope))


def _type_of_name(name: str) -> Thunk:
    """As in JavaScript, `typeof` alone may ask for a name that nobody gave."""

    def evaluate(scope: Scope) -> Value:
        try:
            return UNARY["typeof"](scope.find(name))
        except KeyError:
            return "undefined"

    return evaluate


@rule("binary_expression")
def _binary(compiler: Compiler, node: "Node") -> Thunk:
    operator = text_of(compiler.field(node, "operator"))
    left, right = compiler(compiler.field(node, "left")), compiler(compiler.field(node, "right"))
    if operator in ("&&", "||", "??"):
        return _choosing(operator, left, right)
    operation = BINARY.get(operator)
    if operation is None:
        raise compiler.unsupported(node, f"the operator {operator}")
    return lambda scope: operation(left(scope), right(scope), scope.budget)


def _choosing(operator: str, left: Thunk, right: Thunk) -> Thunk:
    def evaluate(scope: Scope) -> Value:
        value = left(scope)
        if operator == "??":
            return right(scope) if value is None or value is UNDEFINED else value
        return right(scope) if truthy(value) == (operator == "&&") else value

    return evaluate


# --- members and calls ----------------------------------------------------------------------------------------------


class _Broken(Exception):
    """A `?.` met null or undefined: the whole chain is undefined."""


_LINKS = ("member_expression", "subscript_expression", "call_expression")


@rule(*_LINKS)
def _chain(compiler: Compiler, node: "Node") -> Thunk:
    link = _link(compiler, node)

    def evaluate(scope: Scope) -> Value:
        try:
            return link(scope)
        except _Broken:
            return UNDEFINED

    return evaluate if b"?." in (node.text or b"") else link


def _link(compiler: Compiler, node: "Node") -> Thunk:
    """One step of a chain; the steps before it are compiled without an end of their own."""
    return _call(compiler, node) if node.type == "call_expression" else _member(compiler, node)


def _step(compiler: Compiler, node: "Node") -> Thunk:
    return _link(compiler, node) if node.type in _LINKS else compiler(node)


def _is_optional(node: "Node") -> bool:
    return any(child.type in ("optional_chain", "?.") for child in node.children)


def _member(compiler: Compiler, node: "Node") -> Thunk:
    owner, key = _owner(compiler, node), _key(compiler, node)
    place = compiler.place(node)

    def evaluate(scope: Scope) -> Value:
        value = owner(scope)
        return _get(value, key(scope), scope, place)

    return evaluate


def _key(compiler: Compiler, node: "Node") -> Thunk:
    if node.type == "subscript_expression":
        return compiler(compiler.field(node, "index"))
    prop = compiler.field(node, "property")
    if prop.type != "property_identifier":
        raise compiler.unsupported(prop)
    name = text_of(prop)
    return lambda scope: name


def _owner(compiler: Compiler, node: "Node") -> Thunk:
    """What stands before the point. Without it there are no members: an error, or the end of a chain with `?.`"""
    inner = compiler.field(node, "object")
    owner, place = _step(compiler, inner), compiler.place(node)
    written, optional = " ".join(text_of(inner).split())[:60], _is_optional(node)

    def evaluate(scope: Scope) -> Value:
        value = owner(scope)
        if value is not None and value is not UNDEFINED:
            return value
        if optional:
            raise _Broken
        raise JsxError(f"{written} is {to_text(value, scope.budget)}, so it has no members (?. allows for that)", place)

    return evaluate


def _get(owner: Value, key: Value, scope: Scope, place: Place) -> Value:
    if is_sequence(owner):
        if isinstance(key, int) and not isinstance(key, bool):
            return owner[key] if 0 <= key < len(owner) else UNDEFINED
        if key == "length":
            return len(owner)
    name = to_text(key, scope.budget)
    if is_object(owner):
        return owner.get(name, UNDEFINED)
    if isinstance(owner, Namespace):
        return _of_namespace(owner, name, place)
    if name in methods_of(owner):
        raise JsxError(f"{name} is a method: call it, as in .{name}()", place)
    if is_sequence(owner) and name.isdecimal() and int(name[:10]) < len(owner):
        return owner[int(name[:10])]
    return UNDEFINED


def _of_namespace(owner: Namespace, name: str, place: Place) -> Value:
    if name not in owner.members:
        raise JsxError(f"{name} is not supported here{nearest(name, list(owner.members))}", place)
    return owner.members[name]


@rule("spread_element")
def _lone_spread(compiler: Compiler, node: "Node") -> Thunk:
    raise compiler.unsupported(node, "a spread here")


def _arguments(compiler: Compiler, node: "Node") -> Thunk:
    given = compiler.field(node, "arguments")
    if given.type != "arguments":
        raise compiler.unsupported(given, "a tagged template")
    parts = [
        (each.type == "spread_element", compiler(next(children(each)) if each.type == "spread_element" else each))
        for each in children(given)
    ]

    def evaluate(scope: Scope) -> list[Value]:
        values: list[Value] = []
        for spread, part in parts:
            value = part(scope)
            values += value if spread and is_list(value) else [value]
        scope.budget.spend(len(values))
        return values

    return evaluate


def _call(compiler: Compiler, node: "Node") -> Thunk:
    callee, arguments = compiler.field(node, "function"), _arguments(compiler, node)
    if callee.type in ("member_expression", "subscript_expression"):
        return _method_call(compiler, node, callee, arguments)
    function, place = _step(compiler, callee), compiler.place(node)
    written, optional = text_of(callee)[:60], _is_optional(node)

    def evaluate(scope: Scope) -> Value:
        value = function(scope)
        if optional and (value is None or value is UNDEFINED):
            raise _Broken
        return call(value, arguments(scope), scope, place, written)

    return evaluate


def _method_call(compiler: Compiler, node: "Node", callee: "Node", arguments: Thunk) -> Thunk:
    owner, key = _owner(compiler, callee), _key(compiler, callee)
    prop = callee.child_by_field_name("property") or callee
    place, optional = compiler.place(prop), _is_optional(node)

    def evaluate(scope: Scope) -> Value:
        value, name = owner(scope), to_text(key(scope), scope.budget)
        own = value.get(name) if is_object(value) else value.members.get(name) if isinstance(value, Namespace) else None
        if isinstance(own, Function):
            return call(own, arguments(scope), scope, place, name)
        method = methods_of(value).get(name)
        if method is not None:
            return _run(method, value, arguments(scope), scope, place)
        if optional and not isinstance(value, Namespace):
            raise _Broken
        raise JsxError(_no_method(value, name), place)

    return evaluate


def _no_method(value: Value, name: str) -> str:
    names = list(value.members if isinstance(value, Namespace) else methods_of(value))
    return f"{name}() is not supported on {_kind(value)}{nearest(name, names)}"


def _kind(value: Value) -> str:
    match value:
        case str():
            return "a text"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case None | Undefined():
            return "nothing"
        case _:
            return "an array" if is_list(value) else "an object"


def _run(method: Method, value: Value, arguments: list[Value], scope: Scope, place: Place) -> Value:
    scope.budget.place = place
    scope.budget.spend(1 + (len(value) if is_list(value) else 0))
    try:
        return method(value, arguments, scope.budget)
    except Refused as error:
        raise JsxError(str(error), place) from None


def call(function: Value, arguments: list[Value], scope: Scope, place: Place, name: str) -> Value:
    """Calls what a source calls by name. Raises `JsxError` when it is no function."""
    if not isinstance(function, Function):
        raise JsxError(f"{name} is not a function", place)
    scope.budget.place = place
    try:
        return function.run(arguments, scope.budget)
    except Refused as error:
        raise JsxError(str(error), place) from None
