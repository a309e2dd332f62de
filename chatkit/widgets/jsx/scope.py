"""The names that an expression sees."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from chatkit.widgets.jsx.budget import Budget
from chatkit.widgets.jsx.values import Value

__all__ = ["Scope", "Thunk"]


class Scope:
    """Names and their values; what is not here is looked for further out."""

    __slots__ = ("budget", "names", "outer")

    def __init__(self, names: Mapping[str, Value], outer: "Scope | None", budget: Budget) -> None:
        self.names = dict(names)
        self.outer = outer
        self.budget = budget

    def inner(self) -> "Scope":
        return Scope({}, self, self.budget)

    def find(self, name: str) -> Value:
        """Raises `KeyError` for a name that nobody gave."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        raise KeyError(name)

    def known(self) -> list[str]:
        """All names, the innermost first."""
        return [*self.names, *(self.outer.known() if self.outer else [])]


Thunk: TypeAlias = Callable[[Scope], Value]
"""A compiled expression."""
