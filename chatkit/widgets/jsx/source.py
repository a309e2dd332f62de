"""A whole source: its declarations, its one widget, and what it gives with data."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticSerializationError, to_jsonable_python

from chatkit.widgets.jsx.budget import Budget
from chatkit.widgets.jsx.compiling import Compiler
from chatkit.widgets.jsx.elements import is_component
from chatkit.widgets.jsx.errors import JsxError, Place, Refused
from chatkit.widgets.jsx.expressions import call
from chatkit.widgets.jsx.functions import Statement, declaration
from chatkit.widgets.jsx.globals import GLOBALS
from chatkit.widgets.jsx.output import plain
from chatkit.widgets.jsx.scope import Scope, Thunk
from chatkit.widgets.jsx.tree import Source, children, text_of
from chatkit.widgets.jsx.values import UNDEFINED, Function, Value, is_list, is_object
from chatkit.widgets.jsx.zod import OPTIONAL, Schema, Schemas, is_zod

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["JsxSource", "looks_like_jsx", "zod_schema"]

_BEGINNING = re.compile(
    r"""\ufeff?(?: \s | ; | //[^\n]*(?:\n|$) | /\*[\s\S]*?\*/ | \{\s*/\*[\s\S]*?\*/\s*\} | "use\ \w+" | 'use\ \w+' )*
        (?: <\s*[A-Za-z>] | \( | (?:import|export|const|let|var|function)\b | \w+\s*=> )""",
    re.VERBOSE,
)
_WHOLE_DATA = ("props", "data", "state")


def looks_like_jsx(text: str) -> bool:
    """Whether a text begins as a JSX source does. JSON and Jinja templates do not."""
    return _BEGINNING.match(text) is not None


class JsxSource:
    """A compiled source. Raises `JsxError` for what is no JSX or not supported, and where.

    `schema` is the JSON Schema of the data when the source has one, written with zod.
    """

    def __init__(self, text: str) -> None:
        try:
            self._program = _Program(Source(text.removeprefix("\ufeff")))
        except RecursionError:
            raise JsxError("this is nested too deeply", Place(1, 1)) from None
        self._program.needs_widget()
        self.schema: Schema | None = self._program.schema()

    def render(self, data: Mapping[str, Any], optional: Iterable[str] = ()) -> Value:
        """The widget as JSON has it. The names of `optional` are undefined where the data lacks them."""
        budget = Budget()
        values = _json_data(data)
        whole = dict.fromkeys(_WHOLE_DATA, values)
        outer = Scope(GLOBALS, None, budget)
        scope = Scope(whole | dict.fromkeys(optional, UNDEFINED) | values, outer, budget)
        try:
            return plain(self._program.run(scope, values), budget)
        except Refused as error:
            raise JsxError(str(error), budget.place) from None
        except RecursionError:
            raise JsxError("this is nested too deeply", budget.place) from None


def zod_schema(text: str) -> Schema | None:
    """The JSON Schema of a source that has nothing but schemas. Raises `JsxError` as `JsxSource` does."""
    return _Program(Source(text)).schema()


def _json_data(data: Mapping[str, Any]) -> dict[str, Value]:
    """The data as JSON: nothing of Python is left that a source could reach."""
    try:
        values: Value = to_jsonable_python(dict(data))
    except (PydanticSerializationError, ValueError) as error:
        raise JsxError(f"the data has no form in JSON: {error}", Place(1, 1)) from error
    return values


class _Program:
    """The statements of a source, and which of them is the widget."""

    def __init__(self, source: Source) -> None:
        self._compiler = Compiler(source)
        self._schemas = Schemas()
        self._schema_name = ""
        self._statements: list[Statement] = []
        self._root: tuple[Thunk, Place] | None = None
        self._function: tuple[str, Place] | None = None
        for node in children(source.root):
            self._read(node)

    def needs_widget(self) -> None:
        """Raises `JsxError` when no statement is one."""
        if self._root is None and self._function is None:
            raise JsxError("there is no widget: the source has no element of its own", Place(1, 1))

    def schema(self) -> Schema | None:
        name = self._schema_name or next(reversed(self._schemas.named), "")
        schema = self._schemas.named.get(name)
        return None if schema is None else {key: value for key, value in schema.items() if key != OPTIONAL}

    def run(self, scope: Scope, data: dict[str, Value]) -> Value:
        """The widget's value. A component is called with the data as its props."""
        inner = scope.inner()
        for statement in self._statements:
            statement(inner)
        value, place, name = self._value(inner)
        if isinstance(value, Function):
            value = call(value, [data], inner, place, name)
        while is_list(value) and len(value) == 1:
            value = value[0]
        if not is_component(value):
            raise JsxError(f"a widget is one element, not {_described(value)}", place)
        return value

    def _value(self, scope: Scope) -> tuple[Value, Place, str]:
        if self._root is not None:
            thunk, place = self._root
            return thunk(scope), place, "the widget"
        name, place = self._function or ("", Place(1, 1))
        return scope.find(name), place, name

    # --- reading ------------------------------------------------------------------------------------------------------

    def _read(self, node: "Node") -> None:
        match node.type:
            case "import_statement" | "empty_statement" | "hash_bang_line":
                return
            case "statement_block" if not list(children(node)):
                return  # {/* a comment */}
            case "lexical_declaration" | "variable_declaration":
                self._declare(node)
            case "function_declaration":
                self._statements.insert(0, declaration(self._compiler, node))  # they are known from the beginning
                self._function = (text_of(self._compiler.field(node, "name")), self._compiler.place(node))
            case "expression_statement":
                self._expression(next(children(node)))
            case "export_statement":
                self._export(node)
            case _:
                raise self._compiler.unsupported(node)

    def _declare(self, node: "Node") -> None:
        schemas = [each for each in children(node) if (value := each.child_by_field_name("value")) and is_zod(value)]
        for each in schemas:
            name, value = self._compiler.field(each, "name"), self._compiler.field(each, "value")
            self._schemas.named[text_of(name)] = self._schemas.read(value)
        if schemas:
            return
        self._statements.append(declaration(self._compiler, node))
        last = list(children(node))[-1]
        value = last.child_by_field_name("value")
        if value is not None and value.type in ("arrow_function", "function_expression"):
            self._function = (text_of(self._compiler.field(last, "name")), self._compiler.place(last))

    def _expression(self, node: "Node") -> None:
        if node.type == "string":  # "use client"
            return
        if self._root is not None:
            raise JsxError("a source has one widget, and this is a second", self._compiler.place(node))
        self._root = (self._compiler(node), self._compiler.place(node))

    def _export(self, node: "Node") -> None:
        declared, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
        if value is None:
            if declared is not None:  # else export { a }: nothing is asked for by name
                self._read(declared)
        elif is_zod(value):
            self._schema_name = "default"
            self._schemas.named["default"] = self._schemas.read(value)
        elif text_of(value) in self._schemas.named:
            self._schema_name = text_of(value)
        else:
            self._expression(value)


def _described(value: Value) -> str:
    if is_list(value):
        return f"{len(value)} of them"
    return "an object without a type" if is_object(value) else "a text, a number or nothing"
