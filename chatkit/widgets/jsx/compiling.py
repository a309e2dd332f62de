"""From syntax tree to functions: each kind of node has one rule, which gives a function of the scope.

What has no rule is refused when the source is read, not when it is evaluated.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from chatkit.widgets.jsx.errors import JsxError, Place
from chatkit.widgets.jsx.scope import Thunk
from chatkit.widgets.jsx.tree import Source

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["MOST_NESTED", "Compiler", "Rule", "rule"]

MOST_NESTED = 150
"""Expressions inside one another."""

_REFUSED = {
    "assignment_expression": "assigning",
    "augmented_assignment_expression": "assigning",
    "await_expression": "await",
    "class_declaration": "a class",
    "do_statement": "a loop",
    "for_in_statement": "a loop (use .map())",
    "for_statement": "a loop (use .map())",
    "jsx_namespace_name": "a name with a colon",
    "new_expression": "new",
    "private_property_identifier": "a private name",
    "regex": "a regular expression",
    "sequence_expression": "a comma between expressions",
    "switch_statement": "switch",
    "this": "this",
    "throw_statement": "throw",
    "try_statement": "try",
    "update_expression": "assigning",
    "while_statement": "a loop",
    "yield_expression": "yield",
}


class Compiler:
    """Compiles the nodes of one source. `size` counts them, so that a function knows what a call of it costs."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.size = 0
        self._depth = 0

    def __call__(self, node: "Node") -> Thunk:
        """Raises `JsxError` for what is not supported."""
        compile_ = _RULES.get(node.type)
        if compile_ is None:
            raise self.unsupported(node)
        self.size += 1
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise JsxError(f"more than {MOST_NESTED} expressions inside one another", self.place(node))
        thunk = compile_(self, node)
        self._depth -= 1
        return thunk

    def place(self, node: "Node") -> Place:
        return self.source.place(node)

    def field(self, node: "Node", name: str) -> "Node":
        return self.source.field(node, name)

    def unsupported(self, node: "Node", what: str = "") -> JsxError:
        named = what or _REFUSED.get(node.type) or node.type.replace("_", " ")
        return JsxError(f"{named} is not supported in widgets", self.place(node))


Rule: TypeAlias = Callable[[Compiler, "Node"], Thunk]
_RULES: dict[str, Rule] = {}


def rule(*types: str) -> Callable[[Rule], Rule]:
    """Makes a function the rule of these types of nodes."""

    def register(function: Rule) -> Rule:
        _RULES.update(dict.fromkeys(types, function))
        return function

    return register
