"""Functions: parameters that take values apart, and bodies of declarations, `if` and `return`."""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from chatkit.widgets.jsx.budget import Budget
from chatkit.widgets.jsx.compiling import Compiler, rule
from chatkit.widgets.jsx.errors import JsxError
from chatkit.widgets.jsx.literals import property_name
from chatkit.widgets.jsx.scope import Scope, Thunk
from chatkit.widgets.jsx.tree import children, text_of
from chatkit.widgets.jsx.values import UNDEFINED, Function, Value, is_list, is_object, to_text, truthy

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Binder", "Statement", "declaration", "function"]


class GoesOn(Enum):
    """A statement that did not return."""

    GOES_ON = 0


GOES_ON: Final = GoesOn.GOES_ON

Binder: TypeAlias = Callable[[Scope, Value], None]
"""Gives names in a scope to a value or its parts."""
Statement: TypeAlias = Callable[[Scope], Value]
"""Runs in a scope; gives what was returned, or `GOES_ON`."""

# --- functions ------------------------------------------------------------------------------------------------------


@rule("arrow_function", "function_expression", "function_declaration")
def function(compiler: Compiler, node: "Node") -> Thunk:
    if any(child.type == "async" for child in node.children):
        raise compiler.unsupported(node, "async")
    before, place = compiler.size, compiler.place(node)
    parameters = _parameters(compiler, node)
    body = _body(compiler, compiler.field(node, "body"))
    cost = compiler.size - before + 1

    def evaluate(scope: Scope) -> Function:
        def run(arguments: list[Value], budget: Budget) -> Value:
            budget.enter(place)
            budget.spend(cost)
            inner = scope.inner()
            parameters(inner, arguments)
            result = body(inner)
            budget.leave()
            return result

        return Function(run)

    return evaluate


def _parameters(compiler: Compiler, node: "Node") -> Binder:
    single = node.child_by_field_name("parameter")
    if single is not None:
        name = text_of(single)
        return lambda scope, values: scope.names.__setitem__(name, values[0] if values else UNDEFINED)
    return _array_pattern(compiler, compiler.field(node, "parameters"))


def _body(compiler: Compiler, node: "Node") -> Thunk:
    if node.type != "statement_block":
        return compiler(node)
    run = _block(compiler, node)

    def evaluate(scope: Scope) -> Value:
        result = run(scope)
        return UNDEFINED if result is GOES_ON else result

    return evaluate


# --- statements -----------------------------------------------------------------------------------------------------


def _statement(compiler: Compiler, node: "Node") -> Statement:
    compile_ = _STATEMENTS.get(node.type)
    if compile_ is None:
        raise compiler.unsupported(node, "" if node.type != "expression_statement" else "a statement without effect")
    compiler.size += 1
    return compile_(compiler, node)


def _block(compiler: Compiler, node: "Node") -> Statement:
    statements = [_statement(compiler, child) for child in children(node)]

    def run(scope: Scope) -> Value:
        for statement in statements:
            result = statement(scope)
            if result is not GOES_ON:
                return result
        return GOES_ON

    return run


def _inner_block(compiler: Compiler, node: "Node") -> Statement:
    run = _block(compiler, node)
    return lambda scope: run(scope.inner())


def _nothing(_scope: Scope) -> Value:
    return GOES_ON


def _return(compiler: Compiler, node: "Node") -> Statement:
    value = next(children(node), None)
    return compiler(value) if value is not None else lambda scope: UNDEFINED


def _if(compiler: Compiler, node: "Node") -> Statement:
    condition = compiler(compiler.field(node, "condition"))
    yes, otherwise = _statement(compiler, compiler.field(node, "consequence")), node.child_by_field_name("alternative")
    no = _statement(compiler, next(children(otherwise))) if otherwise else _nothing
    return lambda scope: yes(scope) if truthy(condition(scope)) else no(scope)


def declaration(compiler: Compiler, node: "Node") -> Statement:
    """`const`, `let`, `var` and `function` alike: nothing can be assigned later."""
    if node.type == "function_declaration":
        name, value = text_of(compiler.field(node, "name")), compiler(node)
        bindings: list[tuple[Binder, Thunk]] = [(_name(name), value)]
    else:
        bindings = [_declared(compiler, child) for child in children(node)]

    def run(scope: Scope) -> Value:
        for bind, value in bindings:
            bind(scope, value(scope))
        return GOES_ON

    return run


def _declared(compiler: Compiler, node: "Node") -> tuple[Binder, Thunk]:
    value = node.child_by_field_name("value")
    thunk: Thunk = compiler(value) if value is not None else lambda scope: UNDEFINED
    return _pattern(compiler, compiler.field(node, "name")), thunk


_STATEMENTS: dict[str, Callable[[Compiler, "Node"], Statement]] = {
    "empty_statement": lambda compiler, node: _nothing,
    "function_declaration": declaration,
    "if_statement": _if,
    "lexical_declaration": declaration,
    "return_statement": _return,
    "statement_block": _inner_block,
    "variable_declaration": declaration,
}

# --- patterns -------------------------------------------------------------------------------------------------------


def _pattern(compiler: Compiler, node: "Node") -> Binder:
    compile_ = _PATTERNS.get(node.type)
    if compile_ is None:
        raise compiler.unsupported(node)
    compiler.size += 1
    return compile_(compiler, node)


def _name(name: str) -> Binder:
    return lambda scope, value: scope.names.__setitem__(name, value)


def _with_default(compiler: Compiler, node: "Node") -> Binder:
    bind = _pattern(compiler, compiler.field(node, "left"))
    default = compiler(compiler.field(node, "right"))
    return lambda scope, value: bind(scope, default(scope) if value is UNDEFINED else value)


def _array_pattern(compiler: Compiler, node: "Node") -> Binder:
    """Also the parameters of a function: they take its arguments apart."""
    place = compiler.place(node)
    binders: list[Binder | None] = []
    remaining: Binder | None = None
    place_taken = False  # since the last comma
    for child in node.children[1:-1]:
        if child.type == ",":
            binders += [] if place_taken else [None]
            place_taken = False
        elif child.type == "rest_pattern":
            remaining = _pattern(compiler, next(children(child)))
        elif child.type != "comment":
            binders.append(_pattern(compiler, child))
            place_taken = True
    rest = remaining

    def bind(scope: Scope, value: Value) -> None:
        if not is_list(value):
            raise JsxError("only an array can be taken apart like this", place)
        for index, binder in enumerate(binders):
            if binder is not None:
                binder(scope, value[index] if index < len(value) else UNDEFINED)
        if rest is not None:
            rest(scope, value[len(binders) :])

    return bind


def _object_pattern(compiler: Compiler, node: "Node") -> Binder:
    place = compiler.place(node)
    members = [_member(compiler, child) for child in children(node) if child.type != "rest_pattern"]
    rests = [_pattern(compiler, next(children(child))) for child in children(node) if child.type == "rest_pattern"]

    def bind(scope: Scope, value: Value) -> None:
        if value is None or value is UNDEFINED:
            raise JsxError(f"{to_text(value, scope.budget)} has no members to take apart", place)
        given = value if is_object(value) else {}
        taken: set[str] = set()
        for key, binder in members:
            name = key(scope)
            taken.add(name)
            binder(scope, given.get(name, UNDEFINED))
        for rest in rests:
            rest(scope, {name: member for name, member in given.items() if name not in taken})

    return bind


def _member(compiler: Compiler, node: "Node") -> tuple[Callable[[Scope], str], Binder]:
    if node.type == "pair_pattern":
        return property_name(compiler, compiler.field(node, "key")), _pattern(compiler, compiler.field(node, "value"))
    named = compiler.field(node, "left") if node.type == "object_assignment_pattern" else node
    name = text_of(named)
    return (lambda scope: name), _pattern(compiler, node)


_PATTERNS: dict[str, Callable[[Compiler, "Node"], Binder]] = {
    "array_pattern": _array_pattern,
    "assignment_pattern": _with_default,
    "identifier": lambda compiler, node: _name(text_of(node)),
    "object_assignment_pattern": _with_default,
    "object_pattern": _object_pattern,
    "shorthand_property_identifier_pattern": lambda compiler, node: _name(text_of(node)),
}
